//! A purchase model: its parameters, and what it says about customers.

use std::fmt;
use std::str::FromStr;

use rayon::prelude::*;

use super::beta_geometric::{self, Chances};
use super::customers::{Customers, InputError, check_customers, check_lengths};
use super::hypergeometric::beta_mean;
use super::newton::Derivatives;
use super::pareto_nbd;

/// Which purchase model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    /// BG/NBD (Fader, Hardie and Lee 2005): a customer may drop out after every repeat transaction.
    #[default]
    BgNbd,
    /// MBG/NBD (Batislam, Denizel and Filiztekin 2007): also after the first transaction.
    MbgNbd,
    /// Pareto/NBD (Schmittlein, Morrison and Colombo 1987): a customer may drop out at any time.
    ParetoNbd,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 3] = [Kind::BgNbd, Kind::MbgNbd, Kind::ParetoNbd];

    /// Its name: `bg_nbd`, `mbg_nbd`, `pareto_nbd`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::BgNbd => "bg_nbd",
            Kind::MbgNbd => "mbg_nbd",
            Kind::ParetoNbd => "pareto_nbd",
        }
    }

    /// The names of its parameters.
    #[must_use]
    pub fn parameters(self) -> [&'static str; 4] {
        match self {
            Kind::BgNbd | Kind::MbgNbd => ["r", "alpha", "a", "b"],
            Kind::ParetoNbd => ["r", "alpha", "s", "beta"],
        }
    }

    /// Which parameters are times: they scale with the unit.
    pub(super) fn is_time(self) -> [bool; 4] {
        [false, true, false, self == Kind::ParetoNbd]
    }

    /// The log-likelihood of customers and its derivatives by the logarithms of the parameters.
    pub(super) fn log_likelihood(self, customers: &Customers, point: &[f64; 4]) -> Derivatives<4> {
        match self {
            Kind::BgNbd => beta_geometric::log_likelihood(Chances::AfterRepeats, customers, point),
            Kind::MbgNbd => beta_geometric::log_likelihood(Chances::AlsoAtOnce, customers, point),
            Kind::ParetoNbd => pareto_nbd::log_likelihood(customers, point),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = InputError;

    fn from_str(name: &str) -> Result<Self, InputError> {
        Kind::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| InputError::whole(format!("there is no model `{name}`"), "models are bg_nbd, mbg_nbd and pareto_nbd"))
    }
}

/// A purchase model with its parameters, in the time unit of its α (and β).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Model {
    kind: Kind,
    params: [f64; 4],
}

impl Model {
    /// A model of given parameters, which are positive numbers.
    ///
    /// ```
    /// use kam_numerics::btyd::{Kind, Model};
    /// let model = Model::new(Kind::BgNbd, [0.2425967, 4.413659, 0.7929869, 2.426164])?;
    /// assert!((model.p_alive(26.0, 30.857, 31.0) - 0.9688523).abs() < 1e-5);
    /// assert!((model.expected_purchases_new(52.0) - 1.444004).abs() < 5e-5);
    /// # Ok::<(), kam_numerics::btyd::InputError>(())
    /// ```
    pub fn new(kind: Kind, params: [f64; 4]) -> Result<Self, InputError> {
        for (name, value) in kind.parameters().iter().zip(params) {
            if !(value.is_finite() && value > 0.0) {
                return Err(InputError::whole(format!("parameter {name} is {value}"), "parameters are positive numbers"));
            }
        }
        Ok(Model { kind, params })
    }

