//! Two reviews side by side: who moved between classes, levels and quadrants, and which figures moved them.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Review;
use super::classes::{CLASSES, Class};
use super::dossier::Standing;
use crate::error::{Code, Error, Result};
use crate::method::{METHODS, Options, Origin, Outcome};
use crate::table::{Column, Table, Unit};
use crate::time::Date;

/// Options of [`Review::compare`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CompareOptions {
    /// The methods whose classes are compared; without, all that both reviews ran.
    pub methods: Option<Vec<String>>,
}

impl Options for CompareOptions {
    fn validate(&self) -> Result<()> {
        for name in self.methods.iter().flatten() {
            if !CLASSES.iter().any(|class| class.method == name) {
                let mut known: Vec<&str> = CLASSES.iter().map(|class| class.method).collect();
                known.dedup();
                return Err(Error::option("methods", format!("`{name}`"), &format!("methods that give classes: {}", known.join(", "))));
            }
        }
        Ok(())
    }
}

/// What [`Review::compare`] gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The day of the older review.
    pub from: Date,
    /// The day of this one.
    pub until: Date,
    /// One row an account and class that changed: account, name, method, class, before, after, direction, what changed in the figures behind it,
    /// and its revenue then and now.
    pub changes: Table,
    /// One row a class and a pair of words: from, to, accounts and their revenue then and now; also those that stayed.
    pub moves: Table,
    /// One row an account that only one of the two reviews knows: account, name, `new` or `gone`, revenue.
    pub accounts: Table,
    /// The rules that are not what they were, as `name: before → after`: window and grain of the facts, and options of the methods compared and
    /// of those they build on. In the summary too, and beside the figures of every change that they bear on.
    pub rules_changed: Vec<String>,
    /// The figures.
    pub summary: Map<String, Value>,
}

impl Comparison {
    /// The tables, the main one first.
    #[must_use]
    pub fn tables(&self) -> [&Table; 3] {
        [&self.changes, &self.moves, &self.accounts]
    }

    /// The same as methods give it.
    #[must_use]
    pub fn into_outcome(self) -> Outcome {
        let counts =
            ["accounts", "accounts_changed", "changes", "up", "down", "new_accounts", "gone_accounts"].map(|name| (name, Unit::Count));
        let units = counts.into_iter().chain(["revenue_before", "revenue"].map(|name| (name, Unit::Money))).collect();
        Outcome {
            tables: vec![self.changes, self.moves, self.accounts],
            summary: self.summary,
            units,
            accounts: None,
            origin: Origin::default(),
        }
    }
}

/// An account's places in the older and in the newer review.
struct Pair {
    older: usize,
    newer: usize,
}

/// An account whose class changed.
struct Change {
    account: String,
    name: Option<String>,
    class: &'static Class,
    before: String,
    after: String,
    direction: Option<&'static str>,
    changed: Vec<String>,
    revenue: (f64, f64),
}

/// How many accounts went from one word to another, and what they bring.
#[derive(Default)]
struct Move {
    accounts: i64,
    before: i128,
    after: i128,
}

impl Review {
    /// Who moved between classes since an older review, and which figures moved them.
    ///
    /// Accounts are matched by their keys. Both reviews must be of one end of the relationship and in one currency, and the older one of no later
    /// day. Rules that are not what they were are named: whoever moved may have moved by them alone.
    pub fn compare(&self, older: &Review) -> Result<Comparison> {
        self.compare_with(older, &CompareOptions::default())
    }

    /// The same for some of the methods.
    pub fn compare_with(&self, older: &Review, options: &CompareOptions) -> Result<Comparison> {
        options.validate()?;
        let (new, old) = (&self.source.facts, &older.source.facts);
        let refuse = |what: &str, a: &str, b: &str| {
            Err(Error::new(Code::StateMismatch, format!("compare: this review has the {what} {a}, the older one {b}"))
                .with_hint("compare reviews of one ledger on two days"))
        };
        if new.perspective() != old.perspective() {
            return refuse("perspective", &new.perspective().to_string(), &old.perspective().to_string());
        }
        if let (Some(a), Some(b)) = (new.currency(), old.currency())
            && a != b
        {
            return refuse("currency", a, b);
        }
        if new.scale() != old.scale() {
            return refuse("scale", &new.scale().decimals().to_string(), &old.scale().decimals().to_string());
        }
        if old.as_of() > new.as_of() {
            let message = format!("compare: the older review is as of {}, later than this one, as of {}", old.as_of(), new.as_of());
            return Err(Error::new(Code::StateMismatch, message).with_hint("call it on the later review, and pass the earlier one"));
        }
        let (pairs, only_new, only_old) = matched(self, older);
        let wanted = |class: &&Class| options.methods.as_ref().is_none_or(|names| names.iter().any(|name| name == class.method));
        let classes: Vec<Looked> = CLASSES.iter().filter(wanted).filter_map(|class| Looked::new(class, self, older)).collect();
        let rules = Rules::of(self, older, &classes);
        let mut changes: Vec<Change> = vec![];
        let mut moves: BTreeMap<(usize, String, String), Move> = BTreeMap::new();
        for pair in &pairs {
            let revenue = (old.window().revenue[pair.older], new.window().revenue[pair.newer]);
            for (at, looked) in classes.iter().enumerate() {
                let (before, after) = (looked.older.word(pair.older), looked.newer.word(pair.newer));
                if before == after {
                    if before.is_empty() {
                        continue;
                    }
                } else {
                    changes.push(change(self, older, pair, looked, &rules, (&before, &after)));
                }
                let own = moves.entry((at, before, after)).or_default();
                own.accounts += 1;
                own.before += i128::from(revenue.0);
                own.after += i128::from(revenue.1);
            }
        }
        // The largest first, in each account the classes in their order.
        changes.sort_by(|a, b| {
            let size = |change: &Change| change.revenue.0.max(change.revenue.1);
            size(b).total_cmp(&size(a)).then_with(|| a.account.cmp(&b.account))
        });
        self.comparison(older, &classes, &rules, &changes, &moves, (&only_new, &only_old), pairs.len())
    }

