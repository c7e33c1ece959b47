//! The graph as a drawing that needs nothing but itself: one file, no scripts, no fonts, nothing loaded.

mod layout;
mod route;

use std::fmt::Write as _;
use std::io::Write;

use mesh_diagnostics::printable_line as plain;
use mesh_diagnostics::render::width;
use quick_xml::escape::escape;

use self::layout::{Edge, Item, Rect};
use super::{Graph, Link, Mark, Problem, Product, Source};
use crate::failure::Failure;
use crate::ops::text::one_line;

/// Larger graphs are no pictures any more.
const MOST: usize = 1_000;
/// The widest that a box gets; longer texts are cut.
const WIDEST: i32 = 260;
const NARROWEST: i32 = 130;
/// From the top of a box to its ports.
const HEAD: i32 = 34;
/// How high a port is.
const ROW: i32 = 18;
/// How high a word below the name is.
const MARK: i32 = 17;
/// The space within a box.
const INSET: i32 = 12;
/// The space around everything.
const MARGIN: i32 = 20;
/// How high the line below the drawing is.
const CAPTION: i32 = 22;
/// How high what is no product is drawn.
const STRAY: i32 = 30;
/// How many tints there are for frames.
const TINTS: usize = 8;

const NAME_SIZE: i32 = 13;
const PORT_SIZE: i32 = 11;
const LABEL_SIZE: i32 = 10;

pub(super) fn write(graph: &Graph, out: &mut impl Write) -> Result<(), Failure> {
    if graph.products.len() > MOST {
        return Err(Failure::new(format!(
            "{} data products are too many for one drawing",
            graph.products.len()
        ))
        .help("show fewer with --domain or --depth, or let other tools draw them: --format dot"));
    }
    let drawing = Drawing::of(graph).draw();
    out.write_all(drawing.as_bytes())?;
    Ok(())
}

/// A graph with what is placed.
struct Drawing<'a> {
    graph: &'a Graph,
    items: Vec<Item>,
    edges: Vec<Edge>,
    /// What each edge is of.
    links: Vec<&'a Link>,
    /// The titles of frames; those around what is no product have none.
    titles: Vec<Option<&'a str>>,
    /// What is no product: what it is, and what to call it.
    strays: Vec<(&'a Source, String)>,
    /// Whether some products were asked for, and others are only what these reach.
    has_others: bool,
}

impl<'a> Drawing<'a> {
    fn of(graph: &'a Graph) -> Self {
        let mut frames = vec![0; graph.products.len()];
        let mut titles = Vec::new();
        for (frame, (domain, products)) in graph.domains().into_iter().enumerate() {
            for product in products {
                frames[product] = frame;
            }
            titles.push(Some(domain.unwrap_or("no domain")));
        }
        let mut incoming = vec![0; graph.products.len()];
        for link in &graph.links {
            incoming[link.target] += 1;
        }
        let products = graph.products.iter().enumerate();
        let mut items: Vec<Item> = products
            .map(|(at, product)| Item {
                frame: frames[at],
                width: box_width(product),
                // Connections are told apart where they arrive.
                height: box_height(product).max(16 * incoming[at] + 12),
            })
            .collect();
        let mut edges = Vec::new();
        let mut links = Vec::new();
        for link in &graph.links {
            if let Source::Product { product, port, .. } = link.source {
                edges.push(edge(link, product, port_offset(graph, product, port)));
                links.push(link);
            }
        }
        let mut strays = Vec::new();
        for (source, label, fed) in graph.strays() {
            let label = cut(label, PORT_SIZE, WIDEST - 2 * INSET);
            let item = items.len();
            items.push(Item {
                frame: titles.len(),
                width: text_width(&label, PORT_SIZE) + 2 * INSET,
                height: STRAY,
            });
            titles.push(None);
            strays.push((source, label));
            for link in fed.into_iter().map(|at| &graph.links[at]) {
                edges.push(edge(link, item, STRAY / 2));
                links.push(link);
            }
        }
        let asked = graph.products.iter().filter(|product| product.is_asked);
        Self {
            has_others: asked.count() < graph.products.len(),
            graph,
            items,
            edges,
            links,
            titles,
            strays,
        }
    }

