use super::customers::Customers;
use super::*;

fn derivatives(kind: Kind, customers: &Customers, point: [f64; 4]) -> f64 {
    let exact = kind.log_likelihood(customers, &point);
    let mut worst = 0.0f64;
    for i in 0..4 {
        let h = 1e-5;
        let at = |by: f64| {
            let mut moved = point;
            moved[i] += by;
            kind.log_likelihood(customers, &moved)
        };
        let (up, down) = (at(h), at(-h));
        let slope = (up.value - down.value) / (2.0 * h);
        worst = worst.max((slope - exact.gradient[i]).abs() / (1.0 + exact.gradient[i].abs()));
        for j in 0..4 {
            let bend = (up.gradient[j] - down.gradient[j]) / (2.0 * h);
            worst = worst.max((bend - exact.hessian[i][j]).abs() / (1.0 + exact.hessian[i][j].abs()));
        }
    }
    worst
}

#[test]
fn gradients_and_hessians_are_those_of_the_likelihood() {
    let x = [0.0, 0.0, 1.0, 2.0, 7.0, 40.0, 3.0, 1.0];
    let t_x = [0.0, 0.0, 3.0, 9.0, 20.0, 35.9, 38.0, 38.0];
    let age = [10.0, 39.0, 38.0, 39.0, 36.0, 36.0, 38.0, 38.0];
    let customers = Customers::new(&x, &t_x, &age, true).unwrap();
    for kind in Kind::ALL {
        for params in [[0.3, 0.2, 0.8, 2.5], [3.0, 5.0, 0.05, 0.4], [0.5, 1.0, 30.0, 100.0], [1.0, 0.7, 1.0, 0.7], [8.0, 0.01, 2.0, 3.0]] {
            let worst = derivatives(kind, &customers, params.map(f64::ln));
            assert!(worst < 2e-6, "{kind} {params:?}: {worst}");
        }
    }
}

/// Recovery on a scale that a test can afford; `benches` has the same with a million customers.
#[test]
fn parameters_are_recovered() {
    let models = [(Kind::BgNbd, [0.25, 4.4, 0.8, 2.4]), (Kind::MbgNbd, [0.5, 6.2, 0.9, 1.6]), (Kind::ParetoNbd, [0.55, 10.6, 0.6, 11.7])];
    for (kind, params) in models {
        let model = Model::new(kind, params).unwrap();
        let customers = if kind == Kind::ParetoNbd { 2_500 } else { 12_000 };
        let mut within = [0; 4];
        for seed in 0..40 {
            let drawn = simulate(&model, customers, (20.0, 60.0), seed);
            let fit = fit(kind, &drawn.x, &drawn.t_x, &drawn.age, &FitOptions::default()).unwrap();
            assert!(fit.report.converged, "{kind} {seed}: {:?}", fit.report);
            for (i, within) in within.iter_mut().enumerate() {
                let error = (fit.model.params()[i] - params[i]) / fit.standard_errors[i];
                *within += usize::from(error.abs() <= 3.0);
            }
        }
        assert!(within.iter().all(|within| *within >= 38), "{kind}: {within:?} of 40");
    }
}

#[test]
fn spend_parameters_are_recovered() {
    let truth = GammaGamma::new([6.25, 3.74, 15.44]).unwrap();
    let x: Vec<f64> = (0..20_000).map(|at| f64::from(at % 6)).collect();
    let mut within = [0; 3];
    for seed in 0..40 {
        let spend = simulate_spend(&truth, &x, seed);
        let fit = fit_gamma_gamma(&x, &spend, &FitOptions::default()).unwrap();
        assert!(fit.report.converged);
        for (i, within) in within.iter_mut().enumerate() {
            let error = (fit.model.params()[i] - truth.params()[i]) / fit.standard_errors[i];
            *within += usize::from(error.abs() <= 3.0);
        }
    }
    assert!(within.iter().all(|within| *within >= 38), "{within:?} of 40");
}

fn drawn(kind: Kind, customers: usize) -> Simulated {
    let params = if kind == Kind::ParetoNbd { [0.55, 10.6, 0.6, 11.7] } else { [0.25, 4.4, 0.8, 2.4] };
    simulate(&Model::new(kind, params).unwrap(), customers, (20.0, 60.0), 11)
}

fn fitted(kind: Kind, x: &[f64], t_x: &[f64], age: &[f64]) -> Fit {
    fit(kind, x, t_x, age, &FitOptions::default()).unwrap()
}

