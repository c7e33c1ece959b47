//! Values as YAML text.

use serde_json::Value as Json;

use crate::yaml::scalar::{Resolved, resolve};

/// How a text is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// Not at all, where that is safe, and with double quotes elsewhere.
    Plain,
    /// `'…'`
    Single,
    /// `"…"`
    Double,
}

/// How a document is laid out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// The line break.
    pub(super) newline: &'static str,
    /// Columns from a key to the keys of the mapping under it.
    pub(super) step: usize,
    /// Columns from a key to the dashes of the list under it.
    pub(super) dash: usize,
}

/// The longest text that is written without quotes, and the longest key.
const LONGEST: usize = 1000;

impl Quotes {
    /// How the scalar that is written as `raw` is quoted.
    pub(super) fn of(raw: &str) -> Self {
        match raw.as_bytes().first() {
            Some(b'"') => Self::Double,
            Some(b'\'') => Self::Single,
            _ => Self::Plain,
        }
    }
}

/// `value` on one line. `in_flow`: between brackets or braces, where commas separate.
pub(super) fn inline(value: &Json, quotes: Quotes, in_flow: bool) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(_) | Json::Number(_) => value.to_string(),
        Json::String(text) => string(text, quotes, in_flow),
        Json::Array(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|item| inline(item, quotes, true))
                .collect();
            format!("[{}]", items.join(", "))
        }
        Json::Object(map) => {
            let entries: Vec<String> = map
                .iter()
                .map(|(key, value)| entry_inline(key, value, quotes))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// `key: value` on one line, between braces.
pub(super) fn entry_inline(key: &str, value: &Json, quotes: Quotes) -> String {
    format!(
        "{}: {}",
        string(key, quotes, true),
        inline(value, quotes, true)
    )
}

/// `value` as lines of a block, each indented by `indent`. A scalar or an empty collection is one
/// line.
pub(super) fn block(value: &Json, indent: usize, style: Style) -> Vec<String> {
    let margin = " ".repeat(indent);
    match value {
        Json::Object(map) if !map.is_empty() => map
            .iter()
            .flat_map(|(key, value)| entry(key, value, indent, style))
            .collect(),
        Json::Array(items) if !items.is_empty() => items
            .iter()
            .flat_map(|value| item(value, indent, 2, style))
            .collect(),
        other => vec![format!("{margin}{}", inline(other, Quotes::Plain, false))],
    }
}

/// `key: value` as lines of a block.
pub(super) fn entry(key: &str, value: &Json, indent: usize, style: Style) -> Vec<String> {
    let head = format!(
        "{}{}:",
        " ".repeat(indent),
        string(key, Quotes::Plain, false)
    );
    under(head, value, indent, style)
}

/// `- value` as lines of a block. What belongs to the item is `width` columns behind its dash.
pub(super) fn item(value: &Json, indent: usize, width: usize, style: Style) -> Vec<String> {
    let margin = " ".repeat(indent);
    if is_block(value) {
        let mut lines = block(value, indent + width, style);
        let first = lines[0].split_off(indent + width);
        lines[0] = format!("{margin}-{}{first}", " ".repeat(width - 1));
        return lines;
    }
    let head = format!("{margin}-{}", " ".repeat(width - 2));
    under(head, value, indent, style)
}

/// `value` behind `head`, which ends with a colon or a dash.
pub(super) fn under(head: String, value: &Json, indent: usize, style: Style) -> Vec<String> {
    let mut lines = vec![head];
    match value {
        Json::Object(map) if !map.is_empty() => {
            lines.extend(block(value, indent + style.step, style));
        }
        Json::Array(items) if !items.is_empty() => {
            lines.extend(block(value, indent + style.dash, style));
        }
        Json::String(text) if literal_header(text).is_some() => {
            lines[0] += &format!(" {}", literal_header(text).unwrap_or_default());
            lines.extend(literal(text, indent + style.step));
        }
        other => lines[0] += &format!(" {}", inline(other, Quotes::Plain, false)),
    }
    lines
}

/// Whether a value is written on lines of its own.
pub(super) fn is_block(value: &Json) -> bool {
    match value {
        Json::Object(map) => !map.is_empty(),
        Json::Array(items) => !items.is_empty(),
        _ => false,
    }
}

/// What a text of several lines starts with as a literal block; `None` if it cannot be one as it
/// is, or is one line.
pub(super) fn literal_header(text: &str) -> Option<&'static str> {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let is_line = |line: &str| line.trim_end() == line && line.chars().all(is_printable);
    let fits = body.contains('\n')
        && !body.starts_with([' ', '\n'])
        && !body.ends_with('\n')
        && body.split('\n').all(is_line);
    match (fits, text.len() > body.len()) {
        (false, _) => None,
        (true, true) => Some("|"),
        (true, false) => Some("|-"),
    }
}

