//! Relationships as they were seen at the end of a period: no sale, activity or clause that came later counts. What no table dates, such as
//! the day on which a dispute was settled, is taken as it stands today.
//!
//! One pass over an account's cells fills dense series over the periods that matter; every moment is then answered from running sums.

use std::fmt;

use rayon::prelude::*;

use super::evidence::RelationshipEvidence;
use super::options::PyramidOptions;
use crate::crm::{ByAccount, Crm, Grouped, Kind, Status};
use crate::facts::{Facts, Perspective, Span, Window};
use crate::time::{Date, Period};

/// Accounts whose gaps are counted by one thread at a time.
const CHUNK: usize = 4_096;

/// A day from which relationships are seen: the end of a period, or `as_of` for the last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moment {
    /// The period that ends.
    pub period: Period,
    /// The day.
    pub day: Date,
    /// The window's first period.
    first: Period,
    /// The first day of the window, and of the periods that trust looks back on.
    window_start: Date,
    trust_start: Date,
    ymd: (i16, i8, i8),
    ends_month: bool,
}

/// What is known of P(alive) and of both sides' attraction, by account and by the place of the moment.
#[derive(Clone, Copy, Default)]
pub(super) struct Known<'a> {
    pub p_alive: Option<&'a (dyn Fn(usize, usize) -> Option<f64> + Sync)>,
    pub mutual: Option<&'a (dyn Fn(usize, usize) -> Option<bool> + Sync)>,
}

impl Known<'_> {
    /// Puts what is known of an account at a moment with what was seen of it.
    pub fn add_to(self, evidence: &mut RelationshipEvidence, at: usize, place: usize) {
        evidence.p_alive = self.p_alive.and_then(|known| known(at, place)).filter(|value| value.is_finite()).into();
        evidence.mutual = self.mutual.and_then(|known| known(at, place));
    }
}

/// Everything that is needed to see any account at any of the moments.
pub(super) struct Viewer {
    facts: Facts,
    crm: Crm,
    options: PyramidOptions,
    pub moments: Vec<Moment>,
    /// The first period of the series.
    base: Period,
    /// The number of the direction of each label; none without a direction column.
    directions: Option<Vec<Option<u32>>>,
    activities: Grouped,
    contracts: Grouped,
    usual_gaps: Vec<Option<i32>>,
    /// The first day of each period of cells from `first_cell` on.
    cell_starts: Vec<i32>,
    first_cell: i32,
}

/// The series of one account, kept from account to account so that none is allocated anew.
#[derive(Default)]
pub(super) struct Series {
    /// Running sums up to before each period of the series, and after the last.
    revenue: Vec<i64>,
    gain: Vec<i64>,
    active: Vec<i64>,
    /// Days with a sale up to the end of each period.
    days: Vec<i64>,
    /// The last day with a sale up to the end of each period; the smallest day where there is none.
    last: Vec<i32>,
    /// Per period the directions with a sale, as bits over the account's own directions.
    masks: Vec<u64>,
    own: Vec<u32>,
    words: usize,
    first_date: Option<Date>,
    first_ymd: (i16, i8, i8),
    first_period: Period,
}

impl Series {
    /// Had the account bought by that day?
    pub fn bought_by(&self, day: Date) -> bool {
        self.first_date.is_some_and(|first| first <= day)
    }
}

/// The rows of a crm table by account.
fn group(table: Option<&impl ByAccount>, facts: &Facts) -> Grouped {
    table.map_or_else(Grouped::default, |table| Grouped::new(&table.places(facts), facts.len()))
}

/// Two viewers are equal when they look at the same.
impl PartialEq for Viewer {
    fn eq(&self, other: &Self) -> bool {
        (&self.moments, &self.options, &self.crm, &self.facts) == (&other.moments, &other.options, &other.crm, &other.facts)
    }
}

impl fmt::Debug for Viewer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Viewer").field("moments", &self.moments).finish_non_exhaustive()
    }
}

