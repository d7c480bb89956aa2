//! The page in a minute: what a sales director asks first, answered in sentences that link to where it stands.

use std::collections::HashMap;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Float64Type;
use minijinja::{Value, context};
use serde_json::Value as Json;

use super::dossiers::{largest_key_accounts, text};
use crate::label::{cut, label};
use crate::method::Outcome;
use crate::number;
use crate::review::Review;
use crate::table::Table;

/// How many accounts a sentence names.
const NAMED: usize = 3;

/// A part of a sentence. Names stand apart from kam's own words, which are put into those of the perspective.
enum Piece {
    Words(String),
    Account(String),
}

/// One question, the section it is answered in, and the answer.
struct Answer {
    question: &'static str,
    method: &'static str,
    pieces: Vec<Piece>,
}

/// The answers, and what to do next, the most pressing first: a section and a sentence.
pub(super) struct Said {
    answers: Vec<Answer>,
    steps: Vec<(&'static str, Vec<Piece>)>,
}

/// What the review says in a minute.
pub(super) fn said(review: &Review) -> Said {
    let minute = Minute::new(review);
    let answers = [minute.key(), minute.dependent(), minute.costly(), minute.leaving(), minute.winnable(), minute.effort()];
    let steps = [minute.keep_promises(), minute.call(), minute.renegotiate(), minute.offer(), minute.shift(), minute.approach()];
    Said { answers: answers.into_iter().flatten().collect(), steps: steps.into_iter().flatten().collect() }
}

impl Said {
    /// The accounts that are named.
    pub fn named(&self) -> Vec<String> {
        let pieces = self.answers.iter().flat_map(|answer| &answer.pieces).chain(self.steps.iter().flat_map(|(_, pieces)| pieces));
        let account = |piece: &Piece| match piece {
            Piece::Account(account) => Some(account.clone()),
            Piece::Words(_) => None,
        };
        pieces.filter_map(account).collect()
    }

    /// The answers for the template; names lead to these dossiers.
    pub fn answers(&self, review: &Review, dossiers: &HashMap<String, usize>) -> Vec<Value> {
        let show = |answer: &Answer| {
            let question = review.facts.perspective.say(answer.question).into_owned();
            context! { question, method => answer.method, pieces => pieces(&answer.pieces, review, dossiers) }
        };
        self.answers.iter().map(show).collect()
    }

    /// What to do next, for the template.
    pub fn steps(&self, review: &Review, dossiers: &HashMap<String, usize>) -> Vec<Value> {
        let show = |(method, said): &(&'static str, Vec<Piece>)| context! { method => *method, pieces => pieces(said, review, dossiers) };
        self.steps.iter().map(show).collect()
    }
}

fn pieces(pieces: &[Piece], review: &Review, dossiers: &HashMap<String, usize>) -> Vec<Value> {
    let show = |piece: &Piece| match piece {
        Piece::Words(words) => context! { text => review.facts.perspective.say(words).into_owned() },
        Piece::Account(account) => {
            let href = dossiers.get(account).map(|at| format!("#dossier-{at}"));
            context! { text => cut(review.name_of(account).unwrap_or(account)), href, account => true }
        }
    };
    pieces.iter().map(show).collect()
}

/// What answers are made of.
struct Minute<'a> {
    review: &'a Review,
    currency: Option<&'a str>,
    /// The key accounts by revenue, as places in the master table.
    key: Vec<usize>,
}

impl<'a> Minute<'a> {
    fn new(review: &'a Review) -> Self {
        let key = largest_key_accounts(&review.accounts, usize::MAX);
        Minute { review, currency: review.facts.currency.as_deref(), key }
    }

    fn money(&self, value: f64) -> String {
        number::short_money(value, self.currency)
    }

    /// `A, B and C`, with words of each behind it.
    fn list(named: impl IntoIterator<Item = (String, String)>) -> Vec<Piece> {
        let named: Vec<_> = named.into_iter().take(NAMED).collect();
        let mut pieces = vec![];
        for (at, (account, behind)) in named.iter().enumerate() {
            if at > 0 {
                pieces.push(Piece::Words(if at + 1 == named.len() { " and " } else { ", " }.to_owned()));
            }
            pieces.push(Piece::Account(account.clone()));
            if !behind.is_empty() {
                pieces.push(Piece::Words(format!(" ({behind})")));
            }
        }
        pieces
    }

