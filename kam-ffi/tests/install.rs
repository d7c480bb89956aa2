//! What `make install` leaves is found by pkg-config and by CMake, wherever its prefix is moved to.

#[path = "support/cc.rs"]
#[expect(dead_code, reason = "the other tests use what is left")]
mod cc;

use std::path::{Path, PathBuf};
use std::process::Command;

use cc::{have, needed, root, run, succeed, there};

const LEDGER: &str = "customer,day,net\nACME,2024-01-05,8500.00\nGlobex,2024-02-01,1200.50\n";
const ARGUMENTS: [&str; 2] = [r#"{"account":"customer","date":"day","amount":"net"}"#, r#"{"as_of":"2024-12-31"}"#];

fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// The interface that the soname names: the first two numbers before 1.0, the first one from then on.
fn interface() -> String {
    let numbers: Vec<&str> = version().split('.').collect();
    if numbers[0] == "0" { format!("0.{}", numbers[1]) } else { numbers[0].to_owned() }
}

#[test]
fn the_version_of_the_cmake_package_is_that_of_the_crate() {
    let text = std::fs::read_to_string(root().join("cmake/kamConfigVersion.cmake")).expect("the file");
    assert!(text.contains(&format!("set(PACKAGE_VERSION \"{}\")", version())), "{text}");
    for file in ["../docs/embedding-c.md", "examples/CMakeLists.txt"] {
        let text = std::fs::read_to_string(root().join(file)).expect("the file");
        assert!(text.contains(&format!("find_package(kam {} REQUIRED)", interface())), "{file}");
    }
}

/// `make install` into a prefix; `None` where cargo-c is not here and need not be.
fn installed(prefix: &Path) -> Option<()> {
    let must = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    if !must && !there("cargo-cinstall") {
        println!("not run: cargo-c is not installed (make install installs it)");
        return None;
    }
    let mut make = Command::new("make");
    make.arg("-C").arg(root().join("..")).arg("install").arg(format!("PREFIX={}", prefix.display()));
    // What cargo tells a test of its own build is not for another build.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if (name.starts_with("CARGO_") && name != "CARGO_HOME") || name == "MAKEFLAGS" || name == "RUSTFLAGS" {
            make.env_remove(name);
        }
    }
    // Where the files stand does not depend on how fast they are: without optimisation the library is compiled in a quarter of the time.
    make.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0").env("CARGO_PROFILE_RELEASE_DEBUG", "0");
    // In a folder of its own: what these settings make of the same crates would have all of them compiled again by whoever builds next.
    make.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("install"));
    succeed(&mut make);
    Some(())
}

fn examples(folder: &Path, ledger: &Path) {
    let review = |name: &str| succeed(Command::new(folder.join(name)).arg(ledger).args(ARGUMENTS));
    for text in [review("review"), review("review_cxx")] {
        assert!(text.contains("abc {") && text.contains("Globex"), "{text}");
    }
    let mut book = Command::new(folder.join("book"));
    let text = succeed(book.arg(folder.join("ledger.kam")).arg(ledger).args([ARGUMENTS[0], "monday", ARGUMENTS[1]]));
    assert!(text.starts_with("monday: 2 rows, 2 used"), "{text}");
}

