//! What the text of a physical type says.
//!
//! A type is a name of one or more words, with arguments after the name or within it (`decimal(10,2)`,
//! `timestamp(3) with time zone`), the types of its parts (`array<int>`, `row(a int, b date)`), and
//! what else is said of it (`not null`, `[]`).

use super::lex::{self, Token};
use super::names;
use super::{Dialect, Family, Limit, Text, Type};

/// How deep types are read that consist of others. What is deeper is compared by its text.
const DEEPEST: usize = 24;

/// The head of a type, taken apart.
pub(super) struct Named<'t> {
    pub(super) dialect: Dialect,
    /// The name, without what modifies it.
    pub(super) name: String,
    /// What stands in brackets, if there are any.
    pub(super) parts: Option<Vec<&'t [Token]>>,
    /// The words that say something about a type beside its name.
    pub(super) words: Words,
    depth: usize,
}

/// Words that were taken from a name.
#[derive(Default)]
pub(super) struct Words {
    pub(super) is_unsigned: bool,
    pub(super) is_bits: bool,
    pub(super) zone: Option<ZoneWords>,
    pub(super) charset: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ZoneWords {
    With,
    WithLocal,
    Without,
}

impl Type {
    /// The type that `text` names in `dialect`; [`Type::Other`] if it is none that mesh knows.
    pub fn parse(text: &str, dialect: Dialect) -> Self {
        match lex::tokens(text) {
            Some(tokens) if !tokens.is_empty() => of(&tokens, dialect, DEEPEST),
            _ => Self::Other(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        }
    }
}

/// The type that `tokens` name.
fn of(tokens: &[Token], dialect: Dialect, depth: usize) -> Type {
    let other = || Type::Other(text_of(tokens, dialect));
    if depth == 0 {
        return other();
    }
    if let Some((inner, length)) = split_dimension(tokens) {
        return dimension(inner, length, dialect, depth);
    }
    let open = tokens
        .iter()
        .position(|token| matches!(token, Token::Open(')' | '>')));
    let (head, inner, tail) = match open {
        None => (tokens, None, &[][..]),
        Some(open) => match lex::closing(tokens, open) {
            Some(close) => (
                &tokens[..open],
                Some(&tokens[open + 1..close]),
                &tokens[close + 1..],
            ),
            None => return other(),
        },
    };
    if let Some(Token::Word(first)) = head.first()
        && first.eq_ignore_ascii_case("interval")
    {
        return Type::Plain {
            family: Family::Interval,
            form: text_of(tokens, dialect).to_lowercase(),
        };
    }
    let mut words = Vec::new();
    for token in head.iter().chain(tail) {
        match token {
            Token::Word(word) => words.push(word.as_str()),
            Token::Quoted(text) => words.push(text.as_str()),
            _ => return other(),
        }
    }
    let mut words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    if words.is_empty() {
        return other();
    }
    // `integer array` is `integer[]`.
    if inner.is_none() && words.len() > 1 && words.last().is_some_and(|word| word == "array") {
        return Type::Array {
            element: Some(Box::new(of(
                &tokens[..tokens.len() - 1],
                dialect,
                depth - 1,
            ))),
            length: None,
        };
    }
    let may_be_null = nulls(&mut words);
    let modifiers = modifiers(&mut words);
    let named = Named {
        dialect,
        name: words.join(" "),
        parts: inner.map(lex::parts),
        words: modifiers,
        depth: depth - 1,
    };
    let found = names::resolve(&named).unwrap_or_else(other);
    match may_be_null {
        Some(are_allowed) if !matches!(found, Type::Other(_)) => Type::Nulls {
            are_allowed,
            inner: Box::new(found),
        },
        _ => found,
    }
}

/// What stands before `[]` or `[3]` at the end, and the number.
fn split_dimension(tokens: &[Token]) -> Option<(&[Token], Option<i64>)> {
    match tokens {
        [inner @ .., Token::Open(']'), Token::Close(']')] if !inner.is_empty() => {
            Some((inner, None))
        }
        [
            inner @ ..,
            Token::Open(']'),
            Token::Number(length),
            Token::Close(']'),
        ] if !inner.is_empty() => Some((inner, Some(*length))),
        _ => None,
    }
}

/// `integer[]`, `integer[3]`; but `varchar[50]` is how many write `varchar(50)`.
fn dimension(inner: &[Token], length: Option<i64>, dialect: Dialect, depth: usize) -> Type {
    let element = of(inner, dialect, depth - 1);
    if let (Some(length), Type::Text(text), [_]) = (length, &element, inner)
        && dialect != Dialect::DuckDb
        && matches!(inner, [Token::Word(word)] if !word.eq_ignore_ascii_case("text"))
    {
        return Type::Text(Text {
            length: Limit::At(length),
            ..text.clone()
        });
    }
    Type::Array {
        element: Some(Box::new(element)),
        // Postgres takes the number and does not hold to it.
        length: length.filter(|_| dialect != Dialect::Postgres),
    }
}

/// Takes `null` and `not null`.
fn nulls(words: &mut Vec<String>) -> Option<bool> {
    if take(words, &["not", "null"]) {
        Some(false)
    } else if words.len() > 1 && take(words, &["null"]) {
        Some(true)
    } else {
        None
    }
}

/// Takes the words that do not belong to a name.
fn modifiers(words: &mut Vec<String>) -> Words {
    let mut found = Words::default();
    for (sequence, zone) in [
        (&["with", "local", "time", "zone"][..], ZoneWords::WithLocal),
        (&["with", "time", "zone"], ZoneWords::With),
        (&["with", "timezone"], ZoneWords::With),
        (&["without", "time", "zone"], ZoneWords::Without),
        (&["without", "timezone"], ZoneWords::Without),
    ] {
        if take(words, sequence) {
            found.zone = Some(zone);
        }
    }
    if words.len() > 1 {
        found.is_unsigned = take(words, &["unsigned"]);
        // Filled up with zeros when shown, which only numbers without a sign are.
        found.is_unsigned |= take(words, &["zerofill"]);
        take(words, &["signed"]);
        found.is_bits = take(words, &["for", "bit", "data"]);
    }
    for sequence in [&["character", "set"][..], &["charset"], &["collate"]] {
        if let Some(at) = position(words, sequence)
            && at > 0
            && at + sequence.len() < words.len()
        {
            let taken: Vec<String> = words.drain(at..=at + sequence.len()).collect();
            found.charset += &taken[sequence.len()];
            found.charset.push(' ');
        }
    }
    found
}

fn position(words: &[String], sequence: &[&str]) -> Option<usize> {
    words
        .windows(sequence.len())
        .position(|window| window.iter().zip(sequence).all(|(own, word)| own == word))
}

fn take(words: &mut Vec<String>, sequence: &[&str]) -> bool {
    let Some(at) = position(words, sequence) else {
        return false;
    };
    words.drain(at..at + sequence.len());
    true
}

impl Named<'_> {
    /// The arguments, if all of them are numbers.
    pub(super) fn numbers(&self) -> Option<Vec<i64>> {
        let parts = self.parts.iter().flatten();
        parts
            .map(|part| match part {
                [Token::Number(number)] => Some(*number),
                _ => None,
            })
            .collect()
    }

