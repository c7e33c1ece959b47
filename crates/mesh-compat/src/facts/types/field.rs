//! The type of a field before and after: its logical and its physical type, as one.

use mesh_spec::terms::types::{Dialect, Type};
use mesh_spec::yaml::NodeRef;

use super::{Compare, Relation};
use crate::change::Found;
use crate::entity::Entity;
use crate::facts::options;
use crate::pair::{Both, Pair};
use crate::quote::quoted;

/// What became of the type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// It is the same.
    Same,
    /// It is said now, and was not.
    Declared,
    /// It holds more values.
    Widened,
    /// mesh cannot tell.
    Unknown,
    /// It holds fewer values.
    Narrowed,
    /// It holds fewer values, and others.
    Shifted,
    /// Its times say more or less about their zone.
    Rezoned,
    /// It is not said any more.
    Dropped,
    /// It holds other values.
    Changed,
}

impl From<Relation> for Verdict {
    fn from(relation: Relation) -> Self {
        match relation {
            Relation::Same => Self::Same,
            Relation::Widened => Self::Widened,
            Relation::Narrowed => Self::Narrowed,
            Relation::Unknown => Self::Unknown,
            Relation::Shifted => Self::Shifted,
            Relation::Rezoned => Self::Rezoned,
            Relation::Changed => Self::Changed,
        }
    }
}

/// The keys that say the type of a field.
pub(crate) const KEYS: &[&str] = &["logicalType", "physicalType"];

/// The type of a field before and after.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FieldType<'p> {
    logical: Both<Option<&'p str>>,
    physical: Both<Option<&'p str>>,
    /// What became of the two, each by itself.
    each: [Verdict; 2],
}

impl<'p> FieldType<'p> {
    /// Compares the types of a field.
    pub(crate) fn of(pair: &Pair<'p>) -> Self {
        let logical = pair.text("logicalType");
        let physical = pair.text("physicalType");
        let each = [
            verdict(pair, "logicalType", logical, |old, new| {
                logical_relation(old, new)
            }),
            verdict(pair, "physicalType", physical, |old, new| {
                let contract = pair.document().nodes;
                let dialects = contract.map(Dialect::of_contract);
                physical_relation(old, new, &dialects)
            }),
        ];
        Self {
            logical,
            physical,
            each,
        }
    }

    /// What became of the type, by the gravest of what became of the two.
    pub(crate) fn verdict(&self) -> Verdict {
        self.each[0].max(self.each[1])
    }

    /// Whether the logical type is another, so that what was said about its values says nothing now.
    pub(crate) fn is_another_logical(&self) -> bool {
        self.each[0] == Verdict::Changed
    }

    /// What became of the physical type.
    pub(crate) fn physical(&self) -> Verdict {
        self.each[1]
    }

    /// The key to report at: the one of which the verdict is true.
    pub(crate) fn key(&self) -> &'static str {
        KEYS[usize::from(self.each[1] > self.each[0])]
    }

    /// The keys that are accounted for with the verdict: all of which mesh can tell what became, and all
    /// if the type is another.
    pub(crate) fn accounted(&self) -> Vec<&'static str> {
        let is_another = self.verdict() == Verdict::Changed;
        KEYS.iter()
            .zip(self.each)
            .filter(|(_, each)| is_another || *each != Verdict::Unknown)
            .map(|(key, _)| *key)
            .collect()
    }

    /// The keys that say the same as before.
    pub(crate) fn same(&self) -> Vec<&'static str> {
        let keys = KEYS.iter().zip(self.each);
        keys.filter(|(_, each)| *each == Verdict::Same)
            .map(|(key, _)| *key)
            .collect()
    }

    /// How the type is written on both sides, as far as it is written differently: "`integer` (`int`)".
    pub(crate) fn shown(&self) -> Both<String> {
        let text = |logical: Option<&str>, physical: Option<&str>| match (logical, physical) {
            (Some(logical), Some(physical)) => format!("`{logical}` (`{physical}`)"),
            (Some(only), None) | (None, Some(only)) => format!("`{only}`"),
            (None, None) => "no type".to_owned(),
        };
        let (logical, physical) = (self.each[0], self.each[1]);
        let has_logical = logical != Verdict::Same;
        let has_physical = physical != Verdict::Same || !has_logical;
        let side = |logical: Option<&'p str>, physical: Option<&'p str>| {
            text(
                logical.filter(|_| has_logical),
                physical.filter(|_| has_physical),
            )
        };
        Both {
            old: side(self.logical.old, self.physical.old),
            new: side(self.logical.new, self.physical.new),
        }
    }

    /// What is said of what is reported at [`FieldType::key`]: the words of the key and both of its
    /// texts.
    pub(crate) fn at_key(&self) -> (&'static str, Both<Option<&'p str>>) {
        match self.key() {
            "logicalType" => ("logical type", self.logical),
            _ => ("physical type", self.physical),
        }
    }

    /// The key that is said now and was not, where nothing graver became of the other one that mesh can
    /// tell.
    pub(crate) fn declared(&self) -> Option<(&'static str, &'static str, &'p str)> {
        let others =
            |other: Verdict| matches!(other, Verdict::Same | Verdict::Declared | Verdict::Unknown);
        match self.each {
            [Verdict::Declared, other] if others(other) => {
                Some(("logicalType", "logical type", self.logical.new?))
            }
            [other, Verdict::Declared] if others(other) => {
                Some(("physicalType", "physical type", self.physical.new?))
            }
            _ => None,
        }
    }

    /// The values that the physical type lists, if it does.
    pub(crate) fn enumerated(pair: &Pair<'_>) -> Both<Option<Vec<String>>> {
        let text = pair.text("physicalType");
        let root = pair.document().nodes;
        let list = |text: Option<&str>, root: Option<NodeRef<'_>>| {
            let dialect = *Dialect::of_contract(root).first()?;
            match Type::parse(text?, dialect) {
                Type::Enumeration(values) => Some(values),
                _ => None,
            }
        };
        Both {
            old: list(text.old, root.old),
            new: list(text.new, root.new),
        }
    }
}

