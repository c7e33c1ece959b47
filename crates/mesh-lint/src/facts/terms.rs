//! The words that names consist of, and which of them say something.

/// The words of a name or a short text, however they are joined: `net_amount`, `netAmount`,
/// `Net amount`.
pub(crate) fn words(name: &str) -> impl Iterator<Item = &str> {
    let parts = name.split(|c: char| !c.is_alphanumeric());
    parts.flat_map(humps).filter(|word| !word.is_empty())
}

/// The words of a camelCase name.
fn humps(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut chars = rest.char_indices().peekable();
        let mut end = rest.len();
        while let (Some((_, c)), Some(&(next, following))) = (chars.next(), chars.peek()) {
            if c.is_lowercase() && following.is_uppercase() {
                end = next;
                break;
            }
        }
        let (word, others) = rest.split_at(end);
        rest = others;
        Some(word)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words_in_every_case() {
        for name in [
            "net_order_value",
            "netOrderValue",
            "Net order value",
            "NET-ORDER-VALUE",
        ] {
            let found: Vec<_> = words(name).map(str::to_lowercase).collect();
            assert_eq!(found, ["net", "order", "value"], "{name}");
        }
        assert_eq!(words("customerID").collect::<Vec<_>>(), ["customer", "ID"]);
        assert_eq!(words("__x").collect::<Vec<_>>(), ["x"]);
        assert_eq!(words("").count(), 0);
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
}
