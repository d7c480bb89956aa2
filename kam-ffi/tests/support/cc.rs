//! Compiles C and C++ programs against the library that this build made, and runs them.

#[path = "debian.rs"]
mod debian;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub use debian::needed;

/// The folder of the C interface, beside which other crates that use this file stand.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").join("kam-ffi")
}

/// How a program gets the library.
#[derive(Clone, Copy, PartialEq)]
pub enum Link {
    Shared,
    Static,
}

/// How a program is compiled.
#[derive(Clone, Copy)]
pub struct Way<'a> {
    pub compiler: &'a str,
    pub flags: &'a [&'a str],
    pub link: Link,
}

pub const C: Way = Way { compiler: "cc", flags: &["-std=c11", "-D_POSIX_C_SOURCE=200809L"], link: Link::Shared };

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

/// Compiles C without a warning; gives the program.
pub fn compile(name: &str, sources: &[PathBuf], link: Link) -> PathBuf {
    compile_in(name, sources, Way { link, ..C })
}

/// Compiles without a warning; gives the program.
pub fn compile_in(name: &str, sources: &[PathBuf], way: Way) -> PathBuf {
    let (folder, program) = (libraries(), PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name));
    let chosen = (way.compiler == "cc").then(|| std::env::var_os("CC")).flatten();
    let mut cc = Command::new(chosen.unwrap_or_else(|| way.compiler.into()));
    cc.args(["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g", "-pthread"]).args(way.flags.iter().filter(|flag| !flag.starts_with("-l")));
    for headers in ["include", "tests-c", "tests-c/misuse", "examples"] {
        cc.arg("-I").arg(root().join(headers));
    }
    cc.args(sources).arg("-o").arg(&program);
    // Cargo puts the folder of finished builds on the search path, where an older library may lie: the old kind of rpath comes before it.
    match way.link {
        Link::Shared => cc.arg("-L").arg(&folder).arg("-lkam").arg(format!("-Wl,-rpath,{},--disable-new-dtags", folder.display())),
        Link::Static => cc.arg(folder.join("libkam.a")).args(["-ldl", "-lm"]),
    };
    cc.args(way.flags.iter().filter(|flag| flag.starts_with("-l")));
    succeed(&mut cc);
    program
}

/// What a program is watched by while it runs.
#[derive(Clone, Copy)]
pub enum Watch {
    /// Wrong addresses, leaks and undefined behaviour.
    Memory,
    /// Data races of the program itself. Rust's library is not instrumented, so what it does is not looked at.
    Threads,
}

/// Compiles with sanitizers, and makes sure that they are in the program. It ends with 9 at an error.
pub fn sanitized(name: &str, sources: &[PathBuf], way: Way, watch: Watch) -> PathBuf {
    let (suffix, sanitizers, symbols) = match watch {
        Watch::Memory => ("memory", "-fsanitize=address,undefined", &["__asan_init", "__asan_report", "__ubsan_handle"][..]),
        Watch::Threads => ("threads", "-fsanitize=thread", &["__tsan_init", "__tsan_read"][..]),
    };
    let flags = [way.flags, &[sanitizers, "-fno-sanitize-recover=all", "-fno-omit-frame-pointer", "-O1"]].concat();
    let program = compile_in(&format!("{name}_{suffix}"), sources, Way { flags: &flags, ..way });
    let found = succeed(Command::new("nm").arg(&program));
    for symbol in symbols {
        assert!(found.contains(symbol), "{} has no {symbol}", program.display());
    }
    program
}

/// A program with sanitizers, told to end with 9 at the first error and over memory that nobody can free any more.
pub fn run_sanitized(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("ASAN_OPTIONS", "exitcode=9:detect_leaks=1:detect_stack_use_after_return=1:check_initialization_order=1");
    command.env("UBSAN_OPTIONS", "halt_on_error=1:print_stacktrace=1").env("LSAN_OPTIONS", "exitcode=9");
    command.env("TSAN_OPTIONS", "exitcode=9:halt_on_error=1:ignore_noninstrumented_modules=1");
    command
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

/// Is a tool there?
pub fn there(tool: &str) -> bool {
    Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Is a tool there, that Debian's package of the same name has? Says so where it is not.
pub fn have(tool: &str) -> bool {
    needed(tool, || there(tool))
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
