//! Data sets are downloaded completely, resumed or refused, and verified in place.

use crate::support::{Project, files, repository};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tp_sweep::data::{Client, FetchError, fetch};
use tp_sweep::datasets::KnownFile;

/// The SHA-256 of `contents()`.
const FILE: KnownFile = KnownFile {
    name: "digits.gz",
    size_bytes: 100_000,
    sha256: "351d35d2a5b8eff8912c8fa40a7cbeac045cb00e2507d39417f5bce2db909ef7",
};

fn contents() -> Vec<u8> {
    (0..100_000_u32)
        .map(|index| (index % 1000 * index % 251) as u8)
        .collect()
}

/// What a server does with a connection, given the first byte that is asked for.
type Answer = fn(&mut TcpStream, Option<usize>);

/// A server on this machine; its URL, and the first byte that each request asked for.
fn server(answer: Answer) -> (String, Arc<Mutex<Vec<Option<usize>>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/data", listener.local_addr().unwrap());
    let requested = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&requested);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let head: Vec<String> = lines
                .map(Result::unwrap)
                .take_while(|line| !line.is_empty())
                .collect();
            let range = head.iter().find_map(|line| {
                let value = line
                    .to_lowercase()
                    .strip_prefix("range: bytes=")?
                    .to_owned();
                value.strip_suffix('-')?.parse().ok()
            });
            log.lock().unwrap().push(range);
            answer(&mut stream, range);
        }
    });
    (url, requested)
}

/// A server that supports ranges, and sends at most `max_bytes` bytes per connection.
fn send(stream: &mut TcpStream, range: Option<usize>, body: &[u8], max_bytes: usize) {
    let start = range.unwrap_or(0);
    let rest = &body[start.min(body.len())..];
    let status = match range {
        Some(_) => format!(
            "206 Partial Content\r\nContent-Range: bytes {start}-{}/{}",
            body.len() - 1,
            body.len()
        ),
        None => "200 OK".to_owned(),
    };
    let length = rest.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    stream.write_all(&rest[..max_bytes.min(length)]).unwrap();
}

fn fetched(url: &str, folder: &Path) -> Result<Vec<u64>, FetchError> {
    let client = Client::new(None, false)?;
    let mut progress = Vec::new();
    fetch(&client, url, &FILE, folder, &mut |bytes| {
        progress.push(bytes);
    })?;
    Ok(progress)
}

