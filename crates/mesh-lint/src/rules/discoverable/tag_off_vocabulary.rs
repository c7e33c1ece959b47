use std::collections::{BTreeMap, HashMap};

use mesh_diagnostics::{Change, Level, Safety, nearest};
use mesh_spec::document::Document;
use mesh_spec::yaml::{NodeRef, Value};

use crate::example::{Example, Excerpt};
use crate::facts::placeholder::is_placeholder;
use crate::facts::scalars;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "tag-off-vocabulary",
    group: Group::Discoverable,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: Some(Safety::Safe),
    summary: "Tags are those that the mesh has agreed on.",
    docs: "\
Three products tagged `sales`, `Sales` and `revenue` are found by three searches, and whoever makes
only one of them believes that there is one product. Tags help only as long as all mean the same by
them.

Once the vocabulary `tags` lists the tags of the mesh, each with other spellings that are to be
replaced, mesh compares every entry of a `tags` list with it: of products, ports, contracts, objects
and fields. Upper and lower case, and whether words are joined by `-`, `_` or a space, make another
spelling. Each tag is reported once per document, and a spelling that stands for a known tag is
replaced by it. Without the vocabulary any tag will do.",
    fails: Example::files(&[
        Excerpt::new(
            "mesh.yaml",
            "vocabularies:\n  tags:\n    orders: []\n    sales: [revenue, turnover]\n",
        ),
        Excerpt::product("tags: [orders, revenue]\n"),
    ]),
    passes: Example::files(&[
        Excerpt::new(
            "mesh.yaml",
            "vocabularies:\n  tags:\n    orders: []\n    sales: [revenue, turnover]\n",
        ),
        Excerpt::product("tags: [orders, sales]\n"),
    ]),
    check: Check::Document(check),
};

/// A tag that is not in the vocabulary as it is written.
struct Stray<'d> {
    text: &'d str,
    pointers: Vec<String>,
}

fn check(document: &Document, findings: &mut Findings<'_>) {
    let Some(tags) = &findings.vocabularies().tags else {
        return;
    };
    if document.kind().is_none() {
        return;
    }
    let mut strays: Vec<Stray<'_>> = Vec::new();
    let mut known_at: HashMap<&str, usize> = HashMap::new();
    scalars::each_text(document, |text| {
        let is_item = text.key == "tags" && !tags.contains_key(text.value);
        if !is_item || text.value.trim().is_empty() || is_placeholder(text.value) {
            return;
        }
        let pointer = text.pointer();
        // What a custom property named `tags` holds is its own affair.
        let Some((list, _)) = pointer
            .rsplit_once('/')
            .filter(|(list, _)| list.ends_with("/tags"))
        else {
            return;
        };
        if list.contains("/customProperties/") {
            return;
        }
        let at = *known_at.entry(text.value).or_insert_with(|| {
            strays.push(Stray {
                text: text.value,
                pointers: Vec::new(),
            });
            strays.len() - 1
        });
        strays[at].pointers.push(pointer);
    });
    if strays.is_empty() {
        return;
    }
    let spellings = spellings(tags);
    for stray in strays {
        report(document, &stray, tags, &spellings, findings);
    }
}

fn report(
    document: &Document,
    stray: &Stray<'_>,
    tags: &BTreeMap<String, Vec<String>>,
    spellings: &HashMap<String, &str>,
    findings: &mut Findings<'_>,
) {
    let Some(first) = stray.pointers.first() else {
        return;
    };
    let text = stray.text;
    let again = match stray.pointers.len() {
        1 => String::new(),
        2 => ", here and in one more place".to_owned(),
        times => format!(", here and in {} more places", times - 1),
    };
    if let Some(tag) = spellings.get(&spelling(text)) {
        findings
            .at(
                document,
                first.as_str(),
                format!("`{text}` is another spelling of the tag `{tag}`{again}"),
            )
            .help(format!("write `{tag}`"))
            .fix(
                document,
                Safety::Safe,
                format!("replace the tag `{text}` by `{tag}`"),
                replaced(document, stray, tag),
            );
        return;
    }
    let help = match nearest(text, tags.keys().map(String::as_str)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "use a tag of the vocabulary `tags`, or add this one to it".to_owned(),
    };
    findings
        .at(
            document,
            first.as_str(),
            format!("`{text}` is no tag of the mesh{again}"),
        )
        .help(help);
}

