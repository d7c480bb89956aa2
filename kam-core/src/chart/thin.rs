//! Fewer points that show the same: a curve of a million accounts, a cloud of a million bubbles.
//!
//! Nothing here is random, and points stay in their order, so the same result always gives the same chart.

/// How far a thinned curve may leave the whole one, as a part of its height: a third of a pixel on a chart of 320.
pub(super) const TOLERANCE: f64 = 0.001;

/// How many bubbles are drawn one by one.
pub(super) const BUBBLES: usize = 400;

/// The places of a curve's points that are kept: between two kept neighbours the straight line leaves none of the dropped points by more
/// than `tolerance` times the curve's height. `x` ascends. First and last are kept.
pub(super) fn curve(x: &[f64], y: &[f64], tolerance: f64) -> Vec<usize> {
    let last = x.len().min(y.len());
    if last <= 2 {
        return (0..last).collect();
    }
    let (low, high) = y.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(*value), high.max(*value)));
    let allowed = (high - low) * tolerance;
    let mut kept = vec![0];
    let mut anchor = 0;
    // The slopes of the lines from the anchor that pass all points since closely enough.
    let mut cone = (f64::NEG_INFINITY, f64::INFINITY);
    let mut at = 1;
    while at < last {
        let run = x[at] - x[anchor];
        let rise = y[at] - y[anchor];
        let slope = if run > 0.0 { rise / run } else { f64::NAN };
        if at > anchor + 1 && !(cone.0 <= slope && slope <= cone.1) {
            // The line to the point before still passed all of them.
            anchor = at - 1;
            kept.push(anchor);
            cone = (f64::NEG_INFINITY, f64::INFINITY);
            continue;
        }
        if run > 0.0 {
            cone = (cone.0.max((rise - allowed) / run), cone.1.min((rise + allowed) / run));
        }
        at += 1;
    }
    kept.push(last - 1);
    kept
}

/// A rectangle of a cloud and how many points are in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bin {
    /// From where to where.
    pub x: (f64, f64),
    /// From where to where.
    pub y: (f64, f64),
    /// The points in it.
    pub count: usize,
}

/// The points in so many rectangles across the ranges, those without a point left out, row by row.
pub(super) fn bins(points: impl Iterator<Item = (f64, f64)>, x: (f64, f64), y: (f64, f64), columns: usize, rows: usize) -> Vec<Bin> {
    let mut counts = vec![0; columns * rows];
    let place = |value: f64, range: (f64, f64), cells: usize| -> usize {
        let size = range.1 - range.0;
        let part = if size > 0.0 { ((value - range.0) / size).clamp(0.0, 1.0) } else { 0.0 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "cells of a picture")]
        let cell = (part * cells as f64) as usize;
        cell.min(cells - 1)
    };
    for (at_x, at_y) in points {
        counts[place(at_y, y, rows) * columns + place(at_x, x, columns)] += 1;
    }
    #[expect(clippy::cast_precision_loss, reason = "cells of a picture")]
    let edge = |cell: usize, range: (f64, f64), cells: usize| range.0 + (range.1 - range.0) * cell as f64 / cells as f64;
    let bin = |(cell, count): (usize, usize)| Bin {
        x: (edge(cell % columns, x, columns), edge(cell % columns + 1, x, columns)),
        y: (edge(cell / columns, y, rows), edge(cell / columns + 1, y, rows)),
        count,
    };
    counts.into_iter().enumerate().filter(|(_, count)| *count > 0).map(bin).collect()
}

/// The places of the largest sizes, so many of them, the largest first, equal ones in their order; and the rest in its order.
pub(super) fn largest(sizes: &[f64], most: usize) -> (Vec<usize>, Vec<usize>) {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by(|a, b| sizes[*b].total_cmp(&sizes[*a]).then(a.cmp(b)));
    let mut rest = order.split_off(most.min(order.len()));
    rest.sort_unstable();
    (order, rest)
}

