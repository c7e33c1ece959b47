//! What the parser says, in other words.

use granit_parser::ErrorKind;

/// A parser error in words for someone who writes manifests, not parsers.
pub(super) fn explain(kind: &ErrorKind) -> (String, &'static str) {
    use ErrorKind as E;
    match kind {
        E::TabNotAllowed
        | E::TabInBlockIndentation
        | E::TabInIndentation
        | E::TabAtBlockScalarStart
        | E::TabInPlainScalar
        | E::InvalidBlockEntryWhitespace
        | E::InvalidMappingValueWhitespace => (
            "a tab stands where YAML wants spaces".to_owned(),
            "indent with spaces; YAML allows no tabs there",
        ),
        E::UnclosedQuotedScalar | E::InvalidQuotedScalarIndent => (
            "a quoted text is never closed".to_owned(),
            "add the closing quote, or indent the lines on which it goes on",
        ),
        E::UnclosedFlowCollection { open } => (
            format!("`{open}` is never closed"),
            "add the closing bracket",
        ),
        E::MismatchedFlowCollectionEnd { open, close } => (
            format!("`{open}` is closed by `{close}`"),
            "close each bracket with its own kind",
        ),
        E::UnknownAnchor => (
            "this alias refers to an anchor that does not exist".to_owned(),
            "define the anchor before it, as in `&name`, or quote the text if it only starts with `*`",
        ),
        E::UnknownQuotedScalarEscape => (
            "an unknown escape in a double-quoted text".to_owned(),
            "use single quotes, in which backslashes stand for themselves",
        ),
        E::UnexpectedCharacter { character } if character.is_control() => (
            format!(
                "a control character (U+{:04X}) is not allowed",
                u32::from(*character)
            ),
            "remove it; most editors can show what is invisible",
        ),
        E::UnexpectedCharacter { character } => (
            format!("`{}` cannot start a value", character.escape_debug()),
            "quote the text that holds it",
        ),
        E::MappingValueNotAllowed | E::InvalidColonPlacement | E::MappingKeyNotAllowed => (
            "a `key: value` stands where YAML allows none".to_owned(),
            "check the indentation, and quote a text that holds `: `",
        ),
        E::InvalidIndentation
        | E::ExpectedBlockMappingKey
        | E::ExpectedBlockSequenceEntry
        | E::BlockSequenceEntryNotAllowed
        | E::SimpleKeyExpected
        | E::InvalidSimpleKey => (
            "this line does not fit the structure around it".to_owned(),
            "check its indentation, and that the key before it ends in `:`",
        ),
        other => (
            format!("this is not valid YAML: {other}"),
            "correct the syntax here; what follows was not read",
        ),
    }
}