impl Viewer {
    /// A viewer at the ends of the last `ends` periods, the last of which is `as_of`.
    pub fn new(facts: &Facts, crm: &Crm, options: &PyramidOptions, ends: usize) -> Self {
        let last = facts.span().last;
        let first = last.0.saturating_sub(i32::try_from(ends).unwrap_or(i32::MAX).saturating_sub(1));
        let length = last.0 - facts.span().first.0;
        let back = i32::try_from(options.trust_periods).unwrap_or(i32::MAX).saturating_sub(1);
        let earliest = facts.grain().period(Date(-700_000));
        let moment = |period: i32| {
            let day = if period == last.0 { facts.as_of() } else { facts.grain().end(Period(period)) };
            let first = match facts.options().window {
                Window::Periods(_) => Period(period - length),
                Window::All(_) => facts.span().first,
            };
            Moment {
                period: Period(period),
                day,
                first,
                window_start: facts.grain().start(first),
                trust_start: facts.grain().start(Period(period.saturating_sub(back)).max(earliest)),
                ymd: day.ymd(),
                ends_month: Date(day.0 + 1).ymd().2 == 1,
            }
        };
        let moments: Vec<Moment> = (first..=last.0).map(moment).collect();
        let labels = facts.labels();
        let directions = labels.has_direction.then(|| {
            let known = labels.directions();
            let number = |direction: &str| known.binary_search(&direction).ok().and_then(|at| u32::try_from(at).ok());
            labels.labels.iter().map(|label| label.direction.as_deref().and_then(number)).collect()
        });
        let (first_cell, last_cell) = cell_span(facts);
        let start = |cell: i32| facts.cell_grain().start(Period(cell)).0;
        let mut viewer = Viewer {
            base: moments.first().map_or(last, |moment| moment.first),
            facts: facts.clone(),
            crm: crm.clone(),
            options: options.clone(),
            directions,
            activities: group(crm.activities(), facts),
            contracts: group(crm.contracts(), facts),
            usual_gaps: vec![],
            cell_starts: (first_cell..=last_cell).map(start).collect(),
            first_cell,
            moments,
        };
        viewer.usual_gaps = viewer.count_gaps();
        viewer
    }

    fn cell_start(&self, cell: Period) -> i32 {
        usize::try_from(cell.0 - self.first_cell).ok().and_then(|at| self.cell_starts.get(at)).copied().unwrap_or(0)
    }

    /// The usual gap as it was known at each moment: gaps that ended by then. Only the last moment's is counted where the past needs none.
    fn count_gaps(&self) -> Vec<Option<i32>> {
        let last = self.moments.len() - 1;
        let first = if self.options.future_proxy { 0 } else { last };
        let ends: Vec<i32> = self.moments[first..].iter().map(|moment| moment.day.0).collect();
        let buckets = (0..self.facts.len())
            .into_par_iter()
            .step_by(CHUNK)
            .map(|from| {
                let mut counts: Vec<Vec<u64>> = vec![vec![]; ends.len()];
                for at in from..(from + CHUNK).min(self.facts.len()) {
                    let mut before: Option<i32> = None;
                    self.for_each_day(at, |day| {
                        if let Some(gap) = before.and_then(|before| usize::try_from(day - before).ok()) {
                            let bucket = &mut counts[ends.partition_point(|end| *end < day).min(ends.len() - 1)];
                            if bucket.len() <= gap {
                                bucket.resize(gap + 1, 0);
                            }
                            bucket[gap] += 1;
                        }
                        before = Some(day);
                    });
                }
                counts
            })
            .reduce(|| vec![vec![]; ends.len()], add_up);
        let mut known: Vec<u64> = vec![];
        let mut gaps = vec![None; first];
        for bucket in buckets {
            known = add(known, bucket);
            gaps.push(usual_gap(&known, self.options.usual_gap));
        }
        gaps
    }

