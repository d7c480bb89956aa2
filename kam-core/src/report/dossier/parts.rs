//! What stands in a dossier, part by part, in words.

use std::borrow::Cow;

use serde_json::Value;

use super::super::{cells, number, words};
use super::Part;
use crate::label::cut;
use crate::review::Dossier;
use crate::review::dossier::{DealSums, Figure, Relative, Standing, Totals};
use crate::table::Unit;

/// What the account is called. A name of blanks alone cannot be read, and one without end stands whole among what is known of the account.
pub(super) fn title<'a>(dossier: &'a Dossier<'_>) -> Cow<'a, str> {
    if dossier.title.trim().is_empty() { Cow::Borrowed("(no name)") } else { cut(&dossier.title) }
}

/// Amounts and words as this dossier says them.
struct Say<'a, 'b>(&'a Dossier<'b>);

impl Say<'_, '_> {
    fn money(&self, value: f64) -> String {
        number::money(value, self.0.currency)
    }

    fn optional_money(&self, value: Option<f64>) -> String {
        value.map_or_else(dash, |value| self.money(value))
    }

    fn words(&self, text: &str) -> String {
        self.0.perspective.say(text).into_owned()
    }
}

fn dash() -> String {
    "–".to_owned()
}

fn text(value: Option<&str>) -> String {
    value.map_or_else(dash, str::to_owned)
}

fn shown<T: std::fmt::Display>(value: Option<T>) -> String {
    value.map_or_else(dash, |value| value.to_string())
}

fn plain(value: Option<f64>) -> String {
    value.map_or_else(dash, number::plain)
}

fn share(value: Option<f64>) -> String {
    value.map_or_else(dash, number::percent)
}

fn count(value: usize) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a count of rows on a page")]
    number::grouped(value as f64, 0)
}

fn columns(names: &[(&str, bool)]) -> Vec<(String, bool)> {
    names.iter().map(|(name, numeric)| ((*name).to_owned(), *numeric)).collect()
}

pub(super) fn parts(dossier: &Dossier<'_>) -> Vec<Part> {
    let say = Say(dossier);
    let mut parts = vec![Part::Note(head(dossier, &say))];
    if !dossier.next_steps.is_empty() {
        parts.push(Part::Heading("Next steps"));
        let step = |step: &crate::review::dossier::NextStep<'_>| {
            (format!("{}, {}", words::label(step.kind.name()).to_lowercase(), step.about.replace('_', " ")), step.text.clone())
        };
        parts.push(Part::Steps(dossier.next_steps.iter().map(step).collect()));
    }
    parts.push(Part::Heading("General"));
    parts.push(Part::Facts(general(dossier, &say)));
    structure(dossier, &mut parts);
    if !dossier.classes.is_empty() {
        parts.push(Part::Heading("Classes and what put it there"));
        parts.push(classes(dossier, &say));
    }
    history(dossier, &say, &mut parts);
    deals(dossier, &say, &mut parts);
    activities(dossier, &say, &mut parts);
    people(dossier, &mut parts);
    promises(dossier, &say, &mut parts);
    parts
}

fn head(dossier: &Dossier<'_>, say: &Say<'_, '_>) -> String {
    let what = if dossier.in_ledger { "Account" } else { "Candidate" };
    let mut text = format!("{} {} as of {}", say.words(what), cut(&dossier.account), dossier.as_of);
    if let Some(manager) = &dossier.general.manager {
        text.push_str(", looked after by ");
        text.push_str(&cut(manager));
    }
    text
}

