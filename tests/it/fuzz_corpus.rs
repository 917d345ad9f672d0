//! Each parser of files from outside meets its fuzz corpus, and inputs made of it by small damage:
//! none makes it panic.

#[path = "../../fuzz/targets.rs"]
mod targets;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;
use targets::TARGETS;
use tp_sweep::random::{Purpose, Seed, Stream};

/// Inputs of each target that are made by damage.
const DAMAGED: usize = 1000;

/// No input takes this long on any machine: it is a limit against hangs alone.
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

/// A number below `most`.
fn below(stream: &mut Stream, most: usize) -> usize {
    stream.below(most.max(1) as u32) as usize
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
        let place = below(stream, damaged.len() + 1);
        match below(stream, 6) {
            0 => damaged.truncate(place),
            1 if place < damaged.len() => damaged[place] ^= 1 << below(stream, 8),
            2 if place < damaged.len() => damaged[place] = below(stream, 256) as u8,
            3 => {
                let word = WORDS[below(stream, WORDS.len())];
                let end = (place + word.len()).min(damaged.len());
                damaged.splice(place..end, word.iter().copied());
            }
            4 => {
                let end = place + below(stream, 64).min(damaged.len() - place);
                let piece = damaged[place..end].to_vec();
                damaged.splice(place..place, piece);
            }
            _ => {
                let start = below(stream, other.len() + 1);
                damaged.truncate(place);
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
        feed_all_under_a_time_limit();
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
    let met = TARGETS.len() * DAMAGED;
    assert!(
        output.contains(&format!("{met} damaged inputs")),
        "{output}"
    );
}

/// Meets all inputs on another thread, and ends the process if one of them hangs.
fn feed_all_under_a_time_limit() {
    let (sender, inputs) = channel();
    // With as much room for nested input as the program's main thread has.
    let thread = std::thread::Builder::new().stack_size(8 << 20);
    let met = thread.spawn(move || meet_all(|input| sender.send(input).expect("it is watched")));
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
    let met = met.expect("a thread").join();
    met.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

/// Hands every input to its parser, after a message with its name.
fn meet_all(before: impl Fn(String)) {
    let mut met = 0;
    for (number, (name, target)) in TARGETS.into_iter().enumerate() {
        let corpus = corpus(name);
        assert!(corpus.len() >= 2, "{name} has a corpus");
        let meet = |what: &str, bytes: &[u8]| {
            before(format!("{what} of {name}"));
            if std::panic::catch_unwind(|| target(bytes)).is_err() {
                let kept = std::env::temp_dir().join(format!("tp-sweep-{name}-failed"));
                std::fs::write(&kept, bytes).unwrap();
                panic!("{name} panics at {what}: {}", kept.display());
            }
        };
        for (path, bytes) in &corpus {
            meet(&path.display().to_string(), bytes);
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
            meet(&format!("damaged input {count}"), &bytes);
            met += 1;
        }
    }
    println!("{met} damaged inputs");
}
