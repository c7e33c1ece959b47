//! What commands have in common.

pub(crate) mod check;
pub(crate) mod fix;
pub(crate) mod plan;
pub(crate) mod registry;
pub(crate) mod rewrite;
pub(crate) mod scaffold;
pub(crate) mod text;
pub(crate) mod workspace;
