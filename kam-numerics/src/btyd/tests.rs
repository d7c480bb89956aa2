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
