//! Text that someone meant to replace.

const WORDS: [&str; 5] = ["TODO", "FIXME", "TBD", "XXX", "CHANGEME"];

/// Whether `text` stands in for something yet to be written: it starts with `TODO` or a word like
/// it in capitals, or it is a single `<…>`.
pub fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    // Most texts are told by their first byte.
    if !matches!(
        text.as_bytes().first(),
        Some(b'T' | b'F' | b'X' | b'C' | b'<')
    ) {
        return false;
    }
    let is_word = WORDS.iter().any(|word| {
        text.strip_prefix(word)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    });
    let is_bracketed = text
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'))
        .is_some_and(|inner| {
            inner.starts_with(char::is_alphabetic) && !inner.contains(['<', '>', '='])
        });
    is_word || is_bracketed
}

#[cfg(test)]
mod tests {
    use super::is_placeholder;

    #[test]
    fn placeholders_are_told_from_text() {
        for text in [
            "TODO",
            "TODO: why?",
            "TBD.",
            " FIXME later",
            "XXX",
            "<your name>",
            "<owner, e.g. ada@x>",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in [
            "todo",
            "Todo list",
            "TODOS",
            "XXXL",
            "TBD_FLAG",
            "a TODO",
            "<a>b</a>",
            "< 5 and > 3",
            "<>",
            "<a href=\"x\">",
            "",
        ] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
