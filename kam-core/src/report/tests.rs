use serde_json::json;

use super::*;
use crate::crm::Crm;
use crate::facts::FactsOptions;
use crate::ledger::{Columns, Ledger};
use crate::method::Outcome;
use crate::review::{ReviewOptions, Skipped, review};
use crate::sample::{Company, SampleOptions};
use crate::table::{Column, Unit};

const HOSTILE: &str = "<img src=x onerror=alert(1)>";
const QUOTED: &str = "\"quoted\" & 'single' `back`";

fn lists() -> arrow::array::ListArray {
    let mut lists = arrow::array::ListBuilder::new(arrow::array::StringBuilder::new());
    for _ in 0..30 {
        lists.append_value([Some(HOSTILE), Some(QUOTED)]);
    }
    lists.finish()
}

/// A review of the sample company with every column of its ledger, as the library gives it.
fn sample() -> Review {
    let options = SampleOptions::default();
    let company = Company::generate(&options).unwrap();
    let columns = Columns::new("account", "date", "amount")
        .order("order")
        .cost("cost")
        .cost_to_serve("cost_to_serve")
        .list_amount("list_amount")
        .direction("direction")
        .currency("currency")
        .manager("manager");
    let facts = Ledger::from_batches(vec![company.ledger], columns).unwrap().facts(&FactsOptions::new(options.as_of)).unwrap();
    review(&facts, &Crm::default(), &ReviewOptions::default(), &()).unwrap()
}

/// The same with results of two methods made by hand, with every unit, long tables, notes and words that would like to be markup.
fn made_up() -> Review {
    let mut review = sample();
    review.methods.clear();
    let accounts: Vec<String> =
        (0..30).map(|at| if at == 0 { HOSTILE.to_owned() } else { format!("Account {at} <b>{QUOTED}</b>") }).collect();
    let class = |at: usize| ["A", "B", "C"][at % 3];
    let main = Table::new(
        "abc",
        vec![
            Column::words("account", &accounts),
            Column::words("abc", (0..30).map(class)),
            Column::floats("revenue", Unit::Money, (0..30).map(|at| Some(f64::from(at) * 12_345.67 - 20_000.0))),
            Column::floats("share", Unit::Share, (0..30).map(|at| (at > 0).then(|| f64::from(at) / 40.0))),
            Column::counts("lines", (0..30).map(|at| at * 1_000)),
            Column::words(HOSTILE, (0..30).map(|_| HOSTILE)),
            Column::flags("golden_shot", (0..30).map(|at| Some(at % 2 == 0))),
            Column::built("missing", Unit::Plain, std::sync::Arc::new(lists())),
        ],
    )
    .unwrap();
    let mut summary = json!({ "base": "revenue", "accounts": 30, "total": 1_234_567.8, "a_share": 0.8, "note": HOSTILE });
    summary[HOSTILE] = HOSTILE.into();
    summary["list"] = json!([HOSTILE, QUOTED]);
    let empty = Table::new("empty", vec![Column::words("account", Vec::<String>::new())]).unwrap();
    let mut outcome = Outcome::new(vec![main.clone(), empty], &summary).unwrap();
    outcome.units = vec![("accounts", Unit::Count), ("total", Unit::Money), ("a_share", Unit::Share)];
    outcome.origin.currency = Some(HOSTILE.to_owned());
    review.methods.push(Reviewed {
        name: "abc",
        title: "ABC".into(),
        about: "Which accounts bring most.".into(),
        rows: &[("abc", "an account, largest first"), ("empty", "nothing")],
        options: json!({ "a": 0.8, "base": "revenue", "fixed": { "name": HOSTILE } }),
        outcome,
    });
    review.accounts = main;
    review.skipped.push(Skipped { method: "rfm", title: "RFM".into(), reason: HOSTILE.to_owned(), hint: Some(QUOTED.to_owned()) });
    review.facts.currency = Some(HOSTILE.to_owned());
    review
}

/// The accounts of the review that is made up are in no ledger, so nothing more is known of them.
fn without_dossiers() -> ReviewHtmlOptions {
    ReviewHtmlOptions { dossiers: PageDossiers::Largest(0), ..ReviewHtmlOptions::default() }
}

#[test]
fn nothing_from_data_becomes_markup() {
    let options = ReviewHtmlOptions { title: HOSTILE.to_owned(), ..without_dossiers() };
    let page = review_html(&made_up(), &options).unwrap();
    let fragment = table_html(&made_up().accounts, 30).unwrap();
    for html in [&page, &fragment] {
        assert!(!html.contains("<img") && !html.contains("src=") && !html.contains("onerror="));
        assert!(!html.contains("<b>") && !html.contains(QUOTED));
        assert!(html.contains("&lt;img src&#61;x onerror&#61;alert(1)&gt;"));
        assert!(html.contains("&quot;quoted&quot; &amp; &#39;single&#39; &#96;back&#96;"));
    }
    // Title, heading, account, column name, cell, list, note, summary, option, reason, currency.
    assert!(page.matches("&lt;img src").count() > 40, "{}", page.matches("&lt;img src").count());
}

