//! The example CRM: dossiers are served while days are closed, and nothing is lost or counted twice when it is killed.

#[path = "support/cc.rs"]
#[expect(dead_code, reason = "the other tests use what is left")]
mod cc;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cc::{C, Watch, Way, compile_in, have, needed, root, run_sanitized, sanitized, succeed, under_valgrind};
use serde_json::Value;

const FLAGS: [&str; 3] = ["-std=c11", "-D_DEFAULT_SOURCE", "-lsqlite3"];

fn sources() -> Vec<PathBuf> {
    let folder = root().join("examples/crm");
    let files = std::fs::read_dir(folder).expect("examples/crm").map(|file| file.expect("a file").path());
    files.filter(|file| file.extension().is_some_and(|extension| extension == "c")).collect()
}

fn sqlite() -> bool {
    needed("libsqlite3-dev", || Path::new("/usr/include/sqlite3.h").exists())
}

/// The program while it runs.
struct Crm {
    child: Child,
    port: u16,
    said: BufReader<std::process::ChildStdout>,
    /// What it printed before its address.
    before: String,
}

impl Crm {
    fn start(command: &mut Command, folder: &Path) -> Self {
        let arguments = [folder.join("crm.sqlite"), folder.join("sales.kam"), "0".into()];
        let mut child = command.args(arguments).stdout(Stdio::piped()).spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let said = BufReader::new(child.stdout.take().expect("its output"));
        let mut crm = Crm { child, port: 0, said, before: String::new() };
        while crm.port == 0 {
            let mut line = String::new();
            assert!(crm.said.read_line(&mut line).expect("text") > 0, "it ended: {}", crm.before);
            match line.trim().strip_prefix("http://127.0.0.1:") {
                Some(port) => crm.port = port.parse().expect("a port"),
                None => crm.before += &line,
            }
        }
        crm
    }

    fn ask(&self, request: &str) -> (u16, String) {
        ask(self.port, request)
    }

    fn status(&self) -> Value {
        serde_json::from_str(&self.ask("GET /").1).expect("JSON")
    }

    fn wait_for(&self, as_of: &str) {
        let start = Instant::now();
        while self.status()["as_of"] != as_of {
            assert!(start.elapsed() < Duration::from_secs(300), "no review as of {as_of}: {}", self.status());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn close(&self, day: &str) {
        assert_eq!(self.ask(&format!("POST /close/{day}")).0, 202);
        self.wait_for(day);
    }

    /// Asks it to end; gives what it said.
    fn stop(mut self) -> String {
        succeed(Command::new("kill").arg(self.child.id().to_string()));
        let mut said = std::mem::take(&mut self.before);
        self.said.read_to_string(&mut said).expect("text");
        let status = self.child.wait().expect("an end");
        assert!(status.success(), "{status}: {said}");
        said
    }

    fn kill(mut self) {
        self.child.kill().expect("a process");
    }
}

/// A test that fails leaves no server behind.
impl Drop for Crm {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ask(port: u16, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    write!(stream, "{request} HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("a request that is taken");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{request}: {answer}"));
    (head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a code"), body.to_owned())
}

/// One life of the CRM: from an empty folder over two refreshes with readers beside them to a restart. Gives what it said before and after.
fn life(start: impl Fn() -> Command) -> (String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let crm = Crm::start(&mut start(), folder.path());
    assert_eq!(crm.ask("GET /dossiers/1001").0, 503);
    assert_eq!(crm.ask("POST /close/2024-02-30").0, 400);
    assert_eq!(crm.ask("DELETE /").0, 404);
    crm.close("2024-01-12");

    let (code, text) = crm.ask("GET /dossiers/1001");
    let dossier: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((code, &dossier["account"], &dossier["as_of"]), (200, &"1001".into(), &"2024-01-12".into()));
    let (code, page) = crm.ask("GET /dossiers/1005.html");
    assert!(code == 200 && page.contains("&lt;script&gt;alert(1)") && !page.contains("<script>"), "{page}");
    let (code, message) = crm.ask("GET /dossiers/77");
    assert!(code == 404 && message.starts_with("error 405: ") && message.contains("77"), "{message}");
    assert_eq!(crm.ask("POST /sales/1001/2024-01-12/100/tools").0, 409);
    assert_eq!(crm.ask("POST /sales/1/2024-01-20/100/tools").0, 400);
    assert_eq!(crm.ask("POST /sales/1001/2024-01-32/100/tools").0, 400);
    assert_eq!(crm.ask("POST /sales/1001/2024-01-20/1-0/tools").0, 400);
    assert_eq!(crm.ask("POST /sales/1060/2024-01-20/12345678/tools").0, 201);

    // Readers see the one review or the other, whole, and never none.
    let (done, port) = (AtomicBool::new(false), crm.port);
    let done = &done;
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..4)
            .map(|reader| {
                scope.spawn(move || {
                    let mut seen = vec![];
                    while !done.load(Ordering::Relaxed) {
                        let (code, text) = ask(port, &format!("GET /dossiers/{}", 1001 + reader));
                        let dossier: Value = serde_json::from_str(&text).expect("JSON");
                        assert_eq!(code, 200);
                        seen.push(dossier["as_of"].as_str().expect("a day").to_owned());
                    }
                    seen
                })
            })
            .collect();
        crm.close("2024-01-24");
        let last: Value = serde_json::from_str(&crm.ask("GET /dossiers/1060").1).expect("JSON");
        assert!(last.to_string().contains("123456.78"), "{last}");
        done.store(true, Ordering::Relaxed);
        for reader in readers {
            let mut seen = reader.join().expect("a reader");
            assert!(!seen.is_empty() && seen.is_sorted());
            seen.dedup();
            assert!(seen.iter().all(|day| day == "2024-01-12" || day == "2024-01-24"), "{seen:?}");
        }
    });
    let before = crm.ask("GET /dossiers/1001").1;
    assert_eq!(crm.status(), serde_json::json!({"closed": "2024-01-24", "as_of": "2024-01-24", "reviews": 2}));
    let first = crm.stop();