/// The lines of a literal block.
pub(super) fn literal(text: &str, indent: usize) -> Vec<String> {
    let margin = " ".repeat(indent);
    let body = text.strip_suffix('\n').unwrap_or(text);
    body.split('\n')
        .map(|line| {
            if line.is_empty() {
                String::new()
            } else {
                format!("{margin}{line}")
            }
        })
        .collect()
}

/// `text` as a scalar on one line.
pub(super) fn string(text: &str, quotes: Quotes, in_flow: bool) -> String {
    match quotes {
        Quotes::Plain if is_plain(text, in_flow) => text.to_owned(),
        Quotes::Single if text.chars().all(is_printable) => {
            format!("'{}'", text.replace('\'', "''"))
        }
        _ => double_quoted(text),
    }
}

/// Whether `text` can stand without quotes, and means itself to readers of YAML 1.2 and of 1.1.
fn is_plain(text: &str, in_flow: bool) -> bool {
    let Some(first) = text.chars().next() else {
        return false;
    };
    let is_separated = |at: usize| {
        let next = text[at + 1..].chars().next();
        next.is_none_or(|c| c == ' ' || (in_flow && ",[]{}".contains(c)))
    };
    text.len() <= LONGEST
        && resolve(text) == Resolved::String
        && !is_special_in_1_1(text)
        && text.trim() == text
        && text.chars().all(is_printable)
        && !"-?:,[]{}#&*!|>'\"%@`".contains(first)
        && !text.starts_with("...")
        && !text.contains(" #")
        && !text.match_indices(':').any(|(at, _)| is_separated(at))
        && !(in_flow && text.contains([',', '[', ']', '{', '}']))
}

/// Whether a reader of YAML 1.1 takes `text` for something else than a text.
fn is_special_in_1_1(text: &str) -> bool {
    const WORDS: [&str; 11] = [
        "y", "n", "yes", "no", "on", "off", "true", "false", "null", "=", "<<",
    ];
    let is_word = WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && (is_number_in_1_1(unsigned) || is_date(text));
    is_word || is_number
}

/// Numbers with underscores, in other bases, in base sixty, and those that are none.
fn is_number_in_1_1(unsigned: &str) -> bool {
    let lower = unsigned.to_ascii_lowercase();
    let digits: String = lower.chars().filter(|c| *c != '_').collect();
    let sixty = digits.contains(':')
        && digits
            .split(':')
            .all(|part| part.chars().all(|c| c.is_ascii_digit() || c == '.'));
    let binary = digits
        .strip_prefix("0b")
        .is_some_and(|rest| rest.chars().all(|c| matches!(c, '0' | '1')));
    sixty
        || binary
        || matches!(digits.as_str(), ".inf" | ".nan")
        || (lower.contains('_') && resolve(&digits) == Resolved::Number)
}

