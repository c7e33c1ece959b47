//! `mesh registry verify` as the registry's CI runs it, and as a real pre-receive hook: every attack is a commit that was
//! made by hand, and both refuse it.

mod audit;
mod authority;
mod bombs;
mod content;
mod formats;
mod hook;
mod merges;
mod refusals;
mod signatures;
mod world;
