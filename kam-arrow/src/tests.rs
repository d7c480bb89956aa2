#![allow(clippy::undocumented_unsafe_blocks, reason = "structs are made and broken on purpose; every pointer is this file's own")]

use std::ffi::{c_char, c_int, c_void};
use std::ptr::{null, null_mut};

use arrow::array::{ArrayRef, BinaryArray, DictionaryArray, Int64Array, StringArray, StringViewArray, make_array};
use arrow::buffer::NullBuffer;
use arrow::datatypes::Int32Type;

use super::layout::{RawArray, RawSchema};
use super::*;

/// A stream of one array whose structs are changed on their way.
struct Producer {
    rows: StructArray,
    schema: fn(&mut RawSchema),
    array: fn(&mut RawArray),
    is_given: bool,
}

/// What was changed can no longer be given back as it was made: it is left where it lies.
unsafe extern "C" fn leave_schema(schema: *mut RawSchema) {
    unsafe { (*schema).release = None }
}

unsafe extern "C" fn leave_array(array: *mut RawArray) {
    unsafe { (*array).release = None }
}

unsafe extern "C" fn get_schema(stream: *mut RawStream, out: *mut RawSchema) -> c_int {
    unsafe {
        let producer = &mut *(*stream).private_data.cast::<Producer>();
        let schema = FFI_ArrowSchema::try_from(&Schema::new(producer.rows.fields().clone())).unwrap();
        out.cast::<FFI_ArrowSchema>().write(schema);
        (*out).release = Some(leave_schema);
        (producer.schema)(&mut *out);
    }
    0
}

unsafe extern "C" fn get_next(stream: *mut RawStream, out: *mut RawArray) -> c_int {
    unsafe {
        let producer = &mut *(*stream).private_data.cast::<Producer>();
        if std::mem::replace(&mut producer.is_given, true) {
            out.cast::<FFI_ArrowArray>().write(FFI_ArrowArray::empty());
        } else {
            out.cast::<FFI_ArrowArray>().write(FFI_ArrowArray::new(&producer.rows.to_data()));
            (*out).release = Some(leave_array);
            (producer.array)(&mut *out);
        }
    }
    0
}

unsafe extern "C" fn fail(_: *mut RawStream, _: *mut RawArray) -> c_int {
    5
}

unsafe extern "C" fn why(_: *mut RawStream) -> *const c_char {
    c"the table is locked".as_ptr()
}

unsafe extern "C" fn release(stream: *mut RawStream) {
    unsafe {
        drop(Box::from_raw((*stream).private_data.cast::<Producer>()));
        (*stream).release = None;
    }
}

fn rows() -> StructArray {
    let columns: [(&str, ArrayRef); 5] = [
        ("account", Arc::new(StringArray::from(vec!["A", "B", "C"]))),
        ("amount", Arc::new(Int64Array::from(vec![Some(1), None, Some(3)]))),
        ("view", Arc::new(StringViewArray::from(vec!["short", "a text that is not within its view", "x"]))),
        ("words", Arc::new(vec!["a", "b", "a"].into_iter().collect::<DictionaryArray<Int32Type>>())),
        ("list", Arc::new(arrow::array::ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1)]), None, Some(vec![])]))),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true))).unwrap().into()
}

fn stream(rows: StructArray, schema: fn(&mut RawSchema), array: fn(&mut RawArray)) -> FFI_ArrowArrayStream {
    let producer = Box::new(Producer { rows, schema, array, is_given: false });
    let mut raw = RawStream {
        get_schema: Some(get_schema),
        get_next: Some(get_next),
        get_last_error: Some(why),
        release: Some(release),
        private_data: Box::into_raw(producer).cast::<c_void>(),
    };
    unsafe { FFI_ArrowArrayStream::from_raw((&raw mut raw).cast()) }
}

fn read(stream: FFI_ArrowArrayStream) -> Result<Vec<RecordBatch>, Error> {
    unsafe { ForeignStream::open(stream, "the stream") }?.collect()
}

#[test]
fn what_is_right_comes_through() {
    let found = read(stream(rows(), |_| {}, |_| {})).unwrap();
    assert_eq!(found, [RecordBatch::from(rows())]);
    let part = rows().slice(1, 2);
    assert_eq!(read(stream(part.clone(), |_| {}, |_| {})).unwrap(), [RecordBatch::from(part)]);
    let none = rows().slice(0, 0);
    assert_eq!(read(stream(none.clone(), |_| {}, |_| {})).unwrap(), [RecordBatch::from(none)]);
}

#[test]
fn rows_that_are_null_as_a_whole_are_refused() {
    let (fields, columns, _) = rows().into_parts();
    let masked = StructArray::new(fields, columns, Some(NullBuffer::from(vec![true, false, true])));
    let error = read(stream(masked, |_| {}, |_| {})).unwrap_err();
    assert_eq!((error.code(), error.to_string().contains("batch 1: row 2 is null as a whole")), (Code::SourceDamaged, true), "{error}");
}

