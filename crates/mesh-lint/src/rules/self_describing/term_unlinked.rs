use mesh_diagnostics::Level;
use mesh_spec::model::AuthoritativeDefinition;
use mesh_spec::model::odcs::DataContract;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::fields::{self, Object};
use crate::facts::{glossary, is_missing, is_sound, words};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

const KEY: &str = "authoritativeDefinitions";

pub(crate) static RULE: Rule = Rule {
    id: "term-unlinked",
    group: Group::SelfDescribing,
    level: Level::Info,
    preset: Preset::Strict,
    fix: None,
    summary: "What the data is about is linked to the business glossary.",
    docs: "\
What counts as an order, and from when? Every description answers it again, each a little
differently. A link to the one definition that the business has agreed on ends that, and finds all
other data about the same thing.

mesh looks at `authoritativeDefinitions`. Each schema object needs a link to what it is about, on
itself or on one of its fields, and so does each field that is a `criticalDataElement`. The link of
a contract counts for its object if there is only one, unless its type is `glossary`. Any type that
says so will do (`businessDefinition`, `glossary`, `businessTerm`). Where the vocabulary `glossary`
names the addresses of the glossary, links must begin with one of them, whatever their type. Each
contract is reported once.",
    fails: Example::files(&[Excerpt::contract(
        "\
name: Orders # and no authoritativeDefinitions
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
    )
    .without(&[KEY])]),
    passes: Example::files(&[Excerpt::contract(
        "\
name: Orders
schema:
  - name: orders
    physicalName: orders
    description: Confirmed orders.
    dataGranularityDescription: One row per order.
    authoritativeDefinitions:
      - type: businessDefinition
        url: https://glossary.example/terms/order
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
    )
    .without(&[KEY])]),
    check: Check::Contract(check),
};

/// Something without a link into the glossary.
struct Unlinked<'w> {
    pointer: String,
    name: String,
    links: &'w [AuthoritativeDefinition],
}

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    let addresses = findings.vocabularies().glossary.as_deref();
    let is_linked = |links: &[AuthoritativeDefinition]| {
        links
            .iter()
            .any(|link| glossary::leads_there(link, addresses))
    };
    let document = contract.document;
    let mut unlinked: Vec<Unlinked<'_>> = Vec::new();
    for object in fields::objects(contract.model) {
        if !is_covered(object, contract.model, &is_linked) {
            unlinked.push(Unlinked {
                pointer: object.pointer(),
                name: object.name().to_owned(),
                links: &object.model.authoritative_definitions,
            });
            continue;
        }
        let fields = object.select_named(|place| {
            place.model.critical_data_element == Some(true)
                && !is_linked(&place.model.authoritative_definitions)
        });
        unlinked.extend(fields.into_iter().map(|field| Unlinked {
            pointer: field.pointer,
            name: match &object.model.name {
                Some(object) => format!("{object}.{}", field.path),
                None => field.path,
            },
            links: &field.model.authoritative_definitions,
        }));
    }
    // A link that the schema objects to may be the one, and so may those of a misspelt key.
    unlinked.retain(|it| is_sound(document, &it.pointer));
    let Some(first) = unlinked.first().filter(|_| is_known(contract)) else {
        return;
    };
    let message = if unlinked.len() == 1 {
        format!(
            "`{}` has no link to a term of the business glossary",
            first.name
        )
    } else {
        let names = words::listed(unlinked.iter().map(|it| it.name.as_str()));
        let n = unlinked.len();
        format!("{n} objects and fields have no link to a term of the business glossary: {names}")
    };
    let astray = first.links.iter().position(glossary::is_definition);
    let mut finding = findings.at(document, format!("{}/{KEY}", first.pointer), message);
    if let (Some(at), Some(_)) = (astray, addresses) {
        let pointer = format!("{}/{KEY}/{at}/url", first.pointer);
        finding = finding.see(document, &pointer, "this leads elsewhere");
    }
    finding.help(match addresses.and_then(<[String]>::first) {
        Some(address) => {
            format!(
                "add `{KEY}: [{{type: businessDefinition, url: …}}]` with a page below {address}"
            )
        }
        None => format!("add `{KEY}: [{{type: businessDefinition, url: …}}]`"),
    });
}

