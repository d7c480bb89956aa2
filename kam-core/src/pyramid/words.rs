//! What the gates found, in words that a sales director understands.

use std::fmt::{self, Write};

use super::evidence::RelationshipEvidence;
use super::gates::{Gate, future, needed_periods};
use super::options::PyramidOptions;
use crate::facts::{Facts, Perspective};
use crate::money::{Scale, Spoken};

/// How sentences are said: from which end the ledger is seen, and in what money.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Voice {
    pub perspective: Perspective,
    scale: Scale,
    currency: Option<String>,
}

impl Voice {
    pub fn of(facts: &Facts) -> Self {
        Voice { perspective: facts.perspective(), scale: facts.scale(), currency: facts.currency().map(str::to_owned) }
    }

    fn money(&self, minor: i64) -> Spoken<'_> {
        Spoken { amount: self.scale.to_currency(minor), currency: self.currency.as_deref() }
    }
}

/// Writes what the evidence says of a gate, with what it takes. Hundreds of thousands of accounts may ask, so one text takes it all.
pub(super) fn describe(out: &mut String, gate: Gate, e: &RelationshipEvidence, options: &PyramidOptions, voice: &Voice) -> fmt::Result {
    let words = voice.perspective.words();
    match gate {
        Gate::Bought => match e.first_date {
            Some(first) => write!(out, "first {} on {first}", words.sale),
            None => write!(out, "no {} yet", words.sale),
        },
        Gate::ActiveDays => {
            write!(out, "{} with a {} ({} needed)", Count(i64::from(e.active_days), "day", "days"), words.sale, options.active_days)
        }
        Gate::Tenure => {
            let months = i64::from(e.tenure_months.unwrap_or(0));
            write!(out, "{} for {} ({} needed)", words.account, Count(months, "month", "months"), options.tenure_months)
        }
        Gate::Risk => {
            counted(out, e.open_disputes, "open dispute", "open disputes", "disputes", "activities")?;
            out.push_str(", ");
            counted(out, e.breached_clauses, "breached clause", "breached clauses", "breaches", "contracts")
        }
        Gate::Activity => {
            let periods = Count(i64::from(e.periods), "period", "periods");
            write!(out, "a {} in {} of {periods} ({} needed)", words.sale, e.active_periods, needed_periods(e, options))
        }
        Gate::GoodForBoth => good_for_both(out, e, voice),
        Gate::Trust => {
            counted(out, e.open_complaints, "unresolved complaint", "unresolved complaints", "complaints", "activities")?;
            if e.open_complaints.is_some() {
                write!(out, " in the last {}", Count(i64::from(options.trust_periods), "period", "periods"))?;
            }
            out.push_str(", ");
            let broken = e.breached_clauses.zip(e.overdue_clauses).map(|(breached, overdue)| breached + overdue);
            counted(out, broken, "breached or overdue clause", "breached or overdue clauses", "clauses kept", "contracts")
        }
        Gate::Future => describe_future(out, e, options),
        Gate::Mutual => out.write_str(match e.mutual {
            Some(true) => "attractive to each other",
            Some(false) => "not attractive to each other: one side or both are low in the selection matrix",
            None => "whether both sides attract each other is unknown (needs the account's ratings of us and of a competitor)",
        }),
        Gate::Joint => {
            counted(out, e.joint_activities, "joint activity", "joint activities", "joint activities", "activities")?;
            if e.joint_activities.is_some() {
                write!(out, " in the window ({} needed)", options.joint_activities)?;
            }
            Ok(())
        }
    }
}