/// The names of the files in a folder.
fn names(folder: &TempDir) -> Vec<String> {
    let files = files(folder.path());
    files
        .iter()
        .map(|file| file.file_name().unwrap().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn a_file_appears_under_its_name_only_when_complete() {
    let (url, requested) = server(|stream, range| send(stream, range, &contents(), usize::MAX));
    let folder = tempfile::tempdir().unwrap();
    let progress = fetched(&url, folder.path()).unwrap();
    assert_eq!(
        (progress.first(), progress.last()),
        (Some(&0), Some(&100_000))
    );
    assert!(progress.is_sorted());
    assert_eq!(names(&folder), ["digits.gz"]);
    assert_eq!(
        std::fs::read(folder.path().join("digits.gz")).unwrap(),
        contents()
    );
    assert_eq!(*requested.lock().unwrap(), [None]);
}

#[test]
fn an_interrupted_download_is_resumed() {
    // Automatically, as long as each response brings data.
    let (url, requested) = server(|stream, range| send(stream, range, &contents(), 40_000));
    let folder = tempfile::tempdir().unwrap();
    fetched(&url, folder.path()).unwrap();
    assert_eq!(
        *requested.lock().unwrap(),
        [None, Some(40_000), Some(80_000)]
    );
    assert_eq!(
        std::fs::read(folder.path().join("digits.gz")).unwrap(),
        contents()
    );

    // And from what an earlier process left behind.
    let (url, requested) = server(|stream, range| send(stream, range, &contents(), usize::MAX));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("digits.gz.part"), &contents()[..70_000]).unwrap();
    fetched(&url, folder.path()).unwrap();
    assert_eq!(*requested.lock().unwrap(), [Some(70_000)]);
    assert_eq!(names(&folder), ["digits.gz"]);
}

#[test]
fn a_partial_download_is_kept_when_the_transfer_stalls() {
    let (url, _) = server(|stream, range| match range {
        None => send(stream, range, &contents(), 40_000),
        Some(_) => send(stream, range, &contents(), 0),
    });
    let folder = tempfile::tempdir().unwrap();
    let error = fetched(&url, folder.path()).unwrap_err();
    assert!(
        matches!(
            error,
            FetchError::Truncated {
                received: 40_000,
                expected: 100_000,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(names(&folder), ["digits.gz.part"]);
}

#[test]
fn a_server_without_ranges_is_asked_for_the_whole_file() {
    let (url, _) = server(|stream, _| send(stream, None, &contents(), usize::MAX));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("digits.gz.part"), [9; 70_000]).unwrap();
    fetched(&url, folder.path()).unwrap();
    assert_eq!(
        std::fs::read(folder.path().join("digits.gz")).unwrap(),
        contents()
    );
}

#[test]
fn a_file_that_differs_from_the_original_is_refused_and_not_kept() {
    let wrong: [Answer; 2] = [
        |stream, range| {
            let mut other = contents();
            other[50_000] ^= 1;
            send(stream, range, &other, usize::MAX);
        },
        // Longer than the original.
        |stream, range| {
            let longer = [contents(), vec![0; 50]].concat();
            send(stream, range, &longer, usize::MAX);
        },
    ];
    for answer in wrong {
        let (url, _) = server(answer);
        let folder = tempfile::tempdir().unwrap();
        let error = fetched(&url, folder.path()).unwrap_err();
        assert!(matches!(error, FetchError::Checksum { .. }), "{error}");
        assert!(
            error.to_string().contains("is damaged or modified"),
            "{error}"
        );
        assert_eq!(names(&folder), [""; 0]);
    }
    // Nor is it kept when it comes from an earlier process.
    let (url, _) = server(|stream, range| send(stream, range, &contents(), usize::MAX));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("digits.gz.part"), [9; 70_000]).unwrap();
    assert!(matches!(
        fetched(&url, folder.path()),
        Err(FetchError::Checksum { .. })
    ));
    assert_eq!(names(&folder), [""; 0]);
    fetched(&url, folder.path()).unwrap();
}

#[test]
fn a_missing_file_is_reported_with_manual_instructions() {
    let (url, _) = server(|stream, _| {
        stream
            .write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            .unwrap();
    });
    let project = Project::new("");
    let done = project.run(&["data", "fetch", "cifar10", "--mirror", &url]);
    assert_eq!(done.code, 2);
    insta::assert_snapshot!(done.error.replace(&url, "MIRROR"));
    assert!(files(&project.path("data")).is_empty());
}

#[test]
fn an_unreachable_server_is_reported_with_manual_instructions() {
    // A port that was free a moment ago.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let project = Project::new("");
    let arguments = ["data", "fetch", "fashion-mnist", "--mirror", &url];
    let done = project.run(&arguments);
    assert_eq!(done.code, 2);
    let start = format!("  × cannot fetch {url}/train-images-idx3-ubyte.gz: ");
    assert!(done.error.starts_with(&start), "{}", done.error);
    assert!(
        done.error.contains("download by hand, put these files"),
        "{}",
        done.error
    );
    // A proxy that is down is asked instead of the server.
    let done = project.run(&["data", "fetch", "mnist", "--proxy", &url]);
    assert_eq!(done.code, 2);
    assert!(
        done.error.contains("cannot fetch https://storage."),
        "{}",
        done.error
    );
    let done = project.run(&["data", "fetch", "mnist", "--proxy", "no proxy"]);
    assert!(
        done.error.contains("invalid proxy `no proxy`"),
        "{}",
        done.error
    );
}

#[test]
fn files_are_listed_and_verified_in_place() {
    let project = Project::new("");
    let folder = project.path("data/mnist");
    std::fs::create_dir_all(&folder).unwrap();
    for file in files(&repository().join("data/mnist")) {
        std::fs::copy(&file, folder.join(file.file_name().unwrap())).unwrap();
    }
    let mut shown = String::new();
    let mut show = |arguments: &[&str]| {
        // The test program may find data of its own, that of the repository.
        let own = if arguments.contains(&"fetch") {
            &[][..]
        } else {
            &["--data", "data"]
        };
        let done = project.run(&[arguments, own].concat());
        shown += &format!(
            "$ tp-sweep {}\n{}{}→ {}\n\n",
            arguments.join(" "),
            done.output,
            done.error,
            done.code
        );
    };
    show(&["data", "list"]);
    show(&["data", "check"]);
    show(&["data", "check", "cifar10"]);
    let labels = folder.join("t10k-labels-idx1-ubyte.gz");
    let mut bytes = std::fs::read(&labels).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&labels, bytes).unwrap();
    std::fs::remove_file(folder.join("train-labels-idx1-ubyte.gz")).unwrap();
    show(&["data", "check", "mnist"]);
    show(&["data", "fetch", "iris"]);
    insta::assert_snapshot!(shown);
}
