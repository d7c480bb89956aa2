//! The nine cells of ABC and XYZ.

use serde_json::json;

use super::heat::Heat;
use super::measure::{Measure, count, share, words};
use super::picture::Picture;
use super::sheet::Sheet;
use crate::number::{numbered, percent};

pub(super) fn draw(sheet: Sheet<'_>) -> Option<Picture> {
    let table = sheet.table("abc_xyz")?;
    let (cell, abc, xyz) = (table.words("abc_xyz")?, table.words("abc")?, table.words("xyz")?);
    let (accounts, revenue, policy) = (table.numbers("accounts")?, table.numbers("revenue")?, table.words("policy")?);
    let of_accounts = table.numbers("accounts_share")?;
    let of_revenue = table.numbers("revenue_share");
    let held = |row: usize| of_revenue.as_ref().and_then(|share| share.get(row));
    let measure = Measure::of(sheet, table, "revenue");
    let names = [sheet.say("X, frequent"), sheet.say("Y, regular"), sheet.say("Z, irregular")];
    let (names, x_title) = match sheet.word("measure") {
        Some("frequency") => (names, sheet.say("How often they buy")),
        _ => (["X, steady", "Y, varying", "Z, erratic"].map(str::to_owned), sheet.say("How steadily they buy")),
    };
    let column = |class: &str| names.iter().find(|name| name.starts_with(class)).cloned().unwrap_or_else(|| class.to_owned());
    let mut cells = vec![];
    for row in 0..table.len() {
        let count = sheet.accounts(accounts.get(row)?);
        let text = match held(row) {
            Some(part) => format!("{}\n{count}\n{}", cell.get(row)?, percent(part)),
            None => format!("{}\n{count}", cell.get(row)?),
        };
        cells.push(json!({
            "x": column(xyz.get(row)?), "y": abc.get(row)?, "value": held(row).or(of_accounts.get(row)), "text": text,
            "cell": cell.get(row)?, "accounts": accounts.get(row)?, "revenue": revenue.get(row), "share": held(row), "policy": policy.get(row),
        }));
    }
    let best = cells.iter().find(|cell| cell["cell"] == "AX");
    let title = match best.and_then(|cell| Some((cell["accounts"].as_f64()?, cell["share"].as_f64()?))) {
        Some((accounts, share)) => {
            let large = numbered(accounts, "large and frequent customer brings", "large and frequent customers bring");
            sheet.say(&format!("{large} {} of revenue", percent(share)))
        }
        None => sheet.say("Where size and regularity of the accounts meet"),
    };
    let subtitle = sheet.say("The nine cells of ABC (size) and XYZ (regularity); the stronger its colour, the more revenue a cell holds.");
    let tooltip = json!([
        words("cell", "Cell"),
        count("accounts", &sheet.say("Accounts")),
        measure.tooltip("revenue"),
        share("share", &sheet.say("Share of revenue")),
        words("policy", "Policy"),
    ]);
    let heat = Heat {
        cells,
        columns: names.to_vec(),
        rows: ["A", "B", "C"].map(str::to_owned).to_vec(),
        x_title,
        y_title: sheet.say("Size"),
        tooltip,
        named: true,
    };
    Some(Picture::new(title, subtitle, heat.body()).height(270))
}
