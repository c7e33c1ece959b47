//! The names in a piece of code, as far as SQL and languages like it can be read without parsing them.

use std::iter::Peekable;
use std::str::CharIndices;

/// More code than this says nothing about lineage that anybody could check.
const LONGEST: usize = 100_000;

/// Stands for a placeholder such as `{object}`.
pub(super) const OWN: &str = "{}";

/// The names in `code`, in lower case, each with what qualifies it: `o.amount` is `["o", "amount"]`.
///
/// Quoted names count, texts and comments do not. What stands in braces is filled in by others with what
/// the code is attached to: it is [`OWN`]. A `*` that selects all columns is a name of its own, that of
/// `count(*)` is none.
pub(super) fn names(code: &str) -> Vec<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    let mut is_continued = false;
    let mut before = ' ';
    let mut rest = code.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        if at > LONGEST {
            break;
        }
        let next = rest.peek().map(|(_, next)| *next);
        let name = match c {
            '\'' => {
                skip_to(&mut rest, '\'');
                None
            }
            '-' if next == Some('-') => {
                skip_to(&mut rest, '\n');
                None
            }
            '/' if next == Some('*') => {
                rest.next();
                let mut last = ' ';
                for (_, c) in rest.by_ref() {
                    if last == '*' && c == '/' {
                        break;
                    }
                    last = c;
                }
                None
            }
            '$' if next == Some('{') => None,
            '{' => {
                skip_to(&mut rest, '}');
                Some(OWN.to_owned())
            }
            '"' => Some(quoted(&mut rest, '"')),
            '`' => Some(quoted(&mut rest, '`')),
            '[' => Some(quoted(&mut rest, ']')),
            '*' if is_continued || before == ',' || selects(&found) && before != '(' => {
                Some("*".to_owned())
            }
            c if is_letter(c) => {
                let mut name = c.to_string();
                while let Some((_, c)) = rest.next_if(|(_, c)| is_letter(*c)) {
                    name.push(c);
                }
                Some(name)
            }
            _ => None,
        };
        match name {
            Some(name) => {
                let name = name.to_lowercase();
                match found.last_mut().filter(|_| is_continued) {
                    Some(chain) => chain.push(name),
                    None => found.push(vec![name]),
                }
                is_continued = false;
            }
            None if c == '.' => is_continued = !found.is_empty() && !before.is_whitespace(),
            None => {}
        }
        if !c.is_whitespace() {
            before = c;
        }
        if !c.is_whitespace() && c != '.' {
            // Only a dot right after a name qualifies what follows.
            is_continued = false;
        }
    }
    found.retain(|chain| chain.iter().all(|name| !name.is_empty()));
    found
}

/// Whether the last word is one after which a `*` means all columns.
fn selects(found: &[Vec<String>]) -> bool {
    let last = found.last().and_then(|chain| chain.last());
    last.is_some_and(|word| matches!(word.as_str(), "select" | "distinct" | "all"))
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

fn skip_to(rest: &mut Peekable<CharIndices<'_>>, end: char) {
    rest.by_ref().find(|(_, c)| *c == end);
}

fn quoted(rest: &mut Peekable<CharIndices<'_>>, end: char) -> String {
    let inside = rest.by_ref().map(|(_, c)| c);
    inside.take_while(|c| *c != end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(code: &str) -> Vec<String> {
        names(code)
            .into_iter()
            .map(|chain| chain.join("."))
            .collect()
    }

    #[test]
    fn names_are_whole_identifiers_whatever_their_case() {
        assert_eq!(
            shown("SELECT o.Amount_EUR FROM Sales.Orders o"),
            ["select", "o.amount_eur", "from", "sales.orders", "o"]
        );
        assert_eq!(shown("\"Orders\".\"Net Amount\""), ["orders.net amount"]);
        assert_eq!(shown("[dbo].[Orders]"), ["dbo.orders"]);
        assert_eq!(shown("sum(amount)"), ["sum", "amount"]);
    }

    #[test]
    fn texts_comments_and_placeholders_are_no_names() {
        assert_eq!(
            shown("a = 'amount' -- amount\n/* amount */ and {amount} ${object}.b"),
            ["a", "and", "{}", "{}.b"]
        );
        assert_eq!(shown("'open"), Vec::<String>::new());
        assert_eq!(shown("/* open"), Vec::<String>::new());
    }

    #[test]
    fn a_star_counts_where_it_selects() {
        assert_eq!(shown("select * from t"), ["select", "*", "from", "t"]);
        assert_eq!(shown("select o.* from t"), ["select", "o.*", "from", "t"]);
        assert_eq!(
            shown("select count(*) , 2 * a from t"),
            ["select", "count", "2", "a", "from", "t"]
        );
        assert_eq!(
            shown("select a, * from t"),
            ["select", "a", "*", "from", "t"]
        );
    }
}
