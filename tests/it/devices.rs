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

/// Mesa's layer prints an error where there is no desktop, such as on a server.
#[test]
#[cfg(target_os = "linux")]
fn no_library_complains_about_a_missing_desktop() {
    let project = Project::new("{}");
    let mut command = project.command(&["devices"]);
    for name in [
        "XDG_RUNTIME_DIR",
        "NODEVICE_SELECT",
        "MESA_VK_DEVICE_SELECT",
    ] {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(!error.contains("XDG_RUNTIME_DIR"), "{error}");
}
