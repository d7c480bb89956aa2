//! The names of RFM segments: ranges of scores, checked so that every cell of 5 × 5 × 5 has one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// A named set of cells: ranges of the three scores, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RfmSegment {
    /// The segment's name; several rows may share one.
    pub name: String,
    /// The lowest and the highest recency score.
    #[serde(default = "any")]
    pub r: [u8; 2],
    /// The lowest and the highest frequency score.
    #[serde(default = "any")]
    pub f: [u8; 2],
    /// The lowest and the highest monetary score.
    #[serde(default = "any")]
    pub m: [u8; 2],
}

fn any() -> [u8; 2] {
    [1, 5]
}

/// Tables of segments that kam brings along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SegmentPreset {
    /// Ten names on the 25 cells of recency and frequency, each cell in exactly one.
    Default,
    /// The eleven names in common use, whose ranges overlap: the first that fits counts.
    #[serde(rename = "first_match_11")]
    FirstMatch11,
}

/// Which names the segments have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "segments must be \"default\", \"first_match_11\" or a list of rows {name, r: [low, high], f: […], m: […]}")]
pub enum RfmSegments {
    /// A table that kam brings along.
    Preset(SegmentPreset),
    /// A table of the caller's own.
    Table(Vec<RfmSegment>),
}

impl Default for RfmSegments {
    fn default() -> Self {
        RfmSegments::Preset(SegmentPreset::Default)
    }
}

const DEFAULT: [(&str, [u8; 2], [u8; 2]); 10] = [
    ("Champions", [5, 5], [4, 5]),
    ("Loyal", [3, 4], [4, 5]),
    ("Potential Loyalist", [4, 5], [2, 3]),
    ("New", [5, 5], [1, 1]),
    ("Promising", [4, 4], [1, 1]),
    ("Need Attention", [3, 3], [3, 3]),
    ("About to Sleep", [3, 3], [1, 2]),
    ("Can't Lose", [1, 2], [5, 5]),
    ("At Risk", [1, 2], [3, 4]),
    ("Hibernating", [1, 2], [1, 2]),
];

/// Frequency and monetary scores share one range in this table.
const FIRST_MATCH_11: [(&str, [u8; 2], [u8; 2]); 11] = [
    ("Champions", [4, 5], [4, 5]),
    ("Loyal Customers", [2, 5], [3, 5]),
    ("Potential Loyalist", [3, 5], [1, 3]),
    ("New Customers", [4, 5], [1, 1]),
    ("Promising", [3, 4], [1, 1]),
    ("Need Attention", [2, 3], [2, 3]),
    ("About To Sleep", [2, 3], [1, 2]),
    ("At Risk", [1, 2], [2, 5]),
    ("Can't Lose Them", [1, 1], [4, 5]),
    ("Hibernating", [1, 2], [1, 2]),
    ("Lost", [1, 2], [1, 2]),
];

/// The segment of every cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SegmentMap {
    /// The names, each once, in the order of the table.
    pub names: Vec<String>,
    cells: Vec<usize>,
    /// Cells that no row of the first-match table holds, named by the mean of frequency and monetary score.
    pub by_mean: usize,
}

impl SegmentMap {
    /// The name's place of an account with these scores, each from 1 to 5.
    pub fn segment(&self, r: u8, f: u8, m: u8) -> usize {
        self.cells[place(r, f, m)]
    }

    pub fn new(segments: &RfmSegments, first_match: bool) -> Result<Self> {
        match segments {
            RfmSegments::Preset(SegmentPreset::Default) => {
                let rows = DEFAULT.map(|(name, r, f)| RfmSegment { name: name.to_owned(), r, f, m: any() });
                Self::checked(&rows, false)
            }
            RfmSegments::Preset(SegmentPreset::FirstMatch11) => {
                let rows = FIRST_MATCH_11.map(|(name, r, f)| RfmSegment { name: name.to_owned(), r, f, m: f });
                Self::by_mean(&rows)
            }
            RfmSegments::Table(rows) => Self::checked(rows, first_match),
        }
    }

