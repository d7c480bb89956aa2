//! The registry of calculations: the domain-free numerics by name, JSON in, JSON out. C, the golden corpus and the documentation reach
//! them from here; Rust calls [`crate::numerics`] and Python has typed functions over arrays.

mod association;
mod btyd;
mod matrix;
pub mod mcda;
mod stats;

pub use matrix::Matrix;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::error::{Code, Error, Result};
use crate::method::{Origin, Outcome};

/// A calculation as its own file defines it.
pub(crate) trait Calculate {
    /// The module and the function: `mcda.topsis`.
    const NAME: &'static str;
    /// One sentence: what it gives.
    const ABOUT: &'static str;
    /// What it takes; the names are those of the function's parameters in every language.
    type Input: DeserializeOwned + JsonSchema;
    /// What it gives, an object; the names are those of the result's attributes in every language.
    type Output: Serialize;
    /// Calculates, or says which input cannot be used.
    fn calculate(input: &Self::Input) -> Result<Self::Output>;
}

/// A calculation as the registry lists it.
pub struct Calculation {
    /// The module and the function: `mcda.topsis`.
    pub name: &'static str,
    /// One sentence: what it gives.
    pub about: &'static str,
    schema: fn() -> Value,
    run: fn(&Value) -> Result<Map<String, Value>>,
}

impl Calculation {
    const fn of<C: Calculate>() -> Calculation {
        Calculation {
            name: C::NAME,
            about: C::ABOUT,
            schema: || schemars::schema_for!(C::Input).to_value(),
            run: |input| {
                Error::refuse_list(input).map_err(|error| error.at(C::NAME))?;
                let input = C::Input::deserialize(input).map_err(|source| {
                    Error::new(Code::Option, format!("{}: {source}", C::NAME))
                        .with_hint("its page lists what it takes; null is a missing number")
                })?;
                match serde_json::to_value(C::calculate(&input).map_err(|error| error.at(C::NAME))?) {
                    Ok(Value::Object(output)) => Ok(output),
                    Ok(_) => Err(Error::internal(format!("{} does not give an object", C::NAME))),
                    Err(source) => Err(Error::internal(format!("{} cannot be written: {source}", C::NAME))),
                }
            },
        }
    }

    /// The JSON schema of the input.
    #[must_use]
    pub fn schema(&self) -> Value {
        (self.schema)()
    }

    /// The entry as JSON, for hosts: name, about, and input, the JSON schema of what it takes.
    #[must_use]
    pub fn describe(&self) -> Value {
        json!({ "name": self.name, "about": self.about, "input": self.schema() })
    }

    /// Calculates: a JSON object in, a JSON object out. Numbers that are missing or not finite are null on both sides.
    pub fn run(&self, input: &Value) -> Result<Map<String, Value>> {
        (self.run)(input)
    }

    /// The same as an outcome without tables, for hosts that know results already.
    pub fn outcome(&self, input: &Value) -> Result<Outcome> {
        Ok(self.outcome_of(self.run(input)?))
    }

    /// What it gave before as an outcome, which has its charts.
    #[must_use]
    pub fn outcome_of(&self, output: Map<String, Value>) -> Outcome {
        let origin = Origin { method: self.name, ..Origin::default() };
        Outcome { tables: vec![], summary: output, units: vec![], accounts: None, origin }
    }
}

/// Every calculation.
pub static CALCULATIONS: &[Calculation] = &[
    Calculation::of::<mcda::Normalise>(),
    Calculation::of::<mcda::WeightedSum>(),
    Calculation::of::<mcda::Topsis>(),
    Calculation::of::<mcda::Vikor>(),
    Calculation::of::<mcda::Promethee2>(),
    Calculation::of::<mcda::Ahp>(),
    Calculation::of::<mcda::AhpHierarchy>(),
    Calculation::of::<mcda::EntropyWeights>(),
    Calculation::of::<mcda::CriticWeights>(),
    Calculation::of::<mcda::Smaa>(),
    Calculation::of::<stats::WeightOfEvidence>(),
    Calculation::of::<stats::ExpectedSteps>(),
    Calculation::of::<association::IntraclassCorrelation>(),
    Calculation::of::<association::CrossCorrelation>(),
    Calculation::of::<association::RiskRatio>(),
    Calculation::of::<btyd::FitModel>(),
    Calculation::of::<btyd::UseModel>(),
    Calculation::of::<btyd::FrequencyBins>(),
    Calculation::of::<btyd::FitSpend>(),
    Calculation::of::<btyd::UseSpend>(),
];

/// The calculation of a name.
pub fn calculation(name: &str) -> Result<&'static Calculation> {
    CALCULATIONS.iter().find(|calculation| calculation.name == name).ok_or_else(|| {
        let names: Vec<_> = CALCULATIONS.iter().map(|calculation| calculation.name).collect();
        Error::new(Code::UnknownMethod, format!("there is no calculation `{name}`"))
            .with_hint(format!("calculations are {}", names.join(", ")))
    })
}
