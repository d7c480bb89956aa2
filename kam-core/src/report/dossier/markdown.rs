//! The dossier as Markdown.

use super::Part;
use crate::review::Dossier;

pub(super) fn write(dossier: &Dossier<'_>, parts: &[Part]) -> String {
    let mut text = String::with_capacity(4_096);
    text.push_str("# ");
    escape(&mut text, &super::parts::title(dossier));
    text.push('\n');
    for part in parts {
        text.push('\n');
        match part {
            Part::Heading(heading) => {
                text.push_str("## ");
                text.push_str(heading);
                text.push('\n');
            }
            Part::Facts(facts) => {
                for (name, value) in facts {
                    text.push_str("- **");
                    escape(&mut text, name);
                    text.push_str("**: ");
                    escape(&mut text, value);
                    text.push('\n');
                }
            }
            Part::Table(columns, rows) => table(&mut text, columns, rows),
            Part::Steps(steps) => {
                for (kind, what) in steps {
                    text.push_str("- [ ] **");
                    escape(&mut text, kind);
                    text.push_str("**: ");
                    escape(&mut text, what);
                    text.push('\n');
                }
            }
            Part::Note(note) => {
                escape(&mut text, note);
                text.push('\n');
            }
        }
    }
    text
}

fn table(text: &mut String, columns: &[(String, bool)], rows: &[Vec<String>]) {
    text.push('|');
    for (name, _) in columns {
        text.push(' ');
        escape(text, name);
        text.push_str(" |");
    }
    text.push_str("\n|");
    for (_, numeric) in columns {
        text.push_str(if *numeric { " ---: |" } else { " --- |" });
    }
    text.push('\n');
    for row in rows {
        text.push('|');
        for cell in row {
            text.push(' ');
            escape(text, cell);
            text.push_str(" |");
        }
        text.push('\n');
    }
}

/// Every letter that Markdown could take for markup has a backslash before it, and what HTML could is an entity; breaks become spaces.
fn escape(text: &mut String, value: &str) {
    for letter in value.chars() {
        match letter {
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '&' => text.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '!' | '|' | '~' | '$' => {
                text.push('\\');
                text.push(letter);
            }
            _ if letter.is_control() => text.push(' '),
            _ => text.push(letter),
        }
    }
}