    let crm = Crm::start(&mut start(), folder.path());
    crm.wait_for("2024-01-24");
    assert_eq!(crm.ask("GET /dossiers/1001").1, before);
    // A day without sales is closed too; a day that is closed is nothing to do.
    assert_eq!(crm.ask("POST /close/2024-01-01").0, 202);
    crm.close("2025-06-30");
    (first, crm.stop())
}

#[test]
fn dossiers_are_served_while_days_are_closed() {
    if !sqlite() {
        return;
    }
    let way = Way { flags: &FLAGS, ..C };
    let program = compile_in("crm", &sources(), way);
    let (first, second) = life(|| Command::new(&program));
    assert!(first.starts_with("2024-01-01: appended, 8 rows\n") && first.contains("2024-01-20: appended, 9 rows\n"), "{first}");
    assert!(second.starts_with("2024-01-24: was there already, 8 rows\n"), "{second}");
    assert!(second.ends_with("2025-06-30: appended, 0 rows\nreview as of 2025-06-30\n"), "{second}");
    if have("valgrind") {
        life(|| under_valgrind(&program));
    }
    for watch in [Watch::Memory, Watch::Threads] {
        let program = sanitized("crm", &sources(), way, watch);
        life(|| run_sanitized(&program));
    }
}

#[test]
fn a_kill_loses_nothing_and_counts_nothing_twice() {
    if !sqlite() {
        return;
    }
    let program = compile_in("crm_killed", &sources(), Way { flags: &FLAGS, ..C });
    let dossiers = |crm: Crm| {
        let texts = [1001, 1002, 1004, 1005, 1010, 1030].map(|account| crm.ask(&format!("GET /dossiers/{account}")).1);
        (texts, crm.stop())
    };
    let folder = tempfile::tempdir().expect("a folder");
    let crm = Crm::start(&mut Command::new(&program), folder.path());
    crm.close("2024-04-30");
    let (expected, _) = dossiers(crm);

    let folder = tempfile::tempdir().expect("a folder");
    let mut days = vec![];
    for round in 0..8 {
        let crm = Crm::start(&mut Command::new(&program), folder.path());
        assert_eq!(crm.ask("POST /close/2024-04-30").0, 202);
        std::thread::sleep(Duration::from_millis(15 + 40 * round));
        days.push(crm.status()["closed"].as_str().expect("a day").to_owned());
        crm.kill();
    }
    assert!(days.is_sorted() && days.first() < days.last(), "{days:?}");
    let crm = Crm::start(&mut Command::new(&program), folder.path());
    crm.close("2024-04-30");
    let (found, said) = dossiers(crm);
    assert!(said.contains(": was there already, "), "{said}");
    assert_eq!(found, expected);
}
