//! The chance that a silent account buys again, from how the silences of the whole ledger ended.

use rayon::prelude::*;

use crate::facts::Facts;

/// How silences between purchases end, by their length in days: the product-limit estimate of Kaplan and Meier (1958, *Journal of the
/// American Statistical Association* 53, 457–481), in which silences that last until `as_of` count as long as they were watched.
#[derive(Clone, Debug, PartialEq)]
pub struct ReturnCurve {
    /// The share of silences that last longer than so many days.
    lasting: Vec<f64>,
    /// How many silences were watched on that day or later.
    watched: Vec<u64>,
}

/// A chance and what it rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReturnChance {
    /// The chance of a purchase within the horizon.
    pub chance: f64,
    /// How many silences lasted longer than this one.
    pub silences: u64,
}

impl ReturnCurve {
    /// From all silences of the ledger.
    #[must_use]
    pub fn of(facts: &Facts) -> Self {
        // Lengths of silences that ended with a purchase, and of those that last. Counts do not depend on how the accounts are cut.
        let add = |(mut ended, mut lasting): (Vec<u64>, Vec<u64>), at: usize| {
            let mut last = None;
            for day in facts.active_days(at) {
                if let Some(last) = last.replace(day) {
                    count(&mut ended, day.days_since(last));
                }
            }
            if let Some(last) = last {
                count(&mut lasting, facts.as_of().days_since(last));
            }
            (ended, lasting)
        };
        let merge = |a: (Vec<u64>, Vec<u64>), b: (Vec<u64>, Vec<u64>)| (sum(a.0, &b.0), sum(a.1, &b.1));
        let (ended, open) = (0..facts.len()).into_par_iter().with_min_len(8192).fold(Default::default, add).reduce(Default::default, merge);
        Self::of_counts(&ended, &open)
    }

    fn of_counts(ended: &[u64], open: &[u64]) -> Self {
        let days = ended.len().max(open.len());
        let at = |counts: &[u64], day: usize| counts.get(day).copied().unwrap_or(0);
        let mut watched = vec![0u64; days + 1];
        for day in (0..days).rev() {
            watched[day] = watched[day + 1] + at(ended, day) + at(open, day);
        }
        let mut share = 1.0;
        let lasting = (0..days)
            .map(|day| {
                if watched[day] > 0 {
                    #[expect(clippy::cast_precision_loss, reason = "counts of silences far below 2⁵³")]
                    let ends = at(ended, day) as f64 / watched[day] as f64;
                    share *= 1.0 - ends;
                }
                share
            })
            .collect();
        ReturnCurve { lasting, watched }
    }

    /// The share of silences that lasted `silent` days and ended within `horizon` further days.
    #[must_use]
    fn ending(&self, silent: usize, horizon: usize) -> f64 {
        let share = |day: usize| self.lasting.get(day).or(self.lasting.last()).copied().unwrap_or(1.0);
        let now = share(silent);
        if now > 0.0 { 1.0 - share(silent.saturating_add(horizon)) / now } else { 0.0 }
    }

    /// How many of the days after a silence of so many days it speaks of: none was watched for longer than the longest.
    #[must_use]
    pub fn reach(&self, silent: i32) -> i32 {
        i32::try_from(self.lasting.len()).unwrap_or(i32::MAX).saturating_sub(1).saturating_sub(silent).max(0)
    }

    /// The chance for every length of silence from `from` days on: weighed with the average chance as if that had been seen `smoothing`
    /// times, and never larger for a longer silence than for a shorter one.
    #[must_use]
    pub fn chances(&self, from: i32, horizon: i32, smoothing: f64) -> ReturnChances {
        let narrow = |days: i32| usize::try_from(days).unwrap_or(0);
        let (from, horizon) = (narrow(from), narrow(horizon));
        let average = self.ending(from, horizon);
        let mut least = average;
        let chances = (from..self.lasting.len().max(from + 1))
            .map(|day| {
                let silences = self.watched.get(day + 1).copied().unwrap_or(0);
                #[expect(clippy::cast_precision_loss, reason = "counts of silences far below 2⁵³")]
                let seen = silences as f64;
                let weighed = if seen + smoothing > 0.0 {
                    (seen * self.ending(day, horizon) + smoothing * average) / (seen + smoothing)
                } else {
                    0.0
                };
                least = weighed.min(least);
                ReturnChance { chance: least, silences }
            })
            .collect();
        ReturnChances { from, average, chances }
    }
}

