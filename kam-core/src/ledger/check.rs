//! From a batch to checked rows: every row is used, unassigned, after `as_of`, or quarantined with a reason.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::columns::{Columns, Formula};
use super::quarantine::{Quarantine, Rejected};
use super::read::{Dates, KeyColumn, Numbers, TextColumn};
use super::reconciliation::Reconciliation;
use super::rules::{self, Number, Role, Rule};
use super::whole::Whole;
use crate::error::{Code, Error, Result};
use crate::money::{NumberFormat, Rates, Rounded, Scale};
use crate::time::Date;

/// How the rows of one ledger are checked; the same for all its batches.
#[derive(Clone, Debug)]
pub(crate) struct Checks {
    pub columns: Columns,
    pub rates: Option<Arc<Rates>>,
    pub as_of: Option<Date>,
    pub zone: TimeZone,
    pub format: NumberFormat,
    pub extras: Extras,
}

/// Which word after the amount holds what; `None` where the ledger has no such column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extras {
    pub cost: Option<usize>,
    pub cost_to_serve: Option<usize>,
    pub list_amount: Option<usize>,
    pub order: Option<usize>,
    pub labels: bool,
}

impl Extras {
    /// How many words of money follow the amount; the order stands after them.
    pub fn money(&self) -> usize {
        [self.cost, self.cost_to_serve, self.list_amount].iter().flatten().count()
    }
}

/// A batch, where it stands, and the rows of it that a reader already knows to be broken.
pub(crate) struct Part {
    pub batch: RecordBatch,
    /// The file, or the number of the stream.
    pub source: Option<Arc<str>>,
    /// The number of its first row in the source, from 1.
    pub first_row: u64,
    /// Rows with too many or too few fields: the place in the batch and what was found.
    pub ragged: Vec<(usize, String)>,
}

/// What is known of the rows of a part after the checks, one value a row; only rows that are [`Checked::is_used`] mean anything.
#[derive(Default)]
pub(crate) struct Checked {
    /// Every row is used.
    clean: bool,
    used: Vec<bool>,
    /// Not quarantined and with an account: used, or after `as_of`.
    assigned: Vec<bool>,
    pub days: Vec<i32>,
    pub amounts: Vec<i64>,
    pub cost: Vec<i64>,
    pub cost_to_serve: Vec<i64>,
    pub list_amount: Vec<i64>,
    broken: Vec<(usize, Role, Rule)>,
    without_cost: Vec<usize>,
    without_list_amount: Vec<usize>,
}

/// What the checks counted, to be merged over all parts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub reconciliation: Reconciliation,
    pub quarantine: Quarantine,
    /// The sum of the absolute values of all money of used rows.
    #[serde(with = "crate::money::wide")]
    pub absolute: i128,
    pub currencies: BTreeSet<String>,
    /// The first and last day of used rows.
    pub days: Option<(i32, i32)>,
}

impl Counts {
    /// The same, with the quarantine in its final order.
    pub fn settled(&self) -> Counts {
        let mut counts = self.clone();
        counts.quarantine.settle();
        counts
    }

    pub fn add_days(&mut self, first: i32, last: i32) {
        let (earliest, latest) = self.days.unwrap_or((first, last));
        self.days = Some((earliest.min(first), latest.max(last)));
    }

    pub fn merge(&mut self, other: Counts) {
        self.reconciliation.merge(&other.reconciliation);
        if !other.quarantine.is_empty() {
            self.quarantine.merge(other.quarantine);
        }
        self.absolute += other.absolute;
        self.currencies.extend(other.currencies);
        if let Some((first, last)) = other.days {
            self.add_days(first, last);
        }
    }
}

/// The columns of a part, ready to be read.
pub(crate) struct Bound {
    pub keys: KeyColumn,
    dates: Dates,
    amount: Money,
    cost: Option<Money>,
    cost_to_serve: Option<Money>,
    list_amount: Option<Money>,
    pub orders: Option<TextColumn>,
    pub directions: Option<TextColumn>,
    pub managers: Option<TextColumn>,
    currencies: Option<TextColumn>,
}

