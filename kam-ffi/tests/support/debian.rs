//! Debian's packages that tests need: installed where the tests must run (the variable CI is set), a reason to leave a test out elsewhere.

use std::process::Command;
use std::sync::Mutex;

/// Is it there, if need be after the package was installed? Says so where it is not.
pub fn needed(package: &str, there: impl Fn() -> bool) -> bool {
    // One installation at a time: tests run side by side.
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if there() {
        return true;
    }
    if std::env::var_os("CI").is_none_or(|value| value.is_empty()) {
        println!("not run: {package} is not installed (apt-get install {package})");
        return false;
    }
    for words in [&["update", "-q"][..], &["install", "-y", "-q", "--no-install-recommends", package]] {
        let output =
            Command::new("apt-get").args(["-o", "DPkg::Lock::Timeout=300"]).args(words).env("DEBIAN_FRONTEND", "noninteractive").output();
        let output = output.unwrap_or_else(|error| panic!("apt-get: {error}"));
        assert!(output.status.success(), "apt-get {}: {}", words.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    assert!(there(), "{package} was installed and is not there");
    true
}