    #[expect(clippy::too_many_arguments, reason = "what the tables show")]
    fn comparison(
        &self,
        older: &Review,
        classes: &[Looked<'_>],
        rules: &Rules,
        changes: &[Change],
        moves: &BTreeMap<(usize, String, String), Move>,
        (only_new, only_old): (&[usize], &[usize]),
        both: usize,
    ) -> Result<Comparison> {
        let (new, old) = (&self.source.facts, &older.source.facts);
        let rows = || changes.iter();
        let changed = Table::new(
            "changes",
            vec![
                Column::words("account", rows().map(|row| &row.account)),
                Column::text("name", rows().map(|row| row.name.as_ref())),
                Column::words("method", rows().map(|row| row.class.method)),
                Column::words("class", rows().map(|row| row.class.column)),
                Column::text("before", rows().map(|row| some(&row.before))),
                Column::text("after", rows().map(|row| some(&row.after))),
                Column::text("direction", rows().map(|row| row.direction)),
                Column::sentence_lists("changed", changes.len(), |row, list| {
                    changes[row].changed.iter().for_each(|sentence| list.push(|text| text.push_str(sentence)));
                }),
                Column::floats("revenue_before", Unit::Money, rows().map(|row| Some(row.revenue.0))),
                Column::floats("revenue", Unit::Money, rows().map(|row| Some(row.revenue.1))),
            ],
        )?;
        let of = || moves.iter();
        let money = |value: i128| Some(new.scale().wide_to_currency(value));
        let moved = Table::new(
            "moves",
            vec![
                Column::words("method", of().map(|((at, ..), _)| classes[*at].class.method)),
                Column::words("class", of().map(|((at, ..), _)| classes[*at].class.column)),
                Column::text("before", of().map(|((_, before, _), _)| some(before))),
                Column::text("after", of().map(|((_, _, after), _)| some(after))),
                Column::text("direction", of().map(|((at, before, after), _)| direction(classes[*at].class, before, after))),
                Column::counts("accounts", of().map(|(_, row)| row.accounts)),
                Column::floats("revenue_before", Unit::Money, of().map(|(_, row)| money(row.before))),
                Column::floats("revenue", Unit::Money, of().map(|(_, row)| money(row.after))),
            ],
        )?;
        let one_sided = || only_new.iter().map(|at| (self, *at, "new")).chain(only_old.iter().map(|at| (older, *at, "gone")));
        let revenue = |review: &Review, at: usize| review.source.facts.scale().to_currency(review.source.facts.window().revenue[at]);
        let accounts = Table::new(
            "accounts",
            vec![
                Column::words("account", one_sided().map(|(review, at, _)| review.source.facts.account(at).into_owned())),
                Column::text(
                    "name",
                    one_sided().map(|(review, at, _)| review.source.name(&review.source.facts.account(at)).map(str::to_owned)),
                ),
                Column::words("change", one_sided().map(|(_, _, change)| change)),
                Column::floats("revenue", Unit::Money, one_sided().map(|(review, at, _)| Some(revenue(review, at)))),
            ],
        )?;
        let count = |direction: &str| rows().filter(|row| row.direction == Some(direction)).count();
        let mut movers: Vec<&str> = rows().map(|row| row.account.as_str()).collect();
        movers.sort_unstable();
        movers.dedup();
        let total = |review: &Review| {
            let facts = &review.source.facts;
            facts.scale().wide_to_currency(facts.window().revenue.iter().map(|minor| i128::from(*minor)).sum())
        };
        let mut compared: Vec<&str> = classes.iter().map(|looked| looked.class.method).collect();
        compared.dedup();
        let rules_changed = rules.all();
        let note = (!rules_changed.is_empty())
            .then(|| format!("the rules are not what they were, and accounts may have moved by them alone: {}", rules_changed.join("; ")));
        let summary = json!({
            "from": old.as_of().to_string(),
            "until": new.as_of().to_string(),
            "accounts": both,
            "accounts_changed": movers.len(),
            "changes": changes.len(),
            "up": count("up"),
            "down": count("down"),
            "new_accounts": only_new.len(),
            "gone_accounts": only_old.len(),
            "revenue_before": total(older),
            "revenue": total(self),
            "compared": compared,
            "rules_changed": rules_changed,
            "note": note,
        });
        let summary = match summary {
            Value::Object(summary) => summary,
            _ => Map::new(),
        };
        Ok(Comparison { from: old.as_of(), until: new.as_of(), changes: changed, moves: moved, accounts, rules_changed, summary })
    }
}

/// The rules that are not what they were.
struct Rules {
    /// Those of the facts, which bear on every class.
    of_facts: Vec<String>,
    /// By method, with the methods it builds on.
    of_methods: BTreeMap<&'static str, Vec<String>>,
}

impl Rules {
    fn of(newer: &Review, older: &Review, classes: &[Looked<'_>]) -> Self {
        let of = |review: &Review| {
            let options = review.source.facts.options();
            json!({ "grain": options.grain, "window": options.window })
        };
        let mut of_facts = vec![];
        differences("", &of(older), &of(newer), &mut of_facts);
        let options = |review: &Review, name: &str| review.methods.iter().find(|ran| ran.name == name).map(|ran| ran.options.clone());
        let mut of_methods = BTreeMap::new();
        for method in classes.iter().map(|looked| looked.class.method) {
            let builds_on = METHODS.iter().find(|entry| entry.name == method).map_or(&[][..], |entry| entry.builds_on);
            let mut found = vec![];
            for name in std::iter::once(method).chain(builds_on.iter().copied()) {
                if let Some((before, after)) = options(older, name).zip(options(newer, name)) {
                    differences(name, &before, &after, &mut found);
                }
            }
            of_methods.insert(method, found);
        }
        Rules { of_facts, of_methods }
    }

    /// Those that bear on a method's classes.
    fn of_method(&self, method: &str) -> impl Iterator<Item = &String> {
        self.of_facts.iter().chain(self.of_methods.get(method).into_iter().flatten())
    }

    /// All, each once.
    fn all(&self) -> Vec<String> {
        let mut all: Vec<String> = vec![];
        for rule in self.of_facts.iter().chain(self.of_methods.values().flatten()) {
            if !all.contains(rule) {
                all.push(rule.clone());
            }
        }
        all
    }
}

/// The options that differ, by their paths.
fn differences(path: &str, before: &Value, after: &Value, found: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
            names.sort_unstable();
            names.dedup();
            let none = Value::Null;
            for name in names {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                differences(&path, before.get(name).unwrap_or(&none), after.get(name).unwrap_or(&none), found);
            }
        }
        // 12 and 12.0 are one number in two ways of writing.
        (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => {}
        _ if before == after => {}
        _ => {
            let say = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            found.push(format!("{path}: {} → {}", say(before), say(after)));
        }
    }
}

fn some(word: &str) -> Option<&str> {
    (!word.is_empty()).then_some(word)
}

/// The accounts of both by their places, and those of one alone.
fn matched(newer: &Review, older: &Review) -> (Vec<Pair>, Vec<usize>, Vec<usize>) {
    let (new, old) = (newer.source.facts.keys(), older.source.facts.keys());
    let (mut pairs, mut only_new, mut only_old) = (vec![], vec![], vec![]);
    let (mut at, mut place) = (0, 0);
    while at < new.len() || place < old.len() {
        let order = match (at < new.len(), place < old.len()) {
            // Where one ledger has numbers for keys and the other text, none is the other's.
            (true, true) => new.get(at).cmp(&old.get(place)),
            (true, false) => Ordering::Less,
            _ => Ordering::Greater,
        };
        match order {
            Ordering::Less => only_new.push(at),
            Ordering::Greater => only_old.push(place),
            Ordering::Equal => pairs.push(Pair { older: place, newer: at }),
        }
        at += usize::from(order != Ordering::Greater);
        place += usize::from(order != Ordering::Less);
    }
    (pairs, only_new, only_old)
}

/// A class in both reviews.
struct Looked<'a> {
    class: &'static Class,
    newer: Side<'a>,
    older: Side<'a>,
}

