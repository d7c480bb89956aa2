//! What a review runs, and with which options.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::method::{Entry, Options, method};

/// Options of [`review`](super::review).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReviewOptions {
    /// The methods to run, by name; without, every method that the data allow. They run in the order of the registry whatever the order here.
    pub methods: Option<Vec<String>>,
    /// Options of single methods: the method's name → those of its options that differ from the defaults.
    pub options: BTreeMap<String, Value>,
}

impl ReviewOptions {
    /// Only these methods.
    #[must_use]
    pub fn methods<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.methods = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Sets options of one method.
    #[must_use]
    pub fn option(mut self, method: impl Into<String>, options: Value) -> Self {
        self.options.insert(method.into(), options);
        self
    }

    /// Does the review run this method?
    pub(super) fn runs(&self, entry: &Entry) -> bool {
        self.methods.as_ref().is_none_or(|names| names.iter().any(|name| name == entry.name))
    }

    /// Refuses names that the registry does not have, and options of methods that would not run.
    pub(super) fn check(&self, known: impl Fn(&str) -> Result<()>) -> Result<()> {
        for name in self.methods.iter().flatten() {
            known(name).map_err(|error| error.at("option `methods`"))?;
        }
        for (name, options) in &self.options {
            known(name).map_err(|error| error.at("option `options`"))?;
            if self.methods.as_ref().is_some_and(|names| !names.contains(name)) {
                return Err(Error::option("options", format!("given for `{name}`"), "given for methods that `methods` names"));
            }
            if !options.is_object() && !options.is_null() {
                return Err(Error::option(&format!("options.{name}"), options, "an object of the method's options"));
            }
        }
        Ok(())
    }
}

impl Options for ReviewOptions {
    fn validate(&self) -> Result<()> {
        self.check(|name| method(name).map(|_| ()))
    }
}
