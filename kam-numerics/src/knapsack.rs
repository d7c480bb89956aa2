//! The multiple-choice knapsack in whole numbers: of each class at most one item, within a capacity, for the largest gain.
//!
//! After Sinha and Zoltners (1979, *Operations Research* 27, 503–515) and Kellerer, Pferschy and Pisinger (2004, *Knapsack Problems*,
//! chapter 11): the linear relaxation by the upper hulls of the classes, a greedy solution, a reduction by the bound of each item, and
//! what is left by lists of undominated states with the same bound. All comparisons are of whole numbers.

use std::cmp::Reverse;

/// An item: what it costs and what it gains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its cost, 0 or more.
    pub cost: i64,
    /// Its gain; one that is not positive is never chosen.
    pub gain: i64,
}

/// The choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// For each class the item chosen, by its place in the class; `None` for nothing.
    pub items: Vec<Option<usize>>,
    /// The gain of all of them.
    pub gain: i128,
    /// Their cost.
    pub cost: i128,
    /// No choice can gain more than this: the bound of the linear relaxation, or the gain itself where it is proved to be the largest.
    pub bound: i128,
    /// Is it proved that no choice gains more?
    pub is_optimal: bool,
}

/// A step along the upper hull of a class.
#[derive(Clone, Copy, Debug)]
struct Step {
    class: usize,
    item: usize,
    gain: i64,
    cost: i64,
}

/// Chooses at most one item of each class, so that the costs stay within the capacity and the gain is the largest.
///
/// `classes` are ranges of `items`, by their ends: class k holds the items from the end of class k − 1 to its own. `max_states` limits the
/// search; where it does not suffice, the best choice found is returned with the bound that it may fall short of. The sums of all gains and
/// of all costs must stay below 2⁶² for the comparisons to be exact; larger ones are refused by `None`, as are negative costs.
///
/// ```
/// use kam_numerics::knapsack::{Item, choose};
/// let items = [Item { cost: 5, gain: 10 }, Item { cost: 4, gain: 7 }, Item { cost: 6, gain: 9 }];
/// let choice = choose(&items, &[1, 2, 3], 10, 1_000).ok_or("too large")?;
/// assert_eq!((choice.items, choice.gain, choice.is_optimal), (vec![Some(0), Some(0), None], 17, true));
/// # Ok::<(), &str>(())
/// ```
#[must_use]
pub fn choose(items: &[Item], classes: &[usize], capacity: i64, max_states: usize) -> Option<Choice> {
    let problem = Problem::new(items, classes, capacity)?;
    let relaxed = problem.relax();
    let mut best = problem.greedy(&relaxed);
    let Some(break_step) = relaxed.break_step else {
        // Every class has its best item.
        let (gain, cost) = problem.totals(&best);
        return Some(Choice { items: best, gain, cost, bound: gain, is_optimal: true });
    };
    let (gain, _) = problem.totals(&best);
    let price = Price { gain: i128::from(break_step.gain), cost: i128::from(break_step.cost) };
    let bound = problem.bound(price);
    let search = problem.search(price, &relaxed, gain, max_states);
    if let Some(better) = search.better {
        best = better;
    }
    let (gain, cost) = problem.totals(&best);
    let is_optimal = search.is_complete || gain >= bound;
    Some(Choice { items: best, gain, cost, bound: if is_optimal { gain } else { bound }, is_optimal })
}

struct Problem<'a> {
    items: &'a [Item],
    classes: &'a [usize],
    capacity: i64,
}

/// The price of a unit of cost at the break step: gain ÷ cost.
#[derive(Clone, Copy)]
struct Price {
    gain: i128,
    cost: i128,
}

impl Price {
    /// What an item is worth beyond its price, in `cost`-ths.
    fn worth(self, gain: i128, cost: i128) -> i128 {
        gain * self.cost - cost * self.gain
    }
}

struct Relaxed {
    /// The items of the relaxation's whole part.
    chosen: Vec<Option<usize>>,
    /// The steps after the break, best ratio first.
    rest: Vec<Step>,
    break_step: Option<Step>,
}

