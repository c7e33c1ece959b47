use std::borrow::Cow;

/// `text` as a terminal may show it: characters that would steer the terminal, or reorder the text
/// around them, become visible ones that take one column each. Line breaks and tabs stay.
///
/// What mesh prints comes from files of other people. Machine-readable output needs none of this.
pub fn printable(text: &str) -> Cow<'_, str> {
    replaced(text, |c| c != '\n' && c != '\t')
}

/// Like [`printable`], for text that must stay on one line: line breaks and tabs are shown, too.
pub fn printable_line(text: &str) -> Cow<'_, str> {
    replaced(text, |_| true)
}

fn replaced(text: &str, within: impl Fn(char) -> bool) -> Cow<'_, str> {
    let substitute = |c| visible(c).filter(|_| within(c));
    if text.chars().all(|c| substitute(c).is_none()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| substitute(c).unwrap_or(c)).collect())
}

/// Whether `c` does something to a terminal instead of being shown.
pub(crate) fn steers(c: char) -> bool {
    visible(c).is_some()
}

/// What is shown in place of `c`, if it must not be printed itself.
fn visible(c: char) -> Option<char> {
    match c {
        // Control pictures stand in the order of what they picture.
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)),
        '\x7f' => Some('␡'),
        // The second block of control characters; marks, embeddings, overrides and isolates of
        // writing direction.
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => Some('\u{fffd}'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_without_controls_is_not_copied() {
        let text = "größe\t1\n数";
        assert!(matches!(printable(text), Cow::Borrowed(same) if same == text));
    }

    #[test]
    fn what_steers_a_terminal_is_shown_and_not_done() {
        assert_eq!(
            printable("a\x1b[2Jb\r\x07\x7f\u{9b}1m"),
            "a␛[2Jb␍␇␡\u{fffd}1m"
        );
        for bidi in [
            '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}', '\u{200f}', '\u{61c}',
        ] {
            assert_eq!(printable(&bidi.to_string()), "\u{fffd}");
        }
        assert_eq!(printable_line("a\nb\tc"), "a␊b␉c");
    }
}
