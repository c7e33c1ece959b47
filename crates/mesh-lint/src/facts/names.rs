//! Field names: the words they are made of, and the ways to write them.

use std::ops::Deref;

use crate::vocabulary::FieldCase;

/// How many words of a name are told apart; a longer one is no name.
const MOST: usize = 16;

/// The words of a name, as they are written: `customer`, `Email` of `customer.Email`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words<'a> {
    words: [&'a str; MOST],
    count: usize,
}

impl<'a> Deref for Words<'a> {
    type Target = [&'a str];

    fn deref(&self) -> &[&'a str] {
        &self.words[..self.count]
    }
}

/// The words of `name`, however it is written: `order_date`, `orderDate`, `ORDER-DATE`, `XMLFile2`.
pub(crate) fn words(name: &str) -> Words<'_> {
    let mut found = Words {
        words: [""; MOST],
        count: 0,
    };
    for part in name.split(|c: char| !c.is_alphanumeric()) {
        let mut start = 0;
        let mut before = None;
        let mut characters = part.char_indices().peekable();
        while let Some((at, c)) = characters.next() {
            let is_hump = c.is_uppercase()
                && before.is_some_and(|before: char| {
                    // `orderDate`, and the last capital of `XMLFile`, but not the plural of `IDs`.
                    !before.is_uppercase()
                        || characters
                            .peek()
                            .is_some_and(|(_, next)| next.is_lowercase() && *next != 's')
                });
            if is_hump && start < at {
                found.push(&part[start..at]);
                start = at;
            }
            before = Some(c);
        }
        found.push(&part[start..]);
    }
    found
}

impl<'a> Words<'a> {
    fn push(&mut self, word: &'a str) {
        if !word.is_empty() {
            // Of too many, the first and the last remain, which say most.
            let at = self.count.min(MOST - 1);
            self.words[at] = word;
            self.count = at + 1;
        }
    }

    /// Whether one of the words is `word`.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.iter().any(|own| own.eq_ignore_ascii_case(word))
    }

    /// Whether the words end with those of `tail`, which are separated by spaces.
    pub(crate) fn end_with(&self, tail: &str) -> bool {
        ends_with(self, tail)
    }
}

/// Whether `words` end with those of `tail`, which are separated by spaces.
pub(crate) fn ends_with(words: &[&str], tail: &str) -> bool {
    let mut own = words.iter().rev();
    tail.rsplit(' ')
        .all(|word| own.next().is_some_and(|own| own.eq_ignore_ascii_case(word)))
}

/// In which of the ways of [`FieldCase::ALL`] a name is written: of one word, in several. Underscores
/// around it say something else.
pub(crate) fn ways(name: &str) -> [bool; FieldCase::ALL.len()] {
    let name = name.trim_matches('_');
    let first = name.chars().next();
    let (mut upper, mut lower, mut underscore, mut hyphen) = (false, false, false, false);
    for c in name.chars() {
        match c {
            '_' => underscore = true,
            '-' => hyphen = true,
            c if !c.is_alphanumeric() => return [false; FieldCase::ALL.len()],
            c => {
                upper |= c.is_uppercase();
                lower |= c.is_lowercase();
            }
        }
    }
    let is_joined = !underscore && !hyphen;
    FieldCase::ALL.map(|case| match case {
        FieldCase::Snake => !upper && !hyphen,
        FieldCase::Upper => !lower && !hyphen,
        FieldCase::Kebab => !upper && !underscore,
        FieldCase::Camel => is_joined && !first.is_some_and(char::is_uppercase),
        // Capitals alone are an abbreviation, such as `SKU`, or another way of writing.
        FieldCase::Pascal => {
            is_joined
                && !first.is_some_and(char::is_lowercase)
                && (lower || name.chars().count() <= 4)
        }
    })
}

/// Whether `name` is written in the way of `case`.
pub(crate) fn is_written(name: &str, case: FieldCase) -> bool {
    let mut ways = FieldCase::ALL.into_iter().zip(ways(name));
    ways.any(|(way, fits)| way == case && fits)
}

