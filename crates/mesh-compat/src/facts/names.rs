//! What things are called, in a contract and in the system that stores them.

use crate::change::Found;
use crate::pair::{Both, Pair};
use crate::quote::quoted;

/// The name under which an object or a field is stored, before and after: its `physicalName`, or else its
/// name. Nothing if that cannot be told.
pub(crate) fn stored<'p>(pair: &Pair<'p>) -> Option<Both<&'p str>> {
    let named = pair
        .text("name")
        .map(|name| name.filter(|_| !pair.is_part()));
    let physical = pair.text("physicalName");
    let is_text = |is_there: bool, text: Option<&str>| !is_there || text.is_some();
    let written = pair.at("physicalName").map(|node| node.is_some());
    if !is_text(written.old, physical.old) || !is_text(written.new, physical.new) {
        return None;
    }
    let said = physical.map(|text| text.filter(|text| !text.trim().is_empty()));
    Some(Both {
        old: said.old.or(named.old)?,
        new: said.new.or(named.new)?,
    })
}

/// Reports an object or a field that has another name, and accounts for the name under which it is
/// stored.
pub(crate) fn renamed(pair: &Pair<'_>, found: &mut Found<'_>) {
    let (Some(old), Some(new)) = pair.text("name").split() else {
        return;
    };
    if old == new || pair.is_part() {
        return;
    }
    let stored = stored(pair);
    let mut message = format!("{} is called {} now", pair.subject(), quoted(new));
    match stored {
        Some(stored) if !stored.differ() => {
            found.at("name", message).because(
                "what reads by the name in the contract does not find it; the name under which it is \
                 stored stays, so a query survives",
            );
        }
        Some(stored) => {
            if (stored.old, stored.new) != (old, new) {
                message += &format!(
                    ", and is stored as {} in place of {}",
                    quoted(stored.new),
                    quoted(stored.old)
                );
            }
            found.at("name", message);
        }
        None => {
            found.at("name", message);
            return;
        }
    }
    found.accounts_for(&["physicalName"]);
}

/// What to say after an object or a field that is gone, if its end was announced.
pub(crate) fn announced(pair: &Pair<'_>) -> &'static str {
    if pair.flag("deprecated").old {
        ", which was deprecated,"
    } else {
        ""
    }
}

/// `` `a`, `b` and `c` `` for a sentence; of a long list the first five, `and 3 more`.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const LISTED: usize = 5;
    let names: Vec<String> = names.into_iter().map(quoted).collect();
    match names.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] if names.len() <= LISTED => format!("{} and {last}", most.join(", ")),
        _ => format!(
            "{} and {} more",
            names[..LISTED].join(", "),
            names.len() - LISTED
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed() {
        for (names, expected) in [
            (&[][..], ""),
            (&["a"], "`a`"),
            (&["a", "b"], "`a` and `b`"),
            (&["a", "b", "c"], "`a`, `b` and `c`"),
            (
                &["a", "b", "c", "d", "e", "f", "g"],
                "`a`, `b`, `c`, `d`, `e` and 2 more",
            ),
        ] {
            assert_eq!(listed(names.iter().copied()), expected);
        }
    }
}
