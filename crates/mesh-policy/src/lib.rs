//! Policies: rules that a federation agrees on, composed so that domains can only tighten them.
#![allow(dead_code)]

mod expr;
mod pack;
mod view;
