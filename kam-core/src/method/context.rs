//! What a method may read, and what methods know of each other's results.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Options, read_options};
use crate::crm::Crm;
use crate::error::{Code, Error, Result};
use crate::facts::Facts;
use crate::progress::{self, Progress};

/// A result, or why the data allow none.
type Known = Result<Arc<dyn Any + Send + Sync>, Arc<Error>>;

/// Results by method and options. A place is taken by whoever works the result out, so that nobody else does it at the same time.
type Results = BTreeMap<(&'static str, String), Arc<OnceLock<Known>>>;

/// What a method may read: the facts of the ledger and the tables of the CRM.
///
/// Methods that build on others take those results from here: whatever is [remembered](Context::remember) is worked out once, with the
/// options that were [given](Context::with_given) for it. A review runs all its methods in one context, so they agree on one model.
#[derive(Clone)]
pub struct Context<'a> {
    /// The ledger's facts.
    pub facts: &'a Facts,
    /// The optional tables; empty where the caller has none.
    pub crm: &'a Crm,
    progress: &'a dyn Progress,
    given: Arc<BTreeMap<String, Value>>,
    results: Arc<Mutex<Results>>,
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("accounts", &self.facts.len()).field("given", &self.given).finish_non_exhaustive()
    }
}

impl<'a> Context<'a> {
    /// A context in which nothing is remembered yet and nobody listens.
    #[must_use]
    pub fn new(facts: &'a Facts, crm: &'a Crm) -> Self {
        Context { facts, crm, progress: &(), given: Arc::default(), results: Arc::default() }
    }

    /// Says how far long work is to this listener, who may stop it.
    #[must_use]
    pub fn with_progress(mut self, progress: &'a dyn Progress) -> Self {
        self.progress = progress;
        self
    }

    /// Sets the options of methods that others build on, by the methods' names; what was set before and is not named stays.
    ///
    /// Nothing is remembered from before: what was worked out with other options is another result.
    #[must_use]
    pub fn with_given(mut self, given: impl IntoIterator<Item = (String, Value)>) -> Self {
        Arc::make_mut(&mut self.given).extend(given);
        self.results = Arc::default();
        self
    }

    /// The options a method runs with when another builds on it: those given for it, or its defaults.
    pub fn given<O: Options>(&self, method: &'static str) -> Result<O> {
        let mut options = self.given.get(method).cloned().unwrap_or(Value::Null);
        // A method that is built upon and builds on others itself: those stand beside its own.
        if let Value::Object(options) = &mut options {
            options.remove("given");
        }
        read_options(&options).map_err(|error| error.at(method))
    }

    /// The result of a method with these options: worked out the first time, remembered for whoever asks next.
    ///
    /// One name must always stand for one type. Where the data allow no result, that is remembered too: nobody tries the same fit again.
    /// Other errors end the work anyway.
    pub fn remember<T: Any + Send + Sync>(
        &self,
        method: &'static str,
        options: &impl Serialize,
        work: impl FnOnce() -> Result<T>,
    ) -> Result<Arc<T>> {
        let options = serde_json::to_string(options).map_err(|source| Error::internal(format!("{method}: {source}")))?;
        let key = (method, options);
        let place = Arc::clone(self.results().entry(key.clone()).or_default());
        // Not under the lock: a method may ask for others. Whoever asks for the same result waits for it here; methods build on each other
        // in one direction, so nobody waits in a circle.
        let known = place.get_or_init(|| match work() {
            Ok(result) => Ok(Arc::new(result)),
            Err(error) => Err(Arc::new(error)),
        });
        match known {
            Ok(known) => Arc::clone(known).downcast().map_err(|_| Error::internal(format!("{method}: remembered as another type"))),
            Err(error) => {
                if !matches!(error.code(), Code::MissingInput | Code::FitInput) {
                    self.results().remove(&key);
                }
                Err(error.again())
            }
        }
    }

    fn results(&self) -> MutexGuard<'_, Results> {
        self.results.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets the results whose names are not to be kept.
    pub(crate) fn forget(&self, keep: impl Fn(&str) -> bool) {
        let mut results = self.results();
        let (kept, dropped): (Results, Results) = std::mem::take(&mut *results).into_iter().partition(|((name, _), _)| keep(name));
        *results = kept;
        // Not under the lock: it takes a while to give back a million accounts.
        drop(results);
        drop(dropped);
    }

    /// Who hears of long work, for work that asks within itself whether to go on.
    pub fn progress(&self) -> &dyn Progress {
        self.progress
    }

