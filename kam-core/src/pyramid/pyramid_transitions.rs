//! The way up and down the pyramid: every account's level at the end of every period, and how long it takes to climb.

use std::collections::BTreeMap;
use std::sync::Arc;

use kam_numerics::stats;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::as_of::{Known, Series, Viewer};
use super::evidence::RelationshipEvidence;
use super::gates::{Gate, Gates};
use super::levels::{Level, blocks, level};
use super::options::PyramidOptions;
use super::words::{Voice, describe, future_note};
use crate::crm::Crm;
use crate::error::{Code, Error, Result};
use crate::facts::Facts;
use crate::method::Options;
use crate::nullable::Nullable;
use crate::time::Date;

/// What is taken for the past where the data carry no date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Undated {
    /// Today's answer: ratings change slowly.
    #[default]
    AsToday,
    /// Nothing: the gate is unknown at every end of a period before the last.
    Unknown,
}

/// Options of [`pyramid_transitions`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PyramidTransitionsOptions {
    /// How many ends of periods are looked at, the last of which is `as_of`; fewer where the ledger is younger.
    pub periods: u32,
    /// Climbers and fallers: over how many periods up to `as_of` levels are compared; all that are looked at where there are fewer.
    pub compare: u32,
    /// Whether both sides attract each other carries no date: take today's answer for the past, or none.
    pub undated: Undated,
    /// The table `account_levels` is left empty where it would have more rows than this; `spells` says the same in fewer.
    pub max_account_levels: usize,
    /// The thresholds of the levels, as those of the method pyramid.
    pub pyramid: PyramidOptions,
}

impl Default for PyramidTransitionsOptions {
    fn default() -> Self {
        PyramidTransitionsOptions {
            periods: 24,
            compare: 12,
            undated: Undated::AsToday,
            max_account_levels: 1_000_000,
            pyramid: PyramidOptions::default(),
        }
    }
}

impl Options for PyramidTransitionsOptions {
    fn validate(&self) -> Result<()> {
        if !(2..=10_000).contains(&self.periods) {
            return Err(Error::option("periods", self.periods, "2 to 10,000"));
        }
        if self.compare == 0 {
            return Err(Error::option("compare", 0, "at least 1"));
        }
        self.pyramid.validate().map_err(|error| error.at("pyramid"))
    }
}

/// A probability by account, in key order, and by the place of the period's end, the oldest first.
pub type PAliveAt<'a> = &'a (dyn Fn(usize, usize) -> Option<f64> + Sync);

/// What other methods worked out.
#[derive(Clone, Copy, Default)]
pub struct PyramidTransitionsInputs<'a> {
    /// The probability of being alive as it was known at each end of a period: account in key order, place of the end in [`period_ends`].
    pub p_alive: Option<PAliveAt<'a>>,
    /// Why there is no P(alive), where a purchase model was asked and could not tell.
    pub why_no_p_alive: Option<&'a str>,
    /// Are both sides attractive to each other today? In the order of the facts' keys.
    pub mutual: Option<&'a [Option<bool>]>,
}

/// The states of the matrix: the levels, the lowest first.
pub(super) const STATES: usize = 5;
pub(super) const LEVELS: [Level; STATES] = [Level::None, Level::Transaction, Level::Cooperation, Level::Partnership, Level::Synergy];

/// The levels' accounts and value at one end of a period. Money is in minor units and that of the window which ended then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LevelsAt {
    /// Per level, the lowest first: how many accounts.
    pub accounts: [usize; STATES],
    /// How many of them provisionally.
    pub provisional: [usize; STATES],
    /// Their revenue.
    pub revenue: [i128; STATES],
    /// Their profit, or savings of a buyer; `None` without the ledger's column.
    pub gain: Option<[i128; STATES]>,
}

/// An account whose level is another than it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Mover {
    /// Its place in the facts' keys.
    pub account: usize,
    /// Where it stood.
    pub from: Level,
    /// Where it stands.
    pub to: Level,
    /// The end of the first period since which it has stood there.
    pub since: Date,
    /// The gates that opened or closed, as bits in the order of [`Gate::ALL`].
    gates: u16,
    before: Told,
    now: Told,
}

/// What other methods knew of an account at an end of a period. All else is seen again when somebody asks: half a million movers would take
/// 200 MB with all that was seen of them.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Told {
    p_alive: Nullable,
    mutual: Option<bool>,
}

