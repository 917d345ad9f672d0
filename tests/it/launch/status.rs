//! Status, waiting and cancelling of a launched sweep.

use super::*;

#[test]
fn status_shows_jobs_and_results_and_cancel_keeps_results() {
    let cluster = Cluster::new(SWEEP);
    let never = cluster.launch("status", &[]);
    assert_eq!(never.code, 2);
    assert!(
        never.error.contains("this sweep was not launched"),
        "{}",
        never.error
    );
    assert_eq!(cluster.launch("slurm", &[]).code, 0);
    let queue = "101_1|RUNNING|n1\n101_2|PENDING|(Resources)\n";
    cluster.program(
        "squeue",
        &format!(
            "case \"$*\" in *=101) printf '{queue}' ;; *) echo '102|PENDING|(Dependency)' ;; esac\n"
        ),
    );
    let status = cluster.launch("status", &[]);
    assert_eq!(status.code, 3, "{}", status.error);
    insta::assert_snapshot!(status.output);
    let cancelled = cluster.launch("cancel", &[]);
    assert_eq!(cancelled.code, 0, "{}", cancelled.error);
    let calls = cluster.calls();
    assert_eq!(calls[calls.len() - 2..], ["scancel 102", "scancel 101"]);
    assert!(
        cancelled
            .output
            .contains("results and checkpoints are kept"),
        "{}",
        cancelled.output
    );
}

#[test]
fn waiting_returns_the_exit_code_of_the_report() {
    let cluster = Cluster::new(SWEEP);
    let job = |code: &str| {
        format!(
            "case \"$*\" in *config) {SCONTROL} ;; *) echo 'JobId=102 JobState={code}' ;; esac\n"
        )
    };
    // Nothing was trained: results are missing, whatever the report says.
    cluster.program("scontrol", &job("COMPLETED ExitCode=0:0"));
    assert_eq!(cluster.launch("slurm", &["--wait"]).code, 3);
    cluster.program("scontrol", &job("FAILED ExitCode=2:0"));
    assert_eq!(cluster.launch("slurm", &["--wait"]).code, 2);
    cluster.program("scontrol", &job("CANCELLED ExitCode=0:15"));
    assert_eq!(cluster.launch("slurm", &["--wait"]).code, 1);
}
