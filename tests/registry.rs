//! The publish protocol against real repositories, over the transports that people use.

#[path = "registry/support.rs"]
mod support;

#[path = "registry/basics.rs"]
mod basics;