impl Mover {
    /// The gates that opened or closed and account for it.
    pub fn gates(&self) -> impl Iterator<Item = Gate> + use<> {
        let gates = self.gates;
        Gate::ALL.into_iter().filter(move |gate| gates & gate_bit(*gate) != 0)
    }
}

fn gate_bit(gate: Gate) -> u16 {
    1 << gate as u16
}

/// Transitions in figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PyramidTransitionsSummary {
    /// How many accounts there are.
    pub accounts: usize,
    /// How many ends of periods were looked at.
    pub periods: usize,
    /// The first of them.
    pub first_end: Date,
    /// Movements between two ends, from one level to another.
    pub moves: u64,
    /// Those upwards, first purchases left out.
    pub climbs: u64,
    /// Those downwards.
    pub falls: u64,
    /// Accounts that stand higher than they did `compare` periods ago.
    pub climbers: usize,
    /// Accounts that stand lower.
    pub fallers: usize,
    /// The end that climbers and fallers are compared with.
    pub compared_with: Date,
    /// How many accounts stand on each level now.
    pub levels: BTreeMap<&'static str, usize>,
    /// Expected periods to climb to the next level or above, by the level it starts from; null where it was never seen to lead there.
    pub periods_to_climb: BTreeMap<&'static str, Option<f64>>,
    /// Gates that the past does not tell, or only by today's answer.
    pub undated_gates: Vec<&'static str>,
    /// What is special about this result.
    pub note: Option<String>,
}

/// The result of [`pyramid_transitions`].
#[derive(Clone, Debug, PartialEq)]
pub struct PyramidTransitions {
    /// The ends of the periods, the oldest first.
    pub ends: Vec<Date>,
    /// The levels at each end.
    pub levels: Vec<LevelsAt>,
    /// Movements from one level to another or the same, the lowest first.
    pub counts: Vec<Vec<u64>>,
    /// The maximum likelihood estimate per level from transaction up; `None` for a level that nobody stood on.
    pub probabilities: Vec<Option<Vec<f64>>>,
    /// Expected periods from a level to another or above it: rows and columns from transaction up; 0 where it is there already.
    pub expected_periods: Vec<Vec<Option<f64>>>,
    /// Climbers and fallers.
    pub movers: Vec<Mover>,
    /// The figures.
    pub summary: PyramidTransitionsSummary,
    /// Account by account, end by end: the level, and whether it is provisional.
    pub(super) path: Vec<u8>,
    /// What movers are seen by, and the place of the end that they are compared with.
    viewer: Arc<Viewer>,
    compared: usize,
    options: PyramidOptions,
    voice: Voice,
}

pub(super) const PROVISIONAL: u8 = 8;

impl PyramidTransitions {
    /// The level of an account at an end, by its place.
    #[must_use]
    pub fn level(&self, account: usize, end: usize) -> Level {
        LEVELS[usize::from(self.path[account * self.ends.len() + end] & !PROVISIONAL)]
    }

    pub(super) fn is_provisional(&self, account: usize, end: usize) -> bool {
        self.path[account * self.ends.len() + end] & PROVISIONAL != 0
    }

    /// What changed for a mover, gate by gate, in words.
    #[must_use]
    pub fn changed(&self, mover: &Mover) -> Vec<String> {
        let evidence = self.seen(mover);
        let said = |gate: Gate| {
            let mut text = String::new();
            self.write_change(&evidence, gate, &mut text);
            text
        };
        mover.gates().map(said).collect()
    }

    /// What was seen of a mover at the end that it is compared with, and what is seen now.
    pub(super) fn seen(&self, mover: &Mover) -> [RelationshipEvidence; 2] {
        let mut series = Series::default();
        self.viewer.read(mover.account, &mut series);
        [(self.compared, mover.before), (self.ends.len() - 1, mover.now)].map(|(place, told)| {
            let mut evidence = self.viewer.see(mover.account, place, &series);
            (evidence.p_alive, evidence.mutual) = (told.p_alive, told.mutual);
            evidence
        })
    }