/// The rates of one currency by day.
type RatesByDay<'a> = &'a [(Date, crate::money::Rate)];

/// A money column, or two put together.
enum Money {
    Column(Numbers),
    Product(Numbers, Numbers),
    Difference(Numbers, Numbers),
}

impl Money {
    #[inline]
    fn get(&self, row: usize, scale: Scale) -> Option<Result<Rounded, Rule>> {
        let both = |left: &Numbers, right: &Numbers, put: fn(Number, Number) -> Result<Number, Rule>| {
            let (left, right) = (left.number(row)?, right.number(row)?);
            Some(left.and_then(|left| put(left, right?)).and_then(|number| rules::money(number, scale)))
        };
        match self {
            Money::Column(column) => column.money(row, scale),
            Money::Product(left, right) => both(left, right, rules::product),
            Money::Difference(left, right) => both(left, right, rules::difference),
        }
    }
}

impl Bound {
    /// The days, where they are days without a gap.
    pub fn days(&self) -> Option<&[i32]> {
        self.dates.whole()
    }

    /// Amount, cost, cost to serve and list amount as they are, where all that are mapped are whole numbers without a gap.
    pub fn money(&self) -> Option<[Option<&[i64]>; 4]> {
        let mut columns = [None; 4];
        let mapped = [Some(&self.amount), self.cost.as_ref(), self.cost_to_serve.as_ref(), self.list_amount.as_ref()];
        for (column, money) in columns.iter_mut().zip(mapped) {
            if let Some(money) = money {
                let Money::Column(numbers) = money else { return None };
                *column = Some(numbers.whole()?);
            }
        }
        Some(columns)
    }

    pub fn has_currencies(&self) -> bool {
        self.currencies.is_some()
    }
}

impl Checks {
    pub fn new(columns: &Columns, rates: Option<Arc<Rates>>, as_of: Option<Date>) -> Result<Self> {
        columns.validate()?;
        let mut next = 0;
        let mut place = |column: &Option<String>| {
            column.as_ref().map(|_| {
                next += 1;
                next - 1
            })
        };
        let extras = Extras {
            cost: place(&columns.cost),
            cost_to_serve: place(&columns.cost_to_serve),
            list_amount: place(&columns.list_amount),
            order: place(&columns.order),
            labels: columns.direction.is_some() || columns.manager.is_some(),
        };
        Ok(Checks {
            zone: crate::time::zone(&columns.timezone)?,
            format: columns.number_format()?,
            columns: columns.clone(),
            rates,
            as_of,
            extras,
        })
    }

    /// Finds the columns of a batch; a missing one or one of a wrong type is an error that names it.
    pub fn bind(&self, batch: &RecordBatch) -> Result<Bound> {
        let names: Vec<String> = batch.schema_ref().fields().iter().map(|field| field.name().clone()).collect();
        let find = |name: &str| -> Result<&ArrayRef> { Ok(batch.column(self.columns.place(name, &names)?)) };
        let text = |name: &Option<String>, role: &str| -> Result<Option<TextColumn>> {
            name.as_deref()
                .map(|name| {
                    let array = find(name)?;
                    TextColumn::new(name, array)?
                        .ok_or_else(|| super::read::wrong_type(name, array.data_type(), role, "text, categories or whole numbers"))
                })
                .transpose()
        };
        let numbers = |name: &str| {
            let array = find(name)?;
            refuse_postgres_money(name, batch)?;
            Numbers::new(name, array, &self.format)
        };
        let money = |name: &str| -> Result<Money> {
            Ok(match Formula::of(name, &names) {
                Formula::Column(name) => Money::Column(numbers(&name)?),
                Formula::Product(left, right) => Money::Product(numbers(&left)?, numbers(&right)?),
                Formula::Difference(left, right) => Money::Difference(numbers(&left)?, numbers(&right)?),
            })
        };
        let optional = |name: &Option<String>| name.as_deref().map(money).transpose();
        let columns = &self.columns;
        Ok(Bound {
            keys: KeyColumn::new(&columns.account, find(&columns.account)?)?,
            dates: Dates::new(&columns.date, find(&columns.date)?, columns.date_format.as_deref(), &self.zone)?,
            amount: money(&columns.amount)?,
            cost: optional(&columns.cost)?,
            cost_to_serve: optional(&columns.cost_to_serve)?,
            list_amount: optional(&columns.list_amount)?,
            orders: text(&columns.order, "an order")?,
            directions: text(&columns.direction, "a direction")?,
            managers: text(&columns.manager, "a manager")?,
            currencies: text(&columns.currency, "a currency")?,
        })
    }
}

