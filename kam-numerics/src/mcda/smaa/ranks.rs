//! Who stands where under each sample of weights.

use rayon::prelude::*;

use crate::mcda::matrix::TILE;

/// Samples that are ranked together: their places fit the cache while they are counted. Between blocks the caller may stop.
const BLOCK: usize = 128;
/// Samples for which a tile of alternatives is scored before the next tile is read.
const TOGETHER: usize = 16;

/// How often every alternative stands on every rank, and who is first in each sample.
pub(super) struct Counts {
    /// Alternatives × ranks.
    pub counts: Vec<u32>,
    /// One a sample.
    pub firsts: Vec<usize>,
}

/// A number that sorts the highest score first.
fn key(score: f64) -> u64 {
    let bits = score.to_bits();
    // Ascending: flip all bits of negatives, the sign alone of the rest; then all, so that the highest comes first.
    !(bits ^ (((bits as i64) >> 63) as u64 | (1 << 63)))
}

/// Scores of a range of alternatives, added in the order of the criteria.
fn score(columns: &[Vec<f64>], weights: &[f64], first: usize, scores: &mut [f64]) {
    scores.fill(0.0);
    for (column, weight) in columns.iter().zip(weights) {
        for (score, x) in scores.iter_mut().zip(&column[first..]) {
            *score += weight * x;
        }
    }
}

/// All alternatives in order, for every sample: O(samples · n log n).
pub(super) fn all_ranks(
    columns: &[Vec<f64>],
    weights: &[Vec<f64>],
    alternatives: usize,
    ranks: usize,
    goes_on: &(dyn Fn(usize) -> bool + Sync),
) -> Option<Counts> {
    let mut counts = vec![0u32; alternatives * ranks];
    let mut firsts = Vec::with_capacity(weights.len());
    let mut places = vec![0u32; BLOCK * alternatives];
    for block in weights.chunks(BLOCK) {
        if !goes_on(firsts.len()) {
            return None;
        }
        let of_block: Vec<usize> = places
            .par_chunks_mut(alternatives)
            .zip(block)
            .map_init(
                || (vec![0.0; alternatives], vec![(0u64, 0u32); alternatives]),
                |(scores, order), (places, weights)| {
                    score(columns, weights, 0, scores);
                    for (entry, (score, at)) in order.iter_mut().zip(scores.iter().zip(0u32..)) {
                        *entry = (key(*score), at);
                    }
                    order.sort_unstable();
                    for ((_, at), place) in order.iter().zip(0u32..) {
                        places[*at as usize] = place;
                    }
                    order.first().map_or(0, |(_, at)| *at as usize)
                },
            )
            .collect();
        firsts.extend(of_block);
        // Each row belongs to one thread, so the counts need no lock.
        counts.par_chunks_mut(ranks).enumerate().with_min_len(64).for_each(|(at, row)| {
            for sample in 0..block.len() {
                if let Some(count) = row.get_mut(places[sample * alternatives + at] as usize) {
                    *count += 1;
                }
            }
        });
    }
    Some(Counts { counts, firsts })
}

/// Alternatives from which on those that cannot come among the first are left out before most samples are drawn.
const MANY: usize = 8 * TILE;

/// Only the first few, for every sample: O(samples · n), less where many alternatives are worse than others by every criterion.
///
/// Alternatives must stand in the order of their values, so that whoever is at least as good by every criterion stands before.
pub(super) fn first_ranks(
    columns: &[Vec<f64>],
    weights: &[Vec<f64>],
    alternatives: usize,
    ranks: usize,
    goes_on: &(dyn Fn(usize) -> bool + Sync),
) -> Option<Counts> {
    let mut tops: Vec<Vec<u32>> = Vec::with_capacity(weights.len());
    let begun = if alternatives < MANY { 0 } else { TOGETHER.min(weights.len()) };
    let (first, rest) = weights.split_at(begun);
    if !goes_on(0) {
        return None;
    }
    let pieces = first.par_chunks(TOGETHER / 4);
    tops.par_extend(pieces.flat_map_iter(|weights| self::tops(columns, weights, alternatives, ranks)));
    let contenders = (begun > 0).then(|| contenders(columns, &tops, alternatives, ranks));
    let kept: Vec<Vec<f64>>;
    let (columns, count) = match &contenders {
        None => (columns, alternatives),
        Some(places) => {
            kept = columns.par_iter().map(|column| places.iter().map(|at| column[*at as usize]).collect()).collect();
            (&kept[..], places.len())
        }
    };
    for block in rest.chunks(BLOCK) {
        if !goes_on(tops.len()) {
            return None;
        }
        let found = block.par_chunks(TOGETHER).flat_map_iter(|weights| self::tops(columns, weights, count, ranks));
        tops.par_extend(found.map(|mut top| {
            if let Some(places) = &contenders {
                top.iter_mut().for_each(|at| *at = places[*at as usize]);
            }
            top
        }));
    }
    let mut counts = vec![0u32; alternatives * ranks];
    for top in &tops {
        for (rank, at) in top.iter().enumerate() {
            counts[*at as usize * ranks + rank] += 1;
        }
    }
    let firsts = tops.iter().map(|top| top.first().map_or(0, |at| *at as usize)).collect();
    Some(Counts { counts, firsts })
}