    pub(super) fn write_change(&self, [before, now]: &[RelationshipEvidence; 2], gate: Gate, text: &mut String) {
        text.push_str(gate.name());
        text.push_str(": ");
        // Writing to a text cannot fail.
        let _ = describe(text, gate, now, &self.options, &self.voice);
        text.push_str("; before: ");
        let _ = describe(text, gate, before, &self.options, &self.voice);
    }
}

/// The ends of the periods that are looked at, the oldest first: that of the period of the ledger's first sale at the earliest.
#[must_use]
pub fn period_ends(facts: &Facts, options: &PyramidTransitionsOptions) -> Vec<Date> {
    let last = facts.span().last;
    let first = (0..facts.len()).filter_map(|at| facts.first_date(at)).min().map_or(last, |day| facts.grain().period(day));
    let wanted = i32::try_from(options.periods).unwrap_or(i32::MAX);
    let ends = (last.0 - first.0 + 1).clamp(1, wanted);
    (last.0 - ends + 1..=last.0)
        .map(|period| if period == last.0 { facts.as_of() } else { facts.grain().end(crate::time::Period(period)) })
        .collect()
}

/// What one thread counts.
struct Tally {
    levels: Vec<LevelsAt>,
    counts: Vec<Vec<u64>>,
}

impl Tally {
    fn new(ends: usize, has_gain: bool) -> Self {
        let levels = LevelsAt { gain: has_gain.then_some([0; STATES]), ..LevelsAt::default() };
        Tally { levels: vec![levels; ends], counts: vec![vec![0; STATES]; STATES] }
    }

    fn add(mut self, other: Tally) -> Tally {
        for (here, there) in self.levels.iter_mut().zip(&other.levels) {
            for state in 0..STATES {
                here.accounts[state] += there.accounts[state];
                here.provisional[state] += there.provisional[state];
                here.revenue[state] += there.revenue[state];
                if let (Some(here), Some(there)) = (&mut here.gain, &there.gain) {
                    here[state] += there[state];
                }
            }
        }
        for (here, there) in self.counts.iter_mut().flatten().zip(other.counts.iter().flatten()) {
            *here += there;
        }
        self
    }
}

/// Accounts that one thread judges at a time.
pub(super) const CHUNK: usize = 2_048;

