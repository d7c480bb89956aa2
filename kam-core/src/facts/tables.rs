//! The facts as tables.

use std::sync::Arc;

use arrow::array::ArrayRef;

use super::Facts;
use super::sums::Sums;
use crate::error::Result;
use crate::table::{Column, Keyed, Places, Table, Unit, View};
use crate::time::Period;

impl Facts {
    /// The column `account` of these accounts, by their places.
    pub(crate) fn account_column(&self, places: impl Iterator<Item = usize>) -> Column {
        self.account_column_with(&[], places)
    }

    /// The same column with further accounts behind those of the ledger: a place past the last key is one of `others`.
    pub(crate) fn account_column_with(&self, others: &[&str], places: impl Iterator<Item = usize>) -> Column {
        let rows: Places = places.collect();
        // Most tables have one row an account, in the order of the keys.
        let same = rows.len() == self.len() && rows.iter().enumerate().all(|(at, place)| at == place);
        let places = if same { Places::Same(rows.len()) } else { rows };
        Column::accounts(Keyed::new(self, others.iter().map(|other| (*other).to_owned()).collect()), places)
    }

    /// The keys of all accounts, a column that tables in their order share.
    pub(crate) fn key_column(&self) -> ArrayRef {
        self.places.column(|| self.keys.column(0..self.len()))
    }

    /// One row an account: dates, active days and `history_…` sums of the whole history; sums of the window under their plain names.
    pub fn accounts_table(&self) -> Result<Table> {
        let facts = Arc::new(self.clone());
        let view = View::new(&facts, Places::Same(self.len()));
        let mut columns = vec![
            view.accounts(self),
            view.dates("first_date", |facts, at| facts.first_date[at]),
            view.dates("last_date", |facts, at| facts.last_date[at]),
            view.counts("active_days", |facts, at| facts.history.active_days[at]),
            view.money("first_day_revenue", self.scale, |facts, at| Some(facts.first_day_revenue[at])),
            view.counts("window_active_days", |facts, at| facts.window.active_days[at]),
            view.counts("window_active_periods", |facts, at| facts.window.active_periods[at]),
        ];
        columns.extend(self.sums_columns(&view, |facts| &facts.window, ""));
        columns.push(view.counts("active_periods", |facts, at| facts.history.active_periods[at]));
        columns.extend(self.sums_columns(&view, |facts| &facts.history, "history_"));
        Table::new("accounts", columns)
    }

    fn sums_columns(&self, view: &View<Facts>, of: fn(&Facts) -> &Sums, prefix: &str) -> Vec<Column> {
        let (name, sums) = (|name: &str| format!("{prefix}{name}"), of(self));
        let counts = |text: &str, value: fn(&Sums) -> &[i64]| view.counts(&name(text), move |facts, at| value(of(facts))[at]);
        let optional = |text: &str, value: fn(&Sums) -> Option<&Vec<i64>>| {
            value(sums).map(|_| view.money(&name(text), self.scale, move |facts, at| Some(value(of(facts))?[at])))
        };
        let mut columns = vec![counts("lines", |sums| &sums.lines), counts("sale_lines", |sums| &sums.sale_lines)];
        if sums.orders.is_some() {
            columns.push(view.integers(&name("orders"), Unit::Count, move |facts, at| Some(of(facts).orders.as_ref()?[at])));
        }
        columns.push(view.money(&name("revenue"), self.scale, move |facts, at| Some(of(facts).revenue[at])));
        columns.push(view.money(&name("returns"), self.scale, move |facts, at| Some(of(facts).returns[at])));
        columns.extend(optional("cost", |sums| sums.cost.as_ref()));
        columns.extend(optional("cost_to_serve", |sums| sums.cost_to_serve.as_ref()));
        columns.extend(optional("list_amount", |sums| sums.list_amount.as_ref()));
        if sums.cost.is_some() {
            columns.push(view.money(&name("profit"), self.scale, move |facts, at| of(facts).profit(at)));
        }
        columns
    }

