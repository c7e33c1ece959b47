//! What holds for all packs, overlays, waivers, expressions and documents.
//!
//! The same random inputs are tried in every run, as many as CI has time for. `MESH_CASES` asks for another number of
//! them, and for other ones each time: `MESH_CASES=20000 cargo test -p mesh-policy --test laws --release`.

#[path = "../common/mod.rs"]
mod common;

mod compose;
mod documents;
mod expressions;
mod text;

use std::env;

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

/// How many inputs are tried for each law, if nobody asks for more.
const CASES: u32 = 200;

/// A source of choices, from random bytes: when it has run dry, it always takes the first.
pub(crate) struct Choices<'c>(&'c [u8]);

impl<'c> Choices<'c> {
    pub(crate) fn new(bytes: &'c [u8]) -> Self {
        Self(bytes)
    }

    fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => 0,
        }
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let number = usize::from(self.byte());
        let number = if bound > 256 {
            number << 8 | usize::from(self.byte())
        } else {
            number
        };
        number % bound.max(1)
    }

    /// Whether something happens that does once in `times`. Of nothing left, it does not.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

/// How many inputs are tried, and whether somebody asked for that many.
fn cases() -> (u32, bool) {
    match env::var("MESH_CASES") {
        Ok(text) => (text.parse().expect("MESH_CASES is a number"), true),
        Err(_) => (CASES, false),
    }
}

/// Holds what a law was tried on to be something: of `count`, at least one for every `inputs`.
#[track_caller]
pub(crate) fn assert_tried(count: usize, inputs: u32) {
    let wanted = cases().0 / inputs;
    assert!(count >= wanted as usize, "{count} of {wanted}");
}

/// Holds `law` on many random choices.
pub(crate) fn always(length: usize, law: impl Fn(&mut Choices<'_>) -> Result<(), String>) {
    let (cases, is_asked) = cases();
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    };
    let mut runner = if is_asked {
        TestRunner::new(config)
    } else {
        TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
    };
    let bytes = prop::collection::vec(any::<u8>(), length / 2..length);
    let result = runner.run(&bytes, |bytes| {
        law(&mut Choices::new(&bytes)).map_err(TestCaseError::fail)
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}