/// PostgreSQL's type `money` comes over ADBC as whole minor units of the server's locale, which nothing but the name of the type tells
/// from whole units.
fn refuse_postgres_money(name: &str, batch: &RecordBatch) -> Result<()> {
    let is_money = batch.schema_ref().field_with_name(name).is_ok_and(|field| {
        ["POSTGRESQL:type", "ADBC:postgresql:typname"].iter().any(|key| field.metadata().get(key).is_some_and(|kind| kind == "money"))
    });
    if is_money {
        let message =
            format!("column `{name}` is PostgreSQL's type `money`, whose driver gives minor units and does not say of how many decimals");
        return Err(Error::new(Code::ColumnType, message).with_hint(format!("cast it in the query: {name}::numeric")));
    }
    Ok(())
}

impl Checked {
    #[inline]
    pub fn is_used(&self, row: usize) -> bool {
        self.used[row]
    }

    /// The columns, where every row is used.
    pub fn whole(&self) -> Option<Whole<'_>> {
        self.clean.then(|| Whole {
            days: &self.days,
            amounts: &self.amounts,
            more: [&self.cost, &self.cost_to_serve, &self.list_amount].map(|column| (!column.is_empty()).then_some(column.as_slice())),
            units: 1,
            span: (i32::MIN, i32::MAX),
            most: u64::MAX,
        })
    }

    /// Checks the rows of a part and counts what becomes of each.
    pub fn check(&mut self, checks: &Checks, part: &Part, bound: &Bound, counts: &mut Counts) {
        let rows = part.batch.num_rows();
        self.reset(rows, checks);
        for (row, _) in &part.ragged {
            self.broken.push((*row, Role::Row, Rule::Ragged));
        }
        self.read_dates(checks, bound, rows);
        let mut rounding = vec![];
        self.read_money(checks, bound, rows, &mut rounding);
        if let Some(currencies) = &bound.currencies {
            self.convert(checks, currencies, rows, &mut rounding, counts);
        }
        self.count(checks, part, bound, &rounding, counts);
    }

    fn reset(&mut self, rows: usize, checks: &Checks) {
        self.broken.clear();
        self.without_cost.clear();
        self.without_list_amount.clear();
        self.used.clear();
        self.used.resize(rows, true);
        self.assigned.clear();
        self.assigned.resize(rows, false);
        for (wanted, column) in [
            (true, &mut self.amounts),
            (checks.extras.cost.is_some(), &mut self.cost),
            (checks.extras.cost_to_serve.is_some(), &mut self.cost_to_serve),
            (checks.extras.list_amount.is_some(), &mut self.list_amount),
        ] {
            column.clear();
            column.resize(if wanted { rows } else { 0 }, 0);
        }
        self.days.clear();
    }

    fn read_dates(&mut self, checks: &Checks, bound: &Bound, rows: usize) {
        let (earliest, latest) = (checks.columns.earliest, checks.columns.latest);
        if let Some(days) = bound.dates.whole()
            && days.iter().fold(true, |all, day| all & (*day >= earliest.0) & (*day <= latest.0))
        {
            self.days.extend_from_slice(days);
            return;
        }
        self.days.extend((0..rows).map(|row| {
            let day = bound.dates.get(row).unwrap_or(Err(Rule::Missing)).and_then(|day| rules::plausible_date(day, earliest, latest));
            match day {
                Ok(day) => day.0,
                Err(rule) => {
                    self.broken.push((row, Role::Date, rule));
                    0
                }
            }
        }));
    }

    /// Amounts and the other money columns. A missing amount is bad; a missing cost counts as 0, a missing list amount as the amount.
    fn read_money(&mut self, checks: &Checks, bound: &Bound, rows: usize, rounding: &mut Vec<(usize, i64)>) {
        let scale = checks.columns.scale;
        let broken = &mut self.broken;
        let mut read = |column: &Money, role: Role, to: &mut [i64], missing: &mut dyn FnMut(usize) -> Result<i64, Rule>| {
            let limit = i64::MAX / scale.units();
            if let Money::Column(numbers) = column
                && let Some(values) = numbers.whole()
                && values.iter().fold(true, |fits, value| fits & (*value >= -limit) & (*value <= limit))
            {
                to.iter_mut().zip(values).for_each(|(to, value)| *to = value.wrapping_mul(scale.units()));
                return;
            }
            for (row, slot) in to.iter_mut().enumerate().take(rows) {
                let value = match column.get(row, scale) {
                    Some(Ok(money)) => {
                        if money.rounding != 0 {
                            rounding.push((row, money.rounding));
                        }
                        Ok(money.minor)
                    }
                    Some(Err(rule)) => Err(rule),
                    None => missing(row),
                };
                match value {
                    Ok(minor) => *slot = minor,
                    Err(rule) => broken.push((row, role, rule)),
                }
            }
        };
        read(&bound.amount, Role::Amount, &mut self.amounts, &mut |_| Err(Rule::Missing));
        if let Some(cost) = &bound.cost {
            let without = &mut self.without_cost;
            read(cost, Role::Cost, &mut self.cost, &mut |row| {
                without.push(row);
                Ok(0)
            });
        }
        if let Some(cost) = &bound.cost_to_serve {
            read(cost, Role::CostToServe, &mut self.cost_to_serve, &mut |_| Ok(0));
        }
        if let Some(list) = &bound.list_amount {
            let (amounts, without) = (&self.amounts, &mut self.without_list_amount);
            read(list, Role::ListAmount, &mut self.list_amount, &mut |row| {
                without.push(row);
                Ok(amounts[row])
            });
        }
    }

    /// Converts a row's money, and what its rounding added, by the rate of its currency and day. Without rates the currencies are only
    /// collected.
    fn convert(&mut self, checks: &Checks, currencies: &TextColumn, rows: usize, rounding: &mut Vec<(usize, i64)>, counts: &mut Counts) {
        rounding.sort_unstable_by_key(|(row, _)| *row);
        let (mut of_base, mut rounded) = (vec![], rounding.iter().copied().peekable());
        // Without a day there is no rate: such a row's money is unknown.
        let undated: Vec<usize> = self.broken.iter().filter(|(_, role, _)| *role == Role::Date).map(|(row, _, _)| *row).collect();
        // Rows of one currency tend to follow each other.
        let mut last: Option<(String, Option<RatesByDay<'_>>)> = None;
        for row in 0..rows {
            let before: i64 = std::iter::from_fn(|| rounded.next_if(|(of, _)| *of == row)).map(|(_, added)| added).sum();
            let Some(currency) = currencies.get(row).map(str::trim).filter(|text| !text.is_empty()) else {
                self.broken.push((row, Role::Currency, Rule::Missing));
                continue;
            };
            if last.as_ref().is_none_or(|(name, _)| name != currency) {
                last = Some((currency.to_owned(), checks.rates.as_ref().and_then(|rates| rates.series(currency))));
                if !counts.currencies.contains(currency) {
                    counts.currencies.insert(currency.to_owned());
                }
            }
            if checks.rates.as_ref().is_none_or(|rates| currency == rates.base()) {
                of_base.push((row, before));
                continue;
            }
            let Some((_, Some(series))) = &last else {
                self.broken.push((row, Role::Currency, Rule::Unknown));
                continue;
            };
            let dated = undated.binary_search(&row).is_err().then(|| Date(self.days[row]));
            let Some(rate) = dated.and_then(|day| crate::money::rate_on(series, day)) else {
                self.broken.push((row, Role::Currency, Rule::RateMissing));
                continue;
            };
            of_base.push((row, rate.rounding_to_base(before)));
            for (role, column) in [
                (Role::Amount, &mut self.amounts),
                (Role::Cost, &mut self.cost),
                (Role::CostToServe, &mut self.cost_to_serve),
                (Role::ListAmount, &mut self.list_amount),
            ] {
                if let Some(slot) = column.get_mut(row) {
                    match rate.to_base(*slot) {
                        Some(money) => {
                            *slot = money.minor;
                            of_base.push((row, money.rounding));
                        }
                        None => self.broken.push((row, role, Rule::TooLarge)),
                    }
                }
            }
        }
        of_base.retain(|(_, added)| *added != 0);
        *rounding = of_base;
    }

    /// Decides what becomes of each row: quarantined, else unassigned, else after `as_of`, else used.
    fn count(&mut self, checks: &Checks, part: &Part, bound: &Bound, rounding: &[(usize, i64)], counts: &mut Counts) {
        let rows = part.batch.num_rows();
        self.clean = self.count_clean(checks, bound, rows, rounding, counts);
        if self.clean {
            return;
        }
        for row in 0..rows {
            if let Some(Err(rule)) = bound.keys.integer(row) {
                self.broken.push((row, Role::Account, rule));
            }
        }
        // A row is quarantined once, for the first rule it broke: broken fields first, then account, date, amount and so on.
        self.broken.sort_unstable_by_key(|(row, role, _)| (*row, *role as u8));
        let no_amount: Vec<usize> = self
            .broken
            .iter()
            .filter(|(_, role, _)| matches!(role, Role::Amount | Role::Row | Role::Currency))
            .map(|(row, _, _)| *row)
            .collect();
        let mut broken = std::mem::take(&mut self.broken);
        broken.dedup_by_key(|(row, _, _)| *row);
        for (row, role, rule) in &broken {
            self.used[*row] = false;
            let amount = no_amount.binary_search(row).is_err().then(|| self.amounts[*row]);
            counts.reconciliation.quarantined.rows += 1;
            counts.reconciliation.quarantined.amount += i128::from(amount.unwrap_or(0));
            counts.reconciliation.quarantined_without_amount += u64::from(amount.is_none());
            counts.quarantine.push(Rejected {
                source: part.source.as_deref().map(str::to_owned),
                row: part.first_row + *row as u64,
                column: checks.column_of(*role).into(),
                rule: rule.name(*role).into(),
                value: value_text(checks, part, *row, *role),
                amount,
            });
        }
        self.broken = broken;
        let as_of = checks.as_of.map_or(i32::MAX, |day| day.0);
        let (mut used, mut unassigned, mut after) = (super::Tally::default(), super::Tally::default(), super::Tally::default());
        let (mut first, mut last) = (i32::MAX, i32::MIN);
        let mut absolute = 0i128;
        for row in 0..rows {
            if !self.used[row] {
                continue;
            }
            let has_key = match &bound.keys {
                KeyColumn::Texts(_) => bound.keys.text(row).is_some(),
                KeyColumn::Integers(array) => array.is_valid(row),
                KeyColumn::Mixed(_) => bound.keys.integer(row).is_some(),
            };
            let amount = self.amounts[row];
            let tally = if !has_key {
                &mut unassigned
            } else if self.days[row] > as_of {
                &mut after
            } else {
                let day = self.days[row];
                (first, last) = (first.min(day), last.max(day));
                // Four absolute values of at most 2⁶³ each, over a batch of at most 2⁶³ rows, fit 128 bits.
                absolute += i128::from(amount.unsigned_abs());
                for column in [&self.cost, &self.cost_to_serve, &self.list_amount] {
                    absolute += column.get(row).map_or(0, |value| i128::from(value.unsigned_abs()));
                }
                &mut used
            };
            tally.rows += 1;
            tally.amount += i128::from(amount);
            self.used[row] = has_key && self.days[row] <= as_of;
            self.assigned[row] = has_key;
        }
        counts.reconciliation.in_window.add(used);
        counts.reconciliation.unassigned.add(unassigned);
        counts.reconciliation.after_as_of.add(after);
        counts.absolute += absolute;
        // Counted before `as_of` cuts, because a state of days is cut when nothing is known of single rows any more.
        let assigned_of = |rows: &[usize]| rows.iter().filter(|row| self.assigned[**row]).count() as u64;
        counts.reconciliation.cost_missing += assigned_of(&self.without_cost);
        counts.reconciliation.list_amount_missing += assigned_of(&self.without_list_amount);
        counts.reconciliation.rounding +=
            rounding.iter().filter(|(row, _)| self.assigned[*row]).map(|(_, rounding)| i128::from(*rounding)).sum::<i128>();
        if first <= last {
            counts.add_days(first, last);
        }
    }

    /// The count where nothing is broken, every row has a key and none is after `as_of`: sums of whole columns.
    fn count_clean(&mut self, checks: &Checks, bound: &Bound, rows: usize, rounding: &[(usize, i64)], counts: &mut Counts) -> bool {
        let (Some(first), Some(last)) = (self.days.iter().min(), self.days.iter().max()) else { return true };
        let has_gaps = !self.without_cost.is_empty() || !self.without_list_amount.is_empty();
        if !self.broken.is_empty() || has_gaps || !bound.keys.is_whole() || checks.as_of.is_some_and(|day| *last > day.0) {
            return false;
        }
        let sum = |column: &[i64]| column.iter().map(|value| i128::from(*value)).sum::<i128>();
        let absolute = |column: &[i64]| column.iter().map(|value| i128::from(value.unsigned_abs())).sum::<i128>();
        counts.reconciliation.in_window.add(super::Tally { rows: rows as u64, amount: sum(&self.amounts) });
        counts.absolute +=
            [&self.amounts, &self.cost, &self.cost_to_serve, &self.list_amount].map(|column| absolute(column)).iter().sum::<i128>();
        counts.reconciliation.rounding += rounding.iter().map(|(_, added)| i128::from(*added)).sum::<i128>();
        counts.add_days(*first, *last);
        true
    }
}