fn general(dossier: &Dossier<'_>, say: &Say<'_, '_>) -> Vec<(String, String)> {
    let general = &dossier.general;
    let mut facts = vec![("Key".to_owned(), dossier.account.to_string())];
    let mut put = |name: &str, value: Option<String>| facts.extend(value.map(|value| (name.to_owned(), value)));
    put("Name", general.name.map(str::to_owned));
    put("Manager", general.manager.as_deref().map(str::to_owned));
    put("Industry", general.industry.map(str::to_owned));
    put("Region", general.region.map(str::to_owned));
    put("Language", general.language.map(str::to_owned));
    put("Employees", general.employees.map(|value| number::grouped(value, 0)));
    put("Annual revenue", general.annual_revenue.map(|value| say.money(value)));
    put("Budget a year", general.budget.map(|value| say.money(value)));
    put("Needed hours a year", general.needed_hours.map(number::plain));
    put("Reference", general.reference.map(number::percent));
    put("Since", general.since.map(|day| day.to_string()));
    for attribute in &general.attributes {
        put(&words::label(attribute.name), Some(cells::plain(&attribute.value)));
    }
    facts
}

fn relative(relative: &Relative<'_>) -> String {
    match relative.name.filter(|name| *name != relative.account) {
        Some(name) => format!("{} ({})", cut(name), cut(&relative.account)),
        None => cut(&relative.account).into_owned(),
    }
}

fn structure(dossier: &Dossier<'_>, parts: &mut Vec<Part>) {
    let structure = &dossier.structure;
    let mut facts = vec![];
    facts.extend(structure.parent.as_ref().map(|parent| ("Parent".to_owned(), relative(parent))));
    facts.extend(structure.head_office.as_ref().map(|top| ("Head office".to_owned(), relative(top))));
    if structure.subsidiary_count > 0 {
        let mut list = structure.subsidiaries.iter().map(relative).collect::<Vec<_>>().join(", ");
        let more = structure.subsidiary_count - structure.subsidiaries.len();
        if more > 0 {
            list.push_str(&format!(" and {} more", count(more)));
        }
        facts.push(("Subsidiaries".to_owned(), list));
    }
    if !facts.is_empty() {
        parts.push(Part::Heading("Group"));
        parts.push(Part::Facts(facts));
    }
}

/// One row a method: its classes, and the figures behind them.
fn classes(dossier: &Dossier<'_>, say: &Say<'_, '_>) -> Part {
    let figure = |figure: &Figure<'_>| -> Option<String> {
        let value = match (&figure.value, figure.unit) {
            (Value::Null, _) => return None,
            (Value::Array(values), _) if values.is_empty() => return None,
            (Value::Number(value), Unit::Money) => say.money(value.as_f64()?),
            (Value::Number(value), Unit::Share) => number::percent(value.as_f64()?),
            (Value::String(word), _) => words::spaced(figure.name, word).unwrap_or_else(|| word.clone()),
            (Value::Array(values), _) => values.iter().map(cells::plain).collect::<Vec<_>>().join("; "),
            (value, _) => cells::plain(value),
        };
        Some(value)
    };
    let row = |standing: &Standing<'_>| {
        let figures: Vec<Figure<'_>> = standing.figures().collect();
        let of = |is_class: bool| figures.iter().filter(move |figure| figure.is_class == is_class);
        // A class that says no is none.
        let named = of(true).filter(|class| class.value != Value::Bool(false)).filter_map(|class| match &class.value {
            Value::Bool(true) => Some(words::label(class.name).to_lowercase()),
            Value::Number(_) => Some(format!("{} {}", words::label(class.name).to_lowercase(), figure(class)?)),
            _ => figure(class),
        });
        let behind = of(false).filter_map(|own| Some(format!("{} {}", words::label(own.name).to_lowercase(), figure(own)?)));
        vec![standing.title.to_string(), named.collect::<Vec<_>>().join(", "), say.words(&behind.collect::<Vec<_>>().join(" · "))]
    };
    Part::Table(columns(&[("Method", false), ("Class", false), ("Evidence", false)]), dossier.classes.iter().map(row).collect())
}