    fn for_each_day(&self, at: usize, mut see: impl FnMut(i32)) {
        let (mut period, mut days) = (None, 0u32);
        let mut flush = |period: Option<Period>, mut days: u32| {
            let start = period.map_or(0, |period| self.cell_start(period));
            while days != 0 {
                see(start + i32::try_from(days.trailing_zeros()).unwrap_or(0));
                days &= days - 1;
            }
        };
        for (next, next_days) in self.facts.cell_days(at) {
            if period != Some(next) {
                flush(period, days);
                (period, days) = (Some(next), 0);
            }
            days |= next_days;
        }
        flush(period, days);
    }

    /// Does the ledger tell what an account brings us beyond revenue?
    pub fn has_gain(&self) -> bool {
        match self.facts.perspective() {
            Perspective::Customer => self.facts.window().cost.is_some(),
            Perspective::Supplier => self.facts.window().list_amount.is_some(),
        }
    }

    /// Revenue and gain of the window that ends at a moment.
    pub fn window_sums(&self, place: usize, series: &Series) -> (i64, i64) {
        let moment = &self.moments[place];
        let here = |period: Period| usize::try_from(period.0 - self.base.0).unwrap_or(0);
        let (first, last) = (here(moment.first), here(moment.period));
        (series.revenue[last + 1] - series.revenue[first], series.gain[last + 1] - series.gain[first])
    }

    /// Fills the series of an account.
    pub fn read(&self, at: usize, series: &mut Series) {
        let last = self.facts.span().last;
        let length = usize::try_from(last.0 - self.base.0 + 1).unwrap_or(0);
        let s = series;
        s.first_date = self.facts.first_date(at);
        s.first_ymd = s.first_date.map_or((0, 0, 0), Date::ymd);
        s.first_period = s.first_date.map_or(last, |day| self.facts.grain().period(day));
        for column in [&mut s.revenue, &mut s.gain, &mut s.active] {
            column.clear();
            column.resize(length + 1, 0);
        }
        s.days.clear();
        s.days.resize(length, 0);
        s.last.clear();
        s.last.resize(length, i32::MIN);
        self.read_directions(at, s, length);
        let is_buying = self.facts.perspective() == Perspective::Supplier;
        let (mut seen, mut days, mut before) = (None, 0u32, (0i64, i32::MIN));
        for cell in self.facts.cells(at) {
            if seen != Some(cell.period) {
                (seen, days) = (Some(cell.period), 0);
            }
            let new_days = i64::from((cell.days & !days).count_ones());
            days |= cell.days;
            let last_day =
                if days == 0 { i32::MIN } else { self.cell_start(cell.period) + 31 - i32::try_from(days.leading_zeros()).unwrap_or(0) };
            let period = self.facts.period_of(&cell);
            let Ok(place) = usize::try_from(period.0 - self.base.0) else {
                before = (before.0 + new_days, before.1.max(last_day));
                continue;
            };
            if place >= length {
                break;
            }
            s.revenue[place + 1] += cell.revenue;
            s.gain[place + 1] += if is_buying { cell.list_amount - cell.revenue } else { cell.revenue - cell.cost - cell.cost_to_serve };
            s.active[place + 1] |= i64::from(cell.sale_lines > 0);
            s.days[place] += new_days;
            s.last[place] = s.last[place].max(last_day);
        }
        for place in 0..length {
            s.revenue[place + 1] += s.revenue[place];
            s.gain[place + 1] += s.gain[place];
            s.active[place + 1] += s.active[place];
            before = (before.0 + s.days[place], before.1.max(s.last[place]));
            (s.days[place], s.last[place]) = before;
        }
    }

    fn read_directions(&self, at: usize, s: &mut Series, length: usize) {
        let Some(directions) = &self.directions else { return };
        let direction = |label: u32| directions.get(label as usize).copied().flatten();
        s.own.clear();
        s.own.extend(self.facts.cells(at).filter(|cell| cell.sale_lines > 0).filter_map(|cell| direction(cell.label)));
        s.own.sort_unstable();
        s.own.dedup();
        s.words = s.own.len().div_ceil(64).max(1);
        s.masks.clear();
        s.masks.resize(length * s.words, 0);
        for cell in self.facts.cells(at).filter(|cell| cell.sale_lines > 0) {
            let place = usize::try_from(self.facts.period_of(&cell).0 - self.base.0).ok().filter(|place| *place < length);
            let own = direction(cell.label).and_then(|direction| s.own.binary_search(&direction).ok());
            if let Some((place, own)) = place.zip(own) {
                s.masks[place * s.words + own / 64] |= 1 << (own % 64);
            }
        }
    }

