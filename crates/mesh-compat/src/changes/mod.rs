//! The kinds of change, one per file, in folders named by their group.

pub(crate) mod documentation;
mod product;
mod schema;
mod security;
mod service;
mod values;

use crate::change::ChangeKind;

/// Every kind, by group and then in the order of the documentation.
pub fn all() -> impl Iterator<Item = &'static ChangeKind> {
    let groups = [
        product::KINDS,
        schema::KINDS,
        values::KINDS,
        service::KINDS,
        security::KINDS,
        documentation::KINDS,
    ];
    groups.into_iter().flatten().copied()
}

/// The kind called `id`.
pub fn find(id: &str) -> Option<&'static ChangeKind> {
    all().find(|kind| kind.id == id)
}

#[cfg(test)]
mod tests;
