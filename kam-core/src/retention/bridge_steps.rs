//! The walk behind the bridge: every account's way from one span of periods to the next, added up in exact integers.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::facts::{Cell, Facts};
use crate::time::{Date, Period};

/// What an account did between an opening and a closing span of periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Movement {
    /// It bought in the closing span for the first time ever.
    New,
    /// It bought in the closing span and before the opening one, but not in the opening one.
    Returned,
    /// It bought in both, and more in the closing one.
    Expansion,
    /// It bought in both for the same revenue.
    Steady,
    /// It bought in both, and less in the closing one.
    Contraction,
    /// It bought in the opening span only.
    Lost,
    /// It bought in neither.
    Absent,
}

impl Movement {
    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Movement::New => "new",
            Movement::Returned => "returned",
            Movement::Expansion => "expansion",
            Movement::Steady => "steady",
            Movement::Contraction => "contraction",
            Movement::Lost => "lost",
            Movement::Absent => "absent",
        }
    }

    /// Did it buy in the opening span, and did it in the closing one?
    pub(super) fn bought(self) -> (bool, bool) {
        let before = matches!(self, Movement::Expansion | Movement::Steady | Movement::Contraction | Movement::Lost);
        let now = matches!(self, Movement::Expansion | Movement::Steady | Movement::Contraction | Movement::New | Movement::Returned);
        (before, now)
    }

    /// By who bought when: a purchase is a line with a positive amount.
    pub(super) fn of(opening: Part, closing: Part, earlier: bool) -> Self {
        match (opening.bought, closing.bought) {
            (false, true) if earlier => Movement::Returned,
            (false, true) => Movement::New,
            (true, false) => Movement::Lost,
            (false, false) => Movement::Absent,
            (true, true) => match closing.revenue.cmp(&opening.revenue) {
                std::cmp::Ordering::Greater => Movement::Expansion,
                std::cmp::Ordering::Equal => Movement::Steady,
                std::cmp::Ordering::Less => Movement::Contraction,
            },
        }
    }
}

/// A bridge: how the revenue of the opening span became that of the closing one. Money is in minor units.
///
/// opening + new + returned + expansion − contraction − lost = closing, to the last minor unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bridge {
    /// Revenue of the opening span: what is taken to recur.
    pub opening: i128,
    /// Revenue of accounts that bought for the first time ever.
    pub new: i128,
    /// Revenue of accounts that bought before the opening span, not in it, and now again.
    pub returned: i128,
    /// What accounts that bought in both spans bought more.
    pub expansion: i128,
    /// What accounts that bought in both spans bought less.
    pub contraction: i128,
    /// Revenue of accounts that bought in the opening span and not in the closing one.
    pub lost: i128,
    /// Revenue of the closing span.
    pub closing: i128,
    /// Of the expansion: in directions that the account did not buy in the opening span. Only in bridges by direction.
    pub cross_sold: i128,
    /// Of the contraction: in directions that the account no longer buys. Only in bridges by direction.
    pub dropped: i128,
    /// Accounts that bought in the opening span.
    pub opening_accounts: i64,
    /// Accounts by what they did.
    pub new_accounts: i64,
    /// Accounts that came back.
    pub returned_accounts: i64,
    /// Accounts that bought in both spans and more.
    pub expansion_accounts: i64,
    /// Accounts that bought in both spans and less.
    pub contraction_accounts: i64,
    /// Accounts that bought in the opening span only.
    pub lost_accounts: i64,
    /// Accounts that bought in the closing span.
    pub closing_accounts: i64,
}

impl Bridge {
    /// Gross revenue retention: (opening − contraction − lost) ÷ opening; `None` where the opening is not positive.
    #[must_use]
    pub fn gross_revenue_retention(&self) -> Option<f64> {
        share(self.opening - self.contraction - self.lost, self.opening)
    }

    /// Net revenue retention: (opening + expansion − contraction − lost) ÷ opening; `None` where the opening is not positive.
    #[must_use]
    pub fn net_revenue_retention(&self) -> Option<f64> {
        share(self.opening + self.expansion - self.contraction - self.lost, self.opening)
    }

    /// The accounts of the opening span that bought in the closing one too, as a share; `None` without any.
    #[must_use]
    pub fn account_retention(&self) -> Option<f64> {
        share((self.opening_accounts - self.lost_accounts).into(), self.opening_accounts.into())
    }

    /// Does it add up, in money and in accounts?
    #[must_use]
    pub fn closes(&self) -> bool {
        self.opening + self.new + self.returned + self.expansion - self.contraction - self.lost == self.closing
            && self.opening_accounts + self.new_accounts + self.returned_accounts - self.lost_accounts == self.closing_accounts
    }