    fn master(&self, column: &str, row: usize) -> Json {
        value(&self.review.accounts, column, row)
    }

    fn key(&self) -> Option<Answer> {
        let first = self.key.iter().take(NAMED).filter_map(|row| {
            let account = text(&self.review.accounts, "account", *row)?;
            Some((account, self.money(self.master("revenue", *row).as_f64().unwrap_or(0.0))))
        });
        let names = Self::list(first);
        let (method, mut said) = match self.review.get("routes") {
            Some(routes) => {
                let route = |name: &str, said: &str| {
                    let number = routes.summary.get("routes")?.get(name)?.as_f64().filter(|number| *number > 0.0)?;
                    Some(format!("{} {said}", number::grouped(number, 0)))
                };
                let ways = [
                    route("pareto", "hold most of the business today"),
                    route("potential", "could come to"),
                    route("likely", "will likely be won soon"),
                    route("strategic", "bring others by their name"),
                ];
                let ways: Vec<String> = ways.into_iter().flatten().collect();
                let all = figure(routes, "accounts")? + figure(routes, "candidates").unwrap_or(0.0);
                let key = figure(routes, "key_accounts")?;
                let of = match figure(routes, "candidates") {
                    Some(candidates) if candidates > 0.0 => format!("of {} customers and candidates", number::grouped(all, 0)),
                    _ => format!("of {}", number::counted(all, "customer")),
                };
                let ways = if ways.is_empty() { String::new() } else { format!(": {}", ways.join(", ")) };
                ("routes", number::numbered(key, &format!("{of} is key{ways}."), &format!("{of} are key{ways}.")))
            }
            None => {
                let abc = self.review.get("abc")?;
                let (a, all) = (figure(abc, "a_accounts")?, figure(abc, "accounts")?);
                let of = format!("of {}", number::counted(all, "customer"));
                ("abc", number::numbered(a, &format!("{of} is in class A."), &format!("{of} are in class A.")))
            }
        };
        if !names.is_empty() {
            said += " The largest: ";
        }
        let mut pieces = vec![Piece::Words(said)];
        pieces.extend(names);
        pieces.push(Piece::Words(".".to_owned()));
        Some(Answer { question: "Who is key?", method, pieces: tidy(pieces) })
    }

    fn dependent(&self) -> Option<Answer> {
        let pareto = self.review.get("pareto")?;
        let base = label(word(pareto, "base").unwrap_or("revenue")).to_lowercase();
        let (accounts, share) = (figure(pareto, "key_accounts")?, figure(pareto, "key_share")?);
        let band = match word(pareto, "key_band") {
            Some("below") => ", less than is usual for key accounts",
            Some("above") => ", more than is healthy",
            Some("inside") => ", as is usual for key accounts",
            _ => "",
        };
        let mut said = match accounts {
            1.0 => format!("One customer brings {} of {base}{band}.", number::part(share)),
            _ => format!("The {} largest bring {} of {base}{band}.", number::plain(accounts), number::part(share)),
        };
        if let (Some(fewest), Some(target)) = (figure(pareto, "accounts_to_target"), figure(pareto, "target_share")) {
            said += &format!(" {} {}.", number::numbered(fewest, "brings", "bring"), number::part(target));
        }
        let largest = pareto.table("pareto").filter(|table| !table.is_empty()).and_then(|table| {
            let share = value(table, "share", 0).as_f64()?;
            Some((text(table, "account", 0)?, share))
        });
        let mut pieces = vec![];
        if let Some((account, share)) = largest {
            said += " The largest of all, ";
            pieces.push(Piece::Words(said));
            pieces.push(Piece::Account(account));
            pieces.push(Piece::Words(format!(", brings {}.", number::part(share))));
        } else {
            pieces.push(Piece::Words(said));
        }
        Some(Answer { question: "How dependent are we?", method: "pareto", pieces })
    }

