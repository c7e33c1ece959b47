use mesh_diagnostics::{Change, Level, Safety};
use mesh_spec::document::{Document, ProblemKind};
use mesh_spec::model::{Kind, odps};
use mesh_spec::yaml::NodeRef;

use crate::example::{Example, Excerpt};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "key-order",
    group: Group::Style,
    level: Level::Info,
    preset: Preset::Strict,
    fix: Some(Safety::Safe),
    summary: "The keys of a manifest stand in the order of the standard.",
    docs: "\
Where every manifest begins with what it is and ends with who answers for it, a reader knows where
to look, and the difference between two versions shows what changed and not what moved.

mesh looks at the keys of the document itself, not at those within, and reports the first one that
stands too far down. In a product: `apiVersion`, `kind`, `id`, `name`, `deprecated`, `synonyms`,
`version`, `status`, `domain`, `type`, `context`, `tenant`, `authoritativeDefinitions`,
`description`, `customProperties`, `tags`, `inputPorts`, `outputPorts`, `managementPorts`,
`support`, `team`, `productCreatedTs`. In a contract: `apiVersion`, `kind`, `id`, `name`, `version`,
`status`, `domain`, `dataProduct`, `tenant`, `tags`, `description`, `context`, `servers`, `schema`,
`support`, `price`, `team`, `roles`, `slaDefaultElement`, `slaProperties`,
`authoritativeDefinitions`, `customProperties`, `contractCreatedTs`. The fix moves them, each with
its comments.",
    fails: Example::files(&[Excerpt::product(
        "\
team:
  name: Orders
  members:
    - username: ada@pharma.example
      role: owner
support:
  - channel: \"#orders\"
    url: https://chat.example/orders
",
    )]),
    passes: Example::files(&[Excerpt::product(
        "\
support:
  - channel: \"#orders\"
    url: https://chat.example/orders
team:
  name: Orders
  members:
    - username: ada@pharma.example
      role: owner
",
    )]),
    check: Check::Document(check),
};

const CONTRACT: [&str; 23] = [
    "apiVersion",
    "kind",
    "id",
    "name",
    "version",
    "status",
    "domain",
    "dataProduct",
    "tenant",
    "tags",
    "description",
    "context",
    "servers",
    "schema",
    "support",
    "price",
    "team",
    "roles",
    "slaDefaultElement",
    "slaProperties",
    "authoritativeDefinitions",
    "customProperties",
    "contractCreatedTs",
];

fn check(document: &Document, findings: &mut Findings<'_>) {
    let order: &[&str] = match document.kind() {
        Some(Kind::DataProduct) => &odps::KEYS,
        Some(Kind::DataContract) => &CONTRACT,
        None => return,
    };
    let Some(tree) = &document.tree else {
        return;
    };
    let keys = || tree.root().entries().map(|(key, _)| key);
    let Some((key, above)) = first_late(keys(), order) else {
        return;
    };
    let finding = findings
        .at_span(
            document,
            key.span(),
            format!("/{}", key.key_text()),
            format!(
                "`{}` stands below `{}`, which the standard has further down",
                key.key_text(),
                above.key_text()
            ),
        )
        .help(match before(key.key_text(), order, keys()) {
            Some(other) => format!("put it below `{other}`"),
            None => "put it at the top".to_owned(),
        })
        .see_span(document, above.span(), "the key that belongs further down");
    // Of a key that is there twice, it is not clear which one should move.
    let is_doubled = |problem: &mesh_spec::document::Problem| {
        problem.kind == ProblemKind::DuplicateKey && problem.pointer.matches('/').count() <= 1
    };
    if !document.problems.iter().any(is_doubled) {
        finding.fix(
            document,
            Safety::Safe,
            "put the keys in the order of the standard",
            vec![Change::Reorder {
                pointer: String::new(),
                keys: sorted(keys(), order),
            }],
        );
    }
}

