use std::ops::Range;

/// A range of bytes in one [`Source`](crate::Source): `start` inclusive, `end` exclusive, 0-based.
///
/// Both ends lie on character boundaries of the source's text. Sources are limited to less than
/// 4 GiB, so 32 bits suffice and a tree of millions of nodes stays small.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end`; an `end` before `start` gives an empty span at `start`.
    pub fn new(start: u32, end: u32) -> Self {
        Self {
            start,
            end: end.max(start),
        }
    }

    /// The empty span at `offset`.
    pub fn empty(offset: u32) -> Self {
        Self::new(offset, offset)
    }

    /// Length in bytes.
    pub fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether the span covers no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `other` lies within this span.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The span as a range for indexing into the text.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}
