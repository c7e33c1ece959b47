use mesh_diagnostics::Level;
use mesh_spec::document::{Content, Document};
use mesh_spec::model::Description;
use mesh_spec::model::odcs::DataContract;
use mesh_spec::model::odps::DataProduct;
use mesh_spec::terms::words::words_of_text;

use crate::example::{Example, Excerpt};
use crate::facts::fields::{self, Object};
use crate::facts::placeholder::is_placeholder;
use crate::facts::words;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "description-placeholder",
    group: Group::Discoverable,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: None,
    summary: "Descriptions say more than the name does.",
    docs: "\
`Table of orders` under `orders`, or `n/a`, keeps a form from complaining and tells a reader
nothing. It is worse than an empty description: that one is found by every check, this one by
nobody.

mesh looks at the descriptions of products, ports, contracts, objects and fields. One says nothing
if it is a word such as `n/a`, `tbd` or `description`, or if none of its words is news to someone
who knows the name: `The order id` of `order_id`. The description of a product, a port, a contract
or an object also needs more than a single word. Say what a value or a row means, where it comes
from, or where it ends. What starts with `TODO` is reported as that.",
    fails: Example::files(&[Excerpt::product(
        "\
outputPorts:
  - name: orders
    description: Table of orders.
    version: 1.0.0
    contractId: commercial.orders
",
    )]),
    passes: Example::files(&[Excerpt::product(
        "\
outputPorts:
  - name: orders
    description: One row per order that was confirmed, as the ERP books it.
    version: 1.0.0
    contractId: commercial.orders
",
    )]),
    check: Check::Document(check),
};

/// Texts that stand where a description should, whatever is described.
const STOCK: [&str; 20] = [
    "-",
    "--",
    ".",
    "..",
    "...",
    "?",
    "blank",
    "desc",
    "description",
    "dummy",
    "empty",
    "foo",
    "lorem ipsum",
    "n/a",
    "na",
    "no description",
    "tbc",
    "tbd",
    "test",
    "todo",
];

/// The longest of them, with a mark or two at its end.
const LONGEST_STOCK: usize = "no description".len() + 2;

/// What is longer is no name, and comparing every word with it would take its time.
const LONGEST_NAME: usize = 200;

/// Words that say nothing beside a name.
const FILLERS: [&str; 20] = [
    "a",
    "all",
    "an",
    "and",
    "are",
    "column",
    "contains",
    "data",
    "description",
    "field",
    "for",
    "holds",
    "in",
    "information",
    "is",
    "it",
    "of",
    "the",
    "this",
    "value",
];

/// Words that say nothing beside the name of what holds fields.
const HOLDERS: [&str; 11] = [
    "contract", "dataset", "entity", "file", "list", "object", "output", "port", "product",
    "record", "table",
];

fn check(document: &Document, findings: &mut Findings<'_>) {
    match &document.content {
        Content::Product(product) => check_product(document, product, findings),
        Content::Contract(contract) => check_contract(document, contract, findings),
        Content::Other => {}
    }
}

fn check_product(document: &Document, product: &DataProduct, findings: &mut Findings<'_>) {
    let names = [product.name.as_deref(), product.id.as_deref()];
    check_prose(document, product.description.as_ref(), names, findings);
    for (index, port) in product.output_ports.iter().enumerate() {
        let text = port.description.as_deref();
        if let Some(text) = text.filter(|text| is_hollow(text, [port.name.as_deref(), None])) {
            let port = words::output_port(port.name.as_deref(), index);
            let pointer = format!("/outputPorts/{index}/description");
            report(document, pointer, text, &format!("of {port}"), findings).help(
                "say what consumers find behind the port, and what a row or message stands for",
            );
        }
    }
    for (index, port) in product.management_ports.iter().enumerate() {
        let text = port.description.as_deref();
        if let Some(text) = text.filter(|text| is_hollow(text, [port.name.as_deref(), None])) {
            let port = words::port("management", port.name.as_deref(), index);
            let pointer = format!("/managementPorts/{index}/description");
            report(document, pointer, text, &format!("of {port}"), findings)
                .help("say what the port is for");
        }
    }
}