struct Side<'a> {
    table: &'a Table,
    column: usize,
    indexed: &'a super::source::Indexed,
    method: &'a super::Reviewed,
}

impl<'a> Looked<'a> {
    fn new(class: &'static Class, newer: &'a Review, older: &'a Review) -> Option<Self> {
        Some(Looked { class, newer: Side::new(class, newer)?, older: Side::new(class, older)? })
    }
}

impl<'a> Side<'a> {
    fn new(class: &Class, review: &'a Review) -> Option<Self> {
        review.source.tables.iter().find_map(|indexed| {
            let method = &review.methods[indexed.method];
            let table = &method.outcome.tables[indexed.table];
            let column = table.position(class.column)?;
            (method.name == class.method).then_some(Side { table, column, indexed, method })
        })
    }

    /// The class of an account in words; empty where it has none.
    fn word(&self, place: usize) -> String {
        let Some(row) = self.indexed.row(place, self.table.len()) else { return String::new() };
        match self.table.value(self.column, row) {
            Value::Null => String::new(),
            Value::String(word) => word,
            Value::Array(words) => words.iter().map(|word| word.as_str().unwrap_or_default()).collect::<Vec<_>>().join(", "),
            other => other.to_string(),
        }
    }

    fn standing(&self, place: usize) -> Option<Standing<'a>> {
        let row = self.indexed.row(place, self.table.len())?;
        Some(Standing { method: self.method.name, title: &self.method.title, table: self.table, row })
    }
}

