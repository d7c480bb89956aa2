//! The dossier as HTML. Whatever comes from data has a direction of its own, so that names from right to left stand as they should.

use std::fmt::Write;

use super::{OWN_STYLE, Part, entity};
use crate::review::Dossier;

pub(super) fn page(dossier: &Dossier<'_>, parts: &[Part]) -> String {
    let mut text = String::with_capacity(16_384);
    text.push_str("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    text.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    escape(&mut text, &super::parts::title(dossier));
    text.push_str("</title>\n<style>\nbody{margin:1.5rem auto;max-width:70rem;padding:0 1rem}\n</style>\n</head>\n<body>\n");
    text.push_str(&fragment(dossier, parts));
    text.push_str("</body>\n</html>\n");
    text
}

pub(super) fn fragment(dossier: &Dossier<'_>, parts: &[Part]) -> String {
    format!("<style>\n{OWN_STYLE}</style>\n{}", article(dossier, parts, 1))
}

/// The dossier without its style, under a heading of this level.
pub(super) fn article(dossier: &Dossier<'_>, parts: &[Part], level: u8) -> String {
    let mut text = String::with_capacity(16_384);
    let below = level + 1;
    let _ = write!(text, "<article class=\"kam-dossier\">\n<h{level}><bdi dir=\"auto\">");
    escape(&mut text, &super::parts::title(dossier));
    let _ = writeln!(text, "</bdi></h{level}>");
    for part in parts {
        match part {
            Part::Heading(heading) => {
                let _ = write!(text, "<h{below}>");
                escape(&mut text, heading);
                let _ = writeln!(text, "</h{below}>");
            }
            Part::Facts(facts) => {
                text.push_str("<dl>\n");
                for (name, value) in facts {
                    text.push_str("<div><dt>");
                    escape(&mut text, name);
                    text.push_str("</dt><dd dir=\"auto\">");
                    escape(&mut text, value);
                    text.push_str("</dd></div>\n");
                }
                text.push_str("</dl>\n");
            }
            Part::Table(columns, rows) => table(&mut text, columns, rows),
            Part::Steps(steps) => {
                text.push_str("<ol class=\"steps\">\n");
                for (kind, what) in steps {
                    text.push_str("<li><strong>");
                    escape(&mut text, kind);
                    text.push_str(":</strong> <span dir=\"auto\">");
                    escape(&mut text, what);
                    text.push_str("</span></li>\n");
                }
                text.push_str("</ol>\n");
            }
            Part::Note(note) => {
                text.push_str("<p dir=\"auto\">");
                escape(&mut text, note);
                text.push_str("</p>\n");
            }
        }
    }
    text.push_str("</article>\n");
    text
}

fn table(text: &mut String, columns: &[(String, bool)], rows: &[Vec<String>]) {
    text.push_str("<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>");
    for (name, numeric) in columns {
        text.push_str(if *numeric { "<th class=\"num\" scope=\"col\">" } else { "<th scope=\"col\">" });
        escape(text, name);
        text.push_str("</th>");
    }
    text.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        text.push_str("<tr>");
        for (cell, (_, numeric)) in row.iter().zip(columns) {
            text.push_str(if *numeric { "<td class=\"num\">" } else { "<td dir=\"auto\">" });
            escape(text, cell);
            text.push_str("</td>");
        }
        text.push_str("</tr>\n");
    }
    text.push_str("</tbody></table></div>\n");
}

fn escape(text: &mut String, value: &str) {
    for letter in value.chars() {
        match entity(letter) {
            Some(entity) => text.push_str(entity),
            None => text.push(letter),
        }
    }
}
