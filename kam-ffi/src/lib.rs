//! The C interface of kam: opaque handles, status codes, Arrow streams. `include/kam.h` is generated from these files and begins with
//! the calling contract.
//!
//! Unsafe code stands at the border only: every function takes its pointers apart through [`border`], and what follows is safe Rust.
#![deny(unsafe_op_in_unsafe_fn)]
#![allow(non_camel_case_types, reason = "types have the names that C knows them by")]
#![allow(clippy::missing_safety_doc, reason = "what callers must keep to stands once, at the head of the header")]

mod book;
mod border;
mod builder;
mod calculation;
mod crm;
mod dossier;
mod error;
mod facts;
mod ledger;
mod progress;
mod registry;
mod result;
mod review;
mod status;
mod stream;
mod version;

pub use book::*;
pub use builder::*;
pub use calculation::*;
pub use crm::*;
pub use dossier::*;
pub use error::*;
pub use facts::*;
pub use ledger::*;
pub use progress::*;
pub use registry::*;
pub use result::*;
pub use review::*;
pub use status::*;
pub use version::*;

/// What the header says of threads, as far as the compiler can say it.
const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<kam_error>();
    shared::<kam_ledger>();
    shared::<kam_ledger_builder>();
    shared::<kam_facts>();
    shared::<kam_crm>();
    shared::<kam_result>();
    shared::<kam_review>();
    shared::<kam_dossier>();
    shared::<kam_book>();
};
