//! Our attractiveness as tables, and why we are as attractive to an account in words.

use std::fmt::Write;
use std::sync::Arc;

use rayon::prelude::*;

use super::decimal::write_decimal;
use super::our_attractiveness::{OurAttractiveness, TheirCriterion};
use crate::error::Result;
use crate::facts::Facts;
use crate::method::Outcome;
use crate::table::{Column, Places, Table, Unit, View};

/// The result as the registry gives it.
pub(super) fn outcome(facts: &Facts, result: Arc<OurAttractiveness>) -> Result<Outcome> {
    let each = &result.accounts;
    let mut order: Vec<usize> = (0..facts.len()).collect();
    // Those without a comparison come last.
    let key = |at: usize| each[at].relative_strength.get().unwrap_or(f64::NEG_INFINITY);
    order.par_sort_unstable_by(|a, b| key(*b).total_cmp(&key(*a)).then(a.cmp(b)));
    let table = Table::new("our_attractiveness", account_columns(facts, &View::new(&result, order.into_iter().collect())))?;
    let criteria = &result.criteria;
    let count = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
    let their_criteria = Table::new(
        "their_criteria",
        vec![
            Column::words("criterion", criteria.iter().map(|each| &each.name)),
            Column::counts("accounts", criteria.iter().map(|each| count(each.accounts))),
            Column::floats("weight", Unit::Share, criteria.iter().map(|each| Some(each.weight))),
            Column::floats("our_score", Unit::Number, criteria.iter().map(|each| Some(each.our_score))),
            Column::floats("best_competitor_score", Unit::Number, criteria.iter().map(|each| each.best_competitor_score)),
            Column::counts("ahead", criteria.iter().map(|each| count(each.ahead))),
            Column::counts("behind", criteria.iter().map(|each| count(each.behind))),
        ],
    )?;
    let own = View::new(&result, Places::Same(facts.len()));
    Outcome::new(vec![table, their_criteria], &result.summary)?.with_accounts(vec![
        score_column(&own, "our_attractiveness"),
        strength_column(&own),
        competitor_column(&own),
        inferred_column(&own, "our_attractiveness_inferred"),
    ])
}

impl OurAttractiveness {
    /// Why we are as attractive as we are to an account, in words.
    #[must_use]
    pub fn evidence(&self, at: usize) -> String {
        let mut text = String::new();
        self.write_evidence(at, &mut text);
        text
    }

    fn write_evidence(&self, at: usize, text: &mut String) {
        let account = &self.accounts[at];
        let Some(ours) = account.our_score.get() else {
            text.push_str("does not rate us");
            return;
        };
        if let Some(signals) = &account.signals {
            text.push_str("inferred ");
            write_decimal(text, ours);
            text.push_str(" of 100: ");
            signals.write(text);
            return;
        }
        let criteria = account.criteria();
        let by = |text: &mut String, count: usize, what: &str| {
            text.push_str(" by ");
            text.push_str(&count.to_string());
            text.push_str(what);
            text.push_str(if count == 1 { " criterion" } else { " criteria" });
        };
        text.push_str("rates us ");
        write_decimal(text, account.best().map_or(ours, |best| best.ours));
        match account.best() {
            Some(best) => {
                text.push_str(", ");
                text.push_str(&best.name);
                text.push(' ');
                write_decimal(text, best.theirs);
                by(text, best.criteria, if best.criteria < criteria.len() { " common" } else { "" });
                if best.criteria < criteria.len() {
                    text.push_str(" (us ");
                    write_decimal(text, ours);
                    by(text, criteria.len(), "");
                    text.push(')');
                }
            }
            None if account.is_incomparable() => by(text, criteria.len(), ""),
            None => {
                text.push_str(", and no competitor");
                by(text, criteria.len(), "");
            }
        }
        if let Some(rating) = account.rating.as_ref().filter(|rating| !rating.not_compared.is_empty()) {
            text.push_str("; not compared with ");
            text.push_str(&rating.not_compared.join(", "));
            text.push_str(": no criterion in common");
        }
        if let Some((our, their)) = account.rating.as_ref().and_then(|rating| rating.alike.as_ref()) {
            // Writing to a text cannot fail.
            let _ = write!(text, "; `{our}` and `{their}` differ in capitals or blanks alone and count as two criteria");
        }
        // What weighs most of what sets us apart, to our favour and against us.
        let gap = |each: &&TheirCriterion| each.theirs.map_or(0.0, |theirs| each.weight * (each.ours - theirs));
        let compare = |a: &&TheirCriterion, b: &&TheirCriterion| gap(a).total_cmp(&gap(b)).then(b.criterion.cmp(&a.criterion));
        let best = criteria.iter().max_by(compare).filter(|each| gap(each) > 0.0);
        let worst = criteria.iter().min_by(compare).filter(|each| gap(each) < 0.0);
        for (word, each) in [("; ahead most by ", best), ("; behind most by ", worst)] {
            if let Some((each, theirs)) = each.and_then(|each| Some((each, each.theirs?))) {
                text.push_str(word);
                text.push_str(&self.criteria_name(each.criterion));
                text.push_str(" (");
                write_decimal(text, each.ours);
                text.push_str(" against ");
                write_decimal(text, theirs);
                text.push_str(", weight ");
                write_decimal(text, each.weight * 100.0);
                text.push_str(" %)");
            }
        }
    }

