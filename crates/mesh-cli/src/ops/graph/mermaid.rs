//! The graph as a Mermaid flowchart, which GitHub, GitLab and others draw.

use std::io::Write;

use mesh_diagnostics::printable_line as plain;

use super::{Graph, Link, Mark, Problem, Source};
use crate::failure::Failure;
use crate::ops::text::one_line;

pub(super) fn write(graph: &Graph, out: &mut impl Write) -> Result<(), Failure> {
    writeln!(out, "flowchart LR")?;
    for (at, (domain, products)) in graph.domains().iter().enumerate() {
        let title = text(domain.unwrap_or("no domain"));
        writeln!(out, "  subgraph d{at}[\"{title}\"]")?;
        for &product in products {
            node(graph, product, out)?;
        }
        writeln!(out, "  end")?;
    }
    let strays = graph.strays();
    for (at, (source, label, _)) in strays.iter().enumerate() {
        let (open, close) = match source {
            Source::Outside => ("[(", ")]"),
            _ => ("([", "])"),
        };
        let class = match source {
            Source::Nobody => ":::error",
            _ => ":::quiet",
        };
        writeln!(out, "  s{at}{open}\"{}\"{close}{class}", text(label))?;
    }
    let mut styles = Styles::default();
    for links in graph.arrows() {
        if let Some(source) = links[0].product() {
            let from = format!("p{source}");
            arrow(graph, &from, &links, &mut styles, out)?;
        }
    }
    for (at, (_, _, fed)) in strays.iter().enumerate() {
        for &link in fed {
            arrow(
                graph,
                &format!("s{at}"),
                &[&graph.links[link]],
                &mut styles,
                out,
            )?;
        }
    }
    for (class, color, dashes) in [
        ("error", RED, ""),
        ("warning", AMBER, ""),
        ("quiet", GREY, ",stroke-dasharray:4 3"),
    ] {
        writeln!(out, "  classDef {class} stroke:{color}{dashes}")?;
    }
    styles.write(out)
}

/// Colours that can be told from both a white and a black ground.
const RED: &str = "#d1242f";
const AMBER: &str = "#bf8700";
const GREY: &str = "#818b98";

fn node(graph: &Graph, at: usize, out: &mut impl Write) -> Result<(), Failure> {
    let product = &graph.products[at];
    let version = product.version.as_deref().unwrap_or_default();
    let mut label = format!("{} {version}", product.slug);
    if let Some(mark) = product.mark() {
        label = format!("{} ({})", label.trim(), mark.word());
    }
    let class = match product.mark() {
        Some(Mark::Retired) => ":::error",
        Some(Mark::Yanked | Mark::Deprecated) => ":::warning",
        Some(Mark::Draft | Mark::Proposed) => ":::quiet",
        None => "",
    };
    writeln!(out, "    p{at}[\"{}\"]{class}", text(label.trim()))?;
    Ok(())
}

fn arrow(
    graph: &Graph,
    from: &str,
    links: &[&Link],
    styles: &mut Styles,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let mut labels: Vec<String> = Vec::new();
    for link in links {
        let mut label = match link.product() {
            Some(_) => text(&graph.label(link)),
            // What it is stands in the node.
            None => text(link.version.as_deref().unwrap_or_default()),
        };
        if let Some(problem) = link.problem() {
            let space = if label.is_empty() { "" } else { " " };
            label += &format!("{space}({})", problem.words());
        }
        if !label.is_empty() && !labels.contains(&label) {
            labels.push(label);
        }
    }
    let is_quiet = matches!(links[0].source, Source::Outside | Source::Unverified);
    let line = if is_quiet { "-.->" } else { "-->" };
    let target = links[0].target;
    if labels.is_empty() {
        writeln!(out, "  {from} {line} p{target}")?;
    } else {
        writeln!(
            out,
            "  {from} {line}|\"{}\"| p{target}",
            labels.join("<br>")
        )?;
    }
    styles.next(links.iter().filter_map(|link| link.problem()).min());
    Ok(())
}

/// The numbers of the arrows that are drawn in a colour.
#[derive(Default)]
struct Styles {
    count: usize,
    errors: Vec<String>,
    warnings: Vec<String>,
}

impl Styles {
    fn next(&mut self, problem: Option<Problem>) {
        let number = self.count.to_string();
        match problem {
            Some(problem) if problem.is_error() => self.errors.push(number),
            Some(_) => self.warnings.push(number),
            None => {}
        }
        self.count += 1;
    }

    fn write(&self, out: &mut impl Write) -> Result<(), Failure> {
        for (numbers, color) in [(&self.errors, RED), (&self.warnings, AMBER)] {
            if !numbers.is_empty() {
                writeln!(out, "  linkStyle {} stroke:{color}", numbers.join(","))?;
            }
        }
        Ok(())
    }
}

/// `text` as Mermaid reads it between quotes: whatever means something to it or to HTML is written as a number.
fn text(text: &str) -> String {
    let text = one_line(text);
    let text = plain(&text);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() || " .,-_/@:+()".contains(c) {
            out.push(c);
        } else {
            out.push_str(&format!("#{};", u32::from(c)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_in_a_text_means_anything() {
        assert_eq!(
            super::text("sales/orders 1.2.0-rc.1"),
            "sales/orders 1.2.0-rc.1"
        );
        assert_eq!(
            super::text("a\"]; click <b>`x`\n#&"),
            "a#34;#93;#59; click #60;b#62;#96;x#96; #35;#38;"
        );
    }
}