/// Puts every account on its level at every end of a period, as it was known then, and counts how they move.
pub fn pyramid_transitions(
    facts: &Facts,
    crm: &Crm,
    inputs: &PyramidTransitionsInputs<'_>,
    options: &PyramidTransitionsOptions,
) -> Result<PyramidTransitions> {
    options.validate()?;
    if let Some(len) = inputs.mutual.map(<[Option<bool>]>::len).filter(|len| *len != facts.len()) {
        let message = format!("pyramid_transitions: mutual has {len} values for {} accounts", facts.len());
        return Err(Error::new(Code::StateMismatch, message).with_hint("give one value per account of the facts, in key order"));
    }
    let ends = period_ends(facts, options);
    let last = ends.len() - 1;
    let mutual = inputs
        .mutual
        .map(|values| move |at: usize, place: usize| if place == last || options.undated == Undated::AsToday { values[at] } else { None });
    let known = Known { p_alive: inputs.p_alive, mutual: mutual.as_ref().map(|known| known as _) };
    let viewer = Viewer::new(facts, crm, &options.pyramid, ends.len());
    let mut path = vec![0u8; facts.len() * ends.len()];
    let tally = path
        .par_chunks_mut(CHUNK * ends.len())
        .enumerate()
        .map(|(chunk, path)| judge(&viewer, known, &options.pyramid, chunk * CHUNK, path))
        .reduce(|| Tally::new(ends.len(), viewer.has_gain()), Tally::add);
    let probabilities = stats::transition_probabilities(&tally.counts.iter().skip(1).map(|row| row[1..].to_vec()).collect::<Vec<_>>());
    let steps: Vec<Vec<Option<f64>>> = (0..STATES - 1)
        .map(|target| stats::expected_steps(&probabilities, &std::array::from_fn::<bool, { STATES - 1 }, _>(|state| state >= target)))
        .collect();
    let expected_periods: Vec<Vec<Option<f64>>> = (0..STATES - 1).map(|from| steps.iter().map(|to| to[from]).collect()).collect();
    let compared = last.saturating_sub(options.compare as usize);
    let movers = movers(&viewer, known, &options.pyramid, &path, &ends, compared);
    let count = |of: fn(usize, usize) -> bool| {
        let pairs = (0..STATES).flat_map(|from| (0..STATES).map(move |to| (from, to)));
        pairs.filter(|(from, to)| of(*from, *to)).map(|(from, to)| tally.counts[from][to]).sum()
    };
    let next = |state: usize| expected_periods[state - 1].get(state).copied().flatten();
    // No table says since when a dispute is resolved, a clause is broken or a customer thinks of us as he does.
    let dated_future = inputs.p_alive.is_some() || options.pyramid.future_proxy;
    let settled_some_day = crm.activities().is_some() || crm.contracts().is_some();
    let undated = [(settled_some_day, Gate::Risk), (settled_some_day, Gate::Trust), (!dated_future, Gate::Future), (true, Gate::Mutual)];
    let undated = undated.into_iter().filter(|(is_undated, _)| *is_undated).map(|(_, gate)| gate.name()).collect();
    let summary = PyramidTransitionsSummary {
        accounts: facts.len(),
        periods: ends.len(),
        first_end: ends[0],
        moves: count(|from, to| from != to),
        climbs: count(|from, to| from > 0 && to > from),
        falls: count(|from, to| to < from),
        climbers: movers.iter().filter(|mover| mover.to > mover.from).count(),
        fallers: movers.iter().filter(|mover| mover.to < mover.from).count(),
        compared_with: ends[compared],
        levels: LEVELS.iter().zip(tally.levels[last].accounts).map(|(level, accounts)| (level.name(), accounts)).collect(),
        periods_to_climb: (1..STATES - 1).map(|state| (LEVELS[state].name(), next(state))).collect(),
        undated_gates: undated,
        note: match (last, inputs.why_no_p_alive) {
            (0, _) => Some("the ledger has one period only: nothing moved".to_owned()),
            (_, why) => why.map(|why| future_note(why, &options.pyramid)),
        },
    };
    Ok(PyramidTransitions {
        ends,
        levels: tally.levels,
        counts: tally.counts,
        probabilities,
        expected_periods,
        movers,
        summary,
        path,
        viewer: Arc::new(viewer),
        compared,
        options: options.pyramid.clone(),
        voice: Voice::of(facts),
    })
}

/// The level that evidence leads to. P(alive) costs more than all other evidence together, and decides about partnership alone: where another
/// gate already keeps an account from it, `add` is not asked.
fn stand(mut evidence: RelationshipEvidence, add: impl FnOnce(&mut RelationshipEvidence), options: &PyramidOptions) -> (Level, bool) {
    let gates = Gates::of(&evidence, options);
    let is_kept = |gate: &Gate| {
        let decides = gate.level() <= Level::Partnership && *gate != Gate::Future;
        decides && blocks(gates.state(*gate), gate.level(), options.unknown_gates)
    };
    if Gate::ALL.iter().any(is_kept) {
        return level(&gates, options.unknown_gates);
    }
    add(&mut evidence);
    level(&Gates::of(&evidence, options), options.unknown_gates)
}

/// Judges the accounts from one on, as many as the path has room for.
fn judge(viewer: &Viewer, known: Known<'_>, options: &PyramidOptions, from: usize, path: &mut [u8]) -> Tally {
    let ends = viewer.moments.len();
    let mut tally = Tally::new(ends, viewer.has_gain());
    let mut series = Series::default();
    for (nth, path) in path.chunks_mut(ends).enumerate() {
        viewer.read(from + nth, &mut series);
        let mut before: Option<usize> = None;
        for (place, path) in path.iter_mut().enumerate() {
            let (state, provisional) = match series.bought_by(viewer.moments[place].day) {
                false => (0, false),
                true => {
                    let evidence = viewer.see(from + nth, place, &series);
                    let (level, provisional) = stand(evidence, |evidence| known.add_to(evidence, from + nth, place), options);
                    (level as usize, provisional)
                }
            };
            let at = &mut tally.levels[place];
            let (revenue, gain) = viewer.window_sums(place, &series);
            at.accounts[state] += 1;
            at.provisional[state] += usize::from(provisional);
            at.revenue[state] += i128::from(revenue);
            if let Some(sums) = &mut at.gain {
                sums[state] += i128::from(gain);
            }
            if let Some(before) = before {
                tally.counts[before][state] += 1;
            }
            before = Some(state);
            *path = u8::try_from(state).unwrap_or(0) | if provisional { PROVISIONAL } else { 0 };
        }
    }
    tally
}

