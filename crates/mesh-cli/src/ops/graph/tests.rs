use mesh_diagnostics::render::Style;

use super::facts::{Facts, Input};
use super::*;

/// A product that offers `ports` in version 1.0.0 and consumes contracts in versions.
fn facts(reference: &str, status: &str, ports: &[&str], inputs: &[(&str, &str)]) -> Facts {
    let (domain, product) = reference.split_once('/').expect("a domain");
    let version = || Some("1.0.0".to_owned());
    Facts {
        product: Product {
            domain: Some(domain.to_owned()),
            slug: product.to_owned(),
            id: format!("{domain}.{product}"),
            name: Some(format!("The {product}")),
            version: version(),
            status: Some(status.to_owned()),
            is_asked: true,
            ports: ports
                .iter()
                .map(|port| Port {
                    name: (*port).to_owned(),
                    version: version(),
                    contract: Some(format!("{domain}.{product}.{port}")),
                })
                .collect(),
            ..Product::default()
        },
        port_versions: ports.iter().map(|_| version()).collect(),
        inputs: inputs
            .iter()
            .map(|(contract, version)| Input {
                name: "in".to_owned(),
                contract: Some((*contract).to_owned()),
                version: Some((*version).to_owned()),
                upstream: None,
            })
            .collect(),
        ..Facts::default()
    }
}

fn graph(all: Vec<Facts>, depth: Option<usize>) -> Graph {
    let links = link::links(&all, None).expect("no registry");
    scope::reached(all, links, depth)
}

/// A mesh with something of everything, with names that mean something in one format or another.
fn mixed() -> Vec<Facts> {
    let mut outside = facts("b/feed", "active", &["raw"], &[("x.erp", "1.0.0")]);
    outside.kept.insert("x.erp".to_owned());
    let mut yanked = facts("d/bad", "active", &["out"], &[]);
    yanked.product.withdrawn = Some(Mark::Yanked);
    vec![
        yanked,
        facts("a/orders", "active", &["main", "more"], &[]),
        facts("b/old", "retired", &["out"], &[]),
        facts("b/going", "deprecated", &["out"], &[]),
        facts("a/new", "draft", &["out"], &[]),
        outside,
        facts(
            "c/plan",
            "active",
            &["<\"plan\">"],
            &[
                ("a.orders.main", "1.0.0"),
                ("a.orders.more", "2.0.0"),
                ("b.old.out", "1.0.0"),
                ("b.going.out", "1.0.0"),
                ("a.new.out", "1.0.0"),
                ("d.bad.out", "1.0.0"),
                ("nobody's", "1.0.0"),
            ],
        ),
        facts("c/loop", "active", &["out"], &[("a.back.out", "1.0.0")]),
        facts("a/back", "active", &["out"], &[("c.loop.out", "1.0.0")]),
    ]
}

fn drawn(graph: &Graph, format: GraphFormat) -> String {
    let terminal = Terminal::with(Style {
        width: 60,
        ..Style::PLAIN
    });
    let mut out = Vec::new();
    write(graph, format, terminal, &mut out).expect("drawn");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn what_is_wrong_with_a_link_is_told() {
    let graph = graph(mixed(), None);
    let found: Vec<String> = graph
        .links
        .iter()
        .map(|link| {
            let ids: Vec<&str> = link.problems.iter().map(|problem| problem.id()).collect();
            let to = graph.products[link.target].reference();
            format!("{} {to} {}", graph.label(link), ids.join(","))
                .trim()
                .to_owned()
        })
        .collect();
    assert_eq!(
        found,
        [
            "out 1.0.0 a/back cycle",
            "x.erp 1.0.0 b/feed",
            "out 1.0.0 c/loop cycle",
            "main 1.0.0 c/plan",
            "more 2.0.0 c/plan notOffered",
            "out 1.0.0 c/plan retired",
            "out 1.0.0 c/plan deprecated",
            "out 1.0.0 c/plan draft",
            "out 1.0.0 c/plan yanked",
            "nobody's 1.0.0 c/plan",
        ]
    );
    assert_eq!(graph.problems(), (4, 3));
    let unverified = graph.links.iter();
    let unverified = unverified.filter(|link| link.source == Source::Unverified);
    assert_eq!(unverified.count(), 1);
}

#[test]
fn a_part_is_what_is_reached_upwards_and_downwards() {
    let chain = || {
        let mut all: Vec<Facts> = (0..6)
            .map(|n: usize| {
                let source = format!("d.p{}.out", n.wrapping_sub(1));
                let inputs: &[(&str, &str)] = &[(&source, "1.0.0")];
                let inputs = if n == 0 { &[] } else { inputs };
                let mut facts = facts(&format!("d/p{n}"), "active", &["out"], inputs);
                facts.product.is_asked = n == 2;
                facts
            })
            .collect();
        // Feeds what is below the one that is asked for, and is no part of its line.
        let mut beside = facts("d/beside", "active", &["out"], &[]);
        beside.product.is_asked = false;
        all[4].inputs.push(Input {
            contract: Some("d.beside.out".to_owned()),
            ..Input::default()
        });
        all.push(beside);
        all
    };
    let shown = |depth| {
        let graph = graph(chain(), depth);
        let products = graph.products.iter();
        let names: Vec<String> = products.map(|product| product.slug.clone()).collect();
        (names.join(" "), graph.links.len(), graph.left_out)
    };
    assert_eq!(shown(None), ("p0 p1 p2 p3 p4 p5".to_owned(), 5, 0));
    assert_eq!(shown(Some(1)), ("p1 p2 p3".to_owned(), 2, 3));
    assert_eq!(shown(Some(0)), ("p2".to_owned(), 0, 5));
}

#[test]
fn every_format_says_the_same_each_time() {
    let once = graph(mixed(), None);
    for (format, name) in [
        (GraphFormat::Pretty, "pretty"),
        (GraphFormat::Mermaid, "mermaid"),
        (GraphFormat::Dot, "dot"),
        (GraphFormat::Svg, "svg"),
        (GraphFormat::Json, "json"),
    ] {
        let text = drawn(&once, format);
        assert_eq!(text, drawn(&graph(mixed(), None), format));
        // The order in which products are found is no matter of the picture.
        let mut turned = mixed();
        turned.reverse();
        assert_eq!(text, drawn(&graph(turned, None), format), "{name}");
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn a_drawing_is_well_formed_whatever_the_names_are() {
    let mut all = mixed();
    for (at, name) in [
        "<b>&amp;\"'",
        "]]>--><",
        "\u{1}\u{7f}\u{202e}",
        "数据产品🙂",
    ]
    .into_iter()
    .enumerate()
    {
        all[at].product.slug = name.repeat(9);
        all[at].product.ports[0].name = name.to_owned();
        all[at].product.owner = Some(name.to_owned());
    }
    let svg = drawn(&graph(all, None), GraphFormat::Svg);
    let mut reader = quick_xml::Reader::from_str(&svg);
    reader.config_mut().check_end_names = true;
    let mut depth = 0;
    loop {
        match reader.read_event().expect("well-formed") {
            quick_xml::events::Event::Start(start) => {
                depth += 1;
                assert_ne!(start.name().as_ref(), b"b");
            }
            quick_xml::events::Event::End(_) => depth -= 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    assert!(!svg.contains(['\u{1}', '\u{7f}', '\u{202e}']));
}