/// The changes that put `tag` in the place of `stray`, and take it away where the list has `tag`
/// already.
fn replaced(document: &Document, stray: &Stray<'_>, tag: &str) -> Vec<Change> {
    let has_tag = |pointer: &str| {
        let list = pointer.rsplit_once('/').map(|(list, _)| list);
        let node = list.and_then(|list| document.tree.as_ref()?.at(list));
        let mut items = node.into_iter().flat_map(NodeRef::items);
        items.any(|item| item.value() == Value::String(tag))
    };
    let mut last_list = "";
    let mut changes = Vec::new();
    for pointer in &stray.pointers {
        let list = pointer.rsplit_once('/').map_or("", |(list, _)| list);
        let is_repeated = std::mem::replace(&mut last_list, list) == list;
        changes.push(if is_repeated || has_tag(pointer) {
            Change::Remove {
                pointer: pointer.clone(),
            }
        } else {
            Change::set(pointer.as_str(), tag)
        });
    }
    changes
}

/// Every spelling of a tag, with the tag.
fn spellings(tags: &BTreeMap<String, Vec<String>>) -> HashMap<String, &str> {
    let aliases = tags
        .iter()
        .flat_map(|(tag, others)| others.iter().map(move |other| (other, tag)));
    let own = tags.keys().map(|tag| (tag, tag));
    // What is a tag itself stands for no other.
    let all = aliases.chain(own);
    all.map(|(text, tag)| (spelling(text), tag.as_str()))
        .collect()
}

/// A tag without what makes no difference to a reader.
fn spelling(text: &str) -> String {
    let lower = text.trim().to_lowercase();
    lower.replace([' ', '_'], "-")
}

#[cfg(test)]
mod tests {
    use mesh_spec::vocabulary::Vocabularies;

    use super::*;

    fn found(yaml: &str) -> Vec<(String, String)> {
        let text = format!("apiVersion: v3.2.0\nkind: DataContract\nid: a\nversion: 1.0.0\n{yaml}");
        let document = Document::parse("a.odcs.yaml", text.into_bytes(), None);
        let tags = [("market-share", vec!["share"]), ("sales", vec!["revenue"])];
        let owned = |(tag, others): (&str, Vec<&str>)| {
            (
                tag.to_owned(),
                others.into_iter().map(str::to_owned).collect(),
            )
        };
        let mut options = crate::engine::Options::as_of("2026-06-30");
        options.settings.vocabularies = Vocabularies {
            tags: Some(tags.map(owned).into()),
            ..Vocabularies::default()
        };
        let mut findings = Findings::new(&RULE, &options);
        check(&document, &mut findings);
        let found = findings.into_inner().into_iter();
        found.map(|d| (d.pointer, d.message)).collect()
    }

    #[test]
    fn a_tag_is_looked_at_wherever_it_stands_and_reported_once() {
        let yaml = "\
tags: [sales, Sales, market_share, misc]
customProperties: [{property: tags, value: [anything]}]
schema:
  - name: o
    tags: [misc]
    properties: [{name: a, tags: [Share, misc]}]
";
        let expected = [
            ("/tags/1", "`Sales` is another spelling of the tag `sales`"),
            (
                "/tags/2",
                "`market_share` is another spelling of the tag `market-share`",
            ),
            (
                "/tags/3",
                "`misc` is no tag of the mesh, here and in 2 more places",
            ),
            (
                "/schema/0/properties/0/tags/0",
                "`Share` is another spelling of the tag `market-share`",
            ),
        ];
        let expected = expected.map(|(at, message)| (at.to_owned(), message.to_owned()));
        assert_eq!(found(yaml), expected);
    }

    #[test]
    fn a_tag_is_not_written_twice() {
        let yaml = "apiVersion: v1.1.0\nkind: DataProduct\nid: a\ntags: [sales, revenue]\noutputPorts: [{name: o, tags: [revenue, revenue]}]\n";
        let document = Document::parse("dataproduct.yaml", yaml.into(), None);
        let stray = Stray {
            text: "revenue",
            pointers: ["/tags/1", "/outputPorts/0/tags/0", "/outputPorts/0/tags/1"]
                .map(str::to_owned)
                .into(),
        };
        let remove = |pointer: &str| Change::Remove {
            pointer: pointer.to_owned(),
        };
        assert_eq!(
            replaced(&document, &stray, "sales"),
            [
                remove("/tags/1"),
                Change::set("/outputPorts/0/tags/0", "sales"),
                remove("/outputPorts/0/tags/1"),
            ]
        );
    }
}