fn good_for_both(out: &mut String, e: &RelationshipEvidence, voice: &Voice) -> fmt::Result {
    let revenue = voice.perspective.words().revenue;
    match (e.gain, voice.perspective) {
        (Some(gain), Perspective::Customer) if gain < 0 => write!(out, "a loss of {}", voice.money(-gain)),
        (Some(gain), Perspective::Customer) => write!(out, "a profit of {}", voice.money(gain)),
        (Some(gain), Perspective::Supplier) => write!(out, "{} saved against the list", voice.money(gain)),
        (None, Perspective::Customer) => write!(out, "profit unknown (needs the ledger's cost)"),
        (None, Perspective::Supplier) => write!(out, "savings unknown (needs the ledger's list_amount)"),
    }?;
    match e.half_revenues {
        Some((first, second)) => {
            write!(out, ", {revenue} {} in the window's second half after {} in its first", voice.money(second), voice.money(first))
        }
        None => write!(out, ", growth unknown (needs a window of two periods)"),
    }?;
    match e.half_directions {
        Some((first, second)) => write!(out, ", {} after {first}", Count(i64::from(second), "direction", "directions")),
        None => Ok(()),
    }
}

fn describe_future(out: &mut String, e: &RelationshipEvidence, options: &PyramidOptions) -> fmt::Result {
    match (future(e, options), e.p_alive.get()) {
        _ if e.running_contracts.is_some_and(|running| running > 0) => write!(out, "a contract is running"),
        (_, Some(p_alive)) => write!(out, "P(alive) {p_alive:.2} ({} needed), no running contract known", options.p_alive),
        ((Some(_), true), None) => {
            let silent = Count(i64::from(e.silent_days.unwrap_or(0)), "day", "days");
            write!(
                out,
                "silent for {silent}, usual gaps in the ledger are up to {} (a proxy: P(alive) is not known)",
                e.usual_gap.unwrap_or(0)
            )
        }
        _ => write!(out, "a long future is unknown (needs P(alive) or a running contract)"),
    }
}

/// How the future is judged without P(alive).
pub(super) fn future_note(why: &str, options: &PyramidOptions) -> String {
    let instead = if options.future_proxy {
        "goes by the usual gaps between purchases, a proxy"
    } else {
        "is unknown without a running contract (future_proxy goes by the usual gaps between purchases)"
    };
    format!("no purchase model can be trusted ({why}): the gate future {instead}")
}

/// A number with its noun.
struct Count(i64, &'static str, &'static str);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, if self.0 == 1 { self.1 } else { self.2 })
    }
}

fn counted(out: &mut String, number: Option<u32>, one: &'static str, many: &'static str, what: &str, table: &str) -> fmt::Result {
    match number {
        None => write!(out, "{what} unknown (needs the table {table})"),
        Some(0) => write!(out, "no {one}"),
        Some(number) => write!(out, "{}", Count(i64::from(number), one, many)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::gates::tests::known;
    use super::*;
    use crate::nullable::Nullable;

    fn text(gate: Gate, e: &RelationshipEvidence, options: &PyramidOptions) -> String {
        let mut out = String::new();
        describe(&mut out, gate, e, options, &Voice::default()).unwrap();
        out
    }

    #[test]
    fn words_say_the_numbers_and_what_is_needed() {
        let words = |gate, e: &RelationshipEvidence| text(gate, e, &PyramidOptions::default());
        let mut e = known();
        assert_eq!(words(Gate::Activity, &e), "a sale in 6 of 12 periods (6 needed)");
        assert_eq!(words(Gate::Risk, &e), "no open dispute, no breached clause");
        assert_eq!(words(Gate::GoodForBoth, &e), "a profit of 0.01, revenue 1 in the window's second half after 1 in its first");
        (e.open_disputes, e.breached_clauses) = (Some(2), None);
        assert_eq!(words(Gate::Risk, &e), "2 open disputes, breaches unknown (needs the table contracts)");
        assert_eq!(words(Gate::Joint, &e), "1 joint activity in the window (1 needed)");
        assert_eq!(
            words(Gate::Trust, &e),
            "no unresolved complaint in the last 2 periods, clauses kept unknown (needs the table contracts)"
        );
    }

    #[test]
    fn a_proxy_is_called_one() {
        let options = PyramidOptions { future_proxy: true, ..PyramidOptions::default() };
        let e = RelationshipEvidence { p_alive: Nullable::NONE, ..known() };
        let words = text(Gate::Future, &e, &options);
        assert_eq!(words, "silent for 20 days, usual gaps in the ledger are up to 30 (a proxy: P(alive) is not known)");
    }
}