struct Search {
    better: Option<Vec<Option<usize>>>,
    is_complete: bool,
}

/// A state of the search: cost and gain so far, the state it came from, and what it added.
#[derive(Clone, Copy)]
struct State {
    cost: i64,
    gain: i64,
    from: u32,
    item: u32,
}

const NOTHING: u32 = u32::MAX;

impl<'a> Problem<'a> {
    fn new(items: &'a [Item], classes: &'a [usize], capacity: i64) -> Option<Self> {
        let total = |value: fn(&Item) -> i64| items.iter().map(|item| i128::from(value(item)).abs()).sum::<i128>();
        let fits = total(|item| item.gain) < 1 << 62 && total(|item| item.cost) < 1 << 62 && i128::from(capacity) < 1 << 62;
        let ordered = classes.windows(2).all(|pair| pair[0] <= pair[1]) && classes.last().is_none_or(|end| *end == items.len());
        (fits && ordered && items.iter().all(|item| item.cost >= 0)).then_some(Problem { items, classes, capacity: capacity.max(0) })
    }

    fn range(&self, class: usize) -> std::ops::Range<usize> {
        let start = if class == 0 { 0 } else { self.classes[class - 1] };
        start..self.classes[class]
    }

    fn class(&self, class: usize) -> &[Item] {
        &self.items[self.range(class)]
    }

    fn totals(&self, chosen: &[Option<usize>]) -> (i128, i128) {
        let items = chosen.iter().enumerate().filter_map(|(class, item)| item.map(|item| self.class(class)[item]));
        items.fold((0, 0), |(gain, cost), item| (gain + i128::from(item.gain), cost + i128::from(item.cost)))
    }

    /// The steps from nothing along the upper hull of a class: each gains more at a higher cost, with falling ratios. A first step may be
    /// free.
    fn hull(&self, class: usize, steps: &mut Vec<Step>, order: &mut Vec<usize>) {
        let items = self.class(class);
        order.clear();
        order.extend((0..items.len()).filter(|at| items[*at].gain > 0 && items[*at].cost <= self.capacity));
        order.sort_unstable_by_key(|at| (items[*at].cost, Reverse(items[*at].gain), *at));
        let first = steps.len();
        let (mut cost, mut gain) = (0i64, 0i64);
        for &at in order.iter() {
            if items[at].gain <= gain {
                continue;
            }
            let mut step = Step { class, item: at, gain: items[at].gain - gain, cost: items[at].cost - cost };
            while steps.len() > first {
                let last = steps[steps.len() - 1];
                if i128::from(last.gain) * i128::from(step.cost) > i128::from(step.gain) * i128::from(last.cost) {
                    break;
                }
                // The last step lies below the line to this one.
                steps.pop();
                step = Step { gain: step.gain + last.gain, cost: step.cost + last.cost, ..step };
            }
            steps.push(step);
            (cost, gain) = (items[at].cost, items[at].gain);
        }
    }

    fn relax(&self) -> Relaxed {
        let mut steps = vec![];
        let mut order = vec![];
        for class in 0..self.classes.len() {
            self.hull(class, &mut steps, &mut order);
        }
        // By ratio, descending; equal ratios in the order of classes, and within a class in the order of the hull.
        steps.sort_by(|a, b| (i128::from(b.gain) * i128::from(a.cost)).cmp(&(i128::from(a.gain) * i128::from(b.cost))));
        let mut chosen = vec![None; self.classes.len()];
        let mut left = self.capacity;
        let mut whole = 0;
        for step in &steps {
            if step.cost > left {
                break;
            }
            left -= step.cost;
            chosen[step.class] = Some(step.item);
            whole += 1;
        }
        let rest = steps.split_off(whole);
        Relaxed { chosen, break_step: rest.first().copied(), rest }
    }

