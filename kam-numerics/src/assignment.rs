//! Who does what: tasks to workers, each task to one, within the workers' capacities, for the largest sum of values.
//!
//! Tasks of different loads make this the generalised assignment problem, which is hard in general. It is solved as a mixed-integer linear
//! program: a branch and bound over linear relaxations, which all but a few tasks leave whole. The search stops after a number of nodes that
//! the caller names, never by the clock, so the same problem gives the same answer everywhere.

use microlp::{ComparisonOp, OptimizationDirection, Problem, SolutionStatus, SolveOptions, Variable};

/// What a task may be given to and what that is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The task.
    pub task: usize,
    /// The worker.
    pub worker: usize,
    /// What it is worth.
    pub value: f64,
    /// How much of the worker's capacity it takes, 0 or more.
    pub load: f64,
}

/// Who does what.
#[derive(Clone, Debug, PartialEq)]
pub struct Assigned {
    /// The worker of each task; `None` where nobody can take it.
    pub worker: Vec<Option<usize>>,
    /// The sum of the values.
    pub value: f64,
    /// No assignment of as many tasks is worth more than this.
    pub bound: f64,
    /// Was it proved that none is worth more?
    pub optimal: bool,
    /// How many nodes the search looked at.
    pub nodes: u64,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum AssignmentError {
    /// A number that is not finite, or a load or a capacity below 0.
    Number,
    /// A pair names a task or a worker that is not there.
    Place,
    /// The search ended without an assignment: with more nodes it may find one.
    Stopped,
    /// The solver failed.
    Solver(String),
}

impl std::fmt::Display for AssignmentError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            AssignmentError::Number => f.write_str("values must be finite numbers, loads and capacities finite numbers of 0 or more"),
            AssignmentError::Place => f.write_str("a pair names a task or a worker that is not there"),
            AssignmentError::Stopped => f.write_str("the search ended without an assignment"),
            AssignmentError::Solver(reason) => write!(f, "the solver failed: {reason}"),
        }
    }
}

impl std::error::Error for AssignmentError {}

