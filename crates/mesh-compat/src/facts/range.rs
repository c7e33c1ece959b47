//! Sets of numbers: which results of a check are allowed.

use std::cmp::Ordering;

/// A place on the line of numbers: right before a number, or right after it.
///
/// An interval from one to another holds what lies between them, so whether its ends belong to it
/// needs no cases.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cut {
    at: f64,
    is_after: bool,
}

impl Cut {
    fn compare(self, other: Self) -> Ordering {
        self.at
            .total_cmp(&other.at)
            .then(self.is_after.cmp(&other.is_after))
    }
}

const START: Cut = Cut {
    at: f64::NEG_INFINITY,
    is_after: false,
};
const END: Cut = Cut {
    at: f64::INFINITY,
    is_after: true,
};

const fn before(at: f64) -> Cut {
    // Zero has two signs, and one place.
    Cut {
        at: at + 0.0,
        is_after: false,
    }
}

const fn after(at: f64) -> Cut {
    Cut {
        at: at + 0.0,
        is_after: true,
    }
}

/// A set of numbers: intervals in ascending order that do not touch each other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Range {
    parts: Vec<(Cut, Cut)>,
}

/// How one set relates to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    /// Both hold the same.
    Same,
    /// It lacks some of the other, and has nothing else.
    Subset,
    /// It has all of the other, and more.
    Superset,
    /// Each has something that the other lacks.
    Overlap,
}

impl Relation {
    /// From whether the first holds all of the second, and the other way round.
    pub(crate) const fn of(holds: bool, is_held: bool) -> Self {
        match (holds, is_held) {
            (true, true) => Self::Same,
            (true, false) => Self::Superset,
            (false, true) => Self::Subset,
            (false, false) => Self::Overlap,
        }
    }
}

impl Range {
    /// All numbers.
    pub(crate) fn all() -> Self {
        Self::from_to(START, END)
    }

    /// Only this number.
    pub(crate) fn only(at: f64) -> Self {
        Self::from_to(before(at), after(at))
    }

    /// The numbers above this one.
    pub(crate) fn above(at: f64) -> Self {
        Self::from_to(after(at), END)
    }

    /// This number and those above it.
    pub(crate) fn at_least(at: f64) -> Self {
        Self::from_to(before(at), END)
    }

    /// The numbers below this one.
    pub(crate) fn below(at: f64) -> Self {
        Self::from_to(START, before(at))
    }

    /// This number and those below it.
    pub(crate) fn at_most(at: f64) -> Self {
        Self::from_to(START, after(at))
    }

    /// These two numbers, in whatever order they are given, and those between them.
    pub(crate) fn between(a: f64, b: f64) -> Self {
        Self::from_to(before(a.min(b)), after(a.max(b)))
    }

    fn from_to(from: Cut, to: Cut) -> Self {
        let is_empty = from.compare(to) != Ordering::Less;
        Self {
            parts: if is_empty {
                Vec::new()
            } else {
                vec![(from, to)]
            },
        }
    }

    /// What is in both.
    pub(crate) fn and(&self, other: &Self) -> Self {
        let mut parts = Vec::new();
        let (mut own, mut others) = (self.parts.iter().peekable(), other.parts.iter().peekable());
        while let (Some(&&(a, b)), Some(&&(c, d))) = (own.peek(), others.peek()) {
            let from = if a.compare(c) == Ordering::Less { c } else { a };
            let is_first_to_end = b.compare(d) == Ordering::Less;
            let to = if is_first_to_end { b } else { d };
            if from.compare(to) == Ordering::Less {
                parts.push((from, to));
            }
            if is_first_to_end {
                own.next();
            } else {
                others.next();
            }
        }
        Self { parts }
    }

    /// What is not in it.
    pub(crate) fn complement(&self) -> Self {
        let mut parts = Vec::new();
        let mut from = START;
        for &(start, end) in &self.parts {
            if from.compare(start) == Ordering::Less {
                parts.push((from, start));
            }
            from = end;
        }
        if from.compare(END) == Ordering::Less {
            parts.push((from, END));
        }
        Self { parts }
    }

    /// The whole numbers in it, each with what lies between it and the next: two of these are the same
    /// if they hold the same whole numbers.
    pub(crate) fn whole_numbers(&self) -> Self {
        // From before a number to before the next one.
        let up = |cut: Cut| {
            let is_whole = cut.at.fract() == 0.0 && cut.at.is_finite();
            match cut {
                START | END => cut,
                Cut { at, is_after: true } if is_whole => before(at + 1.0),
                Cut { at, .. } => before(at.ceil()),
            }
        };
        let mut parts: Vec<(Cut, Cut)> = Vec::new();
        for (from, to) in self.parts.iter().map(|&(from, to)| (up(from), up(to))) {
            match parts.last_mut() {
                _ if from.compare(to) != Ordering::Less => {}
                Some((_, end)) if end.compare(from) != Ordering::Less => *end = to,
                _ => parts.push((from, to)),
            }
        }
        Self { parts }
    }

