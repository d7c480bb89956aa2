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
    let mut of_task: Vec<Vec<usize>> = vec![vec![]; tasks];
    let mut of_worker: Vec<Vec<usize>> = vec![vec![]; capacity.len()];
    for (at, pair) in pairs.iter().enumerate().filter(|(_, pair)| pair.load <= capacity[pair.worker]) {
        of_task[pair.task].push(at);
        of_worker[pair.worker].push(at);
    }
    let open = of_task.iter().filter(|own| !own.is_empty()).count();
    let table = Table { pairs, of_task: &of_task, of_worker: &of_worker, capacity };
    // The solver sees values from 0 to 1; where tasks may be left over, one more task outweighs the values of all others.
    let bonus = whole(open) + 1.0;
    let scaled = |pair: &Pair, bonus: f64| bonus + (pair.value - lowest) / span;
    // Something to start from: today's assignment as far as it can stand, and what exchanging tasks makes of it.
    let start = table.start(today);
    let complete = start.as_deref().filter(|start| start.iter().flatten().count() == open);
    // First with every task to be given away, which most problems allow; only where that cannot be, with tasks left over.
    let unscaled = |value: f64| value * span + lowest * whole(open);
    let known = match table.solve(complete, nodes, &|pair| scaled(pair, 0.0), true) {
        Ok(found) => {
            let named = table.named(&found, unscaled);
            return Ok(Assigned { bound: named.bound.min(table.most(open)).max(named.value), ..named });
        }
        Err(Failure::Infeasible) => f64::INFINITY,
        Err(Failure::Stopped(bound)) => bound.map_or(f64::INFINITY, unscaled),
        Err(Failure::Other(error)) => return Err(error),
    };
    let found = table.solve(start.as_deref(), nodes, &|pair| scaled(pair, bonus), false).map_err(Failure::into_error)?;
    let given = found.pairs.len();
    let named = table.named(&found, |value| (value - bonus * whole(given)) * span + lowest * whole(given));
    // Where every task found somebody after all, what was known of such assignments bounds it as well.
    let known = if given == open { known } else { f64::INFINITY };
    let bound = named.bound.min(known).min(table.most(given)).max(named.value);
    Ok(Assigned { bound, ..named })
}

#[expect(clippy::cast_precision_loss, reason = "a number of tasks")]
fn whole(count: usize) -> f64 {
    count as f64
}

enum Failure {
    Infeasible,
    /// The search ended without an assignment; what none exceeds, as far as it is known.
    Stopped(Option<f64>),
    Other(AssignmentError),
}

