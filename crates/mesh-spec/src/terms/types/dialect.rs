//! Where types are named: the same name does not mean the same everywhere.

use super::Limit;
use crate::yaml::{NodeRef, Value};

/// A system with types of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// None that is known: what most systems and formats agree on, and no more.
    Common,
    /// Amazon Athena: types of Hive in definitions, and of Trino in queries.
    Athena,
    /// Google `BigQuery`.
    BigQuery,
    /// `ClickHouse`.
    ClickHouse,
    /// IBM Db2.
    Db2,
    /// `DuckDB`.
    DuckDb,
    /// Exasol.
    Exasol,
    /// SAP HANA.
    Hana,
    /// Hive, and the catalogue of AWS Glue.
    Hive,
    /// Apache Iceberg.
    Iceberg,
    /// Apache Impala.
    Impala,
    /// `MySQL` and `MariaDB`.
    MySql,
    /// Oracle Database.
    Oracle,
    /// `PostgreSQL`.
    Postgres,
    /// Amazon Redshift.
    Redshift,
    /// Snowflake.
    Snowflake,
    /// Spark, Databricks and Delta.
    Spark,
    /// `SQLite`.
    Sqlite,
    /// SQL Server and Azure Synapse.
    SqlServer,
    /// Teradata.
    Teradata,
    /// Trino and Presto.
    Trino,
    /// Vertica.
    Vertica,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 22] = [
        Self::Common,
        Self::Athena,
        Self::BigQuery,
        Self::ClickHouse,
        Self::Db2,
        Self::DuckDb,
        Self::Exasol,
        Self::Hana,
        Self::Hive,
        Self::Iceberg,
        Self::Impala,
        Self::MySql,
        Self::Oracle,
        Self::Postgres,
        Self::Redshift,
        Self::Snowflake,
        Self::Spark,
        Self::Sqlite,
        Self::SqlServer,
        Self::Teradata,
        Self::Trino,
        Self::Vertica,
    ];

    /// The dialect of a server, by its `type` or the `format` of its files.
    fn of_server(word: &str) -> Self {
        match word.trim().to_ascii_lowercase().as_str() {
            "athena" => Self::Athena,
            "bigquery" => Self::BigQuery,
            "clickhouse" => Self::ClickHouse,
            "db2" => Self::Db2,
            "duckdb" | "motherduck" => Self::DuckDb,
            "exasol" => Self::Exasol,
            "hana" => Self::Hana,
            "hive" | "glue" => Self::Hive,
            "iceberg" => Self::Iceberg,
            "impala" => Self::Impala,
            "mysql" | "mariadb" => Self::MySql,
            "oracle" => Self::Oracle,
            "postgres" | "postgresql" => Self::Postgres,
            "redshift" => Self::Redshift,
            "snowflake" => Self::Snowflake,
            "databricks" | "spark" | "delta" => Self::Spark,
            "sqlite" => Self::Sqlite,
            "sqlserver" | "synapse" | "mssql" => Self::SqlServer,
            "teradata" => Self::Teradata,
            "trino" | "presto" => Self::Trino,
            "vertica" => Self::Vertica,
            _ => Self::Common,
        }
    }

    /// The dialects of a contract's servers, each once. Servers that name no dialect, such as a topic
    /// beside a database, do not count where others do.
    pub fn of_contract(contract: Option<NodeRef<'_>>) -> Vec<Self> {
        let servers = contract.and_then(|root| root.get("servers"));
        let text = |server: NodeRef<'_>, key| match server.get(key)?.value() {
            Value::String(text) => Some(Self::of_server(text)),
            _ => None,
        };
        let mut dialects: Vec<Self> = servers
            .into_iter()
            .flat_map(|servers| servers.items().collect::<Vec<_>>())
            .filter_map(|server| {
                ["type", "format"]
                    .into_iter()
                    .filter_map(|key| text(server, key))
                    .find(|dialect| *dialect != Self::Common)
            })
            .collect();
        dialects.sort_unstable();
        dialects.dedup();
        if dialects.is_empty() {
            dialects.push(Self::Common);
        }
        dialects
    }

    /// Whether names are the same in upper and lower case.
    pub fn ignores_case(self) -> bool {
        !matches!(self, Self::Common | Self::ClickHouse)
    }

    /// The digits of the decimal that an integer type is which elsewhere has `bits`, in systems that have
    /// no integers.
    pub(super) fn integer_digits(self, bits: u16) -> Option<i64> {
        match self {
            Self::Oracle | Self::Snowflake => Some(38),
            Self::Exasol => Some(match bits {
                8 => 3,
                16 => 9,
                64 => 36,
                _ => 18,
            }),
            _ => None,
        }
    }

    /// The bits of an integer type that has `bits` where systems tell sizes apart.
    pub(super) fn integer_bits(self, bits: u16) -> u16 {
        match self {
            Self::BigQuery | Self::Sqlite | Self::Vertica => 64,
            _ => bits,
        }
    }

    /// The digits and the scale of a decimal that names neither; `None` if that depends.
    pub(super) fn decimal(self) -> Option<(Limit, Limit)> {
        let of = |digits: i64, scale: i64| Some((Limit::At(digits - scale), Limit::At(scale)));
        match self {
            Self::BigQuery => of(38, 9),
            Self::Postgres | Self::Sqlite => Some((Limit::Unlimited, Limit::Unlimited)),
            Self::MySql | Self::Spark | Self::Hive | Self::ClickHouse => of(10, 0),
            Self::SqlServer | Self::Redshift | Self::Exasol => of(18, 0),
            Self::DuckDb => of(18, 3),
            Self::Oracle | Self::Snowflake | Self::Trino => of(38, 0),
            Self::Db2 | Self::Teradata => of(5, 0),
            Self::Vertica => of(37, 15),
            Self::Impala => of(9, 0),
            // In HANA, such a decimal has a floating point.
            Self::Athena | Self::Common | Self::Hana | Self::Iceberg => None,
        }
    }

    /// The digits and the scale of a `number` that names neither; `None` if that depends.
    pub(super) fn number(self) -> Option<(Limit, Limit)> {
        match self {
            Self::Oracle | Self::Teradata => Some((Limit::Unlimited, Limit::Unlimited)),
            Self::Snowflake | Self::Vertica => Some((Limit::At(38), Limit::At(0))),
            _ => None,
        }
    }

    /// Whether all floating-point types have 64 bits.
    pub(super) fn has_doubles_only(self) -> bool {
        matches!(
            self,
            Self::Exasol | Self::Snowflake | Self::Sqlite | Self::Teradata | Self::Vertica
        )
    }

    /// The length of a `varchar` that names none.
    pub(super) fn varchar(self) -> Limit {
        match self {
            Self::Postgres
            | Self::DuckDb
            | Self::Trino
            | Self::ClickHouse
            | Self::Sqlite
            | Self::BigQuery
            | Self::Iceberg => Limit::Unlimited,
            Self::Snowflake => Limit::At(16_777_216),
            Self::Redshift => Limit::At(256),
            Self::Vertica => Limit::At(80),
            Self::SqlServer | Self::Hana => Limit::At(1),
            _ => Limit::Unsaid,
        }
    }

    /// The length of a text whose type has no length in the standard of SQL: `text`, `clob`.
    pub(super) fn text(self) -> Limit {
        match self {
            Self::Redshift => Limit::At(256),
            Self::Snowflake => self.varchar(),
            Self::Exasol => Limit::At(2_000_000),
            Self::Vertica => Limit::Unsaid,
            _ => Limit::Unlimited,
        }
    }

    /// Whether `char(10)` holds up to ten characters, and not exactly ten.
    pub(super) fn has_no_fixed_text(self) -> bool {
        matches!(
            self,
            Self::Snowflake | Self::DuckDb | Self::ClickHouse | Self::Sqlite
        )
    }

    /// The digits after the second, of a timestamp that does not say how many.
    pub(super) fn precision(self) -> Limit {
        match self {
            Self::MySql | Self::ClickHouse => Limit::At(0),
            Self::Trino | Self::Exasol => Limit::At(3),
            Self::Postgres
            | Self::Redshift
            | Self::BigQuery
            | Self::Spark
            | Self::DuckDb
            | Self::Iceberg
            | Self::Db2
            | Self::Oracle
            | Self::Teradata
            | Self::Vertica => Limit::At(6),
            Self::SqlServer | Self::Hana => Limit::At(7),
            Self::Snowflake | Self::Hive | Self::Impala => Limit::At(9),
            Self::Athena | Self::Common | Self::Sqlite => Limit::Unsaid,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::document::Document;
    use crate::model::odcs::server_types::SERVER_TYPES;
    use crate::yaml::Tree;

    use super::*;

    fn dialects(servers: &str) -> Vec<Dialect> {
        let text = format!("kind: DataContract\nservers: {servers}\n");
        let document = Document::parse("c.yaml", text.into_bytes(), None);
        Dialect::of_contract(document.tree.as_ref().map(Tree::root))
    }

    #[test]
    fn dialects_are_those_of_the_servers() {
        use Dialect::{Common, Postgres, Snowflake, Spark};
        for (servers, expected) in [
            ("[]", vec![Common]),
            ("[{type: postgresql}, {type: Postgres}]", vec![Postgres]),
            ("[{type: s3, format: delta}]", vec![Spark]),
            ("[{type: kafka}, {type: snowflake}]", vec![Snowflake]),
            (
                "[{type: snowflake}, {type: postgres}]",
                vec![Postgres, Snowflake],
            ),
            ("[{type: 3}, 4, {}]", vec![Common]),
            ("none", vec![Common]),
        ] {
            assert_eq!(dialects(servers), expected, "{servers}");
        }
    }

    /// A type of server that the standard adds has to be decided upon.
    #[test]
    fn servers_of_the_standard_have_a_dialect_or_none_of_their_own() {
        const WITHOUT: [&str; 20] = [
            "api",
            "azure",
            "btrieve",
            "cloudsql",
            "custom",
            "denodo",
            "dremio",
            "fastobjects",
            "informix",
            "ingres",
            "kafka",
            "kinesis",
            "local",
            "poet",
            "pubsub",
            "s3",
            "sftp",
            "vectorwise",
            "versant",
            "zen",
        ];
        for server in SERVER_TYPES {
            let is_common = Dialect::of_server(server.name) == Dialect::Common;
            assert_eq!(is_common, WITHOUT.contains(&server.name), "{}", server.name);
        }
    }
}
