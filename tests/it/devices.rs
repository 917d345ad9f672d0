//! `devices`.

use crate::support::Project;

#[test]
fn the_cpu_is_listed_and_trains() {
    let project = Project::new("{}");
    let done = project.run(&["devices"]);
    // Another device of this machine may fail; the CPU does not.
    assert!(done.code == 0 || done.code == 1, "{}", done.error);
    let mut lines = done.output.lines();
    assert!(
        lines.next().unwrap().starts_with("cpu  "),
        "{}",
        done.output
    );
    let of_cpu: Vec<&str> = lines.by_ref().take(2).collect();
    assert!(
        of_cpu
            .iter()
            .any(|line| line.trim().starts_with("trains (")),
        "{}",
        done.output
    );
    for name in ["driver", "NVRTC", "CUDA headers"] {
        let found = done.output.lines().any(|line| line.starts_with(name));
        assert_eq!(found, cfg!(feature = "cuda"), "{name}: {}", done.output);
    }
    let chosen = done.output.lines().last().unwrap();
    assert!(
        chosen.starts_with("Without --device, tp-sweep trains on "),
        "{chosen}"
    );
}