    /// How it relates to `other`.
    pub(crate) fn relation_to(&self, other: &Self) -> Relation {
        let both = self.and(other);
        Relation::of(both == *other, both == *self)
    }

    #[cfg(test)]
    fn holds(&self, number: f64) -> bool {
        let place = |cut: Cut| before(number).compare(cut);
        self.parts
            .iter()
            .any(|&(from, to)| place(from) != Ordering::Less && place(to) == Ordering::Less)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn operators_are_compared_as_sets() {
        use Relation::{Overlap, Same, Subset, Superset};
        for (new, old, expected) in [
            (Range::below(5.0), Range::below(5.0), Same),
            (Range::below(5.0), Range::at_most(5.0), Subset),
            (Range::at_most(5.0), Range::below(5.0), Superset),
            (Range::below(10.0), Range::below(5.0), Superset),
            (Range::above(10.0), Range::above(5.0), Subset),
            (Range::only(0.0), Range::below(5.0), Subset),
            (Range::only(-0.0), Range::only(0.0), Same),
            (Range::between(1.0, 5.0), Range::between(5.0, 1.0), Same),
            (Range::between(1.0, 5.0), Range::between(2.0, 6.0), Overlap),
            (Range::all(), Range::only(1.0).complement(), Superset),
            (
                Range::between(1.0, 5.0).complement(),
                Range::above(5.0),
                Superset,
            ),
            (
                Range::at_least(1.0).and(&Range::at_most(5.0)),
                Range::between(1.0, 5.0),
                Same,
            ),
            (
                Range::above(5.0).and(&Range::below(5.0)),
                Range::only(5.0),
                Subset,
            ),
        ] {
            assert_eq!(new.relation_to(&old), expected, "{new:?} {old:?}");
        }
    }

    #[test]
    fn whole_numbers_leave_no_room_between_them() {
        let same = |a: Range, b: Range| {
            assert_eq!(a.whole_numbers(), b.whole_numbers(), "{a:?} {b:?}");
        };
        same(Range::below(5.0), Range::at_most(4.0));
        same(Range::above(0.0), Range::at_least(1.0));
        same(Range::at_least(0.5), Range::at_least(1.0));
        same(
            Range::above(4.0).and(&Range::below(5.0)),
            Range::all().complement(),
        );
        assert_ne!(
            Range::below(5.0).whole_numbers(),
            Range::at_most(5.0).whole_numbers()
        );
    }

    fn ranges() -> impl Strategy<Value = Range> {
        let number = || (-8..8i32).prop_map(|halves| f64::from(halves) / 2.0);
        let operator = prop_oneof![
            number().prop_map(Range::only),
            number().prop_map(Range::above),
            number().prop_map(Range::at_least),
            number().prop_map(Range::below),
            number().prop_map(Range::at_most),
            (number(), number()).prop_map(|(a, b)| Range::between(a, b)),
            (number(), number()).prop_map(|(a, b)| Range::between(a, b).complement()),
            number().prop_map(|a| Range::only(a).complement()),
        ];
        proptest::collection::vec(operator, 0..4).prop_map(|operators| {
            operators
                .iter()
                .fold(Range::all(), |range, operator| range.and(operator))
        })
    }

    /// Every end of the ranges above, what lies between two of them, and what lies beyond.
    fn samples() -> impl Iterator<Item = f64> {
        (-20..=20i32).map(|quarters| f64::from(quarters) / 4.0)
    }

    proptest! {
        #[test]
        fn relations_agree_with_samples(a in ranges(), b in ranges()) {
            let holds = samples().all(|n| a.holds(n) || !b.holds(n));
            let is_held = samples().all(|n| b.holds(n) || !a.holds(n));
            prop_assert_eq!(a.relation_to(&b), Relation::of(holds, is_held));
            let reversed = match a.relation_to(&b) {
                Relation::Subset => Relation::Superset,
                Relation::Superset => Relation::Subset,
                other => other,
            };
            prop_assert_eq!(b.relation_to(&a), reversed);
        }

        #[test]
        fn sets_behave_as_sets(a in ranges(), b in ranges()) {
            for n in samples() {
                prop_assert_eq!(a.and(&b).holds(n), a.holds(n) && b.holds(n));
                prop_assert_eq!(a.complement().holds(n), !a.holds(n));
                if n.fract() == 0.0 {
                    prop_assert_eq!(a.whole_numbers().holds(n), a.holds(n));
                }
            }
            prop_assert_eq!(a.complement().complement(), a);
        }

        #[test]
        fn whole_numbers_relate_as_their_samples(a in ranges(), b in ranges()) {
            let whole = || samples().filter(|n| n.fract() == 0.0);
            let holds = whole().all(|n| a.holds(n) || !b.holds(n));
            let is_held = whole().all(|n| b.holds(n) || !a.holds(n));
            let found = a.whole_numbers().relation_to(&b.whole_numbers());
            prop_assert_eq!(found, Relation::of(holds, is_held));
        }
    }
}
