//! What kind of value a physical type holds, whatever the system calls it.

/// Physical types that hold the same kind of value, and can be joined without conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Text,
    Integer,
    Decimal,
    Float,
    Boolean,
    Date,
    Timestamp,
    Binary,
}

impl Family {
    /// The family's name for a sentence.
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
}

/// The family of a physical type such as `VARCHAR(18)`; `None` for one that mesh does not know or
/// that means different things in different systems.
pub(crate) fn family(physical_type: &str) -> Option<Family> {
    let text = physical_type.trim().to_lowercase();
    let end = text
        .find(|c: char| c == '(' || c.is_whitespace())
        .unwrap_or(text.len());
    let (base, arguments) = (&text[..end], text[end..].trim());
    Some(match base {
        "varchar" | "varchar2" | "nvarchar" | "nvarchar2" | "char" | "character" | "nchar"
        | "bpchar" | "text" | "string" | "clob" | "nclob" | "longtext" | "mediumtext"
        | "keyword" => Family::Text,
        "int" | "integer" | "bigint" | "smallint" | "tinyint" | "mediumint" | "byteint"
        | "int2" | "int4" | "int8" | "int16" | "int32" | "int64" | "uint16" | "uint32"
        | "uint64" | "long" | "short" | "serial" | "bigserial" => Family::Integer,
        // Without arguments, Oracle means any number by NUMBER and Snowflake a whole one.
        "decimal" | "numeric" | "number" | "dec" => return decimal(arguments),
        "float" | "float4" | "float8" | "float32" | "float64" | "double" | "real" => Family::Float,
        "bool" | "boolean" => Family::Boolean,
        "date" => Family::Date,
        "timestamp" | "timestamptz" | "timestamp_tz" | "timestamp_ntz" | "timestamp_ltz"
        | "datetime" | "datetime2" | "datetimeoffset" | "timestamp-millis" | "timestamp-micros" => {
            Family::Timestamp
        }
        "binary" | "varbinary" | "bytes" | "bytea" | "blob" => Family::Binary,
        _ => return None,
    })
}

/// A decimal with no digits after the point is a whole number: `(10)`, `(10, 0)`.
fn decimal(arguments: &str) -> Option<Family> {
    let (inside, _) = arguments.strip_prefix('(')?.split_once(')')?;
    let scale = inside
        .split_once(',')
        .map_or("0", |(_, scale)| scale)
        .trim();
    match scale.parse::<i32>().ok()? {
        ..=0 => Some(Family::Integer),
        _ => Some(Family::Decimal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_many_systems_fall_into_families() {
        for (text, expected) in [
            ("VARCHAR(18)", Some(Family::Text)),
            ("character varying(20)", Some(Family::Text)),
            ("string", Some(Family::Text)),
            ("BIGINT", Some(Family::Integer)),
            ("NUMBER(38,0)", Some(Family::Integer)),
            ("numeric( 10 )", Some(Family::Integer)),
            ("decimal(15, 3)", Some(Family::Decimal)),
            ("number", None),
            ("double precision", Some(Family::Float)),
            ("timestamp with time zone", Some(Family::Timestamp)),
            ("array<string>", None),
            ("varchar[]", None),
            ("uuid", None),
            ("", None),
        ] {
            assert_eq!(family(text), expected, "{text}");
        }
    }
}
