//! What types are, by their text.

use super::Dialect::{self, *};
use super::{Family, Limit, Range, Type, Zone};

#[test]
fn types_of_many_systems_fall_into_families() {
    for (dialect, text, expected) in [
        (Common, "VARCHAR(18)", Some(Family::Text)),
        (Common, "character varying(20)", Some(Family::Text)),
        (Common, "keyword", Some(Family::Text)),
        (Common, "BIGINT", Some(Family::Integer)),
        (Common, "int8", Some(Family::Integer)),
        (Common, "decimal(15, 3)", Some(Family::Decimal)),
        (Common, "number", Some(Family::Decimal)),
        (Exasol, "number", Some(Family::Float)),
        (Common, "double precision", Some(Family::Float)),
        (Oracle, "double precision", Some(Family::Decimal)),
        (SqlServer, "money", Some(Family::Decimal)),
        (Postgres, "money", None),
        (Common, "timestamp with time zone", Some(Family::Timestamp)),
        (SqlServer, "timestamp", None),
        (Common, "date", Some(Family::Date)),
        (Oracle, "date", Some(Family::Timestamp)),
        (Common, "array<string>", Some(Family::Array)),
        (Common, "varchar[]", Some(Family::Array)),
        (Common, "interval day to second", Some(Family::Interval)),
        (Common, "uuid", Some(Family::Uuid)),
        (Common, "int not null", None),
        (Common, "AccountNumber", None),
        (Common, "", None),
    ] {
        let family = Type::parse(text, dialect).family();
        assert_eq!(family, expected, "{dialect:?}: {text}");
    }
}

#[test]
fn decimals_without_digits_have_those_of_their_system() {
    let of = |digits: i64, scale: i64| (Limit::At(digits - scale), Limit::At(scale));
    let unlimited = (Limit::Unlimited, Limit::Unlimited);
    let unsaid = (Limit::Unsaid, Limit::Unsaid);
    for (dialect, text, expected) in [
        (Common, "decimal", unsaid),
        (Athena, "decimal", unsaid),
        (BigQuery, "numeric", of(38, 9)),
        (BigQuery, "bignumeric", of(76, 38)),
        (ClickHouse, "Decimal", of(10, 0)),
        (Db2, "decimal", of(5, 0)),
        (DuckDb, "decimal", of(18, 3)),
        (Exasol, "decimal", of(18, 0)),
        (Exasol, "tinyint", of(3, 0)),
        (Exasol, "smallint", of(9, 0)),
        (Exasol, "integer", of(18, 0)),
        (Exasol, "bigint", of(36, 0)),
        (Hana, "decimal", unsaid),
        (Impala, "decimal", of(9, 0)),
        (MySql, "decimal", of(10, 0)),
        (Oracle, "number", unlimited),
        (Oracle, "decimal", of(38, 0)),
        (Oracle, "smallint", of(38, 0)),
        (Postgres, "numeric", unlimited),
        (Redshift, "numeric", of(18, 0)),
        (Snowflake, "number", of(38, 0)),
        (Snowflake, "tinyint", of(38, 0)),
        (Spark, "decimal", of(10, 0)),
        (SqlServer, "numeric", of(18, 0)),
        (Teradata, "decimal", of(5, 0)),
        (Teradata, "number", unlimited),
        (Trino, "decimal", of(38, 0)),
        (Vertica, "numeric", of(37, 15)),
        (Vertica, "number", of(38, 0)),
        (Db2, "number", unsaid),
    ] {
        let (before, after) = expected;
        let expected = Type::Decimal { before, after };
        assert_eq!(Type::parse(text, dialect), expected, "{dialect:?}: {text}");
    }
}

