//! The Python bindings of kam: the module `kam._kam`.
//!
//! Nothing is computed here. Each file turns one thing of `kam-core` into a Python object; the package `kam` puts the typed interface
//! in front of them. All unsafe code of the bindings is in `stream.rs`.

mod book;
mod btyd;
mod crm;
mod errors;
mod facts;
mod ledger;
mod mcda;
mod outcome;
mod progress;
mod rates;
mod registry;
mod review;
mod sample;
mod state;
mod stream;
mod table;

/// The compiled part of kam; use the package `kam`.
#[pyo3::pymodule]
mod _kam {
    #[pymodule_export]
    use super::book::Book;
    #[pymodule_export]
    use super::btyd::{PurchaseModel, SpendModel, btyd_fit, btyd_fit_gamma_gamma, btyd_gamma_gamma, btyd_model, btyd_summary};
    #[pymodule_export]
    use super::crm::Crm;
    #[pymodule_export]
    use super::facts::Facts;
    #[pymodule_export]
    use super::ledger::{Ledger, wanted};
    #[pymodule_export]
    use super::mcda::{ahp, critic_weights, entropy_weights, normalise, promethee2, ranks, smaa, topsis, vikor, weighted_sum};
    #[pymodule_export]
    use super::outcome::Outcome;
    #[pymodule_export]
    use super::registry::{calculate, calculations, crm_tables, methods, outcome_of, run};
    #[pymodule_export]
    use super::review::{Review, review};
    #[pymodule_export]
    use super::sample::sample;
    #[pymodule_export]
    use super::state::State;
    #[pymodule_export]
    use super::stream::Frame;
    #[pymodule_export]
    use super::table::Table;

    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
