//! What the numbers of a summary are: a summary is JSON, which has no units.

use serde_json::{Map, Value, json};

use crate::facts::Measure;
use crate::table::Unit;

/// What a number of a summary is, for whoever shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Always the same.
    Is(Unit),
    /// What the measure is whose name this entry of the summary holds: money for `revenue`, a count for `orders`.
    Of(&'static str),
}

/// The numbers of a summary by what they are. A name stands for all numbers below it, `outer.inner` for some of them.
pub type Figures = &'static [(Figure, &'static [&'static str])];

/// Units of the currency.
pub(crate) const MONEY: Figure = Figure::Is(Unit::Money);
/// Parts of a whole.
pub(crate) const SHARE: Figure = Figure::Is(Unit::Share);
/// Whole things counted.
pub(crate) const COUNT: Figure = Figure::Is(Unit::Count);
/// Days.
pub(crate) const DAYS: Figure = Figure::Is(Unit::Days);
/// Periods of the facts' grain.
pub(crate) const PERIODS: Figure = Figure::Is(Unit::Periods);
/// Numbers on a scale of their own.
pub(crate) const NUMBER: Figure = Figure::Is(Unit::Number);

impl Figure {
    fn unit(self, summary: &Map<String, Value>) -> Unit {
        match self {
            Figure::Is(unit) => unit,
            Figure::Of(name) => {
                let measure = summary.get(name).and_then(|word| serde_json::from_value::<Measure>(word.clone()).ok());
                measure.map_or(Unit::Number, Measure::unit)
            }
        }
    }

    /// For hosts and generators: the unit's word, or `of base` where the entry `base` of the summary decides.
    fn word(self) -> String {
        match self {
            Figure::Is(unit) => unit.word().to_owned(),
            Figure::Of(name) => format!("of {name}"),
        }
    }
}

/// The unit of every number that a method's summary can hold, by its name.
pub(super) fn units(figures: Figures, summary: &Map<String, Value>) -> Vec<(&'static str, Unit)> {
    figures.iter().flat_map(|(figure, names)| names.iter().map(|name| (*name, figure.unit(summary)))).collect()
}

/// The same as the registry describes it: a list of `name` and `unit`.
pub(super) fn describe(figures: Figures) -> Value {
    figures.iter().flat_map(|(figure, names)| names.iter().map(|name| json!({ "name": name, "unit": figure.word() }))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measure_decides_where_the_summary_names_one() {
        let of = |base: &str| {
            let Value::Object(summary) = json!({ "base": base, "total": 12.0 }) else { panic!("an object") };
            units(&[(Figure::Of("base"), &["total"]), (SHARE, &["top_share"])], &summary)
        };
        assert_eq!(of("revenue"), [("total", Unit::Money), ("top_share", Unit::Share)]);
        assert_eq!(of("orders")[0].1, Unit::Count);
        assert_eq!(of("hours")[0].1, Unit::Number);
        assert_eq!(describe(&[(Figure::Of("base"), &["total"])]), json!([{ "name": "total", "unit": "of base" }]));
    }
}
