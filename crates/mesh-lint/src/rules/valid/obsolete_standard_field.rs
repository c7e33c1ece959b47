use mesh_diagnostics::{Change, Level, Safety};
use mesh_spec::document::{Content, Document};
use mesh_spec::model::odcs::{DataContract, DataQuality};
use mesh_spec::model::{ApiVersion, Kind};
use serde_json::Value;

use crate::example::{Example, Excerpt};
use crate::facts::fields;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "obsolete-standard-field",
    group: Group::Valid,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: Some(Safety::Safe),
    summary: "Documents use no key that the standard has given up.",
    docs: "\
A key that is deprecated still passes the schema, but new tools no longer read it, and the next
major version will reject it. ODPS v0.9.0 as a whole was a draft that few tools ever read.

mesh reports data products of v0.9.0, and in contracts from v3.1.0 on `dataProduct` (a product names
its contracts, not the other way around), `slaDefaultElement` (each service level has an `element`),
a `team` that is a list, and `rule` beside the `metric` of a quality check. Documents of an older
version are right to use these; `mesh upgrade` moves them to the current one.",
    fails: Example::files(&[Excerpt::contract(
        "\
slaDefaultElement: orders.ordered_at
slaProperties:
  - property: frequency
    value: 1
    unit: d
  - property: retention
    value: 3
    unit: years
",
    )]),
    passes: Example::files(&[Excerpt::contract(
        "\
slaProperties:
  - property: frequency
    value: 1
    unit: d
    element: orders.ordered_at
  - property: retention
    value: 3
    unit: years
    element: orders.ordered_at
",
    )]),
    check: Check::Document(check),
};

fn check(document: &Document, findings: &mut Findings<'_>) {
    let Some(version) = document.api_version else {
        return;
    };
    match &document.content {
        Content::Product(_) if version.to_semver().major == 0 => {
            let current = ApiVersion::current(Kind::DataProduct);
            findings
                .at(
                    document,
                    "/apiVersion",
                    format!("version {version} of the data product standard was only a draft"),
                )
                .help(format!(
                    "run `mesh upgrade`, which moves the document to {current}"
                ));
        }
        Content::Contract(contract)
            if (version.to_semver().major, version.to_semver().minor) >= (3, 1) =>
        {
            check_contract(document, contract, findings);
        }
        _ => {}
    }
}

fn check_contract(document: &Document, contract: &DataContract, findings: &mut Findings<'_>) {
    if contract.data_product.is_some() {
        findings
            .at(
                document,
                "/dataProduct",
                "`dataProduct` is deprecated: a product names its contracts, not they the product",
            )
            .help("remove it; the output port of the product has the `contractId`")
            .fix(
                document,
                Safety::Unsafe,
                "remove `dataProduct`",
                vec![remove("/dataProduct")],
            );
    }
    if let Some(element) = &contract.sla_default_element {
        let mut changes = vec![remove("/slaDefaultElement")];
        let levels = contract.sla_properties.iter().enumerate();
        let without = levels.filter(|(_, sla)| sla.element.is_none());
        changes.extend(without.map(|(index, _)| name_element(document, index, element)));
        findings
            .at(
                document,
                "/slaDefaultElement",
                "`slaDefaultElement` is deprecated: each service level names its own element",
            )
            .help(format!(
                "remove it, and add `element: {element}` to the service levels that have none"
            ))
            .fix(
                document,
                Safety::Safe,
                "name the element in each service level",
                changes,
            );
    }
    if contract.team.as_ref().is_some_and(|team| team.as_list) {
        findings
            .at(
                document,
                "/team",
                "a team that is a list of members is deprecated",
            )
            .help("put the list under `members:` within `team:`");
    }
    for object in fields::objects(contract) {
        let at = || object.pointer();
        check_quality(document, &object.model.quality, &at, findings);
        object.each(|place| {
            check_quality(
                document,
                &place.model.quality,
                &|| place.pointer(),
                findings,
            );
        });
    }
}

/// Reports `rule` beside `metric`. On its own, the schema has missed the `metric`.
fn check_quality(
    document: &Document,
    quality: &[DataQuality],
    owner: &dyn Fn() -> String,
    findings: &mut Findings<'_>,
) {
    for (index, check) in quality.iter().enumerate() {
        if check.rule.is_none() || check.metric.is_none() {
            continue;
        }
        let pointer = format!("{}/quality/{index}/rule", owner());
        findings
            .at(
                document,
                pointer.as_str(),
                "`rule` is deprecated: the `metric` beside it says what is measured",
            )
            .help("remove `rule`")
            .fix(
                document,
                Safety::Safe,
                "remove `rule`",
                vec![remove(&pointer)],
            );
    }
}

/// Names `element` in the service level at `index`, which names none.
fn name_element(document: &Document, index: usize, element: &str) -> Change {
    let owner = format!("/slaProperties/{index}");
    let pointer = format!("{owner}/element");
    let tree = document.tree.as_ref();
    if tree.is_some_and(|tree| tree.at(&pointer).is_some()) {
        return Change::set(pointer, element);
    }
    Change::Insert {
        pointer: owner,
        key: "element".to_owned(),
        value: Value::from(element),
        after: None,
    }
}

fn remove(pointer: &str) -> Change {
    Change::Remove {
        pointer: pointer.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(yaml: &str) -> Vec<String> {
        let document = Document::parse("a.odcs.yaml", yaml.into(), None);
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        check(&document, &mut findings);
        let found = findings.into_inner().into_iter();
        found.map(|diagnostic| diagnostic.pointer).collect()
    }

    fn contract(version: &str) -> Vec<String> {
        found(&format!(
            "\
apiVersion: {version}
kind: DataContract
id: c
version: 1.0.0
status: active
dataProduct: orders
slaDefaultElement: o.a
team: [{{username: ada}}]
schema:
  - name: o
    properties:
      - {{name: a, quality: [{{type: library, rule: duplicateCount, metric: duplicateValues, mustBe: 0}}]}}
"
        ))
    }

    #[test]
    fn a_key_is_obsolete_from_the_version_on_that_gave_it_up() {
        assert_eq!(contract("v3.0.2"), Vec::<String>::new());
        let expected = [
            "/dataProduct",
            "/slaDefaultElement",
            "/team",
            "/schema/0/properties/0/quality/0/rule",
        ];
        assert_eq!(contract("v3.1.0"), expected);
        assert_eq!(contract("v3.2.0"), expected);
    }

    #[test]
    fn the_first_draft_of_the_product_standard_is_obsolete() {
        let product = |version: &str| {
            found(&format!(
                "apiVersion: {version}\nkind: DataProduct\nid: p\nstatus: draft\n"
            ))
        };
        assert_eq!(product("v0.9.0"), ["/apiVersion"]);
        assert_eq!(product("v1.0.0"), Vec::<String>::new());
    }
}
