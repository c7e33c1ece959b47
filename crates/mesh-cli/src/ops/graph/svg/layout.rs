//! Where the parts of a drawing go: columns by how far data has come, frames around what belongs together.
//!
//! Whole pixels only, and nothing by chance: the same graph is always the same drawing.

use std::cmp::Reverse;

/// The space between two boxes of a column.
const BETWEEN: i32 = 20;
/// The space between two frames.
const APART: i32 = 26;
/// The space between a frame and its boxes.
pub(super) const PADDING: i32 = 16;
/// How high the title of a frame is.
pub(super) const TITLE: i32 = 30;
/// Up to so many frames every order of two is tried; beyond, only neighbours change places.
const THOROUGH: usize = 60;
/// How often the order is gone over.
const ROUNDS: usize = 4;
/// Over how many columns boxes without any connection are spread.
const SPREAD: usize = 4;

/// A box to be placed.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// The frame that it belongs to.
    pub(super) frame: usize,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// A connection from the right of a box to the left of another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub(super) from: usize,
    /// How far below the top of the box it starts.
    pub(super) start: i32,
    pub(super) to: usize,
    /// How much room its label needs before the box that it leads to.
    pub(super) label: i32,
}

/// A rectangle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Rect {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// Where everything is.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// The boxes, in their order. In one column all are equally wide.
    pub(super) items: Vec<Rect>,
    /// The column of each box.
    pub(super) layers: Vec<usize>,
    /// The frames; those without a title are around one box, and not drawn.
    pub(super) frames: Vec<Rect>,
    /// The columns: from where, and how wide.
    pub(super) columns: Vec<(i32, i32)>,
    /// The titles of frames: in which column each stands, and from where to where.
    pub(super) titles: Vec<(usize, i32, i32)>,
}

/// Places `items`, which belong to the frames of `has_title` that have a title or are nothing but a box.
pub(super) fn plan(items: &[Item], edges: &[Edge], has_title: &[bool]) -> Plan {
    let layers = layers(items, edges);
    let mut draft = Draft {
        items,
        edges,
        has_title,
        order: (0..has_title.len()).collect(),
        cells: cells(items, &layers, has_title.len()),
        layers: &layers,
    };
    draft.improve();
    let mut places = draft.place();
    draft.relax(&mut places);
    let columns = columns(items, edges, &layers);
    let x = |at: usize| columns[layers[at]];
    let mut frames = Vec::new();
    let mut titles = Vec::new();
    for (frame, &(top, height)) in places.frames.iter().enumerate() {
        if let (true, Some((first, _))) = (has_title[frame], span(&draft.cells[frame])) {
            titles.push((first, top + TITLE / 3, top + TITLE * 2 / 3));
        }
        let members = (0..items.len()).filter(|&at| items[at].frame == frame);
        let first = members.clone().map(|at| x(at).0).min();
        let last = members.map(|at| x(at).0 + x(at).1).max();
        let padding = if has_title[frame] { PADDING } else { 0 };
        let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
        frames.push(Rect {
            x: first - padding,
            y: top,
            width: last - first + 2 * padding,
            height,
        });
    }
    let boxes = (0..items.len()).map(|at| Rect {
        x: x(at).0,
        y: places.tops[at],
        width: x(at).1,
        height: items[at].height,
    });
    Plan {
        items: boxes.collect(),
        frames,
        titles,
        columns,
        layers,
    }
}

/// From where each column goes, and how wide it is.
fn columns(items: &[Item], edges: &[Edge], layers: &[usize]) -> Vec<(i32, i32)> {
    let count = layers.iter().max().map_or(0, |last| last + 1);
    let mut columns = Vec::with_capacity(count);
    let mut x = 0;
    for column in 0..count {
        let here = |at: &usize| layers[*at] == column;
        let widths = (0..items.len()).filter(here).map(|at| items[at].width);
        let width = widths.max().unwrap_or_default();
        let labels = edges.iter().filter(|edge| here(&edge.to));
        let label = labels.map(|edge| edge.label).max().unwrap_or_default();
        // Frames end in the space between columns, and curves need some of it.
        let gutter = (2 * PADDING + 40).max(label + 2 * PADDING + 20);
        x += if column == 0 { PADDING } else { gutter };
        columns.push((x, width));
        x += width;
    }
    columns
}