/// Words of the error, its code, and what the producer does wrong.
type Case = (&'static str, Code, fn(&mut RawSchema), fn(&mut RawArray));

fn column(schema: &mut RawSchema, at: usize) -> &mut RawSchema {
    unsafe { &mut **schema.children.add(at) }
}

fn child(array: &mut RawArray, at: usize) -> &mut RawArray {
    unsafe { &mut **array.children.add(at) }
}

fn lose_buffer(array: &mut RawArray, at: usize) {
    unsafe { *array.buffers.add(at) = null() }
}

#[test]
fn a_producer_that_errs_is_told_what_about() {
    let right: fn(&mut RawSchema) = |_| {};
    let whole: fn(&mut RawArray) = |_| {};
    let damaged = Code::SourceDamaged;
    let cases: [Case; 22] = [
        ("name is not UTF-8: byte 0", Code::NotUtf8, |schema| column(schema, 0).name = c"\xFFx".as_ptr(), whole),
        ("column `account` of the stream's schema does not say its type", damaged, |schema| column(schema, 0).format = null(), whole),
        ("type", damaged, |schema| column(schema, 0).format = c"no such type".as_ptr(), whole),
        ("has -1 children", damaged, |schema| schema.n_children = -1, whole),
        ("has 5 children", damaged, |schema| schema.children = null_mut(), whole),
        ("a column of the stream's schema is NULL", damaged, |schema| unsafe { *schema.children.add(1) = null_mut() }, whole),
        ("it has 1 children where its type has 5", damaged, right, |array| array.n_children = 1),
        ("it has 5 children where its type has 5", damaged, right, |array| array.children = null_mut()),
        ("column `amount`: its array is NULL", damaged, right, |array| unsafe { *array.children.add(1) = null_mut() }),
        ("column `amount`: its length is 2, of 3 rows", damaged, right, |array| child(array, 1).length = 2),
        ("its length is -1", damaged, right, |array| array.length = -1),
        ("its length is 1152921504606846976", damaged, right, |array| child(array, 0).length = 1 << 60),
        ("its offset -1", damaged, right, |array| child(array, 0).offset = -1),
        ("column `account`: its length is 3, of 4 rows", damaged, right, |array| array.offset = 1),
        ("column `account`: it has 0 buffers where Utf8 has 3", damaged, right, |array| child(array, 0).n_buffers = 0),
        ("column `amount`: it has -3 buffers", damaged, right, |array| child(array, 1).n_buffers = -3),
        ("column `amount`: it has 2 buffers", damaged, right, |array| child(array, 1).buffers = null_mut()),
        ("column `account`: a buffer of it is NULL", damaged, right, |array| lose_buffer(child(array, 0), 1)),
        ("column `view`: a buffer of it is NULL", damaged, right, |array| lose_buffer(child(array, 2), 3)),
        ("column `amount`: 1 of its values are null, and it does not say which", damaged, right, |array| lose_buffer(child(array, 1), 0)),
        ("column `words`: its array is NULL", damaged, right, |array| child(array, 3).dictionary = null_mut()),
        ("column `list`: it has 0 children", damaged, right, |array| child(array, 4).n_children = 0),
    ];
    for (words, code, schema, array) in cases {
        let error = read(stream(rows(), schema, array)).unwrap_err();
        assert_eq!((error.code(), error.to_string().contains(words)), (code, true), "{words}: {error}");
        assert!(error.to_string().starts_with("the stream: "), "{error}");
    }
}

#[test]
fn text_that_is_not_utf8_is_refused() {
    let bytes = BinaryArray::from(vec![b"A".as_slice(), b"\xFF\xFE", b"C"]);
    // SAFETY: not text at all, which is what is tested.
    let text = make_array(unsafe { bytes.into_data().into_builder().data_type(DataType::Utf8).build_unchecked() });
    let rows: StructArray = vec![(Arc::new(arrow::datatypes::Field::new("account", DataType::Utf8, true)), text)].into();
    let error = read(stream(rows, |_| {}, |_| {})).unwrap_err();
    assert_eq!((error.code(), error.to_string().contains("batch 1, column `account`")), (Code::NotUtf8, true), "{error}");
}

#[test]
fn a_stream_that_fails_says_why_and_is_over() {
    let mut failing = stream(rows(), |_| {}, |_| {});
    // SAFETY: the struct is a stream's.
    unsafe { (*(&raw mut failing).cast::<RawStream>()).get_next = Some(fail) };
    let mut opened = unsafe { ForeignStream::open(failing, "ledger") }.unwrap();
    let error = opened.next().unwrap().unwrap_err();
    assert_eq!((error.code(), error.to_string().as_str()), (Code::SourceFailed, "ledger: batch 1: the table is locked"));
    assert!(opened.next().is_none());
    let released = FFI_ArrowArrayStream::empty();
    assert_eq!(unsafe { ForeignStream::open(released, "ledger") }.unwrap_err().code(), Code::SourceFailed);
}
