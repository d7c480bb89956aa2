//! Multi-criteria decisions over NumPy arrays.
//!
//! Matrices are read where they lie, row by row or column by column. Words and lists of parameters come as JSON, so that they are read as
//! everywhere else.

use kam_core::calculation::mcda::{ConstraintsInput, Each, PreferenceWord, RandomIndexWord, Scale, directions, preferences, refuse};
use kam_core::numerics::mcda::{self, Direction, Matrix, McdaError};
use kam_core::{Code, Error};
use numpy::{PyArray1, PyReadonlyArray1, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::prelude::*;
use serde::de::DeserializeOwned;

use crate::errors::detached;
use crate::progress::Reporter;

type Numbers<'py> = Bound<'py, PyArray1<f64>>;
type Places<'py> = Bound<'py, PyArray1<i64>>;
/// One threshold for all criteria, or one for each; null where a criterion needs none.
type Thresholds = Each<Option<f64>>;

/// The matrix as it lies in memory; Python sees to it that it is contiguous one way or the other.
enum View<'a> {
    Rows(&'a [f64], usize),
    Columns(Vec<&'a [f64]>),
}

impl<'a> View<'a> {
    fn of(array: &'a PyReadonlyArray2<'_, f64>) -> PyResult<Self> {
        let [rows, columns] = [array.shape()[0], array.shape()[1]];
        let values = array.as_slice()?;
        Ok(if array.is_c_contiguous() || rows == 0 { View::Rows(values, columns) } else { View::Columns(values.chunks(rows).collect()) })
    }

    fn with<T>(&self, work: impl FnOnce(&Matrix<'_>) -> Result<T, McdaError>) -> Result<T, Error> {
        let matrix = match self {
            View::Rows(values, criteria) => Matrix::of_rows(values, *criteria),
            View::Columns(columns) => Matrix::of_columns(columns),
        };
        matrix.and_then(|matrix| work(&matrix)).map_err(refuse)
    }
}

fn read<T: DeserializeOwned>(name: &str, json: &str) -> Result<T, Error> {
    let expected = match name {
        "normalisation" => "none, min_max, vector, sum, max, z_score or rank",
        "preference" => "usual, u_shape, v_shape, level, linear or gaussian, one for all criteria or a list with one for each",
        "random_index" => "saaty or donegan_dodd",
        "weights" => "order, a list of criteria from 0, and bounds, a list of the least and the greatest weight of each",
        _ => "a number for all criteria, or a list with one for each",
    };
    let wrong = |_| Error::new(Code::Option, format!("option `{name}` is {json}")).with_hint(format!("it must be {expected}"));
    serde_json::from_str(json).map_err(wrong)
}

/// Runs the work without the interpreter.
fn run<T: Send>(
    py: Python<'_>,
    matrix: &PyReadonlyArray2<'_, f64>,
    work: impl FnOnce(&View<'_>) -> Result<T, Error> + Send,
) -> PyResult<T> {
    let view = View::of(matrix)?;
    Reporter::new(None).run(py, |_| work(&view))
}

fn give<'py>(py: Python<'py>, values: Vec<f64>) -> Numbers<'py> {
    PyArray1::from_vec(py, values)
}

/// Column after column.
fn flat<'py>(py: Python<'py>, columns: &[Vec<f64>]) -> Numbers<'py> {
    give(py, columns.concat())
}

/// Places of scores, 1 for the highest.
#[pyfunction]
pub fn ranks<'py>(py: Python<'py>, scores: PyReadonlyArray1<'py, f64>) -> PyResult<Places<'py>> {
    let scores = scores.as_slice()?;
    let ranks = detached(py, || Ok(mcda::competition_ranks(scores)))?;
    Ok(PyArray1::from_iter(py, ranks.into_iter().map(|rank| rank.and_then(|rank| i64::try_from(rank).ok()).unwrap_or(0))))
}