/// `name` in the way of `case`; underscores around it stay.
pub(crate) fn written_in(name: &str, case: FieldCase) -> String {
    let bare = name.trim_matches('_');
    let leading = name.len() - name.trim_start_matches('_').len();
    let trailing = name.len() - name.trim_end_matches('_').len();
    let separator = match case {
        FieldCase::Snake | FieldCase::Upper => "_",
        FieldCase::Kebab => "-",
        FieldCase::Camel | FieldCase::Pascal => "",
    };
    let mut written = "_".repeat(leading);
    for (index, word) in words(bare).iter().enumerate() {
        if index > 0 {
            written.push_str(separator);
        }
        let is_humped = match case {
            FieldCase::Camel => index > 0,
            FieldCase::Pascal => true,
            _ => false,
        };
        if is_humped {
            let mut characters = word.chars();
            written.extend(characters.next().into_iter().flat_map(char::to_uppercase));
            written.push_str(&characters.as_str().to_lowercase());
        } else if case == FieldCase::Upper {
            written.push_str(&word.to_uppercase());
        } else {
            written.push_str(&word.to_lowercase());
        }
    }
    written.push_str(&"_".repeat(trailing));
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart_however_they_are_written() {
        for (name, expected) in [
            ("order_date", &["order", "date"][..]),
            ("orderDate", &["order", "Date"]),
            ("OrderDate", &["Order", "Date"]),
            ("ORDER_DATE", &["ORDER", "DATE"]),
            ("order-date", &["order", "date"]),
            ("XMLFile2", &["XML", "File2"]),
            ("customerIDs", &["customer", "IDs"]),
            ("__order__", &["order"]),
            ("straßeNr", &["straße", "Nr"]),
            ("a.b c", &["a", "b", "c"]),
            ("isbn", &["isbn"]),
            ("", &[]),
        ] {
            assert_eq!(&*words(name), expected, "{name}");
        }
        let long = "a_".repeat(40) + "date";
        assert!(words(&long).end_with("date") && words(&long).len() == MOST);
    }

    #[test]
    fn a_tail_is_made_of_whole_words() {
        assert!(words("customerBirthDate").end_with("birth date"));
        assert!(!words("candidate").end_with("date"));
        assert!(!words("date").end_with("birth date"));
    }

    #[test]
    fn a_name_is_written_in_one_way_or_in_several() {
        use FieldCase::{Camel, Kebab, Pascal, Snake, Upper};
        for (name, expected) in [
            ("order_date", &[Snake][..]),
            ("orderDate", &[Camel]),
            ("OrderDate", &[Pascal]),
            ("ORDER_DATE", &[Upper]),
            ("order-date", &[Kebab]),
            ("status", &[Snake, Camel, Kebab]),
            ("line_2", &[Snake]),
            ("SKU", &[Pascal, Upper]),
            ("STATUS", &[Upper]),
            ("_loaded_at", &[Snake]),
            ("order date", &[]),
            ("Order_Date", &[]),
            ("straße", &[Snake, Camel, Kebab]),
        ] {
            let found: Vec<_> = FieldCase::ALL
                .into_iter()
                .filter(|case| is_written(name, *case))
                .collect();
            let expected: Vec<_> = FieldCase::ALL
                .into_iter()
                .filter(|case| expected.contains(case))
                .collect();
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn what_is_rewritten_is_written_that_way() {
        for name in [
            "order_date",
            "orderDate",
            "OrderDate",
            "ORDER_DATE",
            "Order Date",
            "_x_id",
        ] {
            for case in FieldCase::ALL {
                let written = written_in(name, case);
                assert!(is_written(&written, case), "{name} {case:?} {written}");
                assert_eq!(written_in(&written, case), written, "{name} {case:?}");
            }
        }
        assert_eq!(written_in("orderDate", FieldCase::Snake), "order_date");
        assert_eq!(written_in("ORDER_DATE", FieldCase::Camel), "orderDate");
        assert_eq!(
            written_in("_loadedAt", FieldCase::Upper),
            "_LOADED_AT",
            "underscores around a name stay"
        );
    }
}
