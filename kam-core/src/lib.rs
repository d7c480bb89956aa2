//! Key account management analytics: from a sales ledger, and what else a CRM knows, to decisions.
//!
//! Data flows one way: sources → [`Ledger`](ledger) → [`Facts`] → methods → review → report.
#![forbid(unsafe_code)]

pub mod concentration;
pub mod crm;
mod error;
pub mod facts;
pub mod ledger;
pub mod method;
pub mod money;
pub use segment::{AbcOptions, AbcXyzOptions, RfmOptions, XyzOptions, abc, abc_xyz, rfm, xyz};
