//! NumPy arrays of any shape, order and type that can be read.

use super::*;

/// An array as NumPy writes it.
fn npy(kind: &str, order: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{kind}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
    npy_with_header(&header, data)
}

/// What a plan prints about these files in a folder of arrays, or its error in one line.
fn with_arrays(files: &[(&str, &[u8])]) -> Result<String, String> {
    let project = project("{ set: npy, path: arrays }");
    std::fs::create_dir(project.path("arrays")).unwrap();
    for (name, bytes) in files {
        std::fs::write(project.path("arrays").join(name), bytes).unwrap();
    }
    let words = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    planned(&project).map_err(words)
}

#[test]
fn arrays_of_other_programs_are_read() {
    let noise: Vec<u8> = (0..80_u16).map(|value| (value * 7 % 11) as u8).collect();
    let classes: Vec<u8> = (0..40).map(|row| row % 2).collect();
    let x = npy("|u1", "False", "(40, 2)", &noise);
    let y = npy("|u1", "False", "(40,)", &classes);
    let expected = with_arrays(&[("x_train.npy", &x), ("y_train.npy", &y)]).unwrap();
    assert!(
        expected.contains("32 training + 8 test samples"),
        "{expected}"
    );
    let (x_gz, y_gz) = (gzip(&x), gzip(&y));
    let columns: Vec<u8> = [0, 1]
        .into_iter()
        .flat_map(|c| noise.iter().skip(c).step_by(2))
        .copied()
        .collect();
    let fortran = npy("|u1", "True", "(40, 2)", &columns);
    for files in [
        [("x_train.npy.gz", &x_gz), ("y_train.npy.gz", &y_gz)],
        [("x_train.npy", &x_gz), ("y_train.npy", &y)],
        [("X_train.npy", &x), ("Y_TRAIN.NPY", &y)],
        [("x_train.npy", &fortran), ("y_train.npy", &y)],
    ] {
        let files = files.map(|(name, bytes)| (name, bytes.as_slice()));
        assert_eq!(with_arrays(&files).unwrap(), expected, "{}", files[0].0);
    }
    // A test part is not dropped, whatever its form.
    let train = [("x_train.npy", x.as_slice()), ("y_train.npy", y.as_slice())];
    let with = |test: &[(&str, &[u8])]| with_arrays(&[&train, test].concat());
    let shown = with(&[("X_test.npy.gz", &x_gz), ("y_test.npy", &y)]).unwrap();
    assert!(shown.contains("40 training + 40 test samples"), "{shown}");
    // It is the training part once more.
    let project = project("{ set: npy, path: arrays }");
    std::fs::create_dir(project.path("arrays")).unwrap();
    for part in ["train", "test"] {
        let values: Vec<u8> = (0..80).collect();
        let rows = npy("|u1", "False", "(40, 2)", &values);
        std::fs::write(project.path(&format!("arrays/x_{part}.npy")), rows).unwrap();
        std::fs::write(project.path(&format!("arrays/y_{part}.npy")), &y).unwrap();
    }
    let done = project.run(&["plan", "sweep.yaml"]);
    assert!(
        done.error
            .contains("! 40 of the 40 test samples are also training samples"),
        "{}",
        done.error
    );
    let message = with(&[("x_test.npz", b"PK")]).unwrap_err();
    assert!(
        message.contains("x_test.npz would not be read"),
        "{message}"
    );
    let message = with(&[("X_Val.npy.gz", &x_gz)]).unwrap_err();
    assert!(
        message.contains("X_Val.npy.gz would not be read"),
        "{message}"
    );
    let message = with(&[("X_train.npy", &x)]).unwrap_err();
    assert!(message.contains("several files for x_train"), "{message}");
    // The archive that the arrays are from does no harm.
    assert_eq!(with(&[("mnist.npz", b"PK")]).unwrap(), expected);
}

#[test]
fn unsupported_arrays_are_refused_with_a_fix() {
    let x = npy("|u1", "False", "(40, 2)", &[1; 80]);
    let y = |kind: &str, shape: &str, bytes: usize| npy(kind, "False", shape, &vec![0; bytes]);
    for (labels, remedy) in [
        (
            y("<U1", "(40,)", 160),
            "numpy.unique(values, return_inverse=True)[1]",
        ),
        (y("|O", "(40,)", 320), ".astype(numpy.float32)"),
        (y("<f2", "(40,)", 80), ".astype(numpy.float32)"),
        (y("|u1", "(40, 2)", 80), "y.argmax(axis=1)"),
        (y("|u1", "(1, 40)", 40), "y.ravel()"),
    ] {
        let message = with_arrays(&[("x_train.npy", &x), ("y_train.npy", &labels)]).unwrap_err();
        assert!(message.contains(remedy), "{message}");
    }
    let message = with_arrays(&[("mnist.npz", b"PK")]).unwrap_err();
    assert!(
        message.contains("it has no file x_train.npy, but mnist.npz: .npz files are not supported: open the file with numpy.load"),
        "{message}"
    );
    let project = project("{ set: npy, path: mnist.npz }");
    project.write("mnist.npz", "PK");
    assert!(planned(&project).unwrap_err().contains("numpy.load"));
}