impl Checks {
    fn column_of(&self, role: Role) -> &str {
        let columns = &self.columns;
        match role {
            Role::Row => "",
            Role::Account => &columns.account,
            Role::Date => &columns.date,
            Role::Amount => &columns.amount,
            Role::Cost => columns.cost.as_deref().unwrap_or_default(),
            Role::CostToServe => columns.cost_to_serve.as_deref().unwrap_or_default(),
            Role::ListAmount => columns.list_amount.as_deref().unwrap_or_default(),
            Role::Currency => columns.currency.as_deref().unwrap_or_default(),
        }
    }
}

/// A value as text; one that no calendar has, as the number that stands for it.
fn spoken(array: &ArrayRef, row: usize) -> String {
    let options = FormatOptions::new().with_display_error(false);
    let text = |array: &dyn Array, row| ArrayFormatter::try_new(array, &options).and_then(|format| format.value(row).try_to_string());
    let number = || text(&cast(&array.slice(row, 1), &DataType::Int64)?, 0);
    text(array, row).or_else(|_| number()).unwrap_or_default()
}

/// The value that broke a rule, as text; of a product or difference both operands.
fn value_text(checks: &Checks, part: &Part, row: usize, role: Role) -> String {
    if role == Role::Row {
        return part.ragged.binary_search_by_key(&row, |(at, _)| *at).map_or(String::new(), |at| part.ragged[at].1.clone());
    }
    let schema = part.batch.schema_ref();
    let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
    let value = |name: &str| {
        let array = part.batch.column_by_name(name)?;
        let text = if array.is_null(row) { String::new() } else { spoken(array, row) };
        // A value is shown, not stored: a megabyte of text in an amount column is cut.
        Some(if text.chars().count() > 200 { format!("{}…", text.chars().take(200).collect::<String>()) } else { text })
    };
    let formula = Formula::of(checks.column_of(role), &names);
    let sign = match &formula {
        Formula::Product(..) => " * ",
        _ => " - ",
    };
    formula.columns().into_iter().filter_map(|name| value(name)).collect::<Vec<_>>().join(sign)
}
