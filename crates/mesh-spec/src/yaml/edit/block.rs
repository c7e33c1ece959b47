//! Edits of collections that are written as blocks.

use mesh_diagnostics::Edit;

use super::layout::{Layout, Part};
use super::{delete, insert as insert_at, replace};

/// Puts `lines`, which are indented, behind the part at `index`.
pub(super) fn insert(
    layout: Layout<'_>,
    parts: &[Part],
    index: usize,
    mut lines: Vec<String>,
) -> Option<Edit> {
    let newline = layout.style().newline;
    let part = parts.get(index)?;
    let at = layout.tail_end(part, parts.get(index + 1));
    let lead = layout.lead_start(part);
    if lines.len() > 1 && index > 0 && layout.blanks_before(lead) < lead {
        lines.insert(0, String::new());
    }
    let text = lines.join(newline);
    let is_open = !layout.text[..at].ends_with('\n');
    Some(insert_at(
        at,
        if is_open {
            format!("{newline}{text}")
        } else {
            format!("{text}{newline}")
        },
    ))
}

/// Takes away the parts that `is_removed` marks, which are not all.
pub(super) fn remove(layout: Layout<'_>, parts: &[Part], is_removed: &[bool]) -> Option<Vec<Edit>> {
    let mut edits = Vec::new();
    let mut from = 0;
    if is_removed[0] && !parts[0].leads {
        // What follows moves up to where the first part stood, behind the dash.
        let next = is_removed.iter().position(|removed| !removed)?;
        // Behind a dash there is no room for comments.
        let is_blank = |index: usize| {
            let tail = layout.tail_end(&parts[index], Some(&parts[index + 1]));
            let lead = if index + 1 == next {
                layout.line_start(parts[next].start)
            } else {
                layout.lead_start(&parts[index + 1])
            };
            layout.text[tail..lead.max(tail)].trim().is_empty()
        };
        if !(0..next).all(is_blank) {
            return None;
        }
        edits.push(delete(parts[0].start, parts[next].start));
        from = next;
    }
    let removed = (from..parts.len()).filter(|index| is_removed[*index]);
    edits.extend(removed.map(|index| remove_one(layout, parts, index)));
    Some(edits)
}

fn remove_one(layout: Layout<'_>, parts: &[Part], index: usize) -> Edit {
    let mut start = layout.lead_start(&parts[index]);
    let mut end = layout.tail_end(&parts[index], parts.get(index + 1));
    let above = layout.blanks_before(start);
    let below = layout.blanks_after(end);
    if index + 1 == parts.len() || below > end {
        // Of the empty lines on both sides, one side is enough.
        start = above;
    }
    if layout.line_start(0) == start {
        end = below;
    }
    if end == layout.text.len() && !layout.text.ends_with('\n') {
        // The text ended without a line break, and is to end so again.
        start = layout.text[..start].trim_end_matches(['\n', '\r']).len();
    }
    delete(start, end)
}

/// The bytes of the part at `index` with the comments that belong to it.
pub(super) fn zone(layout: Layout<'_>, parts: &[Part], index: usize) -> (usize, usize) {
    (
        layout.lead_start(&parts[index]),
        layout.tail_end(&parts[index], parts.get(index + 1)),
    )
}

/// A part as whole lines, with the empty lines before it apart.
struct Segment<'t> {
    start: usize,
    end: usize,
    blanks: &'t str,
    body: String,
}

/// Puts the parts into `order`, each with its comments.
pub(super) fn reorder(layout: Layout<'_>, parts: &[Part], order: &[usize]) -> Option<Vec<Edit>> {
    let is_moved = |at: &usize| order[*at] != *at;
    let Some(first) = (0..order.len()).find(is_moved) else {
        return Some(Vec::new());
    };
    let last = (0..order.len()).rfind(is_moved)?;
    let segments = segments(layout, parts)?;
    let newline = layout.style().newline;
    let mut text = String::new();
    for (at, &index) in order.iter().enumerate().take(last + 1).skip(first) {
        // What comes first has nothing to be set off from; what was first takes over from it.
        let blanks = match (at, index) {
            (0, _) => "",
            (_, 0) => segments[order[0]].blanks,
            _ => segments[index].blanks,
        };
        text += blanks;
        text += &segments[index].body;
        if !text.ends_with('\n') {
            text += newline;
        }
    }
    let mut start = segments[first].start;
    let end = segments[last].end;
    if first == 0 && !parts[0].leads {
        let margin = " ".repeat(parts[0].column);
        if !text.starts_with(margin.as_str()) || text[margin.len()..].starts_with([' ', '#']) {
            return None;
        }
        text.drain(..margin.len());
        start = parts[0].start;
    }
    if !layout.text[..end].ends_with('\n') {
        text.truncate(text.trim_end_matches(['\n', '\r']).len());
    }
    Some(vec![replace(start, end, text)])
}

/// All parts as segments that follow each other without a gap.
fn segments<'t>(layout: Layout<'t>, parts: &[Part]) -> Option<Vec<Segment<'t>>> {
    let mut segments: Vec<Segment<'t>> = Vec::with_capacity(parts.len());
    for (index, part) in parts.iter().enumerate() {
        let own = layout.line_start(part.start);
        let start = segments
            .last()
            .map_or_else(|| layout.lead_start(part), |before| before.end);
        let end = layout.tail_end(part, parts.get(index + 1));
        let below = layout.next_line(part.end);
        if !layout.is_empty_between(start, own.max(start)) || !layout.is_empty_between(below, end) {
            return None;
        }
        let head = layout.blanks_after(start).min(own.max(start));
        let margin = if part.leads { 0 } else { part.column };
        segments.push(Segment {
            start,
            end,
            blanks: &layout.text[start..head],
            body: " ".repeat(margin) + &layout.text[head..end],
        });
    }
    Some(segments)
}
