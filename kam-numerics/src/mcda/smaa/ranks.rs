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

/// Only the first few, for every sample: O(samples · n).
pub(super) fn first_ranks(
    columns: &[Vec<f64>],
    weights: &[Vec<f64>],
    alternatives: usize,
    ranks: usize,
    goes_on: &(dyn Fn(usize) -> bool + Sync),
) -> Option<Counts> {
    let mut tops: Vec<Vec<u32>> = Vec::with_capacity(weights.len());
    for block in weights.chunks(BLOCK) {
        if !goes_on(tops.len()) {
            return None;
        }
        tops.par_extend(block.par_chunks(TOGETHER).flat_map_iter(|weights| self::tops(columns, weights, alternatives, ranks)));
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
        let columns: Vec<Vec<f64>> =
            (0..3u32).map(|c| (0..5000u32).map(|at| f64::from((at * 7919 + c * 104_729) % 1009)).collect()).collect();
        let weights: Vec<Vec<f64>> = (0..40).map(|at| vec![0.1 + f64::from(at) / 100.0, 0.3, 0.2]).collect();
        let all = all_ranks(&columns, &weights, 5000, 9, &|_| true).unwrap();
        let few = first_ranks(&columns, &weights, 5000, 9, &|_| true).unwrap();
        assert_eq!((all.counts, all.firsts), (few.counts, few.firsts));
    }
}
