//! Methods on people and effort in the registry: what they take from other families is put together here.

use super::figure::{COUNT, Figure, Figures, MONEY, NUMBER, SHARE};
use super::relationship::levels;
use super::routes::{KeyAccountProfileMethod, RoutesMethod, shared as shared_routes, shared_fits};
use super::{Context, Method, Outcome};
use crate::error::{Code, Result};
use crate::key_account::{CheckState, RoutesOptions, ThreePMethod, ThreePVerdict, three_p};
use crate::people::{
    self, AssignmentInputs, AssignmentOptions, CompetenceMethod, EffortInputs, EffortOptions, Managers, MarketingListInputs,
    MarketingListOptions, PortfolioInputs, PortfolioOptions, Retention, TargetCheck,
};
use crate::retention::{RevenueBridgeOptions, revenue_bridge};
use crate::segment::{AbcClass, AbcOptions, abc};

/// The ABC class of each account, in key order.
fn classes(context: &Context<'_>) -> Result<Vec<&'static str>> {
    let options = context.given::<AbcOptions>("abc")?;
    let abc = context.remember("abc", &options, || abc(context.facts, &options))?;
    Ok(abc.by_account().into_iter().map(AbcClass::name).collect())
}

/// [`effort`](people::effort()) in the registry.
pub struct EffortMethod;

impl Method for EffortMethod {
    const NAME: &'static str = "effort";
    const TITLE: &'static str = "Effort against value";
    const ABOUT: &'static str =
        "Who is served for more or less than they bring, who is neglected, and how the same effort could be shared out.";
    const NEEDS: &'static [&'static str] = &["activities"];
    const BUILDS_ON: &'static [&'static str] = &["abc"];
    // Classes are worked out anew sooner than they are worth their place.
    const TAKES: &'static [&'static str] = &[];
    const TABLES: &'static [(&'static str, &'static str)] = &[
        ("effort", "an account with a line or effort in the window, most effort first"),
        ("classes", "an ABC class"),
        ("managers", "a manager, by the accounts they look after"),
        ("groups", "whom the effort went to"),
        ("done_by", "a manager, by the activities they did"),
    ];
    const FIGURES: Figures = &[
        (COUNT, &["accounts", "over_served", "under_served", "neglected_regulars"]),
        (Figure::Of("measure"), &["total_effort", "moved"]),
        (NUMBER, &["total_hours", "equal_for_all", "value_for_value"]),
        (SHARE, &["neglected_value_share", "acquisition_share", "unassigned_share"]),
    ];
    type Options = EffortOptions;

    fn run(context: &Context<'_>, options: &EffortOptions) -> Result<Outcome> {
        let class = classes(context)?;
        let result = people::effort(context.facts, context.crm, &EffortInputs { class: Some(&class) }, options)?;
        people::effort_tables::outcome(context.facts, context.crm, &result, Some(("abc", &class)))
    }
}

/// [`portfolio`](people::portfolio()) in the registry.
pub struct PortfolioMethod;

impl Method for PortfolioMethod {
    const NAME: &'static str = "portfolio";
    const TITLE: &'static str = "Manager portfolios";
    const ABOUT: &'static str =
        "What each manager looks after, plan against actual, and how much of the accounts' growth the manager explains.";
    const NEEDS: &'static [&'static str] = &["accounts.manager or ledger.manager"];
    const BUILDS_ON: &'static [&'static str] =
        &["pyramid", "purchase_model", "selection_matrix", "attractiveness", "our_attractiveness", "revenue_bridge"];
    const TAKES: &'static [&'static str] = &["pyramid", "revenue_bridge"];
    const TABLES: &'static [(&'static str, &'static str)] = &[
        ("portfolio", "a manager; at last what nobody looks after"),
        ("plans", "a time of the plans and a manager"),
        ("account_plans", "a time of the plans and an account with a target"),
        ("levels", "a manager and a level of the pyramid"),
        ("clauses", "a clause that is breached, overdue or due"),
    ];
    const FIGURES: Figures = &[
        (
            COUNT,
            &[
                "managers",
                "accounts",
                "accounts_without_manager",
                "plans_left_out",
                "clauses_due",
                "clauses_overdue",
                "clauses_breached",
                "accounts_with_growth",
            ],
        ),
        (MONEY, &["revenue", "target_left_out"]),
        (SHARE, &["plan_attainment", "growth_explained", "growth_explained_low", "growth_explained_high"]),
        (NUMBER, &["growth_f", "growth_p_value"]),
    ];
    type Options = PortfolioOptions;

    fn run(context: &Context<'_>, options: &PortfolioOptions) -> Result<Outcome> {
        let facts = context.facts;
        let of_bridge = context.given::<RevenueBridgeOptions>("revenue_bridge")?;
        let bridge = context.remember("revenue_bridge", &of_bridge, || revenue_bridge(facts, &of_bridge))?;
        let revenue: Vec<(i64, i64)> = bridge.accounts.iter().map(|account| (account.opening, account.closing)).collect();
        let levels = levels(context)?;
        let level: Vec<&str> = levels.iter().map(|level| level.name()).collect();
        let managers = Managers::of(facts, context.crm);
        let mut accounts = vec![vec![]; managers.len() + 1];
        managers.of_account.iter().enumerate().for_each(|(at, place)| accounts[*place].push(at));
        let retention: Vec<Retention> = accounts
            .into_iter()
            .map(|accounts| bridge.over(accounts))
            .map(|own| Retention {
                accounts: own.account_retention(),
                gross: own.gross_revenue_retention(),
                net: own.net_revenue_retention(),
            })
            .collect();
        let inputs = PortfolioInputs { level: Some(&level), revenue: Some(&revenue), retention: Some(&retention) };
        let result = people::portfolio(facts, context.crm, &inputs, options)?;
        people::portfolio_tables::outcome(facts, context.crm, &result)
    }
}