fn check_contract(document: &Document, contract: &DataContract, findings: &mut Findings<'_>) {
    let names = [contract.name.as_deref(), contract.id.as_deref()];
    check_prose(document, contract.description.as_ref(), names, findings);
    for object in fields::objects(contract) {
        let names = [
            object.model.name.as_deref(),
            object.model.business_name.as_deref(),
        ];
        let text = object.model.description.as_deref();
        if let Some(text) = text.filter(|text| is_hollow(text, names)) {
            let of = format!("of `{}`", object.name());
            let pointer = format!("{}/description", object.pointer());
            report(document, pointer, text, &of, findings)
                .help("say what a row, document or message stands for");
        }
        check_fields(document, object, findings);
    }
}

/// Reports `purpose`, `limitations` and `usage` that say nothing. That there are no limitations is
/// something to say.
fn check_prose(
    document: &Document,
    description: Option<&Description>,
    names: [Option<&str>; 2],
    findings: &mut Findings<'_>,
) {
    let Some(description) = description else {
        return;
    };
    for (key, text, help) in [
        (
            "purpose",
            &description.purpose,
            "say which question the data answers, and for whom",
        ),
        (
            "usage",
            &description.usage,
            "say how the data is meant to be read and joined",
        ),
        (
            "limitations",
            &description.limitations,
            "say what the data must not be used for, and where it is incomplete",
        ),
    ] {
        let Some(text) = text.as_deref() else {
            continue;
        };
        let is_hollow = if key == "limitations" {
            is_stock(text) && !matches!(text.trim().to_lowercase().as_str(), "n/a" | "na" | "-")
        } else {
            is_hollow(text, names)
        };
        if is_hollow {
            let pointer = format!("/description/{key}");
            let message = format!("the {key} `{}` says nothing", shown(text));
            findings.at(document, pointer, message).help(help);
        }
    }
}

/// Reports the fields of an object together.
fn check_fields(document: &Document, object: Object<'_>, findings: &mut Findings<'_>) {
    let mut hollow: Vec<&str> = Vec::new();
    let mut first: Option<(String, &str)> = None;
    object.each(|place| {
        let property = place.model;
        let (Some(name), Some(text)) = (property.name.as_deref(), property.description.as_deref())
        else {
            return;
        };
        // One word may well be what an abbreviated name stands for.
        let names = [Some(name), property.business_name.as_deref()];
        if is_stock(text) || names.into_iter().flatten().any(|name| restates(text, name)) {
            if first.is_none() {
                first = Some((format!("{}/description", place.pointer()), text));
            }
            hollow.push(name);
        }
    });
    let Some((pointer, text)) = first else {
        return;
    };
    let help = "say what a value means: its unit, its source, what sets it apart";
    if let [name] = hollow[..] {
        report(document, pointer, text, &format!("of `{name}`"), findings).help(help);
        return;
    }
    let owner = object.name();
    let (n, names) = (hollow.len(), words::listed(hollow));
    let message = format!("the descriptions of {n} fields of `{owner}` say nothing: {names}");
    findings.at(document, pointer, message).help(help);
}

fn report<'f>(
    document: &Document,
    pointer: String,
    text: &str,
    of: &str,
    findings: &'f mut Findings<'_>,
) -> crate::Finding<'f> {
    let message = format!("the description {of} says nothing: `{}`", shown(text));
    findings.at(document, pointer, message)
}

/// A text on one line.
fn shown(text: &str) -> &str {
    text.trim().lines().next().unwrap_or_default()
}

/// Whether `text` says nothing about what is called by `names`: it stands for a text, is a single
/// word, or repeats the names. What is still to be written is reported as that.
fn is_hollow(text: &str, names: [Option<&str>; 2]) -> bool {
    let mut words = words_of_text(text);
    let is_written = words.next().is_some();
    is_stock(text)
        || (is_written && words.next().is_none() || repeats(text, names)) && !is_placeholder(text)
}

/// Whether `text` stands where a text should.
fn is_stock(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST_STOCK {
        return false;
    }
    let bare = text.trim_end_matches(['.', '!']);
    let is = |known: &str| text.eq_ignore_ascii_case(known) || bare.eq_ignore_ascii_case(known);
    // In capitals these are placeholders, which have a rule of their own.
    STOCK.into_iter().any(is) && !is_placeholder(text)
}

/// Whether each word of `text` is a filler or part of one of `names`, and one of them is.
fn repeats(text: &str, names: [Option<&str>; 2]) -> bool {
    let names = names.map(|name| name.filter(|name| name.len() <= LONGEST_NAME));
    if text.len() > 2 * LONGEST_NAME {
        return false;
    }
    let mut is_named = false;
    for word in words_of_text(text) {
        let is_in_name = names
            .into_iter()
            .flatten()
            .any(|name| words_of_text(name).any(|other| is_same(word, other)));
        is_named |= is_in_name;
        let mut fillers = FILLERS.into_iter().chain(HOLDERS);
        if !is_in_name && !fillers.any(|filler| is_same(word, filler)) {
            return false;
        }
    }
    is_named
}

