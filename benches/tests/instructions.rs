//! How many instructions the fold takes must not grow unnoticed. Time is noisy; instructions, counted by callgrind, are not.
//!
//! `instructions.toml` holds what is on record. A count more than the tolerance away from it fails, in both directions: what became
//! better is put on record with `KAM_WRITE_INSTRUCTIONS=1 cargo test --release -p kam-benches`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Another compiler or C library moves the counts a little.
const TOLERANCE: f64 = 0.10;

const PARTS: [&str; 5] = ["fold", "texts", "merge", "decode", "finish"];

fn record() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("instructions.toml")
}

fn count(part: &str, folder: &Path) -> u64 {
    let out = folder.join(part);
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--collect-atstart=no", "--toggle-collect=counted"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(env!("CARGO_BIN_EXE_instructions"))
        .arg(part)
        .output()
        .expect("valgrind runs");
    assert!(output.status.success(), "{part}: {}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(&out).expect("callgrind's output");
    let line = text.lines().find_map(|line| line.strip_prefix("summary: ").or_else(|| line.strip_prefix("totals: ")));
    line.and_then(|line| line.trim().parse().ok()).expect("a total")
}

#[test]
fn the_fold_takes_no_more_instructions_than_on_record() {
    let there = Command::new("valgrind").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success());
    if !there {
        println!("not run: valgrind is not installed");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let counts: BTreeMap<String, u64> = PARTS.iter().map(|part| ((*part).to_owned(), count(part, folder.path()))).collect();
    if std::env::var_os("KAM_WRITE_INSTRUCTIONS").is_some() {
        let text: String = counts.iter().map(|(part, count)| format!("{part} = {count}\n")).collect();
        let head = "# Instructions of 200,000 rows and 5,000 accounts on one thread, written by tests/instructions.rs.\n";
        std::fs::write(record(), format!("{head}{text}")).expect("the record is written");
    }
    let text = std::fs::read_to_string(record()).expect("the record");
    let known: BTreeMap<String, u64> = toml::from_str(&text).expect("counts");
    assert_eq!(known.keys().collect::<Vec<_>>(), counts.keys().collect::<Vec<_>>());
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2⁵³")]
    let away: Vec<String> = counts
        .iter()
        .map(|(part, count)| (part, *count as f64 / known[part] as f64))
        .filter(|(_, ratio)| (ratio - 1.0).abs() > TOLERANCE)
        .map(|(part, ratio)| format!("{part} takes {ratio:.3} times the instructions on record"))
        .collect();
    assert!(away.is_empty(), "{}", away.join("\n"));
}