    fn criteria_name(&self, criterion: usize) -> String {
        self.criteria.get(criterion).map_or_else(String::new, |each| each.name.clone())
    }

    /// The criteria of an account on which we are ahead of (or behind) its best competitor, those that weigh most first.
    fn sides(&self, at: usize, ahead: bool) -> Vec<&str> {
        let mut sides: Vec<(&TheirCriterion, f64)> = self.accounts[at]
            .criteria()
            .iter()
            .filter_map(|each| Some((each, each.weight * (each.ours - each.theirs?))))
            .filter(|(_, gap)| if ahead { *gap > 0.0 } else { *gap < 0.0 })
            .collect();
        sides.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.criterion.cmp(&b.0.criterion)));
        sides.into_iter().filter_map(|(each, _)| self.criteria.get(each.criterion)).map(|each| each.name.as_str()).collect()
    }
}

fn score_column(view: &View<OurAttractiveness>, name: &str) -> Column {
    view.floats(name, Unit::Number, |ours, at| ours.accounts[at].our_score)
}

fn strength_column(view: &View<OurAttractiveness>) -> Column {
    view.floats("relative_strength", Unit::Number, |ours, at| ours.accounts[at].relative_strength)
}

fn competitor_column(view: &View<OurAttractiveness>) -> Column {
    view.texts("best_competitor", |ours, at| ours.accounts[at].best_competitor())
}

fn inferred_column(view: &View<OurAttractiveness>, name: &str) -> Column {
    view.flags(name, |ours, at| ours.accounts[at].our_score.get().map(|_| ours.accounts[at].is_inferred()))
}

fn account_columns(facts: &Facts, view: &View<OurAttractiveness>) -> Vec<Column> {
    let sides = |name: &str, ahead: bool| {
        view.lists(name, move |ours, at, list| {
            ours.sides(at, ahead).into_iter().for_each(|name| list.push(|text| text.push_str(name)));
        })
    };
    vec![
        view.accounts(facts),
        strength_column(view),
        score_column(view, "our_score"),
        competitor_column(view),
        view.floats("best_competitor_score", Unit::Number, |ours, at| ours.accounts[at].best_competitor_score()),
        view.floats("our_common_score", Unit::Number, |ours, at| ours.accounts[at].best().map(|best| best.ours)),
        view.integers("common_criteria", Unit::Count, |ours, at| {
            ours.accounts[at].best().and_then(|best| i64::try_from(best.criteria).ok())
        }),
        inferred_column(view, "inferred"),
        view.counts("criteria", |ours, at| ours.accounts[at].criteria().len()),
        sides("strengths", true),
        sides("weaknesses", false),
        view.sentences("evidence", |ours, at, text| ours.write_evidence(at, text)),
    ]
}
