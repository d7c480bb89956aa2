//! The structs of the Arrow C interface as they lie in memory, and whether what a producer wrote into them can be.

use std::ffi::{CStr, c_char, c_int, c_void};

use arrow::array::layout;
use arrow::datatypes::{DataType, Field};

#[repr(C)]
pub(crate) struct RawStream {
    pub get_schema: Option<unsafe extern "C" fn(*mut RawStream, *mut RawSchema) -> c_int>,
    pub get_next: Option<unsafe extern "C" fn(*mut RawStream, *mut RawArray) -> c_int>,
    pub get_last_error: Option<unsafe extern "C" fn(*mut RawStream) -> *const c_char>,
    pub release: Option<unsafe extern "C" fn(*mut RawStream)>,
    pub private_data: *mut c_void,
}

#[repr(C)]
pub(crate) struct RawSchema {
    pub format: *const c_char,
    pub name: *const c_char,
    pub metadata: *const c_char,
    pub flags: i64,
    pub n_children: i64,
    pub children: *mut *mut RawSchema,
    pub dictionary: *mut RawSchema,
    pub release: Option<unsafe extern "C" fn(*mut RawSchema)>,
    pub private_data: *mut c_void,
}

#[repr(C)]
pub(crate) struct RawArray {
    pub length: i64,
    pub null_count: i64,
    pub offset: i64,
    pub n_buffers: i64,
    pub n_children: i64,
    pub buffers: *mut *const c_void,
    pub children: *mut *mut RawArray,
    pub dictionary: *mut RawArray,
    pub release: Option<unsafe extern "C" fn(*mut RawArray)>,
    pub private_data: *mut c_void,
}

/// What is wrong with a stream.
pub(crate) struct Flaw {
    pub what: String,
    /// Is it text that is not UTF-8?
    pub is_text: bool,
}

fn flaw(what: impl Into<String>) -> Flaw {
    Flaw { what: what.into(), is_text: false }
}

/// More columns than any table has, and types within each other than any has.
const MOST_CHILDREN: i64 = 1 << 20;
const DEEPEST: usize = 64;

/// More values than memory has, of any width.
const LONGEST: i64 = 1 << 56;

/// Names and formats are text, and pointers are there.
///
/// # Safety
/// A schema of the C interface whose pointers are NULL or point to what they say.
pub(crate) unsafe fn look_at_schema(schema: *const RawSchema) -> Result<(), Flaw> {
    // SAFETY: passed on to the caller.
    unsafe { schema_at(schema, 0) }
}

unsafe fn schema_at(schema: *const RawSchema, depth: usize) -> Result<(), Flaw> {
    // SAFETY: every pointer is compared with NULL before it is followed; the rest is the caller's promise.
    unsafe {
        let Some(schema) = schema.as_ref() else { return Err(flaw("a column of the stream's schema is NULL")) };
        if depth > DEEPEST {
            return Err(flaw(format!("the stream's schema is more than {DEEPEST} types deep")));
        }
        if schema.release.is_none() {
            return Err(flaw("the stream's schema was released"));
        }
        let text = |text: *const c_char| text.as_ref().map(|first| CStr::from_ptr(first).to_str());
        let name = text(schema.name).transpose().map_err(|source| Flaw {
            what: format!("a column's name is not UTF-8: byte {} cannot be read", source.valid_up_to()),
            is_text: true,
        })?;
        let name = name.unwrap_or_default();
        if !matches!(text(schema.format), Some(Ok(_))) {
            return Err(flaw(format!("column `{name}` of the stream's schema does not say its type")));
        }
        if !(0..=MOST_CHILDREN).contains(&schema.n_children) || (schema.n_children > 0 && schema.children.is_null()) {
            return Err(flaw(format!("column `{name}` of the stream's schema has {} children", schema.n_children)));
        }
        for at in 0..usize::try_from(schema.n_children).unwrap_or(0) {
            schema_at(*schema.children.add(at), depth + 1)?;
        }
        if schema.dictionary.is_null() { Ok(()) } else { schema_at(schema.dictionary, depth + 1) }
    }
}

