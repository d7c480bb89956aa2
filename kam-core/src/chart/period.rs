//! Periods as axes name them.

use crate::time::Date;

/// The first days of periods as words: years where all begin a year, months where all begin a month, else days.
pub(super) fn names(days: &[Option<Date>]) -> Vec<String> {
    let parts: Vec<Option<(i16, i8, i8)>> = days.iter().map(|day| day.map(|day| day.ymd())).collect();
    let all = |holds: fn(&(i16, i8, i8)) -> bool| parts.iter().flatten().all(holds);
    let yearly = parts.len() > 1 && all(|(_, month, day)| (*month, *day) == (1, 1));
    let monthly = all(|(_, _, day)| *day == 1);
    let name = |part: &Option<(i16, i8, i8)>| match part {
        None => "unknown".to_owned(),
        Some((year, ..)) if yearly => year.to_string(),
        Some((year, month, _)) if monthly => format!("{} {:02}", month_name(*month), year.rem_euclid(100)),
        Some((year, month, day)) => format!("{year:04}-{month:02}-{day:02}"),
    };
    parts.iter().map(name).collect()
}

/// Days as `31 Jan 2025`.
pub(super) fn day(day: Date) -> String {
    let (year, month, day) = day.ymd();
    format!("{day} {} {year}", month_name(month))
}

fn month_name(month: i8) -> &'static str {
    const NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    usize::try_from(month - 1).ok().and_then(|at| NAMES.get(at)).copied().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_have_the_shortest_name_that_tells_them_apart() {
        let of = |texts: &[&str]| names(&texts.iter().map(|text| Date::parse(text).ok()).collect::<Vec<_>>());
        assert_eq!(of(&["2024-12-01", "2025-01-01"]), ["Dec 24", "Jan 25"]);
        assert_eq!(of(&["2024-01-01", "2025-01-01"]), ["2024", "2025"]);
        assert_eq!(of(&["2024-01-01"]), ["Jan 24"]);
        assert_eq!(of(&["2024-01-08", "2024-01-15"]), ["2024-01-08", "2024-01-15"]);
        assert_eq!(day(Date::parse("2025-01-31").unwrap()), "31 Jan 2025");
    }
}
