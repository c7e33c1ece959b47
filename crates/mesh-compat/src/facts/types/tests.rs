//! Types beside each other, in tables and at random.

use proptest::prelude::*;

use mesh_spec::terms::types::Dialect::{self, *};
use mesh_spec::terms::types::Type;

use super::Compare;
use super::Relation::{self, Changed, Narrowed, Rezoned, Same, Shifted, Unknown, Widened};

fn relation(dialect: Dialect, old: &str, new: &str) -> Relation {
    Type::parse(old, dialect).compare(&Type::parse(new, dialect))
}

fn reversed(relation: Relation) -> Relation {
    match relation {
        Widened => Narrowed,
        Narrowed => Widened,
        other => other,
    }
}

/// A dialect, a type before and after, and what the one is to the other.
const TYPES: &[(Dialect, &str, &str, Relation)] = &[
    // Names, case and spacing.
    (Common, "int4", "INTEGER", Same),
    (Common, "decimal( 10 , 2 )", "NUMERIC(10,2)", Same),
    (Postgres, "character varying(20)", "varchar(20)", Same),
    (
        Postgres,
        "timestamp(3) with time zone",
        "TIMESTAMPTZ(3)",
        Same,
    ),
    (
        Postgres,
        "timestamp",
        "timestamp(6) without time zone",
        Same,
    ),
    (Postgres, "int[]", "integer ARRAY", Same),
    (Postgres, "double precision", "float8", Same),
    (Common, "varchar[50]", "varchar(50)", Same),
    // Integers.
    (Common, "int", "bigint", Widened),
    (MySql, "int(11)", "int", Same),
    (MySql, "int", "int unsigned", Shifted),
    (MySql, "int unsigned", "bigint", Widened),
    (MySql, "tinyint(1)", "boolean", Same),
    (MySql, "tinyint(1)", "tinyint", Changed),
    (MySql, "int unsigned zerofill", "int zerofill", Same),
    (SqlServer, "tinyint", "smallint", Widened),
    (ClickHouse, "Int8", "UInt8", Shifted),
    (ClickHouse, "Int8", "Int16", Widened),
    (Postgres, "int8", "bigint", Same),
    (Common, "int8", "bigint", Unknown),
    (Common, "int8", "varchar(8)", Changed),
    (BigQuery, "INT", "INT64", Same),
    (Snowflake, "INT", "NUMBER(38,0)", Same),
    (Snowflake, "NUMBER", "BIGINT", Same),
    (Oracle, "NUMBER", "NUMBER(38,0)", Narrowed),
    (Oracle, "INTEGER", "NUMBER(38)", Same),
    (Exasol, "INT", "DECIMAL(18,0)", Same),
    (Exasol, "SMALLINT", "INT", Widened),
    // Decimals.
    (Common, "decimal(10,2)", "decimal(12,2)", Widened),
    (Common, "decimal(10,2)", "decimal(12,4)", Widened),
    (Common, "decimal(10,2)", "decimal(10,4)", Shifted),
    (Common, "decimal(10,2)", "decimal(8,2)", Narrowed),
    (Common, "decimal(10,2)", "decimal", Unknown),
    (Postgres, "numeric(10,2)", "numeric", Widened),
    (MySql, "decimal", "decimal(10,0)", Same),
    (SqlServer, "decimal", "decimal(18)", Same),
    (Oracle, "number(10,-2)", "number(10)", Shifted),
    (BigQuery, "NUMERIC", "BIGNUMERIC", Widened),
    (SqlServer, "money", "decimal(19,4)", Unknown),
    (SqlServer, "smallmoney", "money", Unknown),
    (Hana, "decimal(38,0)", "decimal", Unknown),
    (Teradata, "number", "decimal(5,0)", Narrowed),
    (Vertica, "number", "numeric(38,0)", Same),
    (Athena, "decimal", "decimal(38,0)", Unknown),
    (ClickHouse, "Decimal64(2)", "Decimal(18, 2)", Same),
    (Common, "int", "decimal(10,0)", Changed),
    // Floats.
    (Common, "float", "double", Widened),
    (Common, "real", "float", Widened),
    (Postgres, "float", "double precision", Same),
    (Spark, "float", "double", Widened),
    (SqlServer, "float(24)", "real", Same),
    (Common, "float", "decimal(10,2)", Changed),
    (Oracle, "FLOAT(63)", "FLOAT(126)", Unknown),
    (Oracle, "FLOAT", "NUMBER", Unknown),
    (Oracle, "REAL", "BINARY_FLOAT", Changed),
    (Impala, "real", "double", Same),
    (Hive, "real", "double", Unknown),
    (Exasol, "number", "double precision", Same),
    (Common, "bfloat16", "float16", Shifted),
    // Texts.
    (Common, "varchar(64)", "varchar(20)", Narrowed),
    (Common, "varchar(64)", "text", Widened),
    (Postgres, "varchar", "text", Same),
    (Snowflake, "STRING", "VARCHAR(16777216)", Same),
    (Snowflake, "CHAR(3)", "VARCHAR(3)", Same),
    (Common, "char(3)", "varchar(3)", Widened),
    (Common, "varchar(3)", "char(10)", Shifted),
    (Common, "varchar", "varchar(10)", Unknown),
    (Redshift, "text", "varchar(256)", Same),
    (Redshift, "varchar(max)", "varchar(65535)", Same),
    (SqlServer, "varchar(10)", "nvarchar(10)", Widened),
    (SqlServer, "nvarchar(10)", "nvarchar(max)", Widened),
    (Oracle, "varchar2(10 byte)", "varchar2(10 char)", Widened),
    (Oracle, "varchar2(10 char)", "varchar2(40 byte)", Unknown),
    (Redshift, "char(max)", "char(4096)", Same),
    (Exasol, "clob", "varchar(2000000)", Same),
    (Common, "keyword", "text", Unknown),
    (MySql, "text", "longtext", Widened),
    (MySql, "text(100)", "text", Unknown),
    (
        MySql,
        "varchar(9) character set latin1",
        "varchar(9) character set utf8mb4",
        Unknown,
    ),
    (Db2, "char(8) for bit data", "char(8)", Changed),
    // Bytes.
    (Common, "binary(8)", "varbinary(16)", Widened),
    (MySql, "blob", "mediumblob", Widened),
    // Days and times.
    (Common, "date", "timestamp", Changed),
    (Oracle, "date", "timestamp", Widened),
    (
        Oracle,
        "timestamp",
        "timestamp with local time zone",
        Rezoned,
    ),
    (Common, "timestamp", "timestamptz", Unknown),
    (Postgres, "timestamp", "timestamptz", Rezoned),
    (BigQuery, "TIMESTAMP", "DATETIME", Rezoned),
    (Spark, "timestamp", "timestamp_ltz", Same),
    (Spark, "timestamp", "timestamp_ntz", Rezoned),
    (Snowflake, "TIMESTAMP_NTZ(3)", "TIMESTAMP_NTZ", Widened),
    (Snowflake, "TIMESTAMP_LTZ", "TIMESTAMP_TZ", Rezoned),
    (Snowflake, "TIMESTAMP", "TIMESTAMP_NTZ", Unknown),
    (Trino, "timestamp", "timestamp(3)", Same),
    (SqlServer, "smalldatetime", "datetime", Widened),
    (SqlServer, "datetime", "datetime2", Widened),
    (SqlServer, "datetime", "datetime2(0)", Shifted),
    (SqlServer, "timestamp", "datetime2", Unknown),
    (ClickHouse, "DateTime", "DateTime64(3)", Widened),
    (ClickHouse, "TIMESTAMP", "DateTime", Same),
    (ClickHouse, "DateTime(3)", "DateTime64", Same),
    (Sqlite, "timestamp", "datetime", Same),
    (
        ClickHouse,
        "DateTime('UTC')",
        "DateTime('Europe/Zurich')",
        Rezoned,
    ),
    (Common, "timestamp-millis", "timestamp-micros", Widened),
    (
        Common,
        "timestamp-millis",
        "local-timestamp-millis",
        Rezoned,
    ),
    (Common, "timestamp(millis)", "timestamp(micros)", Widened),
    (Common, "timestamp(micros)", "timestamp(6)", Same),
    // Arguments that mean nothing to mesh are not passed over.
    (Common, "timestamp(round)", "timestamp(square)", Unknown),
    (Common, "varchar(round)", "varchar(square)", Unknown),
    (Common, "varchar(9 round)", "varchar(9 square)", Unknown),
    (Common, "int(round)", "int(square)", Unknown),
    (Common, "date(1)", "date(2)", Unknown),
    (Common, "boolean(1)", "boolean(2)", Unknown),
    (MySql, "longtext(1)", "longtext(2)", Unknown),
    (
        Common,
        "int unsigned collate a",
        "int unsigned collate b",
        Unknown,
    ),
    (Common, "varchar(9) round", "varchar(9) square", Unknown),
    // Types that consist of others.
    (Spark, "array<int>", "array<bigint>", Widened),
    (Postgres, "int[]", "bigint[]", Widened),
    (DuckDb, "FLOAT[3]", "FLOAT[4]", Changed),
    (Spark, "map<string,int>", "map<string, long>", Widened),
    (Spark, "struct<a:int>", "struct<a: int, b: string>", Widened),
    (
        Spark,
        "struct<a:int,b:string>",
        "struct<b:string,a:int>",
        Same,
    ),
    (Spark, "struct<a:int>", "struct<c:int>", Shifted),
    (Spark, "struct<a:int comment 'x'>", "struct<a:int>", Same),
    (
        BigQuery,
        "STRUCT<a INT64, b ARRAY<STRING>>",
        "STRUCT<A INT64>",
        Narrowed,
    ),
    (
        Trino,
        "row(a double precision, b timestamp(3) with time zone)",
        "row(a double)",
        Narrowed,
    ),
    (
        ClickHouse,
        "Tuple(a Int8, b String)",
        "Tuple(a Int8, b String)",
        Same,
    ),
    (
        Spark,
        "struct<a:int,a:bigint>",
        "struct<a:int,a:int>",
        Unknown,
    ),
    (Spark, "array", "array<int>", Unknown),
    (ClickHouse, "LowCardinality(String)", "String", Same),
    (ClickHouse, "Nullable(Int8)", "Nullable(Int16)", Widened),
    (ClickHouse, "Int8", "Nullable(Int8)", Unknown),
    (Common, "int not null", "int", Unknown),
    // Types of another sort.
    (Common, "uuid", "varchar(36)", Changed),
    (Postgres, "json", "jsonb", Unknown),
    (Postgres, "vector(384)", "vector(768)", Changed),
    (Postgres, "numeric(10,2)", "money", Unknown),
    (MySql, "enum('a','b')", "ENUM('b', 'a')", Same),
    (MySql, "enum('a','b')", "enum('a','b','c')", Unknown),
    (Common, "AccountNumber", "AccountNumber", Same),
    (Common, "AccountNumber", "accountnumber", Unknown),
    (Common, "AccountNumber", "varchar(10)", Unknown),
    (
        Common,
        "[\"null\", \"string\"]",
        "[ \"null\", \"string\" ]",
        Same,
    ),
];