fn history(dossier: &Dossier<'_>, say: &Say<'_, '_>, parts: &mut Vec<Part>) {
    let history = &dossier.history;
    parts.push(Part::Heading("History"));
    if history.all.is_none() {
        parts.push(Part::Note("Nothing was bought yet.".to_owned()));
        return;
    }
    let mut facts = vec![
        ("First sale".to_owned(), shown(history.first_date)),
        ("Last sale".to_owned(), shown(history.last_date)),
        ("Days since the first sale".to_owned(), shown(history.tenure_days)),
        ("Days since the last sale".to_owned(), shown(history.silent_days)),
    ];
    let mut totals = |what: &str, totals: Option<&Totals>| {
        let Some(totals) = totals else { return };
        facts.push((format!("{} {what}", say.words("Revenue")), say.money(totals.revenue)));
        facts.extend(totals.profit.map(|profit| (format!("Profit {what}"), say.money(profit))));
        facts.push((format!("Returns {what}"), say.money(totals.returns)));
        facts.push((format!("Days with a sale {what}"), totals.active_days.to_string()));
    };
    totals("in the window", history.window.as_ref());
    totals("in all", history.all.as_ref());
    parts.push(Part::Facts(facts.into_iter().map(|(name, value)| (say.words(&name), value)).collect()));
    let names = columns(&[("Period", false), (&say.words("Revenue"), true), ("Profit", true), ("Days", true), ("Lines", true)]);
    let rows = history.periods.iter().map(|period| {
        let profit = say.optional_money(period.profit);
        vec![period.period.to_string(), say.money(period.revenue), profit, period.active_days.to_string(), period.lines.to_string()]
    });
    parts.push(Part::Table(names, rows.collect()));
    if !history.directions.is_empty() {
        let names = columns(&[("Direction", false), ("In the window", true), ("In all", true), ("Last period", false)]);
        let rows = history
            .directions
            .iter()
            .map(|own| vec![text(own.direction), say.money(own.window_revenue), say.money(own.revenue), own.last_period.to_string()]);
        parts.push(Part::Table(names, rows.collect()));
    }
}

fn deals(dossier: &Dossier<'_>, say: &Say<'_, '_>, parts: &mut Vec<Part>) {
    let history = &dossier.history;
    let total = history.won.count + history.lost.count + history.open.count;
    if total == 0 {
        return;
    }
    parts.push(Part::Heading("Opportunities"));
    let sums = |sums: &DealSums| format!("{} worth {}", count(sums.count), say.money(sums.value));
    let mut facts =
        vec![("Won".to_owned(), sums(&history.won)), ("Lost".to_owned(), sums(&history.lost)), ("Open".to_owned(), sums(&history.open))];
    if !history.lost_reasons.is_empty() {
        let reasons = history.lost_reasons.iter().map(|(reason, times)| format!("{reason} ({times})"));
        facts.push(("Lost because of".to_owned(), reasons.collect::<Vec<_>>().join(", ")));
    }
    parts.push(Part::Facts(facts));
    let names = [("Outcome", false), ("Opened", false), ("Closed", false), ("Value", true), ("Probability", true), ("Direction", false)];
    let names = columns(&[&names[..], &[("Reason", false), ("Competitor", false), ("Manager", false)]].concat());
    let rows = history.deals.iter().map(|deal| {
        vec![
            deal.outcome.to_string(),
            shown(deal.opened),
            shown(deal.closed),
            say.optional_money(deal.value),
            share(deal.probability),
            text(deal.direction),
            text(deal.reason),
            text(deal.competitor),
            text(deal.manager),
        ]
    });
    parts.push(Part::Table(names, rows.collect()));
    left_out(total, history.deals.len(), "opportunities", parts);
}

fn left_out(total: usize, shown: usize, what: &str, parts: &mut Vec<Part>) {
    if total > shown {
        parts.push(Part::Note(format!("{} further {what} are not shown.", count(total - shown))));
    }
}