/// A result that the data may not allow.
fn allowed<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(result) => Ok(Some(result)),
        Err(error) if matches!(error.code(), Code::MissingInput | Code::FitInput) => Ok(None),
        Err(error) => Err(error),
    }
}

/// [`marketing_list`](people::marketing_list()) in the registry.
pub struct MarketingListMethod;

impl Method for MarketingListMethod {
    const NAME: &'static str = "marketing_list";
    const TITLE: &'static str = "Key account marketing list";
    const ABOUT: &'static str =
        "Which accounts to target, whom to speak to there, by which route, how well they fit, and what is still open.";
    const NEEDS: &'static [&'static str] = &["contacts, accounts or opportunities"];
    const BUILDS_ON: &'static [&'static str] =
        &[RoutesMethod::NAME, KeyAccountProfileMethod::NAME, ThreePMethod::NAME, "purchase_model", "spend_model"];
    const TAKES: &'static [&'static str] = &[RoutesMethod::NAME, KeyAccountProfileMethod::NAME, ThreePMethod::NAME];
    const TABLES: &'static [(&'static str, &'static str)] = &[
        ("marketing_list", "a target, in the order in which to address them"),
        ("contacts", "a contact at a target, whom to speak to first"),
    ];
    const FIGURES: Figures =
        &[(COUNT, &["targets", "candidates", "with_contact", "with_decision_maker", "passed", "failed_left_out", "cut_off"])];
    type Options = MarketingListOptions;

    fn run(context: &Context<'_>, options: &MarketingListOptions) -> Result<Outcome> {
        let (facts, crm) = (context.facts, context.crm);
        let routes = shared_routes(context, &context.given::<RoutesOptions>(RoutesMethod::NAME)?)?;
        let fit = allowed(shared_fits(context, &context.given(KeyAccountProfileMethod::NAME)?))?;
        let of_check = context.given(ThreePMethod::NAME)?;
        let checks = context.remember(ThreePMethod::NAME, &of_check, || Ok(three_p(facts, crm, &of_check)?.verdicts()));
        let checks: Option<Vec<TargetCheck>> = allowed(checks)?.map(|checks| {
            let of = |(verdict, points): &(ThreePVerdict, [CheckState; 3])| TargetCheck {
                verdict: verdict.name(),
                points: points.map(CheckState::name),
            };
            checks.iter().map(of).collect()
        });
        let fit = fit.as_ref().map(|fit| fit.as_slice());
        let inputs = MarketingListInputs { candidates: &routes.candidates, routes: &routes.is, fit, checks: checks.as_deref() };
        let list = people::marketing_list(facts, crm, &inputs, options)?;
        people::marketing_list::outcome(facts, crm, &routes.candidates, &list)
    }
}

/// [`assignment`](people::assignment()) in the registry.
pub struct AssignmentMethod;

impl Method for AssignmentMethod {
    const NAME: &'static str = "assignment";
    const TITLE: &'static str = "Assignment of managers";
    const ABOUT: &'static str =
        "Who should look after which account, under the managers' capacity and languages, and what that gains over today.";
    const NEEDS: &'static [&'static str] = &["managers"];
    const BUILDS_ON: &'static [&'static str] = &[CompetenceMethod::NAME];
    const TABLES: &'static [(&'static str, &'static str)] =
        &[("assignment", "an account that is given anew, the weightiest first"), ("managers", "a manager")];
    const FIGURES: Figures = &[
        (COUNT, &["managers", "accounts", "left_as_they_are", "moves", "without_manager", "nodes", "language_gaps_today"]),
        (NUMBER, &["objective_today", "objective", "gain", "bound", "gap", "competence_today", "competence", "over_capacity_today"]),
    ];
    type Options = AssignmentOptions;

    fn run(context: &Context<'_>, options: &AssignmentOptions) -> Result<Outcome> {
        let competence = allowed(CompetenceMethod::shared(context))?;
        let rated: Option<Vec<(String, f64)>> =
            competence.map(|competence| competence.managers.iter().map(|manager| (manager.manager.clone(), manager.score)).collect());
        let inputs = AssignmentInputs { competence: rated.as_deref() };
        let result = people::assignment(context.facts, context.crm, &inputs, options)?;
        people::assignment_tables::outcome(context.facts, &result, rated.is_some(), options)
    }
}