    fn costly(&self) -> Option<Answer> {
        let outcome = self.review.get("unprofitable")?;
        let count = figure(outcome, "unprofitable_accounts")?;
        if count == 0.0 {
            let pieces = vec![Piece::Words("No customer costs more than it brings.".to_owned())];
            return Some(Answer { question: "Who costs more than they bring?", method: "unprofitable", pieces });
        }
        let (loss, without) = (figure(outcome, "total_loss")?, figure(outcome, "profit_without_them")?);
        let (loss, without) = (self.money(loss), self.money(without));
        let said = match count {
            1.0 => format!("One customer costs {loss} more than it brings; without it profit would be {without}: "),
            _ => format!(
                "{} customers cost {loss} more than they bring; without them profit would be {without}. The worst: ",
                number::grouped(count, 0)
            ),
        };
        let table = outcome.table("unprofitable")?;
        let worst = (0..table.len().min(NAMED)).filter_map(|row| {
            let driver = text(table, "driver", row).map_or(String::new(), |driver| format!(", by {}", label(&driver).to_lowercase()));
            Some((text(table, "account", row)?, format!("{}{driver}", self.money(value(table, "loss", row).as_f64()?))))
        });
        let mut pieces = vec![Piece::Words(said)];
        pieces.extend(Self::list(worst));
        pieces.push(Piece::Words(".".to_owned()));
        Some(Answer { question: "Who costs more than they bring?", method: "unprofitable", pieces })
    }

    /// Key accounts that are still there and have been silent for longer than is theirs.
    fn at_risk(&self) -> Vec<usize> {
        let is_at_risk = |row: &usize| {
            let segment = self.master("rfm_segment", *row);
            matches!(segment.as_str(), Some("At Risk" | "Can't Lose" | "Cannot Lose Them" | "Can't Lose Them"))
                && self.master("loss", *row) != "lost"
        };
        self.key.iter().copied().filter(is_at_risk).collect()
    }

    fn leaving(&self) -> Option<Answer> {
        let mut said = vec![];
        let mut method = "loss";
        if let Some(dynamics) = self.review.get("loss_dynamics")
            && let (Some(count), Some(worth)) = (figure(dynamics, "window_losses"), figure(dynamics, "window_lost_value"))
        {
            method = "loss_dynamics";
            said.push(match count {
                0.0 => "No customer was lost in the window.".to_owned(),
                1.0 => format!("One customer worth {} was lost in the window.", self.money(worth)),
                _ => format!("{} worth {} were lost in the window.", number::counted(count, "customer"), self.money(worth)),
            });
        }
        if let Some(bridge) = self.review.get("revenue_bridge")
            && let Some(net) = figure(bridge, "net_revenue_retention")
        {
            said.push(format!("Those who bought before bring {} of what they brought.", number::part(net)));
        }
        let silent = self.at_risk();
        if said.is_empty() && silent.is_empty() {
            return None;
        }
        let mut pieces = vec![Piece::Words(said.join(" "))];
        if !silent.is_empty() {
            pieces.push(Piece::Words(match silent.len() {
                1 => " One key account bought much and has gone quiet: ".to_owned(),
                many => format!(" {many} key accounts bought much and have gone quiet: "),
            }));
            pieces.extend(Self::list(silent.iter().take(NAMED).filter_map(|row| {
                let since = self.master("last_date", *row).as_str().map_or(String::new(), |day| format!("last sale {day}"));
                Some((text(&self.review.accounts, "account", *row)?, since))
            })));
            pieces.push(Piece::Words(".".to_owned()));
        }
        Some(Answer { question: "Who is leaving?", method, pieces: tidy(pieces) })
    }

