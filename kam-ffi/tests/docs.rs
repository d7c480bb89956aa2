//! The C of docs/embedding-c.md and of the README compiles without a warning and runs.

#[path = "support/cc.rs"]
#[expect(dead_code, reason = "the other test links statically as well")]
mod cc;

use std::path::PathBuf;
use std::process::Command;

use cc::{Link, compile, have, root, succeed, under_valgrind};

/// The blocks of C that stand under a mark: `<!-- compiled -->` is in a function, `file` outside of one, `program` is a program.
fn blocks(page: &str, mark: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join("..").join(page)).expect("the page");
    let all = text.matches("```c\n").count();
    let marked = text.matches("-->\n```c\n").count();
    assert_eq!(all, marked, "every block of C is compiled");
    let begin = format!("<!-- compiled{mark} -->\n```c\n");
    let ends = |rest: &str| rest.split("```").next().unwrap_or_default().to_owned();
    text.split(&begin).skip(1).map(ends).collect()
}

fn written(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).expect("a source");
    path
}

#[test]
fn the_first_program_runs() {
    for page in ["docs/embedding-c.md", "README.md"] {
        let programs = blocks(page, ": program");
        assert_eq!(programs.len(), 1);
        first_program(&programs[0]);
    }
}

fn first_program(text: &str) {
    let program = compile("embedding", &[written("embedding.c", text)], Link::Shared);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("sales.csv"), "customer,day,net\nACME,2024-01-05,80\nGlobex,2024-02-01,20\n").expect("a ledger");
    let text = succeed(Command::new(program).current_dir(&folder));
    let result: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(result["tables"]["abc"]["columns"]["account"], serde_json::json!(["ACME", "Globex"]));
}

#[test]
fn the_snippets_run() {
    let snippets = blocks("docs/embedding-c.md", "");
    assert!(snippets.len() >= 5, "{} snippets", snippets.len());
    let mut source =
        String::from("#include <stdio.h>\n#include <string.h>\n#include \"check.h\"\n#include \"columns.h\"\n#include \"kam.h\"\n");
    source += "static void make_stream(struct ArrowArrayStream *stream) {\n    FILE *file = tmpfile();\n    CHECK(file != NULL);\n";
    source += "    fputs(\"3 1\\nu account\\n=ACME\\nu date\\n=2024-01-05\\nl amount\\n=5\\n\", file);\n    rewind(file);\n";
    source += "    columns_stream(columns_read(file), 10, stream);\n    fclose(file);\n}\n";
    source += &blocks("docs/embedding-c.md", ": file").concat();
    for (number, snippet) in snippets.iter().enumerate() {
        source += &format!(
            "static void snippet_{number}(const kam_ledger *ledger, const kam_facts *facts) {{\n(void)ledger;\n(void)facts;\n{snippet}}}\n"
        );
    }
    source += "int main(int argc, char **argv) {\n    kam_ledger *ledger = NULL;\n    kam_facts *facts = NULL;\n    CHECK(argc == 2);\n";
    source += "    CHECK(kam_ledger_open(argv[1], \"{\\\"account\\\":\\\"a\\\",\\\"date\\\":\\\"d\\\",\\\"amount\\\":\\\"m\\\"}\", &ledger, NULL) == KAM_OK);\n";
    source += "    CHECK(kam_facts_new(ledger, \"{\\\"as_of\\\":\\\"2024-12-31\\\"}\", &facts, NULL) == KAM_OK);\n";
    for number in 0..snippets.len() {
        source += &format!("    snippet_{number}(ledger, facts);\n");
    }
    source += "    CHECK(columns_unreleased == 0);\n    kam_facts_free(facts);\n    kam_ledger_free(ledger);\n    return 0;\n}\n";
    let sources = [written("snippets.c", &source), root().join("tests-c/columns.c")];
    let program = compile("snippets", &sources, Link::Shared);
    let ledger = written("snippets.csv", "a,d,m\nACME,2024-01-05,80\nGlobex,2024-02-01,20\n");
    // What the page writes is written into a folder of the test.
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("sales.csv"), "customer,day,net\nACME,2024-01-05,80\nGlobex,2024-02-01,20\n").expect("a ledger");
    let text = succeed(Command::new(&program).arg(&ledger).current_dir(&folder));
    assert!(text.contains("2 rows used"), "{text}");
    if have("valgrind") {
        succeed(under_valgrind(&program).arg(&ledger).current_dir(&folder));
    }
}
