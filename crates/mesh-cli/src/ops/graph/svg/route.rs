//! The ways of connections: between boxes, never over them.

use super::layout::{Edge, Plan};

/// How far a line keeps away from a box.
const AWAY: i32 = 9;
/// How far a line keeps away from another one.
const LANE: i32 = 7;
/// How far apart lines arrive, if there is room.
const STEP: i32 = 16;
/// How near to the corners of a box.
const BORDER: i32 = 13;
/// How far a line swings out before it turns back.
const SWING: i32 = 34;

/// A way from one box to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Way {
    /// The line, as the `d` of an SVG path.
    pub(super) path: String,
    /// Where it arrives.
    pub(super) end: (i32, i32),
    /// What it needs of the drawing.
    pub(super) bounds: Bounds,
}

/// How far something goes to the left, to the top, to the right and to the bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) right: i32,
    pub(super) bottom: i32,
}

impl Bounds {
    /// Of a point alone.
    pub(super) fn at(x: i32, y: i32) -> Self {
        Self {
            left: x,
            top: y,
            right: x,
            bottom: y,
        }
    }

    /// With a point more.
    pub(super) fn with(self, x: i32, y: i32) -> Self {
        Self {
            left: self.left.min(x),
            top: self.top.min(y),
            right: self.right.max(x),
            bottom: self.bottom.max(y),
        }
    }
}

/// The ways of `edges` in a plan.
pub(super) fn ways(plan: &Plan, edges: &[Edge]) -> Vec<Way> {
    let ends = ends(plan, edges);
    let mut lanes: Vec<Lanes> = plan.columns.iter().map(|_| Lanes::default()).collect();
    for (at, item) in plan.items.iter().enumerate() {
        lanes[plan.layers[at]]
            .boxes
            .push((item.y, item.y + item.height));
    }
    for &(column, top, bottom) in &plan.titles {
        lanes[column].boxes.push((top, bottom));
    }
    let edges = edges.iter().zip(ends);
    edges
        .map(|(edge, end)| way(plan, edge, end, &mut lanes))
        .collect()
}

/// At which height each connection arrives: as level as can be, those of one box in the order in which they come in.
fn ends(plan: &Plan, edges: &[Edge]) -> Vec<i32> {
    let mut ends = vec![0; edges.len()];
    let mut incoming = vec![Vec::new(); plan.items.len()];
    for (at, edge) in edges.iter().enumerate() {
        incoming[edge.to].push(at);
    }
    for (place, mut incoming) in plan.items.iter().zip(incoming) {
        let start = |&at: &usize| plan.items[edges[at].from].y + edges[at].start;
        incoming.sort_by_key(start);
        let count = i32::try_from(incoming.len()).unwrap_or(i32::MAX);
        let room = place.height - 2 * BORDER;
        let step = STEP.min(room / (count - 1).max(1));
        // From above each as near as it comes to where it wants to be, leaving room for those below.
        let mut least = place.y + BORDER;
        for (left, edge) in (0..count).rev().zip(incoming) {
            let most = place.y + place.height - BORDER - left * step;
            ends[edge] = start(&edge).clamp(least, most.max(least));
            least = ends[edge] + step;
        }
    }
    ends
}

/// What is in the way in a column.
#[derive(Debug, Default)]
struct Lanes {
    boxes: Vec<(i32, i32)>,
    lines: Vec<i32>,
}

impl Lanes {
    /// The free height that is least of a detour between `from` and `to`, which is then taken.
    fn take(&mut self, from: i32, to: i32) -> i32 {
        let around = self.boxes.iter();
        let around = around.flat_map(|&(top, bottom)| [top - AWAY, bottom + AWAY]);
        let beside = self
            .lines
            .iter()
            .flat_map(|&line| [line - LANE, line + LANE]);
        let candidates = [from, to].into_iter().chain(around).chain(beside);
        let detour = |y: i32| (y - from).abs() + (y - to).abs();
        let free = candidates.filter(|&y| self.is_free(y));
        let best = free.min_by_key(|&y| (detour(y), (y - from).abs(), y));
        // Above everything there always is room.
        let best = best.unwrap_or_else(|| {
            let tops = self.boxes.iter().map(|&(top, _)| top);
            tops.chain(self.lines.iter().copied()).min().unwrap_or(from) - AWAY
        });
        self.lines.push(best);
        best
    }

