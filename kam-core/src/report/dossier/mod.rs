//! The dossier of an account for people: the same parts as Markdown and as HTML.

mod html;
mod markdown;
mod parts;
#[cfg(test)]
mod tests;

use super::entity;
use crate::review::Dossier;

/// A part of the document. Texts are as the data have them: each way of writing escapes them itself.
enum Part {
    /// A heading of a section.
    Heading(&'static str),
    /// Names and what they are.
    Facts(Vec<(String, String)>),
    /// A table: its columns, whether they hold numbers, and its rows.
    Table(Vec<(String, bool)>, Vec<Vec<String>>),
    /// Things to do: what kind, and what.
    Steps(Vec<(String, String)>),
    /// A sentence.
    Note(String),
}

/// The style of dossiers, on pages of their own and in others.
pub(super) const STYLE: &str = include_str!("dossier.css");

/// The style of a dossier that stands on its own, in a notebook as well.
const OWN_STYLE: &str = concat!(include_str!("dossier.css"), include_str!("../notebook.css"));

impl Dossier<'_> {
    /// The dossier as Markdown (CommonMark with tables), everything from data escaped.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        markdown::write(self, &parts::parts(self))
    }

    /// The dossier as a page of its own: no script, nothing loaded from outside, everything from data escaped.
    #[must_use]
    pub fn to_html(&self) -> String {
        html::page(self, &parts::parts(self))
    }

    /// The dossier as a fragment with its style, for notebooks and pages of others.
    #[must_use]
    pub fn to_html_fragment(&self) -> String {
        html::fragment(self, &parts::parts(self))
    }

    /// The dossier without its style, for the review's page, which has it once.
    pub(super) fn to_html_article(&self, level: u8) -> String {
        html::article(self, &parts::parts(self), level)
    }
}