fn verdict(
    pair: &Pair<'_>,
    key: &str,
    texts: Both<Option<&str>>,
    compare: impl Fn(&str, &str) -> Relation,
) -> Verdict {
    // Anything but a text is no type.
    let are_there = pair.at(key).map(|node| node.is_some());
    if are_there != texts.map(|text| text.is_some()) {
        return if pair.has_changed(key) {
            Verdict::Unknown
        } else {
            Verdict::Same
        };
    }
    let said = texts.map(|text| text.filter(|text| !text.trim().is_empty()));
    match said.split() {
        (None, None) => Verdict::Same,
        (None, Some(_)) => Verdict::Declared,
        (Some(_), None) => Verdict::Dropped,
        (Some(old), Some(new)) if old == new => Verdict::Same,
        (Some(old), Some(new)) => compare(old, new).into(),
    }
}

/// The types of the standard hold other values each. Words of one's own are read as physical types.
fn logical_relation(old: &str, new: &str) -> Relation {
    const STANDARD: [&str; 11] = [
        "string",
        "date",
        "timestamp",
        "time",
        "number",
        "integer",
        "object",
        "array",
        "boolean",
        "map",
        "vector",
    ];
    if STANDARD.contains(&old) && STANDARD.contains(&new) {
        return Relation::Changed;
    }
    let [old, new] = [old, new].map(|text| Type::parse(text, Dialect::Common));
    old.compare(&new)
}

/// What a type is to the one before it, wherever it is used; unknown if that depends.
fn physical_relation(old: &str, new: &str, dialects: &Both<Vec<Dialect>>) -> Relation {
    let relation = |before: Dialect, after: Dialect| {
        Type::parse(old, before).compare(&Type::parse(new, after))
    };
    let mut relations: Vec<Relation> = if dialects.differ() {
        let pairs = dialects
            .old
            .iter()
            .flat_map(|before| dialects.new.iter().map(move |after| (*before, *after)));
        pairs
            .map(|(before, after)| relation(before, after))
            .collect()
    } else {
        let same = dialects.new.iter();
        same.map(|dialect| relation(*dialect, *dialect)).collect()
    };
    relations.dedup();
    match relations.as_slice() {
        [only] => *only,
        _ => Relation::Unknown,
    }
}