#[test]
fn types_are_compared_by_their_values() {
    for &(dialect, old, new, expected) in TYPES {
        assert_eq!(
            relation(dialect, old, new),
            expected,
            "{dialect:?}: {old} {new}"
        );
        assert_eq!(
            relation(dialect, new, old),
            reversed(expected),
            "{dialect:?}: {new} {old}"
        );
    }
}

const ATOMS: [&str; 46] = [
    "boolean",
    "tinyint",
    "smallint",
    "int",
    "int unsigned",
    "bigint",
    "hugeint",
    "uint8",
    "decimal",
    "decimal(10,2)",
    "decimal(12,2)",
    "decimal(12,4)",
    "decimal(5)",
    "number",
    "real",
    "float",
    "double",
    "bfloat16",
    "char(3)",
    "char(5)",
    "varchar",
    "varchar(3)",
    "varchar(20)",
    "varchar2(20 byte)",
    "varchar2(20 char)",
    "nvarchar(20)",
    "text",
    "string",
    "binary(4)",
    "varbinary(8)",
    "bytes",
    "date",
    "time",
    "time(3)",
    "timestamp",
    "timestamp(3)",
    "timestamp(9)",
    "timestamptz",
    "timestamp with local time zone",
    "datetime",
    "enum('a','b')",
    "uuid",
    "json",
    "array",
    "AccountNumber",
    "int not null",
];

