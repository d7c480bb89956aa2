//! The registry: every method once, with its options, what it needs and how it runs. C, Python, the command line, the documentation's
//! option tables and the review are driven from here.

mod context;
mod family;
pub(crate) mod figure;
mod objects;
mod people;
mod relationship;
mod routes;

pub use context::Context;
pub use family::Family;
pub use figure::{Figure, Figures};
pub use people::{AssignmentMethod, EffortMethod, MarketingListMethod, PortfolioMethod};
pub use relationship::{PyramidMethod, PyramidTransitionsMethod};
pub use routes::{KeyAccountProfileMethod, RoutesMethod};

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::attractiveness::{AttractivenessMethod, OurAttractivenessMethod, SelectionMatrixMethod};
use crate::concentration::{CostToServeMethod, LorenzMethod, ParetoMethod, UnprofitableMethod, WhaleCurveMethod};
use crate::crm::{Accounts, Crm};
use crate::error::{Code, Error, Result};
use crate::facts::Perspective;
use crate::key_account::{KeyAccountTypesMethod, ThreePMethod};
use crate::people::{CompetenceMethod, HygieneMethod, MarketIndicatorMethod};
use crate::retention::{
    ClvMethod, DevelopOrAcquireMethod, LossDynamicsMethod, LossMethod, PurchaseModelMethod, RevenueBridgeMethod, SpendModelMethod,
    WinBackMethod,
};
use crate::segment::{AbcMethod, AbcXyzMethod, RfmMethod, XyzMethod};
use crate::table::{Column, Table, Unit};

/// What every method gives: named tables, a summary, and its columns of the master table.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The tables; the first is the main one.
    pub tables: Vec<Table>,
    /// The few figures that sum the result up, as a JSON object.
    pub summary: Map<String, Value>,
    /// What the summary's numbers are, by their names; a name stands for all numbers below it, `outer.inner` for some of them. Empty where a
    /// result was put together by hand.
    pub units: Vec<(&'static str, Unit)>,
    /// The method's columns of the master table, one row per account in the order of the facts' keys.
    pub accounts: Option<Table>,
    /// Where it comes from: what charts and reports need to put it into words.
    pub origin: Origin,
}

/// Which method gave a result, of what money and in whose words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Origin {
    /// The method's or calculation's name; empty where a result was put together by hand.
    pub method: &'static str,
    /// The currency of all money, where the ledger named it.
    pub currency: Option<String>,
    /// From which end the ledger is seen.
    pub perspective: Perspective,
    /// What people call the accounts.
    pub names: Names,
}

/// What people call the accounts of a result, where a crm says it: tables know accounts by their keys, pictures show names. It shares the crm's table.
#[derive(Clone, Default, PartialEq)]
pub struct Names(Option<Arc<Accounts>>);

impl Names {
    /// Those of a crm.
    #[must_use]
    pub fn of(crm: &Crm) -> Self {
        Names(crm.accounts.clone().filter(|accounts| accounts.name.is_some()))
    }

    /// Does a crm say any?
    #[must_use]
    pub fn are_known(&self) -> bool {
        self.0.is_some()
    }

    /// The name of the account with this key.
    #[must_use]
    pub fn name(&self, account: &str) -> Option<&str> {
        self.0.as_ref()?.name_of(account)
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Names({})", self.0.as_ref().map_or(0, |accounts| accounts.len()))
    }
}

impl Outcome {
    /// An outcome of these tables and a summary that serialises to a JSON object.
    pub(crate) fn new(tables: Vec<Table>, summary: &impl Serialize) -> Result<Self> {
        match serde_json::to_value(summary) {
            Ok(Value::Object(summary)) => Ok(Outcome { tables, summary, units: vec![], accounts: None, origin: Origin::default() }),
            Ok(_) => Err(Error::internal("a summary is not an object")),
            Err(source) => Err(Error::internal(format!("a summary cannot be written: {source}"))),
        }
    }