    /// The whole part of the relaxation, filled up with what still fits; or the best single item, where that gains more.
    fn greedy(&self, relaxed: &Relaxed) -> Vec<Option<usize>> {
        let mut chosen = relaxed.chosen.clone();
        let (_, cost) = self.totals(&chosen);
        let mut left = self.capacity - i64::try_from(cost).unwrap_or(self.capacity);
        for step in &relaxed.rest {
            let now = chosen[step.class].map_or(Item { cost: 0, gain: 0 }, |item| self.class(step.class)[item]);
            let next = self.class(step.class)[step.item];
            if next.gain > now.gain && next.cost - now.cost <= left {
                left -= next.cost - now.cost;
                chosen[step.class] = Some(step.item);
            }
        }
        let single = (0..self.classes.len())
            .flat_map(|class| self.class(class).iter().enumerate().map(move |(at, item)| (class, at, item)))
            .filter(|(_, _, item)| item.cost <= self.capacity)
            .max_by_key(|(class, at, item)| (item.gain, Reverse((*class, *at))));
        if let Some((class, at, _)) = single.filter(|(_, _, item)| i128::from(item.gain) > self.totals(&chosen).0) {
            chosen = vec![None; self.classes.len()];
            chosen[class] = Some(at);
        }
        chosen
    }

    /// The largest worth of a class at a price, that of nothing included.
    fn best_worth(&self, class: usize, price: Price) -> i128 {
        let worth = |item: &Item| price.worth(item.gain.into(), item.cost.into());
        self.class(class).iter().filter(|item| item.cost <= self.capacity).map(worth).max().unwrap_or(0).max(0)
    }

    /// The bound of the linear relaxation, rounded down.
    fn bound(&self, price: Price) -> i128 {
        let worths: i128 = (0..self.classes.len()).map(|class| self.best_worth(class, price)).sum();
        (worths + i128::from(self.capacity) * price.gain).div_euclid(price.cost)
    }

