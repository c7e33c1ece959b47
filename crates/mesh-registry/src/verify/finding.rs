//! What is found, and how it is called.

use git2::Oid;
use std::{borrow::Cow, ops::Range, sync::Arc};

/// Something that a registry is checked for.
///
/// It is data, so that whoever shows findings can explain them, and so that the list of all of them is written from
/// the code.
#[derive(Debug)]
pub struct Check {
    /// Kebab-case name; never renamed.
    pub id: &'static str,
    /// What has to be so, as one sentence.
    pub summary: &'static str,
    /// What it stops, and what it looks at: Markdown.
    pub docs: &'static str,
    /// What to do about a finding: imperative, in lower case and without a full stop.
    pub help: &'static str,
}

/// Something in a registry that is not as it has to be.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What it was checked for.
    pub check: &'static Check,
    /// The path in the registry, from its root; of what is about a branch, the name of its reference.
    pub path: String,
    /// What is wrong: one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Cow<'static, str>,
    /// The commit that brought it, in hexadecimal; nothing if it is about what is there now.
    pub commit: Option<String>,
    /// Where in the file it is, if that says more than the path.
    pub place: Option<Place>,
}

impl Finding {
    /// What is wrong with a commit, at a path.
    pub(crate) fn new(check: &'static Check, path: &str, message: String, commit: Oid) -> Self {
        Self {
            check,
            path: path.to_owned(),
            message,
            help: Cow::Borrowed(check.help),
            commit: Some(commit.to_string()),
            place: None,
        }
    }
}

/// A place in a file of the registry.
#[derive(Debug, Clone)]
pub struct Place {
    /// The whole text.
    pub text: Arc<str>,
    /// The bytes in it that are meant.
    pub span: Range<usize>,
}

impl Place {
    /// The first of `marks` that is in `text`, or its beginning.
    pub fn of(text: &Arc<str>, marks: &[&str]) -> Self {
        let found = marks.iter().find_map(|mark| {
            let at = text.find(mark)?;
            Some(at..at + mark.len())
        });
        Self {
            text: Arc::clone(text),
            span: found.unwrap_or(0..0),
        }
    }

    /// The place on a line and in a column, both counted from one, as parsers tell them.
    pub fn at(text: &Arc<str>, line: usize, column: usize) -> Self {
        let before = text.split_inclusive('\n').take(line.saturating_sub(1));
        let start: usize = before.map(str::len).sum();
        let mut at = (start + column.saturating_sub(1)).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        Self {
            text: Arc::clone(text),
            span: at..at,
        }
    }
}

/// The findings of a commit, or of a tree.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    commit: Option<String>,
    found: Vec<Finding>,
    left_out: usize,
}

impl Findings {
    /// The most that is told of one commit: whoever removes ten thousand versions hears of some of them.
    const MOST: usize = 200;

    pub(crate) fn of_commit(commit: &str) -> Self {
        Self {
            commit: Some(commit.to_owned()),
            ..Self::default()
        }
    }

    /// Notes that something at `path` is not as `check` asks for.
    pub(crate) fn add(&mut self, check: &'static Check, path: impl Into<String>, message: String) {
        self.add_with(check, path, message, None, None);
    }

    /// As [`Findings::add`], with a place in the file.
    pub(crate) fn add_at(
        &mut self,
        check: &'static Check,
        path: impl Into<String>,
        message: String,
        place: Place,
    ) {
        self.add_with(check, path, message, None, Some(place));
    }

    /// As [`Findings::add`], with help that knows more than the check.
    pub(crate) fn add_with(
        &mut self,
        check: &'static Check,
        path: impl Into<String>,
        message: String,
        help: Option<String>,
        place: Option<Place>,
    ) {
        if self.found.len() >= Self::MOST {
            self.left_out += 1;
            return;
        }
        self.found.push(Finding {
            check,
            path: path.into(),
            message,
            help: help.map_or(Cow::Borrowed(check.help), Cow::Owned),
            commit: self.commit.clone(),
            place,
        });
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.found.len() + self.left_out
    }

    /// All of them; the last says how many were left out.
    pub(crate) fn into_all(mut self) -> Vec<Finding> {
        if self.left_out > 0
            && let Some(last) = self.found.last_mut()
        {
            last.message = format!("{}, and {} more findings", last.message, self.left_out);
        }
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_within_the_text() {
        let text: Arc<str> = "{\n  \"id\": \"ö\"\n}\n".into();
        assert_eq!(Place::of(&text, &["\"no\"", "\"id\""]).span, 4..8);
        assert_eq!(Place::of(&text, &["\"no\""]).span, 0..0);
        assert_eq!(Place::at(&text, 2, 3).span.start, 4);
        for (line, column) in [(0, 0), (2, 11), (9, 9), (1, 99)] {
            let at = Place::at(&text, line, column).span.start;
            assert!(text.is_char_boundary(at), "{line}:{column}");
        }
    }
}