#[test]
fn the_installed_library_is_found() {
    assert!(needed("g++", || there("g++")) && have("pkg-config"), "g++ and pkg-config are needed");
    let sqlite = || Path::new("/usr/include/sqlite3.h").exists();
    if !have("cmake") || !needed("libsqlite3-dev", sqlite) {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    if installed(&at("first")).is_none() {
        return;
    }
    let library = at("first").join("lib").join(format!("libkam.so.{}", version()));
    assert!(library.is_file());
    let link = |name: &str| std::fs::read_link(at("first").join("lib").join(name)).expect("a link");
    let full = PathBuf::from(format!("libkam.so.{}", version()));
    assert_eq!([link("libkam.so"), link(&format!("libkam.so.{}", interface()))], [full.clone(), full]);
    let dynamic = succeed(Command::new("readelf").arg("-d").arg(&library));
    assert!(dynamic.contains(&format!("Library soname: [libkam.so.{}]", interface())), "{dynamic}");
    // Nothing but the interface is visible from outside.
    let symbols = succeed(Command::new("nm").args(["-D", "--defined-only", "--format=posix"]).arg(&library));
    let others: Vec<&str> = symbols.lines().filter(|line| !line.starts_with("kam_")).collect();
    assert!(others.is_empty() && symbols.contains("kam_run "), "{others:?}");

    let ledger = at("sales.csv");
    std::fs::write(&ledger, LEDGER).expect("a ledger");
    std::fs::create_dir(at("made")).expect("a folder");
    let found = at("first/lib/pkgconfig");
    let pkg_config = |words: &[&str]| succeed(Command::new("pkg-config").env("PKG_CONFIG_PATH", &found).args(words));
    assert_eq!(pkg_config(&["--modversion", "kam"]).trim(), version());
    let mut make = Command::new("make");
    make.arg("-C")
        .arg(root().join("examples"))
        .arg(format!("PKG_CONFIG_PATH={}", found.display()))
        .arg(format!("OUT={}", at("made").display()));
    succeed(make.env("CFLAGS", "-Werror -Wall -Wextra").env("CXXFLAGS", "-Werror -Wall -Wextra"));
    examples(&at("made"), &ledger);
    let program = at("static");
    let static_library = at("first/lib/libkam.a");
    let mut cc = Command::new("cc");
    cc.arg(root().join("examples/review.c")).arg("-o").arg(&program).args(pkg_config(&["--cflags", "kam"]).split_whitespace());
    succeed(cc.arg(&static_library).args(["-pthread", "-ldl", "-lm"]));
    succeed(Command::new(&program).arg(&ledger).args(ARGUMENTS));

    // Moved as a whole, it is still found by CMake: both libraries.
    std::fs::rename(at("first"), at("second")).expect("a prefix that can be moved");
    let configure = |source: &Path, build: &Path| {
        let mut cmake = Command::new("cmake");
        cmake.arg("-S").arg(source).arg("-B").arg(build).arg(format!("-DCMAKE_PREFIX_PATH={}", at("second").display()));
        cmake
    };
    succeed(&mut configure(&root().join("examples"), &at("built")));
    succeed(Command::new("cmake").arg("--build").arg(at("built")));
    examples(&at("built"), &ledger);
    let needs = |name: &str| succeed(Command::new("readelf").arg("-d").arg(at("built").join(name))).contains("libkam.so.");
    assert!(needs("review") && needs("crm") && !needs("book"));

    // The page's own project with the page's own program, and versions that do not fit.
    let page = std::fs::read_to_string(root().join("../docs/embedding-c.md")).expect("the page");
    let block = |begin: &str| page.split_once(begin).and_then(|(_, rest)| rest.split_once("```")).expect("a block").0.to_owned();
    let project = block("<!-- built -->\n```cmake\n");
    std::fs::create_dir(at("page")).expect("a folder");
    std::fs::write(at("page/program.c"), block("<!-- compiled: program -->\n```c\n")).expect("a program");
    for (asked, fits) in
        [("0.1", true), (version(), true), ("0.0.9", false), ("0.2", false), ("1.0", false), ("0.0...<0.2", true), ("0.2...1", false)]
    {
        let text = project.replace("find_package(kam 0.1 ", &format!("find_package(kam {asked} "));
        std::fs::write(at("page/CMakeLists.txt"), text).expect("a project");
        let output = run(&mut configure(&at("page"), &at(&format!("page {asked}"))));
        assert_eq!(output.status.success(), fits, "{asked}: {}", String::from_utf8_lossy(&output.stderr));
    }
    std::fs::write(at("page/CMakeLists.txt"), project).expect("a project");
    succeed(Command::new("cmake").arg("--build").arg(at("page 0.1")));
    let text = succeed(Command::new(at("page 0.1").join("program")).current_dir(folder.path()));
    assert!(text.contains("Globex"), "{text}");
}
