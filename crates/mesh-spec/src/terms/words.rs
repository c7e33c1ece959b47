//! The words that names and texts are made of.

use std::ops::Deref;

/// How many words of a name are told apart; a longer one is no name.
const MOST: usize = 16;

/// The words of a name, as they are written: `customer`, `Email` of `customer.Email`.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    words: [&'a str; MOST],
    count: usize,
}

impl<'a> Deref for Words<'a> {
    type Target = [&'a str];

    fn deref(&self) -> &[&'a str] {
        &self.words[..self.count]
    }
}

impl<'a> Words<'a> {
    fn push(&mut self, word: &'a str) {
        // Of too many, the first and the last remain, which say most.
        let at = self.count.min(MOST - 1);
        self.words[at] = word;
        self.count = at + 1;
    }

    /// Whether one of the words is `word`.
    pub fn has(&self, word: &str) -> bool {
        self.iter().any(|own| own.eq_ignore_ascii_case(word))
    }

    /// Whether the words end with those of `tail`, which are separated by spaces.
    pub fn end_with(&self, tail: &str) -> bool {
        ends_with(self, tail)
    }
}

/// The words of `name`, however it is written: `order_date`, `orderDate`, `ORDER-DATE`, `XMLFile2`.
pub fn words(name: &str) -> Words<'_> {
    let mut found = Words {
        words: [""; MOST],
        count: 0,
    };
    // `orderDate`, and the last capital of `XMLFile`, but not the plural of `IDs`.
    let is_hump = |before: char, next: Option<char>| {
        !before.is_uppercase() || next.is_some_and(|next| next.is_lowercase() && next != 's')
    };
    for word in split(name, is_hump) {
        found.push(word);
    }
    found
}

/// The words of a text of any length, or of a name of which an abbreviation such as `XMLFile` is one
/// word: `orderId`, `order_id` and `order id` have the same two.
pub fn words_of_text(text: &str) -> impl Iterator<Item = &str> {
    split(text, |before, _| !before.is_uppercase())
}

/// As [`words_of_text`], but digits hold a word together: `sha256Sum` is one.
pub fn terms(text: &str) -> impl Iterator<Item = &str> {
    split(text, |before, _| before.is_lowercase())
}

/// Cuts `text` at what is neither letter nor digit, and in front of each capital that `is_hump` by
/// the character before it and the one after it.
fn split(text: &str, is_hump: impl Fn(char, Option<char>) -> bool) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        let mut before = None;
        let mut characters = rest.char_indices().peekable();
        let mut end = rest.len();
        while let Some((at, c)) = characters.next() {
            let next = characters.peek().map(|(_, next)| *next);
            let next = next.filter(|next| next.is_alphanumeric());
            if !c.is_alphanumeric()
                || c.is_uppercase() && before.is_some_and(|before| is_hump(before, next))
            {
                end = at;
                break;
            }
            before = Some(c);
        }
        let (word, others) = rest.split_at(end);
        rest = others;
        (!word.is_empty()).then_some(word)
    })
}

/// Whether `words` end with those of `tail`, which are separated by spaces.
pub fn ends_with(words: &[&str], tail: &str) -> bool {
    let mut own = words.iter().rev();
    tail.rsplit(' ')
        .all(|word| own.next().is_some_and(|own| own.eq_ignore_ascii_case(word)))
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
    fn texts_are_taken_apart_with_abbreviations_whole() {
        let text = "orderID of the net_valueAmount2EUR, XMLFile, Größe";
        let found: Vec<_> = words_of_text(text).collect();
        let expected = [
            "order", "ID", "of", "the", "net", "value", "Amount2", "EUR", "XMLFile", "Größe",
        ];
        assert_eq!(found, expected);
        assert_eq!(words_of_text(&"a ".repeat(40)).count(), 40);
        for text in [
            "net_order_value",
            "netOrderValue",
            "Net order value",
            "NET-ORDER-VALUE",
        ] {
            let found: Vec<_> = terms(text).map(str::to_lowercase).collect();
            assert_eq!(found, ["net", "order", "value"], "{text}");
        }
        assert_eq!(terms("customerID").collect::<Vec<_>>(), ["customer", "ID"]);
        assert_eq!(terms("sha256Sum").collect::<Vec<_>>(), ["sha256Sum"]);
        assert_eq!(terms("__x").collect::<Vec<_>>(), ["x"]);
        assert_eq!(terms("").count(), 0);
    }

    #[test]
    fn a_tail_is_made_of_whole_words() {
        assert!(words("customerBirthDate").end_with("birth date"));
        assert!(!words("candidate").end_with("date"));
        assert!(!words("date").end_with("birth date"));
    }
}
