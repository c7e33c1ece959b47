//! Credentials that ended up in a document.
//!
//! A scanner that cries wolf is switched off, so only two things count: text in the form of a known
//! kind of credential, and text under a key that says that it is one.

use mesh_diagnostics::Span;
use mesh_spec::document::Document;
use mesh_spec::yaml::{Tree, Value};

use super::placeholder::is_placeholder;
use super::scalars;

/// The shortest text that has the form of a known token.
const SHORTEST_TOKEN: usize = 15;

/// The shortest number that counts as a credential: a PIN. What is shorter counts something.
const SHORTEST_NUMBER: usize = 4;

/// A credential in a document.
pub(crate) struct Secret<'d> {
    /// What it is; never the secret itself.
    pub(crate) what: &'static str,
    /// The key it stands under; empty if it is itself a key.
    pub(crate) key: &'d str,
    /// The credential.
    pub(crate) value: &'d str,
    /// JSON Pointer of the value, or of the mapping that has the key.
    pub(crate) pointer: String,
    /// Where it stands, and, if that is an alias, where it is written.
    pub(crate) spans: [Span; 2],
}

/// Every credential in a document that is YAML.
pub(crate) fn all(document: &Document) -> Vec<Secret<'_>> {
    let mut found = Vec::new();
    if !document.tree.as_ref().is_some_and(may_have_secrets) {
        return found;
    }
    scalars::each_text_and_key(document, is_secret_key, |text| {
        let is_count = text.node.as_str().is_none() && text.value.len() < SHORTEST_NUMBER;
        if let Some(what) = find(text.key, text.value).filter(|_| !is_count) {
            found.push(Secret {
                what,
                key: text.key,
                value: text.value,
                pointer: text.pointer(),
                spans: [text.node.span(), text.node.written_span()],
            });
        }
    });
    found
}

/// Whether any text has the form of a credential, or could be a key of one. Hardly any document has
/// such a text, and to go over the nodes as they lie is less work than to walk to each.
fn may_have_secrets(tree: &Tree) -> bool {
    let mut may = false;
    tree.each(|node| {
        may = may
            || match node.value() {
                Value::String(text) => is_secret_key(text) || find("", text).is_some(),
                Value::Number(text) => find("", text).is_some(),
                _ => false,
            };
    });
    may
}

/// What looks like a credential in a text that is no YAML: the spans of its lines' values.
pub(crate) fn in_lines(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let (key, value) = line.split_once(": ").unwrap_or(("", line));
        let key = key.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '"' | '\''));
        let bare = value.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
        if find(key, bare).is_some() {
            let end = start + line.trim_end().len();
            let from = start + line.len() - value.len();
            if let (Ok(from), Ok(end)) = (u32::try_from(from), u32::try_from(end)) {
                found.push(Span::new(from, end.max(from)));
            }
        }
        start += line.len();
    }
    found
}

/// What `text`, standing under `key`, gives away; never the secret itself.
pub(crate) fn find(key: &str, text: &str) -> Option<&'static str> {
    if has_url_password(text) {
        return Some("a password in an address");
    }
    if text.len() >= SHORTEST_TOKEN {
        if text.contains('-') && text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----") {
            return Some("a private key");
        }
        let known = tokens(text).find_map(known_token);
        if known.is_some() {
            return known;
        }
    }
    (is_secret_key(key) && is_literal(text)).then_some("a credential")
}

/// The runs of characters that tokens are made of, where they are long enough for one. Most texts
/// are prose, which has none.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let belongs = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            let start = at;
            at += bytes[start..]
                .iter()
                .take_while(|byte| belongs(byte))
                .count();
            let token = &text[start..at];
            at += bytes[at..].iter().take_while(|byte| !belongs(byte)).count();
            if token.len() >= SHORTEST_TOKEN {
                return Some(token);
            }
        }
        None
    })
}

/// The kind of credential that `token` has the form of.
fn known_token(token: &str) -> Option<&'static str> {
    if token.starts_with("eyJ") && is_jwt(token) {
        return Some("a JSON Web Token");
    }
    token.split('.').find_map(|token| {
        let after = |prefix: &str| token.strip_prefix(prefix).unwrap_or_default();
        let is_alphanumeric = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric());
        let is_capital = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        if ["AKIA", "ASIA"]
            .iter()
            .any(|prefix| after(prefix).len() == 16 && after(prefix).bytes().all(is_capital))
        {
            return Some("an AWS access key id");
        }
        let is_github = ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"]
            .iter()
            .any(|prefix| after(prefix).len() >= 36 && is_alphanumeric(after(prefix)))
            || after("github_pat_").len() >= 22;
        if is_github {
            return Some("a GitHub token");
        }
        if ["xoxa-", "xoxb-", "xoxp-", "xoxr-", "xoxs-"]
            .iter()
            .any(|prefix| {
                after(prefix).len() >= 10 && after(prefix).contains(|c: char| c.is_ascii_digit())
            })
        {
            return Some("a Slack token");
        }
        (after("AIza").len() == 35).then_some("a Google API key")
    })
}

fn is_jwt(token: &str) -> bool {
    let parts: Vec<&str> = token.trim_end_matches('.').split('.').collect();
    parts.len() == 3 && parts[0].starts_with("eyJ") && parts.iter().all(|part| part.len() >= 10)
}

