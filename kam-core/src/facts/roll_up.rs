//! Facts by head office.