    /// The only argument: a number if there is one, and a word after it or in its place, in lower case.
    pub(super) fn amount(&self) -> Option<(Option<i64>, Option<String>)> {
        match self.parts.as_deref().unwrap_or_default() {
            [] => Some((None, None)),
            [[Token::Number(number)]] => Some((Some(*number), None)),
            [[Token::Number(number), Token::Word(word)]] => {
                Some((Some(*number), Some(word.to_lowercase())))
            }
            [[Token::Word(word)]] => Some((None, Some(word.to_lowercase()))),
            _ => None,
        }
    }

    /// The time zone that is the last argument, after a number if there is one.
    pub(super) fn place(&self) -> Option<(Option<i64>, &str)> {
        match self.parts.as_deref()? {
            [[Token::Quoted(place)]] => Some((None, place)),
            [[Token::Number(number)], [Token::Quoted(place)]] => Some((Some(*number), place)),
            _ => None,
        }
    }

    /// The arguments that are quoted.
    pub(super) fn quoted(&self) -> Vec<String> {
        let parts = self.parts.iter().flatten();
        parts
            .filter_map(|part| match part.first() {
                Some(Token::Quoted(text)) => Some(text.clone()),
                _ => None,
            })
            .collect()
    }

    /// How many arguments there are.
    pub(super) fn count(&self) -> usize {
        self.parts.as_ref().map_or(0, Vec::len)
    }