/// Whether `text` is `name` as a sentence: its words in their order, with fillers between them.
///
/// Of a field, nothing less will do: `Code of a plant` at least says how the words of `plant_code`
/// belong together.
fn restates(text: &str, name: &str) -> bool {
    let mut expected = words_of_text(name).peekable();
    if expected.peek().is_none() {
        return false;
    }
    for word in words_of_text(text) {
        if expected.next_if(|next| is_same(word, next)).is_none()
            && !FILLERS.into_iter().any(|filler| is_same(word, filler))
        {
            return false;
        }
    }
    expected.next().is_none() && !is_placeholder(text)
}

/// Whether two words are the same but for capitals and a plural `s`.
fn is_same(a: &str, b: &str) -> bool {
    let singular = |word: &str| {
        let is_plural = word.len() > 3 && word.ends_with(['s', 'S']);
        word.len() - usize::from(is_plural)
    };
    let (a, b) = (&a[..singular(a)], &b[..singular(b)]);
    a.eq_ignore_ascii_case(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_news_is_told_from_one_with() {
        for (name, text) in [
            ("orders", "Orders"),
            ("orders", "Table of orders."),
            ("orders", "This table contains all the orders"),
            ("order_id", "Order id"),
            ("orderId", "The order ID."),
            ("customerName", "customer_name"),
            ("x", "n/a"),
            ("x", "tbd"),
            ("x", "Description."),
            ("x", "..."),
        ] {
            assert!(is_hollow(text, [Some(name), None]), "{name}: {text}");
        }
        for (name, text) in [
            ("orders", "Confirmed orders."),
            ("orders", "One row per order."),
            ("order_id", "Identifies the order across systems."),
            ("plant_code", "Code of a manufacturing site."),
            ("status", "Progress of the order."),
            ("x", "TBD"),
            ("x", "TODO: describe"),
            ("x", ""),
            ("naïve", "Über-Bestellung nach Größe"),
        ] {
            assert!(!is_hollow(text, [Some(name), None]), "{name}: {text}");
        }
    }

    #[test]
    fn a_field_is_described_by_more_than_its_name_as_a_sentence() {
        for (name, text) in [
            ("order_id", "The order ID."),
            ("orderId", "order_id"),
            ("value", "Value"),
            ("list_of_values", "List of values"),
        ] {
            assert!(restates(text, name), "{name}: {text}");
        }
        for (name, text) in [
            ("plant_code", "Code of a plant."),
            ("quantity", "Product quantity."),
            ("order_id", "Order"),
            ("amt", "Amount"),
            ("order_id", "TODO"),
            ("", ""),
        ] {
            assert!(!restates(text, name), "{name}: {text}");
        }
    }

    fn found(yaml: &str) -> Vec<(String, String)> {
        let document = Document::parse("a.odcs.yaml", yaml.into(), None);
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        check(&document, &mut findings);
        let found = findings.into_inner().into_iter();
        found.map(|d| (d.pointer, d.message)).collect()
    }

    #[test]
    fn the_fields_of_an_object_are_reported_together() {
        let yaml = "\
apiVersion: v3.2.0
kind: DataContract
id: a
version: 1.0.0
schema:
  - name: o
    description: One row per order.
    properties:
      - {name: order_id, description: The order id}
      - {name: amt, description: Amount}
      - {name: lines, description: n/a, logicalType: array, items: {logicalType: object, properties: [{name: sku, description: The SKU.}]}}
";
        let message = "the descriptions of 3 fields of `o` say nothing: order_id, lines, sku";
        let expected = [(
            "/schema/0/properties/0/description".to_owned(),
            message.to_owned(),
        )];
        assert_eq!(found(yaml), expected);
    }

    #[test]
    fn a_product_may_have_no_limitations() {
        let limits = |text: &str| {
            let yaml = format!(
                "apiVersion: v1.1.0\nkind: DataProduct\nid: a\ndescription: {{limitations: {text}}}\n"
            );
            found(&yaml).len()
        };
        assert_eq!(limits("None"), 0);
        assert_eq!(limits("n/a"), 0);
        assert_eq!(limits("tbd"), 1);
    }
}
