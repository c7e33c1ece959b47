//! Numbers without loss: what a float cannot hold is told apart all the same.

use std::cmp::Ordering;

/// A decimal number: its digits times ten to the power of an exponent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    is_negative: bool,
    /// Without zeros at either end; nothing for zero.
    digits: String,
    /// The power of ten of the place after the last digit's.
    exponent: i64,
}

impl Number {
    /// Reads `-12`, `0.50` or `1.5e3`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (is_negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, i64::from(exponent.parse::<i32>().ok()?)),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all: String = [whole, fraction].concat();
        if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let significant = all.trim_start_matches('0').trim_end_matches('0');
        if significant.is_empty() {
            return Some(Self {
                is_negative: false,
                digits: String::new(),
                exponent: 0,
            });
        }
        let trailing = all.len() - all.trim_end_matches('0').len();
        let places = |count: usize| i64::try_from(count).ok();
        Some(Self {
            is_negative,
            digits: significant.to_owned(),
            exponent: exponent - places(fraction.len())? + places(trailing)?,
        })
    }

    /// One text for every notation of the number.
    pub(crate) fn canonical(&self) -> String {
        let sign = if self.is_negative { "-" } else { "" };
        format!("{sign}{}e{}", self.digits, self.exponent)
    }

    /// The whole number that it is, if it is one that is not too large.
    pub(crate) fn whole(&self) -> Option<i128> {
        self.times_ten_to(0)
    }

    /// Whether it is `other` times a whole number; `None` if the numbers are too large to tell.
    pub(crate) fn is_multiple_of(&self, other: &Self) -> Option<bool> {
        let exponent = self.exponent.min(other.exponent).min(0);
        let own = self.times_ten_to(exponent.checked_neg()?)?;
        let others = other.times_ten_to(exponent.checked_neg()?)?;
        own.checked_rem(others).map(|rest| rest == 0)
    }

    fn times_ten_to(&self, power: i64) -> Option<i128> {
        if self.digits.is_empty() {
            return Some(0);
        }
        let power = u32::try_from(self.exponent.checked_add(power)?).ok()?;
        let digits: i128 = self.digits.parse().ok()?;
        let value = digits.checked_mul(10i128.checked_pow(power)?)?;
        Some(if self.is_negative { -value } else { value })
    }

    /// The power of ten of the first digit's place.
    fn magnitude(&self) -> i64 {
        let length = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        self.exponent.saturating_add(length)
    }

    fn cmp_absolute(&self, other: &Self) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            // Digits that start at the same place are in the order of their texts.
            (false, false) => self
                .magnitude()
                .cmp(&other.magnitude())
                .then_with(|| self.digits.cmp(&other.digits)),
        }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_negative, other.is_negative) {
            (false, false) => self.cmp_absolute(other),
            (true, true) => other.cmp_absolute(self),
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).expect("it is a number")
    }

    #[test]
    fn numbers_are_ordered_without_loss() {
        let texts = [
            "-1e3",
            "-12.5",
            "-12",
            "-0.01",
            "0",
            "0.001",
            "0.01",
            "0.1",
            "1",
            "1.05",
            "1.5",
            "10",
            "99",
            "100",
            "9007199254740992",
            "9007199254740993",
            "1e300",
            "1e999",
        ];
        for (at, text) in texts.iter().enumerate() {
            for (other_at, other) in texts.iter().enumerate() {
                let order = number(text).cmp(&number(other));
                assert_eq!(order, at.cmp(&other_at), "{text} {other}");
            }
        }
        for same in [
            ["1", "1.0"],
            ["-0", "0.00"],
            ["1e2", "100"],
            ["+5", "0.5E1"],
        ] {
            assert_eq!(number(same[0]), number(same[1]));
        }
        for text in [
            "",
            "-",
            ".",
            "1e",
            "NaN",
            "0x10",
            "1 2",
            "1e99999999999",
            "--1",
        ] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }

    #[test]
    fn multiples_are_exact() {
        let is_multiple = |a: &str, b: &str| number(a).is_multiple_of(&number(b));
        assert_eq!(is_multiple("0.3", "0.1"), Some(true));
        assert_eq!(is_multiple("10", "2.5"), Some(true));
        assert_eq!(is_multiple("0.1", "0.3"), Some(false));
        assert_eq!(is_multiple("1e40", "3"), None);
        assert_eq!(is_multiple("4", "0"), None);
    }

    proptest! {
        #[test]
        fn whole_numbers_are_in_their_order(a: i64, b: i64) {
            let (one, other) = (number(&a.to_string()), number(&b.to_string()));
            prop_assert_eq!(one.cmp(&other), a.cmp(&b));
            prop_assert_eq!(one.whole(), Some(i128::from(a)));
        }

        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,20}|[-+0-9.eE]{0,20}") {
            if let Some(number) = Number::parse(&text) {
                prop_assert_eq!(number.cmp(&number), Ordering::Equal);
                let _ = (number.whole(), number.is_multiple_of(&number));
            }
        }
    }
}