/// Whether a link says what `object` is about.
fn is_covered(
    object: Object<'_>,
    contract: &DataContract,
    is_linked: &impl Fn(&[AuthoritativeDefinition]) -> bool,
) -> bool {
    if is_linked(&object.model.authoritative_definitions) {
        return true;
    }
    // The front page of the glossary defines nothing in particular.
    let of_contract = contract.authoritative_definitions.iter();
    let mut of_contract = of_contract.filter(|link| {
        let kind = link.r#type.as_deref().unwrap_or_default();
        !kind.eq_ignore_ascii_case("glossary")
    });
    if contract.schema.len() == 1 && of_contract.any(|link| is_linked(std::slice::from_ref(link))) {
        return true;
    }
    let mut by_field = false;
    object.each(|place| {
        by_field =
            by_field || place.is_known() && is_linked(&place.model.authoritative_definitions);
    });
    by_field
}

/// Whether the links of the contract itself are what the model holds of them.
fn is_known(contract: ContractRef<'_>) -> bool {
    let pointer = format!("/{KEY}");
    let links = &contract.model.authoritative_definitions;
    is_sound(contract.document, &pointer)
        && (!links.is_empty() || is_missing(contract.document, &pointer))
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;
    use crate::engine::Options;

    fn found(head: &str, schema: &str, glossary: Option<&str>) -> Vec<String> {
        let text = format!(
            "apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 1.0.0\n{head}schema: [{schema}]\n"
        );
        let document = Document::parse("c.odcs.yaml", text.into(), None);
        let workspace = Workspace::new(vec![(document, Role::Target)], None);
        let mut options = Options::as_of("2026-06-30");
        options.settings.vocabularies.glossary = glossary.map(|address| vec![address.to_owned()]);
        let mut findings = Findings::new(&RULE, &options);
        for contract in workspace.contracts() {
            check(contract, &mut findings);
        }
        let message = |found: mesh_diagnostics::Diagnostic| found.message;
        findings.into_inner().into_iter().map(message).collect()
    }

    fn link(kind: &str, url: &str) -> String {
        format!("{KEY}: [{{type: {kind}, url: '{url}'}}]")
    }

    #[test]
    fn a_link_counts_wherever_it_says_what_the_object_is_about() {
        let term = link("businessDefinition", "https://g.example/terms/a");
        let front = link("glossary", "https://g.example");
        let code = link("implementation", "https://git.example/a");
        for (head, object, is_found) in [
            (String::new(), "{name: o}".to_owned(), true),
            (String::new(), format!("{{name: o, {term}}}"), false),
            (String::new(), format!("{{name: o, {code}}}"), true),
            (
                String::new(),
                format!("{{name: o, properties: [{{name: a, {term}}}]}}"),
                false,
            ),
            (format!("{term}\n"), "{name: o}".to_owned(), false),
            (format!("{front}\n"), "{name: o}".to_owned(), true),
            (format!("{term}\n"), "{name: o}, {name: p}".to_owned(), true),
            (
                String::new(),
                "{name: o, authoritativeDefinition: []}".to_owned(),
                false,
            ),
        ] {
            let found = found(&head, &object, None);
            assert_eq!(!found.is_empty(), is_found, "{head}{object}");
        }
    }

    #[test]
    fn critical_fields_need_their_own_link_and_a_contract_is_reported_once() {
        let term = link("businessDefinition", "https://g.example/terms/a");
        let schema = format!(
            "{{name: o, {term}, properties: [{{name: a, criticalDataElement: true}}, {{name: b}}]}}, {{name: p}}"
        );
        assert_eq!(
            found("", &schema, None),
            ["2 objects and fields have no link to a term of the business glossary: o.a, p"]
        );
    }

    #[test]
    fn where_the_glossary_is_known_links_must_lead_there() {
        let glossary = Some("https://g.example/terms");
        for (kind, url, is_found) in [
            ("businessDefinition", "https://g.example/terms/a", false),
            ("reference", "https://g.example/terms/a", false),
            ("businessDefinition", "https://wiki.example/a", true),
        ] {
            let object = format!("{{name: o, {}}}", link(kind, url));
            assert_eq!(!found("", &object, glossary).is_empty(), is_found, "{url}");
        }
    }
}
