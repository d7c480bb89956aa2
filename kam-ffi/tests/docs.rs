//! The C and C++ of docs/embedding-c.md and of the README compile without a warning and run.

#[path = "support/cc.rs"]
#[expect(dead_code, reason = "the other tests use what is left")]
mod cc;

use std::path::{Path, PathBuf};
use std::process::Command;

use cc::{Link, Watch, Way, compile, compile_in, have, needed, root, run_sanitized, sanitized, succeed, there, under_valgrind};

/// The blocks of a language that stand under a mark: `<!-- compiled -->` is in a function, `file` outside of one, `program` is a program.
fn blocks(page: &str, language: &str, mark: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join("..").join(page)).expect("the page");
    let fence = format!("```{language}\n");
    let all = text.matches(&fence).count();
    let marked = text.matches(&format!("-->\n{fence}")).count();
    assert_eq!(all, marked, "every block of {language} is compiled");
    let begin = format!("<!-- compiled{mark} -->\n{fence}");
    let ends = |rest: &str| rest.split("```").next().unwrap_or_default().to_owned();
    text.split(&begin).skip(1).map(ends).collect()
}

fn written(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).expect("a source");
    path
}

/// A folder with what the page reads; what it writes goes there too.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    write("sales.csv", "customer,day,net\nACME,2024-01-05,80\nGlobex,2024-02-01,20\n");
    write("customers.csv", "number,name,since\nACME,Acme Inc.,01.04.2020\nGlobex,Globex,\n");
    folder
}

#[test]
fn the_first_program_runs() {
    for page in ["docs/embedding-c.md", "README.md"] {
        let programs = blocks(page, "c", ": program");
        assert_eq!(programs.len(), 1);
        first_program(&programs[0]);
    }
}

fn first_program(text: &str) {
    let program = compile("embedding", &[written("embedding.c", text)], Link::Shared);
    let place = folder();
    let text = succeed(Command::new(&program).current_dir(&place));
    let result: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(result["tables"]["abc"]["columns"]["account"], serde_json::json!(["ACME", "Globex"]));
    // Without the file it says what is missing, and says so by its end.
    std::fs::remove_file(place.path().join("sales.csv")).expect("a file");
    let output = cc::run(Command::new(program).current_dir(&place));
    assert!(output.status.code() == Some(1) && String::from_utf8_lossy(&output.stdout).contains("sales.csv"));
}

/// Runs a program of snippets as it is, under valgrind and under the sanitizers.
fn three_times(name: &str, sources: &[PathBuf], way: Way, arguments: &[&Path]) -> String {
    let program = compile_in(name, sources, way);
    let mut commands = vec![Command::new(&program), run_sanitized(&sanitized(name, sources, way, Watch::Memory))];
    if have("valgrind") {
        commands.push(under_valgrind(&program));
    }
    let in_folder = |mut command: Command| {
        let place = folder();
        succeed(command.args(arguments).current_dir(&place))
    };
    commands.into_iter().map(in_folder).collect()
}

#[test]
fn the_snippets_run() {
    let snippets = blocks("docs/embedding-c.md", "c", "");
    assert!(snippets.len() >= 9, "{} snippets", snippets.len());
    let mut source = String::from("#include <pthread.h>\n#include <stdio.h>\n#include <string.h>\n");
    source += "#include \"check.h\"\n#include \"columns.h\"\n#include \"kam.h\"\n";
    source += "static void make_stream(struct ArrowArrayStream *stream) {\n    FILE *file = tmpfile();\n    CHECK(file != NULL);\n";
    source += "    fputs(\"3 1\\nu account\\n=ACME\\nu date\\n=2024-01-05\\nl amount\\n=5\\n\", file);\n    rewind(file);\n";
    source += "    columns_stream(columns_read(file), 10, stream);\n    fclose(file);\n}\n";
    source += &blocks("docs/embedding-c.md", "c", ": file").concat();
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
    // The page's server, of the review that it makes.
    source += "    kam_review *review = NULL;\n    kam_dossier *dossier = NULL;\n";
    source += "    CHECK(kam_review_new(facts, NULL, NULL, &review, NULL) == KAM_OK);\n    replace(review);\n";
    source += "    CHECK(serve(\"ACME\", &dossier, NULL) == KAM_OK);\n    replace(NULL);\n    kam_dossier_free(dossier);\n";
    source += "    CHECK(columns_unreleased == 0);\n    kam_facts_free(facts);\n    kam_ledger_free(ledger);\n    return 0;\n}\n";
    let sources = [written("snippets.c", &source), root().join("tests-c/columns.c")];
    let ledger = written("snippets.csv", "a,d,m\nACME,2024-01-05,80\nGlobex,2024-02-01,20\n");
    let text = three_times("snippets", &sources, cc::C, &[&ledger]);
    assert!(text.contains("2 rows used") && text.contains(" bytes of JSON, "), "{text}");
}

#[test]
fn the_snippets_of_cxx_run() {
    let snippets = blocks("docs/embedding-c.md", "cpp", "");
    assert_eq!(snippets.len(), 2);
    let mut source = String::from("#include <iostream>\n#include \"kam.hpp\"\n");
    for (number, snippet) in snippets.iter().enumerate() {
        source += &format!("static void snippet_{number}() {{\n{snippet}}}\n");
    }
    source += "int main() {\n    snippet_0();\n    snippet_1();\n    return 0;\n}\n";
    assert!(needed("g++", || there("g++")), "a C++ compiler is needed: apt-get install g++");
    let way = Way { compiler: "g++", flags: &["-std=c++17"], link: Link::Shared };
    let text = three_times("snippets_cxx", &[written("snippets.cpp", &source)], way, &[]);
    assert!(text.contains("\"a\":") || text.starts_with('{'), "{text}");
    assert!(text.contains("2 rows of "), "{text}");
}