    /// Adds the columns that the master table takes over, in the order of the facts' keys.
    pub(crate) fn with_accounts(mut self, columns: Vec<Column>) -> Result<Self> {
        self.accounts = Some(Table::new("accounts", columns)?);
        Ok(self)
    }

    /// One table by its name.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name() == name)
    }

    /// What a number of the summary is: by its own name, or by that of what it stands in.
    #[must_use]
    pub fn unit(&self, name: &str) -> Unit {
        let of = |name: &str| self.units.iter().find(|(known, _)| *known == name).map(|(_, unit)| *unit);
        of(name).or_else(|| of(name.split('.').next()?)).unwrap_or(Unit::Number)
    }

    /// Summary, the units of its numbers, and tables as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let tables: Map<String, Value> = self.tables.iter().map(|table| (table.name().to_owned(), table.to_json())).collect();
        json!({ "summary": self.summary, "units": self.units_json(), "tables": tables })
    }

    /// The units of the summary's numbers as a JSON object: `money`, `share`, `count`, `days`, `periods` or `number`, by name.
    #[must_use]
    pub fn units_json(&self) -> Value {
        self.units.iter().map(|(name, unit)| ((*name).to_owned(), Value::from(unit.word()))).collect::<Map<_, _>>().into()
    }
}

/// Options of a method: JSON with defaults, no unknown names, and a check of the values.
pub trait Options: Serialize + DeserializeOwned + JsonSchema + Default {
    /// Refuses values that cannot be, naming the option and what it may be.
    fn validate(&self) -> Result<()> {
        Ok(())
    }
}

/// An option that is another method's once more.
pub type Repeat = (&'static str, &'static str, Option<&'static str>);

/// A method as its own file defines it.
pub trait Method {
    /// The name in every language: the Rust function, `kam.name(facts)`, `kam_run(…, "name", …)`, `kam name`.
    const NAME: &'static str;
    /// The name for people.
    const TITLE: &'static str;
    /// One sentence: what it answers.
    const ABOUT: &'static str;
    /// What it cannot do without beyond account, date and amount: `ledger.cost`, `accounts`, `accounts.reference` …
    const NEEDS: &'static [&'static str] = &[];
    /// The methods whose results it takes from the context. Their options can be set through the option `given`.
    const BUILDS_ON: &'static [&'static str] = &[];
    /// What it asks the context for itself. A review forgets what no later method takes, so that a million accounts' results do not pile up.
    const TAKES: &'static [&'static str] = Self::BUILDS_ON;
    /// Its options that are those of another method once more: the option, the method, and its option where it is not all of them. What a
    /// review was given for that method holds here too, unless something was given here, so that its tables agree.
    const REPEATS: &'static [Repeat] = &[];
    /// Its tables, the main one first, each with what its rows are.
    const TABLES: &'static [(&'static str, &'static str)];
    /// What the numbers of its summary are.
    const FIGURES: Figures = &[];
    /// Its options.
    type Options: Options;
    /// Runs it with checked options.
    fn run(context: &Context<'_>, options: &Self::Options) -> Result<Outcome>;
}

/// A method as the registry lists it.
pub struct Entry {
    /// The name in every language.
    pub name: &'static str,
    /// The name for people.
    pub title: &'static str,
    /// One sentence: what it answers.
    pub about: &'static str,
    /// What it is about: the folder of its file.
    pub family: Family,
    /// What it cannot do without.
    pub needs: &'static [&'static str],
    /// The methods whose results it builds on.
    pub builds_on: &'static [&'static str],
    /// Its tables, the main one first.
    pub tables: &'static [(&'static str, &'static str)],
    /// What it asks the context for itself.
    pub(crate) takes: &'static [&'static str],
    repeats: &'static [Repeat],
    /// What the numbers of its summary are.
    pub figures: Figures,
    schema: fn() -> Value,
    defaults: fn() -> Result<Value>,
    run: fn(&Context<'_>, &Value) -> Result<Outcome>,
}