    /// One row an account and period of the whole history that has a line, oldest first; `in_window` says whether the window holds it.
    pub fn periods_table(&self) -> Result<Table> {
        let rows: Vec<_> = (0..self.len()).flat_map(|at| self.periods(at).map(move |sums| (at, sums))).collect();
        let mut columns = vec![
            self.account_column(rows.iter().map(|(at, _)| *at)),
            Column::dates("period", rows.iter().map(|(_, sums)| Some(self.grain().start(sums.period)))),
            Column::flags("in_window", rows.iter().map(|(_, sums)| Some(self.span.contains(sums.period)))),
            Column::counts("active_days", rows.iter().map(|(_, sums)| sums.active_days)),
            Column::counts("lines", rows.iter().map(|(_, sums)| sums.lines)),
            Column::counts("sale_lines", rows.iter().map(|(_, sums)| sums.sale_lines)),
            Column::money("revenue", self.scale, rows.iter().map(|(_, sums)| Some(sums.revenue))),
            Column::money("returns", self.scale, rows.iter().map(|(_, sums)| Some(sums.returns))),
        ];
        if self.window.cost.is_some() {
            columns.push(Column::money("cost", self.scale, rows.iter().map(|(_, sums)| Some(sums.cost))));
        }
        if self.window.cost_to_serve.is_some() {
            columns.push(Column::money("cost_to_serve", self.scale, rows.iter().map(|(_, sums)| Some(sums.cost_to_serve))));
        }
        if self.window.list_amount.is_some() {
            columns.push(Column::money("list_amount", self.scale, rows.iter().map(|(_, sums)| Some(sums.list_amount))));
        }
        if self.window.cost.is_some() {
            columns.push(Column::money("profit", self.scale, rows.iter().map(|(_, sums)| Some(sums.profit()))));
        }
        Table::new("periods", columns)
    }

    /// One row an account and direction: revenue, returns and lines of the window, revenue of the history, first and last period with a sale.
    /// Without a direction column, no rows.
    pub fn directions_table(&self) -> Result<Table> {
        #[derive(Default)]
        struct Row<'a> {
            account: usize,
            direction: Option<&'a str>,
            lines: i64,
            revenue: i64,
            returns: i64,
            history_revenue: i64,
            first: Option<Period>,
            last: Option<Period>,
        }
        let mut rows: Vec<Row<'_>> = vec![];
        if self.labels.has_direction {
            for account in 0..self.len() {
                let mut cells: Vec<_> =
                    self.cells(account).map(|cell| (self.labels.labels[cell.label as usize].direction.as_deref(), cell)).collect();
                cells.sort_by_key(|(direction, cell)| (*direction, cell.period));
                for (direction, cell) in cells {
                    if rows.last().is_none_or(|row| row.account != account || row.direction != direction) {
                        rows.push(Row { account, direction, ..Row::default() });
                    }
                    let period = self.period_of(&cell);
                    if let Some(row) = rows.last_mut() {
                        row.history_revenue += cell.revenue;
                        if cell.sale_lines > 0 {
                            row.first = row.first.or(Some(period));
                            row.last = Some(period);
                        }
                        if self.span.contains(period) {
                            row.lines += i64::from(cell.lines);
                            row.revenue += cell.revenue;
                            row.returns += cell.returns;
                        }
                    }
                }
            }
        }
        let money = |name: &str, value: fn(&Row<'_>) -> i64| Column::money(name, self.scale, rows.iter().map(|row| Some(value(row))));
        let period = |name: &str, value: fn(&Row<'_>) -> Option<Period>| {
            Column::dates(name, rows.iter().map(|row| value(row).map(|period| self.grain().start(period))))
        };
        Table::new(
            "directions",
            vec![
                self.account_column(rows.iter().map(|row| row.account)),
                Column::text("direction", rows.iter().map(|row| row.direction)),
                Column::counts("lines", rows.iter().map(|row| row.lines)),
                money("revenue", |row| row.revenue),
                money("returns", |row| row.returns),
                money("history_revenue", |row| row.history_revenue),
                period("first_period", |row| row.first),
                period("last_period", |row| row.last),
            ],
        )
    }

    /// The quarantined rows: source, row, column, rule, value, amount.
    pub fn quarantine_table(&self) -> Result<Table> {
        self.quarantine.table(self.scale)
    }

    /// How rows and money add up: one row a fate, and their sum.
    pub fn reconciliation_table(&self) -> Result<Table> {
        self.reconciliation.table(self.scale)
    }
}