    /// Adds one account, or its part in one direction.
    pub(super) fn add(&mut self, movement: Movement, opening: Part, closing: Part, by_direction: bool) {
        self.opening += i128::from(opening.revenue);
        self.closing += i128::from(closing.revenue);
        let change = i128::from(closing.revenue) - i128::from(opening.revenue);
        match movement {
            Movement::New => self.new += change,
            Movement::Returned => self.returned += change,
            Movement::Lost => self.lost -= change,
            _ if change > 0 => {
                self.expansion += change;
                self.cross_sold += if by_direction && !opening.bought && closing.bought { change } else { 0 };
            }
            _ => {
                self.contraction -= change;
                self.dropped -= if by_direction && opening.bought && !closing.bought { change } else { 0 };
            }
        }
        // In a direction, the movement is the account's and the purchases are the direction's.
        let movement = if by_direction { Movement::of(opening, closing, movement == Movement::Returned) } else { movement };
        self.opening_accounts += i64::from(opening.bought);
        self.closing_accounts += i64::from(closing.bought);
        self.new_accounts += i64::from(movement == Movement::New);
        self.returned_accounts += i64::from(movement == Movement::Returned);
        self.expansion_accounts += i64::from(movement == Movement::Expansion);
        self.contraction_accounts += i64::from(movement == Movement::Contraction);
        self.lost_accounts += i64::from(movement == Movement::Lost);
    }

    fn merge(&mut self, other: &Bridge) {
        self.opening += other.opening;
        self.new += other.new;
        self.returned += other.returned;
        self.expansion += other.expansion;
        self.contraction += other.contraction;
        self.lost += other.lost;
        self.closing += other.closing;
        self.cross_sold += other.cross_sold;
        self.dropped += other.dropped;
        self.opening_accounts += other.opening_accounts;
        self.new_accounts += other.new_accounts;
        self.returned_accounts += other.returned_accounts;
        self.expansion_accounts += other.expansion_accounts;
        self.contraction_accounts += other.contraction_accounts;
        self.lost_accounts += other.lost_accounts;
        self.closing_accounts += other.closing_accounts;
    }
}

pub(super) use crate::facts::ranking::share;

/// What an account did in one span, or in one direction of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    pub revenue: i64,
    pub bought: bool,
}

impl Part {
    fn add(&mut self, revenue: i64, is_sale: bool) {
        self.revenue += revenue;
        self.bought |= is_sale;
    }
}

/// Spans of equally many periods, the last of which ends with the period that holds `as_of`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spans {
    /// The first period with a line of the whole ledger.
    earliest: Period,
    last: Period,
    periods: i32,
    count: usize,
}

impl Spans {
    pub fn new(facts: &Facts, periods: u32) -> Self {
        let last = facts.grain().period(facts.as_of());
        let earliest = (0..facts.len())
            .into_par_iter()
            .filter_map(|at| facts.cells(at).next().map(|cell| facts.period_of(&cell)))
            .min()
            .unwrap_or(last);
        let mut spans = Spans { earliest: earliest.min(last), last, periods: i32::try_from(periods).unwrap_or(i32::MAX), count: 0 };
        spans.count = spans.number(spans.earliest);
        spans
    }

    /// How many spans the history has, the first of which may be cut short.
    pub fn count(self) -> usize {
        self.count
    }

    /// How many spans lie from the one of a period to the last, both counted.
    fn number(self, period: Period) -> usize {
        usize::try_from((self.last.0 - period.0) / self.periods).unwrap_or(0) + 1
    }

    /// The place of a period's span.
    pub fn of(self, period: Period) -> usize {
        self.count() - self.number(period)
    }

    /// The first and the last period of a span.
    pub fn bounds(self, span: usize) -> (Period, Period) {
        let after = i32::try_from(self.count() - 1 - span).unwrap_or(0);
        let last = self.last.0 - after * self.periods;
        (Period(last - self.periods + 1), Period(last))
    }

    /// Does the ledger cover the whole of a span?
    pub fn is_complete(self, span: usize, facts: &Facts) -> bool {
        let (first, last) = self.bounds(span);
        first >= self.earliest && facts.grain().end(last) <= facts.as_of()
    }

    /// The first and the last day of a span, no later than `as_of`.
    pub fn days(self, span: usize, facts: &Facts) -> (Date, Date) {
        let (first, last) = self.bounds(span);
        (facts.grain().start(first), facts.grain().end(last).min(facts.as_of()))
    }
}

/// The bridges into every span: over all accounts, and by direction.
#[derive(Clone, Debug, Default)]
pub(super) struct Steps {
    pub all: Vec<Bridge>,
    /// By span and the direction's place in [`Directions`].
    pub by_direction: HashMap<(usize, u32), Bridge>,
}

/// The directions of a ledger, ascending, those without a name first; and which of them each label has.
pub(super) struct Directions<'a> {
    pub names: Vec<Option<&'a str>>,
    of_label: Vec<u32>,
}

impl<'a> Directions<'a> {
    /// `None` where the ledger has no such column.
    pub fn of(facts: &'a Facts) -> Option<Self> {
        let labels = facts.labels();
        if !labels.has_direction {
            return None;
        }
        let mut names: Vec<Option<&str>> = labels.labels.iter().map(|label| label.direction.as_deref()).collect();
        names.sort_unstable();
        names.dedup();
        let place = |name: Option<&str>| u32::try_from(names.partition_point(|other| *other < name)).unwrap_or(0);
        let of_label = labels.labels.iter().map(|label| place(label.direction.as_deref())).collect();
        Some(Directions { names, of_label })
    }

