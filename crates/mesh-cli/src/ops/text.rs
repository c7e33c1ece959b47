//! Text fitted to a line, to a shell, to YAML.

use std::io::{self, Write};
use std::path::Path;

use mesh_diagnostics::render::width;

/// `text` on one line, with runs of white space as single spaces.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `text` in at most `columns`, cut at a word where it is longer.
pub(crate) fn ellipsis(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let cut = &text[..fitting(text, columns.saturating_sub(1))];
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end_matches([',', '.', ';', ':']))
}

/// `text` broken at words into lines of at most `columns`. A word that is longer has a line for
/// itself, so that it can be copied.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let needed = width(word);
        match lines.last_mut() {
            Some(line) if used + 1 + needed <= columns => {
                line.push(' ');
                line.push_str(word);
                used += 1 + needed;
            }
            _ => {
                lines.push(word.to_owned());
                used = needed;
            }
        }
    }
    lines
}

/// Writes `text` behind a mark, in lines of at most `columns` that all begin where the first one does.
pub(crate) fn marked(
    out: &mut impl Write,
    mark: &str,
    text: &str,
    columns: usize,
) -> io::Result<()> {
    for (at, line) in wrap(text, columns).iter().enumerate() {
        match at {
            0 => writeln!(out, "{mark} {line}")?,
            _ => writeln!(out, "  {line}")?,
        }
    }
    Ok(())
}

/// How many bytes of `text` fit into `columns`.
fn fitting(text: &str, columns: usize) -> usize {
    let mut used = 0;
    let mut buffer = [0; 4];
    for (offset, c) in text.char_indices() {
        used += width(c.encode_utf8(&mut buffer));
        if used > columns {
            return offset;
        }
    }
    text.len()
}

/// `text` as a YAML scalar on one line, quoted only where it has to be.
pub(crate) fn scalar(text: &str) -> String {
    let yaml = serde_yaml::to_string(text).unwrap_or_default();
    let yaml = yaml.trim_end();
    if yaml.is_empty() || yaml.contains('\n') {
        // A JSON string is a YAML scalar, whatever it holds.
        serde_json::Value::from(text).to_string()
    } else {
        yaml.to_owned()
    }
}

/// `word` as one word of a shell command, quoted only where it has to be.
pub(crate) fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+:@%,=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else if cfg!(windows) {
        format!("\"{word}\"")
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// `path` as one word of a shell command that does not take it for an option.
pub(crate) fn shell_path(path: &Path) -> String {
    let path = path.display().to_string();
    if path.starts_with('-') {
        shell_word(&format!("./{path}"))
    } else {
        shell_word(&path)
    }
}

/// `count` of what `noun` names: `1 file`, `2 files`.
pub(crate) fn plural(count: usize, noun: &str) -> String {
    match noun.strip_suffix('y') {
        _ if count == 1 => format!("{count} {noun}"),
        Some(stem) => format!("{count} {stem}ies"),
        None => format!("{count} {noun}s"),
    }
}

/// `text` with its Latin letters as ASCII, as they are written where there is nothing else:
/// `Aufträge` becomes `Auftraege`. Other scripts stay as they are.
pub(crate) fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // A diaeresis of its own, as file names on macOS have it.
            '\u{308}' if out.ends_with(['a', 'o', 'u', 'A', 'O', 'U']) => out.push('e'),
            '\u{300}'..='\u{36f}' => {}
            c => match latin(c) {
                Some(letters) => out.push_str(letters),
                None => out.push(c),
            },
        }
    }
    out
}

