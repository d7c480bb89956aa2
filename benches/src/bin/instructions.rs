//! Work of a fixed size on one thread, for counting its instructions: `instructions (fold|texts|merge|decode|finish)`.
//!
//! `tests/instructions.rs` runs it under callgrind and compares with what is on record.

use kam_benches::{AS_OF, Shape, ledger};
use kam_core::facts::StateOptions;
use kam_core::money::Scale;
use kam_core::time::{Date, Grain};
use kam_core::{Columns, FactsOptions, FactsState, Ledger};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn open(text_keys: bool, seed: u64) -> Outcome<Ledger> {
    let shape = Shape { rows: 200_000, accounts: 5_000, days: 730, text_keys, seed };
    let columns = Columns::new("account", "date", "amount").cost("cost").scale(Scale::new(0)?);
    Ok(Ledger::from_batches(ledger(&shape), columns)?)
}

fn state(ledger: &Ledger) -> Outcome<FactsState> {
    let mut state = FactsState::new(&StateOptions { as_of: Some(Date(AS_OF)), cell: Grain::Month });
    state.fold(ledger)?;
    Ok(state)
}

/// What is counted: callgrind collects between the beginning and the end of this function.
#[inline(never)]
#[unsafe(no_mangle)]
fn counted(work: &mut dyn FnMut()) {
    work();
}

fn main() -> Outcome<()> {
    // This thread is the pool: callgrind collects what one thread does.
    rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global()?;
    let name = std::env::args().nth(1).unwrap_or_default();
    let ledger = open(name == "texts", 1)?;
    let mut result: Outcome<()> = Ok(());
    match name.as_str() {
        "fold" | "texts" => counted(&mut || result = state(&ledger).map(drop)),
        "merge" => {
            let (mut here, there) = (state(&ledger)?, state(&open(false, 2)?)?);
            counted(&mut || result = here.merge(&there).map_err(Into::into));
        }
        "decode" => {
            let bytes = state(&ledger)?.encode()?;
            counted(&mut || result = FactsState::decode(&bytes).map(drop).map_err(Into::into));
        }
        "finish" => {
            let mut folded = Some(state(&ledger)?);
            counted(&mut || {
                let facts = folded.take().map(|state| state.finish(&FactsOptions::new(Date(AS_OF))));
                result = facts.transpose().map(drop).map_err(Into::into);
            });
        }
        other => return Err(format!("`{other}` is none of fold, texts, merge, decode, finish").into()),
    }
    result
}
