//! What the gates found, in words that a sales director understands.

use std::fmt::{self, Write};

use super::evidence::RelationshipEvidence;
use super::gates::{Gate, future, needed_periods};
use super::options::PyramidOptions;
use crate::money::Scale;

/// Writes what the evidence says of a gate, with what it takes. Hundreds of thousands of accounts may ask, so one text takes it all.
pub(super) fn describe(out: &mut String, gate: Gate, e: &RelationshipEvidence, options: &PyramidOptions, scale: Scale) -> fmt::Result {
    match gate {
        Gate::Bought => match e.first_date {
            Some(first) => write!(out, "bought first on {first}"),
            None => write!(out, "never bought"),
        },
        Gate::ActiveDays => write!(out, "{} with a sale ({} needed)", Count(e.active_days, "day", "days"), options.active_days),
        Gate::Tenure => {
            let months = i64::from(e.tenure_months.unwrap_or(0));
            write!(out, "customer for {} ({} needed)", Count(months, "month", "months"), options.tenure_months)
        }
        Gate::Risk => {
            counted(out, e.open_disputes, "open dispute", "open disputes", "disputes", "activities")?;
            out.push_str(", ");
            counted(out, e.breached_clauses, "breached clause", "breached clauses", "breaches", "contracts")
        }
        Gate::Activity => {
            let periods = Count(e.periods, "period", "periods");
            write!(out, "a sale in {} of {periods} ({} needed)", e.active_periods, needed_periods(e, options))
        }
        Gate::GoodForBoth => good_for_both(out, e, scale),
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
            Some(false) => "not attractive to each other",
            None => "whether both sides attract each other is unknown (needs attractiveness both ways)",
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

fn good_for_both(out: &mut String, e: &RelationshipEvidence, scale: Scale) -> fmt::Result {
    let money = |minor: i128| scale.to_text(minor);
    match e.profit {
        Some(profit) => write!(out, "profit {}", money(profit.into())),
        None => write!(out, "profit unknown (needs the ledger's cost)"),
    }?;
    match e.half_revenues {
        Some((first, second)) => write!(out, ", revenue {} in the window's second half after {}", money(second), money(first)),
        None => write!(out, ", growth unknown (needs a window of two periods)"),
    }?;
    match e.half_directions {
        Some((first, second)) => write!(out, ", {} after {first}", Count(i64::try_from(second).unwrap_or(0), "direction", "directions")),
        None => Ok(()),
    }
}

fn describe_future(out: &mut String, e: &RelationshipEvidence, options: &PyramidOptions) -> fmt::Result {
    match (future(e, options), e.p_alive) {
        _ if e.running_contracts.is_some_and(|running| running > 0) => write!(out, "a contract is running"),
        (_, Some(p_alive)) => write!(out, "P(alive) {p_alive:.2} ({} needed), no running contract known", options.p_alive),
        ((Some(_), true), None) => {
            let silent = Count(i64::from(e.silent_days.unwrap_or(0)), "day", "days");
            write!(out, "silent for {silent}, usual gaps in the ledger are up to {} (a proxy, not P(alive))", e.usual_gap.unwrap_or(0))
        }
        _ => write!(out, "a long future is unknown (needs P(alive) or a running contract)"),
    }
}

/// A number with its noun.
struct Count(i64, &'static str, &'static str);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, if self.0 == 1 { self.1 } else { self.2 })
    }
}

fn counted(out: &mut String, number: Option<usize>, one: &'static str, many: &'static str, what: &str, table: &str) -> fmt::Result {
    match number {
        None => write!(out, "{what} unknown (needs the table {table})"),
        Some(0) => write!(out, "no {one}"),
        Some(number) => write!(out, "{}", Count(i64::try_from(number).unwrap_or(i64::MAX), one, many)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::gates::tests::known;
    use super::*;

    fn text(gate: Gate, e: &RelationshipEvidence, options: &PyramidOptions) -> String {
        let mut out = String::new();
        describe(&mut out, gate, e, options, Scale::default()).unwrap();
        out
    }

    #[test]
    fn words_say_the_numbers_and_what_is_needed() {
        let words = |gate, e: &RelationshipEvidence| text(gate, e, &PyramidOptions::default());
        let mut e = known();
        assert_eq!(words(Gate::Activity, &e), "a sale in 6 of 12 periods (6 needed)");
        assert_eq!(words(Gate::Risk, &e), "no open dispute, no breached clause");
        assert_eq!(words(Gate::GoodForBoth, &e), "profit 0.01, revenue 1.00 in the window's second half after 1.00");
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
        let e = RelationshipEvidence { p_alive: None, ..known() };
        let words = text(Gate::Future, &e, &options);
        assert_eq!(words, "silent for 20 days, usual gaps in the ledger are up to 30 (a proxy, not P(alive))");
    }
}