/// A point that bears a name, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named {
    pub x: f64,
    pub y: f64,
    pub radius: f64,
    /// How long the name is, and in short, for where there is no room for the whole.
    pub lengths: [f64; 2],
}

/// On which side of its point a name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Right,
    Left,
    Above,
    Below,
    /// Above, and ending where the point ends.
    AboveLeft,
    BelowLeft,
    /// Above, and beginning where the point begins.
    AboveRight,
    BelowRight,
}

/// Where names can stand beside their points without touching each other or another of the points: the earlier ones first, to the right
/// if there is room, else to the left, above, below or aslant, else the same in short, else not at all. `room` is the plot's width and height; beside a
/// side stands which of the lengths has room.
pub(super) fn labels(points: &[Named], room: (f64, f64)) -> Vec<Option<(Side, usize)>> {
    const HALF: f64 = 7.0;
    let circles = points.iter().map(|point| (point.x - point.radius, point.x + point.radius, point.y, point.radius));
    let mut taken: Vec<(f64, f64, f64, f64)> = circles.collect();
    let place = |(at, point): (usize, &Named)| {
        let gap = point.radius + 3.0;
        let (x, begin, end) = (point.x, point.x - point.radius, point.x + point.radius);
        let (above, below) = (point.y - gap - HALF, point.y + gap + HALF);
        let sides = |(which, length): (usize, f64)| {
            [
                ((Side::Right, which), x + gap, x + gap + length, point.y),
                ((Side::Left, which), x - gap - length, x - gap, point.y),
                ((Side::Above, which), x - length / 2.0, x + length / 2.0, above),
                ((Side::Below, which), x - length / 2.0, x + length / 2.0, below),
                ((Side::AboveLeft, which), end - length, end, above),
                ((Side::BelowLeft, which), end - length, end, below),
                ((Side::AboveRight, which), begin, begin + length, above),
                ((Side::BelowRight, which), begin, begin + length, below),
            ]
        };
        let found = point.lengths.into_iter().enumerate().flat_map(sides).find(|(_, from, to, y)| {
            let free = |(nth, (left, right, middle, half)): (usize, &(f64, f64, f64, f64))| {
                nth == at || *to < *left || *from > *right || (y - middle).abs() >= HALF + half
            };
            *from >= 0.0 && *to <= room.0 && *y >= 0.0 && *y <= room.1 && taken.iter().enumerate().all(free)
        });
        found.map(|(side, from, to, y)| {
            taken.push((from, to, y, HALF));
            side
        })
    };
    points.iter().enumerate().map(place).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The largest vertical distance between the curve and the straight lines through the kept points.
    fn distance(x: &[f64], y: &[f64], kept: &[usize]) -> f64 {
        kept.windows(2)
            .flat_map(|pair| {
                let (from, to) = (pair[0], pair[1]);
                let slope = (y[to] - y[from]) / (x[to] - x[from]);
                (from..=to).map(move |at| (y[from] + slope * (x[at] - x[from]) - y[at]).abs())
            })
            .fold(0.0, f64::max)
    }

    #[test]
    fn a_million_accounts_keep_their_shape_in_few_points() {
        let n = 1_000_000;
        let x: Vec<f64> = (1..=n).map(|rank| f64::from(rank) / f64::from(n)).collect();
        // Cumulative shares of a Pareto tail, and a whale curve that falls at its end.
        let pareto: Vec<f64> = x.iter().map(|x| x.powf(0.16)).collect();
        let whale: Vec<f64> = x.iter().map(|x| x.powf(0.2) - 0.3 * x.powi(30)).collect();
        for y in [pareto, whale] {
            let kept = curve(&x, &y, TOLERANCE);
            assert!(kept.len() < 200, "{}", kept.len());
            assert_eq!((kept[0], *kept.last().unwrap()), (0, x.len() - 1));
            let height = y.iter().fold(0.0, |a: f64, b| a.max(*b)) - y.iter().fold(1.0, |a: f64, b| a.min(*b));
            assert!(distance(&x, &y, &kept) <= TOLERANCE * height * (1.0 + 1e-9));
        }
    }

    proptest! {
        #[test]
        fn no_point_is_left_by_more_than_the_tolerance(y in prop::collection::vec(-1e6..1e6, 0..300), tolerance in 0.0..0.2) {
            let x: Vec<f64> = (0..y.len()).map(|at| at as f64).collect();
            let kept = curve(&x, &y, tolerance);
            prop_assert!(kept.windows(2).all(|pair| pair[0] < pair[1]));
            if !y.is_empty() {
                prop_assert_eq!((kept[0], *kept.last().unwrap()), (0, y.len() - 1));
            }
            let height = y.iter().copied().fold(f64::NEG_INFINITY, f64::max) - y.iter().copied().fold(f64::INFINITY, f64::min);
            if y.len() > 1 {
                prop_assert!(distance(&x, &y, &kept) <= tolerance * height + 1e-6);
            }
        }

        #[test]
        fn bins_hold_every_point(points in prop::collection::vec((-5.0..5.0, -5.0..5.0), 0..200)) {
            let bins = bins(points.iter().copied(), (-5.0, 5.0), (-5.0, 5.0), 7, 5);
            prop_assert_eq!(bins.iter().map(|bin| bin.count).sum::<usize>(), points.len());
            for bin in &bins {
                let inside = points.iter().filter(|(x, y)| bin.x.0 <= *x && *x <= bin.x.1 && bin.y.0 <= *y && *y <= bin.y.1).count();
                prop_assert!(inside >= bin.count);
            }
        }
    }

    #[test]
    fn straight_lines_need_their_ends_only() {
        let x: Vec<f64> = (0..1000).map(f64::from).collect();
        assert_eq!(curve(&x, &x, TOLERANCE), [0, 999]);
        assert_eq!(curve(&x, &[3.0; 1000], 0.0), [0, 999]);
        assert_eq!(curve(&[], &[], TOLERANCE), Vec::<usize>::new());
        assert_eq!(curve(&[1.0], &[2.0], TOLERANCE), [0]);
    }

    #[test]
    fn the_largest_are_drawn_one_by_one() {
        assert_eq!(largest(&[1.0, 5.0, 5.0, 0.0, 9.0], 3), (vec![4, 1, 2], vec![0, 3]));
        assert_eq!(largest(&[2.0], 5), (vec![0], vec![]));
    }

    #[test]
    fn labels_do_not_touch() {
        let at = |x: f64, y: f64| Named { x, y, radius: 4.0, lengths: [50.0, 50.0] };
        let sides = |points: &[Named], room| labels(points, room).into_iter().map(|found| Some(found?.0)).collect::<Vec<_>>();
        let points = [at(60.0, 10.0), at(75.0, 22.0), at(75.0, 60.0), at(380.0, 80.0), at(5.0, 61.0), at(392.0, 88.0)];
        let [right, left, above, below] = [Side::Right, Side::Left, Side::Above, Side::Below].map(Some);
        let room = (400.0, 100.0);
        assert_eq!(sides(&points, room), [right, below, right, left, right, None]);
        // Five accounts on one point: four sides, and none aslant is free.
        assert_eq!(sides(&[at(100.0, 50.0); 5], room), [right, left, above, below, None]);
        // In a corner beside another the name stands below and ends with its point.
        assert_eq!(sides(&[at(390.0, 5.0), at(350.0, 5.0)], room), [Some(Side::BelowLeft), left]);
        // Where the whole name has no room, the short one may have.
        let long = Named { lengths: [500.0, 50.0], ..at(60.0, 10.0) };
        assert_eq!(labels(&[long, at(60.0, 60.0)], room), [Some((Side::Right, 1)), Some((Side::Right, 0))]);
    }
}