    /// Looks for a choice that gains more than `best_gain`.
    fn search(&self, price: Price, relaxed: &Relaxed, best_gain: i128, max_states: usize) -> Search {
        let count = self.classes.len();
        let worths: Vec<i128> = (0..count).map(|class| self.best_worth(class, price)).collect();
        let all: i128 = worths.iter().sum::<i128>() + i128::from(self.capacity) * price.gain;
        // What a choice may lose against the relaxation and still gain more than the best one known.
        let slack = all - (best_gain + 1) * price.cost;
        if slack < 0 {
            return Search { better: None, is_complete: true };
        }
        // Items that lose more are out; classes with one item left are settled.
        let loss = |class: usize, item: Option<usize>| {
            let worth = item.map_or(0, |at| {
                let item = self.class(class)[at];
                price.worth(item.gain.into(), item.cost.into())
            });
            worths[class] - worth
        };
        let mut fixed: Vec<Option<usize>> = vec![None; count];
        let mut open: Vec<(i128, usize, Vec<u32>)> = vec![];
        let (mut cost, mut gain) = (0i64, 0i64);
        for (class, settled) in fixed.iter_mut().enumerate() {
            let items = self.class(class);
            let mut left: Vec<u32> = vec![];
            if loss(class, None) <= slack {
                left.push(NOTHING);
            }
            for (number, item) in (0u32..).zip(items) {
                let useful = item.gain > 0 && item.cost <= self.capacity;
                if useful && loss(class, Some(number as usize)) <= slack {
                    left.push(number);
                }
            }
            match left[..] {
                [] => return Search { better: None, is_complete: true },
                [NOTHING] => {}
                [only] => {
                    let item = items[only as usize];
                    *settled = Some(only as usize);
                    cost += item.cost;
                    gain += item.gain;
                }
                _ => {
                    let mut losses: Vec<i128> = left.iter().map(|item| loss(class, (*item != NOTHING).then_some(*item as usize))).collect();
                    losses.sort_unstable();
                    open.push((losses[1], class, left));
                }
            }
        }
        if cost > self.capacity {
            return Search { better: None, is_complete: true };
        }
        // The most undecided classes first.
        open.sort_by_key(|(second, class, _)| (*second, *class));
        // Cost, gain and worth of the classes from each place on, as the relaxation has them.
        let relaxed_item = |class: usize| relaxed.chosen[class].map_or(Item { cost: 0, gain: 0 }, |item| self.class(class)[item]);
        let mut rest = vec![(0i64, 0i64, 0i128); open.len() + 1];
        for (at, (_, class, _)) in open.iter().enumerate().rev() {
            let item = relaxed_item(*class);
            rest[at] = (rest[at + 1].0 + item.cost, rest[at + 1].1 + item.gain, rest[at + 1].2 + worths[*class]);
        }
        let mut layers: Vec<Vec<State>> = vec![vec![State { cost, gain, from: 0, item: NOTHING }]];
        let mut states = 1;
        let (mut best_gain, mut best_place) = (best_gain, None);
        loop {
            let decided = layers.len() - 1;
            let last = layers.last().map_or(&[][..], Vec::as_slice);
            // The best state that still fits with the rest as the relaxation has it.
            let fitting = last.partition_point(|state| state.cost + rest[decided].0 <= self.capacity);
            if let Some(at) = fitting.checked_sub(1) {
                let gain = i128::from(last[at].gain) + i128::from(rest[decided].1);
                if gain > best_gain {
                    (best_gain, best_place) = (gain, Some((decided, at)));
                }
            }
            // From here on every class can only be as the relaxation has it, or there is none left.
            let least = (best_gain + 1) * price.cost;
            if last.is_empty() || open.get(decided).is_none_or(|(second, ..)| *second > all - least) {
                return Search { better: self.trace(&fixed, &open, &layers, best_place, relaxed), is_complete: true };
            }
            if states > max_states {
                return Search { better: self.trace(&fixed, &open, &layers, best_place, relaxed), is_complete: false };
            }
            let (_, class, left) = &open[decided];
            let mut next: Vec<State> = vec![];
            for (from, state) in (0u32..).zip(last) {
                for item in left {
                    let added = if *item == NOTHING { Item { cost: 0, gain: 0 } } else { self.class(*class)[*item as usize] };
                    let (cost, gain) = (state.cost + added.cost, state.gain + added.gain);
                    if cost <= self.capacity {
                        next.push(State { cost, gain, from, item: *item });
                    }
                }
            }
            next.sort_unstable_by_key(|state| (state.cost, Reverse(state.gain), state.from, state.item));
            // A state that another one dominates, or whose reach with all that the rest can add stays below the best, is dropped.
            let mut most = -1i64;
            next.retain(|state| {
                let unspent = i128::from(self.capacity) - i128::from(state.cost);
                let reach = i128::from(state.gain) * price.cost + unspent * price.gain + rest[decided + 1].2;
                let keeps = state.gain > most && reach >= least;
                most = most.max(state.gain);
                keeps
            });
            states += next.len();
            layers.push(next);
        }
    }

