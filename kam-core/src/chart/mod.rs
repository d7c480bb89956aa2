//! Charts: Vega-Lite specifications made from results, the same for Rust, Python, C and a CRM in the browser.
//!
//! A chart needs only what the result holds: its tables, its summary, its currency and its words. [`CHARTS`] lists which method has which
//! charts; the first that has something to show is the main one. Large results are thinned without changing the picture, see `thin`.

mod abc;
mod abc_xyz;
mod acceptability;
mod attractiveness;
mod bars;
mod bubbles;
mod effort;
mod heat;
mod hygiene;
mod level_transitions;
mod levels;
mod levels_over_time;
mod lists;
mod lorenz;
mod loss_dynamics;
mod market_indicator;
mod measure;
mod our_attractiveness;
mod pareto;
mod period;
mod picture;
mod portfolio;
mod purchase_model;
mod pyramid;
mod revenue_bridge;
mod rfm;
mod selection_matrix;
mod sheet;
#[cfg(test)]
mod tests;
mod theme;
mod thin;
mod whale_curve;

pub use picture::{Drawing, SCHEMA};
pub use theme::Theme;

use serde_json::{Value, json};

use picture::Picture;
use sheet::Sheet;

use crate::error::{Code, Error, Result};
use crate::method::{Entry, Outcome};

