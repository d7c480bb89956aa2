//! Reports for people: the review as one self-contained HTML page, and a table as an HTML fragment.
//!
//! Everything that comes from data is escaped by the template engine; the page asks for nothing from outside, and its content security
//! policy names the scripts that may run by their hashes.

mod accounts;
mod cells;
mod dossier;
mod dossiers;
mod figures;
mod minute;
mod pictures;
mod script;
#[cfg(test)]
mod tests;
mod words;

pub use dossiers::PageDossiers;
pub use figures::Told;

use std::fmt::Write;

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Output, State, Value, context};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::chart::Theme;
use crate::error::{Error, Result};
use crate::facts::Perspective;
use crate::method::{Options, Outcome};
use crate::number;
use crate::review::{Review, Reviewed};
use crate::table::Table;
use cells::View;
use dossiers::Dossiers;

/// Options of [`review_html`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReviewHtmlOptions {
    /// The heading of the page.
    pub title: String,
    /// How many rows of each table are shown; a note says how many more there are.
    pub max_rows: usize,
    /// How many accounts of the master table the page holds, sorts and searches, largest revenue first. A thousand take about 0.3 MB.
    pub max_accounts: usize,
    /// Whose dossiers stand in the page: a number of key accounts, largest revenue first, beside those of the marketing list that the page
    /// shows and those whom the summary names; or a list of accounts by their keys. One takes about 20 kB.
    pub dossiers: PageDossiers,
    /// The text of a script that gives `vegaEmbed`, with Vega and Vega-Lite in it: with it the page draws its charts, without it says that
    /// charts need it. Python passes it by itself.
    #[serde(skip_serializing)]
    pub script: Option<String>,
}

impl Default for ReviewHtmlOptions {
    fn default() -> Self {
        ReviewHtmlOptions {
            title: "Key account review".to_owned(),
            max_rows: 20,
            max_accounts: 5_000,
            dossiers: PageDossiers::Largest(30),
            script: None,
        }
    }
}

impl Options for ReviewHtmlOptions {}

/// How many rows of the master table are shown at once.
const STEP: usize = 100;
const STYLE: &str = include_str!("style.css");
const TABLE_STYLE: &str = concat!(include_str!("table.css"), include_str!("notebook.css"));

/// What stands under the heading of the master table.
const ABOUT_ACCOUNTS: &str =
    "One row an account, the largest revenue first: its facts in the window, and what every method below says of it.";

/// What stands under the heading of the dossiers.
const ABOUT_DOSSIERS: &str = "What is known of each account: what to do next, its classes and what put it there, history, who decides.";

/// The review as one HTML page.
pub fn review_html(review: &Review, options: &ReviewHtmlOptions) -> Result<String> {
    let currency = review.facts.currency.as_deref();
    let perspective = review.facts.perspective;
    let say = |text: &str| perspective.say(text).into_owned();
    let minute = minute::said(review);
    let dossiers = Dossiers::choose(review, &options.dossiers, options.max_rows, &minute.named());
    let view = View { max_rows: options.max_rows, currency, perspective, raw: false, dossiers: Some(&dossiers.numbers) };
    let master = accounts::largest(review, options.max_accounts);
    let facts = &review.facts;
    let skipped: Vec<Value> = review
        .skipped
        .iter()
        .map(|skipped| context! { title => &*skipped.title, reason => &skipped.reason, hint => &skipped.hint })
        .collect();
    let bundle = options.script.as_deref().map(script::checked).transpose()?;
    let mut pictures = pictures::Pictures::default();
    let methods: Vec<Value> = review.methods.iter().map(|ran| method(ran, view, &mut pictures)).collect();
    let style = format!(
        ":root{{{}}}@media screen and (prefers-color-scheme:dark){{:root{{{}}}}}\n{TABLE_STYLE}{}{STYLE}",
        Theme::properties(false),
        Theme::properties(true),
        dossier::STYLE
    );
    let scripts: Vec<&str> = bundle.as_deref().into_iter().chain([script::PAGE]).collect();
    let safe = |text: String| Value::from_safe_string(text);
    render(
        "review.html",
        context! {
            title => if options.title == ReviewHtmlOptions::default().title { say(&options.title) } else { options.title.clone() },
            accounts => say("Accounts"),
            about_accounts => say(ABOUT_ACCOUNTS),
            about_dossiers => say(ABOUT_DOSSIERS),
            policy => script::policy(&scripts, &style),
            style => safe(style),
            scripts => scripts.iter().map(|script| safe((*script).to_owned())).collect::<Vec<_>>(),
            charts => bundle.is_some().then(|| safe(script::json(&pictures.json()))),
            answers => minute.answers(review, &dossiers.numbers),
            steps => minute.steps(review, &dossiers.numbers),
            dossiers => dossiers.render(review)?,
            as_of => facts.as_of.to_string(),
            window_start => facts.window_start.to_string(),
            window_periods => facts.window_periods,
            grain => facts.grain.to_string(),
            currency,
            headline => figures::headline(review),
            master => cells::first_of(&master, View { max_rows: STEP, ..view }),
            master_data => safe(script::json(&cells::data(&master, view))),
            held => number::grouped(count(master.len()), 0),
            all_accounts => number::grouped(count(review.accounts.len()), 0),
            is_cut => master.len() < review.accounts.len(),
            methods,
            read => number::grouped(rows(facts.reconciliation.read.rows), 0),
            used => number::part(used_share(review)),
            parts => parts(review),
            reconciliation => cells::table(&review.reconciliation, view),
            quarantine => cells::table(&review.quarantine, view),
            quarantined => facts.reconciliation.quarantined.rows,
            cost_missing => facts.reconciliation.cost_missing,
            list_amount_missing => facts.reconciliation.list_amount_missing,
            skipped,
        },
    )
}