    /// The choice of a state, with the classes after it as the relaxation has them.
    fn trace(
        &self,
        fixed: &[Option<usize>],
        open: &[(i128, usize, Vec<u32>)],
        layers: &[Vec<State>],
        place: Option<(usize, usize)>,
        relaxed: &Relaxed,
    ) -> Option<Vec<Option<usize>>> {
        let (mut layer, mut at) = place?;
        let mut chosen = fixed.to_vec();
        for (_, class, _) in &open[layer..] {
            chosen[*class] = relaxed.chosen[*class];
        }
        while layer > 0 {
            let state = layers[layer][at];
            chosen[open[layer - 1].1] = (state.item != NOTHING).then_some(state.item as usize);
            (layer, at) = (layer - 1, state.from as usize);
        }
        Some(chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// All choices, one after the other.
    fn by_enumeration(items: &[Item], classes: &[usize], capacity: i64) -> i64 {
        let start = |class: usize| if class == 0 { 0 } else { classes[class - 1] };
        fn go(items: &[Item], classes: &[usize], start: &dyn Fn(usize) -> usize, class: usize, left: i64) -> i64 {
            if class == classes.len() {
                return 0;
            }
            let mut best = go(items, classes, start, class + 1, left);
            for item in items[start(class)..classes[class]].iter().filter(|item| item.cost <= left) {
                best = best.max(item.gain + go(items, classes, start, class + 1, left - item.cost));
            }
            best
        }
        go(items, classes, &start, 0, capacity)
    }

    fn problems() -> impl Strategy<Value = (Vec<Item>, Vec<usize>, i64)> {
        let item = (prop_oneof![1 => Just(0i64), 6 => 0i64..40], -5i64..60).prop_map(|(cost, gain)| Item { cost, gain });
        (proptest::collection::vec(proptest::collection::vec(item, 0..4), 0..9), 0i64..150).prop_map(|(classes, capacity)| {
            let ends = classes.iter().scan(0, |end, class| {
                *end += class.len();
                Some(*end)
            });
            (classes.concat(), ends.collect(), capacity)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn it_is_the_best_of_all_choices((items, classes, capacity) in problems()) {
            let choice = choose(&items, &classes, capacity, 1_000_000).unwrap();
            prop_assert!(choice.is_optimal);
            prop_assert_eq!(choice.gain, i128::from(by_enumeration(&items, &classes, capacity)));
            prop_assert!(choice.cost <= i128::from(capacity));
            prop_assert_eq!(choice.bound, choice.gain);
        }

        #[test]
        fn without_a_search_the_bound_holds((items, classes, capacity) in problems()) {
            let choice = choose(&items, &classes, capacity, 0).unwrap();
            let best = i128::from(by_enumeration(&items, &classes, capacity));
            prop_assert!(choice.gain <= best && best <= choice.bound);
            prop_assert!(choice.cost <= i128::from(capacity));
            // Greedy, break item or single item: never less than half.
            prop_assert!(2 * choice.gain >= best);
        }
    }

    #[test]
    fn published_instances() {
        // D. L. Kreher, D. R. Stinson, Combinatorial Algorithms (1999), as collected by J. Burkardt, data set KNAPSACK_01, problems 1 and 7:
        // costs, gains, capacity, the best gain.
        let problems: [(&[i64], &[i64], i64, i128); 2] = [
            (&[23, 31, 29, 44, 53, 38, 63, 85, 89, 82], &[92, 57, 49, 68, 60, 43, 67, 84, 87, 72], 165, 309),
            (
                &[70, 73, 77, 80, 82, 87, 90, 94, 98, 106, 110, 113, 115, 118, 120],
                &[135, 139, 149, 150, 156, 163, 173, 184, 192, 201, 210, 214, 221, 229, 240],
                750,
                1458,
            ),
        ];
        for (costs, gains, capacity, best) in problems {
            let items: Vec<Item> = costs.iter().zip(gains).map(|(cost, gain)| Item { cost: *cost, gain: *gain }).collect();
            let choice = choose(&items, &(1..=items.len()).collect::<Vec<_>>(), capacity, 100_000).unwrap();
            assert_eq!((choice.gain, choice.is_optimal), (best, true));
        }
    }

    #[test]
    fn nothing_to_choose() {
        for (items, classes) in [(vec![], vec![]), (vec![], vec![0, 0]), (vec![Item { cost: 3, gain: -1 }], vec![1])] {
            let choice = choose(&items, &classes, 10, 100).unwrap();
            assert_eq!((choice.gain, choice.cost, choice.is_optimal), (0, 0, true));
            assert_eq!(choice.items, vec![None; classes.len()]);
        }
    }

    #[test]
    fn impossible_input_is_refused() {
        assert_eq!(choose(&[Item { cost: -1, gain: 1 }], &[1], 10, 100), None);
        assert_eq!(choose(&[Item { cost: 1, gain: i64::MAX }, Item { cost: 1, gain: 1 }], &[1, 2], 10, 100), None);
        assert_eq!(choose(&[Item { cost: 1, gain: 1 }], &[2], 10, 100), None);
    }

    #[test]
    fn a_capacity_of_nothing_takes_what_is_free() {
        let items = [Item { cost: 0, gain: 4 }, Item { cost: 1, gain: 9 }];
        let choice = choose(&items, &[2], 0, 100).unwrap();
        assert_eq!((choice.items, choice.gain), (vec![Some(0)], 4));
    }
}
