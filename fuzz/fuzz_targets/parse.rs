//! Any text is a tree or has a problem, every span fits it, and the reader of usual manifests reads
//! it as the parser does.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use mesh_diagnostics::Source;
use mesh_spec::yaml::{MAX_FILE_BYTES, parse};

/// The parser for all of YAML knows a byte order mark, and the reader of usual manifests does not.
const MARK: &str = "\u{FEFF}";

fuzz_target!(|text: &str| {
    if text.len() as u64 > MAX_FILE_BYTES || text.starts_with(MARK) {
        return;
    }
    let (tree, problems) = parse(&Arc::new(Source::new("a.yaml", text)));
    assert!(tree.is_some() || !problems.is_empty());
    for problem in &problems {
        assert!(text.get(problem.span.range()).is_some(), "{problem:?}");
    }
    let marked = format!("{MARK}{text}");
    let (other, other_problems) = parse(&Arc::new(Source::new("a.yaml", marked)));
    let shift = |offset: u32| offset + u32::try_from(MARK.len()).unwrap_or_default();
    if let (Some(tree), Some(other)) = (&tree, &other) {
        let mut nodes = Vec::new();
        tree.each(|node| nodes.push((node.span(), format!("{:?}", node.value()))));
        let mut index = 0;
        other.each(|node| {
            let (span, value) = &nodes[index];
            assert!(text.get(span.range()).is_some());
            assert_eq!(shift(span.start), node.span().start);
            assert_eq!(shift(span.end), node.span().end);
            assert_eq!(*value, format!("{:?}", node.value()));
            index += 1;
        });
        assert_eq!(index, nodes.len());
        assert_eq!(tree.to_json(), other.to_json());
        let messages = |problems: &[mesh_spec::yaml::YamlProblem]| -> Vec<String> {
            problems.iter().map(|problem| problem.message.clone()).collect()
        };
        assert_eq!(messages(&problems), messages(&other_problems));
    }
});
