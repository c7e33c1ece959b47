//! Whatever files hold, no rule fails, and every finding points into its text and can be printed.
//!
//! The input is a product and contracts, with a zero byte between one and the next.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mesh_diagnostics::{Span, render};
use mesh_lint::{Options, lint};
use mesh_spec::document::Document;
use mesh_spec::workspace::{Role, Workspace, expected_kind};

fuzz_target!(|bytes: &[u8]| {
    let documents = bytes.split(|byte| *byte == 0).take(8).enumerate();
    let documents = documents.map(|(index, bytes)| {
        let name = match index {
            0 => "dataproduct.yaml".to_owned(),
            index => format!("c{index}.odcs.yaml"),
        };
        let kind = expected_kind(name.as_ref());
        (Document::parse(name, bytes.to_vec(), kind), Role::Target)
    });
    let workspace = Workspace::new(documents.collect(), None).with_own_contracts();
    let outcome = lint(&workspace, &Options::as_of("2026-06-30"));
    assert!(outcome.defects.is_empty(), "{:?}", outcome.defects);
    for diagnostic in outcome.report.diagnostics() {
        let fits = |text: &str, span: Span| text.get(span.range()).is_some();
        assert!(fits(diagnostic.source.text(), diagnostic.span));
        for place in &diagnostic.related {
            assert!(fits(place.source.text(), place.span));
        }
    }
    let style = render::Style {
        color: true,
        unicode: true,
        links: true,
        width: 60,
    };
    let mut printed = Vec::new();
    render::json(&outcome.report, &mut printed).expect("memory can be written to");
    render::pretty(&outcome.report, style, &mut printed).expect("memory can be written to");
});