/// Column after column on a common scale.
#[pyfunction]
pub fn normalise<'py>(py: Python<'py>, matrix: PyReadonlyArray2<'py, f64>, signs: Vec<f64>, scale: &str) -> PyResult<Numbers<'py>> {
    let columns = run(py, &matrix, |view| {
        let (directions, scale) = (directions(&signs)?, read::<Scale>("normalisation", scale)?);
        view.with(|matrix| mcda::normalised(matrix, &directions, scale.way()))
    })?;
    Ok(flat(py, &columns))
}

/// Score, contributions column after column, weights.
#[pyfunction]
pub fn weighted_sum<'py>(
    py: Python<'py>,
    matrix: PyReadonlyArray2<'py, f64>,
    weights: Vec<f64>,
    signs: Vec<f64>,
    scale: &str,
) -> PyResult<(Numbers<'py>, Numbers<'py>, Numbers<'py>)> {
    let found = run(py, &matrix, |view| {
        let (directions, scale) = (directions(&signs)?, read::<Scale>("normalisation", scale)?);
        view.with(|matrix| mcda::scored_sum(matrix, &weights, &directions, scale.way()))
    })?;
    Ok((give(py, found.score), flat(py, &found.contributions), give(py, found.weights)))
}

/// Score, ideal, anti-ideal, the two distances, weights.
#[pyfunction]
pub fn topsis<'py>(
    py: Python<'py>,
    matrix: PyReadonlyArray2<'py, f64>,
    weights: Vec<f64>,
    signs: Vec<f64>,
    scale: &str,
) -> PyResult<[Numbers<'py>; 6]> {
    let found = run(py, &matrix, |view| {
        let (directions, scale) = (directions(&signs)?, read::<Scale>("normalisation", scale)?);
        view.with(|matrix| mcda::topsis(matrix, &weights, &directions, scale.way()))
    })?;
    let parts = [found.score, found.ideal, found.anti_ideal, found.distance_to_ideal, found.distance_to_anti_ideal, found.weights];
    Ok(parts.map(|part| give(py, part)))
}

/// S, R, Q, best, worst, weights; the compromise; C1 and C2.
#[pyfunction]
pub fn vikor<'py>(
    py: Python<'py>,
    matrix: PyReadonlyArray2<'py, f64>,
    weights: Vec<f64>,
    signs: Vec<f64>,
    v: f64,
) -> PyResult<([Numbers<'py>; 6], Places<'py>, bool, bool)> {
    let found = run(py, &matrix, |view| {
        let directions = directions(&signs)?;
        view.with(|matrix| mcda::vikor(matrix, &weights, &directions, v))
    })?;
    let parts = [found.s, found.r, found.q, found.best, found.worst, found.weights];
    let compromise = found.compromise.into_iter().map(|at| i64::try_from(at).unwrap_or(i64::MAX));
    let compromise = PyArray1::from_iter(py, compromise);
    Ok((parts.map(|part| give(py, part)), compromise, found.acceptable_advantage, found.acceptable_stability))
}

/// φ, φ+, φ−, the criteria's own flows column after column, weights.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "one argument a parameter of the method")]
pub fn promethee2<'py>(
    py: Python<'py>,
    matrix: PyReadonlyArray2<'py, f64>,
    weights: Vec<f64>,
    signs: Vec<f64>,
    preference: &str,
    q: &str,
    p: &str,
    s: &str,
) -> PyResult<[Numbers<'py>; 5]> {
    let criteria = matrix.shape()[1];
    let found = run(py, &matrix, |view| {
        let directions = directions(&signs)?;
        let words: Each<PreferenceWord> = read("preference", preference)?;
        let (q, p, s): (Thresholds, Thresholds, Thresholds) = (read("q", q)?, read("p", p)?, read("s", s)?);
        let preferences = preferences(criteria, Some(&words), [Some(&q), Some(&p), Some(&s)])?;
        view.with(|matrix| mcda::promethee2(matrix, &weights, &directions, &preferences))
    })?;
    let flows = flat(py, &found.criterion_flows);
    let [phi, plus, minus, weights] = [found.phi, found.phi_plus, found.phi_minus, found.weights].map(|part| give(py, part));
    Ok([phi, plus, minus, flows, weights])
}

