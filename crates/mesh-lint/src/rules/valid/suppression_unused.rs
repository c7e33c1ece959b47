use mesh_diagnostics::{Edit, Level, Safety, Span};
use mesh_spec::document::Document;
use mesh_spec::yaml::{Tree, edit};

use crate::example::{Example, Excerpt};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};
use crate::suppression::Suppression;

pub(crate) static RULE: Rule = Rule {
    id: "suppression-unused",
    group: Group::Valid,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: Some(Safety::Safe),
    summary: "A comment that suppresses findings suppresses at least one.",
    docs: "\
A suppression outlives what it was written for: the product is corrected, the comment stays, and the
next mistake of that kind in the same place goes unseen. A comment that suppresses nothing is
reported, so that it is deleted.

A rule that does not run, because of the settings in `mesh.yaml` or because it needs a registry and
none was named, finds nothing either, and what suppresses it is not reported.",
    fails: Example::files(&[Excerpt::product(
        "\
# mesh: ignore[owner-missing] the team is being founded
team:
  name: Orders
  members:
    - username: ada@pharma.example
      role: owner
",
    )]),
    passes: Example::files(&[Excerpt::product(
        "\
team:
  name: Orders
  members:
    - username: ada@pharma.example
      role: owner
",
    )]),
    check: Check::Suppressions,
};

/// Reports that `suppression` suppresses no finding of the rule `id`, which it names at `span`.
pub(crate) fn report(
    document: &Document,
    suppression: &Suppression,
    id: &str,
    span: Span,
    findings: &mut Findings<'_>,
) {
    let help = if suppression.rules.len() == 1 {
        "delete the comment".to_owned()
    } else {
        format!("take `{id}` out of the comment")
    };
    let edit = (document.tree.as_ref()).map(|tree| without(tree, suppression, span));
    let finding = findings
        .at_span(
            document,
            span,
            "",
            format!("`{id}` finds nothing here to suppress"),
        )
        .help(help.as_str());
    if let Some(edit) = edit {
        finding.fix_comments(Safety::Safe, help, vec![edit]);
    }
}

/// The edit that takes the rule at `span` out of `suppression`, or the whole comment if it names no
/// other.
fn without(tree: &Tree, suppression: &Suppression, span: Span) -> Edit {
    let at = suppression.rules.iter().position(|(_, own)| *own == span);
    let next = at.and_then(|at| suppression.rules.get(at + 1));
    let before = at.and_then(|at| suppression.rules.get(at.checked_sub(1)?));
    let span = match (next, before) {
        (Some((_, next)), _) => Span::new(span.start, next.start),
        (None, Some((_, before))) => Span::new(before.end, span.end),
        (None, None) => return edit::without_comment(tree, suppression.comment),
    };
    Edit {
        span,
        text: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use mesh_spec::workspace::{Role, Workspace};

    use crate::{Options, lint};

    use super::*;

    /// The text after all fixes of this rule.
    fn fixed(yaml: &str) -> String {
        let document = Document::parse("dataproduct.yaml", yaml.into(), None);
        let workspace = Workspace::new(vec![(document, Role::Target)], None);
        let outcome = lint(&workspace, &Options::as_of("2026-06-30"));
        let found = outcome.report.diagnostics().iter();
        let edits: Vec<Edit> = found
            .filter(|diagnostic| diagnostic.rule == RULE.id)
            .filter_map(|diagnostic| diagnostic.fix.clone())
            .flat_map(|fix| fix.edits)
            .take(1)
            .collect();
        let tree = workspace.documents()[0].0.tree.as_ref().expect("a tree");
        edit::verify(tree, &[], &edits).expect("only the comment changes")
    }

    #[test]
    fn only_what_is_unused_is_taken_out() {
        let head = "apiVersion: v1.1.0\nkind: DataProduct\nid: orders\nversion: 1.0.0\n";
        for (comment, left) in [
            (
                "# mesh: ignore[duplicate-port, name-missing] why",
                "# mesh: ignore[name-missing] why",
            ),
            (
                "# mesh: ignore[name-missing, duplicate-port] why",
                "# mesh: ignore[name-missing] why",
            ),
        ] {
            // A product without a name is marked at its id.
            let yaml = head.replace("id: orders", &format!("{comment}\nid: orders"));
            assert_eq!(
                fixed(&yaml),
                head.replace("id: orders", &format!("{left}\nid: orders"))
            );
        }
        let alone = format!("{head}domain: sales # mesh: ignore[duplicate-port] why\n");
        assert_eq!(fixed(&alone), format!("{head}domain: sales\n"));
    }
}
