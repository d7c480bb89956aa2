//! Purchase models on simulated customers: `btyd fit MODEL CUSTOMERS (exact|days) [RUNS]` times a fit with and without grouping,
//! `btyd recover MODEL CUSTOMERS SEEDS` counts how often the true parameters lie within three standard errors,
//! `btyd write MODEL CUSTOMERS (exact|days) FILE.csv` writes the customers for other programs.

use std::io::Write;
use std::time::Instant;

use kam_core::numerics::btyd::{FitOptions, Kind, Model, Simulated, fit, simulate};

type Failure = Box<dyn std::error::Error>;

fn truth(kind: Kind) -> Result<Model, Failure> {
    Ok(Model::new(
        kind,
        match kind {
            Kind::BgNbd => [0.25, 4.4, 0.8, 2.4],
            Kind::MbgNbd => [0.5, 6.2, 0.9, 1.6],
            Kind::ParetoNbd => [0.55, 10.6, 0.6, 11.7],
        },
    )?)
}

/// Customers seen for 27 to 78 weeks; `days` rounds their times to whole days, as ledgers have them.
fn customers(kind: Kind, number: usize, times: &str, seed: u64) -> Result<Simulated, Failure> {
    let mut drawn = simulate(&truth(kind)?, number, (27.0, 78.0), seed);
    if times == "days" {
        let day = |time: &mut f64| *time = (*time * 7.0).ceil() / 7.0;
        drawn.t_x.iter_mut().chain(&mut drawn.age).for_each(day);
    }
    Ok(drawn)
}

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let word = |at: usize| words.get(at).map(String::as_str).ok_or("usage: btyd (fit|recover|write) MODEL CUSTOMERS …");
    let (job, kind, number) = (word(0)?, word(1)?.parse::<Kind>()?, word(2)?.parse::<usize>()?);
    match job {
        "fit" => time(kind, number, word(3)?, words.get(4).map_or(Ok(3), |runs| runs.parse())?),
        "recover" => recover(kind, number, word(3)?.parse()?),
        "write" => {
            let drawn = customers(kind, number, word(3)?, 1)?;
            let mut file = std::io::BufWriter::new(std::fs::File::create(word(4)?)?);
            writeln!(file, "x,t_x,T")?;
            for row in 0..number {
                writeln!(file, "{},{},{}", drawn.x[row], drawn.t_x[row], drawn.age[row])?;
            }
            Ok(())
        }
        _ => Err("usage: btyd (fit|recover|write) MODEL CUSTOMERS …".into()),
    }
}

fn time(kind: Kind, number: usize, times: &str, runs: usize) -> Result<(), Failure> {
    let drawn = customers(kind, number, times, 1)?;
    for run in 0..runs {
        for group in [true, false] {
            let start = Instant::now();
            let fitted = fit(kind, &drawn.x, &drawn.t_x, &drawn.age, &FitOptions { group, ..FitOptions::default() })?;
            let seconds = start.elapsed().as_secs_f64();
            let report = &fitted.report;
            println!(
                "run {run} group {group}: {seconds:.3} s, {} rows, {} steps, converged {}, {:?}, log-likelihood {:.3}",
                report.groups,
                report.iterations,
                report.converged,
                fitted.model.params(),
                fitted.log_likelihood
            );
        }
    }
    Ok(())
}

fn recover(kind: Kind, number: usize, seeds: u64) -> Result<(), Failure> {
    let params = truth(kind)?.params();
    let (mut within, mut all) = ([0; 4], 0);
    for seed in 0..seeds {
        let drawn = customers(kind, number, "exact", seed)?;
        let fitted = fit(kind, &drawn.x, &drawn.t_x, &drawn.age, &FitOptions::default())?;
        let near: Vec<bool> = (0..4).map(|i| (fitted.model.params()[i] - params[i]).abs() <= 3.0 * fitted.standard_errors[i]).collect();
        (0..4).for_each(|i| within[i] += u64::from(near[i]));
        all += u64::from(near.iter().all(|near| *near) && fitted.report.converged);
    }
    println!(
        "{kind}, {number} customers: within 3 standard errors per parameter {within:?}, all four and converged {all} of {seeds} seeds"
    );
    Ok(())
}