#[test]
fn floats_have_the_bits_of_their_system() {
    for (dialect, text, expected) in [
        (Common, "real", Some(32)),
        (Common, "double", Some(64)),
        (Exasol, "real", Some(64)),
        (Hive, "real", None),
        (Hive, "float", Some(32)),
        (Impala, "real", Some(64)),
        (MySql, "real", Some(64)),
        (MySql, "float", Some(32)),
        (Postgres, "real", Some(32)),
        (Postgres, "float", Some(64)),
        (Postgres, "float(24)", Some(32)),
        (Snowflake, "float4", Some(64)),
        (Spark, "real", Some(32)),
        (SqlServer, "float", Some(64)),
        (SqlServer, "float(25)", Some(64)),
        (Teradata, "float", Some(64)),
        (Trino, "real", Some(32)),
        (Vertica, "float(10)", Some(64)),
    ] {
        let found = Type::parse(text, dialect);
        assert_eq!(found.family(), Some(Family::Float), "{dialect:?}: {text}");
        let bits = [32, 64]
            .into_iter()
            .find(|bits| found == Type::float(*bits));
        assert_eq!(bits, expected, "{dialect:?}: {text}");
    }
}

#[test]
fn texts_and_bytes_without_a_length_have_that_of_their_system() {
    for (dialect, text, expected) in [
        (Common, "varchar", Limit::Unsaid),
        (Common, "text", Limit::Unlimited),
        (BigQuery, "STRING", Limit::Unlimited),
        (Db2, "varchar", Limit::Unsaid),
        (DuckDb, "char", Limit::Unlimited),
        (Exasol, "clob", Limit::At(2_000_000)),
        (Exasol, "clob(20)", Limit::At(20)),
        (Hana, "varchar", Limit::At(1)),
        (Hana, "varbinary", Limit::Unsaid),
        (MySql, "char", Limit::At(1)),
        (MySql, "text", Limit::At(65_535)),
        (MySql, "blob", Limit::At(65_535)),
        (MySql, "binary", Limit::At(1)),
        (Postgres, "varchar", Limit::Unlimited),
        (Postgres, "char", Limit::At(1)),
        (Postgres, "bpchar", Limit::Unlimited),
        (Redshift, "varchar", Limit::At(256)),
        (Redshift, "text", Limit::At(256)),
        (Redshift, "bpchar", Limit::At(256)),
        (Redshift, "varchar(max)", Limit::At(65_535)),
        (Redshift, "character varying(max)", Limit::At(65_535)),
        (Redshift, "char(max)", Limit::At(4_096)),
        (Redshift, "varbyte", Limit::Unsaid),
        (Snowflake, "string", Limit::At(16_777_216)),
        (Snowflake, "binary", Limit::At(8_388_608)),
        (Spark, "binary", Limit::Unlimited),
        (SqlServer, "nvarchar", Limit::At(1)),
        (SqlServer, "varchar(max)", Limit::Unlimited),
        (SqlServer, "varbinary", Limit::At(1)),
        (Sqlite, "varchar", Limit::Unlimited),
        (Trino, "varchar", Limit::Unlimited),
        (Trino, "char", Limit::At(1)),
        (Vertica, "varchar", Limit::At(80)),
        (Vertica, "long varchar", Limit::Unsaid),
        (Vertica, "bytea", Limit::Unsaid),
    ] {
        let length = match Type::parse(text, dialect) {
            Type::Text(text) => Some(text.length),
            Type::Binary { length, .. } => Some(length),
            _ => None,
        };
        assert_eq!(length, Some(expected), "{dialect:?}: {text}");
    }
    // With a length, it is another type.
    for text in ["text(100)", "blob(100)", "longtext(1)"] {
        assert_eq!(Type::parse(text, MySql).family(), None, "{text}");
    }
}

fn timestamp(dialect: Dialect, text: &str) -> Option<(Limit, Range, Zone)> {
    match Type::parse(text, dialect) {
        Type::Timestamp(found) => Some((found.precision, found.range, found.zone)),
        _ => None,
    }
}

