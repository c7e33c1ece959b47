//! `mesh policy new`

use crate::{Ending, Failure};

pub(crate) fn run<T>(_: &T) -> Result<Ending, Failure> {
    Err(Failure::new("not yet"))
}
