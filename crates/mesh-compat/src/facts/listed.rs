//! Values in a sentence.

use crate::quote::quoted;

use mesh_spec::yaml::NodeRef;

/// How many values are named before the others are counted.
const NAMED: usize = 5;

/// Scalars as a sentence lists them: "`a`, `b` and `c`".
fn listed(values: &[NodeRef<'_>]) -> String {
    let values: Vec<&str> = values.iter().map(|node| node.key_text()).collect();
    in_words(&values)
}

fn in_words(values: &[&str]) -> String {
    let named = if values.len() > NAMED + 1 {
        NAMED
    } else {
        values.len()
    };
    let mut words: Vec<String> = values[..named].iter().map(quoted).collect();
    if named < values.len() {
        words.push(format!("{} more", values.len() - named));
    }
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

/// What became of a list: "tags `a` and `b` were added to port `orders`, and `c` was removed". `what` is
/// what to call one of its values, and several; `whose` is what the list belongs to, if that has to be
/// said.
///
/// `None` where nothing was added and nothing removed.
pub(crate) fn told(
    what: (&str, &str),
    whose: Option<&str>,
    added: &[NodeRef<'_>],
    removed: &[NodeRef<'_>],
) -> Option<String> {
    let noun = |values: &[NodeRef<'_>]| if values.len() == 1 { what.0 } else { what.1 };
    let were = |values: &[NodeRef<'_>]| if values.len() == 1 { "was" } else { "were" };
    let place = |word: &str| whose.map_or_else(String::new, |whose| format!(" {word} {whose}"));
    let first = |values: &[NodeRef<'_>], verb: &str, word: &str| {
        format!(
            "{} {} {} {verb}{}",
            noun(values),
            listed(values),
            were(values),
            place(word)
        )
    };
    match (added, removed) {
        ([], []) => None,
        (added, []) => Some(first(added, "added", "to")),
        ([], removed) => Some(first(removed, "removed", "from")),
        (added, removed) => Some(format!(
            "{}, and {} {} removed",
            first(added, "added", "to"),
            listed(removed),
            were(removed)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_values_are_counted() {
        assert_eq!(in_words(&["a"]), "`a`");
        assert_eq!(in_words(&["a", "b"]), "`a` and `b`");
        assert_eq!(in_words(&["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(
            in_words(&["a", "b", "c", "d", "e", "f"]),
            "`a`, `b`, `c`, `d`, `e` and `f`"
        );
        assert_eq!(
            in_words(&["a", "b", "c", "d", "e", "f", "g"]),
            "`a`, `b`, `c`, `d`, `e` and 2 more"
        );
    }
}
