//! Key accounts: which types and routes make an account key, what the key accounts have in common, and whether a candidate can be won.

mod base;
mod bins;
mod fit;
mod key_account_profile;
mod key_account_types;
mod key_account_types_tables;
mod routes;
mod subjects;
mod three_p;
mod unknown_directions;

pub(crate) use key_account_profile::key_account_profile_outcome;
pub use key_account_profile::{
    AccountFit, FitBand, KeyAccountProfile, KeyAccountProfileOptions, KeyAccountProfileSummary, KeyRule, ProfileAttribute, ProfileBin,
    key_account_profile,
};
pub use key_account_types::{
    KeyAccountType, KeyAccountTypes, KeyAccountTypesMethod, KeyAccountTypesOptions, KeyAccountTypesSummary, TypedAccount, key_account_types,
};
pub(crate) use routes::routes_outcome;
pub use routes::{Route, RoutedAccount, Routes, RoutesInputs, RoutesOptions, RoutesSummary, routes};
pub use three_p::{
    CheckState, Checked, CheckedAccount, Solvency, ThreeP, ThreePMethod, ThreePOptions, ThreePSummary, ThreePVerdict, three_p,
};
pub use unknown_directions::UnknownDirection;
