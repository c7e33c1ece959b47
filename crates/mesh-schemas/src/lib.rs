//! The JSON Schemas in schemas/, compiled into validators at build time.
