//! Sentences that people read, on a terminal or in a comment.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use mesh_compat::Impact;
use mesh_compat::lineage::{Affected, How, Reach, Use};

use super::{Answer, Port, Subject};
use crate::ops::text::plural;

/// How many names a sentence lists before it says how many more there are.
const LISTED: usize = 4;

/// `a, b, c, d`; of a long list the first, `and 3 more`.
pub(super) fn listed(names: &[String]) -> String {
    let mut text = names[..names.len().min(LISTED)].join(", ");
    if names.len() > LISTED {
        text += &format!(" and {} more", names.len() - LISTED);
    }
    text
}

/// The version of a port before and after: `1.3.0 → 2.0.0`.
pub(super) fn versions(subject: &Subject, port: &Port) -> String {
    let old = port.old.as_deref().unwrap_or("without a version");
    match port.new.as_deref() {
        Some(new) if new != old => format!("{old} → {new}"),
        None if subject.version.is_some() => format!("{old} → gone"),
        _ => old.to_owned(),
    }
}

/// What changed about a port, counted: `2 breaking changes, 1 minor change`.
pub(super) fn counts(port: &Port) -> String {
    let counted = [
        (Impact::Major, "breaking change"),
        (Impact::Review, "change to review"),
        (Impact::Minor, "minor change"),
    ];
    let parts = counted.into_iter().filter_map(|(impact, noun)| {
        let count = port.count(impact);
        (count > 0).then(|| match (count, noun) {
            (1, noun) => format!("1 {noun}"),
            (_, "change to review") => format!("{count} changes to review"),
            (_, noun) => plural(count, noun),
        })
    });
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() {
        "nothing changed".to_owned()
    } else {
        parts.join(", ")
    }
}

/// What ties a consumer to what changes.
pub(super) fn reason(affected: &Affected) -> String {
    let named = names(&affected.uses);
    let tie = match affected.reach {
        Reach::Named if affected.uses.iter().any(|named| named.is_certain) => {
            format!("names {named}")
        }
        Reach::Named => format!("may mean {named}"),
        Reach::Whole => "reads it, and it changes as a whole".to_owned(),
        Reach::Unsaid if affected.uses.is_empty() => "does not say which fields it uses".to_owned(),
        Reach::Unsaid => format!("does not say which fields it uses, and may mean {named}"),
        Reach::OtherFields => "names other fields only".to_owned(),
        Reach::OtherLine => "relies on another line of versions".to_owned(),
    };
    format!("{}; {tie}", pin(affected))
}

/// The version that a consumer relies on.
pub(super) fn pin(affected: &Affected) -> String {
    let version = affected.input.version.as_deref().map(str::trim);
    match version.filter(|version| !version.is_empty()) {
        Some(version) if affected.distance == 1 => format!("relies on {version}"),
        Some(version) => format!("relies on {} {version}", affected.contract),
        None if affected.distance == 1 => "relies on any version".to_owned(),
        None => format!("relies on any version of {}", affected.contract),
    }
}

/// The elements that are named, each with where.
fn names(uses: &[Use]) -> String {
    let mut by_element: BTreeMap<&str, BTreeSet<(How, &str)>> = BTreeMap::new();
    for named in uses {
        let how = match named.how {
            How::TransformLogic => How::TransformSourceObjects,
            how => how,
        };
        let places = by_element.entry(&named.element).or_default();
        places.insert((how, &named.at));
    }
    let elements = by_element.into_iter().map(|(element, places)| {
        let element = match element {
            "" => "the whole contract",
            element => element,
        };
        format!("{element} {}", purposes(&places))
    });
    let elements: Vec<String> = elements.collect();
    let mut text = elements[..elements.len().min(LISTED)].join("; ");
    if elements.len() > LISTED {
        text += &format!("; and {} more", elements.len() - LISTED);
    }
    text
}

/// What something is named for: `for plan.turnover`, `for 7 fields of plan`, `in a check of plan.turnover`.
fn purposes(places: &BTreeSet<(How, &str)>) -> String {
    let origins = places.iter().filter(|(how, _)| how.is_origin());
    let fields: Vec<&str> = origins.map(|(_, at)| *at).collect();
    let mut parts = Vec::new();
    if fields.len() > 2 {
        let mut objects: BTreeMap<&str, usize> = BTreeMap::new();
        for field in &fields {
            let object = field.split('.').next().unwrap_or(field);
            *objects.entry(object).or_default() += 1;
        }
        let counts = objects
            .into_iter()
            .map(|(object, count)| format!("{} of {object}", plural(count, "field")));
        let counts: Vec<String> = counts.collect();
        parts.push(format!("for {}", listed(&counts)));
    } else if !fields.is_empty() {
        parts.push(format!("for {}", fields.join(", ")));
    }
    for (reader, noun) in [
        (How::Relationships, "a relationship"),
        (How::Quality, "a check"),
    ] {
        let readers = places.iter().filter(|(how, _)| *how == reader);
        let at: Vec<String> = readers.map(|(_, at)| (*at).to_owned()).collect();
        if !at.is_empty() {
            parts.push(format!("in {noun} of {}", listed(&at)));
        }
    }
    parts.join(", ")
}