    /// How the account whose series this is was seen at a moment, without what other methods know of it.
    pub fn see(&self, at: usize, place: usize, series: &Series) -> RelationshipEvidence {
        let moment = &self.moments[place];
        let here = |period: Period| usize::try_from(period.0 - self.base.0).unwrap_or(0);
        let (first, last) = (here(moment.first), here(moment.period));
        let window = |sums: &[i64]| sums[last + 1] - sums[first];
        let first_date = series.first_date.filter(|first| *first <= moment.day);
        let halves = halves(moment);
        let of_half = |sums: &[i64], half: Span| sums[here(half.last) + 1] - sums[here(half.first)];
        let range = |half: Span| self.range(series, here(half.first), here(half.last));
        let last_day = series.last[last];
        let mut evidence = RelationshipEvidence {
            first_date,
            active_days: count(series.days[last]),
            tenure_months: first_date.map(|_| full_months(series.first_ymd, moment.ymd, moment.ends_month)),
            silent_days: (last_day != i32::MIN).then(|| moment.day.0 - last_day),
            active_periods: count(window(&series.active)),
            periods: first_date.map_or(0, |_| count(moment.period.0 - moment.first.max(series.first_period).0 + 1)),
            gain: self.has_gain().then(|| window(&series.gain)),
            half_revenues: halves.map(|(first, second)| (of_half(&series.revenue, first), of_half(&series.revenue, second))),
            half_directions: halves.filter(|_| self.directions.is_some()).map(|(first, second)| (range(first), range(second))),
            usual_gap: self.usual_gaps[place],
            ..RelationshipEvidence::default()
        };
        self.see_activities(at, moment, &mut evidence);
        self.see_contracts(at, moment, &mut evidence);
        evidence
    }

    /// The distinct directions from one place of the series to another.
    fn range(&self, series: &Series, first: usize, last: usize) -> u32 {
        let words = series.words;
        let count = |word: usize| (first..=last).fold(0, |bits, place| bits | series.masks[place * words + word]).count_ones();
        (0..words).map(count).sum()
    }

    fn see_activities(&self, at: usize, moment: &Moment, evidence: &mut RelationshipEvidence) {
        let Some(activities) = self.crm.activities() else { return };
        let (mut disputes, mut complaints, mut joint) = (0, 0, 0);
        for row in self.activities.of(at) {
            let (day, kind) = (activities.date[row], activities.kind[row]);
            if day > moment.day {
                continue;
            }
            joint += u32::from(kind.is_joint() && day >= moment.window_start);
            if matches!(kind, Kind::Dispute | Kind::Complaint) && !activities.is_resolved(row) {
                disputes += u32::from(kind == Kind::Dispute);
                complaints += u32::from(kind == Kind::Complaint && day >= moment.trust_start);
            }
        }
        (evidence.open_disputes, evidence.open_complaints, evidence.joint_activities) = (Some(disputes), Some(complaints), Some(joint));
    }

    /// Clauses as they stood: one is open until the day it is due, whatever became of it; a breach is known from that day on.
    fn see_contracts(&self, at: usize, moment: &Moment, evidence: &mut RelationshipEvidence) {
        let Some(contracts) = self.crm.contracts() else { return };
        let (mut breached, mut overdue, mut running) = (0, 0, 0);
        for row in self.contracts.of(at) {
            let is_open = contracts.status_on(row, moment.day) == Status::Open;
            let is_running = contracts.is_running(row, moment.day);
            breached += u32::from(contracts.status_on(row, moment.day) == Status::Breached);
            overdue += u32::from(is_open && !is_running);
            running += u32::from(is_running);
        }
        (evidence.breached_clauses, evidence.overdue_clauses, evidence.running_contracts) = (Some(breached), Some(overdue), Some(running));
    }
}

