//! What commands have in common.

pub(crate) mod check;
pub(crate) mod files;
pub(crate) mod markdown;
pub(crate) mod output;
pub(crate) mod plan;
pub(crate) mod registry;
pub(crate) mod scaffold;
pub(crate) mod text;
pub(crate) mod workspace;