    /// The type that an argument is.
    pub(super) fn part(&self, at: usize) -> Option<Type> {
        let part = self.parts.as_ref()?.get(at)?;
        (!part.is_empty()).then(|| of(part, self.dialect, self.depth))
    }

    /// The parts of a structure: `a int`, `a: int`, `int`.
    pub(super) fn fields(&self) -> Option<Vec<(String, Type)>> {
        let parts = self.parts.as_ref()?;
        let fields = parts.iter().map(|part| {
            let part = without_comment(part);
            let name = |token: &Token| match token {
                Token::Word(name) if self.dialect.ignores_case() => Some(name.to_lowercase()),
                Token::Word(name) | Token::Quoted(name) => Some(name.clone()),
                _ => None,
            };
            let (name, rest) = match part {
                [first, Token::Colon, rest @ ..] => (name(first)?, rest),
                [first, rest @ ..] if is_name(first, rest) => (name(first)?, rest),
                rest => (String::new(), rest),
            };
            (!rest.is_empty()).then(|| (name, of(rest, self.dialect, self.depth)))
        });
        fields.collect()
    }

    /// The arguments as text, in one spelling.
    pub(super) fn form(&self) -> String {
        let parts = self.parts.iter().flatten();
        let parts: Vec<String> = parts.map(|part| text_of(part, self.dialect)).collect();
        parts.join(",").to_lowercase()
    }
}

/// Whether a word before another is a name, and not the first word of a type such as `double precision`.
fn is_name(first: &Token, rest: &[Token]) -> bool {
    const FIRST: [&str; 6] = [
        "double",
        "character",
        "timestamp",
        "time",
        "bit",
        "national",
    ];
    let follows = |words: &[&str]| match rest.first() {
        Some(Token::Word(word)) => words.iter().any(|other| word.eq_ignore_ascii_case(other)),
        _ => false,
    };
    match first {
        Token::Quoted(_) => !rest.is_empty(),
        Token::Word(word) if FIRST.iter().any(|other| word.eq_ignore_ascii_case(other)) => {
            !rest.is_empty()
                && !follows(&["precision", "varying", "with", "without", "character"])
                && !matches!(rest.first(), Some(Token::Open(_)))
        }
        Token::Word(_) => {
            matches!(rest.first(), Some(Token::Word(_) | Token::Quoted(_)))
                && !follows(&["not", "null", "unsigned"])
        }
        _ => false,
    }
}

/// Without the `comment 'text'` at its end.
fn without_comment(part: &[Token]) -> &[Token] {
    match part {
        [rest @ .., Token::Word(word), Token::Quoted(_)]
            if word.eq_ignore_ascii_case("comment") =>
        {
            rest
        }
        _ => part,
    }
}

/// The text of a type, in one spelling.
fn text_of(tokens: &[Token], dialect: Dialect) -> String {
    let mut text = String::new();
    for token in tokens {
        match token {
            Token::Word(word) => {
                if text.ends_with(|c: char| c.is_alphanumeric() || c == ')' || c == '>') {
                    text.push(' ');
                }
                if dialect.ignores_case() {
                    text += &word.to_lowercase();
                } else {
                    text += word;
                }
            }
            Token::Number(number) => {
                if text.ends_with(char::is_alphanumeric) {
                    text.push(' ');
                }
                text += &number.to_string();
            }
            Token::Quoted(quoted) => {
                text.push('\'');
                text += quoted;
                text.push('\'');
            }
            Token::Open(close) => text.push(match close {
                ')' => '(',
                '>' => '<',
                _ => '[',
            }),
            Token::Close(close) => text.push(*close),
            Token::Comma => text.push(','),
            Token::Colon => text.push(':'),
            Token::Equals => text.push('='),
        }
    }
    text
}