fn direction(class: &Class, before: &str, after: &str) -> Option<&'static str> {
    let place = |word: &str| class.order.iter().position(|known| *known == word);
    match place(after)?.cmp(&place(before)?) {
        Ordering::Less => Some("up"),
        Ordering::Greater => Some("down"),
        Ordering::Equal => None,
    }
}

fn change(newer: &Review, older: &Review, pair: &Pair, looked: &Looked<'_>, rules: &Rules, (before, after): (&str, &str)) -> Change {
    let (new, old) = (&newer.source.facts, &older.source.facts);
    let account = new.account(pair.newer).into_owned();
    let mut changed: Vec<String> = rules.of_method(looked.class.method).map(|rule| format!("rule {rule}")).collect();
    changed.extend(evidence(looked.older.standing(pair.older).as_ref(), looked.newer.standing(pair.newer).as_ref()));
    Change {
        name: newer.source.name(&account).map(str::to_owned),
        account,
        class: looked.class,
        before: before.to_owned(),
        after: after.to_owned(),
        direction: direction(looked.class, before, after),
        changed,
        revenue: (old.scale().to_currency(old.window().revenue[pair.older]), new.scale().to_currency(new.window().revenue[pair.newer])),
    }
}

/// The figures behind a class that are not what they were, as `name: before → after`.
fn evidence(before: Option<&Standing<'_>>, after: Option<&Standing<'_>>) -> Vec<String> {
    let of = |standing: Option<&Standing<'_>>| -> Vec<(String, Unit, Value)> {
        let figures = standing.into_iter().flat_map(Standing::figures).filter(|figure| !figure.is_class);
        figures.map(|figure| (figure.name.to_owned(), figure.unit, figure.value)).collect()
    };
    let (before, after) = (of(before), of(after));
    let none = Value::Null;
    let value = |list: &[(String, Unit, Value)], name: &str| list.iter().position(|(known, ..)| known == name);
    let mut sentences = vec![];
    for (name, unit, new) in &after {
        let old = value(&before, name).map_or(&none, |at| &before[at].2);
        if old != new {
            sentences.push(format!("{name}: {} → {}", spoken(old, *unit), spoken(new, *unit)));
        }
    }
    for (name, unit, old) in before.iter().filter(|(name, ..)| value(&after, name).is_none()) {
        sentences.push(format!("{name}: {} → {}", spoken(old, *unit), spoken(&none, *unit)));
    }
    sentences
}

/// A value in a sentence, with as many decimals as its unit needs.
fn spoken(value: &Value, unit: Unit) -> String {
    match (value, unit) {
        (Value::Null, _) => "none".to_owned(),
        (Value::Bool(yes), _) => if *yes { "yes" } else { "no" }.to_owned(),
        (Value::String(text), _) => text.clone(),
        (Value::Array(values), _) if values.is_empty() => "none".to_owned(),
        (Value::Array(values), _) => values.iter().map(|value| spoken(value, unit)).collect::<Vec<_>>().join("; "),
        (Value::Number(number), Unit::Money) => format!("{:.2}", number.as_f64().unwrap_or(f64::NAN)),
        (Value::Number(number), Unit::Share) => format!("{:.4}", number.as_f64().unwrap_or(f64::NAN)),
        (Value::Number(number), _) if number.is_f64() => {
            let text = format!("{:.4}", number.as_f64().unwrap_or(f64::NAN));
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        (other, _) => other.to_string(),
    }
}