    /// A table that must name every cell, and but once unless the first row that fits counts.
    fn checked(rows: &[RfmSegment], first_match: bool) -> Result<Self> {
        let expected = "rows {name, r: [low, high], f: [low, high], m: [low, high]} with scores from 1 to 5";
        for row in rows {
            let bad = |range: &[u8; 2]| range[0] < 1 || range[1] > 5 || range[0] > range[1];
            if row.name.trim().is_empty() {
                return Err(Error::option("segments", "a table with a row that has no name", expected));
            }
            if bad(&row.r) || bad(&row.f) || bad(&row.m) {
                let value = format!("a table whose row `{}` has the ranges r {:?}, f {:?}, m {:?}", row.name, row.r, row.f, row.m);
                return Err(Error::option("segments", value, expected));
            }
        }
        let (mut gaps, mut overlaps) = (vec![], vec![]);
        let mut cells = vec![0; 125];
        let names = names(rows);
        for (r, f, m) in all_cells() {
            let fitting: Vec<&RfmSegment> = rows.iter().filter(|row| fits(row, r, f, m)).collect();
            match fitting.first() {
                None => gaps.push(format!("r{r} f{f} m{m}")),
                Some(first) => {
                    if fitting.iter().any(|other| other.name != first.name) {
                        let names: Vec<&str> = fitting.iter().map(|row| row.name.as_str()).collect();
                        overlaps.push(format!("r{r} f{f} m{m} ({})", names.join(", ")));
                    }
                    cells[place(r, f, m)] = names.iter().position(|name| *name == first.name).unwrap_or(0);
                }
            }
        }
        if !gaps.is_empty() {
            let value = format!("a table that names no segment for {} of 125 cells: {}", gaps.len(), listed(&gaps));
            return Err(Error::option("segments", value, "a table in which every cell has a segment"));
        }
        if !first_match && !overlaps.is_empty() {
            let value = format!("a table that names two segments for {} of 125 cells: {}", overlaps.len(), listed(&overlaps));
            return Err(Error::option(
                "segments",
                value,
                "a table without overlaps, or first_match = true to take the first row that fits",
            ));
        }
        Ok(SegmentMap { names, cells, by_mean: 0 })
    }

    /// The first row that holds all three scores; where none does, the first that holds recency and the mean of frequency and monetary.
    fn by_mean(rows: &[RfmSegment]) -> Result<Self> {
        let (mut cells, mut by_mean) = (vec![0; 125], 0);
        for (r, f, m) in all_cells() {
            let mean = (f + m).div_ceil(2);
            let fitting = rows.iter().position(|row| fits(row, r, f, m)).or_else(|| {
                by_mean += 1;
                rows.iter().position(|row| fits(row, r, mean, mean))
            });
            cells[place(r, f, m)] = fitting.ok_or_else(|| Error::internal(format!("no segment for r{r} f{f} m{m}")))?;
        }
        Ok(SegmentMap { names: names(rows), cells, by_mean })
    }
}

fn names(rows: &[RfmSegment]) -> Vec<String> {
    let mut names: Vec<String> = vec![];
    for row in rows {
        if !names.contains(&row.name) {
            names.push(row.name.clone());
        }
    }
    names
}

fn all_cells() -> impl Iterator<Item = (u8, u8, u8)> {
    (1..=5).flat_map(|r| (1..=5).flat_map(move |f| (1..=5).map(move |m| (r, f, m))))
}

fn place(r: u8, f: u8, m: u8) -> usize {
    (usize::from(r) - 1) * 25 + (usize::from(f) - 1) * 5 + usize::from(m) - 1
}

fn fits(row: &RfmSegment, r: u8, f: u8, m: u8) -> bool {
    let within = |range: [u8; 2], score: u8| (range[0]..=range[1]).contains(&score);
    within(row.r, r) && within(row.f, f) && within(row.m, m)
}

