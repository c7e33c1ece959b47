//! A badge with the lowest level.

use std::io::{self, Write};

use mesh_policy::scorecard::{Scorecard, Tier};
use quick_xml::Writer;
use quick_xml::events::BytesText;

use crate::failure::Failure;
use crate::ops::text::plural;

/// How high a badge is, in pixels.
const HEIGHT: u32 = 20;
/// The space on either side of a text.
const PADDING: u32 = 6;
/// How large the letters are.
const FONT_SIZE: u32 = 11;

/// How wide the letters from `a` to `z` are in a usual font, in thousandths of its size.
const WIDTHS: [u32; 26] = [
    601, 623, 521, 623, 596, 352, 623, 633, 274, 344, 592, 274, 973, 633, 607, 623, 623, 427, 521,
    394, 633, 592, 818, 592, 592, 525,
];
/// The same for a space.
const SPACE: u32 = 352;

pub(super) fn write(card: &Scorecard, out: &mut impl Write) -> Result<(), Failure> {
    let level = card.level();
    let name = Tier::name(level);
    let counts = card.counts();
    let products = plural(counts.all(), "data product");
    let (label, title) = match counts.all() {
        1 => ("data product", format!("data product: {name}")),
        _ if counts.words().contains(',') => {
            ("data products", format!("{products}, the lowest: {name}"))
        }
        _ => ("data products", format!("{products}: {name}")),
    };
    badge(label, name, &title, color(level), out)?;
    Ok(())
}

/// Dark enough for white letters to be read.
fn color(level: Option<Tier>) -> &'static str {
    match level {
        Some(Tier::Gold) => "#946c00",
        Some(Tier::Silver) => "#66707d",
        Some(Tier::Bronze) => "#a0522d",
        None => "#b03a2e",
    }
}

fn badge(
    label: &str,
    value: &str,
    title: &str,
    color: &str,
    out: &mut impl Write,
) -> io::Result<()> {
    let (left, right) = (width(label) + 2 * PADDING, width(value) + 2 * PADDING);
    let all = (left + right).to_string();
    let height = HEIGHT.to_string();
    let mut writer = Writer::new_with_indent(&mut *out, b' ', 2);
    writer
        .create_element("svg")
        .with_attribute(("xmlns", "http://www.w3.org/2000/svg"))
        .with_attribute(("width", all.as_str()))
        .with_attribute(("height", height.as_str()))
        .with_attribute(("role", "img"))
        .with_attribute(("aria-label", title))
        .write_inner_content(|writer| {
            writer
                .create_element("title")
                .write_text_content(BytesText::new(title))?;
            writer
                .create_element("rect")
                .with_attribute(("width", all.as_str()))
                .with_attribute(("height", height.as_str()))
                .with_attribute(("rx", "3"))
                .with_attribute(("fill", color))
                .write_empty()?;
            // Round on the left only.
            let path = format!(
                "M3 0h{}v{HEIGHT}H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z",
                left - 3
            );
            writer
                .create_element("path")
                .with_attribute(("d", path.as_str()))
                .with_attribute(("fill", "#555"))
                .write_empty()?;
            writer
                .create_element("g")
                .with_attribute(("fill", "#fff"))
                .with_attribute(("font-family", "Verdana,Geneva,DejaVu Sans,sans-serif"))
                .with_attribute(("font-size", FONT_SIZE.to_string().as_str()))
                .write_inner_content(|writer| {
                    text(writer, label, PADDING)?;
                    text(writer, value, left + PADDING)
                })?;
            Ok(())
        })?;
    writeln!(out)
}

/// `text` from `x` on. Whatever the font, it takes the width that was reckoned with.
fn text<W: Write>(writer: &mut Writer<W>, text: &str, x: u32) -> io::Result<()> {
    writer
        .create_element("text")
        .with_attribute(("x", x.to_string().as_str()))
        .with_attribute(("y", "14"))
        .with_attribute(("textLength", width(text).to_string().as_str()))
        .write_text_content(BytesText::new(text))?;
    Ok(())
}

/// How wide `text` is in pixels, about.
fn width(text: &str) -> u32 {
    let widths = text.bytes().map(|byte| match byte {
        b'a'..=b'z' => WIDTHS[usize::from(byte - b'a')],
        _ => SPACE,
    });
    (widths.sum::<u32>() * FONT_SIZE).div_ceil(1000)
}