/// What became of the `format` of the constraints of a number, and how it is written; `None` where it
/// is the same, or is no format of a number.
///
/// What the physical type says as well is told of there, and here it is the same.
pub(crate) fn format<'p>(pair: &Pair<'p>) -> Option<(Verdict, Both<Option<&'p str>>)> {
    let owner = pair.owner.filter(|owner| owner.entity == Entity::Field)?;
    let default = match owner.text("logicalType").new? {
        // What the standard assumes.
        "integer" => Some("i32"),
        "number" => None,
        _ => return None,
    };
    if !pair.has_changed("format") {
        return None;
    }
    let texts = pair.text("format");
    if pair.at("format").map(|node| node.is_some()) != texts.map(|text| text.is_some()) {
        return None;
    }
    let texts = texts.map(|text| text.or(default));
    let verdict = match texts.split() {
        (None, Some(_)) => Verdict::Declared,
        (Some(_), None) => Verdict::Dropped,
        (Some(old), Some(new)) => bits(old, new).into(),
        (None, None) => return None,
    };
    let is_told = verdict != Verdict::Unknown && FieldType::of(owner).physical() == verdict;
    Some((if is_told { Verdict::Same } else { verdict }, texts))
}

/// What became of the bits of a number, as the `format` of a logical type gives them.
fn bits(old: &str, new: &str) -> Relation {
    let format = |text: &str| {
        let (sort, bits) = text.split_at_checked(1)?;
        let bits = bits.parse::<u16>().ok()?;
        let is_known = match sort {
            "f" => matches!(bits, 32 | 64),
            _ => matches!(bits, 8 | 16 | 32 | 64 | 128),
        };
        match sort {
            _ if !is_known => None,
            "i" => Some(Type::signed(bits)),
            "u" => Some(Type::unsigned(bits)),
            "f" => Some(Type::float(bits)),
            _ => None,
        }
    };
    match (format(old), format(new)) {
        (Some(old), Some(new)) => old.compare(&new),
        _ => Relation::Unknown,
    }
}

/// Reports the type of a field, or the `format` of its constraints, where `is_it` what became of the
/// values that it holds.
pub(crate) fn tell_size(pair: &Pair<'_>, found: &mut Found<'_>, is_it: impl Fn(Verdict) -> bool) {
    let from_to = |what: String, texts: Both<Option<&str>>| {
        let (old, new) = texts.map(Option::unwrap_or_default).map(quoted).split();
        format!("{what} went from {old} to {new}")
    };
    if pair.entity == Entity::Options {
        if let Some((verdict, texts)) = format(pair)
            && is_it(verdict)
            && options::are_of_same_type(pair)
        {
            let what = format!("`format` of {}", options::subject(pair));
            found.at("format", from_to(what, texts));
        }
        return;
    }
    let field = FieldType::of(pair);
    if is_it(field.verdict()) {
        let (noun, texts) = field.at_key();
        let what = format!("the {noun} of {}", pair.subject());
        found.at(field.key(), from_to(what, texts));
        found.accounts_for(&field.accounted());
    }
}

#[cfg(test)]
mod tests {
    use super::Dialect::{MySql, Oracle, Postgres, Snowflake};
    use super::*;

    #[test]
    fn several_dialects_have_to_agree() {
        let of = |old: &str, new: &str, dialects: &[Dialect]| {
            let dialects = Both {
                old: dialects.to_vec(),
                new: dialects.to_vec(),
            };
            physical_relation(old, new, &dialects)
        };
        assert_eq!(of("int", "bigint", &[Postgres, MySql]), Relation::Widened);
        assert_eq!(of("int", "bigint", &[Snowflake]), Relation::Same);
        assert_eq!(
            of("int", "bigint", &[Postgres, Snowflake]),
            Relation::Unknown
        );
        assert_eq!(of("date", "timestamp(0)", &[Oracle]), Relation::Same);
        assert_eq!(of("date", "timestamp(0)", &[Postgres]), Relation::Changed);
    }

    #[test]
    fn formats_of_numbers_are_bits() {
        for (old, new, expected) in [
            ("i32", "i64", Relation::Widened),
            ("i64", "i32", Relation::Narrowed),
            ("u8", "i16", Relation::Widened),
            ("i8", "u8", Relation::Shifted),
            ("f32", "f64", Relation::Widened),
            ("i32", "f64", Relation::Changed),
            ("i32", "int", Relation::Unknown),
            ("i7", "i32", Relation::Unknown),
            ("é", "i32", Relation::Unknown),
        ] {
            assert_eq!(bits(old, new), expected, "{old} {new}");
        }
    }

    #[test]
    fn logical_types_of_the_standard_have_nothing_in_common() {
        assert_eq!(logical_relation("integer", "number"), Relation::Changed);
        assert_eq!(logical_relation("date", "timestamp"), Relation::Changed);
        assert_eq!(
            logical_relation("varchar(5)", "varchar(9)"),
            Relation::Widened
        );
        assert_eq!(logical_relation("money", "string"), Relation::Unknown);
    }
}
