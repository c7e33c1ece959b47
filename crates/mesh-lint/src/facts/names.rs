//! Names: the words they are made of, which of them say something, and the ways to write them.

use std::ops::Deref;

use mesh_spec::vocabulary::FieldCase;

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
pub(crate) fn words_of_text(text: &str) -> impl Iterator<Item = &str> {
    split(text, |before, _| !before.is_uppercase())
}

/// As [`words_of_text`], but digits hold a word together: `sha256Sum` is one.
pub(crate) fn terms(text: &str) -> impl Iterator<Item = &str> {
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

/// Whether `word` says something about what a thing is.
///
/// Others are those that hundreds of fields have in common: of a name made of these alone, nobody
/// can say what it means without its table.
pub(crate) fn is_telling(word: &str) -> bool {
    match word.to_ascii_lowercase().as_str() {
        "a" | "active" | "added" | "amount" | "an" | "and" | "at" | "attribute" | "average"
        | "avg" | "begin" | "by" | "category" | "changed" | "city" | "class" | "code"
        | "column" | "comment" | "count" | "country" | "created" | "creation" | "currency"
        | "current" | "data" | "date" | "datetime" | "day" | "default" | "deleted" | "desc"
        | "description" | "document" | "email" | "enabled" | "end" | "event" | "external"
        | "field" | "file" | "first" | "flag" | "for" | "format" | "from" | "full" | "gross"
        | "group" | "has" | "hash" | "hour" | "id" | "identifier" | "in" | "index" | "ingested"
        | "inserted" | "internal" | "is" | "item" | "key" | "kind" | "label" | "language"
        | "last" | "level" | "line" | "list" | "load" | "loaded" | "locale" | "location"
        | "long" | "master" | "max" | "maximum" | "measure" | "message" | "min" | "minimum"
        | "minute" | "modified" | "month" | "name" | "net" | "new" | "no" | "note" | "notes"
        | "nr" | "num" | "number" | "object" | "occurred" | "of" | "old" | "on" | "origin"
        | "owner" | "parent" | "percent" | "percentage" | "period" | "phone" | "position"
        | "previous" | "price" | "primary" | "priority" | "process" | "processed" | "quantity"
        | "quarter" | "rank" | "rate" | "ratio" | "reason" | "record" | "recorded" | "ref"
        | "reference" | "region" | "remark" | "result" | "row" | "score" | "seq" | "sequence"
        | "short" | "size" | "sort" | "source" | "start" | "state" | "status" | "sub" | "sum"
        | "surrogate" | "system" | "tag" | "target" | "test" | "text" | "the" | "time"
        | "timestamp" | "title" | "to" | "total" | "ts" | "type" | "unit" | "until" | "updated"
        | "url" | "user" | "uuid" | "valid" | "value" | "version" | "via" | "week" | "with"
        | "year" => false,
        other => !other.bytes().all(|byte| byte.is_ascii_digit()),
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
    fn telling_words_are_told_from_generic_ones() {
        for word in ["customer", "Equipment", "gtin", "deviation"] {
            assert!(is_telling(word), "{word}");
        }
        for word in [
            "id",
            "ID",
            "Status",
            "name",
            "description",
            "42",
            "timestamp",
        ] {
            assert!(!is_telling(word), "{word}");
        }
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
