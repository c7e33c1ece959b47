//! Messages, fit to be printed on one line.

use crate::printable::printable_line;

/// A quoted value is cut where it is longer than this many characters.
const LONG_QUOTE: usize = 200;
/// The same for a whole message.
const LONG_MESSAGE: usize = 2000;

/// A message as it is printed: what it quotes may hold anything, of any length. `dots` stand for
/// what is left out.
pub fn said(message: &str, dots: &str) -> String {
    let message = printable_line(message);
    if message.len() <= LONG_QUOTE {
        return message.into_owned();
    }
    let quotes: Vec<String> = message
        .split('`')
        .enumerate()
        .map(|(index, part)| {
            if index % 2 == 1 {
                return cut(part, LONG_QUOTE, dots);
            }
            let words: Vec<String> = part
                .split(' ')
                .map(|word| cut(word, LONG_QUOTE, dots))
                .collect();
            words.join(" ")
        })
        .collect();
    cut(&quotes.join("`"), LONG_MESSAGE, dots)
}

/// `text` without its middle if it is longer than `longest` characters.
fn cut(text: &str, longest: usize, dots: &str) -> String {
    let length = text.chars().count();
    if length <= longest {
        return text.to_owned();
    }
    let head: String = text.chars().take(longest * 2 / 3).collect();
    let tail: String = text.chars().skip(length - longest / 3).collect();
    format!("{head}{dots}{tail}")
}
