use std::collections::HashMap;

use mesh_diagnostics::{Change, Level, Safety, nearest};
use mesh_spec::document::Document;
use mesh_spec::terms::classification::Labels;

use crate::example::{Example, Excerpt};
use crate::facts::classification::{self, Written};
use crate::facts::placeholder::is_placeholder;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "classification-unknown",
    group: Group::Secure,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: Some(Safety::Unsafe),
    summary: "Every classification is one that mesh can compare.",
    docs: "\
The standard accepts any text as a classification. A label that nobody can place, such as
`intrenal`, protects nothing: nobody can tell whether it is more or less sensitive than another, so
every check that compares labels would have to look away.

mesh knows `public`, `internal`, `confidential` and `restricted`, in this order and in upper or
lower case, and the labels that the vocabulary `classifications` lists beside them. It
looks at the label of each field, and at the custom property `classification` of products, contracts
and schema objects. Each label that it does not know is reported once per document.",
    fails: Example::files(&[Excerpt::contract(
        "\
schema:
  - name: orders
    physicalName: orders
    description: Confirmed orders.
    dataGranularityDescription: One row per order.
    properties:
      - name: order_id
        logicalType: string
        description: Identifies the order across systems.
        primaryKey: true
        classification: intrenal
        examples: [O-1000017]
        quality:
          - metric: duplicateValues
            mustBe: 0
",
    )]),
    passes: Example::files(&[Excerpt::contract(
        "\
schema:
  - name: orders
    physicalName: orders
    description: Confirmed orders.
    dataGranularityDescription: One row per order.
    properties:
      - name: order_id
        logicalType: string
        description: Identifies the order across systems.
        primaryKey: true
        classification: internal
        examples: [O-1000017]
        quality:
          - metric: duplicateValues
            mustBe: 0
",
    )]),
    check: Check::Document(check),
};

fn check(document: &Document, findings: &mut Findings<'_>) {
    let labels = Labels::new(findings.vocabularies());
    let mut unknown: Vec<Vec<Written>> = Vec::new();
    let mut known_at: HashMap<String, usize> = HashMap::new();
    let is_unknown = |text: &str| {
        let text = text.trim();
        // A label that is empty or still to be written is reported as that.
        !(text.is_empty() || is_placeholder(text) || labels.parse(text).is_some())
    };
    for label in classification::written(document, is_unknown) {
        let text = label.text.trim();
        let at = *known_at
            .entry(text.to_lowercase())
            .or_insert_with(|| unknown.len());
        match unknown.get_mut(at) {
            Some(places) => places.push(label),
            None => unknown.push(vec![label]),
        }
    }
    for places in unknown {
        let Some(label) = places.first() else {
            continue;
        };
        let text = label.text.trim();
        let again = match places.len() {
            1 => String::new(),
            2 => ", here and in one more place".to_owned(),
            times => format!(", here and in {} more places", times - 1),
        };
        let names = labels.words();
        let meant = nearest(text, names.iter().copied());
        let help = match meant {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("use one of `{}`", names.join("`, `")),
        };
        let message = format!("`{text}` is no classification that mesh can compare{again}");
        let finding = findings
            .at(document, label.pointer.as_str(), message)
            .help(help);
        if let Some(name) = meant {
            let changes = places
                .iter()
                .map(|label| Change::set(label.pointer.as_str(), name));
            let title = format!("replace `{text}` by `{name}`");
            finding.fix(document, Safety::Unsafe, title, changes.collect());
        }
    }
}

#[cfg(test)]
mod tests {
    use mesh_spec::vocabulary::Sensitivity;

    use super::*;

    fn found(yaml: &str) -> Vec<(String, String)> {
        let document = Document::parse("a.odcs.yaml", yaml.into(), None);
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        check(&document, &mut findings);
        let found = findings.into_inner().into_iter();
        found.map(|d| (d.pointer, d.message)).collect()
    }

    #[test]
    fn a_label_is_looked_at_wherever_it_stands_and_reported_once() {
        let yaml = "\
apiVersion: v3.2.0
kind: DataContract
id: a
customProperties: [{property: mesh.classification, value: secret}]
schema:
  - name: o
    customProperties: [{property: classification, value: restriced}]
    properties:
      - {name: a, classification: Intrenal}
      - {name: b, logicalType: array, items: {logicalType: string, classification: intrenal}}
      - {name: c, classification: PUBLIC}
      - {name: d, classification: TODO}
";
        let pointers: Vec<_> = found(yaml).into_iter().map(|(at, _)| at).collect();
        assert_eq!(
            pointers,
            [
                "/customProperties/0/value",
                "/schema/0/customProperties/0/value",
                "/schema/0/properties/0/classification",
            ]
        );
        assert!(found(yaml)[2].1.ends_with(", here and in one more place"));
    }

    #[test]
    fn labels_of_a_mesh_are_known_and_suggested() {
        let yaml = "apiVersion: v3.2.0\nkind: DataContract\nid: a\nschema: [{name: o, properties: [\
            {name: a, classification: Secret}, {name: b, classification: secrte}, {name: c, classification: public}]}]\n";
        let document = Document::parse("a.odcs.yaml", yaml.into(), None);
        let mut options = crate::engine::Options::as_of("2026-06-30");
        options.settings.vocabularies.classifications =
            Some([("secret".to_owned(), Sensitivity::Restricted)].into());
        let mut findings = Findings::new(&RULE, &options);
        check(&document, &mut findings);
        let found = findings.into_inner();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].pointer, "/schema/0/properties/1/classification");
        assert_eq!(found[0].help.as_deref(), Some("did you mean `secret`?"));
    }

    #[test]
    fn the_label_of_a_product_is_looked_at() {
        let yaml = "apiVersion: v1.1.0\nkind: DataProduct\nid: a\ncustomProperties: [{property: classification, vendor: mesh, value: intrenal}]\n";
        assert_eq!(found(yaml)[0].0, "/customProperties/0/value");
    }
}
