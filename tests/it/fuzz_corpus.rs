//! Each parser of external files is run on its fuzz corpus and on mutations of it:
//! none makes it panic.

#[path = "../../fuzz/targets.rs"]
mod targets;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;
use targets::TARGETS;
use tp_sweep::random::{Purpose, Seed, Stream};

/// The number of mutated inputs of each target.
const DAMAGED: usize = 1000;

/// A limit against hangs: no input takes this long on any machine.
const HANG: Duration = Duration::from_secs(30 * 60);

/// Set in the process that runs the parsers.
const CHILD: &str = "TP_SWEEP_PARSES_CORPUS";

fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{target}: {error}"));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: PathBuf| {
        let bytes = std::fs::read(&path).unwrap();
        (path, bytes)
    };
    files.into_iter().map(read).collect()
}

/// A number below `end`.
fn below(stream: &mut Stream, end: usize) -> usize {
    stream.below(end.max(1) as u32) as usize
}

/// Bytes changed, cut, doubled, or replaced by what often breaks parsers.
fn damaged(bytes: &[u8], other: &[u8], stream: &mut Stream) -> Vec<u8> {
    const WORDS: [&[u8]; 12] = [
        b"\0",
        b"\xff\xff\xff\xff",
        b"\x7f\xff\xff\xff",
        b"-1",
        b"1e999",
        b"99999999999999999999",
        b"NaN",
        b"null",
        b"[[[[[[[[[[[[[[[[",
        b"../../../../x",
        "\u{202e}\u{0}é".as_bytes(),
        b"\"",
    ];
    let mut damaged = bytes.to_vec();
    for _ in 0..=below(stream, 3) {
        let position = below(stream, damaged.len() + 1);
        match below(stream, 6) {
            0 => damaged.truncate(position),
            1 if position < damaged.len() => damaged[position] ^= 1 << below(stream, 8),
            2 if position < damaged.len() => damaged[position] = below(stream, 256) as u8,
            3 => {
                let word = WORDS[below(stream, WORDS.len())];
                let end = (position + word.len()).min(damaged.len());
                damaged.splice(position..end, word.iter().copied());
            }
            4 => {
                let end = position + below(stream, 64).min(damaged.len() - position);
                let piece = damaged[position..end].to_vec();
                damaged.splice(position..position, piece);
            }
            _ => {
                let start = below(stream, other.len() + 1);
                damaged.truncate(position);
                damaged.extend(&other[start..]);
            }
        }
    }
    damaged
}

/// In a separate process: while a parser is at work, the library prints nothing of any panic, not even of those of
/// other tests.
#[test]
fn no_input_makes_a_parser_panic_or_hang() {
    if std::env::var_os(CHILD).is_some() {
        run_all_under_a_time_limit();
        return;
    }
    let name = "fuzz_corpus::no_input_makes_a_parser_panic_or_hang";
    let child = Command::new(std::env::current_exe().expect("the path of this program"))
        .args(["--exact", name, "--nocapture"])
        .env(CHILD, "1")
        .output()
        .expect("this program starts");
    let output = String::from_utf8_lossy(&child.stdout);
    let error = String::from_utf8_lossy(&child.stderr);
    assert!(child.status.success(), "{output}{error}");
    let total = TARGETS.len() * DAMAGED;
    assert!(
        output.contains(&format!("{total} damaged inputs")),
        "{output}"
    );
}

/// Runs the parsers on all inputs on another thread, and ends the process if one of them hangs.
fn run_all_under_a_time_limit() {
    let (sender, inputs) = channel();
    // With the stack size of the main thread, for nested input.
    let thread = std::thread::Builder::new().stack_size(8 << 20);
    let runner =
        thread.spawn(move || run_all(|input| sender.send(input).expect("the receiver waits")));
    let mut last = "the first".to_owned();
    loop {
        match inputs.recv_timeout(HANG) {
            Ok(input) => last = input,
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                println!("a parser hangs at {last}");
                std::process::exit(1);
            }
        }
    }
    let result = runner.expect("a thread").join();
    result.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

/// Passes every input to its parser, after a message with its name.
fn run_all(before: impl Fn(String)) {
    let mut total = 0;
    for (number, (name, target)) in TARGETS.into_iter().enumerate() {
        let corpus = corpus(name);
        assert!(corpus.len() >= 2, "{name} has a corpus");
        let run = |what: &str, bytes: &[u8]| {
            before(format!("{what} of {name}"));
            if std::panic::catch_unwind(|| target(bytes)).is_err() {
                let kept = std::env::temp_dir().join(format!("tp-sweep-{name}-failed"));
                std::fs::write(&kept, bytes).unwrap();
                panic!("{name} panics at {what}: {}", kept.display());
            }
        };
        for (path, bytes) in &corpus {
            run(&path.display().to_string(), bytes);
        }
        let seed = Seed {
            sweep: number as u64,
            repeat: 0,
            fold: 0,
        };
        let mut stream = seed.stream(Purpose::Subset, [0, 0]);
        for count in 0..DAMAGED {
            let [one, other] = [0; 2].map(|_| below(&mut stream, corpus.len()));
            let bytes = damaged(&corpus[one].1, &corpus[other].1, &mut stream);
            run(&format!("damaged input {count}"), &bytes);
            total += 1;
        }
    }
    println!("{total} damaged inputs");
}