/// Weights, entropy, divergence.
#[pyfunction]
pub fn entropy_weights<'py>(py: Python<'py>, matrix: PyReadonlyArray2<'py, f64>) -> PyResult<[Numbers<'py>; 3]> {
    let found = run(py, &matrix, |view| view.with(mcda::entropy_weights))?;
    Ok([found.weights, found.entropy, found.divergence].map(|part| give(py, part)))
}

/// Weights, deviation, correlation row after row.
#[pyfunction]
pub fn critic_weights<'py>(py: Python<'py>, matrix: PyReadonlyArray2<'py, f64>, signs: Vec<f64>) -> PyResult<[Numbers<'py>; 3]> {
    let found = run(py, &matrix, |view| {
        let directions: Vec<Direction> = directions(&signs)?;
        view.with(|matrix| mcda::critic_weights(matrix, &directions))
    })?;
    Ok([found.weights, found.deviation, found.correlation.concat()].map(|part| give(py, part)))
}

/// Weights, completed comparisons row after row; λmax, consistency index; random index and consistency ratio, where there are any;
/// how many pairs were missing.
#[pyfunction]
#[expect(clippy::type_complexity, reason = "a tuple that only the package reads")]
pub fn ahp<'py>(
    py: Python<'py>,
    matrix: PyReadonlyArray2<'py, f64>,
    index: &str,
) -> PyResult<(Numbers<'py>, Numbers<'py>, f64, f64, Option<f64>, Option<f64>, usize)> {
    let width = matrix.shape()[1].max(1);
    let found = run(py, &matrix, |view| {
        let index: RandomIndexWord = read("random_index", index)?;
        let rows: Vec<Vec<f64>> = match view {
            View::Rows(values, _) => values.chunks(width).map(<[f64]>::to_vec).collect(),
            View::Columns(columns) => (0..columns[0].len()).map(|row| columns.iter().map(|column| column[row]).collect()).collect(),
        };
        mcda::ahp(&rows, index.index()).map_err(refuse)
    })?;
    let completed = give(py, found.completed.concat());
    let weights = give(py, found.weights);
    let (lambda, index) = (found.lambda_max, found.consistency_index);
    Ok((weights, completed, lambda, index, found.random_index, found.consistency_ratio, found.missing_pairs))
}

/// Counts and twins; central weights row after row, confidence, mean weights; how many ranks were kept.
#[pyfunction]
#[expect(clippy::too_many_arguments, clippy::type_complexity, reason = "one argument a parameter of the method")]
pub fn smaa<'py>(
    py: Python<'py>,
    matrix: PyReadonlyArray2<'py, f64>,
    signs: Vec<f64>,
    constraints: &str,
    samples: usize,
    seed: u64,
    ranks: Option<usize>,
    scale: &str,
) -> PyResult<([Bound<'py, PyArray1<u32>>; 2], [Numbers<'py>; 3], usize)> {
    let view = View::of(&matrix)?;
    let found = Reporter::new(None).run(py, |progress| {
        let directions = directions(&signs)?;
        let constraints: ConstraintsInput = read("weights", constraints)?;
        let options = mcda::SmaaOptions {
            normalisation: read::<Scale>("normalisation", scale)?.way(),
            constraints: mcda::WeightConstraints { order: constraints.order, bounds: constraints.bounds },
            samples,
            seed,
            ranks,
        };
        let total = u64::try_from(samples).ok();
        let goes_on = |done: usize| progress.report("smaa", u64::try_from(done).unwrap_or(u64::MAX), total).is_continue();
        view.with(|matrix| mcda::smaa_watched(matrix, &directions, &options, &goes_on))
    })?;
    let counts = [found.counts, found.twins].map(|part| PyArray1::from_vec(py, part));
    Ok((counts, [found.central_weights, found.confidence, found.mean_weights].map(|part| give(py, part)), found.ranks))
}