/// Types that nest, of names that most dialects know.
fn types() -> impl Strategy<Value = String> {
    let atom = prop::sample::select(ATOMS.to_vec()).prop_map(str::to_owned);
    atom.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| format!("array<{inner}>")),
            (inner.clone(), inner.clone()).prop_map(|(key, value)| format!("map<{key}, {value}>")),
            (
                prop::sample::subsequence(vec!["a", "b", "c"], 1..=3),
                prop::collection::vec(inner, 3)
            )
                .prop_map(|(names, types)| {
                    let fields = names.iter().zip(types);
                    let fields: Vec<_> = fields.map(|(name, of)| format!("{name}: {of}")).collect();
                    format!("struct<{}>", fields.join(", "))
                }),
        ]
    })
}

fn dialects() -> impl Strategy<Value = Dialect> {
    prop::sample::select(Dialect::ALL.to_vec())
}

proptest! {
    #[test]
    fn a_type_is_the_same_as_itself(text in types(), dialect in dialects()) {
        prop_assert_eq!(relation(dialect, &text, &text), Same);
        let shouted = format!("  {} ", text.to_uppercase().replace('(', " ( "));
        if dialect.ignores_case() && !text.contains('\'') {
            prop_assert_eq!(relation(dialect, &text, &shouted), Same);
        }
    }

    #[test]
    fn widening_is_the_reverse_of_narrowing(a in types(), b in types(), dialect in dialects()) {
        prop_assert_eq!(relation(dialect, &a, &b), reversed(relation(dialect, &b, &a)));
    }

    /// Any text at all, as it may stand in a document.
    #[test]
    fn no_text_is_too_strange(a in "\\PC{0,60}", b in "[a-z(<\\[\\])>,:=' 0-9-]{0,60}") {
        for dialect in Dialect::ALL {
            prop_assert_eq!(relation(dialect, &a, &a), Same);
            prop_assert_eq!(relation(dialect, &b, &b), Same);
            prop_assert_eq!(relation(dialect, &a, &b), reversed(relation(dialect, &b, &a)));
        }
    }
}

