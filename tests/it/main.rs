//! What tp-sweep promises, one module per promise, in a single binary: each test binary links burn and
//! polars, which takes longer than most tests.
//!
//! The tests of a binary are threads of one process. A test that needs a separate process (signals,
//! environment variables, the current directory, injected faults) runs the program as a child.

mod support;

mod bad_input;
mod checkpoints;
mod choice;
mod cohort;
mod cohort_property;
mod command_line;
mod compare_command;
mod comparison;
mod completion;
mod conclusions;
mod data;
mod data_fetch;
mod data_layouts;
mod devices;
mod diff;
mod documentation;
mod edited_sweeps;
mod event_files;
mod event_messages;
mod every_plugin;
mod export;
mod faults;
mod fuzz_corpus;
mod grid;
mod handin;
mod hostile_sweeps;
mod inputs;
mod keeping;
mod kills;
mod labels_and_leaks;
mod launch;
mod nothing_lost;
mod optimizers;
mod page;
mod planned_cohorts;
mod predict;
mod predictions;
mod profiles;
mod report;
mod report_watch;
mod results_alone;
mod resume;
mod scores;
mod shards;
mod show;
mod signals;
mod source_layout;
mod starter;
mod status;
mod table;
mod table_columns;
mod verify;
