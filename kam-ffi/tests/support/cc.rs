//! Compiles C programs against the library that this build made, and runs them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// How a program gets the library.
#[derive(Clone, Copy, PartialEq)]
pub enum Link {
    Shared,
    Static,
}

/// The folder with the libraries that cargo made together with this test: it stands in the same folder.
fn libraries() -> PathBuf {
    let folder = std::env::current_exe().expect("this program").parent().expect("its folder").to_owned();
    let library = folder.join(format!("{}kam{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX));
    let time = |path: &Path| path.metadata().and_then(|data| data.modified()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let built = time(&library);
    for source in std::fs::read_dir(root().join("src")).expect("src") {
        let source = source.expect("a source").path();
        assert!(built >= time(&source), "{} is older than {}", library.display(), source.display());
    }
    folder
}

/// Compiles without a warning; gives the program.
pub fn compile(name: &str, sources: &[PathBuf], link: Link) -> PathBuf {
    let (folder, program) = (libraries(), PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name));
    let mut cc = Command::new(std::env::var_os("CC").unwrap_or_else(|| "cc".into()));
    cc.args(["-std=c11", "-D_POSIX_C_SOURCE=200809L", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g", "-pthread"]);
    for headers in ["include", "tests-c", "tests-c/misuse", "examples"] {
        cc.arg("-I").arg(root().join(headers));
    }
    cc.args(sources).arg("-o").arg(&program);
    // Cargo puts the folder of finished builds on the search path, where an older library may lie: the old kind of rpath comes before it.
    match link {
        Link::Shared => cc.arg("-L").arg(&folder).arg("-lkam").arg(format!("-Wl,-rpath,{},--disable-new-dtags", folder.display())),
        Link::Static => cc.arg(folder.join("libkam.a")).args(["-ldl", "-lm"]),
    };
    succeed(&mut cc);
    program
}

/// Runs a command that must succeed; gives what it printed.
pub fn succeed(command: &mut Command) -> String {
    let output = run(command);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{command:?}: {}\n{text}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    text
}

pub fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// Is a tool there? Says so where it is not.
pub fn have(tool: &str) -> bool {
    let there =
        Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    if !there {
        println!("not run: {tool} is not installed");
    }
    there
}

/// The program under valgrind, which turns a wrong access and memory that nobody can free any more into a failure.
pub fn under_valgrind(program: &Path) -> Command {
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--error-exitcode=9"]);
    command.args(["--leak-check=full", "--show-leak-kinds=definite", "--errors-for-leak-kinds=definite"]);
    // The optimiser makes safe Rust look at values before it knows whether they are there, and then not use what it saw: valgrind
    // would report jumps that depend on uninitialised memory.
    command.arg("--undef-value-errors=no");
    // One thread of work is enough here, and valgrind runs threads one after the other anyway.
    command.arg(program).env("RAYON_NUM_THREADS", "1");
    command
}