#[test]
fn every_customer_twice_keeps_the_parameters_and_doubles_the_likelihood() {
    for kind in Kind::ALL {
        let once = drawn(kind, 3_000);
        let twice = |values: &[f64]| [values, values].concat();
        let (one, two) = (fitted(kind, &once.x, &once.t_x, &once.age), fitted(kind, &twice(&once.x), &twice(&once.t_x), &twice(&once.age)));
        assert!((two.log_likelihood / one.log_likelihood - 2.0).abs() < 1e-12, "{kind}");
        for i in 0..4 {
            assert!((two.model.params()[i] / one.model.params()[i] - 1.0).abs() < 1e-8, "{kind} {one:?} {two:?}");
            assert!((two.standard_errors[i] / one.standard_errors[i] - 0.5f64.sqrt()).abs() < 1e-6, "{kind}");
        }
    }
}

#[test]
fn another_unit_scales_the_times_and_nothing_else() {
    for kind in Kind::ALL {
        let weeks = drawn(kind, 3_000);
        let days = |values: &[f64]| values.iter().map(|value| value * 7.0).collect::<Vec<f64>>();
        let (in_weeks, in_days) =
            (fitted(kind, &weeks.x, &weeks.t_x, &weeks.age), fitted(kind, &weeks.x, &days(&weeks.t_x), &days(&weeks.age)));
        let expected = in_weeks.model.in_units_of(1.0 / 7.0).params();
        for (found, expected) in in_days.model.params().into_iter().zip(expected) {
            assert!((found / expected - 1.0).abs() < 1e-8, "{kind} {in_days:?} {in_weeks:?}");
        }
        let p = |fit: &Fit, unit: f64| fit.model.p_alive(3.0, 20.0 * unit, 38.0 * unit);
        assert!((p(&in_days, 7.0) - p(&in_weeks, 1.0)).abs() < 1e-9);
    }
}

#[test]
fn the_order_of_customers_and_the_number_of_threads_do_not_change_a_bit() {
    for kind in Kind::ALL {
        let all = drawn(kind, 12_000);
        let forward = fitted(kind, &all.x, &all.t_x, &all.age);
        let back = |values: &[f64]| values.iter().rev().copied().collect::<Vec<f64>>();
        let backward = fitted(kind, &back(&all.x), &back(&all.t_x), &back(&all.age));
        assert_eq!(forward, backward);
        let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        assert_eq!(one_thread.install(|| fitted(kind, &all.x, &all.t_x, &all.age)), forward);
    }
}

#[test]
fn grouping_changes_the_time_it_takes_and_not_the_result() {
    let all = drawn(Kind::BgNbd, 5_000);
    let weeks = |values: &[f64]| values.iter().map(|value| value.ceil()).collect::<Vec<f64>>();
    let (t_x, age) = (weeks(&all.t_x), weeks(&all.age));
    for kind in Kind::ALL {
        let grouped = fitted(kind, &all.x, &t_x, &age);
        let each = fit(kind, &all.x, &t_x, &age, &FitOptions { group: false, ..FitOptions::default() }).unwrap();
        assert!(grouped.report.groups < 3_000 && each.report.groups == 5_000);
        assert!((grouped.log_likelihood - each.log_likelihood).abs() < 1e-7);
        for (a, b) in grouped.model.params().into_iter().zip(each.model.params()) {
            assert!((a / b - 1.0).abs() < 1e-7);
        }
    }
}

/// What made other programs overflow, run away or refuse.
#[test]
fn hard_cases_fit_or_explain_themselves() {
    let many: Vec<f64> = (0..60).map(|at| 160.0 + f64::from(at) * 6.0).collect();
    let late: Vec<f64> = (0..60).map(|at| 300.0 + f64::from(at % 13)).collect();
    let seen: Vec<f64> = (0..60).map(|at| 315.0 + f64::from(at % 17)).collect();
    let huge: Vec<f64> = (0..60).map(|at| 10_000.0 - f64::from(at) * 3.0).collect();
    let zeros = vec![0.0; 60];
    let ones = vec![1.0; 60];
    for kind in Kind::ALL {
        for (name, x, t_x) in
            [("160 to 500", &many, &late), ("10,000", &huge, &late), ("nobody came back", &zeros, &zeros), ("x = 1", &ones, &ones)]
        {
            let fit = fitted(kind, x, t_x, &seen);
            assert!(fit.log_likelihood.is_finite() && fit.model.params().iter().all(|value| value.is_finite()), "{kind} {name}: {fit:?}");
            assert!(fit.report.converged || !fit.report.warnings.is_empty(), "{kind} {name}: {fit:?}");
            for row in 0..60 {
                let p = fit.model.p_alive(x[row], t_x[row], seen[row]);
                let expected = fit.model.expected_purchases(52.0, x[row], t_x[row], seen[row]);
                assert!((0.0..=1.0).contains(&p) && expected >= 0.0 && expected.is_finite(), "{kind} {name}: {p} {expected}");
            }
        }
        // One customer, at the very end of the time.
        let fit = fitted(kind, &[0.0], &[0.0], &[0.0]);
        assert!(fit.log_likelihood.abs() < 1e-9 && !fit.report.warnings.is_empty(), "{kind}: {fit:?}");
    }
}