/// The letters of Latin-1 and Latin Extended-A, and the Romanian ones, in ASCII. Lower case: what
/// they are for is.
fn latin(c: char) -> Option<&'static str> {
    Some(match c {
        'ä' | 'Ä' | 'æ' | 'Æ' => "ae",
        'ö' | 'Ö' | 'œ' | 'Œ' => "oe",
        'ü' | 'Ü' => "ue",
        'ß' | 'ẞ' => "ss",
        'þ' | 'Þ' => "th",
        'ĳ' | 'Ĳ' => "ij",
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' | 'À' | 'Á' | 'Â' | 'Ã' | 'Å' | 'Ā' | 'Ă'
        | 'Ą' | 'ª' => "a",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' | 'Ç' | 'Ć' | 'Ĉ' | 'Ċ' | 'Č' => "c",
        'ď' | 'đ' | 'ð' | 'Ď' | 'Đ' | 'Ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'È' | 'É' | 'Ê' | 'Ë' | 'Ē' | 'Ĕ'
        | 'Ė' | 'Ę' | 'Ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' | 'Ĝ' | 'Ğ' | 'Ġ' | 'Ģ' => "g",
        'ĥ' | 'ħ' | 'Ĥ' | 'Ħ' => "h",
        'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'Ì' | 'Í' | 'Î' | 'Ï' | 'Ĩ' | 'Ī'
        | 'Ĭ' | 'Į' | 'İ' => "i",
        'ĵ' | 'Ĵ' => "j",
        'ķ' | 'ĸ' | 'Ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' | 'Ĺ' | 'Ļ' | 'Ľ' | 'Ŀ' | 'Ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' | 'ŋ' | 'Ñ' | 'Ń' | 'Ņ' | 'Ň' | 'Ŋ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ø' | 'Ō' | 'Ŏ'
        | 'Ő' | 'º' => "o",
        'ŕ' | 'ŗ' | 'ř' | 'Ŕ' | 'Ŗ' | 'Ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' | 'Ś' | 'Ŝ' | 'Ş' | 'Š' | 'Ș' => "s",
        'ţ' | 'ť' | 'ŧ' | 'ț' | 'Ţ' | 'Ť' | 'Ŧ' | 'Ț' => "t",
        'ù' | 'ú' | 'û' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'Ù' | 'Ú' | 'Û' | 'Ũ' | 'Ū' | 'Ŭ'
        | 'Ů' | 'Ű' | 'Ų' => "u",
        'ŵ' | 'Ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' | 'Ý' | 'Ÿ' | 'Ŷ' => "y",
        'ź' | 'ż' | 'ž' | 'Ź' | 'Ż' | 'Ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_and_wrapped_at_words() {
        assert_eq!(ellipsis("one two, three", 10), "one two…");
        assert_eq!(ellipsis("one", 10), "one");
        assert_eq!(wrap("one two\nthree", 8), ["one two", "three"]);
        assert_eq!(one_line(" a\n  b "), "a b");
    }

    #[test]
    fn text_is_measured_in_columns() {
        assert_eq!(ellipsis("受注データ", 10), "受注データ");
        assert_eq!(ellipsis("受注データ", 6), "受注…");
        assert_eq!(wrap("受注 受注 受注", 9), ["受注 受注", "受注"]);
        assert_eq!(wrap("cafe\u{301} au lait", 7), ["cafe\u{301} au", "lait"]);
    }

    #[test]
    fn a_scalar_is_one_line_and_read_back_as_the_same_text() {
        for text in [
            "a", "", "null", "true", "1", "1.0", "a: b", "a\nb", "a\n\nb\n", "# a", "- a", "y", "~",
        ] {
            let yaml = scalar(text);
            assert!(!yaml.contains('\n'), "{yaml}");
            let value: serde_yaml::Value =
                serde_yaml::from_str(&format!("k: {yaml}")).expect("YAML");
            assert_eq!(value["k"].as_str(), Some(text), "{yaml}");
        }
        assert_eq!(scalar("sales-order"), "sales-order");
    }

    #[test]
    fn words_of_a_command_are_quoted_where_the_shell_would_split_or_run_them() {
        assert_eq!(shell_word("sales/order-1.0"), "sales/order-1.0");
        assert_eq!(shell_path(Path::new("-x")), "./-x");
        if cfg!(not(windows)) {
            assert_eq!(shell_word("my products"), "'my products'");
            assert_eq!(shell_word("it's $(x)"), r"'it'\''s $(x)'");
            assert_eq!(shell_word(""), "''");
        }
    }

    #[test]
    fn latin_letters_become_ascii() {
        assert_eq!(ascii("Kundenaufträge"), "Kundenauftraege");
        assert_eq!(ascii("Kundenauftra\u{308}ge"), "Kundenauftraege");
        assert_eq!(ascii("Straße Łódź Çà et là"), "Strasse lodz ca et la");
        assert_eq!(ascii("受注"), "受注");
    }
}