fn rank(key: &str, order: &[&str]) -> Option<usize> {
    order.iter().position(|known| *known == key)
}

/// The first key that stands below one that belongs below it, and that one. Unknown keys may stand
/// anywhere.
fn first_late<'t>(
    keys: impl Iterator<Item = NodeRef<'t>>,
    order: &[&str],
) -> Option<(NodeRef<'t>, NodeRef<'t>)> {
    let mut lowest: Option<(usize, NodeRef<'t>)> = None;
    for key in keys {
        let Some(rank) = rank(key.key_text(), order) else {
            continue;
        };
        match lowest {
            Some((other, above)) if rank < other => return Some((key, above)),
            _ => lowest = Some((rank, key)),
        }
    }
    None
}

/// The key of the document that `key` should follow.
fn before<'t>(
    key: &str,
    order: &[&str],
    keys: impl Iterator<Item = NodeRef<'t>>,
) -> Option<&'t str> {
    let own = rank(key, order)?;
    let ranked = keys.filter_map(|key| Some((rank(key.key_text(), order)?, key.key_text())));
    let above = ranked.filter(|(rank, _)| *rank < own).max();
    above.map(|(_, key)| key)
}

/// All keys in order. An unknown key stays behind the known one that it follows now.
fn sorted<'t>(keys: impl Iterator<Item = NodeRef<'t>>, order: &[&str]) -> Vec<String> {
    let mut last = None;
    let mut ranked: Vec<_> = keys
        .map(|key| {
            let key = key.key_text();
            last = rank(key, order).or(last);
            (last, key)
        })
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, key)| key.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use mesh_spec::model::odcs::DataContract;
    use mesh_spec::model::odps::DataProduct;

    use super::*;

    fn found(yaml: &str) -> Vec<(String, Option<String>)> {
        let document = Document::parse("dataproduct.yaml", yaml.into(), None);
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        check(&document, &mut findings);
        let found = findings.into_inner().into_iter();
        found.map(|d| (d.pointer, d.help)).collect()
    }

    #[test]
    fn the_first_key_out_of_order_is_reported() {
        let yaml =
            "kind: DataProduct\nteam: {name: a}\nversion: 1.0.0\nid: a\napiVersion: v1.1.0\n";
        let help = "put it below `id`".to_owned();
        assert_eq!(found(yaml), [("/version".to_owned(), Some(help))]);
        let ordered = "apiVersion: v1.1.0\nkind: DataProduct\nxyz: 1\nid: a\nteam: {name: a}\n";
        assert_eq!(found(ordered), []);
    }

    #[test]
    fn keys_are_sorted_and_unknown_ones_follow_their_neighbour() {
        let yaml = "team: 1\nxyz: 2\nkind: DataProduct\nid: a\nfoo: 3\napiVersion: v1.1.0\n";
        let document = Document::parse("dataproduct.yaml", yaml.into(), None);
        let tree = document.tree.as_ref().expect("it is YAML");
        let keys = tree.root().entries().map(|(key, _)| key);
        assert_eq!(
            sorted(keys, &odps::KEYS),
            ["apiVersion", "kind", "id", "foo", "team", "xyz"]
        );
    }

    /// Every key of the model has a place, and no place is for a key that there is not.
    #[test]
    fn the_order_is_that_of_all_keys() {
        let keys = |schema: schemars::Schema| {
            let properties = schema.get("properties").and_then(|keys| keys.as_object());
            let properties = properties.expect("a document has keys");
            let mut keys: Vec<String> = properties.keys().cloned().collect();
            keys.sort();
            keys
        };
        let sorted = |order: &[&str]| {
            let mut order: Vec<String> = order.iter().copied().map(str::to_owned).collect();
            order.sort();
            order
        };
        assert_eq!(
            keys(schemars::schema_for!(DataProduct)),
            sorted(&odps::KEYS)
        );
        assert_eq!(keys(schemars::schema_for!(DataContract)), sorted(&CONTRACT));
    }
}
