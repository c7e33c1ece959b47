//! Laws of the spanned tree.

#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot do without, it may insist on"
)]

use std::path::PathBuf;
use std::sync::Arc;

use mesh_diagnostics::{Source, Span};
use mesh_spec::document::Document;
use mesh_spec::workspace::{Loader, Role};
use mesh_spec::yaml::{self, NodeRef, Tree, Value, join, parse};
use proptest::prelude::*;

/// Every manifest of the examples, as trees.
fn examples() -> Vec<(Document, Role)> {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../../examples"]
        .iter()
        .collect();
    let workspace = Loader::default().load(&[folder]).unwrap();
    workspace.into_documents()
}

fn each_node<'t>(node: NodeRef<'t>, pointer: &str, visit: &mut impl FnMut(&str, NodeRef<'t>)) {
    visit(pointer, node);
    for (key, value) in node.entries() {
        each_node(value, &join(pointer, key.key_text()), visit);
    }
    for (index, item) in node.items().enumerate() {
        each_node(item, &format!("{pointer}/{index}"), visit);
    }
}

fn tree_of(text: &str) -> Option<Tree> {
    parse(&Arc::new(Source::new("slice.yaml", text))).0
}

#[test]
fn what_a_span_covers_means_what_the_node_means() {
    let mut scalars = 0;
    for (document, _) in examples() {
        let Some(tree) = &document.tree else { continue };
        each_node(tree.root(), "", &mut |pointer, node| {
            assert_eq!(
                tree.at(pointer).map(NodeRef::id),
                Some(node.id()),
                "{pointer}"
            );
            let slice = tree.source().slice(node.span());
            let is_scalar = matches!(
                node.value(),
                Value::String(_) | Value::Number(_) | Value::Bool(_)
            );
            // What a block scalar means depends on its header and the indentation around it.
            let before = &tree.source().text()[..node.span().start as usize];
            let header = before.trim_end().trim_end_matches(['-', '+']);
            if is_scalar && !header.ends_with(['|', '>']) {
                let again = tree_of(slice).unwrap();
                assert_eq!(
                    again.root().value(),
                    node.value(),
                    "{}: {pointer}",
                    document.name()
                );
                scalars += 1;
            }
        });
    }
    assert!(scalars > 5_000, "{scalars}");
}

/// Text of the kind that manifests are made of, and of kinds that they are not.
fn text() -> impl Strategy<Value = String> {
    let literal =
        |texts: &'static [&'static str]| proptest::sample::select(texts).prop_map(str::to_owned);
    let piece = prop_oneof![
        3 => "[a-zäö]{1,4}",
        3 => literal(&[": ", "\n", "\n  ", "- ", "  - "]),
        1 => "[\\[\\]{},:&*!|>'\"%@`#?~<-]",
        1 => literal(&["&a ", "*a", "<<: ", "\t", "\r\n", "---\n", "\u{feff}", "\u{1f600}", "\0"]),
        1 => "[0-9.eE+x-]{1,4}",
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_text_gives_a_tree_or_a_problem_and_spans_that_fit_it(text in text()) {
        let source = Arc::new(Source::new("any.yaml", text.as_str()));
        let (tree, problems) = parse(&source);
        prop_assert!(tree.is_some() || !problems.is_empty());
        let fits = |span: Span| text.get(span.range()).is_some();
        for problem in &problems {
            prop_assert!(fits(problem.span), "{problem:?}");
        }
        if let Some(tree) = tree {
            each_node(tree.root(), "", &mut |pointer, node| {
                assert!(fits(node.span()), "{pointer}");
                assert!(fits(node.mark()), "{pointer}");
            });
            drop(tree.to_json());
        }
    }

    #[test]
    fn any_text_makes_a_document(text in text()) {
        let manifest = format!("apiVersion: v1.1.0\nkind: DataProduct\nid: a\n{text}");
        let document = Document::parse("dataproduct.yaml", manifest.into_bytes(), None);
        for problem in &document.problems {
            let covered = document.source.text().get(problem.span.range());
            prop_assert!(covered.is_some(), "{problem:?}");
        }
    }

    #[test]
    fn pointers_lead_back(keys in proptest::collection::vec("[a-z~/ ]{0,4}", 0..5)) {
        let pointer = keys.iter().fold(String::new(), |pointer, key| join(&pointer, key));
        let tokens: Vec<String> = yaml::split(&pointer).map(std::borrow::Cow::into_owned).collect();
        prop_assert_eq!(tokens, keys);
    }
}
