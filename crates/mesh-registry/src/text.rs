//! Comparing texts for messages.

/// Whether two texts are the same but for `\r\n` and `\n`, as after a checkout on another system.
pub(crate) fn differs_in_line_endings(a: &[u8], b: &[u8]) -> bool {
    a != b && lines(a).eq(lines(b))
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

#[cfg(test)]
mod tests {
    use super::differs_in_line_endings as differs;

    #[test]
    fn line_endings_are_told_from_content() {
        assert!(differs(b"a\r\nb\r\n", b"a\nb\n"));
        assert!(differs(b"a\nb\r\n", b"a\r\nb\n"));
        for (a, b) in [
            ("a\n", "a\n"),
            ("a\n", "a"),
            ("a\r\n", "b\n"),
            ("a\n\n", "a\n"),
        ] {
            assert!(!differs(a.as_bytes(), b.as_bytes()), "{a:?} {b:?}");
        }
    }
}
