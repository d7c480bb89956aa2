use super::{Part, html, markdown};
use crate::crm::Crm;
use crate::facts::FactsOptions;
use crate::ledger::{Columns, Ledger};
use crate::review::{Review, ReviewOptions, review};
use crate::sample::{Company, SampleOptions};

fn sample() -> Review {
    let options = SampleOptions { accounts: 60, ..SampleOptions::default() };
    let company = Company::generate(&options).unwrap();
    let columns = Columns::new("account", "date", "amount").cost("cost").direction("direction").currency("currency");
    let facts = Ledger::from_batches(vec![company.ledger], columns).unwrap().facts(&FactsOptions::new(options.as_of)).unwrap();
    review(&facts, &Crm::default(), &ReviewOptions::default().methods(["abc"]), &()).unwrap()
}

#[test]
fn nothing_from_data_is_markup() {
    let review = sample();
    let account = review.accounts.value(0, 0);
    let dossier = review.dossier(account.as_str().unwrap()).unwrap();
    let hostile = "<script>alert(1)</script> | `x` [a](b) & \u{1}*y*".to_owned();
    let parts = [
        Part::Heading("Heading"),
        Part::Facts(vec![(hostile.clone(), hostile.clone())]),
        Part::Table(vec![(hostile.clone(), false), ("n".to_owned(), true)], vec![vec![hostile.clone(), hostile.clone()]]),
        Part::Steps(vec![(hostile.clone(), hostile.clone())]),
        Part::Note(hostile),
    ];
    let page = html::page(&dossier, &parts);
    assert!(!page.contains("<script") && !page.contains('\u{1}'), "{page}");
    assert!(page.matches("&lt;script&gt;").count() >= 8);
    let text = markdown::write(&dossier, &parts);
    assert!(!text.contains("<script") && text.contains("&lt;script&gt;alert\\(1\\)") && text.contains("\\| \\`x\\` \\[a\\]"), "{text}");
    // A row has as many bars as columns ask for, whatever stands in the cells.
    let row = text.lines().find(|line| line.starts_with("| &lt;script")).unwrap();
    assert_eq!(row.replace("\\|", "").matches('|').count(), 3);
}

#[test]
fn both_ways_say_the_same_parts() {
    let review = sample();
    let account = review.accounts.value(0, 0);
    let dossier = review.dossier(account.as_str().unwrap()).unwrap();
    let (page, text) = (dossier.to_html(), dossier.to_markdown());
    for heading in ["General", "Classes and what put it there", "History"] {
        assert!(page.contains(&format!("<h2>{heading}</h2>")) && text.contains(&format!("## {heading}")), "{heading}");
    }
    assert!(page.starts_with("<!DOCTYPE html>") && !page.contains("<script") && !page.contains("http"));
    assert!(dossier.to_html_fragment().starts_with("<style>") && text.starts_with("# "));
    assert!(text.contains("EUR"));
}
