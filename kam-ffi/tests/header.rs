//! The committed header is what the sources say. `KAM_WRITE_HEADER=1` writes it anew.

use std::path::Path;

/// The objects in the order in which a reader meets them.
const FILES: [&str; 10] = ["status", "version", "error", "ledger", "builder", "facts", "crm", "result", "review", "book"];

#[test]
fn the_header_is_what_the_sources_say() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("cbindgen.toml");
    let builder = FILES.iter().fold(cbindgen::Builder::new().with_config(config), |builder, file| {
        builder.with_src(root.join("src").join(file).with_extension("rs"))
    });
    let mut bytes = vec![];
    builder.generate().expect("sources that cbindgen reads").write(&mut bytes);
    let generated = String::from_utf8(bytes).expect("text");
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