/// The column of each box: behind all that it is made from.
fn layers(items: &[Item], edges: &[Edge]) -> Vec<usize> {
    let count = items.len();
    let mut ahead = vec![Vec::new(); count];
    for edge in edges {
        ahead[edge.from].push(edge.to);
    }
    // Without what leads back, so that there is a first one.
    let order = topological(&ahead);
    let mut place = vec![0; count];
    for (at, &item) in order.iter().enumerate() {
        place[item] = at;
    }
    let mut layers = vec![0_usize; count];
    for &item in &order {
        for &next in &ahead[item] {
            if place[next] > place[item] {
                layers[next] = layers[next].max(layers[item] + 1);
            }
        }
    }
    // What has no source stands next to what it feeds.
    let mut is_fed = vec![false; count];
    let mut is_alone = vec![true; count];
    for edge in edges.iter().filter(|edge| edge.from != edge.to) {
        is_fed[edge.to] = true;
        is_alone[edge.to] = false;
        is_alone[edge.from] = false;
    }
    for item in 0..count {
        let fed = ahead[item].iter().filter(|&&next| next != item);
        let nearest = fed.map(|&next| layers[next]).min();
        if let (false, Some(nearest)) = (is_fed[item], nearest) {
            layers[item] = nearest.saturating_sub(1);
        }
    }
    spread(items, &is_alone, &mut layers);
    layers
}

/// Puts boxes without connections where there is room in their frames.
fn spread(items: &[Item], is_alone: &[bool], layers: &mut [usize]) {
    let connected = (0..items.len()).filter(|&at| !is_alone[at]);
    let most = connected.map(|at| layers[at] + 1).max().unwrap_or(0);
    let alone: Vec<usize> = (0..items.len()).filter(|&at| is_alone[at]).collect();
    let columns = most.max(SPREAD.min(alone.len())).max(1);
    let frames = items.iter().map(|item| item.frame + 1).max().unwrap_or(0);
    let mut heights = vec![vec![0; columns]; frames];
    for at in 0..items.len() {
        if !is_alone[at] {
            heights[items[at].frame][layers[at]] += items[at].height + BETWEEN;
        }
    }
    for at in alone {
        let item = &items[at];
        let of_frame = &mut heights[item.frame];
        let lowest = (0..columns).min_by_key(|&column| (of_frame[column], column));
        let column = lowest.unwrap_or_default();
        of_frame[column] += item.height + BETWEEN;
        layers[at] = column;
    }
}

/// The boxes in an order in which as good as all connections lead onwards: those that do not are on a way back.
fn topological(ahead: &[Vec<usize>]) -> Vec<usize> {
    let mut seen = vec![false; ahead.len()];
    let mut finished = Vec::with_capacity(ahead.len());
    for start in 0..ahead.len() {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        // Not by calls within calls: a chain may be long.
        let mut path = vec![(start, 0)];
        while let Some((item, next)) = path.last_mut() {
            let Some(&onwards) = ahead[*item].get(*next) else {
                finished.push(*item);
                path.pop();
                continue;
            };
            *next += 1;
            if !seen[onwards] {
                seen[onwards] = true;
                path.push((onwards, 0));
            }
        }
    }
    finished.reverse();
    finished
}

/// The boxes of each frame in each column.
type Cells = Vec<Vec<Vec<usize>>>;

fn cells(items: &[Item], layers: &[usize], frames: usize) -> Cells {
    let columns = layers.iter().max().map_or(0, |last| last + 1);
    let mut cells = vec![vec![Vec::new(); columns]; frames];
    for (at, item) in items.iter().enumerate() {
        cells[item.frame][layers[at]].push(at);
    }
    cells
}

/// The first and the last column that a frame has boxes in.
fn span(cells: &[Vec<usize>]) -> Option<(usize, usize)> {
    let first = cells.iter().position(|cell| !cell.is_empty())?;
    let last = cells.iter().rposition(|cell| !cell.is_empty())?;
    Some((first, last))
}

/// An order of frames, and of boxes within them.
struct Draft<'a> {
    items: &'a [Item],
    edges: &'a [Edge],
    has_title: &'a [bool],
    layers: &'a [usize],
    order: Vec<usize>,
    cells: Cells,
}

/// How high everything is.
struct Places {
    tops: Vec<i32>,
    frames: Vec<(i32, i32)>,
}

