//! What comments on a pull request are made of.

use mesh_diagnostics::printable_line as plain;

use super::text::one_line;

/// Hosts refuse comments that are longer than some 65,000 characters.
pub(crate) const LONGEST: usize = 60_000;

/// `text` as code; where it holds a backtick, as plain text.
pub(crate) fn code(text: &str) -> String {
    let text = plain(text);
    if text.contains('`') || text.contains('|') || text.is_empty() {
        escaped(&text)
    } else {
        format!("`{text}`")
    }
}

/// `text` on one line, with whatever Markdown, HTML or a host would take for something else escaped. What
/// stands between backticks stays code.
pub(crate) fn escaped(text: &str) -> String {
    let text = one_line(text);
    let text = plain(&text);
    let is_balanced = text.matches('`').count().is_multiple_of(2);
    let mut out = String::with_capacity(text.len());
    let mut is_code = false;
    for c in text.chars() {
        match c {
            '`' if is_balanced => {
                is_code = !is_code;
                out.push('`');
            }
            // A pipe ends a cell in code as well.
            '|' => out.push_str("\\|"),
            c if is_code => out.push(c),
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            // A mention would notify somebody of that name.
            '@' => out.push_str("&#64;"),
            '*' | '_' | '[' | ']' | '#' | '~' | '\\' | '`' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_others_stays_text() {
        assert_eq!(
            escaped("a|b <i> `c_d|e` f_g [x](y) @team & #1"),
            "a\\|b &lt;i> `c_d\\|e` f\\_g \\[x\\](y) &#64;team &amp; \\#1"
        );
        assert_eq!(
            escaped("one ` alone\n<!-- -->"),
            "one \\` alone &lt;!-- -->"
        );
        assert_eq!(code("a/b"), "`a/b`");
        assert_eq!(code("a`b"), "a\\`b");
    }
}