#[test]
fn the_page_needs_nothing_but_itself() {
    let page = review_html(&sample(), &ReviewHtmlOptions::default()).unwrap();
    for outside in ["http:", "https:", "src=", "url(", "@import", "<link", "javascript:"] {
        assert!(!page.contains(outside), "{outside}");
    }
    // The page's own script is the only one beside the data, and the policy knows it.
    assert_eq!(page.matches("<script>").count(), 1);
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("&#39;sha256-").count(), 2);
    assert!(page.contains("Charts are not in this file"));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; Söhne"));
    assert!(page.contains("As of 2025-12-31"));
    assert!(page.starts_with("<!DOCTYPE html>"), "{}", &page[..40]);
}

#[test]
fn a_script_draws_charts_from_data_that_cannot_run() {
    let options = ReviewHtmlOptions { script: Some("/* draws */".to_owned()), ..ReviewHtmlOptions::default() };
    let page = review_html(&sample(), &options).unwrap();
    assert!(page.contains("<script>/* draws */</script>") && !page.contains("Charts are not in this file"));
    let charts = page.split(r#"<script type="application/json" id="kam-charts">"#).nth(1).unwrap().split("</script>").next().unwrap();
    let charts: serde_json::Value = serde_json::from_str(charts).unwrap();
    let drawn = charts["charts"].as_array().unwrap().len();
    assert_eq!(page.matches("data-chart=").count(), drawn);
    assert!(drawn >= 10, "{drawn}");
    assert_eq!(page.matches("<script").count(), 4);
    assert_eq!(page.matches("&#39;sha256-").count(), 3);
    assert!(page.contains(r##"<a href="#pareto">"##));
    let refused = review_html(&sample(), &ReviewHtmlOptions { script: Some("</script>".to_owned()), ..ReviewHtmlOptions::default() });
    assert!(refused.unwrap_err().to_string().contains("script"));
}

#[test]
fn key_accounts_have_dossiers_that_their_names_lead_to() {
    let review = sample();
    let page = review_html(&review, &ReviewHtmlOptions { dossiers: PageDossiers::Largest(7), ..ReviewHtmlOptions::default() }).unwrap();
    // Those whom the summary names have one too.
    let all = page.matches("<details class=\"dossier\"").count();
    assert!((7..=30).contains(&all), "{all}");
    assert_eq!(page.matches("<article class=\"kam-dossier\"").count(), all);
    let minute = page.split("<section id=\"minute\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert_eq!(minute.matches("<bdi>").count(), minute.matches("<a href=\"#dossier-").count());
    for at in 0..7 {
        assert_eq!(page.matches(&format!("id=\"dossier-{at}\"")).count(), 1);
        assert!(page.contains(&format!("<a href=\"#dossier-{at}\"><bdi>")), "{at}");
    }
    // The dossier's own style stands in the page's, which the policy knows by its hash.
    assert_eq!(page.matches("<style>").count(), 1);
    assert_eq!(page.matches("<h1>").count(), 1);
    let without = review_html(&review, &ReviewHtmlOptions { dossiers: PageDossiers::Largest(0), ..ReviewHtmlOptions::default() }).unwrap();
    assert!(!without.contains("class=\"dossier\"") && !without.contains("href=\"#dossier"));
}

#[test]
fn dossiers_may_be_chosen_by_name() {
    let review = sample();
    let of = |accounts: &[&str]| PageDossiers::Of(accounts.iter().map(|account| (*account).to_owned()).collect());
    let hostile = "<script>alert(1)</script> & Söhne";
    let options = ReviewHtmlOptions { dossiers: of(&[hostile, hostile]), ..ReviewHtmlOptions::default() };
    let page = review_html(&review, &options).unwrap();
    assert_eq!(page.matches("<details class=\"dossier\"").count(), 1, "one account, one dossier");
    assert!(page.contains("<strong><bdi>&lt;script&gt;alert(1)&lt;/script&gt; &amp; Söhne</bdi></strong>"));
    let error = review_html(&review, &ReviewHtmlOptions { dossiers: of(&["nobody"]), ..ReviewHtmlOptions::default() }).unwrap_err();
    assert!(error.to_string().contains("nobody"), "{error}");
    let options: ReviewHtmlOptions = serde_json::from_value(json!({ "dossiers": 3 })).unwrap();
    assert_eq!(options.dossiers, PageDossiers::Largest(3));
    let wrong = serde_json::from_value::<ReviewHtmlOptions>(json!({ "dossiers": "all" })).unwrap_err();
    assert!(wrong.to_string().contains("a number of key accounts, or a list of accounts"), "{wrong}");
}

#[test]
fn the_minute_answers_what_is_asked_first() {
    let page = review_html(&sample(), &ReviewHtmlOptions::default()).unwrap();
    let minute = page.split("<section id=\"minute\"").nth(1).unwrap().split("</section>").next().unwrap();
    for question in [
        "Who is key?",
        "How dependent are we?",
        "Who costs more than they bring?",
        "Who is leaving?",
        "Who is worth winning back?",
        "What next?",
    ] {
        assert!(minute.contains(question), "{question}");
    }
    assert!(minute.contains("#dossier-0"), "the largest account is named, and leads to its dossier");
    assert!(!minute.contains(".."), "{minute}");
}

#[test]
fn the_minute_speaks_of_suppliers_where_they_are() {
    let mut review = sample();
    review.facts.perspective = Perspective::Supplier;
    let page = review_html(&review, &ReviewHtmlOptions::default()).unwrap();
    let minute = page.split("<section id=\"minute\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(minute.contains("suppliers") && !minute.contains("customers"), "{minute}");
}

#[test]
fn every_number_of_every_summary_has_its_unit() {
    let review = sample();
    let words = ["note", "driver", "why_not", "fallback", "most_frequent_reason", "worst_period", "best", "key_band", "computed_limits"];
    for ran in &review.methods {
        let outcome = &ran.outcome;
        let known = |name: &str| outcome.units.iter().any(|(known, _)| *known == name || known.split('.').next() == Some(name));
        for (name, value) in &outcome.summary {
            let is_number = value.is_number() || (value.is_null() && !words.contains(&name.as_str()));
            assert!(!is_number || known(name), "{}.{name}", ran.name);
        }
        for (name, _) in &outcome.units {
            let outer = name.split('.').next().unwrap();
            assert!(outcome.summary.contains_key(outer), "{}.{name} is in no summary", ran.name);
        }
    }
}

#[test]
fn tags_are_balanced() {
    for page in [review_html(&made_up(), &without_dossiers()).unwrap(), review_html(&sample(), &ReviewHtmlOptions::default()).unwrap()] {
        for tag in [
            "html", "body", "section", "table", "thead", "tbody", "tr", "td", "th", "dl", "dt", "dd", "div", "p", "span", "bdi", "h2",
            "h3", "nav",
        ] {
            let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
        }
    }
}

#[test]
fn long_tables_say_how_much_is_left_out() {
    let review = made_up();
    let page = review_html(&review, &ReviewHtmlOptions { max_rows: 12, max_accounts: 10, ..without_dossiers() }).unwrap();
    assert!(
        page.contains("The first 12 of 30 rows<span hidden>; sorting orders these</span>. The other 18 stand in the review's tables"),
        "the method's table"
    );
    assert!(page.contains("This page holds the 10 largest of 30"), "the master table");
    assert!(page.contains("No rows."), "the empty table");
    let fragment = table_html(&review.accounts, 5).unwrap();
    assert_eq!(fragment.matches("<tr>").count(), 6);
    assert!(fragment.contains("The first 5 of 30 rows; 25 more."));
    assert!(table_html(&review.accounts, 30).unwrap().contains("30 rows × 8 columns"));
}

#[test]
fn a_name_without_end_stands_once_in_the_page() {
    let options = SampleOptions { accounts: 60, ..SampleOptions::default() };
    let company = Company::generate(&options).unwrap();
    let columns = Columns::new("account", "date", "amount").cost("cost").manager("manager");
    let facts = Ledger::from_batches(vec![company.ledger.clone()], columns).unwrap().facts(&FactsOptions::new(options.as_of)).unwrap();
    let keys: Vec<String> = facts.keys().iter().map(|key| key.text().into_owned()).collect();
    let first = keys[0].clone();
    let endless = "Ämter ".repeat(200_000);
    let names = keys.iter().enumerate().map(|(at, key)| if at == 0 { endless.clone() } else { format!("{key} & Co") });
    let accounts = arrow::array::RecordBatch::try_from_iter([
        ("account", std::sync::Arc::new(keys.iter().map(Some).collect::<arrow::array::StringArray>()) as arrow::array::ArrayRef),
        ("name", std::sync::Arc::new(names.map(Some).collect::<arrow::array::StringArray>())),
    ]);
    let crm = Crm::builder().accounts(vec![accounts.unwrap()]).unwrap().build().unwrap();
    let review = review(&facts, &crm, &ReviewOptions::default(), &()).unwrap();
    let asked =
        ReviewHtmlOptions { dossiers: PageDossiers::Of(keys), script: Some("/* draws */".to_owned()), ..ReviewHtmlOptions::default() };
    let page = review_html(&review, &asked).unwrap();
    assert_eq!(page.matches(endless.trim()).count(), 1, "once, among what is known of it");
    assert!(page.contains(&format!("{}…", "Ämter ".repeat(20).trim_end())), "and cut elsewhere");
    // The data keep it.
    assert!(review.to_json().unwrap().to_string().contains(endless.trim()));
    assert!(review.dossier(&first).unwrap().to_json().unwrap().contains(endless.trim()));
}

#[test]
fn the_master_table_is_data_of_which_the_first_rows_are_cells() {
    let review = sample();
    let page = review_html(&review, &ReviewHtmlOptions { max_accounts: 150, ..ReviewHtmlOptions::default() }).unwrap();
    let section = page.split("<section id=\"accounts\">").nth(1).unwrap().split("</section>").next().unwrap();
    assert_eq!(section.matches("<tr>").count(), STEP + 1);
    assert!(section.contains("100 of 150 are shown."));
    let data = page.split(r#"<script type="application/json" id="kam-accounts">"#).nth(1).unwrap().split("</script>").next().unwrap();
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["rows"], 150);
    let columns = data["columns"].as_array().unwrap();
    assert_eq!(columns.len(), section.matches("scope=\"col\"").count());
    assert!(columns.iter().all(|column| column["values"].as_array().unwrap().len() == 150));
    let account = &columns[0];
    assert_eq!(account["words"].as_array().unwrap().len(), 150);
    assert_eq!(account["dossiers"][0], 0);
}

#[test]
fn numbers_are_in_their_units() {
    let fragment = table_html(&made_up().accounts, 30).unwrap();
    // Money to the cent, a loss marked, shares with their bars, counts whole, missing values as a dash.
    assert!(fragment.contains(r#"<td class="num minus"><bdi>−20,000.00</bdi></td>"#), "{fragment}");
    assert!(fragment.contains(r#"<td class="num part" style="--part:25.0%"><bdi>25.0%</bdi></td>"#));
    assert!(fragment.contains(r#"<td class="num"><bdi>29,000</bdi></td>"#));
    assert!(fragment.contains(r#"<td class="num none"><bdi>–</bdi></td>"#));
    assert!(fragment.contains(r#"<span class="badge s1">A</span>"#));
    let page = review_html(&made_up(), &without_dossiers()).unwrap();
    assert!(page.contains("<bdi>−20,000</bdi>"), "no cents where they do not matter");
    assert!(page.contains("<dd>80%</dd>"));
}

#[test]
fn the_master_table_of_the_page_is_sorted_by_revenue() {
    let review = sample();
    let shown = accounts::largest(&review, usize::MAX);
    let revenue = shown.columns().iter().position(|name| *name == "revenue").unwrap();
    let values: Vec<f64> = (0..shown.len()).map(|row| shown.value(revenue, row).as_f64().unwrap()).collect();
    assert!(values.windows(2).all(|pair| pair[0] >= pair[1]));
    assert_eq!(shown.len(), review.accounts.len());
    assert!(!shown.columns().iter().any(|name| name.starts_with("history_")));
    let first = accounts::largest(&review, 10);
    assert_eq!(first.to_json(), shown.head(10).to_json());
}

#[test]
fn a_review_of_nothing_is_a_page_too() {
    let columns = Columns::new("account", "date", "amount");
    let empty = arrow::array::RecordBatch::try_from_iter([
        ("account", std::sync::Arc::new(arrow::array::StringArray::from(vec!["a"])) as arrow::array::ArrayRef),
        ("date", std::sync::Arc::new(arrow::array::StringArray::from(vec!["2024-01-01"]))),
        ("amount", std::sync::Arc::new(arrow::array::StringArray::from(vec!["0.00"]))),
    ]);
    let facts = Ledger::from_batches(vec![empty.unwrap()], columns).unwrap();
    let facts = facts.facts(&FactsOptions::new(crate::time::Date::parse("2025-12-31").unwrap())).unwrap();
    let review = review(&facts, &Crm::default(), &ReviewOptions::default(), &()).unwrap();
    let page = review_html(&review, &ReviewHtmlOptions::default()).unwrap();
    assert!(page.contains("No row had to be put aside.") && !page.replace("Number.isNaN", "").contains("NaN"));
}
