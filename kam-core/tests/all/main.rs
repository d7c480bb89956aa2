//! Every test that sees the library from outside, in one program: linking one a file took longer than running them.

mod attractiveness;
mod book_damage;
mod concentration_and_segments;
mod dossier;
mod facts;
mod golden;
mod key_accounts;
mod ledgers;
mod losses;
mod made_up;
mod people;
mod purchase_models;
mod relationships;
mod retention;
mod sources;
mod structure;