/// Accounts whose level at the last end is another than at the one they are compared with; first purchases are no climb.
fn movers(viewer: &Viewer, known: Known<'_>, options: &PyramidOptions, path: &[u8], ends: &[Date], compared: usize) -> Vec<Mover> {
    let (count, last) = (ends.len(), ends.len() - 1);
    let state = |at: usize, place: usize| usize::from(path[at * count + place] & !PROVISIONAL);
    let mut movers: Vec<Mover> = (0..path.len() / count)
        .into_par_iter()
        .filter(|at| state(*at, compared) > 0 && state(*at, compared) != state(*at, last))
        .map_init(Series::default, |series, at| {
            viewer.read(at, series);
            let [before, now] = [compared, last].map(|place| {
                let mut evidence = viewer.see(at, place, series);
                known.add_to(&mut evidence, at, place);
                evidence
            });
            let (from, to) = (LEVELS[state(at, compared)], LEVELS[state(at, last)]);
            let (gates_before, gates_now) = (Gates::of(&before, options), Gates::of(&now, options));
            // What counts lies between the two levels: gates of the steps that were taken.
            let steps = from.min(to)..=from.max(to);
            let blocked = |gates: &Gates, gate: Gate| blocks(gates.state(gate), gate.level(), options.unknown_gates);
            let changed = Gate::ALL.into_iter().filter(|gate| {
                gate.level() > *steps.start() && gate.level() <= *steps.end() && blocked(&gates_before, *gate) != blocked(&gates_now, *gate)
            });
            let gates = changed.map(gate_bit).fold(0, |gates, gate| gates | gate);
            let since = (0..last).rev().find(|place| state(at, *place) != state(at, last)).map_or(ends[0], |place| ends[place + 1]);
            let told = |evidence: &RelationshipEvidence| Told { p_alive: evidence.p_alive, mutual: evidence.mutual };
            Mover { account: at, from, to, since, gates, before: told(&before), now: told(&now) }
        })
        .collect();
    // Climbers before fallers, the largest steps first, then in the order of the keys.
    movers.sort_by_key(|mover| (std::cmp::Reverse(mover.to as i32 - mover.from as i32), mover.account));
    movers
}

#[cfg(test)]
mod tests {
    use super::super::gates::tests::known;
    use super::super::options::UnknownGates;
    use super::*;

    /// Whoever is asked for P(alive) or not, the level is the one that all that is known leads to.
    #[test]
    fn p_alive_is_asked_for_where_it_decides() {
        let changes: [fn(&mut RelationshipEvidence); 9] = [
            |_| (),
            |e| e.active_days = 1,
            |e| e.open_disputes = Some(1),
            |e| e.open_disputes = None,
            |e| e.gain = Some(-1),
            |e| e.open_complaints = None,
            |e| e.running_contracts = Some(1),
            |e| e.joint_activities = Some(0),
            |e| e.active_periods = 1,
        ];
        let mut spared = 0;
        for (first, second) in changes.iter().flat_map(|first| changes.iter().map(move |second| (first, second))) {
            for p_alive in [Nullable::NONE, 0.1.into(), 0.9.into()] {
                for (unknown_gates, future_proxy) in
                    [(UnknownGates::Provisional, false), (UnknownGates::Provisional, true), (UnknownGates::Block, false)]
                {
                    let options = PyramidOptions { unknown_gates, future_proxy, ..PyramidOptions::default() };
                    let mut whole = RelationshipEvidence { p_alive, ..known() };
                    first(&mut whole);
                    second(&mut whole);
                    let seen = RelationshipEvidence { p_alive: Nullable::NONE, mutual: None, ..whole.clone() };
                    let mut asked = false;
                    let add = |evidence: &mut RelationshipEvidence| {
                        asked = true;
                        (evidence.p_alive, evidence.mutual) = (whole.p_alive, whole.mutual);
                    };
                    let found = stand(seen, add, &options);
                    assert_eq!(found, level(&Gates::of(&whole, &options), unknown_gates), "{whole:?}");
                    spared += usize::from(!asked);
                }
            }
        }
        assert!(spared > 300, "{spared}");
    }
}
