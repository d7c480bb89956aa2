//! Holds the cut of the code: families stand side by side, and every method has its page and its cases.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use kam_core::method::METHODS;

const FAMILIES: [&str; 7] = ["concentration", "segment", "key_account", "attractiveness", "pyramid", "retention", "people"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return vec![] };
    let paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    let (folders, files): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| path.is_dir());
    let files = files.into_iter().filter(|file| file.extension().is_some_and(|ending| ending == "rs"));
    files.chain(folders.iter().flat_map(|folder| sources(folder))).collect()
}

/// The code without comments and strings of documentation.
fn code(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Which of these folders a text names by their path, in a `use` or in full, alone or in a list within braces.
fn named<'a>(text: &str, among: &[&'a str]) -> Vec<&'a str> {
    let code = code(text);
    let is_named = |folder: &&&str| {
        ["crate::", "super::super::", "kam_core::"].iter().any(|prefix| {
            code.match_indices(prefix).any(|(at, prefix)| {
                let rest = &code[at + prefix.len()..];
                let listed = rest.strip_prefix('{').and_then(|list| list.split("};").next()).unwrap_or("");
                let starts = |text: &str| text.strip_prefix(**folder).is_some_and(|rest| rest.starts_with([':', ';', ',', ' ', '}', '{']));
                starts(rest) || listed.split([',', '{', '\n']).any(|part| part.trim() == **folder || starts(part.trim()))
            })
        })
    };
    among.iter().filter(is_named).copied().collect()
}

/// The other families that a text names.
fn named_families(text: &str, own: &str) -> Vec<&'static str> {
    named(text, &FAMILIES.into_iter().filter(|family| *family != own).collect::<Vec<_>>())
}

#[test]
fn families_do_not_use_each_other() {
    for family in FAMILIES {
        let files = sources(&root().join("src").join(family));
        assert!(!files.is_empty(), "there is no family {family}");
        for file in files {
            let text = fs::read_to_string(&file).expect("a readable file");
            let named = named_families(&text, family);
            assert!(named.is_empty(), "{} names the family {}: pass its result as an argument", file.display(), named.join(", "));
        }
    }
}

#[test]
fn every_method_stands_in_the_folder_of_its_family() {
    for method in METHODS {
        let family = serde_json::to_value(method.family).expect("a name");
        let folder = family.as_str().expect("a name");
        assert!(FAMILIES.contains(&folder), "{folder}");
        let file = root().join("src").join(folder).join(format!("{}.rs", method.name));
        assert!(file.exists(), "{} is not there", file.display());
    }
}

/// The way the data goes, from the top: a stage may name those above it, never those below.
#[test]
fn data_flows_down_only() {
    const STAGES: [&str; 10] = ["time", "money", "ledger", "facts", "book", "crm", "method", "chart", "review", "report"];
    for (at, stage) in STAGES.iter().enumerate() {
        let folder = sources(&root().join("src").join(stage));
        let file = root().join("src").join(format!("{stage}.rs"));
        let files: Vec<PathBuf> = folder.into_iter().chain(file.exists().then_some(file)).collect();
        assert!(!files.is_empty(), "there is no stage {stage}");
        for file in files.iter().filter(|file| !file.ends_with("tests.rs")) {
            let text = fs::read_to_string(file).expect("a readable file");
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let below = named(text, &STAGES[at + 1..]);
            assert!(below.is_empty(), "{} names {}, which lies below it", file.display(), below.join(", "));
        }
    }
}

/// Families that borrow through the crate's root get past a look at the paths, so the re-exports are looked for as well.
#[test]
fn families_do_not_use_each_other_through_the_root() {
    let root_exports = code(&fs::read_to_string(root().join("src/lib.rs")).expect("lib.rs"));
    for family in FAMILIES {
        for other in FAMILIES.into_iter().filter(|other| *other != family) {
            let Some(list) = root_exports.split(&format!("pub use {other}::")).nth(1).and_then(|rest| rest.split(';').next()) else {
                continue;
            };
            let exports: BTreeSet<&str> =
                list.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|word| !word.is_empty()).collect();
            for file in sources(&root().join("src").join(family)) {
                let text = code(&fs::read_to_string(&file).expect("a readable file"));
                for export in &exports {
                    assert!(!text.contains(&format!("crate::{export}")), "{} takes {export} of {other} from the root", file.display());
                }
            }
        }
    }
}

#[test]
fn the_look_at_paths_finds_every_way_to_write_one() {
    for text in [
        "use crate::segment::abc;",
        "use crate::{error::Result, segment};",
        "use crate::{\n    facts::Facts,\n    segment::{Abc, abc},\n};",
        "let x = crate::segment::abc(facts);",
        "use super::super::segment;",
    ] {
        assert_eq!(named_families(text, "concentration"), ["segment"], "{text}");
    }
    for text in ["use crate::facts::Facts;", "use super::abc;", "// crate::segment is another family", "use crate::segments::X;"] {
        assert!(named_families(text, "concentration").is_empty(), "{text}");
    }
    assert!(named_families("use crate::segment::abc;", "segment").is_empty());
}

#[test]
fn every_method_has_a_page_and_a_case() {
    for entry in METHODS {
        let page = root().join("../docs/methods").join(format!("{}.md", entry.name));
        let text = fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
        for marker in ["<!-- options:begin -->", "<!-- options:end -->"] {
            assert!(text.contains(marker), "{} lacks {marker}", page.display());
        }
        for (table, _) in entry.tables {
            assert!(text.contains(&format!("`{table}`")), "{} does not tell of the table {table}", page.display());
        }
        let cases = root().join("tests/golden").join(entry.name);
        let count = fs::read_dir(&cases)
            .map_or(0, |cases| cases.filter(|case| case.as_ref().is_ok_and(|case| case.path().extension().is_some())).count());
        assert!(count > 0, "{} has no golden case in {}", entry.name, cases.display());
    }
}

#[test]
fn names_are_unique() {
    let names: BTreeSet<&str> = METHODS.iter().map(|entry| entry.name).collect();
    assert_eq!(names.len(), METHODS.len());
}
