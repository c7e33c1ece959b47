//! The linter: an engine and one file per rule. Does no I/O.
