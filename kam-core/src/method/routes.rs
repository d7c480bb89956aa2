//! The routes to a key account in the registry, with what the purchase and spend models project.

use std::sync::Arc;

use super::figure::{COUNT, Figure, Figures, MONEY};
use super::{Context, Method, Outcome};
use crate::error::{Code, Result};
use crate::facts::Measure;
use crate::key_account::{Routes, RoutesInputs, RoutesOptions, routes, routes_outcome};
use crate::retention::{ClvOptions, PurchaseModel, PurchaseModelMethod, SpendModel, SpendModelMethod, clv};

/// [`routes`](crate::key_account::routes()) in the registry.
pub struct RoutesMethod;

/// What each account is projected to bring over as many periods as the window has, in the base, undiscounted; `None` where the base is no
/// money that the models know. The inner error says why a model cannot tell.
fn projected(context: &Context<'_>, base: Measure) -> Result<Option<Result<Vec<f64>, String>>> {
    let margin_rate = match base {
        Measure::Revenue => Some(1.0),
        // The ledger's own, as for lifetime values.
        Measure::Profit | Measure::Margin => None,
        _ => return Ok(None),
    };
    let facts = context.facts;
    let models = PurchaseModel::shared(context).and_then(|purchases| Ok((purchases, SpendModel::shared(context)?)));
    let (purchases, spend) = match models {
        Ok(models) => models,
        Err(error) if matches!(error.code(), Code::MissingInput | Code::FitInput) => return Ok(Some(Err(error.to_string()))),
        Err(error) => return Err(error),
    };
    let periods = u32::try_from(facts.span().last.0 - facts.span().first.0 + 1).unwrap_or(1).clamp(1, 1_200);
    let options = ClvOptions { periods, grain: facts.grain(), discount_rate: 0.0, margin_rate };
    let value = clv(facts, &purchases, &spend, &options)?;
    Ok(Some(match value.summary.why_not {
        Some(why) => Err(why),
        None => Ok(value.clv.iter().map(|value| value.unwrap_or(f64::NAN)).collect()),
    }))
}

/// Whom the routes lead to.
pub(super) struct Led {
    /// By which routes: accounts, then candidates.
    pub is: Vec<[Option<bool>; 4]>,
    pub candidates: Arc<[String]>,
}

impl Led {
    fn of(routes: &Routes) -> Self {
        Led { is: routes.accounts.iter().map(|account| account.is).collect(), candidates: routes.candidates.clone() }
    }
}

/// Whom the routes with these options lead to, worked out once in a context.
pub(super) fn shared(context: &Context<'_>, options: &RoutesOptions) -> Result<Arc<Led>> {
    context.remember(RoutesMethod::NAME, options, || Ok(Led::of(&routes_of(context, options)?)))
}

fn routes_of(context: &Context<'_>, options: &RoutesOptions) -> Result<Routes> {
    let projected = projected(context, options.base)?;
    let inputs = RoutesInputs {
        projected: projected.as_ref().and_then(|projected| projected.as_deref().ok()),
        why_not_projected: projected.as_ref().and_then(|projected| projected.as_ref().err()).map(String::as_str),
    };
    routes(context.facts, context.crm, &inputs, options)
}

impl Method for RoutesMethod {
    const NAME: &'static str = "routes";
    const TITLE: &'static str = "Routes to a key account";
    const ABOUT: &'static str =
        "By which of four routes an account is key: it brings most today, could bring it, is likely to be won, or its name brings others.";
    const BUILDS_ON: &'static [&'static str] = &[PurchaseModelMethod::NAME, SpendModelMethod::NAME];
    const TABLES: &'static [(&'static str, &'static str)] = &[
        ("routes", "an account of the ledger or a candidate; those with most routes first"),
        ("route_counts", "a route"),
        ("unknown_directions", "a direction of opportunities that the ledger does not know"),
    ];
    const FIGURES: Figures = &[
        (COUNT, &["accounts", "candidates", "key_accounts", "routes", "opportunities_without_account", "unknown_directions.opportunities"]),
        (Figure::Of("base"), &["base_total", "least_key_value"]),
        (MONEY, &["value_without_account", "unknown_directions"]),
    ];
    type Options = RoutesOptions;

    fn run(context: &Context<'_>, options: &RoutesOptions) -> Result<Outcome> {
        let result = routes_of(context, options)?;
        context.remember(Self::NAME, options, || Ok(Led::of(&result)))?;
        routes_outcome(context.facts, result, options)
    }
}
