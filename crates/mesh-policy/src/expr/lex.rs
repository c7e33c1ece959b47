//! The words of an expression, as the lexis of CEL has them.

use mesh_diagnostics::Span;

use super::Mistake;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    Null,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(String),
    Name(String),
    In,
    Symbol(&'static str),
    End,
}

/// Symbols, the longer ones first. The last row has no meaning in CEL; it is for the messages.
const SYMBOLS: [&str; 28] = [
    "&&", "||", "==", "!=", "<=", ">=", "(", ")", "[", "]", "{", "}", ".", ",", ":", "?", "!", "<",
    ">", "+", "-", "*", "/", "%", //
    "=", "&", "|", ";",
];

/// Words that CEL keeps for itself, as names of variables.
const RESERVED: [&str; 17] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "namespace",
    "package",
    "return",
    "var",
    "void",
    "while",
];

/// The tokens of `text`, with an end after the last.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Mistake> {
    let mut lexer = Lexer {
        text,
        at: 0,
        is_after_dot: false,
    };
    let mut tokens = Vec::new();
    loop {
        let token = lexer.token()?;
        let is_end = token.kind == TokenKind::End;
        lexer.is_after_dot = token.kind == TokenKind::Symbol(".");
        tokens.push(token);
        if is_end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    /// Whether the last token was a dot: what follows is a name of something, and may be any word.
    is_after_dot: bool,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn token(&mut self) -> Result<Token, Mistake> {
        self.skip_blanks();
        let start = self.at;
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return Ok(self.since(start, TokenKind::End));
        };
        if let Some((prefix, quote)) = quote_of(rest) {
            return self.text_literal(prefix, quote);
        }
        let is_fraction = first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit());
        if first.is_ascii_digit() || is_fraction {
            return self.number();
        }
        if first.is_ascii_alphabetic() || first == '_' {
            let len = rest
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            let word = rest[..len].to_owned();
            self.at += len;
            return self.word(start, word);
        }
        if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            self.at += symbol.len();
            return Ok(self.since(start, TokenKind::Symbol(symbol)));
        }
        self.at += first.len_utf8();
        let help = match first {
            '‘' | '’' | '“' | '”' => "write quotes as `'`",
            '≥' => "write `>=`",
            '≤' => "write `<=`",
            '≠' => "write `!=`",
            _ => "take it out",
        };
        Err(Mistake::new(
            self.span_since(start),
            format!("`{first}` means nothing in an expression"),
        )
        .help(help))
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{c}']);
            self.at += rest.len() - trimmed.len();
            if !self.rest().starts_with("//") {
                return;
            }
            let rest = self.rest();
            self.at += rest.find('\n').unwrap_or(rest.len());
        }
    }

    fn word(&self, start: usize, word: String) -> Result<Token, Mistake> {
        let kind = match word.as_str() {
            "true" => TokenKind::Bool(true),
            "false" => TokenKind::Bool(false),
            "null" => TokenKind::Null,
            "in" => TokenKind::In,
            reserved if !self.is_after_dot && RESERVED.contains(&reserved) => {
                let message = format!("`{word}` is a word that the language keeps for itself");
                let mistake = Mistake::new(self.span_since(start), message);
                return Err(match reserved {
                    "if" => mistake.help("write `condition ? yes : no`"),
                    "for" => mistake.help("write `list.all(x, …)` or `list.exists(x, …)`"),
                    _ => mistake.help("use another name"),
                });
            }
            _ => TokenKind::Name(word),
        };
        Ok(self.since(start, kind))
    }

    fn number(&mut self) -> Result<Token, Mistake> {
        let start = self.at;
        let rest = self.rest();
        if let Some(rest) = rest.strip_prefix("0x") {
            let digits: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
            // Without a digit, the letter runs on.
            self.at += if digits.is_empty() {
                1
            } else {
                2 + digits.len()
            };
            return self.ends_number(
                start,
                i64::from_str_radix(&digits, 16).ok().map(TokenKind::Int),
            );
        }
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let mut len = digits(rest);
        let mut is_double = false;
        if rest[len..].starts_with('.') && digits(&rest[len + 1..]) > 0 {
            is_double = true;
            len += 1 + digits(&rest[len + 1..]);
        }
        if rest[len..].starts_with(['e', 'E']) {
            let sign = usize::from(rest[len + 1..].starts_with(['+', '-']));
            let exponent = digits(&rest[len + 1 + sign..]);
            if exponent > 0 {
                is_double = true;
                len += 1 + sign + exponent;
            }
        }
        let written = &rest[..len];
        let kind = if is_double {
            let value = written.parse().ok();
            value
                .filter(|value: &f64| value.is_finite())
                .map(TokenKind::Double)
        } else {
            written.parse().ok().map(TokenKind::Int)
        };
        self.at += len;
        self.ends_number(start, kind)
    }

    /// A number must not run into a word: `5days`, `5u`.
    fn ends_number(&mut self, start: usize, kind: Option<TokenKind>) -> Result<Token, Mistake> {
        let rest = self.rest();
        let tail = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        if tail > 0 {
            let tail_text = rest[..tail].to_owned();
            self.at += tail;
            let mistake = Mistake::new(
                self.span_since(start),
                format!("`{}` is no number", &self.text[start..self.at]),
            );
            return Err(if tail_text.eq_ignore_ascii_case("u") {
                mistake.help("leave the `u` out: there are signed integers only")
            } else {
                mistake.help("write the number alone")
            });
        }
        let span = self.span_since(start);
        match kind {
            Some(kind) => Ok(Token { kind, span }),
            None => Err(Mistake::new(
                span,
                format!("`{}` is too large a number", &self.text[start..self.at]),
            )
            .help("use a smaller one")),
        }
    }

    /// A text in quotes, of which `prefix` letters and the opening `quote` come first.
    fn text_literal(&mut self, prefix: usize, quote: &'static str) -> Result<Token, Mistake> {
        let start = self.at;
        let letters = self.rest()[..prefix].to_ascii_lowercase();
        if letters.contains('b') {
            self.at += prefix + quote.len();
            return Err(
                Mistake::new(self.span_since(start), "manifests hold texts, not bytes")
                    .help("leave the `b` out"),
            );
        }
        let is_raw = letters.contains('r');
        self.at += prefix + quote.len();
        let mut value = String::new();
        loop {
            let rest = self.rest();
            if rest.starts_with(quote) {
                self.at += quote.len();
                return Ok(self.since(start, TokenKind::Text(value)));
            }
            let Some(c) = rest.chars().next() else {
                return Err(self.unended(start, quote));
            };
            if c == '\n' && quote.len() == 1 {
                return Err(self.unended(start, quote));
            }
            if c == '\\' && !is_raw {
                value.push(self.escape()?);
            } else {
                value.push(c);
                self.at += c.len_utf8();
            }
        }
    }

    fn unended(&self, start: usize, quote: &str) -> Mistake {
        Mistake::new(self.span_since(start), "the text does not end")
            .help(format!("close it with `{quote}`"))
    }

    fn escape(&mut self) -> Result<char, Mistake> {
        let start = self.at;
        self.at += 1;
        let Some(c) = self.rest().chars().next() else {
            return Err(self.no_escape(start));
        };
        self.at += c.len_utf8();
        let (digits, radix) = match c {
            'n' => return Ok('\n'),
            't' => return Ok('\t'),
            'r' => return Ok('\r'),
            'a' => return Ok('\u{7}'),
            'b' => return Ok('\u{8}'),
            'f' => return Ok('\u{c}'),
            'v' => return Ok('\u{b}'),
            '\\' | '\'' | '"' | '`' | '?' => return Ok(c),
            'x' | 'X' => (2, 16),
            'u' => (4, 16),
            'U' => (8, 16),
            '0'..='3' => {
                self.at -= 1;
                (3, 8)
            }
            _ => return Err(self.no_escape(start)),
        };
        let code = self
            .rest()
            .get(..digits)
            .filter(|digits| digits.chars().all(|c| c.is_digit(radix)))
            .and_then(|digits| u32::from_str_radix(digits, radix).ok())
            .and_then(char::from_u32);
        match code {
            Some(c) => {
                self.at += digits;
                Ok(c)
            }
            None => Err(self.no_escape(start)),
        }
    }

    fn no_escape(&self, start: usize) -> Mistake {
        Mistake::new(
            self.span_since(start),
            format!("`{}` is no escape", &self.text[start..self.at]),
        )
        .help("write a backslash as `\\\\`, or use a raw text: r'…'")
    }

    fn since(&self, start: usize, kind: TokenKind) -> Token {
        Token {
            kind,
            span: self.span_since(start),
        }
    }

    fn span_since(&self, start: usize) -> Span {
        let offset = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span::new(offset(start), offset(self.at))
    }
}

/// The quote that `text` starts with, after so many letters that say how to read it.
fn quote_of(text: &str) -> Option<(usize, &'static str)> {
    let prefix = text
        .bytes()
        .take(2)
        .take_while(|byte| matches!(byte, b'r' | b'R' | b'b' | b'B'))
        .count();
    let rest = &text[prefix..];
    let quotes = ["\"\"\"", "'''", "\"", "'"];
    let quote = quotes.into_iter().find(|quote| rest.starts_with(quote))?;
    Some((prefix, quote))
}