#[test]
fn predictions_hold_at_the_edges_of_the_parameters() {
    for kind in Kind::ALL {
        for low in [1e-9, 1e-4, 1.0, 1e4, 1e9] {
            for high in [1e-9, 1e-4, 1.0, 1e4, 1e9] {
                for rate in [[0.25, 4.4], [1e-6, 1e-6], [1e6, 1e6]] {
                    let model = Model::new(kind, [rate[0], rate[1], low, high]).unwrap();
                    for (x, t_x) in [(0.0, 0.0), (1.0, 1e-9), (1.0, 30.0), (10_000.0, 12.0), (10_000.0, 31.0)] {
                        let p = model.p_alive(x, t_x, 31.0);
                        assert!((0.0..=1.0).contains(&p), "{model:?} {x} {t_x}: {p}");
                        let expected = model.expected_purchases(52.0, x, t_x, 31.0);
                        assert!(expected >= 0.0 && expected.is_finite(), "{model:?} {x} {t_x}: {expected}");
                        let likelihood = model.log_likelihood(&[x], &[t_x], &[31.0]).unwrap();
                        assert!(likelihood.is_finite(), "{model:?} {x} {t_x}: {likelihood}");
                    }
                    assert!(model.expected_purchases_new(52.0).is_finite());
                }
            }
        }
    }
}

/// Values of mpmath at 50 digits, from the definition.
#[test]
fn the_pareto_likelihood_to_its_last_digits() {
    for (params, x, t_x, age, likelihood, p_alive) in [
        ([0.553, 10.578, 0.606, 11.669], 2.0, 30.43, 38.86, -9.554_283_245_150_406, 0.869_167_559_153_011_2),
        ([0.553, 10.578, 0.606, 11.669], 0.0, 0.0, 38.86, -0.521_046_294_080_890_4, 0.295_286_604_616_894_16),
        ([0.553, 10.578, 0.606, 11.669], 26.0, 30.857, 31.0, -39.131_624_745_690_63, 0.997_872_034_927_761_5),
        ([0.5, 0.001, 2.0, 1e4], 0.0, 0.0, 50.0, -5.400_061_631_556_215, 0.980_382_386_053_761_9),
        ([0.5, 1e4, 0.2, 1e-3], 3.0, 0.5, 50.0, -28.254_352_384_403_08, 0.394_760_461_650_198_5),
        ([2.0, 5.0, 1e-6, 3.0], 7.0, 20.0, 40.0, -20.436_462_707_574_27, 0.999_976_364_946_328_8),
        ([30.0, 4.0, 25.0, 4.0], 10_000.0, 10.0, 60.0, 55_839.341_917_079_17, 0.0),
        ([0.5, 10.0, 0.6, 11.0], 10_000.0, 59.99, 60.0, 39_616.706_230_562_97, 0.999_812_309_416_856_2),
        ([1.0, 1.0, 500.0, 900.0], 4.0, 1.0, 30.0, -2.415_778_203_055_98, 7.117_743_908_343_9e-13),
    ] {
        let model = Model::new(Kind::ParetoNbd, params).unwrap();
        let found = model.log_likelihood(&[x], &[t_x], &[age]).unwrap();
        assert!((found / likelihood - 1.0).abs() < 1e-12, "{params:?} {x}: {found} {likelihood}");
        let found = model.p_alive(x, t_x, age);
        assert!((found - p_alive).abs() <= 1e-11 * p_alive, "{params:?} {x}: {found} {p_alive}");
    }
}
