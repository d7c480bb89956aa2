//! The facts as tables.

use super::Facts;
use super::sums::Sums;
use crate::error::Result;
use crate::table::{Column, Places, Table, Unit};
use crate::time::Period;

impl Facts {
    /// The column `account` of these accounts, by their places.
    pub(crate) fn account_column(&self, places: impl Iterator<Item = usize>) -> Column {
        self.account_column_with(&[], places)
    }

    /// The same column with further accounts behind those of the ledger: a place past the last key is one of `others`.
    pub(crate) fn account_column_with(&self, others: &[&str], places: impl Iterator<Item = usize>) -> Column {
        let rows: Vec<u32> = places.map(|at| u32::try_from(at).unwrap_or(u32::MAX)).collect();
        // Most tables have one row an account, in the order of the keys: they share one column.
        let same = rows.len() == self.len() && (0u32..).zip(&rows).all(|(at, place)| at == *place);
        if same && others.is_empty() {
            let all = self.places.column(|| self.keys.column(0..self.len()));
            return Column::array("account", Unit::Plain, all).with_places(Places::Same);
        }
        let column = Column::array("account", Unit::Plain, self.keys.column_with(others, rows.iter().map(|at| *at as usize)));
        // Where a table has several rows an account, nobody looks one up by its account.
        match rows.len() > self.len() + others.len() {
            true => column,
            false => column.with_places(if same { Places::Same } else { Places::Rows(rows) }),
        }
    }

    /// One row an account: dates, active days and `history_…` sums of the whole history; sums of the window under their plain names.
    pub fn accounts_table(&self) -> Result<Table> {
        let mut columns = vec![
            self.account_column(0..self.len()),
            Column::dates("first_date", self.first_date.iter().copied()),
            Column::dates("last_date", self.last_date.iter().copied()),
            Column::counts("active_days", self.history.active_days.iter().copied()),
            Column::money("first_day_revenue", self.scale, self.first_day_revenue.iter().copied().map(Some)),
        ];
        let (window, history) = rayon::join(
            || self.sums_columns(&self.window, ["window_active_days", "window_active_periods"], ""),
            || self.sums_columns(&self.history, ["", "active_periods"], "history_"),
        );
        columns.extend(window.into_iter().chain(history));
        Table::new("accounts", columns)
    }

    fn sums_columns(&self, sums: &Sums, [active_days, active_periods]: [&str; 2], prefix: &str) -> Vec<Column> {
        let name = |name: &str| format!("{prefix}{name}");
        let money = |text: &str, values: &[i64]| Column::money(&name(text), self.scale, values.iter().copied().map(Some));
        let mut columns = vec![];
        if !active_days.is_empty() {
            columns.push(Column::counts(active_days, sums.active_days.iter().copied()));
        }
        columns.push(Column::counts(active_periods, sums.active_periods.iter().copied()));
        columns.push(Column::counts(&name("lines"), sums.lines.iter().copied()));
        columns.push(Column::counts(&name("sale_lines"), sums.sale_lines.iter().copied()));
        if let Some(orders) = &sums.orders {
            columns.push(Column::counts(&name("orders"), orders.iter().copied()));
        }
        columns.push(money("revenue", &sums.revenue));
        columns.push(money("returns", &sums.returns));
        for (text, values) in [("cost", &sums.cost), ("cost_to_serve", &sums.cost_to_serve), ("list_amount", &sums.list_amount)] {
            if let Some(values) = values {
                columns.push(money(text, values));
            }
        }
        if sums.cost.is_some() {
            columns.push(Column::money(&name("profit"), self.scale, (0..self.len()).map(|at| sums.profit(at))));
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
