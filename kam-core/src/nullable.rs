//! A number or none, in the eight bytes of the number.

use std::fmt;

use serde::{Serialize, Serializer};

/// A number or none: what `Option<f64>` says in sixteen bytes. Results have dozens of such numbers an account, and a review of a million
/// accounts keeps them all.
///
/// ```
/// use kam_core::Nullable;
///
/// assert_eq!(Nullable::from(Some(0.5)).get(), Some(0.5));
/// assert_eq!(Nullable::NONE.get(), None);
/// // No result is NaN: what could not be said is none.
/// assert_eq!(Nullable::from(f64::NAN), Nullable::NONE);
/// ```
#[derive(Clone, Copy)]
pub struct Nullable(f64);

impl Nullable {
    /// None.
    pub const NONE: Nullable = Nullable(f64::NAN);

    /// The number.
    #[must_use]
    #[inline]
    pub fn get(self) -> Option<f64> {
        (!self.0.is_nan()).then_some(self.0)
    }

    /// Is there a number?
    #[must_use]
    #[inline]
    pub fn is_some(self) -> bool {
        !self.0.is_nan()
    }
}

impl From<f64> for Nullable {
    #[inline]
    fn from(number: f64) -> Self {
        Nullable(number)
    }
}

impl From<Option<f64>> for Nullable {
    #[inline]
    fn from(number: Option<f64>) -> Self {
        Nullable(number.unwrap_or(f64::NAN))
    }
}

impl From<Nullable> for Option<f64> {
    #[inline]
    fn from(number: Nullable) -> Self {
        number.get()
    }
}

impl Default for Nullable {
    fn default() -> Self {
        Nullable::NONE
    }
}

impl PartialEq for Nullable {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl fmt::Debug for Nullable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl Serialize for Nullable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.get().serialize(serializer)
    }
}