fn activities(dossier: &Dossier<'_>, say: &Say<'_, '_>, parts: &mut Vec<Part>) {
    let history = &dossier.history;
    if history.latest_activities.is_empty() {
        return;
    }
    parts.push(Part::Heading("Activities"));
    if !history.activities.is_empty() {
        let names = columns(&[("Kind, in the window", false), ("Count", true), ("Hours", true), ("Cost", true)]);
        let rows = history
            .activities
            .iter()
            .map(|own| vec![own.kind.replace('_', " "), count(own.count), number::plain(own.hours), say.money(own.cost)]);
        parts.push(Part::Table(names, rows.collect()));
    }
    let names = [("Date", false), ("Kind", false), ("Hours", true), ("Cost", true), ("Manager", false), ("Settled", false)];
    let names = columns(&[&names[..], &[("Reason", false)]].concat());
    let rows = history.latest_activities.iter().map(|own| {
        vec![
            own.date.to_string(),
            own.kind.replace('_', " "),
            plain(own.hours),
            say.optional_money(own.cost),
            text(own.manager),
            own.resolved.map_or_else(dash, |yes| if yes { "yes" } else { "no" }.to_owned()),
            text(own.reason),
        ]
    });
    parts.push(Part::Table(names, rows.collect()));
}

fn people(dossier: &Dossier<'_>, parts: &mut Vec<Part>) {
    let scheme = &dossier.decision_scheme;
    if scheme.contact_count > 0 {
        parts.push(Part::Heading("Who decides"));
        if !scheme.decision_maker_known {
            parts.push(Part::Note("No contact is known to decide.".to_owned()));
        }
        let names = columns(&[("Name", false), ("Title", false), ("Role", false), ("Influence", true), ("Support", true)]);
        let rows = scheme.contacts.iter().map(|contact| {
            let role = contact.role.map_or_else(dash, |role| role.word().replace('_', " "));
            vec![contact.name.to_owned(), text(contact.title), role, share(contact.influence), plain(contact.support)]
        });
        parts.push(Part::Table(names, rows.collect()));
        left_out(scheme.contact_count, scheme.contacts.len(), "contacts", parts);
    }
    if !dossier.competitors.is_empty() {
        parts.push(Part::Heading("Competitors"));
        let names = columns(&[("Competitor", false), ("Share", true), ("Strengths", false), ("Weaknesses", false)]);
        let rows = dossier
            .competitors
            .iter()
            .map(|own| vec![own.competitor.to_owned(), share(own.share), text(own.strengths), text(own.weaknesses)]);
        parts.push(Part::Table(names, rows.collect()));
    }
}

fn promises(dossier: &Dossier<'_>, say: &Say<'_, '_>, parts: &mut Vec<Part>) {
    if !dossier.contracts.is_empty() {
        parts.push(Part::Heading("Contracts"));
        let names = columns(&[("Clause", false), ("Due", false), ("Status", false), ("Value", true)]);
        let rows = dossier.contracts.iter().map(|own| {
            let status = if own.overdue { "overdue" } else { own.status.word() };
            vec![text(own.clause), shown(own.due), status.to_owned(), say.optional_money(own.value)]
        });
        parts.push(Part::Table(names, rows.collect()));
    }
    if !dossier.plans.is_empty() {
        parts.push(Part::Heading("Plans"));
        let names = columns(&[("From", false), ("Until", false), ("Target", true), ("Actual", true)]);
        let rows = dossier
            .plans
            .iter()
            .map(|own| vec![own.from.to_string(), own.until.to_string(), say.money(own.target), say.optional_money(own.actual)]);
        parts.push(Part::Table(names, rows.collect()));
    }
    if !dossier.ratings.is_empty() {
        parts.push(Part::Heading("Ratings"));
        let names = columns(&[("Who is rated", false), ("Criterion", false), ("Score", true), ("Weight", true)]);
        let rows = dossier.ratings.iter().map(|own| {
            let who = match own.side.word() {
                "of_customer" => say.words("the customer"),
                "of_us" => "we".to_owned(),
                _ => text(own.competitor),
            };
            vec![who, own.criterion.to_owned(), number::plain(own.score), plain(own.weight)]
        });
        parts.push(Part::Table(names, rows.collect()));
    }
}
