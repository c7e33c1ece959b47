//! Types before and after: what one is to the other, by the values that they hold.

mod compare;
pub(crate) mod field;
#[cfg(test)]
mod tests;

pub(crate) use compare::{Compare, Relation};