    fn draw(&self) -> String {
        let titled: Vec<bool> = self.titles.iter().map(Option::is_some).collect();
        let plan = layout::plan(&self.items, &self.edges, &titled);
        let ways = route::ways(&plan, &self.edges);
        let caption = plain(&self.graph.summary()).into_owned();
        let view = view(&plan, &ways, text_width(&caption, PORT_SIZE));

        let mut svg = String::new();
        let title = escape(caption.as_str());
        let _ = writeln!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"{x} {y} {w} {h}\" role=\"img\" aria-label=\"{title}\">",
            w = view.width,
            h = view.height,
            x = view.x,
            y = view.y,
        );
        let _ = writeln!(svg, "<title>{title}</title>");
        svg.push_str(STYLE);
        let _ = writeln!(
            svg,
            "<rect class=\"ground\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"12\"/>",
            view.x, view.y, view.width, view.height
        );
        for (at, (frame, title)) in plan.frames.iter().zip(&self.titles).enumerate() {
            if let Some(title) = title {
                draw_frame(&mut svg, *frame, title, at % TINTS);
            }
        }
        // Lines first: where one comes near a box, the box is on top.
        for (way, link) in ways.iter().zip(&self.links) {
            draw_line(&mut svg, way, link, self.graph);
        }
        for (at, product) in self.graph.products.iter().enumerate() {
            self.draw_product(&mut svg, plan.items[at], product, at);
        }
        for (place, (source, label)) in plan.items[self.graph.products.len()..]
            .iter()
            .zip(&self.strays)
        {
            draw_stray(&mut svg, *place, source, label);
        }
        for (way, link) in ways.iter().zip(&self.links) {
            draw_label(&mut svg, way, link);
        }
        let _ = writeln!(
            svg,
            "<text class=\"caption\" x=\"{}\" y=\"{}\">{title}</text>",
            view.x + MARGIN,
            view.y + view.height - 14
        );
        svg.push_str("</svg>\n");
        svg
    }

    fn draw_product(&self, svg: &mut String, place: Rect, product: &Product, at: usize) {
        let mut class = match product.mark() {
            Some(Mark::Retired) => "card error".to_owned(),
            Some(Mark::Yanked | Mark::Deprecated) => "card warning".to_owned(),
            Some(Mark::Draft | Mark::Proposed) => "card dashed".to_owned(),
            None => "card".to_owned(),
        };
        if self.has_others && product.is_asked {
            class += " asked";
        }
        let _ = writeln!(svg, "<g>");
        let mut about = product.reference();
        let more = [&product.version, &product.name, &product.owner];
        for more in more.into_iter().flatten() {
            about += &format!(", {more}");
        }
        let about = one_line(&about);
        let _ = writeln!(svg, "<title>{}</title>", escape(plain(&about)));
        let Rect {
            x,
            y,
            width,
            height,
        } = place;
        let _ = writeln!(
            svg,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"7\"/>"
        );
        let version = product.version.as_deref().unwrap_or_default();
        let version = cut(version, PORT_SIZE, 90);
        let room = width - 3 * INSET - text_width(&version, PORT_SIZE);
        let name = cut(&product.slug, NAME_SIZE, room);
        text(svg, "name", (x + INSET, y + 22), &name);
        text(svg, "end version", (x + width - INSET, y + 22), &version);
        let mut row = y + HEAD;
        if let Some(mark) = product.mark() {
            let class = match mark {
                Mark::Retired => "mark red",
                Mark::Yanked | Mark::Deprecated => "mark amber",
                Mark::Draft | Mark::Proposed => "mark",
            };
            text(svg, class, (x + INSET, row + 7), mark.word());
            row += MARK;
        }
        if !product.ports.is_empty() {
            let _ = writeln!(
                svg,
                "<path class=\"rule\" d=\"M{x} {row}h{width}\"/>",
                row = row - 2
            );
        }
        for (port, offered) in product.ports.iter().enumerate() {
            let mut links = self.graph.links.iter();
            let is_taken = links.any(|link| {
                matches!(link.source, Source::Product { product, port: Some(from), .. }
                    if product == at && from == port)
            });
            let quiet = if is_taken { "" } else { " quiet" };
            let version = offered.version.as_deref().unwrap_or_default();
            let version = cut(version, PORT_SIZE, 90);
            let room = width - 3 * INSET - text_width(&version, PORT_SIZE);
            let name = cut(&offered.name, PORT_SIZE, room);
            let base = row + 14;
            text(svg, &format!("port{quiet}"), (x + INSET, base), &name);
            let end = (x + width - INSET, base);
            text(svg, &format!("end version{quiet}"), end, &version);
            if is_taken {
                let _ = writeln!(
                    svg,
                    "<circle class=\"dot\" cx=\"{}\" cy=\"{}\" r=\"3\"/>",
                    x + width,
                    row + ROW / 2 + 1
                );
            }
            row += ROW;
        }
        svg.push_str("</g>\n");
    }
}

