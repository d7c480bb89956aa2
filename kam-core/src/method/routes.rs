//! The routes to a key account in the registry, with what the purchase and spend models project, and the profile of those they lead to.

use std::sync::Arc;

use super::figure::{COUNT, DAYS, Figure, Figures, MONEY, NUMBER};
use super::{Context, Method, Outcome, Repeat};
use crate::error::{Code, Result};
use crate::facts::Measure;
use crate::key_account::{
    KeyAccountProfile, KeyAccountProfileOptions, KeyRule, Routes, RoutesInputs, RoutesOptions, key_account_profile,
    key_account_profile_outcome, routes, routes_outcome,
};
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
    /// What could not be judged for want of which table and column.
    missing: Vec<String>,
}

impl Led {
    fn of(routes: &Routes) -> Self {
        Led {
            is: routes.accounts.iter().map(|account| account.is).collect(),
            candidates: routes.candidates.clone(),
            missing: routes.summary.missing.clone(),
        }
    }

    /// For each account of the ledger, in key order: is it key by any route?
    fn key_accounts(&self) -> Vec<bool> {
        self.is[..self.is.len() - self.candidates.len()].iter().map(|is| is.contains(&Some(true))).collect()
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

/// [`key_account_profile`](crate::key_account::key_account_profile()) in the registry.
pub struct KeyAccountProfileMethod;

/// The profile with these options. By any route are key whom the method routes finds, with what the models project.
fn profile_of(context: &Context<'_>, options: &KeyAccountProfileOptions) -> Result<KeyAccountProfile> {
    let (facts, crm) = (context.facts, context.crm);
    if options.key == KeyRule::Pareto || options.key_attribute.is_some() || crm.accounts().is_none() {
        return key_account_profile(facts, crm, None, options);
    }
    let routes = context.given::<RoutesOptions>(RoutesMethod::NAME)?;
    let led = shared(context, &RoutesOptions { base: options.base, share: options.share, ..routes })?;
    let mut profile = key_account_profile(facts, crm, Some(&led.key_accounts()), options)?;
    profile.summary.missing.clone_from(&led.missing);
    Ok(profile)
}

/// How well every account, and every candidate, fits a profile with these options, worked out once in a context.
pub(super) fn shared_fits(context: &Context<'_>, options: &KeyAccountProfileOptions) -> Result<Arc<Vec<Option<f64>>>> {
    context.remember(KeyAccountProfileMethod::NAME, options, || Ok(profile_of(context, options)?.fits()))
}

impl Method for KeyAccountProfileMethod {
    const NAME: &'static str = "key_account_profile";
    const TITLE: &'static str = "Key account profile";
    const ABOUT: &'static str = "What the key accounts have in common, how well a candidate fits them, and how long such accounts stay.";
    const NEEDS: &'static [&'static str] = &["accounts"];
    const BUILDS_ON: &'static [&'static str] = &[RoutesMethod::NAME, PurchaseModelMethod::NAME, SpendModelMethod::NAME];
    const TAKES: &'static [&'static str] = &[RoutesMethod::NAME];
    const REPEATS: &'static [Repeat] = &[("base", RoutesMethod::NAME, Some("base")), ("share", RoutesMethod::NAME, Some("share"))];
    const TABLES: &'static [(&'static str, &'static str)] = &[
        ("key_account_profile", "a bin of an attribute; attributes that tell most first"),
        ("attributes", "an attribute"),
        ("fit", "a candidate or an account of the ledger; candidates first, the best fit first"),
        ("bands", "a band of the fit, the lowest first"),
    ];
    const FIGURES: Figures = &[
        (COUNT, &["accounts", "unmarked", "key_accounts", "candidates"]),
        (NUMBER, &["auc"]),
        (DAYS, &["key_tenure_days", "other_tenure_days"]),
    ];
    type Options = KeyAccountProfileOptions;

    fn run(context: &Context<'_>, options: &KeyAccountProfileOptions) -> Result<Outcome> {
        let result = profile_of(context, options)?;
        context.remember(Self::NAME, options, || Ok(result.fits()))?;
        key_account_profile_outcome(context.facts, result)
    }
}
