//! What kind of value a physical type holds, whatever the system calls it.

use mesh_spec::terms::types::{Dialect, Family, Limit, Type};
use mesh_spec::workspace::ContractRef;
use mesh_spec::yaml::Tree;

/// Physical types that hold the same kind of value, and can be joined without conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Integer,
    Decimal,
    Float,
    Boolean,
    Date,
    Timestamp,
    Binary,
}

impl Kind {
    /// The kind's name for a sentence.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "whole number",
            Self::Decimal => "decimal number",
            Self::Float => "floating-point number",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
            Self::Binary => "bytes",
        }
    }

    /// The kind of a type in one system; `None` for one of which mesh does not know how it is joined.
    fn of(found: &Type) -> Option<Self> {
        Some(match found.family()? {
            Family::Text => Self::Text,
            Family::Integer => Self::Integer,
            Family::Decimal => match found {
                // Without digits after the point, it is a whole number.
                Type::Decimal {
                    after: Limit::At(..=0),
                    ..
                } => Self::Integer,
                // Any number: in Oracle, `number` is used for whole ones as well.
                Type::Decimal {
                    after: Limit::Unlimited | Limit::Unsaid,
                    ..
                } => return None,
                _ => Self::Decimal,
            },
            Family::Float => Self::Float,
            Family::Boolean => Self::Boolean,
            Family::Date => Self::Date,
            Family::Timestamp => Self::Timestamp,
            Family::Binary => Self::Binary,
            _ => return None,
        })
    }
}

/// The systems that the data of a contract is in, in which its physical types are read.
#[derive(Debug)]
pub(crate) struct Systems(Vec<Dialect>);

impl Systems {
    /// Those of the contract's servers.
    pub(crate) fn of(contract: ContractRef<'_>) -> Self {
        let root = contract.document.tree.as_ref().map(Tree::root);
        Self(Dialect::of_contract(root))
    }

    /// Those of a contract that names none.
    #[cfg(test)]
    pub(crate) fn unknown() -> Self {
        Self(vec![Dialect::Common])
    }

    /// The kind of a physical type such as `VARCHAR(18)`; `None` for one that mesh does not know or that
    /// means different things in different systems.
    pub(crate) fn kind(&self, physical: &str) -> Option<Kind> {
        let kind = self.agreed(physical, Kind::of)?;
        // Oracle's `date` has a time of day too, but whoever writes it often means a day.
        match Kind::of(&read(physical, Dialect::Common)) {
            Some(usual) if usual != kind => None,
            _ => Some(kind),
        }
    }

    /// Whether a physical type may be of one of `kinds`, by any reading of its name.
    pub(crate) fn may_be(&self, physical: &str, kinds: &[Kind]) -> bool {
        let mut dialects = self.0.iter().copied().chain([Dialect::Common]);
        dialects.any(|dialect| {
            let kind = Kind::of(&read(physical, dialect));
            kind.is_some_and(|kind| kinds.contains(&kind))
        })
    }

    /// Whether a physical type stands for moments, which are the same everywhere.
    pub(crate) fn is_moment(&self, physical: &str) -> bool {
        let zone = self.agreed(physical, |found| match found {
            Type::Timestamp(timestamp) => Some(timestamp.zone.is_moment()),
            Type::Time { zone, .. } => Some(zone.is_moment()),
            _ => None,
        });
        zone == Some(true)
    }

    /// What `say` says of a physical type in each of the systems, if that is the same.
    fn agreed<T: PartialEq>(&self, physical: &str, say: impl Fn(&Type) -> Option<T>) -> Option<T> {
        let mut said = self.0.iter().map(|dialect| say(&read(physical, *dialect)));
        let first = said.next()??;
        said.all(|other| other.as_ref() == Some(&first))
            .then_some(first)
    }
}

/// The type without what is said about nulls.
fn read(physical: &str, dialect: Dialect) -> Type {
    match Type::parse(physical, dialect) {
        Type::Nulls { inner, .. } => *inner,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use mesh_spec::terms::types::Dialect::{
        BigQuery, Common, MySql, Oracle, Postgres, Snowflake, Spark, SqlServer,
    };

    use super::*;

    #[test]
    fn types_of_many_systems_are_of_a_kind() {
        for (text, expected) in [
            ("VARCHAR(18)", Some(Kind::Text)),
            ("character varying(20)", Some(Kind::Text)),
            ("string", Some(Kind::Text)),
            ("keyword", Some(Kind::Text)),
            ("BIGINT", Some(Kind::Integer)),
            ("bigint not null", Some(Kind::Integer)),
            ("int8", Some(Kind::Integer)),
            ("NUMBER(38,0)", Some(Kind::Integer)),
            ("numeric( 10 )", Some(Kind::Integer)),
            ("decimal(15, 3)", Some(Kind::Decimal)),
            ("number", None),
            ("double precision", Some(Kind::Float)),
            ("timestamp with time zone", Some(Kind::Timestamp)),
            ("array<string>", None),
            ("varchar[]", None),
            ("uuid", None),
            ("", None),
        ] {
            let systems = Systems::unknown();
            assert_eq!(systems.kind(text), expected, "{text}");
        }
    }

    #[test]
    fn a_type_is_what_it_is_in_its_systems() {
        for (systems, text, expected) in [
            (vec![Snowflake], "NUMBER", Some(Kind::Integer)),
            (vec![Oracle], "NUMBER", None),
            (vec![Snowflake, Oracle], "NUMBER", None),
            (vec![Oracle], "INTEGER", Some(Kind::Integer)),
            (vec![Oracle], "date", None),
            (vec![Postgres], "date", Some(Kind::Date)),
            (vec![SqlServer], "timestamp", None),
            (vec![Postgres, SqlServer], "timestamp", None),
            (vec![MySql], "tinyint(1)", None),
            (vec![MySql], "tinyint", Some(Kind::Integer)),
        ] {
            let shown = format!("{systems:?}: {text}");
            assert_eq!(Systems(systems).kind(text), expected, "{shown}");
        }
        let days = [Kind::Date, Kind::Timestamp];
        assert!(Systems(vec![Oracle]).may_be("date", &days));
        assert!(Systems(vec![SqlServer]).may_be("timestamp", &days));
        assert!(!Systems(vec![Oracle]).may_be("varchar2(10)", &days));
    }

    #[test]
    fn a_moment_is_one_in_all_systems() {
        for (systems, text, expected) in [
            (vec![Common], "timestamp", false),
            (vec![Common], "timestamptz(3)", true),
            (vec![Common], "TIMESTAMP_MICROS", true),
            (vec![Common], "timestamp with time zone not null", true),
            (vec![BigQuery], "TIMESTAMP", true),
            (vec![BigQuery, Spark, MySql], "timestamp", true),
            (vec![BigQuery, Postgres], "timestamp", false),
            (vec![BigQuery], "DATETIME", false),
            (vec![Common], "varchar(20)", false),
        ] {
            let shown = format!("{systems:?}: {text}");
            assert_eq!(Systems(systems).is_moment(text), expected, "{shown}");
        }
    }
}