    /// A model of parameters by their names, in any order: all of them and no others.
    pub fn named<'a>(kind: Kind, params: impl IntoIterator<Item = (&'a str, f64)>) -> Result<Self, InputError> {
        Self::new(kind, by_name(&kind.parameters(), params)?)
    }

    /// A model of parameters that are known to be positive numbers.
    pub(super) fn of(kind: Kind, params: [f64; 4]) -> Self {
        Model { kind, params }
    }

    /// Which model.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The parameters, in the order of [`Kind::parameters`].
    #[must_use]
    pub fn params(&self) -> [f64; 4] {
        self.params
    }

    fn chances(&self) -> Chances {
        if self.kind == Kind::BgNbd { Chances::AfterRepeats } else { Chances::AlsoAtOnce }
    }

    /// The probability that a customer with x repeat transactions, the last at t_x, is still alive at T.
    ///
    /// BG/NBD gives 1 to a customer without a repeat transaction: nobody drops out before one.
    #[must_use]
    pub fn p_alive(&self, x: f64, t_x: f64, age: f64) -> f64 {
        match self.kind {
            Kind::ParetoNbd => pareto_nbd::p_alive(self.params, x, t_x, age),
            _ => 1.0 / (1.0 + self.chances().log_odds_dead(self.params, x, t_x, age).exp()),
        }
    }

    /// How many transactions a customer is expected to make in a time t after T.
    #[must_use]
    pub fn expected_purchases(&self, t: f64, x: f64, t_x: f64, age: f64) -> f64 {
        self.p_alive(x, t_x, age) * self.expected_if_alive(t, x, age)
    }

    /// How many repeat transactions a new customer is expected to make in a time t after the first one.
    #[must_use]
    pub fn expected_purchases_new(&self, t: f64) -> f64 {
        match self.kind {
            // The first transaction may be the last.
            Kind::MbgNbd => self.params[3] / (self.params[2] + self.params[3]) * self.expected_if_alive(t, 0.0, 0.0),
            _ => self.expected_if_alive(t, 0.0, 0.0),
        }
    }

    fn expected_if_alive(&self, t: f64, x: f64, age: f64) -> f64 {
        let [r, alpha, a, b] = self.params;
        match self.kind {
            Kind::ParetoNbd => pareto_nbd::expected_if_alive(self.params, t, x, age),
            _ => beta_mean(r + x, a, b + self.chances().survived(x), t / (alpha + age)),
        }
    }

    /// [`p_alive`](Self::p_alive) of many customers.
    pub fn p_alive_of(&self, x: &[f64], t_x: &[f64], age: &[f64]) -> Result<Vec<f64>, InputError> {
        check_customers(x, t_x, age)?;
        Ok(each(x.len(), |row| self.p_alive(x[row], t_x[row], age[row])))
    }

    /// [`expected_purchases`](Self::expected_purchases) of many customers: one t for all, or one each.
    pub fn expected_purchases_of(&self, t: &[f64], x: &[f64], t_x: &[f64], age: &[f64]) -> Result<Vec<f64>, InputError> {
        check_customers(x, t_x, age)?;
        if t.len() != 1 {
            check_lengths(&[("t", t.len()), ("x", x.len())])?;
        }
        check_times(t)?;
        let time = |row: usize| if t.len() == 1 { t[0] } else { t[row] };
        Ok(each(x.len(), |row| self.expected_purchases(time(row), x[row], t_x[row], age[row])))
    }

    /// [`expected_purchases_new`](Self::expected_purchases_new) at many times.
    pub fn expected_purchases_new_at(&self, t: &[f64]) -> Result<Vec<f64>, InputError> {
        check_times(t)?;
        Ok(each(t.len(), |row| self.expected_purchases_new(t[row])))
    }

    /// The log-likelihood of customers under this model.
    pub fn log_likelihood(&self, x: &[f64], t_x: &[f64], age: &[f64]) -> Result<f64, InputError> {
        let customers = Customers::new(x, t_x, age, true)?;
        let times = self.kind.is_time();
        let point = std::array::from_fn(|i| (if times[i] { self.params[i] / customers.unit } else { self.params[i] }).ln());
        Ok(self.kind.log_likelihood(&customers, &point).value - customers.repeats * customers.unit.ln())
    }

    /// The same model with times in units of which `factor` old ones make one: α (and β) divided by it.
    #[must_use]
    pub fn in_units_of(&self, factor: f64) -> Self {
        let times = self.kind.is_time();
        Model { kind: self.kind, params: std::array::from_fn(|i| if times[i] { self.params[i] / factor } else { self.params[i] }) }
    }
}

/// Values in the order of their names.
pub(super) fn by_name<'a, const N: usize>(
    names: &[&'static str; N],
    params: impl IntoIterator<Item = (&'a str, f64)>,
) -> Result<[f64; N], InputError> {
    let mut values = [None; N];
    let hint =
        if names.len() == 3 { "parameters are p, q, gamma" } else { "parameters are r, alpha, a, b; of Pareto/NBD r, alpha, s, beta" };
    for (name, value) in params {
        match names.iter().position(|known| *known == name) {
            Some(at) => values[at] = Some(value),
            None => return Err(InputError::whole(format!("there is no parameter `{name}`"), hint)),
        }
    }
    match values.iter().position(Option::is_none) {
        Some(at) => Err(InputError::whole(format!("parameter {} is missing", names[at]), hint)),
        None => Ok(values.map(|value| value.unwrap_or(f64::NAN))),
    }
}

/// Refuses times to look ahead that cannot be.
pub(super) fn check_times(t: &[f64]) -> Result<(), InputError> {
    match t.iter().position(|t| !(t.is_finite() && *t >= 0.0)) {
        Some(row) => Err(InputError::at(row, format!("t is {}", t[row]), "a time to look ahead is a number from 0")),
        None => Ok(()),
    }
}

/// One value a row, in parallel.
pub(super) fn each<T: Send>(rows: usize, value: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    (0..rows).into_par_iter().with_min_len(512).map(value).collect()
}
