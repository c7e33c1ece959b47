use mesh_diagnostics::{Change, Level, Safety};
use mesh_spec::document::Document;
use mesh_spec::terms::status;
use mesh_spec::workspace::ProductRef;
use mesh_spec::yaml::Tree;
use serde_json::Value;

use crate::example::{Example, Excerpt};
use crate::facts::is_missing;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "product-version-missing",
    group: Group::Trustworthy,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: Some(Safety::Unsafe),
    summary: "A data product has a version.",
    docs: "\
A consumer relies on a product as it was on the day it was chosen. Without a `version` there is
nothing to pin, nothing to compare a change with, and nothing to publish: the registry keeps a
product under its version. ODPS leaves the key optional, and recommends it highly.

Start with `0.1.0` while the product takes shape, and with `1.0.0` once others may rely on it.",
    fails: Example::files(&[
        Excerpt::product("status: active # and no version\n").without(&["version"])
    ]),
    passes: Example::files(&[Excerpt::product("status: active\nversion: 1.0.0\n")]),
    check: Check::Product(check),
};

fn check(product: ProductRef<'_>, findings: &mut Findings<'_>) {
    let document = product.document;
    if !is_missing(document, "/version") {
        return;
    }
    let status = product.model.status.as_deref();
    let is_taking_shape = status::is(status, "draft") || status::is(status, "proposed");
    let version = if is_taking_shape { "0.1.0" } else { "1.0.0" };
    findings
        .at(document, "/version", "the data product has no version")
        .help(format!(
            "add `version:` with three numbers, as in `version: {version}`"
        ))
        .fix(
            document,
            Safety::Unsafe,
            format!("start with version {version}"),
            vec![set_version(document, version)],
        );
}

/// Gives the product a version: in place of an empty one, else below its name or its id.
fn set_version(document: &Document, version: &str) -> Change {
    let root = document.tree.as_ref().map(Tree::root);
    let has = |key: &str| root.is_some_and(|root| root.get(key).is_some());
    if has("version") {
        return Change::set("/version", version);
    }
    let above = ["name", "id"].into_iter().find(|key| has(key));
    Change::Insert {
        pointer: String::new(),
        key: "version".to_owned(),
        value: Value::from(version),
        after: above.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(yaml: &str) -> Document {
        let text = format!("apiVersion: v1.1.0\nkind: DataProduct\n{yaml}");
        Document::parse("dataproduct.yaml", text.into_bytes(), None)
    }

    #[test]
    fn the_version_stands_where_readers_look_for_it() {
        let below = |yaml: &str| match set_version(&product(yaml), "1.0.0") {
            Change::Insert { after, .. } => after,
            _ => None,
        };
        assert_eq!(below("id: a\nname: A\n").as_deref(), Some("name"));
        assert_eq!(below("id: a\n").as_deref(), Some("id"));
        let empty = set_version(&product("id: a\nversion: ''\n"), "1.0.0");
        assert_eq!(empty, Change::set("/version", "1.0.0"));
    }
}