/// Gives as many of the tasks as fit to workers, and of all such assignments one with the largest sum of values.
///
/// `pairs` lists who may do what; tasks without a pair stay without a worker. Capacity that does not suffice leaves tasks over: as few as
/// possible, then for the largest sum. `today` is an assignment to start from, where it keeps within the capacities. `nodes` bounds the search.
pub fn assign(tasks: usize, capacity: &[f64], pairs: &[Pair], today: &[Option<usize>], nodes: u64) -> Result<Assigned, AssignmentError> {
    let is_amount = |value: f64| value.is_finite() && value >= 0.0;
    if !capacity.iter().all(|value| is_amount(*value)) || !pairs.iter().all(|pair| pair.value.is_finite() && is_amount(pair.load)) {
        return Err(AssignmentError::Number);
    }
    if pairs.iter().any(|pair| pair.task >= tasks || pair.worker >= capacity.len()) {
        return Err(AssignmentError::Place);
    }
    if pairs.is_empty() {
        return Ok(Assigned { worker: vec![None; tasks], value: 0.0, bound: 0.0, optimal: true, nodes: 0 });
    }
    // A task that is left over costs more than any assignment can bring, so that as few as possible are.
    let lowest = pairs.iter().map(|pair| pair.value).fold(0.0, f64::min);
    let span = pairs.iter().map(|pair| pair.value - lowest).fold(0.0, f64::max).max(1e-9);
    // The solver sees values from 1 to 2 for tasks that are given to somebody and 0 for others, times the number of tasks where one more
    // task must outweigh the values of all others.
    let mut of_task: Vec<Vec<usize>> = vec![vec![]; tasks];
    let mut of_worker: Vec<Vec<usize>> = vec![vec![]; capacity.len()];
    for (at, pair) in pairs.iter().enumerate().filter(|(_, pair)| pair.load <= capacity[pair.worker] * (1.0 + 1e-12)) {
        of_task[pair.task].push(at);
        of_worker[pair.worker].push(at);
    }
    let open = of_task.iter().filter(|own| !own.is_empty()).count();
    #[expect(clippy::cast_precision_loss, reason = "a number of tasks")]
    let bonus = open as f64 + 1.0;
    let scaled = |pair: &Pair, bonus: f64| bonus + (pair.value - lowest) / span;
    // First with every task to be given away, which most problems allow; only where that cannot be, with tasks left over.
    match solve(pairs, &of_task, &of_worker, capacity, today, nodes, &|pair| scaled(pair, 0.0), true) {
        Ok(found) => Ok(found.named(pairs, tasks, |value| value * span + lowest * whole(open))),
        Err(Failure::Infeasible | Failure::Other(AssignmentError::Stopped)) => {
            let found = solve(pairs, &of_task, &of_worker, capacity, today, nodes, &|pair| scaled(pair, bonus), false)
                .map_err(Failure::into_error)?;
            let given = found.pairs.len();
            Ok(found.named(pairs, tasks, |value| (value - bonus * whole(given)) * span + lowest * whole(given)))
        }
        Err(failure) => Err(failure.into_error()),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a number of tasks")]
fn whole(count: usize) -> f64 {
    count as f64
}

enum Failure {
    Infeasible,
    Other(AssignmentError),
}

impl Failure {
    fn into_error(self) -> AssignmentError {
        match self {
            Failure::Infeasible => AssignmentError::Solver("no assignment, although none has to be made".to_owned()),
            Failure::Other(error) => error,
        }
    }
}

struct Found {
    /// The chosen pairs.
    pairs: Vec<usize>,
    bound: f64,
    optimal: bool,
    nodes: u64,
}

impl Found {
    fn named(self, pairs: &[Pair], tasks: usize, unscale: impl Fn(f64) -> f64) -> Assigned {
        let mut worker = vec![None; tasks];
        let mut value = 0.0;
        for at in &self.pairs {
            worker[pairs[*at].task] = Some(pairs[*at].worker);
            value += pairs[*at].value;
        }
        let bound = if self.optimal { value } else { unscale(self.bound).max(value) };
        Assigned { worker, value, bound, optimal: self.optimal, nodes: self.nodes }
    }
}

#[expect(clippy::too_many_arguments, reason = "the parts of one program")]
fn solve(
    pairs: &[Pair],
    of_task: &[Vec<usize>],
    of_worker: &[Vec<usize>],
    capacity: &[f64],
    today: &[Option<usize>],
    nodes: u64,
    value: &dyn Fn(&Pair) -> f64,
    all: bool,
) -> Result<Found, Failure> {
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let variables: Vec<Variable> = pairs.iter().map(|pair| problem.add_binary_var(value(pair))).collect();
    // Whose load no capacity holds.
    let is_closed = |at: usize| !of_task[pairs[at].task].contains(&at);
    for (_, variable) in variables.iter().enumerate().filter(|(at, _)| is_closed(*at)) {
        problem.add_constraint([(*variable, 1.0)].as_slice(), ComparisonOp::Le, 0.0);
    }
    for own in of_task.iter().filter(|own| !own.is_empty()) {
        let terms: Vec<(Variable, f64)> = own.iter().map(|at| (variables[*at], 1.0)).collect();
        problem.add_constraint(terms.as_slice(), if all { ComparisonOp::Eq } else { ComparisonOp::Le }, 1.0);
    }
    for (worker, own) in of_worker.iter().enumerate() {
        // In parts of the capacity, so that hours and minutes are as well conditioned.
        let loads = own.iter().filter(|at| pairs[**at].load > 0.0);
        let unit = if capacity[worker] > 0.0 { capacity[worker] } else { 1.0 };
        let terms: Vec<(Variable, f64)> = loads.map(|at| (variables[*at], pairs[*at].load / unit)).collect();
        if !terms.is_empty() && terms.iter().map(|(_, load)| load).sum::<f64>() > capacity[worker] / unit {
            problem.add_constraint(terms.as_slice(), ComparisonOp::Le, capacity[worker] / unit);
        }
    }
    let start = pairs
        .iter()
        .zip(&variables)
        .map(|(pair, variable)| (*variable, if today.get(pair.task).copied().flatten() == Some(pair.worker) { 1.0 } else { 0.0 }));
    let warm_start = (!today.is_empty()).then(|| start.collect());
    let mut options = SolveOptions::default();
    (options.node_limit, options.warm_start) = (Some(nodes), warm_start);
    let outcome = problem.solve_with(options).map_err(|error| match error {
        microlp::Error::Infeasible => Failure::Infeasible,
        other => Failure::Other(AssignmentError::Solver(other.to_string())),
    })?;
    let solution = outcome.into_solution().map_err(|_| Failure::Other(AssignmentError::Stopped))?;
    let stats = solution.stats();
    let chosen: Vec<usize> = (0..pairs.len()).filter(|at| solution.var_value(variables[*at]) > 0.5).collect();
    Ok(Found {
        pairs: chosen,
        bound: stats.best_bound.unwrap_or(f64::INFINITY),
        optimal: solution.status() == SolutionStatus::Optimal,
        nodes: stats.nodes_solved,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// All pairs of a table of values, one row a task, with the task's load.
    fn pairs(values: &[&[f64]], loads: &[f64]) -> Vec<Pair> {
        let of_task = |task: usize| values[task].iter().enumerate().map(move |(worker, value)| (task, worker, *value));
        (0..values.len()).flat_map(of_task).map(|(task, worker, value)| Pair { task, worker, value, load: loads[task] }).collect()
    }

    /// Every assignment there is: the most tasks that fit, and the largest value of those.
    fn by_trying(tasks: usize, capacity: &[f64], pairs: &[Pair]) -> (usize, f64) {
        let mut best = (0, 0.0);
        for code in 0..(capacity.len() + 1).pow(u32::try_from(tasks).unwrap()) {
            let (mut rest, mut left, mut value, mut given, mut fits) = (code, capacity.to_vec(), 0.0, 0, true);
            for task in 0..tasks {
                let worker = rest % (capacity.len() + 1);
                rest /= capacity.len() + 1;
                if worker == capacity.len() {
                    continue;
                }
                match pairs.iter().find(|pair| pair.task == task && pair.worker == worker) {
                    Some(pair) => {
                        left[worker] -= pair.load;
                        value += pair.value;
                        given += 1;
                    }
                    None => fits = false,
                }
            }
            if fits && left.iter().all(|left| *left >= -1e-9) && (given > best.0 || (given == best.0 && (given == 0 || value > best.1))) {
                best = (given, value);
            }
        }
        best
    }

    #[test]
    fn the_textbook_assignment_of_three() {
        // Each worker takes one task: costs 9 2 7 / 6 4 3 / 5 8 1 have the least sum 2 + 6 + 1 = 9.
        let costs: [&[f64]; 3] = [&[-9.0, -2.0, -7.0], &[-6.0, -4.0, -3.0], &[-5.0, -8.0, -1.0]];
        let found = assign(3, &[1.0; 3], &pairs(&costs, &[1.0; 3]), &[], 1000).unwrap();
        assert_eq!(found.worker, [Some(1), Some(0), Some(2)]);
        assert!(found.optimal && (found.value + 9.0).abs() < 1e-9 && (found.bound + 9.0).abs() < 1e-9);
    }

    #[test]
    fn what_does_not_fit_is_left_over() {
        let values: [&[f64]; 3] = [&[5.0], &[4.0], &[3.0]];
        let found = assign(3, &[5.0], &pairs(&values, &[4.0, 3.0, 2.0]), &[Some(0), None, None], 1000).unwrap();
        // Two tasks fit only without the largest one.
        assert_eq!(found.worker, [None, Some(0), Some(0)]);
        assert!(found.optimal && (found.value - 7.0).abs() < 1e-9);
        let found = assign(2, &[1.0], &pairs(&values[..2], &[4.0, 3.0]), &[], 1000).unwrap();
        assert_eq!((found.worker, found.value), (vec![None, None], 0.0));
    }

    #[test]
    fn nothing_to_do_and_what_cannot_be() {
        assert_eq!(assign(2, &[1.0], &[], &[], 10).unwrap().worker, [None, None]);
        let pair = Pair { task: 0, worker: 0, value: 1.0, load: 1.0 };
        assert_eq!(assign(1, &[f64::NAN], &[pair], &[], 10), Err(AssignmentError::Number));
        assert_eq!(assign(1, &[1.0], &[Pair { load: -1.0, ..pair }], &[], 10), Err(AssignmentError::Number));
        assert_eq!(assign(1, &[1.0], &[Pair { worker: 1, ..pair }], &[], 10), Err(AssignmentError::Place));
        assert!(AssignmentError::Stopped.to_string().contains("without"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_assignment_is_better(
            loads in prop::collection::vec(1u8..6, 1..6),
            capacity in prop::collection::vec(2u8..12, 1..4),
            values in prop::collection::vec(-20i16..100, 24),
            holes in prop::collection::vec(prop::bool::weighted(0.2), 24),
        ) {
            let (tasks, capacity) = (loads.len(), capacity.iter().map(|hours| f64::from(*hours)).collect::<Vec<_>>());
            let mut listed = vec![];
            for task in 0..tasks {
                for worker in 0..capacity.len() {
                    let at = task * 4 + worker;
                    if !holes[at] {
                        listed.push(Pair { task, worker, value: f64::from(values[at]), load: f64::from(loads[task]) });
                    }
                }
            }
            let found = assign(tasks, &capacity, &listed, &[], 100_000).unwrap();
            let (given, value) = by_trying(tasks, &capacity, &listed);
            prop_assert!(found.optimal);
            prop_assert_eq!(found.worker.iter().flatten().count(), given);
            prop_assert!((found.value - value).abs() < 1e-6, "{} instead of {value}", found.value);
            for worker in 0..capacity.len() {
                let load: f64 = (0..tasks).filter(|task| found.worker[*task] == Some(worker)).map(|task| f64::from(loads[task])).sum();
                prop_assert!(load <= capacity[worker] + 1e-9);
            }
        }
    }
}