/// What else is to be known of a consumer, in brackets.
pub(super) fn notes(affected: &Affected) -> String {
    let consumer = &affected.consumer;
    let mut notes: Vec<String> = Vec::new();
    if !consumer.is_published {
        notes.push("unpublished".to_owned());
        notes.extend(consumer.domain.clone());
    }
    let status = consumer.status.clone();
    notes.extend(status.filter(|status| status != "active"));
    if notes.is_empty() {
        String::new()
    } else {
        format!(" ({})", notes.join(", "))
    }
}

/// The line that says how many products are reached, and whom to ask.
pub(super) fn summary(answer: &Answer) -> String {
    let consumers = answer.consumers();
    if consumers.is_empty() {
        let mut products = answer.products.iter();
        let is_told = products.any(|product| !product.ports.is_empty());
        let text = match (is_told, answer.is_all) {
            (true, true) => "Nobody consumes it",
            (true, false) => "Nobody is reached by what changed",
            (false, _) => "Nobody has to know",
        };
        return text.to_owned();
    }
    let domains: BTreeSet<&str> = consumers
        .values()
        .filter_map(|consumer| consumer.domain.as_deref())
        .collect();
    let owners: BTreeSet<String> = consumers
        .values()
        .filter_map(|consumer| consumer.owner.clone())
        .collect();
    let owners: Vec<String> = owners.into_iter().collect();
    let mut text = format!(
        "{} in {}",
        plural(consumers.len(), "product"),
        plural(domains.len(), "domain")
    );
    if !owners.is_empty() {
        text += &format!("; ask {}", owners.join(", "));
    }
    text
}

/// What is said of the products without a port to tell of.
pub(super) fn nothing(answer: &Answer) -> Vec<String> {
    let silent = || {
        answer
            .products
            .iter()
            .filter(|product| product.ports.is_empty())
    };
    let new: Vec<String> = silent()
        .filter(|product| product.base.is_none())
        .map(|product| product.reference.clone())
        .collect();
    let same: Vec<String> = silent()
        .filter_map(|product| Some((product, product.base.as_deref()?)))
        .map(|(product, base)| format!("{} since {base}", product.reference))
        .collect();
    let mut lines = Vec::new();
    if !same.is_empty() {
        let same = same.join(", ");
        lines.push(format!(
            "Nothing changed that consumers have to know: {same}"
        ));
    }
    if !new.is_empty() {
        let new = new.join(", ");
        lines.push(format!(
            "Never published, so nobody relies on it yet: {new}"
        ));
    }
    lines
}

/// Who follows from whom.
pub(super) struct Tree {
    direct: Vec<usize>,
    beneath: HashMap<usize, Vec<usize>>,
}

impl Tree {
    /// The gravest come first, those who are not reached last.
    pub(super) fn of(all: &[Affected]) -> Self {
        let mut places: Vec<usize> = (0..all.len()).collect();
        places.sort_by_key(|&place| {
            let affected = &all[place];
            (
                !affected.reach.is_reached(),
                std::cmp::Reverse(affected.impact),
                affected.is_possible_only,
                &affected.consumer.reference,
                place,
            )
        });
        let mut tree = Self {
            direct: Vec::new(),
            beneath: HashMap::new(),
        };
        for place in places {
            match all[place].through {
                Some(through) => tree.beneath.entry(through).or_default().push(place),
                None => tree.direct.push(place),
            }
        }
        tree
    }

    /// The direct consumers.
    pub(super) fn direct(&self) -> &[usize] {
        &self.direct
    }

    /// Those who are led to by one.
    pub(super) fn beneath(&self, place: usize) -> &[usize] {
        self.beneath.get(&place).map_or(&[], Vec::as_slice)
    }

    /// Everyone, each followed by those beneath it.
    pub(super) fn in_order(&self) -> Vec<usize> {
        let mut order = Vec::new();
        let mut waiting: Vec<usize> = self.direct.iter().rev().copied().collect();
        while let Some(place) = waiting.pop() {
            order.push(place);
            waiting.extend(self.beneath(place).iter().rev());
        }
        order
    }

    /// How many are beneath one, however far.
    pub(super) fn count_beneath(&self, place: usize) -> usize {
        let mut count = 0;
        let mut waiting = vec![place];
        while let Some(place) = waiting.pop() {
            count += self.beneath(place).len();
            waiting.extend(self.beneath(place));
        }
        count
    }
}