/// All that is drawn, with some space around it, and below it a line of at least `caption` pixels.
fn view(plan: &layout::Plan, ways: &[route::Way], caption: i32) -> Rect {
    let mut all = route::Bounds::at(0, 0);
    for frame in &plan.frames {
        all = all.with(frame.x, frame.y);
        all = all.with(frame.x + frame.width, frame.y + frame.height);
    }
    for way in ways {
        let bounds = way.bounds;
        all = all.with(bounds.left, bounds.top);
        all = all.with(bounds.right, bounds.bottom);
    }
    Rect {
        x: all.left - MARGIN,
        y: all.top - MARGIN,
        width: (all.right - all.left).max(caption) + 2 * MARGIN,
        height: all.bottom - all.top + 2 * MARGIN + CAPTION,
    }
}

fn edge(link: &Link, from: usize, start: i32) -> Edge {
    let label = text_width(&edge_label(link), LABEL_SIZE);
    Edge {
        from,
        start,
        to: link.target,
        label: if label == 0 { 0 } else { label + 16 },
    }
}

/// What stands at the end of a line: the version, and what is wrong.
fn edge_label(link: &Link) -> String {
    let version = link.version.as_deref().unwrap_or_default();
    let version = cut(version, LABEL_SIZE, 90);
    let problem = match link.problem() {
        // What it is stands where it comes from.
        None | Some(Problem::Dangling) => "",
        Some(Problem::NotOffered) => "not offered",
        Some(Problem::Cycle) => "cycle",
        Some(Problem::Retired) => "retired",
        Some(Problem::Yanked) => "yanked",
        Some(Problem::Deprecated) => "deprecated",
        Some(Problem::Draft) => "draft",
    };
    format!("{version} {problem}").trim().to_owned()
}

fn draw_frame(svg: &mut String, frame: Rect, title: &str, tint: usize) {
    let Rect {
        x,
        y,
        width,
        height,
    } = frame;
    let _ = writeln!(
        svg,
        "<rect class=\"t{tint}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"10\"/>"
    );
    let title = cut(title, NAME_SIZE, width - 2 * INSET);
    text(svg, "domain", (x + INSET, y + 20), &title);
}

/// The colour of a line, by the gravest problem.
fn color(link: &Link) -> &'static str {
    match (link.problem(), &link.source) {
        (Some(problem), _) if problem.is_error() => " red",
        (Some(_), _) => " amber",
        (None, Source::Outside | Source::Unverified) => " dashed",
        (None, _) => "",
    }
}

