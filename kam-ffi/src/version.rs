//! Which library this is.

use std::ffi::c_char;

/// The major version that this header belongs to.
pub const KAM_VERSION_MAJOR: u32 = 0;
/// The minor version that this header belongs to.
pub const KAM_VERSION_MINOR: u32 = 1;
/// The patch that this header belongs to.
pub const KAM_VERSION_PATCH: u32 = 0;
/// The calling interface that this header describes. It grows with every change that a compiled program would notice; compare it with
/// kam_abi_version() when the library is loaded at run time.
pub const KAM_ABI_VERSION: u32 = 1;

/// The version of the library that is loaded, as text: "0.1.0". The text belongs to the library.
#[unsafe(no_mangle)]
pub extern "C" fn kam_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The calling interface of the library that is loaded: it fits a program that was compiled with the same KAM_ABI_VERSION.
#[unsafe(no_mangle)]
pub extern "C" fn kam_abi_version() -> u32 {
    KAM_ABI_VERSION
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_has_the_version_of_the_crate() {
        assert_eq!(format!("{KAM_VERSION_MAJOR}.{KAM_VERSION_MINOR}.{KAM_VERSION_PATCH}"), env!("CARGO_PKG_VERSION"));
    }
}