/// All types that are no parts of others, in every dialect, three by three.
#[test]
fn what_is_wider_than_a_wider_one_is_wider() {
    for dialect in Dialect::ALL {
        let types: Vec<Type> = ATOMS
            .iter()
            .map(|text| Type::parse(text, dialect))
            .collect();
        let is_wide = |a: &Type, b: &Type| matches!(a.compare(b), Same | Widened);
        for (first, a) in types.iter().enumerate() {
            for (second, b) in types.iter().enumerate().filter(|(_, b)| is_wide(a, b)) {
                for (third, c) in types.iter().enumerate().filter(|(_, c)| is_wide(b, c)) {
                    let [a_text, b_text, c_text] = [first, second, third].map(|at| ATOMS[at]);
                    assert!(is_wide(a, c), "{dialect:?}: {a_text}, {b_text}, {c_text}");
                }
            }
        }
    }
}

#[test]
fn deep_and_long_types_are_read_in_no_time() {
    let deep = "array<".repeat(5_000) + "int" + &">".repeat(5_000);
    assert_eq!(relation(Common, &deep, &deep), Same);
    let long = format!("struct<{}>", vec!["a: int"; 2_000].join(", "));
    assert_eq!(relation(Common, &long, "int"), Changed);
    let dims = "int".to_owned() + &"[]".repeat(5_000);
    assert_eq!(relation(Common, &dims, "int"), Changed);
}
