//! Scripts and data inside the page: what may stand there, and the policy that lets nothing else run.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// What makes tables sort, opens dossiers, finds accounts and draws the charts.
pub(super) const PAGE: &str = concat!(include_str!("page.js"), include_str!("accounts.js"), include_str!("charts.js"));

/// A script of the caller's as it can stand between `<script>` and `</script>`.
pub(super) fn checked(script: &str) -> Result<String> {
    // A browser reads lines as ending in \n before it takes the hash.
    let script = script.replace("\r\n", "\n").replace('\r', "\n");
    let lower = script.to_ascii_lowercase();
    for ending in ["</script", "<!--", "<script"] {
        if lower.contains(ending) {
            return Err(Error::option("script", format!("a text with `{ending}`"), "JavaScript that can stand inside a page"));
        }
    }
    Ok(script)
}

/// JSON as it can stand in a `<script type="application/json">`: nothing in it can end the element, begin a comment, or look like an attribute.
pub(super) fn json(value: &Value) -> String {
    let text = value.to_string();
    let mut safe = String::with_capacity(text.len() + text.len() / 16);
    for letter in text.chars() {
        match letter {
            // Within JSON these stand in strings only, where an escape means the same.
            '<' | '>' | '&' | '=' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(safe, "\\u{:04x}", u32::from(letter));
            }
            _ => safe.push(letter),
        }
    }
    safe
}

/// The content security policy of a page with these scripts and this style: they work, and nothing else runs, loads or is sent.
pub(super) fn policy(scripts: &[&str], style: &str) -> String {
    let hashes = |texts: &[&str]| texts.iter().map(|text| hash(text)).collect::<Vec<_>>().join(" ");
    format!(
        "default-src 'none'; script-src {}; style-src 'unsafe-inline'; style-src-elem {}; style-src-attr 'unsafe-inline'; img-src data:; \
         base-uri 'none'; form-action 'none'",
        hashes(scripts),
        hashes(&[style])
    )
}

fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn data_cannot_leave_its_element() {
        let value = json!({ "</script><script>alert(1)</script>": ["<!--", "a&b", "line\u{2028}separator\u{2029}", "\"quoted\" \\"] });
        let text = json(&value);
        assert!(!text.contains(['<', '>', '&', '=', '\u{2028}', '\u{2029}']), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }

    #[test]
    fn scripts_that_would_end_their_element_are_refused() {
        for script in ["a</SCRIPT>b", "x <!-- y", "'<script>'"] {
            assert!(checked(script).unwrap_err().to_string().contains("script"), "{script}");
        }
        assert_eq!(checked("a\r\nb\rc").unwrap(), "a\nb\nc");
        assert_eq!(checked(PAGE).unwrap(), PAGE);
    }

    #[test]
    fn hashes_are_those_of_the_standard() {
        // NIST's example of SHA-256 for "abc".
        assert_eq!(hash("abc"), "'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='");
    }
}
