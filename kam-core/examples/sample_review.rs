//! Reviews the sample company and writes `review.html` and `review.json` into the folder that is named, or into this one.

use std::error::Error;
use std::path::PathBuf;

use kam_core::ledger::{Columns, Ledger};
use kam_core::report::{ReviewHtmlOptions, review_html};
use kam_core::sample::{Company, SampleOptions};
use kam_core::{Crm, FactsOptions, ReviewOptions, review};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| ".".to_owned()));
    let options = SampleOptions::default();
    let company = Company::generate(&options)?;
    let columns = Columns::new("account", "date", "amount")
        .order("order")
        .cost("cost")
        .cost_to_serve("cost_to_serve")
        .list_amount("list_amount")
        .direction("direction")
        .currency("currency")
        .manager("manager");
    let mut crm = Crm::builder();
    for (name, table) in company.tables().into_iter().filter(|(name, _)| *name != "ledger") {
        crm = crm.table(name, vec![table.clone()])?;
    }
    let crm = crm.build()?;
    let facts = Ledger::from_batches(vec![company.ledger], columns)?.facts(&FactsOptions::new(options.as_of))?;
    let review = review(&facts, &crm, &ReviewOptions::default(), &())?;
    std::fs::write(folder.join("review.html"), review_html(&review, &ReviewHtmlOptions::default())?)?;
    std::fs::write(folder.join("review.json"), serde_json::to_string_pretty(&review.to_json()?)?)?;
    Ok(())
}
