//! The graph in the language of Graphviz.

use std::io::Write;

use mesh_diagnostics::printable_line as plain;

use super::{Graph, Link, Mark, Source};
use crate::failure::Failure;
use crate::ops::text::one_line;

const RED: &str = "#d1242f";
const AMBER: &str = "#9a6700";
const GREY: &str = "#6e7781";
const INK: &str = "#1f2328";

pub(super) fn write(graph: &Graph, out: &mut impl Write) -> Result<(), Failure> {
    writeln!(out, "digraph mesh {{")?;
    writeln!(out, "  rankdir=LR;")?;
    writeln!(out, "  ranksep=1.2;")?;
    writeln!(
        out,
        "  graph [fontname=\"Helvetica\", fontsize=12, style=rounded, color=\"{GREY}\", fontcolor=\"{GREY}\"];"
    )?;
    writeln!(
        out,
        "  node [fontname=\"Helvetica\", fontsize=11, shape=plain];"
    )?;
    writeln!(
        out,
        "  edge [fontname=\"Helvetica\", fontsize=9, color=\"{GREY}\", arrowsize=0.7];"
    )?;
    for (at, (domain, products)) in graph.domains().iter().enumerate() {
        writeln!(out, "  subgraph cluster_{at} {{")?;
        writeln!(out, "    label={};", quoted(domain.unwrap_or("no domain")))?;
        for &product in products {
            writeln!(out, "    p{product} [label=<{}>];", table(graph, product))?;
        }
        writeln!(out, "  }}")?;
    }
    let strays = graph.strays();
    for (at, (source, label, _)) in strays.iter().enumerate() {
        let (shape, color) = match source {
            Source::Outside => ("cylinder", GREY),
            Source::Nobody => ("box", RED),
            _ => ("box", GREY),
        };
        writeln!(
            out,
            "  s{at} [shape={shape}, style=\"rounded,dashed\", margin=0.08, color=\"{color}\", fontcolor=\"{color}\", label={}];",
            quoted(label)
        )?;
    }
    for link in &graph.links {
        if let Source::Product { product, port, .. } = link.source {
            let from = match port {
                Some(port) => format!("p{product}:o{port}:e"),
                None => format!("p{product}"),
            };
            arrow(link, &from, out)?;
        }
    }
    for (at, (_, _, fed)) in strays.iter().enumerate() {
        for &link in fed {
            arrow(&graph.links[link], &format!("s{at}"), out)?;
        }
    }
    writeln!(out, "}}")?;
    Ok(())
}

fn arrow(link: &Link, from: &str, out: &mut impl Write) -> Result<(), Failure> {
    let mut label = link.version.clone().unwrap_or_default();
    let mut style = String::new();
    if let Some(problem) = link.problem() {
        label = format!("{label}\n{}", problem.words());
        let color = if problem.is_error() { RED } else { AMBER };
        style = format!(", color=\"{color}\", fontcolor=\"{color}\"");
    }
    if matches!(link.source, Source::Outside | Source::Unverified) {
        style += ", style=dashed";
    }
    writeln!(
        out,
        "  {from} -> p{} [label={}{style}];",
        link.target,
        quoted(label.trim())
    )?;
    Ok(())
}

/// A product as a table: its name and version, then its output ports.
fn table(graph: &Graph, at: usize) -> String {
    let product = &graph.products[at];
    let color = match product.mark() {
        Some(Mark::Retired) => RED,
        Some(Mark::Yanked | Mark::Deprecated) => AMBER,
        Some(Mark::Draft | Mark::Proposed) => GREY,
        None => INK,
    };
    let mut name = format!("<b>{}</b>", html(&product.slug));
    if let Some(version) = &product.version {
        name += &format!(" {}", html(version));
    }
    if let Some(mark) = product.mark() {
        name += &format!(" <font color=\"{color}\">{}</font>", mark.word());
    }
    let mut table = format!(
        "<table border=\"1\" cellborder=\"0\" cellspacing=\"0\" cellpadding=\"4\" color=\"{color}\" style=\"rounded\">\
         <tr><td align=\"left\">{name}</td></tr>"
    );
    for (port, offered) in product.ports.iter().enumerate() {
        let version = offered.version.as_deref().unwrap_or_default();
        let label = format!("{} {version}", offered.name);
        table += &format!(
            "<tr><td port=\"o{port}\" align=\"right\"><font point-size=\"9\">{} </font></td></tr>",
            html(label.trim())
        );
    }
    table + "</table>"
}

/// `text` as a string of the language, in which line breaks stay.
fn quoted(text: &str) -> String {
    let lines = text.lines().map(|line| plain(&one_line(line)).into_owned());
    let text = lines.collect::<Vec<_>>().join("\n");
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", text.replace('\n', "\\n"))
}

/// `text` within a label of markup; an empty one would be no markup.
fn html(text: &str) -> String {
    let text = one_line(text);
    if text.is_empty() {
        return " ".to_owned();
    }
    quick_xml::escape::escape(plain(&text)).into_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn texts_are_only_texts() {
        assert_eq!(super::quoted("a\"]\\\nb"), r#""a\"]\\\nb""#);
        assert_eq!(super::html("<a & \"b\">"), "&lt;a &amp; &quot;b&quot;&gt;");
    }
}
