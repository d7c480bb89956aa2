//! The accounts table: master data, with gaps as a CRM has them, and three attributes of the company's own.

use arrow::array::RecordBatch;

use super::batch::Columns;
use super::cast::Customer;
use super::names::{INDUSTRIES, MANAGERS, REGIONS};
use super::random::Dice;
use crate::error::Result;

pub(super) fn accounts(seed: u64, customers: &[Customer]) -> Result<RecordBatch> {
    let mut dice = Dice::new(seed, 3);
    // What a CRM leaves empty: one industry in 25, one budget in 12.
    let gaps: Vec<(bool, bool)> =
        customers.iter().enumerate().map(|(at, _)| (at >= 12 && dice.chance(40), at >= 12 && dice.chance(80))).collect();
    let payment: Vec<i64> =
        customers.iter().map(|customer| *dice.pick(&[14, 30, 30, 45, 60]) + if customer.discount > 140 { 30 } else { 0 }).collect();
    let shop: Vec<bool> = customers.iter().map(|customer| dice.chance(if customer.closeness >= 2 { 700 } else { 350 })).collect();
    // Most are spoken to in German; the languages of the others are those that one or another manager speaks.
    let mut dice = Dice::new(seed, 5);
    let languages: Vec<&str> = (0..customers.len())
        .map(|at| match dice.below(1000) {
            _ if at == 23 => "ar",
            0..620 => "de",
            620..820 => "en",
            820..890 => "fr",
            890..950 => "it",
            _ => "sv",
        })
        .collect();
    let certified = |customer: &Customer| if customer.expert || customer.employees > 900 { "ISO 9001" } else { "none" };
    Columns::new("accounts")
        .text("account", customers.iter().map(|customer| Some(&customer.account)))
        .text("name", customers.iter().map(|customer| Some(&customer.name)))
        .text("parent", customers.iter().map(|customer| customer.parent.and_then(|at| customers.get(at)).map(|parent| &parent.account)))
        .text("manager", customers.iter().map(|customer| Some(MANAGERS[customer.manager])))
        .text("industry", customers.iter().zip(&gaps).map(|(customer, gap)| (!gap.0).then_some(INDUSTRIES[customer.industry])))
        .text("region", customers.iter().map(|customer| Some(REGIONS[customer.region])))
        .text("language", languages.iter().map(Some))
        .integers("employees", customers.iter().map(|customer| Some(customer.employees)))
        .money("annual_revenue", customers.iter().map(|customer| Some(customer.turnover)))
        .money("budget", customers.iter().zip(&gaps).map(|(customer, gap)| (!gap.1).then_some(customer.budget)))
        .flags("reference", customers.iter().map(|customer| Some(customer.reference)))
        .dates("since", customers.iter().map(|customer| Some(customer.since)))
        .text("certification", customers.iter().map(|customer| Some(certified(customer))))
        .integers("payment_days", payment.iter().map(|days| Some(*days)))
        .flags("web_shop", shop.iter().map(|shop| Some(*shop)))
        .batch()
}