/// The chances by length of silence.
#[derive(Clone, Debug, PartialEq)]
pub struct ReturnChances {
    from: usize,
    /// The chance of the shortest silence asked for.
    pub average: f64,
    chances: Vec<ReturnChance>,
}

impl ReturnChances {
    /// The chance after so many days of silence.
    #[must_use]
    pub fn after(&self, silent: i32) -> ReturnChance {
        let day = usize::try_from(silent).unwrap_or(0).saturating_sub(self.from);
        self.chances.get(day).or(self.chances.last()).copied().unwrap_or(ReturnChance { chance: 0.0, silences: 0 })
    }
}

fn count(counts: &mut Vec<u64>, days: i32) {
    let days = usize::try_from(days).unwrap_or(0);
    if counts.len() <= days {
        counts.resize(days + 1, 0);
    }
    counts[days] += 1;
}

fn sum(mut a: Vec<u64>, b: &[u64]) -> Vec<u64> {
    a.resize(a.len().max(b.len()), 0);
    a.iter_mut().zip(b).for_each(|(mine, theirs)| *mine += theirs);
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(lengths: &[usize]) -> Vec<u64> {
        let mut counts = vec![];
        lengths.iter().for_each(|length| count(&mut counts, i32::try_from(*length).unwrap()));
        counts
    }

    #[test]
    fn the_product_limit_estimate() {
        // Remission times of the 6-MP arm of Freireich et al. (1963), as every textbook of survival analysis tabulates them.
        let ended = counts(&[6, 6, 6, 7, 10, 13, 16, 22, 23]);
        let open = counts(&[6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]);
        let curve = ReturnCurve::of_counts(&ended, &open);
        for (day, lasting) in [(6, 0.857), (7, 0.807), (10, 0.753), (13, 0.690), (16, 0.627), (22, 0.538), (23, 0.448)] {
            assert!((curve.lasting[day] - lasting).abs() < 6e-4, "{day}: {}", curve.lasting[day]);
        }
        assert!((curve.ending(6, 10) - (1.0 - 0.6275 / 0.8571)).abs() < 1e-3);
        assert_eq!(curve.watched[7], 17);
    }

    #[test]
    fn chances_fall_and_are_weighed() {
        let curve = ReturnCurve::of_counts(&counts(&[10, 20, 40, 50]), &counts(&[100, 200]));
        let plain = curve.chances(15, 30, 0.0);
        assert!((plain.after(15).chance - 0.4).abs() < 1e-12, "of five, two come back by day 45");
        assert_eq!(plain.after(15).silences, 5);
        assert!(plain.after(150).chance.abs() < 1e-12);
        let weighed = curve.chances(15, 30, 1.0);
        assert!((weighed.after(60).chance - 0.4 / 3.0).abs() < 1e-12, "two silences say 0, one more the average");
        // One silence alone would say more: half of the average.
        assert!((weighed.after(150).chance - 0.4 / 3.0).abs() < 1e-12, "never more than after fewer days");
        assert!((weighed.after(5_000).chance - weighed.after(200).chance).abs() < 1e-12);
        let (mut last, chances) = (1.0, curve.chances(0, 30, 0.0));
        for day in 0..250 {
            assert!(chances.after(day).chance <= last);
            last = chances.after(day).chance;
        }
    }

    #[test]
    fn it_reaches_no_further_than_the_longest_silence() {
        let curve = ReturnCurve::of_counts(&counts(&[10, 20, 40, 50]), &counts(&[100, 200]));
        assert_eq!((curve.reach(15), curve.reach(200), curve.reach(300)), (185, 0, 0));
        assert_eq!(curve.chances(15, 185, 2.0), curve.chances(15, 5_000, 2.0));
        assert_eq!(ReturnCurve::of_counts(&[], &[]).reach(0), 0);
    }

    #[test]
    fn no_silences() {
        let curve = ReturnCurve::of_counts(&[], &[]);
        assert_eq!(curve.chances(180, 365, 5.0).after(200), ReturnChance { chance: 0.0, silences: 0 });
    }
}
