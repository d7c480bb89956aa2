//! Facts that follow from the sums: rates, growth inside the window, directions opened, length of the relationship.

use std::collections::BTreeMap;

use super::{Facts, Span};
use crate::time::Period;

impl Facts {
    /// Days from the first sale of the whole history to `as_of`; `None` without a sale.
    #[must_use]
    pub fn tenure_days(&self, at: usize) -> Option<i32> {
        Some(self.as_of().days_since(self.first_date(at)?))
    }

    /// Days from the last sale to `as_of`; `None` without a sale.
    #[must_use]
    pub fn days_since_last_sale(&self, at: usize) -> Option<i32> {
        Some(self.as_of().days_since(self.last_date(at)?))
    }

    /// Returns ÷ gross sales of the window; `None` without a sale in it.
    #[must_use]
    pub fn return_rate(&self, at: usize) -> Option<f64> {
        ratio(self.window().returns[at], self.window().gross_sales(at))
    }

    /// Margin ÷ revenue of the window; `None` without a cost column or without positive revenue.
    #[must_use]
    pub fn margin_rate(&self, at: usize) -> Option<f64> {
        ratio(self.window().margin(at)?, self.window().revenue[at])
    }

    /// Discount ÷ list amount of the window; `None` without a list amount column or without a positive list amount.
    #[must_use]
    pub fn discount_rate(&self, at: usize) -> Option<f64> {
        ratio(self.window().discount(at)?, self.window().list_amount.as_ref()?[at])
    }

    /// The window's first and second half, equally long: the middle one of an odd number of periods belongs to neither.
    /// `None` for a window of one period.
    #[must_use]
    pub fn window_halves(&self) -> Option<(Span, Span)> {
        let Span { first, last } = self.span();
        let half = (last.0 - first.0 + 1) / 2;
        let until = |first: i32| Span { first: Period(first), last: Period(first + half - 1) };
        (half > 0).then(|| (until(first.0), until(last.0 - half + 1)))
    }

    /// Revenue of the first and the second half of the window, in minor units; `None` for a window of one period.
    #[must_use]
    pub fn half_revenues(&self, at: usize) -> Option<(i128, i128)> {
        let (first, second) = self.window_halves()?;
        let mut sums = (0, 0);
        for period in self.purchases(at) {
            if first.contains(period.period) {
                sums.0 += i128::from(period.revenue);
            } else if second.contains(period.period) {
                sums.1 += i128::from(period.revenue);
            }
        }
        Some(sums)
    }

    /// Growth inside the window: (second half − first half) ÷ (|second half| + |first half|) of revenue, from −1 (nothing left)
    /// over 0 (the same) to 1 (from nothing). `None` where both halves are nothing, and for a window of one period.
    #[must_use]
    pub fn growth(&self, at: usize) -> Option<f64> {
        let (first, second) = self.half_revenues(at)?;
        let size = first.abs() + second.abs();
        (size > 0).then(|| to_float(second - first) / to_float(size))
    }

    /// For each direction the account bought in, the first period with a sale; `None` without a direction column.
    #[must_use]
    pub fn direction_starts(&self, at: usize) -> Option<BTreeMap<&str, Period>> {
        let labels = self.labels();
        if !labels.has_direction {
            return None;
        }
        let mut starts = BTreeMap::new();
        for cell in self.cells(at).filter(|cell| cell.sale_lines > 0) {
            if let Some(direction) = labels.labels.get(cell.label as usize).and_then(|label| label.direction.as_deref()) {
                let period = self.period_of(&cell);
                let start = starts.entry(direction).or_insert(period);
                *start = period.min(*start);
            }
        }
        Some(starts)
    }

    /// How many directions the account bought in for the first time inside the window; `None` without a direction column.
    #[must_use]
    pub fn directions_opened(&self, at: usize) -> Option<usize> {
        Some(self.direction_starts(at)?.values().filter(|period| self.span().contains(**period)).count())
    }

    /// How many distinct directions the account bought in during a span; `None` without a direction column.
    #[must_use]
    pub fn directions_in(&self, at: usize, span: Span) -> Option<usize> {
        let labels = self.labels();
        if !labels.has_direction {
            return None;
        }
        let cells = self.cells(at).filter(|cell| cell.sale_lines > 0 && span.contains(self.period_of(cell)));
        let mut directions: Vec<&str> =
            cells.filter_map(|cell| labels.labels.get(cell.label as usize).and_then(|label| label.direction.as_deref())).collect();
        directions.sort_unstable();
        directions.dedup();
        Some(directions.len())
    }
}

fn ratio(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| to_float(i128::from(part)) / to_float(i128::from(whole)))
}

#[expect(clippy::cast_precision_loss, reason = "the nearest double of an exact sum")]
fn to_float(sum: i128) -> f64 {
    sum as f64
}