fn listed(cells: &[String]) -> String {
    const SHOWN: usize = 10;
    let more = if cells.len() > SHOWN { format!(" and {} more", cells.len() - SHOWN) } else { String::new() };
    format!("{}{more}", cells[..cells.len().min(SHOWN)].join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, r: [u8; 2], f: [u8; 2]) -> RfmSegment {
        RfmSegment { name: name.to_owned(), r, f, m: any() }
    }

    fn name(map: &SegmentMap, r: u8, f: u8, m: u8) -> &str {
        &map.names[map.segment(r, f, m)]
    }

    #[test]
    fn the_default_map_names_every_cell_once() {
        let map = SegmentMap::new(&RfmSegments::default(), false).unwrap();
        assert_eq!(map.names.len(), 10);
        for (r, f, expected) in [
            (1, 1, "Hibernating"),
            (2, 4, "At Risk"),
            (1, 5, "Can't Lose"),
            (3, 2, "About to Sleep"),
            (3, 3, "Need Attention"),
            (4, 5, "Loyal"),
            (4, 1, "Promising"),
            (5, 1, "New"),
            (4, 3, "Potential Loyalist"),
            (5, 4, "Champions"),
        ] {
            assert_eq!(name(&map, r, f, 1), expected);
            assert_eq!(name(&map, r, f, 5), expected);
        }
    }

    #[test]
    fn the_eleven_names_leave_no_cell_out() {
        let map = SegmentMap::new(&RfmSegments::Preset(SegmentPreset::FirstMatch11), false).unwrap();
        assert_eq!(map.names.len(), 11);
        assert_eq!(map.by_mean, 36);
        for (r, f, m, expected) in [
            (5, 5, 5, "Champions"),
            (4, 5, 3, "Loyal Customers"),
            (5, 1, 1, "Potential Loyalist"),
            (2, 2, 2, "Need Attention"),
            (2, 1, 1, "About To Sleep"),
            (1, 5, 5, "At Risk"),
            (1, 1, 2, "Hibernating"),
            // No row holds these three; the mean of f and m is 3.
            (5, 5, 1, "Loyal Customers"),
            (1, 5, 1, "At Risk"),
        ] {
            assert_eq!(name(&map, r, f, m), expected, "{r}{f}{m}");
        }
    }

    #[test]
    fn gaps_and_overlaps_are_named() {
        let gap = RfmSegments::Table(vec![row("low", [1, 4], [1, 5]), row("high", [5, 5], [1, 4])]);
        let error = SegmentMap::new(&gap, false).unwrap_err().to_string();
        assert!(error.contains("5 of 125 cells") && error.contains("r5 f5 m1"), "{error}");
        let overlap = RfmSegments::Table(vec![row("low", [1, 4], [1, 5]), row("high", [4, 5], [1, 5])]);
        let error = SegmentMap::new(&overlap, false).unwrap_err().to_string();
        assert!(error.contains("25 of 125 cells") && error.contains("r4 f1 m1 (low, high)") && error.contains("and 15 more"), "{error}");
        assert_eq!(name(&SegmentMap::new(&overlap, true).unwrap(), 4, 1, 1), "low");
        let gap_first_match = SegmentMap::new(&gap, true).unwrap_err().to_string();
        assert!(gap_first_match.contains("5 of 125"), "{gap_first_match}");
    }

    #[test]
    fn rows_of_one_name_may_overlap() {
        let table = RfmSegments::Table(vec![row("all", [1, 4], [1, 5]), row("all", [3, 5], [1, 5])]);
        assert_eq!(SegmentMap::new(&table, false).unwrap().names, ["all"]);
    }

    #[test]
    fn ranges_that_cannot_be_are_refused() {
        for rows in
            [vec![row("x", [0, 5], [1, 5])], vec![row("x", [1, 6], [1, 5])], vec![row("x", [4, 2], [1, 5])], vec![row(" ", [1, 5], [1, 5])]]
        {
            assert!(SegmentMap::new(&RfmSegments::Table(rows), false).is_err());
        }
        assert!(SegmentMap::new(&RfmSegments::Table(vec![]), false).is_err());
    }

    #[test]
    fn segments_read_from_json() {
        let read = |text: &str| serde_json::from_str::<RfmSegments>(text);
        assert_eq!(read("\"first_match_11\"").unwrap(), RfmSegments::Preset(SegmentPreset::FirstMatch11));
        assert_eq!(read(r#"[{"name": "x", "r": [1, 5]}]"#).unwrap(), RfmSegments::Table(vec![row("x", [1, 5], [1, 5])]));
        assert!(read("\"eleven\"").unwrap_err().to_string().contains("first_match_11"));
    }
}
