//! What commands have in common.

pub(crate) mod baseline;
pub(crate) mod changed;
pub(crate) mod check;
pub(crate) mod comment;
mod committed;
pub(crate) mod compat;
pub(crate) mod files;
pub(crate) mod fix;
pub(crate) mod graph;
pub(crate) mod impact;
pub(crate) mod lint;
pub(crate) mod markdown;
pub(crate) mod output;
pub(crate) mod plan;
pub(crate) mod policies;
pub(crate) mod registry;
pub(crate) mod requests;
pub(crate) mod rewrite;
pub(crate) mod scaffold;
pub(crate) mod scorecard;
pub(crate) mod source;
pub(crate) mod text;
pub(crate) mod threads;
pub(crate) mod verify;
pub(crate) mod watch;
pub(crate) mod withdrawal;
pub(crate) mod workspace;