/// Whether `text` starts like a date.
fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let is_number = |part: Option<&str>, lengths: &[usize]| {
        part.is_some_and(|part| {
            lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
        })
    };
    is_number(parts.next(), &[4])
        && is_number(parts.next(), &[1, 2])
        && parts
            .next()
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether `c` may stand in a text as it is. Line breaks and tabs are not: they are folded.
fn is_printable(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..)
        && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

fn double_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_printable(c) => out.push(c),
            c => out.push_str(&format!("\\u{:04X}", u32::from(c))),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use mesh_diagnostics::Source;
    use serde_json::json;

    use super::*;
    use crate::yaml::parse;

    const STYLE: Style = Style {
        newline: "\n",
        step: 2,
        dash: 2,
    };

    fn read(text: &str) -> Json {
        let (tree, problems) = parse(&Arc::new(Source::new("a", text)));
        assert_eq!(problems, [], "{text}");
        tree.expect("a tree").to_json()
    }

    #[test]
    fn a_text_is_quoted_only_where_it_would_be_read_as_something_else() {
        for plain in [
            "orders",
            "sales-order",
            "1.0.0",
            "v1",
            "http://a/b?c=d",
            "a b",
            "größe",
            "a:b",
            "x#y",
            "2024-01",
            "1.2.3-rc.1",
        ] {
            assert_eq!(string(plain, Quotes::Plain, false), plain);
        }
        for quoted in [
            "",
            "no",
            "Yes",
            "ON",
            "y",
            "null",
            "~",
            "true",
            "1.10",
            "0x1F",
            "1_000",
            "0b11",
            "12:30",
            "12:30:45",
            "2024-01-01",
            "2024-1-1T10:00:00Z",
            ".inf",
            ".NaN",
            "- a",
            "-",
            "a: b",
            "a #b",
            "# a",
            "a:",
            "*a",
            "&a",
            "!a",
            "|",
            "> a",
            "%a",
            "@a",
            "`a",
            "[a",
            "{a",
            "'a",
            "\"a",
            " a",
            "a ",
            "a\nb",
            "a\tb",
            "=",
            "<<",
            "...",
            "---",
            "? a",
            ":",
            "\u{feff}a",
            "\u{85}",
            "\u{7f}",
        ] {
            let written = string(quoted, Quotes::Plain, false);
            assert!(written.starts_with('"'), "{written}");
        }
    }

    #[test]
    fn whatever_is_written_is_read_back() {
        let texts = [
            "",
            "a",
            "no",
            "1.10",
            "a: b",
            "it's",
            "say \"x\"",
            "a\nb",
            "a\nb\n",
            "a\n\nb\n\n",
            " a\nb",
            "\\",
            "a,b",
            "[x]",
            "a]b",
            "x:",
            "\t",
            "\r\n",
            "\u{1F600}",
            "\u{0}",
            "- x",
            "a\n  b\n",
            "a \nb",
        ];
        for text in texts {
            for quotes in [Quotes::Plain, Quotes::Single, Quotes::Double] {
                let one = inline(
                    &json!({text: text, "z": [text, {"k": text}]}),
                    quotes,
                    false,
                );
                assert_eq!(
                    read(&one),
                    json!({text: text, "z": [text, {"k": text}]}),
                    "{one}"
                );
            }
            for dash in [0, 2, 4] {
                let value = json!({"k": {text: text, "l": [text, [text], {"m": text, "n": [1]}, {}, []]}, "e": [[[1]]]});
                let style = Style { dash, ..STYLE };
                let lines = block(&value, 0, style).join("\n") + "\n";
                assert_eq!(read(&lines), value, "{lines}");
            }
        }
    }

    #[test]
    fn a_block_is_laid_out_as_people_do() {
        let value = json!({"team": {"name": "Orders", "members": [{"username": "ada", "tags": ["a", "b"]}]}, "note": "one\ntwo\n"});
        assert_eq!(
            block(&value, 0, STYLE).join("\n"),
            "team:\n  name: Orders\n  members:\n    - username: ada\n      tags:\n        - a\n        - b\nnote: |\n  one\n  two"
        );
    }
}