impl Entry {
    /// The entry of a method of this family.
    #[must_use]
    pub const fn of<M: Method>(family: Family) -> Entry {
        Entry {
            name: M::NAME,
            title: M::TITLE,
            about: M::ABOUT,
            family,
            needs: M::NEEDS,
            builds_on: M::BUILDS_ON,
            tables: M::TABLES,
            takes: M::TAKES,
            repeats: M::REPEATS,
            figures: M::FIGURES,
            schema: || schemars::schema_for!(M::Options).to_value(),
            defaults: || serde_json::to_value(M::Options::default()).map_err(|source| Error::internal(source.to_string())),
            run: |context, options| M::run(context, &read_options::<M::Options>(options).map_err(|error| error.at(M::NAME))?),
        }
    }

    /// The JSON schema of the options, with descriptions and defaults.
    #[must_use]
    pub fn schema(&self) -> Value {
        let mut schema = (self.schema)();
        if let (false, Value::Object(schema)) = (self.builds_on.is_empty(), &mut schema) {
            let given = json!({
                "type": "object",
                "additionalProperties": { "type": "object" },
                "default": {},
                "description": format!("Options of the methods it builds on ({}), by their names.", self.builds_on.join(", ")),
            });
            let properties = schema.entry("properties").or_insert_with(|| json!({}));
            if let Value::Object(properties) = properties {
                properties.insert("given".to_owned(), given);
            }
        }
        schema
    }

    /// The options' defaults.
    pub fn defaults(&self) -> Result<Value> {
        let mut defaults = (self.defaults)()?;
        if let (false, Value::Object(defaults)) = (self.builds_on.is_empty(), &mut defaults) {
            defaults.insert("given".to_owned(), json!({}));
        }
        Ok(defaults)
    }

    /// The entry as JSON, for hosts and generators: name, title, about, family, needs, builds_on, tables (each with its name and what
    /// its rows are), figures (each number of the summary with its unit), options (their JSON schema) and defaults.
    pub fn describe(&self) -> Result<Value> {
        let tables: Vec<Value> = self.tables.iter().map(|(name, rows)| json!({ "name": name, "rows": rows })).collect();
        Ok(json!({
            "name": self.name,
            "title": self.title,
            "about": self.about,
            "family": self.family,
            "needs": self.needs,
            "builds_on": self.builds_on,
            "tables": tables,
            "figures": figure::describe(self.figures),
            "options": self.schema(),
            "defaults": self.defaults()?,
        }))
    }

    /// The options of this method among those given for several by their names, with what it repeats of others; null where none were given.
    pub(crate) fn of_given(&self, given: &BTreeMap<String, Value>) -> Value {
        let mut options = given.get(self.name).cloned().unwrap_or(Value::Null);
        for (option, method, of_method) in self.repeats {
            let repeated = match (given.get(*method), of_method) {
                (Some(other), Some(name)) => other.get(name).cloned(),
                // What the method builds on stands beside its own options.
                (Some(Value::Object(other)), None) => Some(Value::Object(
                    other.iter().filter(|(name, _)| *name != "given").map(|(name, value)| (name.clone(), value.clone())).collect(),
                )),
                _ => None,
            };
            if let Some(repeated) = repeated {
                if options.is_null() {
                    options = json!({});
                }
                if let Value::Object(options) = &mut options {
                    options.entry(*option).or_insert(repeated);
                }
            }
        }
        options
    }

    /// Runs the method; `options` is a JSON object of the options that differ from the defaults, or null.
    pub fn run(&self, context: &Context<'_>, options: &Value) -> Result<Outcome> {
        let mut outcome = match options {
            Value::Object(options) if !self.builds_on.is_empty() && options.contains_key("given") => {
                let mut options = options.clone();
                let context = context.of_call(self.name, self.builds_on, &mut options)?;
                (self.run)(&context, &Value::Object(options))
            }
            options => (self.run)(context, options),
        }?;
        outcome.units = figure::units(self.figures, &outcome.summary);
        outcome.origin = Origin {
            method: self.name,
            currency: context.facts.currency().map(str::to_owned),
            perspective: context.facts.perspective(),
            names: Names::of(context.crm),
        };
        Ok(outcome)
    }
}