    fn winnable(&self) -> Option<Answer> {
        let outcome = self.review.get("win_back")?;
        let (lost, chosen) = (figure(outcome, "lost")?, figure(outcome, "chosen")?);
        if lost == 0.0 {
            return None;
        }
        let question = "Who is worth winning back?";
        if chosen == 0.0 {
            let said = match lost {
                1.0 => "The one lost customer is not: an offer would cost more than it brings.".to_owned(),
                _ => format!("None of the {} lost customers: an offer would cost more than it brings.", number::grouped(lost, 0)),
            };
            return Some(Answer { question, method: "win_back", pieces: vec![Piece::Words(said)] });
        }
        let cost = figure(outcome, "cost")?;
        let said = format!(
            "{} of {}: {} expected to bring {}{}. First: ",
            number::grouped(chosen, 0),
            number::counted(lost, "lost customer"),
            if chosen == 1.0 { "it is" } else { "they are" },
            self.money(figure(outcome, "expected_value")?),
            if cost > 0.0 { format!(" for {} of offers", self.money(cost)) } else { String::new() }
        );
        let table = outcome.table("win_back")?;
        let first = (0..table.len().min(NAMED))
            .filter(|row| value(table, "win_back", *row) == true)
            .filter_map(|row| Some((text(table, "account", row)?, self.money(value(table, "net", row).as_f64()?))));
        let mut pieces = vec![Piece::Words(said)];
        pieces.extend(Self::list(first));
        pieces.push(Piece::Words(".".to_owned()));
        Some(Answer { question, method: "win_back", pieces })
    }

    fn effort(&self) -> Option<Answer> {
        let outcome = self.review.get("effort")?;
        let base = label(word(outcome, "base").unwrap_or("profit")).to_lowercase();
        let (under, over) = (figure(outcome, "under_served")?, figure(outcome, "over_served")?);
        let under = number::numbered(under, "customer gets", "customers get");
        let mut said = format!("{under} too little of our effort, {} too much.", number::grouped(over, 0));
        if let (Some(count), Some(share)) =
            (figure(outcome, "neglected_regulars").filter(|count| *count > 0.0), figure(outcome, "neglected_value_share"))
        {
            let with = format!("with {} of {base}", number::part(share));
            said += &format!(" {} neglected.", number::numbered(count, &format!("regular {with} is"), &format!("regulars {with} are")));
        }
        if let Some(share) = figure(outcome, "acquisition_share") {
            said += &format!(" {} of the effort goes to new ones.", number::part(share));
        }
        Some(Answer { question: "Where does effort miss value?", method: "effort", pieces: vec![Piece::Words(said)] })
    }

    fn keep_promises(&self) -> Option<(&'static str, Vec<Piece>)> {
        let clauses = self.review.get("portfolio")?.table("clauses")?;
        let broken: Vec<usize> =
            (0..clauses.len()).filter(|row| matches!(text(clauses, "state", *row).as_deref(), Some("breached" | "overdue"))).collect();
        // A key account's clause first.
        let is_key = |row: &&usize| {
            let place = text(clauses, "account", **row).and_then(|account| self.review.row_of(&account));
            place.is_some_and(|place| self.key.contains(&place))
        };
        let first = *broken.iter().find(is_key).or_else(|| broken.first())?;
        let account = Piece::Account(text(clauses, "account", first)?);
        let pieces = match broken.len() {
            1 => {
                let state = text(clauses, "state", first)?;
                vec![Piece::Words("Keep what was promised to ".to_owned()), account, Piece::Words(format!(": a clause is {state}."))]
            }
            many => {
                let said =
                    format!("Keep what was promised: {} clauses are breached or overdue. Begin with ", number::grouped(count(many), 0));
                vec![Piece::Words(said), account, Piece::Words(".".to_owned())]
            }
        };
        Some(("portfolio", pieces))
    }

    fn call(&self) -> Option<(&'static str, Vec<Piece>)> {
        let row = *self.at_risk().first()?;
        let mut pieces = vec![Piece::Words("Call ".to_owned()), Piece::Account(text(&self.review.accounts, "account", row)?)];
        pieces.push(Piece::Words(match self.master("last_date", row).as_str() {
            Some(day) => format!(", a key account without a sale since {day}."),
            None => ", a key account that has gone quiet.".to_owned(),
        }));
        Some(("rfm", pieces))
    }

    fn renegotiate(&self) -> Option<(&'static str, Vec<Piece>)> {
        let table = self.review.get("unprofitable")?.table("unprofitable").filter(|table| !table.is_empty())?;
        let what = match text(table, "driver", 0).as_deref() {
            Some("cost_to_serve") => "what it costs to serve ",
            Some("discount") => "the discount of ",
            Some("returns") => "the returns of ",
            _ => "prices with ",
        };
        let loss = self.money(value(table, "loss", 0).as_f64()?);
        let pieces = vec![
            Piece::Words(format!("Renegotiate {what}")),
            Piece::Account(text(table, "account", 0)?),
            Piece::Words(format!(", which costs us {loss} more than it brings.")),
        ];
        Some(("unprofitable", pieces))
    }

