//! The committed header is what the sources say. `KAM_WRITE_HEADER=1` writes it anew.

use std::path::Path;

/// The objects in the order in which a reader meets them; what a file uses comes before it.
const FILES: [&str; 14] = [
    "status",
    "version",
    "error",
    "progress",
    "ledger",
    "builder",
    "crm",
    "facts",
    "result",
    "calculation",
    "registry",
    "review",
    "dossier",
    "book",
];
const WIDTH: usize = 140;

/// A section of the header: the title of the file, then its types and functions.
fn section(root: &Path, config: &cbindgen::Config, file: &str) -> String {
    let path = root.join("src").join(file).with_extension("rs");
    let mut bytes = vec![];
    let builder = cbindgen::Builder::new().with_config(config.clone()).with_src(&path);
    builder.generate().expect("sources that cbindgen reads").write(&mut bytes);
    let source = std::fs::read_to_string(&path).expect("a source");
    let title = source.lines().next().and_then(|line| line.strip_prefix("//! ")).expect("a title").trim_end_matches('.');
    let rule = "-".repeat(WIDTH - 10 - title.len());
    format!("\n/* -- {title} {rule} */\n\n{}\n", compact(&String::from_utf8(bytes).expect("text")).trim())
}

/// Comments of one line in one line, those of constants behind them, so that a list of codes is a list.
fn compact(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut out: Vec<String> = vec![];
    let mut at = 0;
    while at < lines.len() {
        let comment = (lines[at].trim() == "/**" && lines.get(at + 2).is_some_and(|line| line.trim() == "*/"))
            .then(|| lines[at + 1].trim().trim_start_matches("* "));
        let Some(comment) = comment else {
            out.push(lines[at].to_owned());
            at += 1;
            continue;
        };
        let next = lines.get(at + 3).copied().unwrap_or_default();
        let behind = format!("{next:<38}/**< {comment} */");
        if next.starts_with("#define ") && behind.len() <= WIDTH {
            // No blank line between one constant and the next.
            if out.last().is_some_and(String::is_empty) && out.iter().rev().nth(1).is_some_and(|line| line.contains("/**< ")) {
                out.pop();
            }
            out.push(behind);
            at += 4;
        } else {
            let indent = " ".repeat(lines[at].len() - lines[at].trim_start().len());
            out.push(format!("{indent}/** {comment} */"));
            at += 3;
        }
    }
    out.join("\n")
}

fn generated(root: &Path) -> String {
    let mut config = cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("cbindgen.toml");
    let head = config.header.take().expect("a header");
    let arrow = config.after_includes.take().expect("the structs of Arrow");
    let mut text = format!("{}\n#ifndef KAM_H\n#define KAM_H\n\n#include <stddef.h>\n#include <stdint.h>\n", head.trim_start());
    text += &format!("\n{}\n\n#ifdef __cplusplus\nextern \"C\" {{\n#endif\n", arrow.trim());
    for file in FILES {
        text += &section(root, &config, file);
    }
    text + "\n#ifdef __cplusplus\n} /* extern \"C\" */\n#endif\n\n#endif /* KAM_H */\n"
}

#[test]
fn the_header_is_what_the_sources_say() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let generated = generated(root);
    let path = root.join("include/kam.h");
    if std::env::var_os("KAM_WRITE_HEADER").is_some() {
        std::fs::write(&path, &generated).expect("a header that can be written");
    }
    let committed = std::fs::read_to_string(&path).expect("include/kam.h");
    let differs = generated.lines().zip(committed.lines()).position(|(new, old)| new != old);
    assert!(generated == committed, "include/kam.h differs from the sources at line {differs:?}: write it with KAM_WRITE_HEADER=1");
    // Every exported function stands in a file that the header is made of.
    for file in std::fs::read_dir(root.join("src")).expect("src") {
        let file = file.expect("a file").path();
        let text = std::fs::read_to_string(&file).expect("a source");
        for line in text.lines().filter_map(|line| line.split_once("extern \"C\" fn kam_")) {
            let name = line.1.split('(').next().unwrap_or_default();
            assert!(committed.contains(&format!("kam_{name}(")), "kam_{name} of {} is not in the header", file.display());
        }
    }
}

#[test]
fn comments_of_one_line_are_put_together() {
    let text = "/**\n * Done.\n */\n#define OK 0\n\n/**\n * Gone.\n */\n#define GONE 1\n\n/**\n * Two\n * lines.\n */\n#define TWO 2\n\n/**\n * A call.\n */\nint call(void);";
    let expected = [
        "#define OK 0                          /**< Done. */",
        "#define GONE 1                        /**< Gone. */",
        "",
        "/**",
        " * Two",
        " * lines.",
        " */",
        "#define TWO 2",
        "",
        "/** A call. */",
        "int call(void);",
    ];
    assert_eq!(compact(text).lines().collect::<Vec<_>>(), expected);
}