/// A table as an HTML fragment with a style of its own, for notebooks: names as they are, money to the minor unit, the first `max_rows` rows.
pub fn table_html(table: &Table, max_rows: usize) -> Result<String> {
    let view = View { max_rows, currency: None, perspective: Perspective::Customer, raw: true, dossiers: None };
    render("table.html", context! { table => cells::table(table, view), style => Value::from_safe_string(TABLE_STYLE.to_owned()) })
}

/// The page's master table as such a fragment: the accounts of largest revenue first, what the methods say of them, and few facts.
pub fn accounts_html(review: &Review, max_rows: usize) -> Result<String> {
    table_html(&accounts::largest(review, usize::MAX), max_rows)
}

fn method(ran: &Reviewed, view: View<'_>, pictures: &mut pictures::Pictures) -> Value {
    let outcome = &ran.outcome;
    let tables: Vec<Value> = outcome
        .tables
        .iter()
        .map(|table| {
            let rows = ran.rows.iter().find(|(name, _)| *name == table.name()).map(|(_, rows)| view.perspective.say(rows).into_owned());
            context! { title => words::label(table.name()), rows => rows, table => cells::table(table, view) }
        })
        .collect();
    let options: Vec<Value> = match &ran.options {
        serde_json::Value::Object(options) => {
            options.iter().map(|(name, value)| context! { name => name, value => cells::plain(value) }).collect()
        }
        _ => vec![],
    };
    context! {
        name => ran.name,
        title => &*ran.title,
        about => &*ran.about,
        summary => summary(outcome),
        note => outcome.summary.get("note").and_then(serde_json::Value::as_str),
        pictures => pictures.of(outcome),
        tables,
        options,
    }
}

fn summary(outcome: &Outcome) -> Vec<Value> {
    outcome.figures().into_iter().map(|told| context! { label => told.label, value => told.text, long => told.is_list }).collect()
}

/// What became of the rows, as parts of a bar.
fn parts(review: &Review) -> Vec<Value> {
    let adding = &review.facts.reconciliation;
    let all = rows(adding.read.rows).max(1.0);
    [
        ("in the window", 1, adding.in_window),
        ("before the window", 2, adding.before_window),
        ("after the day of review", 4, adding.after_as_of),
        ("without an account", 3, adding.unassigned),
        ("quarantined", 6, adding.quarantined),
    ]
    .into_iter()
    .filter(|(_, _, part)| part.rows > 0)
    .map(|(label, shade, part)| {
        let share = rows(part.rows) / all;
        context! { label, shade, rows => number::grouped(rows(part.rows), 0), width => format!("{:.2}", share * 100.0) }
    })
    .collect()
}

fn used_share(review: &Review) -> f64 {
    let adding = &review.facts.reconciliation;
    rows(adding.in_window.rows + adding.before_window.rows) / rows(adding.read.rows).max(1.0)
}

#[expect(clippy::cast_precision_loss, reason = "a count of rows on a page")]
fn count(rows: usize) -> f64 {
    rows as f64
}

#[expect(clippy::cast_precision_loss, reason = "a count of rows on a page")]
fn rows(count: u64) -> f64 {
    count as f64
}

fn render(template: &str, context: Value) -> Result<String> {
    let failed = |source: minijinja::Error| Error::internal(format!("report: {source}")).with_source(source);
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().map_err(failed)?);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_formatter(escape);
    for (name, source) in [
        ("macros.html", include_str!("macros.html.jinja")),
        ("table.html", include_str!("table.html.jinja")),
        ("review.html", include_str!("review.html.jinja")),
    ] {
        environment.add_template(name, source).map_err(failed)?;
    }
    environment.get_template(template).and_then(|template| template.render(context)).map_err(failed)
}

/// Escapes everything but what the templates made themselves; the equals sign and the backtick too, so that no attribute can come from data.
fn escape(out: &mut Output<'_>, state: &mut State, value: &Value) -> Result<(), minijinja::Error> {
    if value.is_safe() || value.as_str().is_none() {
        return minijinja::escape_formatter(out, state, value);
    }
    for letter in value.as_str().unwrap_or_default().chars() {
        match entity(letter) {
            Some(entity) => out.write_str(entity)?,
            None => out.write_char(letter)?,
        }
    }
    Ok(())
}

/// What stands for a letter that must not stand in HTML as it is.
fn entity(letter: char) -> Option<&'static str> {
    Some(match letter {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\'' => "&#39;",
        '=' => "&#61;",
        '`' => "&#96;",
        // Control characters have no place in HTML.
        _ if letter.is_control() => " ",
        _ => return None,
    })
}
