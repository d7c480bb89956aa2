//! The gates of the pyramid: what must hold for a level, and what the evidence says of it.

use serde::Serialize;

use super::evidence::RelationshipEvidence;
use super::levels::Level;
use super::options::PyramidOptions;

/// Does a gate stand open?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GateState {
    /// It holds.
    Met,
    /// It does not hold.
    NotMet,
    /// No data say.
    Unknown,
}

impl GateState {
    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            GateState::Met => "met",
            GateState::NotMet => "not_met",
            GateState::Unknown => "unknown",
        }
    }

    fn of(holds: Option<bool>) -> Self {
        match holds {
            Some(true) => GateState::Met,
            Some(false) => GateState::NotMet,
            None => GateState::Unknown,
        }
    }
}

/// A gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// Transaction: bought at least once.
    Bought,
    /// Cooperation: enough days with a sale to know each other.
    ActiveDays,
    /// Cooperation: long enough a customer to know each other.
    Tenure,
    /// Cooperation: no open dispute, no broken clause.
    Risk,
    /// Partnership: a sale in enough of the periods.
    Activity,
    /// Partnership: profit for us, and range or volume that do not shrink.
    GoodForBoth,
    /// Partnership: no complaint left unresolved, contracts kept.
    Trust,
    /// Partnership: alive with high probability, or bound by a contract.
    Future,
    /// Synergy: attractive to each other.
    Mutual,
    /// Synergy: acting together.
    Joint,
}

impl Gate {
    /// All gates, from the foot of the pyramid up.
    pub const ALL: [Gate; 10] = [
        Gate::Bought,
        Gate::ActiveDays,
        Gate::Tenure,
        Gate::Risk,
        Gate::Activity,
        Gate::GoodForBoth,
        Gate::Trust,
        Gate::Future,
        Gate::Mutual,
        Gate::Joint,
    ];

    /// Its name; its column is `gate_` and the name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Gate::Bought => "bought",
            Gate::ActiveDays => "active_days",
            Gate::Tenure => "tenure",
            Gate::Risk => "risk",
            Gate::Activity => "activity",
            Gate::GoodForBoth => "good_for_both",
            Gate::Trust => "trust",
            Gate::Future => "future",
            Gate::Mutual => "mutual",
            Gate::Joint => "joint",
        }
    }

    /// The level that it leads to.
    #[must_use]
    pub fn level(self) -> Level {
        match self {
            Gate::Bought => Level::Transaction,
            Gate::ActiveDays | Gate::Tenure | Gate::Risk => Level::Cooperation,
            Gate::Activity | Gate::GoodForBoth | Gate::Trust | Gate::Future => Level::Partnership,
            Gate::Mutual | Gate::Joint => Level::Synergy,
        }
    }
}

/// The states of all gates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gates {
    states: [GateState; 10],
    /// Was the future judged by the ledger's gaps for want of P(alive)?
    pub future_by_proxy: bool,
}

impl Gates {
    /// The state of a gate.
    #[must_use]
    pub fn state(&self, gate: Gate) -> GateState {
        self.states[gate as usize]
    }

    /// What the evidence says of every gate. A part without data leaves its gate unknown unless another part already closes it.
    #[must_use]
    pub fn of(evidence: &RelationshipEvidence, options: &PyramidOptions) -> Self {
        let e = evidence;
        let none = |count: Option<u32>| count.map(|count| count == 0);
        let months = i32::try_from(options.tenure_months).unwrap_or(i32::MAX);
        let (future, future_by_proxy) = future(e, options);
        let holds = |gate: Gate| match gate {
            Gate::Bought => Some(e.first_date.is_some()),
            Gate::ActiveDays => Some(e.active_days >= options.active_days),
            Gate::Tenure => Some(e.tenure_months.is_some_and(|tenure| tenure >= months)),
            Gate::Risk => all_of(&[none(e.open_disputes), none(e.breached_clauses)]),
            Gate::Activity => Some(e.periods > 0 && e.active_periods >= needed_periods(e, options)),
            Gate::GoodForBoth => all_of(&[e.gain.map(|gain| gain > 0), keeps_size(e, options)]),
            Gate::Trust => all_of(&[none(e.open_complaints), none(e.breached_clauses), none(e.overdue_clauses)]),
            Gate::Future => future,
            Gate::Mutual => e.mutual,
            Gate::Joint => e.joint_activities.map(|joint| joint >= options.joint_activities),
        };
        Gates { states: Gate::ALL.map(|gate| GateState::of(holds(gate))), future_by_proxy }
    }
}