fn draw_line(svg: &mut String, way: &route::Way, link: &Link, graph: &Graph) {
    let color = color(link);
    let (x, y) = way.end;
    let mut about = format!(
        "{} to {}",
        graph.label(link),
        graph.products[link.target].reference()
    );
    for problem in &link.problems {
        about += &format!(": {}", problem.words());
    }
    let about = one_line(&about);
    let _ = writeln!(
        svg,
        "<g><title>{}</title><path class=\"line{color}\" d=\"{}\"/><path class=\"head{color}\" d=\"M{x} {y}l-8 -4v8z\"/></g>",
        escape(plain(&about)),
        way.path
    );
}

fn draw_label(svg: &mut String, way: &route::Way, link: &Link) {
    let label = edge_label(link);
    if !label.is_empty() {
        let color = color(link);
        let (x, y) = way.end;
        text(svg, &format!("end label{color}"), (x - 11, y - 4), &label);
    }
}

fn draw_stray(svg: &mut String, place: Rect, source: &Source, label: &str) {
    let (class, about) = match source {
        Source::Nobody => ("stray red", "nobody publishes it"),
        Source::Outside => ("stray", "a source outside of the mesh"),
        _ => ("stray", "not looked up: no registry is named"),
    };
    let Rect {
        x,
        y,
        width,
        height,
    } = place;
    let _ = writeln!(svg, "<g><title>{about}</title>");
    let _ = writeln!(
        svg,
        "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{}\"/>",
        height / 2
    );
    let class = match source {
        Source::Nobody => "port red",
        _ => "port quiet",
    };
    text(svg, class, (x + INSET, y + height / 2 + 4), label);
    svg.push_str("</g>\n");
}

fn text(svg: &mut String, class: &str, (x, y): (i32, i32), text: &str) {
    if !text.is_empty() {
        let text = escape(text);
        let _ = writeln!(
            svg,
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{text}</text>"
        );
    }
}

/// How far below the top of a box a connection starts.
fn port_offset(graph: &Graph, product: usize, port: Option<usize>) -> i32 {
    let product = &graph.products[product];
    let Some(port) = port else { return HEAD / 2 };
    let mark = if product.mark().is_some() { MARK } else { 0 };
    let row = i32::try_from(port).unwrap_or_default();
    HEAD + mark + row * ROW + ROW / 2 + 1
}

fn box_height(product: &Product) -> i32 {
    let mark = if product.mark().is_some() { MARK } else { 0 };
    let ports = i32::try_from(product.ports.len()).unwrap_or_default();
    HEAD + mark + ports * ROW + if ports > 0 { 6 } else { 0 }
}

fn box_width(product: &Product) -> i32 {
    let row = |name: &str, size: i32, version: Option<&str>| {
        let version = cut(version.unwrap_or_default(), PORT_SIZE, 90);
        text_width(&plain(name), size) + text_width(&version, PORT_SIZE) + 3 * INSET
    };
    let head = row(&product.slug, NAME_SIZE, product.version.as_deref());
    let ports = product.ports.iter();
    let ports = ports.map(|port| row(&port.name, PORT_SIZE, port.version.as_deref()));
    let widest = ports.chain([head]).max().unwrap_or_default();
    widest.clamp(NARROWEST, WIDEST)
}

/// `text` on one line of at most `room` pixels.
fn cut(text: &str, size: i32, room: i32) -> String {
    let text = plain(&one_line(text)).into_owned();
    if text_width(&text, size) <= room {
        return text;
    }
    let mut cut = String::new();
    for c in text.chars() {
        cut.push(c);
        if text_width(&format!("{cut}…"), size) > room {
            cut.pop();
            break;
        }
    }
    cut + "…"
}