/// A count, which is never negative.
fn count(number: impl TryInto<u32>) -> u32 {
    number.try_into().unwrap_or(0)
}

/// The window's first and second half, equally long: the middle one of an odd number of periods belongs to neither.
fn halves(moment: &Moment) -> Option<(Span, Span)> {
    let half = (moment.period.0 - moment.first.0 + 1) / 2;
    let until = |first: i32| Span { first: Period(first), last: Period(first + half - 1) };
    (half > 0).then(|| (until(moment.first.0), until(moment.period.0 - half + 1)))
}

/// The first and the last period of cells.
fn cell_span(facts: &Facts) -> (i32, i32) {
    let spans = (0..facts.len()).into_par_iter().with_min_len(CHUNK).map(|at| {
        // An account's cells stand in the order of their periods.
        let first = facts.cells(at).next().map_or(i32::MAX, |cell| cell.period.0);
        let last = facts.last_date(at).map_or(i32::MIN, |day| facts.cell_grain().period(day).0);
        (first, last)
    });
    let (first, last) = spans.reduce(|| (i32::MAX, i32::MIN), |a, b| (a.0.min(b.0), a.1.max(b.1)));
    if first <= last { (first, last) } else { (0, -1) }
}

/// Full calendar months between two days: from the 31st, a shorter month is full on its last day.
fn full_months((year, month, day): (i16, i8, i8), (last_year, last_month, last_day): (i16, i8, i8), ends_month: bool) -> i32 {
    let months = (i32::from(last_year) - i32::from(year)) * 12 + i32::from(last_month) - i32::from(month);
    months - i32::from(last_day < day && !ends_month)
}

fn add_up(mut a: Vec<Vec<u64>>, b: Vec<Vec<u64>>) -> Vec<Vec<u64>> {
    a.iter_mut().zip(b).for_each(|(a, b)| *a = add(std::mem::take(a), b));
    a
}

fn add(mut a: Vec<u64>, b: Vec<u64>) -> Vec<u64> {
    if a.len() < b.len() {
        a.resize(b.len(), 0);
    }
    a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
    a
}

/// The smallest gap that at least this share of all gaps do not exceed.
#[expect(clippy::cast_precision_loss, reason = "a count of gaps far below 2⁵³")]
fn usual_gap(counts: &[u64], share: f64) -> Option<i32> {
    let needed = share * counts.iter().sum::<u64>() as f64;
    let mut seen = 0;
    let gap = counts.iter().position(|count| {
        seen += count;
        *count > 0 && seen as f64 >= needed - 1e-9
    });
    gap.and_then(|gap| i32::try_from(gap).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn months(first: &str, last: &str) -> i32 {
        let (first, last) = (Date::parse(first).unwrap(), Date::parse(last).unwrap());
        full_months(first.ymd(), last.ymd(), Date(last.0 + 1).ymd().2 == 1)
    }

    #[test]
    fn months_are_those_of_the_calendar() {
        assert_eq!(months("2024-01-15", "2024-04-15"), 3);
        assert_eq!(months("2024-01-15", "2024-04-14"), 2);
        assert_eq!(months("2023-11-30", "2024-02-29"), 3);
        assert_eq!(months("2023-11-30", "2024-02-28"), 2);
        assert_eq!(months("2024-03-31", "2024-06-30"), 3);
        assert_eq!(months("2024-12-31", "2024-12-31"), 0);
        assert_eq!(months("2023-12-31", "2024-12-30"), 11);
    }

    #[test]
    fn most_gaps_do_not_exceed_the_usual_one() {
        let mut counts = vec![0; 40];
        (counts[7], counts[30], counts[31]) = (5, 4, 1);
        assert_eq!(usual_gap(&counts, 0.9), Some(30));
        assert_eq!(usual_gap(&counts, 0.5), Some(7));
        assert_eq!(usual_gap(&counts, 1.0), Some(31));
        assert_eq!(usual_gap(&[], 0.9), None);
    }
}