/// The alternatives that can come among the first few: all but those to which as many of `tops`, the first few under some weights, are at
/// least equal by every criterion. Their scores are then at least as high under any weights, in floating-point numbers too, and they stand
/// before.
fn contenders(columns: &[Vec<f64>], tops: &[Vec<u32>], alternatives: usize, ranks: usize) -> Vec<u32> {
    let mut strong: Vec<u32> = tops.concat();
    strong.sort_unstable();
    strong.dedup();
    // Those that are good by every criterion first: they keep out most.
    let sum = |at: u32| columns.iter().map(|column| column[at as usize]).sum::<f64>();
    strong.sort_by(|a, b| sum(*b).total_cmp(&sum(*a)));
    let pieces = (0..alternatives).into_par_iter().step_by(TILE).flat_map_iter(|first| {
        let rows = TILE.min(alternatives - first);
        let mut better = [0usize; TILE];
        for at in &strong {
            if better[..rows].iter().all(|count| *count >= ranks) {
                break;
            }
            let mut is_equal = [true; TILE];
            for column in columns {
                let bar = column[*at as usize];
                for (is_equal, x) in is_equal.iter_mut().zip(&column[first..first + rows]) {
                    *is_equal &= bar >= *x;
                }
            }
            // Only who stands before.
            let before = (*at as usize).saturating_sub(first).saturating_add(usize::from(*at as usize >= first));
            better[..rows].iter_mut().zip(&is_equal).skip(before).for_each(|(count, is)| *count += usize::from(*is));
        }
        #[expect(clippy::cast_possible_truncation, reason = "more than 2³² alternatives are refused")]
        (0..rows).filter(move |row| better[*row] < ranks).map(move |row| (first + row) as u32)
    });
    pieces.collect()
}

/// The first few of a handful of samples, found in one walk over the alternatives.
fn tops(columns: &[Vec<f64>], weights: &[Vec<f64>], alternatives: usize, ranks: usize) -> Vec<Vec<u32>> {
    let room = 4 * ranks + TILE;
    let mut best: Vec<(f64, Vec<(u64, u32)>)> = weights.iter().map(|_| (f64::NEG_INFINITY, Vec::with_capacity(room + TILE))).collect();
    let mut scores = [0.0; TILE];
    for first in (0..alternatives).step_by(TILE) {
        let rows = TILE.min(alternatives - first);
        for (weights, (bar, best)) in weights.iter().zip(&mut best) {
            score(columns, weights, first, &mut scores[..rows]);
            for (score, at) in scores[..rows].iter().zip(first..) {
                if *score >= *bar {
                    #[expect(clippy::cast_possible_truncation, reason = "more than 2³² alternatives are refused")]
                    best.push((key(*score), at as u32));
                }
            }
            if best.len() > room {
                best.select_nth_unstable(ranks - 1);
                best.truncate(ranks);
                let last = best[ranks - 1].0;
                *bar = unkey(last);
            }
        }
    }
    let sorted = best.into_iter().map(|(_, mut best)| {
        best.sort_unstable();
        best.truncate(ranks);
        best.into_iter().map(|(_, at)| at).collect()
    });
    sorted.collect()
}

/// The score of a key.
fn unkey(key: u64) -> f64 {
    let ascending = !key;
    f64::from_bits(if ascending >> 63 == 1 { ascending ^ (1 << 63) } else { !ascending })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_the_highest_first() {
        let descending = [f64::INFINITY, 2.5, 1.0, 0.0, -0.0, -1.0, -7.5, f64::NEG_INFINITY];
        assert!(descending.windows(2).all(|pair| key(pair[0]) < key(pair[1])));
        assert!(descending.iter().all(|x| unkey(key(*x)).to_bits() == x.to_bits()));
    }

    #[test]
    fn the_first_few_are_those_of_all() {
        for (criteria, spread) in [(3u32, 1009), (2, 40), (4, 7)] {
            let mut rows: Vec<Vec<u32>> =
                (0..9000u32).map(|at| (0..criteria).map(|c| (at * 7919 + c * 104_729 + at / 9) % spread).collect()).collect();
            rows.sort_unstable_by(|a, b| b.cmp(a));
            let columns: Vec<Vec<f64>> =
                (0..criteria as usize).map(|criterion| rows.iter().map(|row| f64::from(row[criterion]) - 3.0).collect()).collect();
            let weights: Vec<Vec<f64>> = (0..40).map(|at| (0..criteria).map(|c| f64::from((at * (c + 3)) % 11) / 10.0).collect()).collect();
            let all = all_ranks(&columns, &weights, rows.len(), 9, &|_| true).unwrap();
            let few = first_ranks(&columns, &weights, rows.len(), 9, &|_| true).unwrap();
            assert!(all.counts == few.counts && all.firsts == few.firsts, "{criteria} criteria of {spread} values");
        }
    }

    #[test]
    fn who_is_worse_than_many_is_no_contender() {
        let columns = vec![vec![9.0, 9.0, 8.0, 7.0, 7.0, 1.0], vec![9.0, 2.0, 8.0, 3.0, 3.0, 5.0]];
        assert_eq!(contenders(&columns, &[vec![0, 2], vec![1, 0]], 6, 2), [0, 1, 2]);
        assert_eq!(contenders(&columns, &[vec![3, 4]], 6, 1), [0, 1, 2, 3, 5], "of equals the first stays");
    }
}
