//! Writes a seeded ledger: `ledger ROWS ACCOUNTS DAYS (int|text) FILE.(parquet|arrow)`.

use std::fs::File;
use std::io::BufWriter;

use kam_benches::{Shape, ledger};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [rows, accounts, days, keys, path] = words.as_slice() else {
        return Err("usage: ledger ROWS ACCOUNTS DAYS (int|text) FILE.(parquet|arrow)".into());
    };
    let shape = Shape { rows: rows.parse()?, accounts: accounts.parse()?, days: days.parse()?, text_keys: keys == "text", seed: 20 };
    let batches = ledger(&shape);
    let schema = batches.first().ok_or("no rows")?.schema();
    let file = BufWriter::new(File::create(path)?);
    if path.ends_with(".parquet") {
        let compression = parquet::basic::Compression::SNAPPY;
        let properties = parquet::file::properties::WriterProperties::builder().set_compression(compression).build();
        let mut writer = parquet::arrow::ArrowWriter::try_new(file, schema, Some(properties))?;
        for batch in &batches {
            writer.write(batch)?;
        }
        writer.close()?;
    } else {
        let mut writer = arrow::ipc::writer::FileWriter::try_new(file, &schema)?;
        for batch in &batches {
            writer.write(batch)?;
        }
        writer.finish()?;
    }
    Ok(())
}
