//! The words, numbers and brackets that the text of a type is made of.

/// A piece of the text of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A word as it is written: `varchar`, `Amount`, `timestamp-millis`.
    Word(String),
    /// A whole number.
    Number(i64),
    /// What stands in quotes, without them.
    Quoted(String),
    /// `(`, `<` or `[`, by what closes it.
    Open(char),
    /// `)`, `>` or `]`.
    Close(char),
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// `=`
    Equals,
}

/// The pieces of `text`; `None` where it has characters that no type has, or brackets that do not
/// match.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut expected = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '(' | '<' | '[' => {
                let close = match first {
                    '(' => ')',
                    '<' => '>',
                    _ => ']',
                };
                expected.push(close);
                tokens.push(Token::Open(close));
                1
            }
            ')' | '>' | ']' => {
                expected.pop().filter(|close| *close == first)?;
                tokens.push(Token::Close(first));
                1
            }
            ',' | ':' | '=' => {
                tokens.push(match first {
                    ',' => Token::Comma,
                    ':' => Token::Colon,
                    _ => Token::Equals,
                });
                1
            }
            '\'' | '"' | '`' => {
                let inner = &rest[1..];
                let end = inner.find(first)?;
                tokens.push(Token::Quoted(inner[..end].to_owned()));
                end + 2
            }
            _ => {
                let length = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
                let word = &rest[..length];
                if word.is_empty() {
                    return None;
                }
                tokens.push(
                    word.parse()
                        .map_or_else(|_| Token::Word(word.to_owned()), Token::Number),
                );
                length
            }
        };
        rest = rest[length..].trim_start();
    }
    expected.is_empty().then_some(tokens)
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$')
}

/// The position of what closes the bracket that opens at `open`.
pub(super) fn closing(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0usize;
    tokens
        .iter()
        .enumerate()
        .skip(open)
        .find_map(|(at, token)| {
            match token {
                Token::Open(_) => depth += 1,
                Token::Close(_) => depth = depth.saturating_sub(1),
                _ => {}
            }
            (depth == 0).then_some(at)
        })
}

/// The parts between the commas that stand in no bracket.
pub(super) fn parts(tokens: &[Token]) -> Vec<&[Token]> {
    let mut depth = 0usize;
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Open(_) => depth += 1,
            Token::Close(_) => depth = depth.saturating_sub(1),
            Token::Comma if depth == 0 => {
                parts.push(&tokens[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if start < tokens.len() || start > 0 {
        parts.push(&tokens[start..]);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_words_numbers_and_brackets() {
        use Token::{Close, Comma, Number, Open, Word};
        let word = |text: &str| Word(text.to_owned());
        let expected = vec![
            word("decimal"),
            Open(')'),
            Number(10),
            Comma,
            Number(-2),
            Close(')'),
            word("not"),
            word("NULL"),
        ];
        assert_eq!(tokens(" decimal (10,-2)not NULL "), Some(expected));
        assert_eq!(
            tokens("timestamp-millis"),
            Some(vec![word("timestamp-millis")])
        );
    }

    #[test]
    fn what_cannot_be_the_text_of_a_type_is_none() {
        for text in ["(", "a)", "a(b]", "enum('a", "a;b", "{\"type\": 1}", "a*"] {
            assert_eq!(tokens(text), None, "{text}");
        }
    }

    #[test]
    fn parts_stand_between_the_outer_commas() {
        let tokens = tokens("a int, b map<c,d>, e").expect("it is text of a type");
        let lengths: Vec<usize> = parts(&tokens).iter().map(|part| part.len()).collect();
        assert_eq!(lengths, [2, 7, 1]);
        assert!(parts(&[]).is_empty());
    }
}
