//! The scripts and manifests that a launch prints.

use super::*;

#[test]
fn a_dry_run_prints_both_scripts_and_does_nothing() {
    let cluster = Cluster::new(SWEEP);
    let options = ["--dry-run", "--max-parallel", "1", "--partition", "main"];
    let shown = cluster.launch("slurm", &options);
    assert_eq!((shown.code, shown.error.as_str()), (0, ""));
    insta::assert_snapshot!(cluster.masked(&shown.output));
    assert!(!cluster.project.path("runs").exists());
    assert!(cluster.calls().is_empty());
}

#[test]
fn a_script_passes_every_argument_unchanged_whatever_its_characters() {
    let cluster = Cluster::new(SWEEP);
    let runs = "it's \"$(touch injected)\" `touch injected` #;touch injected";
    let setting = "description=a 'b' $(touch injected)\nc";
    assert_eq!(
        cluster
            .launch("slurm", &["--runs", runs, "--set", setting])
            .code,
        0
    );
    let script = cluster.project.path(runs).join("sweep/launch/array.sh");
    let text = std::fs::read_to_string(&script).unwrap();
    // The same script, with a program that prints its arguments.
    cluster.program("print", "printf '<%s>\\n' \"$@\"");
    let binary = text
        .lines()
        .find_map(|line| line.strip_prefix("exec "))
        .unwrap();
    let binary = binary.split(" run ").next().unwrap().to_owned();
    let printer = cluster.fake().join("print");
    let path = cluster.project.path("printed.sh");
    std::fs::write(&path, text.replace(&binary, printer.to_str().unwrap())).unwrap();
    let mut command = Command::new("bash");
    command.arg(&path).current_dir(cluster.project.path(""));
    cluster.use_fake_slurm(&mut command);
    command.env("SLURM_ARRAY_TASK_ID", "2");
    let done = done(command);
    assert_eq!(done.code, 0, "{}", done.error);
    assert!(
        done.output.contains(&format!("<{setting}>")),
        "{}",
        done.output
    );
    assert!(
        done.output.contains(&format!("/{runs}>\n")),
        "{}",
        done.output
    );
    assert!(
        done.output.ends_with("<--shard>\n<2/2>\n"),
        "{}",
        done.output
    );
    assert!(!cluster.project.path("injected").exists());
}

#[test]
fn kubernetes_and_hyperqueue_manifests_are_only_printed() {
    let cluster = Cluster::new(SWEEP);
    let missing = cluster.run(&["launch", "kubernetes", "sweep.yaml", "--dry-run"]);
    assert_eq!(missing.code, 2);
    assert!(missing.error.contains("launch.image"), "{}", missing.error);
    let options = ["--image", "tp-sweep:1", "--volume-claim", "course"];
    let manifest = cluster.run(&[&["launch", "kubernetes", "sweep.yaml"], &options[..]].concat());
    assert_eq!(manifest.code, 0, "{}", manifest.error);
    assert!(
        manifest.error.contains("nothing was submitted"),
        "{}",
        manifest.error
    );
    insta::assert_snapshot!("manifest", manifest.output);
    let line = cluster.run(&["launch", "hyperqueue", "sweep.yaml", "--dry-run"]);
    assert_eq!((line.code, line.error.as_str()), (0, ""));
    assert!(
        line.output
            .starts_with("hq submit '--array=1-2' '--name=sweep' "),
        "{}",
        line.output
    );
    assert!(!cluster.project.path("runs").exists());
}

#[test]
fn flags_take_precedence_over_the_sweep_file() {
    let cluster = Cluster::new(SWEEP);
    let launch = |flags: &[&str]| cluster.launch("slurm", &[&["--dry-run"], flags].concat());
    let flags = [
        "--time",
        "2:00:00",
        "--directive=--qos=long",
        "--directive",
        "-C fast",
        "--cpus",
        "02",
        "--account",
        "007",
    ];
    let scripts = launch(&flags);
    assert_eq!(scripts.code, 0, "{}", scripts.error);
    for line in [
        "--time=2:00:00",
        "--mem=1G",
        "--qos=long",
        "-C fast",
        "--cpus-per-task=2",
        "--account=007",
    ] {
        let line = format!("#SBATCH {line}\n");
        assert!(scripts.output.contains(&line), "{line}{}", scripts.output);
    }
    assert!(
        !scripts.output.contains("--qos=short"),
        "{}",
        scripts.output
    );
    for (flags, expected) in [
        (&["--directive", "--time=10"], "use `time`"),
        (&["--account", "42 # mine"], "without spaces"),
        (&["--shards", "0"], "a whole number"),
    ] {
        let refused = launch(flags);
        assert_eq!(refused.code, 2, "{flags:?}");
        assert!(refused.error.contains(expected), "{}", refused.error);
    }
}