/// Options from JSON: unknown names, wrong types and impossible values are errors that name them.
pub(crate) fn read_options<O: Options>(options: &Value) -> Result<O> {
    let empty = Value::Object(Map::new());
    let options = if options.is_null() { &empty } else { options };
    objects::refuse_lists(|| schemars::schema_for!(O).to_value(), options)?;
    let options: O = serde_path_to_error::deserialize(options)
        .map_err(|source| Error::unreadable_option(&source).with_hint("the method's page lists its options, their types and defaults"))?;
    options.validate()?;
    Ok(options)
}

/// What a host passes as a JSON object, or null where the type has defaults; an error names the option. `what` is whose options they are,
/// `hint` what they may be.
pub fn from_json<T: DeserializeOwned>(what: &str, json: &Value, hint: &str) -> Result<T> {
    Error::refuse_list(json).map_err(|error| error.at(what).with_hint(hint))?;
    serde_path_to_error::deserialize(json).map_err(|source| Error::unreadable_option(&source).at(what).with_hint(hint))
}

/// Every method, in the order of the review.
pub static METHODS: &[Entry] = &[
    Entry::of::<ParetoMethod>(Family::Concentration),
    Entry::of::<LorenzMethod>(Family::Concentration),
    Entry::of::<WhaleCurveMethod>(Family::Concentration),
    Entry::of::<UnprofitableMethod>(Family::Concentration),
    Entry::of::<CostToServeMethod>(Family::Concentration),
    Entry::of::<AbcMethod>(Family::Segment),
    Entry::of::<XyzMethod>(Family::Segment),
    Entry::of::<AbcXyzMethod>(Family::Segment),
    Entry::of::<RfmMethod>(Family::Segment),
    Entry::of::<PurchaseModelMethod>(Family::Retention),
    Entry::of::<SpendModelMethod>(Family::Retention),
    Entry::of::<ClvMethod>(Family::Retention),
    Entry::of::<KeyAccountTypesMethod>(Family::KeyAccount),
    Entry::of::<RoutesMethod>(Family::KeyAccount),
    Entry::of::<KeyAccountProfileMethod>(Family::KeyAccount),
    Entry::of::<ThreePMethod>(Family::KeyAccount),
    Entry::of::<AttractivenessMethod>(Family::Attractiveness),
    Entry::of::<OurAttractivenessMethod>(Family::Attractiveness),
    Entry::of::<SelectionMatrixMethod>(Family::Attractiveness),
    Entry::of::<PyramidMethod>(Family::Pyramid),
    Entry::of::<PyramidTransitionsMethod>(Family::Pyramid),
    Entry::of::<RevenueBridgeMethod>(Family::Retention),
    Entry::of::<DevelopOrAcquireMethod>(Family::Retention),
    Entry::of::<LossMethod>(Family::Retention),
    Entry::of::<LossDynamicsMethod>(Family::Retention),
    Entry::of::<WinBackMethod>(Family::Retention),
    Entry::of::<EffortMethod>(Family::People),
    Entry::of::<PortfolioMethod>(Family::People),
    Entry::of::<HygieneMethod>(Family::People),
    Entry::of::<CompetenceMethod>(Family::People),
    Entry::of::<AssignmentMethod>(Family::People),
    Entry::of::<MarketingListMethod>(Family::People),
    Entry::of::<MarketIndicatorMethod>(Family::People),
];

/// The method of a name.
pub fn method(name: &str) -> Result<&'static Entry> {
    METHODS.iter().find(|entry| entry.name == name).ok_or_else(|| {
        let names: Vec<_> = METHODS.iter().map(|entry| entry.name).collect();
        Error::new(Code::UnknownMethod, format!("there is no method `{name}`")).with_hint(format!("methods are {}", names.join(", ")))
    })
}