/// A chart as the table of charts lists it.
pub struct Chart {
    /// Its name, of its own among the method's charts.
    pub name: &'static str,
    /// What it shows.
    pub about: &'static str,
    draw: fn(Sheet<'_>) -> Option<Picture>,
}

const fn chart(name: &'static str, about: &'static str, draw: fn(Sheet<'_>) -> Option<Picture>) -> Chart {
    Chart { name, about, draw }
}

/// Every method or calculation with charts, and its charts, the main one first.
pub static CHARTS: &[(&str, &[Chart])] = &[
    ("pareto", &[chart("pareto", "What share the largest accounts hold", pareto::draw)]),
    ("lorenz", &[chart("lorenz", "How unevenly the accounts share the base", lorenz::draw)]),
    ("whale_curve", &[chart("whale_curve", "Profit added up from the most profitable account on", whale_curve::draw)]),
    ("unprofitable", &[chart("losses", "The largest losses and what drives them", lists::draw_unprofitable)]),
    ("cost_to_serve", &[chart("cost_to_serve", "The accounts that cost most to serve", lists::draw_cost_to_serve)]),
    ("abc", &[chart("classes", "How many accounts each class has and what it holds", abc::draw)]),
    ("abc_xyz", &[chart("heat_map", "Nine cells of size and regularity", abc_xyz::draw)]),
    ("rfm", &[chart("map", "Recency and frequency, with the segments' names", rfm::draw)]),
    (
        "purchase_model",
        &[
            chart("tracking", "Actual and expected purchases week by week", purchase_model::draw_tracking),
            chart("tracking_cumulative", "The same added up", purchase_model::draw_cumulative),
            chart("frequency", "Purchases after by the number before", purchase_model::draw_frequency),
            chart("alive", "How many accounts have which chance of being alive", purchase_model::draw_alive),
        ],
    ),
    ("clv", &[chart("clv", "The accounts of the highest lifetime value", lists::draw_clv)]),
    ("key_account_types", &[chart("types", "How many accounts are key in which way", lists::draw_types)]),
    ("routes", &[chart("routes", "How many accounts are key by which route", lists::draw_routes)]),
    (
        "attractiveness",
        &[
            chart("score", "What the highest scores are made of", attractiveness::draw),
            chart("sureness", "How sure a place among the best is, whatever the weights", attractiveness::draw_sureness),
        ],
    ),
    ("our_attractiveness", &[chart("criteria", "Customers' scores of us and of the best competitor", our_attractiveness::draw)]),
    ("selection_matrix", &[chart("matrix", "Accounts as bubbles in four quadrants", selection_matrix::draw)]),
    ("pyramid", &[chart("pyramid", "Accounts and value on each level", pyramid::draw)]),
    (
        "pyramid_transitions",
        &[
            chart("transitions", "From which level to which", level_transitions::draw),
            chart("pyramid", "Accounts and value on each level, climbers and fallers", pyramid::draw_with_movers),
            chart("levels", "Accounts by level at the end of every period", levels_over_time::draw),
        ],
    ),
    (
        "revenue_bridge",
        &[
            chart("waterfall", "From the revenue before to the revenue now", revenue_bridge::draw),
            chart("periods", "What was won and lost period by period", revenue_bridge::draw_periods),
        ],
    ),
    (
        "loss_dynamics",
        &[
            chart("losses", "What was lost and what came back period by period", loss_dynamics::draw),
            chart("reasons", "What came before losses", loss_dynamics::draw_reasons),
            chart("directions", "In which directions accounts were lost", loss_dynamics::draw_directions),
        ],
    ),
    ("win_back", &[chart("list", "Whom it is worth winning back", lists::draw_win_back)]),
    (
        "effort",
        &[
            chart("effort", "Every account's shares of effort and value", effort::draw),
            chart("classes", "Effort and value by class", effort::draw_classes),
        ],
    ),
    (
        "portfolio",
        &[
            chart("managers", "What every manager looks after, by level", portfolio::draw),
            chart("plans", "Actual against plan", portfolio::draw_plans),
        ],
    ),
    (
        "hygiene",
        &[
            chart("mistakes", "The seven mistakes by manager and kind", hygiene::draw),
            chart("trend", "The seven mistakes by period", hygiene::draw_trend),
        ],
    ),
    (
        "market_indicator",
        &[
            chart("index", "The key accounts and the rest as indices", market_indicator::draw),
            chart("lags", "How their changes go together, by lag", market_indicator::draw_lags),
        ],
    ),
    ("mcda.smaa", &[chart("acceptability", "How often every alternative stands on every rank", acceptability::draw)]),
];

/// The charts of a method or calculation; none where it has none.
#[must_use]
pub fn charts(method: &str) -> &'static [Chart] {
    CHARTS.iter().find(|(name, _)| *name == method).map_or(&[], |(_, charts)| *charts)
}

/// A method as hosts and generators see it: [`Entry::describe`] with `charts`, each with its name and what it shows.
pub fn describe(entry: &Entry) -> Result<Value> {
    let mut described = entry.describe()?;
    described["charts"] = charts(entry.name).iter().map(|chart| json!({ "name": chart.name, "about": chart.about })).collect();
    Ok(described)
}

impl Outcome {
    /// One of the result's charts by its name, or the main one: the first that has something to show. `None` where the method has no charts;
    /// an error for a name that none of them has. A chart with nothing to show says so.
    pub fn chart(&self, name: Option<&str>) -> Result<Option<Drawing>> {
        let all = charts(self.origin.method);
        let Some(wanted) = name else {
            return Ok(self.charts().into_iter().next().or_else(|| all.first().map(|chart| self.draw(chart))));
        };
        match all.iter().find(|chart| chart.name == wanted) {
            Some(chart) => Ok(Some(self.draw(chart))),
            None => {
                let names: Vec<_> = all.iter().map(|chart| chart.name).collect();
                let hint =
                    if names.is_empty() { "this result has no charts".to_owned() } else { format!("its charts are {}", names.join(", ")) };
                Err(Error::new(Code::Option, format!("{} has no chart `{wanted}`", self.origin.method)).with_hint(hint))
            }
        }
    }

    /// All charts of the result that have something to show, the main one first.
    #[must_use]
    pub fn charts(&self) -> Vec<Drawing> {
        charts(self.origin.method).iter().map(|chart| self.draw(chart)).filter(|drawing| !drawing.is_empty).collect()
    }

    fn draw(&self, chart: &Chart) -> Drawing {
        match (chart.draw)(Sheet { outcome: self }) {
            Some(picture) => Drawing { name: chart.name, is_empty: false, picture },
            None => Drawing { name: chart.name, is_empty: true, picture: Picture::nothing(&self.origin.perspective.say(chart.about)) },
        }
    }
}
