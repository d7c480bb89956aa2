//! A golden case's inline rows as an Arrow record batch.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, RecordBatchOptions, StringArray};
use arrow::datatypes::{Field, Schema};
use serde_json::{Map, Value};

/// Columns of text, whole numbers, floats or booleans, by what their values are. The word `null` in a column of numbers is no value.
pub fn batch(columns: &Map<String, Value>) -> RecordBatch {
    let arrays: Vec<(String, ArrayRef)> = columns.iter().map(|(name, values)| (name.clone(), array(values))).collect();
    let fields: Vec<Field> = arrays.iter().map(|(name, array)| Field::new(name, array.data_type().clone(), true)).collect();
    let rows = arrays.first().map_or(0, |(_, array)| array.len());
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let arrays = arrays.into_iter().map(|(_, array)| array).collect();
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options).expect("columns of one length")
}

fn array(values: &Value) -> ArrayRef {
    let values = values.as_array().expect("a list of values");
    let given = || values.iter().filter(|value| value.as_str() != Some("null"));
    if given().count() > 0 && given().all(Value::is_i64) {
        Arc::new(values.iter().map(Value::as_i64).collect::<Int64Array>())
    } else if given().count() > 0 && given().all(Value::is_number) {
        Arc::new(values.iter().map(Value::as_f64).collect::<Float64Array>())
    } else if given().count() > 0 && given().all(Value::is_boolean) {
        Arc::new(values.iter().map(Value::as_bool).collect::<BooleanArray>())
    } else {
        Arc::new(values.iter().map(|value| value.as_str().filter(|text| *text != "null")).collect::<StringArray>())
    }
}
