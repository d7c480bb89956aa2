//! From which level of the pyramid to which, from the end of one period to the next.

use serde_json::json;

use super::heat::Heat;
use super::levels::{NAMES, name};
use super::measure::{count, share, words};
use super::picture::Picture;
use super::sheet::Sheet;
use crate::number::{grouped, percent};

pub(super) fn draw(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("pyramid_transitions")?;
    let (from, to) = (table.words("from_level")?, table.words("to_level")?);
    let (times, chance) = (table.numbers("transitions")?, table.numbers("probability")?);
    let mut cells = vec![];
    for row in 0..table.len() {
        let (from, to, times) = (from.get(row)?, to.get(row)?, times.get(row)?);
        if from == "none" || to == "none" {
            continue;
        }
        let text = match chance.get(row) {
            Some(chance) if times > 0.0 => format!("{}\n{}", percent(chance), grouped(times, 0)),
            _ => "–".to_owned(),
        };
        cells.push(json!({ "x": name(to), "y": name(from), "value": chance.get(row).unwrap_or(0.0), "text": text, "times": times, "chance": chance.get(row) }));
    }
    if cells.iter().all(|cell| cell["times"] == 0.0) {
        return None;
    }
    let moves = [sheet.numbered("climbs", "climb", "climbs"), sheet.numbered("falls", "fall", "falls")];
    let title = format!("{} between levels", moves.join(" and "));
    let subtitle = sheet.say(&format!(
        "From the end of one period to the next, over {}: the chance, and how many times accounts did so.",
        sheet.numbered("periods", "period", "periods")
    ));
    let tooltip = json!([words("y", "From"), words("x", "To"), share("chance", "Chance"), count("times", "Times")]);
    let up: Vec<String> = NAMES.iter().rev().map(|name| (*name).to_owned()).collect();
    let heat = Heat {
        cells,
        columns: up,
        rows: NAMES.map(str::to_owned).to_vec(),
        x_title: "To".to_owned(),
        y_title: "From".to_owned(),
        tooltip,
        named: false,
    };
    Some(Picture::new(title, subtitle, heat.body()).height(260))
}