impl Draft<'_> {
    /// Puts each frame as far up as the columns that it spans are free.
    fn place(&self) -> Places {
        let columns = self.cells.first().map_or(0, Vec::len);
        let mut free = vec![0; columns];
        let mut places = Places {
            tops: vec![0; self.items.len()],
            frames: vec![(0, 0); self.has_title.len()],
        };
        for &frame in &self.order {
            let cells = &self.cells[frame];
            let Some((first, last)) = span(cells) else {
                continue;
            };
            let stacks: Vec<i32> = cells.iter().map(|cell| self.stack(cell)).collect();
            let inner = stacks.iter().copied().max().unwrap_or_default();
            let top = free[first..=last].iter().copied().max().unwrap_or_default();
            let (title, below) = self.around(frame);
            for column in first..=last {
                let mut y = top + title + (inner - stacks[column]) / 2;
                for &item in &cells[column] {
                    places.tops[item] = y;
                    y += self.items[item].height + BETWEEN;
                }
            }
            let height = title + inner + below;
            places.frames[frame] = (top, height);
            free[first..=last].fill(top + height + APART);
        }
        places
    }

    fn stack(&self, cell: &[usize]) -> i32 {
        let heights = cell.iter().map(|&at| self.items[at].height + BETWEEN);
        (heights.sum::<i32>() - BETWEEN).max(0)
    }

    /// How far connections go up and down, and how high the drawing is: less is better.
    fn cost(&self) -> i64 {
        let places = self.place();
        let bottom = places.frames.iter().map(|(top, height)| top + height);
        let mut cost = i64::from(bottom.max().unwrap_or_default());
        for edge in self.edges {
            let from = places.tops[edge.from] + edge.start;
            let to = places.tops[edge.to] + self.items[edge.to].height / 2;
            let mut length = i64::from((from - to).abs());
            // What passes other columns is more in the way.
            let span = self.layers[edge.to].abs_diff(self.layers[edge.from]);
            length *= i64::try_from(span.max(1)).unwrap_or(1);
            cost += length;
        }
        cost
    }

    /// Moves frames, and the boxes within them, towards what they are connected with, as far as there is room. Nothing
    /// comes to lie lower than the lowest frame was.
    fn relax(&self, places: &mut Places) {
        let ends = places.frames.iter().map(|(top, height)| top + height);
        let bottom = ends.max().unwrap_or_default();
        let spans: Vec<Option<(usize, usize)>> =
            self.cells.iter().map(|cells| span(cells)).collect();
        for round in 0..2 * ROUNDS {
            for at in 0..self.order.len() {
                // Down and up in turns, so that neither end is pressed against the other.
                let frame = match round % 2 {
                    0 => self.order[self.order.len() - 1 - at],
                    _ => self.order[at],
                };
                let Some((first, last)) = spans[frame] else {
                    continue;
                };
                let (top, height) = places.frames[frame];
                let (mut above, mut below) = (0, bottom);
                for (other, span) in spans.iter().enumerate() {
                    let beside = span.is_some_and(|(a, b)| a <= last && first <= b);
                    if other != frame && beside {
                        let (start, height) = places.frames[other];
                        if start < top {
                            above = above.max(start + height + APART);
                        } else {
                            below = below.min(start - APART);
                        }
                    }
                }
                let room = (above - top).min(0)..=(below - top - height).max(0);
                let members: Vec<usize> = self.cells[frame].iter().flatten().copied().collect();
                let wish = self.wish(places, &members, |other| self.items[other].frame != frame);
                let shift = wish.clamp(*room.start(), *room.end());
                places.frames[frame].0 += shift;
                for item in members {
                    places.tops[item] += shift;
                }
            }
            for frame in 0..self.cells.len() {
                self.relax_within(frame, places);
            }
        }
    }

    fn relax_within(&self, frame: usize, places: &mut Places) {
        let (top, height) = places.frames[frame];
        let (title, below) = self.around(frame);
        let (inner_top, inner_bottom) = (top + title, top + height - below);
        for cell in &self.cells[frame] {
            let (Some(&first), Some(&last)) = (cell.first(), cell.last()) else {
                continue;
            };
            let start = places.tops[first];
            let end = places.tops[last] + self.items[last].height;
            let wish = self.wish(places, cell, |other| !cell.contains(&other));
            let shift = wish.clamp((inner_top - start).min(0), (inner_bottom - end).max(0));
            for &item in cell {
                places.tops[item] += shift;
            }
        }
    }

    /// How far down `members` would have to go to be level with the others that they are connected with.
    fn wish(&self, places: &Places, members: &[usize], counts: impl Fn(usize) -> bool) -> i32 {
        let (mut sum, mut number) = (0_i64, 0_i64);
        for edge in self.edges {
            let start = places.tops[edge.from] + edge.start;
            let end = places.tops[edge.to] + self.items[edge.to].height / 2;
            if members.contains(&edge.to) && counts(edge.from) {
                sum += i64::from(start - end);
                number += 1;
            } else if members.contains(&edge.from) && counts(edge.to) {
                sum += i64::from(end - start);
                number += 1;
            }
        }
        let mean = sum.checked_div(number).unwrap_or_default();
        i32::try_from(mean).unwrap_or_default()
    }

    /// What a frame has above and below its boxes.
    fn around(&self, frame: usize) -> (i32, i32) {
        if self.has_title[frame] {
            (TITLE, PADDING)
        } else {
            (0, 0)
        }
    }

    fn improve(&mut self) {
        for _ in 0..2 {
            self.sort_cells();
            self.order_frames();
        }
        self.sort_cells();
    }

    /// Puts the boxes of a cell in the order of what they are connected with, as long as that helps.
    fn sort_cells(&mut self) {
        let mut best = (self.cost(), self.cells.clone());
        for _ in 0..ROUNDS {
            let places = self.place();
            let centre = |at: usize| places.tops[at] + self.items[at].height / 2;
            let mut sums = vec![(0_i64, 0_i64); self.items.len()];
            for edge in self.edges.iter().filter(|edge| edge.from != edge.to) {
                let (start, end) = (places.tops[edge.from] + edge.start, centre(edge.to));
                sums[edge.to].0 += i64::from(start);
                sums[edge.to].1 += 1;
                sums[edge.from].0 += i64::from(end);
                sums[edge.from].1 += 1;
            }
            let wish = |at: &usize| match sums[*at] {
                (_, 0) => i64::from(centre(*at)),
                (sum, count) => sum / count,
            };
            let mut cells = self.cells.clone();
            for cell in cells.iter_mut().flatten() {
                cell.sort_by_key(wish);
            }
            self.cells = cells;
            let cost = self.cost();
            if cost < best.0 {
                best = (cost, self.cells.clone());
            }
        }
        self.cells = best.1;
    }

    /// Moves frames up and down as long as that helps.
    fn order_frames(&mut self) {
        let count = self.order.len();
        let reach = if count <= THOROUGH { count } else { 1 };
        let mut best = self.cost();
        for _ in 0..ROUNDS {
            let before = best;
            for frame in 0..count {
                let Some(at) = self.order.iter().position(|&other| other == frame) else {
                    continue;
                };
                let mut kept = self.order.clone();
                let places = at.saturating_sub(reach)..=(at + reach).min(count - 1);
                let mut places: Vec<usize> = places.filter(|&place| place != at).collect();
                // The near ones first: of two that are as good, the order changes less.
                places.sort_by_key(|&place| (place.abs_diff(at), Reverse(place)));
                for place in places {
                    let mut order = kept.clone();
                    let from = order.iter().position(|&other| other == frame);
                    let moved = order.remove(from.unwrap_or(at));
                    order.insert(place, moved);
                    self.order = order;
                    let cost = self.cost();
                    if cost < best {
                        best = cost;
                        kept.clone_from(&self.order);
                    }
                }
                self.order = kept;
            }
            if best == before {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(frames: &[usize]) -> Vec<Item> {
        let item = |&frame: &usize| Item {
            frame,
            width: 100,
            height: 40,
        };
        frames.iter().map(item).collect()
    }

    fn edges(pairs: &[(usize, usize)]) -> Vec<Edge> {
        let edge = |&(from, to): &(usize, usize)| Edge {
            from,
            start: 20,
            to,
            label: 30,
        };
        pairs.iter().map(edge).collect()
    }

    fn meet(a: Rect, b: Rect) -> bool {
        a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
    }

    /// Nothing lies upon anything else, and every box is in its frame.
    fn check(frames: &[usize], pairs: &[(usize, usize)]) -> Plan {
        let items = items(frames);
        let count = frames.iter().max().map_or(0, |last| last + 1);
        let plan = plan(&items, &edges(pairs), &vec![true; count]);
        for (at, &a) in plan.items.iter().enumerate() {
            assert!(
                plan.items[at + 1..].iter().all(|&b| !meet(a, b)),
                "{plan:?}"
            );
            let frame = plan.frames[items[at].frame];
            assert!(a.x > frame.x && a.x + a.width < frame.x + frame.width);
            assert!(a.y > frame.y && a.y + a.height < frame.y + frame.height);
        }
        for (at, &a) in plan.frames.iter().enumerate() {
            assert!(
                plan.frames[at + 1..].iter().all(|&b| !meet(a, b)),
                "{plan:?}"
            );
        }
        plan
    }

    #[test]
    fn data_flows_to_the_right() {
        let plan = check(&[0, 0, 1, 1], &[(0, 1), (1, 2), (0, 2), (3, 2)]);
        assert_eq!(plan.layers, [0, 1, 2, 1]);
    }

    #[test]
    fn cycles_and_what_is_alone_have_their_places() {
        check(&[0, 1, 2], &[(0, 1), (1, 2), (2, 0), (1, 1)]);
        let plan = check(&[0; 9], &[]);
        let columns: std::collections::BTreeSet<_> = plan.layers.iter().collect();
        assert_eq!(columns.len(), SPREAD);
        check(&[], &[]);
    }

    #[test]
    fn larger_meshes_are_laid_out_as_well() {
        // Numbers that look like chance and are none.
        let frames: Vec<usize> = (0..60).map(|at| at * 7 % 9).collect();
        let pairs: Vec<(usize, usize)> = (0..110)
            .map(|at: usize| (at * 31 % 60, (at * 17 + 11) % 60))
            .filter(|(from, to)| from < to)
            .collect();
        let plan = check(&frames, &pairs);
        for &(from, to) in &pairs {
            assert!(plan.layers[from] < plan.layers[to]);
        }
    }
}
