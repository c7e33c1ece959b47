use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::{Diagnostic, Paths, Report};

/// Raised when the same finding gets another fingerprint, so that the old ones match nothing
/// instead of something else.
const VERSION: &str = "1";

impl Diagnostic {
    /// What makes the finding the same in the next run: 32 hexadecimal digits.
    ///
    /// Made from the rule, the path of the file, the message and the number of the finding among
    /// those that share all three. The place is no part of it: lines and pointers move whenever
    /// something is added above, and a finding that moved is not a new one. Neither is the level,
    /// which is a matter of configuration.
    pub fn fingerprint(&self, path: &str, occurrence: usize) -> String {
        let mut hash = Sha256::new();
        for part in [VERSION, &self.rule, path, &self.message] {
            hash.update(part.as_bytes());
            // Rules and paths have none, and behind the message there are only digits.
            hash.update([0]);
        }
        hash.update(occurrence.to_string());
        let digest = hash.finalize();
        digest[..16]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

impl Report {
    /// The [fingerprints](Diagnostic::fingerprint) of the findings, in their order, and then of those
    /// that are waived. No two are the same.
    pub fn fingerprints(&self, paths: &Paths) -> Vec<String> {
        let mut seen: HashMap<(&str, &str, &str), usize> = HashMap::new();
        let waived = self.waived().iter().map(|waived| &waived.diagnostic);
        self.diagnostics()
            .iter()
            .chain(waived)
            .map(|diagnostic| {
                let name = diagnostic.source.name();
                let count = seen
                    .entry((&diagnostic.rule, name, &diagnostic.message))
                    .or_default();
                *count += 1;
                diagnostic.fingerprint(&paths.of(name), *count)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::sync::Arc;

    use super::*;
    use crate::{Level, Source, Span, Summary};

    fn fingerprints(text: &str, mark: &str, message: &str) -> Vec<String> {
        let source = Arc::new(Source::new("orders/a.yaml", text));
        let found = text.match_indices(mark).map(|(start, mark)| Diagnostic {
            rule: "some-rule".into(),
            group: "valid".into(),
            level: Level::Error,
            message: message.to_owned(),
            help: None,
            source: source.clone(),
            span: Span::new(
                u32::try_from(start).unwrap(),
                u32::try_from(start + mark.len()).unwrap(),
            ),
            pointer: format!("/{start}"),
            related: Vec::new(),
            fix: None,
            is_binding: false,
        });
        Report::new(Summary::default(), found.collect()).fingerprints(&Paths::default())
    }

    #[test]
    fn a_finding_that_moves_stays_the_same() {
        let before = fingerprints("a: 1\nb: 1\n", "1", "odd");
        assert_eq!(
            before,
            fingerprints("# new\n\na: 1\nc: 2\nb: 1\n", "1", "odd")
        );
        assert_eq!(before.len(), 2);
        assert_eq!(before.iter().collect::<HashSet<_>>().len(), 2);
        assert_ne!(before, fingerprints("a: 1\nb: 1\n", "1", "even"));
    }

    /// Fingerprints are kept in files and on platforms: they are not to change by accident.
    #[test]
    fn fingerprints_are_what_they_were() {
        assert_eq!(
            fingerprints("a: 1\n", "1", "odd"),
            ["ca9206a93aef44eabb38a7c166078b8a"]
        );
    }
}
