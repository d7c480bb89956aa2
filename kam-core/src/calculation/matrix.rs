//! A matrix as JSON writes it: a list of rows, null where a number is missing.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::error::{Error, Result};

/// Alternatives × criteria: one list a row, null where a number is missing.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Matrix(pub Vec<Vec<Option<f64>>>);

impl Matrix {
    /// Column by column, NaN where a number is missing. Rows of different lengths are refused.
    pub fn columns(&self) -> Result<Vec<Vec<f64>>> {
        let width = self.0.first().map_or(0, Vec::len);
        if let Some(row) = self.0.iter().position(|row| row.len() != width) {
            let found = format!("a row {row} of {} numbers", self.0[row].len());
            return Err(Error::option("matrix", found, &format!("rows of one length; row 0 has {width}")));
        }
        Ok((0..width).map(|column| self.0.iter().map(|row| row[column].unwrap_or(f64::NAN)).collect()).collect())
    }

    /// Row by row as they stand, NaN where a number is missing.
    #[must_use]
    pub fn rows(&self) -> Vec<Vec<f64>> {
        self.0.iter().map(|row| row.iter().map(|value| value.unwrap_or(f64::NAN)).collect()).collect()
    }
}