/// Lengths, the number of buffers and children, and pointers are those that the type asks for. How long a buffer is, no producer says.
///
/// # Safety
/// An array of the C interface whose pointers are NULL or point to what they say.
pub(crate) unsafe fn look_at_array(array: *const RawArray, of: &DataType) -> Result<(), Flaw> {
    // SAFETY: passed on to the caller.
    unsafe { array_at(array, of, "", 0) }
}

unsafe fn array_at(array: *const RawArray, of: &DataType, column: &str, least: i64) -> Result<(), Flaw> {
    let at = |what: String| flaw(if column.is_empty() { format!(": {what}") } else { format!(", column `{column}`: {what}") });
    // SAFETY: every pointer is compared with NULL before it is followed; the rest is the caller's promise.
    unsafe {
        let Some(array) = array.as_ref() else { return Err(at("its array is NULL".to_owned())) };
        let (length, offset) = (array.length, array.offset);
        if !(0..=LONGEST).contains(&length) || !(0..=LONGEST).contains(&offset) {
            return Err(at(format!("its length is {length} and its offset {offset}")));
        }
        if length < least {
            return Err(at(format!("its length is {length}, of {least} rows")));
        }
        if array.null_count < -1 || array.null_count > length {
            return Err(at(format!("{} of its {length} values are null", array.null_count)));
        }
        let layout = layout(of);
        let mask = usize::from(layout.can_contain_null_mask);
        let wanted = layout.buffers.len() + mask + usize::from(layout.variadic);
        let has = usize::try_from(array.n_buffers).unwrap_or(usize::MAX);
        // Older producers give unions a mask of what is null.
        let is_union = matches!(of, DataType::Union(..)) && has == wanted + 1;
        let fits = if layout.variadic { (wanted..1 << 24).contains(&has) } else { has == wanted || is_union || *of == DataType::Null };
        if !fits || (has > 0 && array.buffers.is_null()) {
            return Err(at(format!("it has {} buffers where {of} has {wanted}", array.n_buffers)));
        }
        // The first buffer behind the mask is as long as the array for every type; others may be empty.
        let is_missing = |buffer: usize| buffer < has && (*array.buffers.add(buffer)).is_null();
        let lengths = layout.variadic && has > wanted && is_missing(has - 1);
        if length + offset > 0 && !layout.buffers.is_empty() && (is_missing(mask) || lengths) {
            return Err(at("a buffer of it is NULL".to_owned()));
        }
        if mask > 0 && array.null_count > 0 && is_missing(0) {
            return Err(at(format!("{} of its values are null, and it does not say which", array.null_count)));
        }
        // What lies within a column is called by the column's name.
        let named = |field: &Field| if column.is_empty() { field.name().clone() } else { column.to_owned() };
        let mut children = vec![];
        let mut child = |field: &Field, least: i64| children.push((field.data_type().clone(), least, named(field)));
        match of {
            DataType::Struct(fields) => fields.iter().for_each(|field| child(field, length + offset)),
            DataType::FixedSizeList(field, size) => child(field, (length + offset).saturating_mul(i64::from(*size))),
            DataType::List(field)
            | DataType::LargeList(field)
            | DataType::ListView(field)
            | DataType::LargeListView(field)
            | DataType::Map(field, _) => child(field, 0),
            DataType::Union(fields, _) => fields.iter().for_each(|(_, field)| child(field, 0)),
            DataType::RunEndEncoded(ends, values) => [ends, values].into_iter().for_each(|field| child(field, 0)),
            _ => {}
        }
        if usize::try_from(array.n_children) != Ok(children.len()) || (!children.is_empty() && array.children.is_null()) {
            return Err(at(format!("it has {} children where its type has {}", array.n_children, children.len())));
        }
        for (place, (of, least, name)) in children.iter().enumerate() {
            array_at(*array.children.add(place), of, name, *least)?;
        }
        match of {
            DataType::Dictionary(_, values) => array_at(array.dictionary, values, column, 0),
            _ => Ok(()),
        }
    }
}