#[test]
fn timestamps_are_moments_or_not_as_in_their_system() {
    use Range::{Full, Modern, Short};
    let at = Limit::At;
    for (dialect, text, expected) in [
        (Common, "timestamp", (Limit::Unsaid, Full, Zone::Unsaid)),
        (Common, "TIMESTAMP_MILLIS", (at(3), Full, Zone::Moment)),
        (Common, "local-timestamp-micros", (at(6), Full, Zone::None)),
        (Athena, "timestamp", (Limit::Unsaid, Full, Zone::None)),
        (BigQuery, "TIMESTAMP", (at(6), Full, Zone::Moment)),
        (BigQuery, "DATETIME", (at(6), Full, Zone::None)),
        (ClickHouse, "DateTime", (at(0), Short, Zone::Moment)),
        (ClickHouse, "TIMESTAMP", (at(0), Short, Zone::Moment)),
        (ClickHouse, "DateTime64", (at(3), Full, Zone::Moment)),
        (
            ClickHouse,
            "DateTime64(6, 'UTC')",
            (at(6), Full, Zone::Moment),
        ),
        (Db2, "timestamp", (at(6), Full, Zone::None)),
        (DuckDb, "timestamp", (at(6), Full, Zone::None)),
        (DuckDb, "timestamptz", (at(6), Full, Zone::Moment)),
        (Exasol, "timestamp", (at(3), Full, Zone::None)),
        (
            Exasol,
            "timestamp with local time zone",
            (at(3), Full, Zone::Moment),
        ),
        (Hana, "timestamp", (at(7), Full, Zone::None)),
        (Hana, "seconddate", (at(0), Full, Zone::None)),
        (Hive, "timestamp", (at(9), Full, Zone::None)),
        (Iceberg, "timestamptz", (at(6), Full, Zone::Moment)),
        (Impala, "timestamp", (at(9), Full, Zone::None)),
        (MySql, "timestamp", (at(0), Short, Zone::Moment)),
        (MySql, "datetime", (at(0), Full, Zone::None)),
        (Oracle, "date", (at(0), Full, Zone::None)),
        (
            Oracle,
            "timestamp with time zone",
            (at(6), Full, Zone::Kept),
        ),
        (
            Oracle,
            "timestamp with local time zone",
            (at(6), Full, Zone::Moment),
        ),
        (Postgres, "timestamp", (at(6), Full, Zone::None)),
        (Postgres, "timestamptz", (at(6), Full, Zone::Moment)),
        (Redshift, "timestamptz", (at(6), Full, Zone::Moment)),
        (Snowflake, "timestamp", (at(9), Full, Zone::Unsaid)),
        (Snowflake, "datetime", (at(9), Full, Zone::None)),
        (Snowflake, "timestamp_ltz", (at(9), Full, Zone::Moment)),
        (Snowflake, "timestamp_tz", (at(9), Full, Zone::Kept)),
        (Spark, "timestamp", (at(6), Full, Zone::Moment)),
        (Spark, "timestamp_ntz", (at(6), Full, Zone::None)),
        (Sqlite, "timestamp", (Limit::Unsaid, Full, Zone::Unsaid)),
        (SqlServer, "datetime", (at(3), Modern, Zone::None)),
        (SqlServer, "datetime2", (at(7), Full, Zone::None)),
        (SqlServer, "datetimeoffset", (at(7), Full, Zone::Kept)),
        (SqlServer, "smalldatetime", (at(-2), Short, Zone::None)),
        (
            Teradata,
            "timestamp with time zone",
            (at(6), Full, Zone::Kept),
        ),
        (Trino, "timestamp", (at(3), Full, Zone::None)),
        (Trino, "timestamp with time zone", (at(3), Full, Zone::Kept)),
        (Vertica, "timestamptz", (at(6), Full, Zone::Moment)),
    ] {
        let found = timestamp(dialect, text);
        assert_eq!(found, Some(expected), "{dialect:?}: {text}");
    }
    assert_eq!(timestamp(SqlServer, "timestamp"), None);
    for (dialect, digits) in [
        (Db2, 0),
        (Hana, 0),
        (SqlServer, 7),
        (Teradata, 6),
        (Trino, 3),
    ] {
        let expected = Type::Time {
            precision: at(digits),
            zone: Zone::None,
        };
        assert_eq!(Type::parse("time", dialect), expected, "{dialect:?}");
    }
}
