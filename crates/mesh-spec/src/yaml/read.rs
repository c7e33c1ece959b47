//! Bytes to text.

use mesh_diagnostics::Span;

use super::{YamlProblem, YamlProblemKind};

/// Files larger than this are refused: 128 MiB, some ten thousand times a usual contract.
pub const MAX_FILE_BYTES: u64 = 128 * 1024 * 1024;

/// Reads `bytes` as UTF-8, with or without a byte order mark.
///
/// The text keeps its byte order mark, so that offsets stay those of the file. Any other encoding
/// is named as well as can be told; the text is then only good for showing where it went wrong.
pub fn decode(bytes: Vec<u8>) -> (String, Option<YamlProblem>) {
    if let Some(name) = utf16(&bytes) {
        return (
            String::new(),
            Some(problem(
                format!("the file is encoded in {name}, not in UTF-8"),
                "save it as UTF-8; most editors offer this under \"Save with encoding\"",
                Span::empty(0),
            )),
        );
    }
    match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let byte = error.as_bytes()[at];
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let shown = text[at..].chars().next().map_or(0, char::len_utf8);
            (
                text,
                Some(problem(
                    format!("the file is not UTF-8: byte 0x{byte:02X} starts no character"),
                    "save it as UTF-8; it looks like Latin-1 or Windows-1252",
                    Span::new(offset(at), offset(at + shown)),
                )),
            )
        }
    }
}

/// Texts are far below 4 GiB: see [`MAX_FILE_BYTES`].
pub(super) fn offset(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Which UTF-16 `bytes` are in, by their mark or by the zero byte every ASCII character has there.
fn utf16(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xFF, 0xFE, ..] => Some("UTF-16 (little endian)"),
        [0xFE, 0xFF, ..] => Some("UTF-16 (big endian)"),
        [first, 0, ..] if *first != 0 => Some("UTF-16 (little endian)"),
        [0, second, ..] if *second != 0 => Some("UTF-16 (big endian)"),
        _ => None,
    }
}

fn problem(message: String, help: &str, span: Span) -> YamlProblem {
    YamlProblem {
        kind: YamlProblemKind::Syntax,
        message,
        help: Some(help.to_owned()),
        span,
        pointer: String::new(),
        related: None,
    }
}