    fn is_free(&self, y: i32) -> bool {
        let mut boxes = self.boxes.iter();
        let mut lines = self.lines.iter();
        boxes.all(|&(top, bottom)| y <= top - AWAY || y >= bottom + AWAY)
            && lines.all(|&line| (line - y).abs() >= LANE)
    }
}

fn way(plan: &Plan, edge: &Edge, end: i32, lanes: &mut [Lanes]) -> Way {
    let (from, to) = (plan.items[edge.from], plan.items[edge.to]);
    let (first, last) = (plan.layers[edge.from], plan.layers[edge.to]);
    let start = (from.x + from.width, from.y + edge.start);
    let end = (to.x, end);
    let mut pen = Pen::at(start);
    if first < last {
        let passed = plan.columns.iter().zip(lanes);
        for (&(x, width), lanes) in passed.take(last).skip(first + 1) {
            let y = lanes.take(pen.y, end.1);
            pen.curve((x, y));
            pen.straight(x + width);
        }
        // Level where the label stands.
        pen.curve((end.0 - edge.label, end.1));
        pen.straight(end.0);
    } else {
        // Back: out to the right, around the boxes, and in from the left.
        for column in (last..=first).rev() {
            let (x, width) = plan.columns[column];
            let y = lanes[column].take(pen.y, end.1);
            if column == first {
                pen.turn(SWING, y);
            } else {
                pen.curve((x + width, y));
            }
            pen.straight(x);
        }
        pen.straight(pen.x - edge.label);
        pen.turn(-SWING, end.1);
        pen.straight(end.0);
    }
    Way {
        path: pen.path,
        end,
        bounds: pen.bounds,
    }
}

/// Draws a line.
struct Pen {
    path: String,
    x: i32,
    y: i32,
    bounds: Bounds,
}

impl Pen {
    fn at((x, y): (i32, i32)) -> Self {
        Self {
            path: format!("M{x} {y}"),
            x,
            y,
            bounds: Bounds::at(x, y),
        }
    }

    /// On to a point, level at both ends.
    fn curve(&mut self, (x, y): (i32, i32)) {
        if y == self.y {
            return self.straight(x);
        }
        let middle = i32::midpoint(self.x, x);
        self.path += &format!("C{middle} {} {middle} {y} {x} {y}", self.y);
        self.moved(x, y);
    }

    fn straight(&mut self, x: i32) {
        if x == self.x {
            return;
        }
        self.path += &format!("H{x}");
        self.moved(x, self.y);
    }

    /// Out to one side and back, to another height.
    fn turn(&mut self, swing: i32, y: i32) {
        let out = self.x + swing;
        self.path += &format!("C{out} {} {out} {y} {} {y}", self.y, self.x);
        self.bounds = self.bounds.with(out, y);
        self.moved(self.x, y);
    }

    fn moved(&mut self, x: i32, y: i32) {
        (self.x, self.y) = (x, y);
        self.bounds = self.bounds.with(x, y);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_are_between_boxes_and_apart() {
        let mut lanes = Lanes {
            boxes: vec![(0, 100), (130, 200)],
            lines: Vec::new(),
        };
        assert_eq!(lanes.take(50, 60), 109);
        assert_eq!(lanes.take(50, 60), 116);
        // Between the two there is no more room.
        assert_eq!(lanes.take(50, 60), -9);
        assert_eq!(lanes.take(300, 310), 300);
        assert_eq!(lanes.take(300, 310), 307);
    }
}