impl Failure {
    fn into_error(self) -> AssignmentError {
        match self {
            Failure::Infeasible => AssignmentError::Solver("no assignment, although none has to be made".to_owned()),
            Failure::Stopped(_) => AssignmentError::Stopped,
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

/// The problem: who may do what, listed by task and by worker.
struct Table<'a> {
    pairs: &'a [Pair],
    of_task: &'a [Vec<usize>],
    of_worker: &'a [Vec<usize>],
    capacity: &'a [f64],
}

/// More tasks than this are not exchanged in pairs, which takes the square of their number.
const MOST_EXCHANGED: usize = 3_000;

impl Table<'_> {
    /// What so many tasks are worth at most, whatever the capacities.
    fn most(&self, given: usize) -> f64 {
        let of = |own: &Vec<usize>| own.iter().map(|at| self.pairs[*at].value).max_by(f64::total_cmp);
        let mut values: Vec<f64> = self.of_task.iter().filter_map(of).collect();
        values.sort_unstable_by(|a, b| b.total_cmp(a));
        values.into_iter().take(given).fold(0.0, |sum, value| sum + value)
    }

    /// The assignment of these pairs, made better by exchanges where it was not proved to be the best.
    fn named(&self, found: &Found, unscale: impl Fn(f64) -> f64) -> Assigned {
        let mut chosen = vec![None; self.of_task.len()];
        found.pairs.iter().for_each(|at| chosen[self.pairs[*at].task] = Some(*at));
        if !found.optimal {
            self.exchange(&mut chosen);
        }
        // From 0: the sum of nothing is −0.
        let value = chosen.iter().flatten().fold(0.0, |sum, at| sum + self.pairs[*at].value);
        let bound = if found.optimal { value } else { unscale(found.bound).max(value) };
        let worker = chosen.into_iter().map(|at| at.map(|at| self.pairs[at].worker)).collect();
        Assigned { worker, value, bound, optimal: found.optimal, nodes: found.nodes }
    }

    /// The pairs of an assignment that keeps within the capacities, where there is one: the better of two, one of which keeps what fits of today's.
    fn start(&self, today: &[Option<usize>]) -> Option<Vec<Option<usize>>> {
        let count = |chosen: &[Option<usize>]| chosen.iter().flatten().count();
        let value = |chosen: &[Option<usize>]| chosen.iter().flatten().map(|at| self.pairs[*at].value).sum::<f64>();
        let of_today = self.greedy(Some(today));
        let anew = self.greedy(None);
        let better = count(&anew).cmp(&count(&of_today)).then(value(&anew).total_cmp(&value(&of_today))).is_gt();
        Some(if better { anew } else { of_today }).filter(|chosen| count(chosen) > 0)
    }

    /// What fits of today's assignment, if that is given; then, task by task, whoever is worth most and has room: first the tasks that few can take,
    /// of these the largest; then exchanges.
    fn greedy(&self, today: Option<&[Option<usize>]>) -> Vec<Option<usize>> {
        let load = |task: usize| self.of_task[task].iter().map(|at| self.pairs[*at].load).fold(0.0, f64::max);
        let mut order: Vec<usize> = (0..self.of_task.len()).filter(|task| !self.of_task[*task].is_empty()).collect();
        order.sort_by(|a, b| {
            let choices = |task: usize| self.of_task[task].len();
            choices(*a).cmp(&choices(*b)).then(load(*b).total_cmp(&load(*a))).then(a.cmp(b))
        });
        let mut chosen: Vec<Option<usize>> = vec![None; self.of_task.len()];
        let mut left = self.capacity.to_vec();
        for today in today.into_iter().map(Some).chain([None]) {
            for task in order.iter().copied() {
                if chosen[task].is_some() {
                    continue;
                }
                let fits = |at: &usize| self.pairs[*at].load <= left[self.pairs[*at].worker];
                let kept = |at: &usize| today.is_none_or(|today| today.get(task).copied().flatten() == Some(self.pairs[*at].worker));
                let own = self.of_task[task].iter().copied().filter(fits).filter(kept);
                if let Some(at) = own.max_by(|a, b| self.pairs[*a].value.total_cmp(&self.pairs[*b].value).then(b.cmp(a))) {
                    chosen[task] = Some(at);
                    left[self.pairs[at].worker] -= self.pairs[at].load;
                }
            }
        }
        self.exchange(&mut chosen);
        chosen
    }

    /// Gives single tasks to other workers, and exchanges the workers of two tasks, while that is worth more and fits.
    fn exchange(&self, chosen: &mut [Option<usize>]) {
        let mut left = self.capacity.to_vec();
        chosen.iter().flatten().for_each(|at| left[self.pairs[*at].worker] -= self.pairs[*at].load);
        let with = |task: usize, worker: usize| self.of_task[task].iter().copied().find(|at| self.pairs[*at].worker == worker);
        let value = |at: usize| self.pairs[at].value;
        // Each round makes it worth more, so it ends; the limit is for gains too small to matter.
        for _ in 0..100 {
            let mut better = false;
            for (task, own) in chosen.iter_mut().enumerate() {
                let Some(old) = *own else { continue };
                let gains = |at: &usize| value(*at) > value(old) + 1e-12 && self.pairs[*at].load <= left[self.pairs[*at].worker];
                let best = self.of_task[task].iter().copied().filter(gains);
                if let Some(at) = best.max_by(|a, b| value(*a).total_cmp(&value(*b)).then(b.cmp(a))) {
                    left[self.pairs[old].worker] += self.pairs[old].load;
                    left[self.pairs[at].worker] -= self.pairs[at].load;
                    (*own, better) = (Some(at), true);
                }
            }
            let exchanged = if chosen.len() <= MOST_EXCHANGED { chosen.len() } else { 0 };
            for one in 0..exchanged {
                for other in one + 1..exchanged {
                    let (Some(a), Some(b)) = (chosen[one], chosen[other]) else { continue };
                    let (at_a, at_b) = (self.pairs[a].worker, self.pairs[b].worker);
                    if at_a == at_b {
                        continue;
                    }
                    let (Some(new_a), Some(new_b)) = (with(one, at_b), with(other, at_a)) else { continue };
                    let room_b = left[at_b] + self.pairs[b].load - self.pairs[new_a].load;
                    let room_a = left[at_a] + self.pairs[a].load - self.pairs[new_b].load;
                    if room_a >= 0.0 && room_b >= 0.0 && value(new_a) + value(new_b) > value(a) + value(b) + 1e-12 {
                        (left[at_a], left[at_b]) = (room_a, room_b);
                        (chosen[one], chosen[other], better) = (Some(new_a), Some(new_b), true);
                    }
                }
            }
            if !better {
                return;
            }
        }
    }

    /// The mixed-integer program: a variable from 0 to 1 a pair, one worker a task, loads within the capacities. `all` asks for every task to be
    /// given away.
    fn solve(&self, start: Option<&[Option<usize>]>, nodes: u64, value: &dyn Fn(&Pair) -> f64, all: bool) -> Result<Found, Failure> {
        let mut problem = Problem::new(OptimizationDirection::Maximize);
        let variables: Vec<Variable> = self.pairs.iter().map(|pair| problem.add_binary_var(value(pair))).collect();
        // Whose load no capacity holds.
        let is_closed = |at: usize| !self.of_task[self.pairs[at].task].contains(&at);
        for (_, variable) in variables.iter().enumerate().filter(|(at, _)| is_closed(*at)) {
            problem.add_constraint([(*variable, 1.0)].as_slice(), ComparisonOp::Le, 0.0);
        }
        for own in self.of_task.iter().filter(|own| !own.is_empty()) {
            let terms: Vec<(Variable, f64)> = own.iter().map(|at| (variables[*at], 1.0)).collect();
            problem.add_constraint(terms.as_slice(), if all { ComparisonOp::Eq } else { ComparisonOp::Le }, 1.0);
        }
        for (own, capacity) in self.of_worker.iter().zip(self.capacity) {
            // In parts of the capacity, so that hours and minutes are as well conditioned.
            let unit = if *capacity > 0.0 { *capacity } else { 1.0 };
            let loads = own.iter().filter(|at| self.pairs[**at].load > 0.0);
            let terms: Vec<(Variable, f64)> = loads.map(|at| (variables[*at], self.pairs[*at].load / unit)).collect();
            if terms.iter().map(|(_, load)| load).sum::<f64>() > capacity / unit {
                problem.add_constraint(terms.as_slice(), ComparisonOp::Le, capacity / unit);
            }
        }
        let taken = |chosen: &[Option<usize>], at: usize| if chosen[self.pairs[at].task] == Some(at) { 1.0 } else { 0.0 };
        let hint = |chosen| variables.iter().enumerate().map(|(at, variable)| (*variable, taken(chosen, at))).collect();
        let mut options = SolveOptions::default();
        (options.node_limit, options.warm_start) = (Some(nodes), start.map(hint));
        let outcome = problem.solve_with(options).map_err(|error| match error {
            microlp::Error::Infeasible => Failure::Infeasible,
            other => Failure::Other(AssignmentError::Solver(other.to_string())),
        })?;
        let solution = outcome.into_solution().map_err(|stopped| Failure::Stopped(stopped.stats().best_bound))?;
        let stats = solution.stats();
        Ok(Found {
            pairs: (0..self.pairs.len()).filter(|at| solution.var_value(variables[*at]) > 0.5).collect(),
            bound: stats.best_bound.unwrap_or(f64::INFINITY),
            optimal: solution.status() == SolutionStatus::Optimal,
            nodes: stats.nodes_solved,
        })
    }
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

    #[test]
    fn a_search_that_stops_early_states_its_gap() {
        // 60 tasks of uneven loads and values for four workers: too much for one node.
        let number = |at: usize, of: usize| ((at * 7919 + 104_729) % of) as f64;
        let listed: Vec<Pair> = (0..240)
            .map(|at| Pair {
                task: at / 4,
                worker: at % 4,
                value: number(at, 97) + number(at, 89) / 89.0,
                load: 1.0 + number(at / 4, 13) / 3.0,
            })
            .collect();
        let (one, many) = (assign(60, &[55.0; 4], &listed, &[], 1).unwrap(), assign(60, &[55.0; 4], &listed, &[], 500).unwrap());
        assert!(one.worker.iter().chain(&many.worker).all(Option::is_some));
        assert!(one.value <= many.value && many.value <= many.bound + 1e-9 && many.value <= one.bound + 1e-9);
        assert!(one.bound - one.value < 0.05 * one.value, "{} of {}", one.value, one.bound);
        for found in [one, many] {
            for worker in 0..4 {
                let own = |task: &usize| found.worker[*task] == Some(worker);
                let load: f64 = (0..60).filter(own).map(|task| 1.0 + number(task, 13) / 3.0).sum();
                assert!(load <= 55.0 + 1e-9, "{load}");
            }
        }
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
            for (task, load) in loads.iter().enumerate() {
                for worker in 0..capacity.len() {
                    let at = task * 4 + worker;
                    if !holes[at] {
                        listed.push(Pair { task, worker, value: f64::from(values[at]), load: f64::from(*load) });
                    }
                }
            }
            let found = assign(tasks, &capacity, &listed, &[], 100_000).unwrap();
            let (given, value) = by_trying(tasks, &capacity, &listed);
            prop_assert!(found.optimal);
            prop_assert_eq!(found.worker.iter().flatten().count(), given);
            prop_assert!((found.value - value).abs() < 1e-6, "{} instead of {value}", found.value);
            for (worker, hours) in capacity.iter().enumerate() {
                let load: f64 = (0..tasks).filter(|task| found.worker[*task] == Some(worker)).map(|task| f64::from(loads[task])).sum();
                prop_assert!(load <= hours + 1e-9);
            }
        }
    }
}
