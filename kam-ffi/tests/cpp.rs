//! kam.hpp: complete, compiled without a warning by every compiler and standard there is, and clean in memory.

#[path = "support/cc.rs"]
#[expect(dead_code, reason = "the tests of C use what is left")]
mod cc;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use cc::{Link, Watch, Way, compile_in, have, needed, root, run, run_sanitized, sanitized, succeed, there, under_valgrind};

/// Warnings beyond those of all programs: hosts that ask for them must not hear of this header.
const STRICT: [&str; 5] = ["-Wshadow", "-Wconversion", "-Wold-style-cast", "-Wnon-virtual-dtor", "-Woverloaded-virtual"];

/// Every compiler that is there with every standard: the first is the one that tests run with.
fn ways() -> Vec<(&'static str, &'static str)> {
    assert!(needed("g++", || there("g++")), "a C++ compiler is needed: apt-get install g++");
    let compilers = ["g++", "clang++"].into_iter().filter(|compiler| there(compiler));
    compilers.flat_map(|compiler| ["-std=c++17", "-std=c++20"].map(|standard| (compiler, standard))).collect()
}

fn in_folder(program: &mut Command) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    succeed(program.arg(folder.path()))
}

#[test]
fn handles_errors_streams_and_progress() {
    let sources = [root().join("tests-cpp/handles.cpp")];
    for (compiler, standard) in ways() {
        let flags = [&[standard], &STRICT[..]].concat();
        let way = Way { compiler, flags: &flags, link: Link::Shared };
        let name = format!("handles_{compiler}_{standard}");
        let text = in_folder(&mut Command::new(compile_in(&name, &sources, way)));
        let checks: u32 = text.split_whitespace().next().and_then(|count| count.parse().ok()).expect("a count");
        assert!(checks > 100, "{checks}");
    }
    let way = Way { compiler: "g++", flags: &["-std=c++17"], link: Link::Shared };
    if have("valgrind") {
        in_folder(&mut under_valgrind(&compile_in("handles_valgrind", &sources, way)));
    }
    in_folder(&mut run_sanitized(&sanitized("handles", &sources, way, Watch::Memory)));
}

#[test]
fn the_example_reviews_a_ledger() {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = folder.path().join("sales.csv");
    std::fs::write(&ledger, "customer,day,net\nACME,2024-01-05,8500.00\nÄnderung GmbH,2024-02-01,1200.50\nACME,2024-03-01,-50\n")
        .expect("a ledger");
    let arguments = [ledger.to_str().expect("UTF-8"), r#"{"account":"customer","date":"day","amount":"net"}"#, r#"{"as_of":"2024-12-31"}"#];
    for (compiler, standard) in ways() {
        let flags = [&[standard], &STRICT[..]].concat();
        let way = Way { compiler, flags: &flags, link: Link::Shared };
        let program = compile_in(&format!("review_{compiler}_{standard}"), &[root().join("examples/review.cpp")], way);
        let output = run(Command::new(&program).args(arguments));
        let text = String::from_utf8_lossy(&output.stdout);
        for expected in ["abc {", "account", "ACME", "Änderung GmbH", "8,450", "# ACME"] {
            assert!(text.contains(expected), "no {expected} in\n{text}");
        }
        assert!(String::from_utf8_lossy(&output.stderr).contains(": abc\n"), "progress");
        let output = run(Command::new(&program).args(["none.csv", arguments[1], arguments[2]]));
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(1) && message.starts_with("error 101: ") && message.contains("none.csv"), "{message}");
        if have("valgrind") {
            succeed(under_valgrind(&program).args(arguments));
        }
    }
}

/// The functions that a text calls or declares, by their names.
fn functions(text: &str) -> BTreeSet<String> {
    let words = text.split(|character: char| !(character.is_ascii_alphanumeric() || character == '_'));
    words.filter(|word| word.starts_with("kam_")).map(str::to_owned).collect()
}

/// Text without its comments.
fn bare(text: &str) -> String {
    text.split("/*").map(|part| part.split_once("*/").map_or(part, |(_, rest)| rest)).collect()
}

#[test]
fn the_header_has_every_function_of_c() {
    let read = |name: &str| std::fs::read_to_string(root().join("include").join(name)).expect("a header");
    // A function's name stands before a bracket; the callback's type is `(*kam_progress)(`.
    let declared: BTreeSet<String> = bare(&read("kam.h"))
        .split('(')
        .filter_map(|before| {
            before.rsplit([' ', '*', '\n']).next().filter(|name| name.starts_with("kam_") && !name.ends_with(')')).map(str::to_owned)
        })
        .collect();
    assert!(declared.len() > 60, "{declared:?}");
    let header = read("kam.hpp");
    let used = functions(&bare(&header));
    let missing: Vec<_> = declared.difference(&used).collect();
    assert!(missing.is_empty(), "kam.hpp does not use {missing:?}");
    // And it is exercised, by the name that it has in C++: each public member stands in the test or the example.
    let tested = std::fs::read_to_string(root().join("tests-cpp/handles.cpp")).expect("the test");
    for name in members(&header) {
        assert!(tested.contains(&name), "tests-cpp/handles.cpp does not use {name}");
    }
}

/// The functions of the C++ header that stand for one of C: those whose comment ends in its name.
fn members(header: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut lines = header.lines();
    while let Some(line) = lines.next() {
        let Some(comment) = line.trim().strip_prefix("/** ").and_then(|text| text.strip_suffix(". */")) else { continue };
        if !comment.rsplit(' ').next().is_some_and(|word| word.starts_with("kam_")) {
            continue;
        }
        let declaration = lines.find(|line| !line.trim().starts_with("template")).expect("a declaration");
        if let Some(name) = declaration.split_once('(').and_then(|(before, _)| before.rsplit(' ').next()) {
            names.insert(format!("{name}("));
        }
    }
    assert!(names.len() > 30, "{names:?}");
    // Constructors with a variable's name are seen by the compiler alone.
    let constructors = ["ledger(", "ledger_builder(", "crm(", "book(", "facts(", "review(", "dossier("];
    names.retain(|name| !constructors.contains(&name.as_str()));
    names
}

/// Two files of one program may include the header.
#[test]
fn the_header_can_be_included_twice() {
    let write = |name: &str, text: &str| -> PathBuf {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, text).expect("a source");
        path
    };
    let sources = [
        write(
            "first.cpp",
            "#include \"kam.hpp\"\n#include \"kam.hpp\"\nbool fits();\nint main() { return fits() && !kam::version().empty() ? 0 : 1; }\n",
        ),
        write(
            "second.cpp",
            "#include \"kam.h\"\n#include \"kam.hpp\"\nbool fits();\nbool fits() { return kam::abi_version() == KAM_ABI_VERSION; }\n",
        ),
    ];
    succeed(&mut Command::new(compile_in("twice", &sources, Way { compiler: "g++", flags: &["-std=c++17"], link: Link::Shared })));
}
