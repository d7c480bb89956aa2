//! The optional tables of a CRM, one file each, typed and validated.

/// What a CRM knows beside the ledger. Every table is optional.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Crm {}