    fn offer(&self) -> Option<(&'static str, Vec<Piece>)> {
        let table =
            self.review.get("win_back")?.table("win_back").filter(|table| !table.is_empty() && value(table, "win_back", 0) == true)?;
        let net = self.money(value(table, "net", 0).as_f64()?);
        let chance = value(table, "chance_with_offer", 0)
            .as_f64()
            .map_or(String::new(), |chance| format!(" with a chance of {}", number::part(chance)));
        let pieces = vec![
            Piece::Words("Win back ".to_owned()),
            Piece::Account(text(table, "account", 0)?),
            Piece::Words(format!(": it returns{chance}, and is worth {net}.")),
        ];
        Some(("win_back", pieces))
    }

    fn shift(&self) -> Option<(&'static str, Vec<Piece>)> {
        let table = self.review.get("effort")?.table("effort")?;
        let changes = table.column("change")?.as_primitive_opt::<Float64Type>()?;
        let change = |row: &usize| changes.is_valid(*row).then(|| changes.value(*row));
        let by_change = |a: &usize, b: &usize| changes.value(*a).total_cmp(&changes.value(*b)).then(b.cmp(a));
        let known = || (0..table.len()).filter(|row| changes.is_valid(*row));
        let (more, less) = (known().max_by(by_change)?, known().min_by(by_change)?);
        let (gains, gives) = (change(&more)?, change(&less)?);
        if gains <= 0.0 || gives >= 0.0 {
            return None;
        }
        let by = gains.min(-gives);
        let amount = match word(self.review.get("effort")?, "measure") {
            Some("cost") => self.money(by),
            _ => format!("{} hours", number::grouped(by, 0)),
        };
        let pieces = vec![
            Piece::Words(format!("Shift about {amount} of effort from ")),
            Piece::Account(text(table, "account", less)?),
            Piece::Words(" to ".to_owned()),
            Piece::Account(text(table, "account", more)?),
            Piece::Words(".".to_owned()),
        ];
        Some(("effort", pieces))
    }

    fn approach(&self) -> Option<(&'static str, Vec<Piece>)> {
        let table = self.review.get("marketing_list")?.table("marketing_list").filter(|table| !table.is_empty())?;
        let first = (0..table.len().min(NAMED)).filter_map(|row| Some((text(table, "account", row)?, String::new())));
        let mut pieces = vec![Piece::Words("Approach ".to_owned())];
        pieces.extend(Self::list(first));
        let more = table.len().saturating_sub(NAMED);
        pieces.push(Piece::Words(match more {
            0 => ", who could become key.".to_owned(),
            _ => format!(", the first of {} who could become key.", number::grouped(count(table.len()), 0)),
        }));
        Some(("marketing_list", pieces))
    }
}

/// A sentence whose list of names is empty needs no second full stop.
fn tidy(mut pieces: Vec<Piece>) -> Vec<Piece> {
    let ends = |piece: &Piece| matches!(piece, Piece::Words(words) if words.ends_with('.'));
    if pieces.len() >= 2 && ends(&pieces[pieces.len() - 1]) && ends(&pieces[pieces.len() - 2]) {
        pieces.pop();
    }
    pieces
}

/// A number of a summary.
fn figure(outcome: &Outcome, name: &str) -> Option<f64> {
    outcome.summary.get(name)?.as_f64()
}

/// A word of a summary.
fn word<'a>(outcome: &'a Outcome, name: &str) -> Option<&'a str> {
    outcome.summary.get(name)?.as_str()
}

/// A value of a table; null where there is no such column.
fn value(table: &Table, column: &str, row: usize) -> Json {
    table.columns().iter().position(|name| *name == column).map_or(Json::Null, |at| table.value(at, row))
}

#[expect(clippy::cast_precision_loss, reason = "a count on a page")]
fn count(number: usize) -> f64 {
    number as f64
}
