//! The publisher: a git repository as the shared registry of data products.
