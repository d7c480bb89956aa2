//! What the gates found, in words that a sales director understands.

use std::fmt::Write;

use super::evidence::RelationshipEvidence;
use super::gates::{Gate, future, needed_periods};
use super::options::PyramidOptions;
use crate::money::Scale;

/// What the evidence says of a gate, in words, with what it takes.
pub(super) fn describe(gate: Gate, e: &RelationshipEvidence, options: &PyramidOptions, scale: Scale) -> String {
    let parts = match gate {
        Gate::Bought => vec![e.first_date.map_or("never bought".to_owned(), |first| format!("bought first on {first}"))],
        Gate::ActiveDays => vec![format!("{} with a sale ({} needed)", count(e.active_days, "day", "days"), options.active_days)],
        Gate::Tenure => {
            let months = i64::from(e.tenure_months.unwrap_or(0));
            vec![format!("customer for {} ({} needed)", count(months, "month", "months"), options.tenure_months)]
        }
        Gate::Risk => vec![
            counted(e.open_disputes, "open dispute", "open disputes", "disputes", "activities"),
            counted(e.breached_clauses, "breached clause", "breached clauses", "breaches", "contracts"),
        ],
        Gate::Activity => {
            vec![format!(
                "a sale in {} of {} ({} needed)",
                e.active_periods,
                count(e.periods, "period", "periods"),
                needed_periods(e, options)
            )]
        }
        Gate::GoodForBoth => good_for_both(e, scale),
        Gate::Trust => {
            let mut complaints = counted(e.open_complaints, "unresolved complaint", "unresolved complaints", "complaints", "activities");
            let _ = write!(complaints, " in the last {}", count(i64::from(options.trust_periods), "period", "periods"));
            let broken = e.breached_clauses.zip(e.overdue_clauses).map(|(breached, overdue)| breached + overdue);
            vec![complaints, counted(broken, "breached or overdue clause", "breached or overdue clauses", "clauses kept", "contracts")]
        }
        Gate::Future => vec![describe_future(e, options)],
        Gate::Mutual => vec![match e.mutual {
            Some(true) => "attractive to each other".to_owned(),
            Some(false) => "not attractive to each other".to_owned(),
            None => "whether both sides attract each other is unknown (needs attractiveness both ways)".to_owned(),
        }],
        Gate::Joint => {
            let joint = counted(e.joint_activities, "joint activity", "joint activities", "joint activities", "activities");
            vec![format!("{joint} in the window ({} needed)", options.joint_activities)]
        }
    };
    parts.join(", ")
}

fn good_for_both(e: &RelationshipEvidence, scale: Scale) -> Vec<String> {
    let money = |minor: i128| scale.to_text(minor);
    let mut parts =
        vec![e.profit.map_or("profit unknown (needs the ledger's cost)".to_owned(), |profit| format!("profit {}", money(profit.into())))];
    parts.push(match e.half_revenues {
        Some((first, second)) => format!("revenue {} in the window's second half after {}", money(second), money(first)),
        None => "growth unknown (needs a window of two periods)".to_owned(),
    });
    if let Some((first, second)) = e.half_directions {
        parts.push(format!("{} after {first}", count(i64::try_from(second).unwrap_or(0), "direction", "directions")));
    }
    parts
}

fn describe_future(e: &RelationshipEvidence, options: &PyramidOptions) -> String {
    match (future(e, options), e.p_alive) {
        ((Some(true), false), _) if e.running_contracts.is_some_and(|running| running > 0) => "a contract is running".to_owned(),
        (_, Some(p_alive)) => format!("P(alive) {p_alive:.2} ({} needed), no running contract known", options.p_alive),
        ((Some(_), true), None) => format!(
            "silent for {}, usual gaps in the ledger are up to {} (a proxy, not P(alive))",
            count(i64::from(e.silent_days.unwrap_or(0)), "day", "days"),
            e.usual_gap.unwrap_or(0)
        ),
        _ => "a long future is unknown (needs P(alive) or a running contract)".to_owned(),
    }
}

fn count(number: i64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn counted(number: Option<usize>, one: &str, many: &str, what: &str, table: &str) -> String {
    match number {
        None => format!("{what} unknown (needs the table {table})"),
        Some(0) => format!("no {one}"),
        Some(number) => count(i64::try_from(number).unwrap_or(i64::MAX), one, many),
    }
}

#[cfg(test)]
mod tests {
    use super::super::gates::tests::known;
    use super::*;

    #[test]
    fn words_say_the_numbers_and_what_is_needed() {
        let words = |gate, e: &RelationshipEvidence| describe(gate, e, &PyramidOptions::default(), Scale::default());
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
        let words = describe(Gate::Future, &e, &options, Scale::default());
        assert_eq!(words, "silent for 20 days, usual gaps in the ledger are up to 30 (a proxy, not P(alive))");
    }
}