    /// Says how far long work is: `done` of `total`. An error where the caller wants it to stop.
    pub fn report(&self, stage: &str, done: u64, total: Option<u64>) -> Result<()> {
        progress::report(self.progress, stage, done, total)
    }

    /// This context with the option `given` of one method call taken out of its options and set.
    pub(super) fn of_call(&self, method: &str, builds_on: &[&str], options: &mut Map<String, Value>) -> Result<Self> {
        let given = match options.remove("given") {
            None | Some(Value::Null) => return Ok(self.clone()),
            Some(Value::Object(given)) => given,
            Some(other) => return Err(Error::option("given", other, "an object: method → its options").at(method)),
        };
        if let Some(name) = given.keys().find(|name| !builds_on.contains(&name.as_str())) {
            let expected = format!("options of the methods it builds on: {}", builds_on.join(", "));
            return Err(Error::option("given", format!("options of `{name}`"), &expected).at(method));
        }
        Ok(self.clone().with_given(given))
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{ArrayRef, RecordBatch, StringArray};

    use super::*;
    use crate::time::Date;
    use crate::{Columns, FactsOptions, Ledger, XyzOptions};

    fn facts() -> Facts {
        let columns = ["account", "date", "amount"].map(|name| (name, Arc::new(StringArray::from(vec!["1"; 0])) as ArrayRef));
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let ledger = Ledger::from_batches(vec![batch], Columns::new("account", "date", "amount")).unwrap();
        ledger.facts(&FactsOptions::new(Date::parse("2024-12-31").unwrap())).unwrap()
    }

    #[test]
    fn a_result_is_worked_out_once() {
        let (facts, crm) = (facts(), Crm::default());
        let context = Context::new(&facts, &crm);
        let work = |number: u32| context.remember("xyz", &XyzOptions::default(), || Ok(number)).unwrap();
        assert_eq!((*work(1), *work(2)), (1, 1));
        let other = context.remember("xyz", &XyzOptions { ddof: 1, ..XyzOptions::default() }, || Ok(3u32)).unwrap();
        assert_eq!(*other, 3);
        assert!(context.remember("xyz", &XyzOptions::default(), || Ok("text")).is_err());
    }

    #[test]
    fn what_the_data_do_not_allow_is_tried_once() {
        let (facts, crm) = (facts(), Crm::default());
        let context = Context::new(&facts, &crm);
        let fail = |code: Code| context.remember::<u32>("xyz", &format!("{code:?}"), || Err(Error::new(code, "no").with_hint("give more")));
        let again = |code: Code| context.remember::<u32>("xyz", &format!("{code:?}"), || Ok(1));
        for code in [Code::MissingInput, Code::FitInput] {
            assert_eq!(fail(code).unwrap_err().code(), code);
            let error = again(code).unwrap_err();
            assert_eq!((error.code(), error.to_string().as_str(), error.hint()), (code, "no", Some("give more")));
        }
        assert_eq!(fail(Code::Interrupted).unwrap_err().code(), Code::Interrupted);
        assert_eq!(*again(Code::Interrupted).unwrap(), 1);
        context.forget(|name| name != "xyz");
        assert_eq!(*again(Code::FitInput).unwrap(), 1);
    }

    #[test]
    fn what_was_worked_out_with_other_options_is_forgotten() {
        let (facts, crm) = (facts(), Crm::default());
        let context = Context::new(&facts, &crm);
        let work = |context: &Context<'_>, number: u32| *context.remember("matrix", &(), || Ok(number)).unwrap();
        assert_eq!(work(&context, 1), 1);
        let given = [("xyz".to_owned(), serde_json::json!({ "ddof": 1 }))];
        assert_eq!(work(&context.clone().with_given(given), 2), 2);
        assert_eq!(work(&context, 3), 1);
    }

    #[test]
    fn given_options_are_checked() {
        let (facts, crm) = (facts(), Crm::default());
        let context = Context::new(&facts, &crm);
        let call = |given: Value| context.of_call("pyramid", &["xyz"], &mut Map::from_iter([("given".to_owned(), given)]));
        let with = call(serde_json::json!({ "xyz": { "ddof": 1 } })).unwrap();
        assert_eq!(with.given::<XyzOptions>("xyz").unwrap().ddof, 1);
        assert_eq!(context.given::<XyzOptions>("xyz").unwrap(), XyzOptions::default());
        assert!(call(serde_json::json!({ "abc": {} })).unwrap_err().to_string().contains("abc"));
        assert!(call(serde_json::json!(3)).unwrap_err().to_string().contains("given"));
        assert!(call(serde_json::json!({ "xyz": { "ddof": "x" } })).unwrap().given::<XyzOptions>("xyz").is_err());
    }
}