    pub fn place(&self, cell: &Cell) -> u32 {
        self.of_label[cell.label as usize]
    }
}

/// One account's parts, kept between accounts to spare the allocations.
#[derive(Default)]
struct Scratch {
    /// Its spans with a line, oldest first.
    spans: Vec<(usize, Part)>,
    /// Its spans and directions with a line, ascending.
    directions: Vec<(usize, u32, Part)>,
}

impl Steps {
    pub fn of(facts: &Facts, spans: Spans, directions: Option<&Directions<'_>>) -> Self {
        let empty = || (Steps { all: vec![Bridge::default(); spans.count()], by_direction: HashMap::new() }, Scratch::default());
        // Sums of whole numbers do not depend on how the accounts are cut.
        let add = |(mut steps, mut scratch): (Steps, Scratch), at: usize| {
            steps.add(facts, at, spans, directions, &mut scratch);
            (steps, scratch)
        };
        (0..facts.len()).into_par_iter().with_min_len(8192).fold(empty, add).map(|(steps, _)| steps).reduce(|| empty().0, Steps::merge)
    }

    fn merge(mut self, other: Steps) -> Steps {
        for (mine, theirs) in self.all.iter_mut().zip(&other.all) {
            mine.merge(theirs);
        }
        for (place, theirs) in &other.by_direction {
            self.by_direction.entry(*place).or_default().merge(theirs);
        }
        self
    }

    fn add(&mut self, facts: &Facts, at: usize, spans: Spans, directions: Option<&Directions<'_>>, scratch: &mut Scratch) {
        let Scratch { spans: own, directions: parts } = scratch;
        own.clear();
        parts.clear();
        for bought in facts.purchases(at) {
            let span = spans.of(bought.period);
            if own.last().is_none_or(|(last, _)| *last != span) {
                own.push((span, Part::default()));
            }
            if let Some((_, part)) = own.last_mut() {
                part.add(bought.revenue, bought.is_sale);
            }
        }
        if let Some(directions) = directions {
            for cell in facts.cells(at) {
                let mut part = Part::default();
                part.add(cell.revenue, cell.sale_lines > 0);
                parts.push((spans.of(facts.period_of(&cell)), directions.place(&cell), part));
            }
        }
        if directions.is_some() {
            put_together(parts);
        }
        let first_purchase = own.iter().find(|(_, part)| part.bought).map(|(span, _)| *span);
        for (place, (span, part)) in own.iter().enumerate() {
            let before = if place > 0 && own[place - 1].0 + 1 == *span { own[place - 1].1 } else { Part::default() };
            let earlier = first_purchase.is_some_and(|first| first < *span);
            self.step(*span, before, *part, earlier, parts);
            // What is bought in one span and not in the next is lost in that next one.
            let next = own.get(place + 1).map(|(span, _)| *span);
            if next != Some(span + 1) && span + 1 < spans.count() {
                self.step(span + 1, *part, Part::default(), true, parts);
            }
        }
    }

    /// One account's way into a span.
    fn step(&mut self, span: usize, opening: Part, closing: Part, earlier: bool, parts: &[(usize, u32, Part)]) {
        let movement = Movement::of(opening, closing, earlier);
        self.all[span].add(movement, opening, closing, false);
        let of = |span: usize| {
            let start = parts.partition_point(|(other, _, _)| *other < span);
            let end = parts.partition_point(|(other, _, _)| *other <= span);
            &parts[start..end]
        };
        let (before, now) = (if span > 0 { of(span - 1) } else { &[] }, of(span));
        let (mut a, mut b) = (0, 0);
        while a < before.len() || b < now.len() {
            let direction = match (before.get(a), now.get(b)) {
                (Some((_, left, _)), Some((_, right, _))) => *left.min(right),
                (Some((_, only, _)), None) | (None, Some((_, only, _))) => *only,
                (None, None) => break,
            };
            let take = |parts: &[(usize, u32, Part)], at: &mut usize| match parts.get(*at) {
                Some((_, other, part)) if *other == direction => {
                    *at += 1;
                    *part
                }
                _ => Part::default(),
            };
            let (opening, closing) = (take(before, &mut a), take(now, &mut b));
            self.by_direction.entry((span, direction)).or_default().add(movement, opening, closing, true);
        }
    }
}

/// Sorts parts by span and direction and adds up those of one place.
fn put_together(parts: &mut Vec<(usize, u32, Part)>) {
    parts.sort_unstable_by_key(|(span, direction, _)| (*span, *direction));
    parts.dedup_by(|next, kept| {
        let same = (next.0, next.1) == (kept.0, kept.1);
        if same {
            kept.2.revenue += next.2.revenue;
            kept.2.bought |= next.2.bought;
        }
        same
    });
}