/// Do all parts hold? One that does not decides; else one without data leaves it open.
fn all_of(parts: &[Option<bool>]) -> Option<bool> {
    if parts.contains(&Some(false)) {
        return Some(false);
    }
    (!parts.contains(&None)).then_some(true)
}

/// The periods with a sale that the share asks for.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count")]
pub(super) fn needed_periods(e: &RelationshipEvidence, options: &PyramidOptions) -> u32 {
    // The small step down keeps 0.6 of 10 at 6, whatever the product of the doubles is.
    ((options.activity * f64::from(e.periods) - 1e-9).ceil() as u32).max(1)
}

/// Is range or volume kept up? Without directions, volume alone decides.
fn keeps_size(e: &RelationshipEvidence, options: &PyramidOptions) -> Option<bool> {
    let (first, second) = e.half_revenues?;
    #[expect(clippy::cast_precision_loss, reason = "a comparison with a share")]
    let volume = if options.shrinkage == 0.0 { second >= first } else { second as f64 >= first as f64 * (1.0 - options.shrinkage) };
    let range = e.half_directions.is_some_and(|(first, second)| second > 0 && second >= first);
    Some(volume || range)
}

/// Is a long future likely? And was that judged by the ledger's gaps?
pub(super) fn future(e: &RelationshipEvidence, options: &PyramidOptions) -> (Option<bool>, bool) {
    if e.running_contracts.is_some_and(|running| running > 0) {
        return (Some(true), false);
    }
    if let Some(p_alive) = e.p_alive.get() {
        return (Some(p_alive >= options.p_alive), false);
    }
    match (options.future_proxy, e.silent_days, e.usual_gap) {
        (true, Some(silent), Some(gap)) => (Some(silent <= gap), true),
        _ => (None, false),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::nullable::Nullable;
    use crate::time::Date;

    pub(in super::super) fn known() -> RelationshipEvidence {
        RelationshipEvidence {
            first_date: Date::new(2023, 1, 5),
            active_days: 10,
            tenure_months: Some(23),
            silent_days: Some(20),
            open_disputes: Some(0),
            breached_clauses: Some(0),
            active_periods: 6,
            periods: 12,
            gain: Some(1),
            half_revenues: Some((100, 100)),
            half_directions: None,
            open_complaints: Some(0),
            overdue_clauses: Some(0),
            running_contracts: Some(0),
            p_alive: 0.8.into(),
            usual_gap: Some(30),
            mutual: Some(true),
            joint_activities: Some(1),
        }
    }

    fn state(gate: Gate, evidence: &RelationshipEvidence) -> GateState {
        Gates::of(evidence, &PyramidOptions::default()).state(gate)
    }

    #[test]
    fn every_gate_stands_with_its_level() {
        let by_level: Vec<Gate> = Level::DESCENDING.into_iter().rev().flat_map(Level::gates).copied().collect();
        assert_eq!(by_level, Gate::ALL);
        assert!(Gate::ALL.into_iter().all(|gate| gate.level().gates().contains(&gate)));
    }

    #[test]
    fn every_threshold_is_met_when_it_is_reached() {
        for gate in Gate::ALL {
            assert_eq!(state(gate, &known()), GateState::Met, "{gate:?}");
        }
        assert_eq!(Gate::ALL.map(|gate| gate as usize), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }

    #[test]
    fn one_step_below_is_not_met() {
        let one = |change: fn(&mut RelationshipEvidence), gate| {
            let mut evidence = known();
            change(&mut evidence);
            for other in Gate::ALL {
                let expected = if other == gate { GateState::NotMet } else { GateState::Met };
                assert_eq!(state(other, &evidence), expected, "{other:?} while {gate:?} falls");
            }
        };
        one(|e| e.first_date = None, Gate::Bought);
        one(|e| e.active_days = 1, Gate::ActiveDays);
        one(|e| e.tenure_months = Some(2), Gate::Tenure);
        one(|e| e.open_disputes = Some(1), Gate::Risk);
        one(|e| e.active_periods = 5, Gate::Activity);
        one(|e| e.gain = Some(0), Gate::GoodForBoth);
        one(|e| e.half_revenues = Some((100, 99)), Gate::GoodForBoth);
        one(|e| e.open_complaints = Some(1), Gate::Trust);
        one(|e| e.overdue_clauses = Some(1), Gate::Trust);
        one(|e| e.p_alive = 0.79.into(), Gate::Future);
        one(|e| e.mutual = Some(false), Gate::Mutual);
        one(|e| e.joint_activities = Some(0), Gate::Joint);
    }

    #[test]
    fn without_data_a_gate_is_unknown_unless_a_part_decides() {
        let mut e = known();
        (e.open_disputes, e.open_complaints, e.joint_activities, e.p_alive, e.mutual) = (None, None, None, Nullable::NONE, None);
        for gate in [Gate::Risk, Gate::Trust, Gate::Future, Gate::Mutual, Gate::Joint] {
            assert_eq!(state(gate, &e), GateState::Unknown, "{gate:?}");
        }
        e.breached_clauses = Some(1);
        assert_eq!((state(Gate::Risk, &e), state(Gate::Trust, &e)), (GateState::NotMet, GateState::NotMet));
        e.gain = None;
        assert_eq!(state(Gate::GoodForBoth, &e), GateState::Unknown);
        e.half_revenues = Some((10, 5));
        assert_eq!(state(Gate::GoodForBoth, &e), GateState::NotMet);
    }

    #[test]
    fn range_makes_up_for_volume() {
        let mut e = known();
        e.half_revenues = Some((100, 50));
        e.half_directions = Some((2, 2));
        assert_eq!(state(Gate::GoodForBoth, &e), GateState::Met);
        e.half_directions = Some((0, 0));
        assert_eq!(state(Gate::GoodForBoth, &e), GateState::NotMet, "nothing bought is no range kept");
        let options = PyramidOptions { shrinkage: 0.5, ..PyramidOptions::default() };
        assert_eq!(Gates::of(&e, &options).state(Gate::GoodForBoth), GateState::Met);
    }

    #[test]
    fn the_future_by_contract_by_model_by_proxy() {
        let mut e = known();
        (e.p_alive, e.running_contracts) = (0.1.into(), Some(1));
        assert_eq!(state(Gate::Future, &e), GateState::Met);
        (e.p_alive, e.running_contracts) = (0.1.into(), None);
        assert_eq!(state(Gate::Future, &e), GateState::NotMet);
        e.p_alive = Nullable::NONE;
        let proxy = PyramidOptions { future_proxy: true, ..PyramidOptions::default() };
        let gates = Gates::of(&e, &proxy);
        assert_eq!((gates.state(Gate::Future), gates.future_by_proxy), (GateState::Met, true));
        e.silent_days = Some(31);
        assert_eq!(Gates::of(&e, &proxy).state(Gate::Future), GateState::NotMet);
        e.usual_gap = None;
        assert_eq!(Gates::of(&e, &proxy).state(Gate::Future), GateState::Unknown, "nobody ever came back");
    }

    #[test]
    fn half_of_an_odd_number_of_periods_is_rounded_up() {
        let e = RelationshipEvidence { active_periods: 2, periods: 5, ..known() };
        assert_eq!(state(Gate::Activity, &e), GateState::NotMet);
        assert_eq!(state(Gate::Activity, &RelationshipEvidence { active_periods: 3, ..e }), GateState::Met);
        let six_tenths = PyramidOptions { activity: 0.6, ..PyramidOptions::default() };
        let e = RelationshipEvidence { active_periods: 6, periods: 10, ..known() };
        assert_eq!(Gates::of(&e, &six_tenths).state(Gate::Activity), GateState::Met);
    }
}
