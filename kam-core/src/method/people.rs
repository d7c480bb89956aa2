//! Methods on people and effort in the registry: what they take from other families is put together here.

use super::{Context, Method, Outcome};
use crate::error::Result;
use crate::people::{self, EffortInputs, EffortOptions};
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
    const TABLES: &'static [(&'static str, &'static str)] = &[
        ("effort", "an account with a line or effort in the window, most effort first"),
        ("classes", "an ABC class"),
        ("managers", "a manager, by the accounts they look after"),
        ("groups", "whom the effort went to"),
        ("done_by", "a manager, by the activities they did"),
    ];
    type Options = EffortOptions;

    fn run(context: &Context<'_>, options: &EffortOptions) -> Result<Outcome> {
        let class = classes(context)?;
        let result = people::effort(context.facts, context.crm, &EffortInputs { class: Some(&class) }, options)?;
        people::effort_tables::outcome(context.facts, context.crm, &result, Some(("abc", &class)))
    }
}
