//! Domain-free numerics: plain slices in, plain structs out, no tables and no domain words.
#![forbid(unsafe_code)]

pub mod allocation;
pub mod assignment;
pub mod btyd;
pub mod knapsack;
pub mod mcda;
pub mod stats;
