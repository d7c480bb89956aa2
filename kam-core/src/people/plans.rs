//! Plan against actual revenue, by manager and by account, for the times that plans are for.

use std::collections::{BTreeMap, BTreeSet};

use super::managers::Managers;
use crate::crm::{Crm, rounded};
use crate::facts::Facts;
use crate::time::Date;

/// The days a plan is for.
pub type PlanSpan = (Date, Date);

/// A target and what became of it. Money is in minor units.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanRow {
    /// The manager's name or the account's key; `None` for revenue that belongs to no manager.
    pub whose: Option<String>,
    /// The days it is for.
    pub span: PlanSpan,
    /// The target; `None` for revenue without one.
    pub target: Option<i128>,
    /// The revenue of those days up to `as_of`; `None` where the periods of the facts do not make up the span.
    pub actual: Option<i128>,
}

/// All plans.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlansAgainstActual {
    /// By time and manager. The rows of one time add up to the ledger's revenue in it: who has no target is in it too.
    pub managers: Vec<PlanRow>,
    /// By time and account, as far as accounts have targets.
    pub accounts: Vec<PlanRow>,
}

/// Revenue counts for the manager named on the line (`by_line`), or for the manager of the account.
pub(super) fn plans(facts: &Facts, crm: &Crm, managers: &Managers, by_line: bool) -> PlansAgainstActual {
    let Some(plans) = crm.plans() else { return PlansAgainstActual::default() };
    #[expect(clippy::cast_precision_loss, reason = "a power of ten of at most a million")]
    let minor = facts.scale().units() as f64;
    let mut of_managers: BTreeMap<PlanSpan, BTreeMap<usize, [Option<i128>; 2]>> = BTreeMap::new();
    let mut of_accounts: BTreeMap<(PlanSpan, &str), i128> = BTreeMap::new();
    for row in 0..plans.target.len() {
        let value = |column: &'_ Option<Vec<Option<String>>>| column.as_ref().is_some_and(|column| column[row].is_some());
        let span = plans.period[row].days(facts.grain());
        let target = rounded(plans.target[row] * minor);
        let account = plans.account.as_ref().and_then(|account| account[row].as_deref());
        if value(&plans.manager) {
            let place = managers.place(plans.manager.as_ref().and_then(|manager| manager[row].as_deref()));
            // Targets with accounts are parts of a target for all of them, where there is one.
            let part = usize::from(account.is_some());
            *of_managers.entry(span).or_default().entry(place).or_default()[part].get_or_insert(0) += target;
        }
        if let Some(account) = account {
            *of_accounts.entry((span, account)).or_default() += target;
        }
    }
    let spans: BTreeSet<PlanSpan> = of_managers.keys().copied().collect();
    let mut actual = actuals(facts, managers, &spans, by_line);
    let mut result = PlansAgainstActual::default();
    for (span, targets) in of_managers {
        let sums = actual.remove(&span);
        for place in 0..=managers.len() {
            let target = targets.get(&place).and_then(|[all, parts]| all.or(*parts));
            let earned = sums.as_ref().map(|sums| sums[place]);
            if target.is_some() || earned.is_some_and(|earned| earned != 0) {
                result.managers.push(PlanRow { whose: managers.name(place).map(str::to_owned), span, target, actual: earned });
            }
        }
    }
    for ((span, account), target) in of_accounts {
        let earned = is_made_of_cells(facts, span).then(|| {
            let inside = |day: Date| (span.0..=span.1).contains(&day);
            let at = facts.keys().find(account);
            at.map_or(0, |at| {
                facts.cells(at).filter(|cell| inside(facts.cell_grain().start(cell.period))).map(|cell| i128::from(cell.revenue)).sum()
            })
        });
        result.accounts.push(PlanRow { whose: Some(account.to_owned()), span, target: Some(target), actual: earned });
    }
    result
}

fn is_made_of_cells(facts: &Facts, (first, last): PlanSpan) -> bool {
    let grain = facts.cell_grain();
    grain.start(grain.period(first)) == first && grain.end(grain.period(last)) == last
}

/// Revenue by span and manager, in one pass over the cells.
fn actuals(facts: &Facts, managers: &Managers, spans: &BTreeSet<PlanSpan>, by_line: bool) -> BTreeMap<PlanSpan, Vec<i128>> {
    let grain = facts.cell_grain();
    let spans: Vec<PlanSpan> = spans.iter().copied().filter(|span| is_made_of_cells(facts, *span)).collect();
    let mut of_period: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
    for (place, span) in spans.iter().enumerate() {
        for period in grain.period(span.0).0..=grain.period(span.1).0 {
            of_period.entry(period).or_default().push(place);
        }
    }
    let of_label: Vec<usize> = facts.labels().labels.iter().map(|label| managers.place(label.manager.as_deref())).collect();
    let mut sums = vec![vec![0i128; managers.len() + 1]; spans.len()];
    for at in 0..facts.len() {
        for cell in facts.cells(at) {
            let manager = if by_line { of_label[cell.label as usize] } else { managers.of_account[at] };
            for place in of_period.get(&cell.period.0).into_iter().flatten() {
                sums[*place][manager] += i128::from(cell.revenue);
            }
        }
    }
    spans.into_iter().zip(sums).collect()
}
