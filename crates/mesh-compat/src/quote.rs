//! Texts of documents in sentences.

use std::borrow::Cow;

/// How many characters of a text are shown.
const LONGEST: usize = 60;
/// How many of them are of its end: what differs, or tells names of one place apart, is often there.
const END: usize = 20;

/// A text of a document as a sentence shows it: in backticks, in one line, and of a long one the
/// beginning and the end.
pub(crate) fn quoted(text: impl AsRef<str>) -> String {
    format!("`{}`", shortened(text.as_ref()))
}

/// The words of [`quoted`] without backticks.
pub(crate) fn shortened(text: &str) -> Cow<'_, str> {
    let text = text.trim_matches(|c: char| c.is_control());
    let is_short = text.len() <= LONGEST || text.chars().nth(LONGEST).is_none();
    if is_short {
        return in_one_line(text);
    }
    let place = |at: Option<(usize, char)>| at.map_or(0, |(place, _)| place);
    let head = place(text.char_indices().nth(LONGEST - END - 1));
    let tail = place(text.char_indices().nth_back(END - 1));
    Cow::Owned(format!(
        "{}…{}",
        in_one_line(&text[..head]),
        in_one_line(&text[tail..])
    ))
}

/// A text without line breaks, and whatever else steers what shows it.
pub(crate) fn in_one_line(text: &str) -> Cow<'_, str> {
    if text.contains(char::is_control) {
        Cow::Owned(text.replace(char::is_control, " "))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_short_and_in_one_line() {
        assert_eq!(quoted("varchar(64)"), "`varchar(64)`");
        assert_eq!(quoted("select 1\nfrom t\n"), "`select 1 from t`");
        let sixty = "é".repeat(60);
        assert_eq!(shortened(&sixty), sixty);
        let long = format!("{}{}", "a".repeat(100), "é".repeat(100));
        let expected = format!("{}…{}", "a".repeat(39), "é".repeat(20));
        assert_eq!(shortened(&long), expected);
        assert_eq!(shortened(&long).chars().count(), LONGEST);
    }
}