/// How wide `text` is in pixels in a usual font; in most it is a little less.
fn text_width(text: &str, size: i32) -> i32 {
    let mut buffer = [0; 4];
    let thousandths = text.chars().map(|c| match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '|' | '\'' | 'I' => 300,
        'f' | 't' | 'r' | '-' | '(' | ')' | ' ' | '/' => 380,
        'm' | 'w' | 'M' | 'W' | '@' => 900,
        '0'..='9' => 620,
        'A'..='Z' => 700,
        c if c.is_ascii() => 590,
        c => i32::try_from(width(c.encode_utf8(&mut buffer))).unwrap_or(1) * 660,
    });
    let all = thousandths.fold(0, i32::saturating_add);
    all.saturating_mul(size) / 1000
}

/// Light, and dark where the reader prefers that. Not by variables: not everything that draws SVG knows them.
const STYLE: &str = "\
<style>
text{font:11px system-ui,-apple-system,\"Segoe UI\",Helvetica,Arial,sans-serif;fill:#1f2328}
.ground{fill:#fff}
.domain{font-size:12px;font-weight:600;fill:#57606a}
.name{font-size:13px;font-weight:600}
.version,.quiet,.caption{fill:#6e7781}
.mark{font-size:10px;font-style:italic;fill:#6e7781}
.label{font-size:10px;fill:#57606a;stroke:#fff;stroke-width:3px;paint-order:stroke}
.end{text-anchor:end}
.card{fill:#fff;stroke:#afb8c1}
.asked{stroke-width:2px;stroke:#57606a}
.rule{stroke:#d8dee4}
.stray{fill:#fff;stroke:#8c959f;stroke-dasharray:4 3}
.line{fill:none;stroke:#8c959f;stroke-width:1.4px}
.dashed{stroke-dasharray:4 3}
.head,.dot{fill:#8c959f}
.label.dashed,.head.dashed{stroke-dasharray:none}
text.red,.head.red{fill:#cf222e}
text.amber,.head.amber{fill:#9a6700}
.line.red,.stray.red,.card.error{stroke:#cf222e}
.line.amber,.card.warning{stroke:#bf8700}
.t0{fill:#eef4ff;stroke:#b6cdfb}
.t1{fill:#eefaf1;stroke:#aadcb8}
.t2{fill:#f6f0ff;stroke:#d3bdf7}
.t3{fill:#fff4e8;stroke:#f3cda0}
.t4{fill:#e9f9fa;stroke:#9fd8dc}
.t5{fill:#fff0f6;stroke:#f5bfd6}
.t6{fill:#fdf9e3;stroke:#e4d68a}
.t7{fill:#f3f4f6;stroke:#cfd4da}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}
.ground{fill:#0d1117}
.domain,.label{fill:#9198a1}
.version,.quiet,.caption,.mark{fill:#9198a1}
.label{stroke:#0d1117}
.card{fill:#161b22;stroke:#484f58}
.asked{stroke:#9198a1}
.rule{stroke:#30363d}
.stray{fill:#0d1117;stroke:#6e7681}
.line{stroke:#6e7681}
.head,.dot{fill:#6e7681}
text.red,.head.red{fill:#ff7b72}
text.amber,.head.amber{fill:#d29922}
.line.red,.stray.red,.card.error{stroke:#f85149}
.line.amber,.card.warning{stroke:#bb8009}
.t0{fill:#121d2f;stroke:#2f4a80}
.t1{fill:#12261b;stroke:#2c5c3d}
.t2{fill:#211a33;stroke:#543d82}
.t3{fill:#2b2011;stroke:#6b4d22}
.t4{fill:#0f2729;stroke:#2a5e62}
.t5{fill:#2e1721;stroke:#74374f}
.t6{fill:#282511;stroke:#61582a}
.t7{fill:#1c2026;stroke:#454c55}
}
</style>
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(cut("orders", NAME_SIZE, 200), "orders");
        let short = cut("a-very-long-name-of-a-product", NAME_SIZE, 80);
        assert!(short.ends_with('…') && text_width(&short, NAME_SIZE) <= 80);
        assert_eq!(cut("受注データ", PORT_SIZE, 40), "受注…");
    }
}
