use mesh_diagnostics::{Change, Level, Safety, nearest};
use mesh_spec::document::{Content, Document};
use mesh_spec::terms::status;

use crate::example::{Example, Excerpt};
use crate::facts::placeholder::is_placeholder;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

/// What people write instead, most of it in the standards' own examples.
const MEANT: [(&str, &str); 9] = [
    ("development", "draft"),
    ("in development", "draft"),
    ("test", "draft"),
    ("live", "active"),
    ("production", "active"),
    ("published", "active"),
    ("released", "active"),
    ("obsolete", "deprecated"),
    ("archived", "retired"),
];

pub(crate) static RULE: Rule = Rule {
    id: "unknown-status",
    group: Group::Valid,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: Some(Safety::Safe),
    summary: "The status is one that the standards name.",
    docs: "\
Consumers, catalogues and mesh itself decide by `status`: a draft may still change, a deprecated
product should no longer be chosen, a retired one is gone. To the schemas the status is free text,
so a word of one's own passes them, and every tool takes it to mean something else.

The status of a product or contract is `proposed`, `draft`, `active`, `deprecated` or `retired`, in
lower case.",
    fails: Example::files(&[Excerpt::product("status: live\n")]),
    passes: Example::files(&[Excerpt::product("status: active\n")]),
    check: Check::Document(check),
};

fn check(document: &Document, findings: &mut Findings<'_>) {
    let status = match &document.content {
        Content::Product(product) => product.status.as_deref(),
        Content::Contract(contract) => contract.status.as_deref(),
        Content::Other => None,
    };
    let Some(status) = status else {
        return;
    };
    if status::ALL.contains(&status) || status.trim().is_empty() || is_placeholder(status) {
        return;
    }
    let word = status.trim().to_lowercase();
    let meant = MEANT.iter().find(|(other, _)| *other == word);
    let meant = meant.map(|(_, known)| *known);
    let known = meant.or_else(|| nearest(&word, status::ALL));
    let help = match known {
        Some(known) => format!("write `status: {known}`"),
        None => "use one of `proposed`, `draft`, `active`, `deprecated` or `retired`".to_owned(),
    };
    let finding = findings
        .at(
            document,
            "/status",
            format!("`{status}` is not a status that the standards know"),
        )
        .help(help);
    if let Some(known) = known {
        // The same word in another spelling is no guess.
        let safety = if known == word {
            Safety::Safe
        } else {
            Safety::Unsafe
        };
        let title = format!("set the status to `{known}`");
        finding.fix(document, safety, title, vec![Change::set("/status", known)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fix(status: &str) -> Option<(Safety, String)> {
        let yaml = format!("apiVersion: v1.1.0\nkind: DataProduct\nid: a\nstatus: {status}\n");
        let document = Document::parse("dataproduct.yaml", yaml.into(), None);
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        check(&document, &mut findings);
        let found = findings.into_inner().pop().expect("the status is reported");
        let fix = found.fix?;
        Some((fix.safety, fix.edits[0].text.clone()))
    }

    #[test]
    fn only_another_spelling_of_a_status_is_corrected_unseen() {
        assert_eq!(fix("Active"), Some((Safety::Safe, "active".to_owned())));
        assert_eq!(fix("actve"), Some((Safety::Unsafe, "active".to_owned())));
        assert_eq!(fix("live"), Some((Safety::Unsafe, "active".to_owned())));
        assert_eq!(fix("whatever"), None);
    }
}
