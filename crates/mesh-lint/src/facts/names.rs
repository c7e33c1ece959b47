//! Names: which of their words say something, and the ways to write them.

use mesh_spec::terms::words::words;
use mesh_spec::vocabulary::FieldCase;

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