/// Whether `text` holds an address such as `postgresql://user:password@host`.
fn has_url_password(text: &str) -> bool {
    // Hardly any text has a colon, and one character is found faster than three.
    text.contains(':')
        && text.match_indices("://").any(|(at, separator)| {
            let rest = &text[at + separator.len()..];
            let end = rest
                .find(|c: char| {
                    c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'' | '`')
                })
                .unwrap_or(rest.len());
            rest[..end]
                .rsplit_once('@')
                .and_then(|(user, _)| user.split_once(':'))
                .is_some_and(|(_, password)| is_literal(password))
        })
}

/// Whether a key says that its value is a credential: `password`, `db_password`, `clientSecret`.
fn is_secret_key(key: &str) -> bool {
    let letters = || {
        let letters = key.bytes().rev().filter(u8::is_ascii_alphanumeric);
        letters.map(|letter| letter.to_ascii_lowercase())
    };
    // The last letter rules out most keys, and most endings of the others.
    let endings: &[&str] = match letters().next() {
        Some(b'd') => &["password", "passwd"],
        Some(b'e') => &["passphrase"],
        Some(b't') => &["secret"],
        Some(b'n') => &["token"],
        Some(b'y') => &["apikey", "accesskey", "secretkey", "privatekey"],
        _ => return false,
    };
    endings.iter().any(|ending| {
        let mut letters = letters();
        ending
            .bytes()
            .rev()
            .all(|letter| letters.next() == Some(letter))
    })
}

/// Whether `text` is the credential itself, rather than a reference to one, a word about one or a
/// placeholder for one.
fn is_literal(text: &str) -> bool {
    const REFERENCES: [&str; 9] = [
        "vault:",
        "env:",
        "arn:",
        "ref+",
        "secret/",
        "secrets/",
        "kv/",
        "projects/",
        "/",
    ];
    const WORDS: [&str; 28] = [
        "none",
        "null",
        "na",
        "nil",
        "true",
        "false",
        "yes",
        "no",
        "required",
        "optional",
        "password",
        "passwd",
        "pass",
        "pwd",
        "secret",
        "token",
        "redacted",
        "hidden",
        "masked",
        "hashed",
        "encrypted",
        "bearer",
        "basic",
        "oauth",
        "oauth2",
        "jwt",
        "iam",
        "sso",
    ];
    let text = text.trim();
    let is_word = |word: &str| text.eq_ignore_ascii_case(word);
    let mut characters = text.chars();
    let first = characters.next();
    !text.contains(|c: char| c.is_whitespace() || matches!(c, '{' | '}' | '<' | '>' | '$' | '%' | '*' | '…'))
        && !text.contains("://")
        && !REFERENCES.iter().any(|prefix| text.starts_with(prefix))
        && !WORDS.iter().any(|word| is_word(word))
        && !is_placeholder(text)
        // `x`, `....`, `xxxxxxxx`
        && characters.any(|c| Some(c) != first)
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn known_credentials_are_found_wherever_they_stand() {
        let x = |n: usize| "aB3".repeat(n);
        for (text, what) in [
            (
                format!("key {}Q2W3E4R5T6Y7U8I9", "AKIA"),
                "an AWS access key id",
            ),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMIIE".to_owned(),
                "a private key",
            ),
            (
                "postgresql://loader:hunter2@db.example/sales".to_owned(),
                "a password in an address",
            ),
            (format!("ghp_{}", x(12)), "a GitHub token"),
            (format!("github_pat_{}", x(12)), "a GitHub token"),
            (format!("xoxb-{}", x(5)), "a Slack token"),
            (format!("AIza{}aa", x(11)), "a Google API key"),
            (
                format!("Bearer eyJ{}.{}.{}", x(4), x(4), x(4)),
                "a JSON Web Token",
            ),
        ] {
            assert_eq!(find("description", &text), Some(what), "{text}");
        }
    }

    #[test]
    fn a_literal_under_a_telling_key_is_found() {
        for key in [
            "password",
            "db_password",
            "clientSecret",
            "API-Key",
            "accessKey",
            "token",
        ] {
            assert_eq!(find(key, "hunter2"), Some("a credential"), "{key}");
        }
    }

    #[test]
    fn references_words_and_placeholders_are_no_secrets() {
        for text in [
            "${DB_PASSWORD}",
            "$DB_PASSWORD",
            "{{ vault.password }}",
            "vault:sales/db#password",
            "env:DB_PASSWORD",
            "arn:aws:secretsmanager:eu-central-1:1:secret:db",
            "secret/sales/db",
            "op://sales/db/password",
            "***",
            "xxxxxx",
            "none",
            "OAuth2",
            "TODO",
            "<password>",
            "kept in the vault",
            "",
        ] {
            assert_eq!(find("password", text), None, "{text}");
        }
    }

    #[test]
    fn ordinary_text_is_no_secret() {
        for text in [
            "https://example.org:8443/a@b",
            "mailto:ada@example.org",
            "postgresql://{user}:{password}@host/db",
            "postgresql://user:${PASSWORD}@host/db",
            "jdbc:postgresql://user@host/db",
            "s3://bucket/path/*.json",
            "eyJ.is.short",
            "com.example.warehouse.orders",
        ] {
            assert_eq!(find("description", text), None, "{text}");
        }
    }
}
