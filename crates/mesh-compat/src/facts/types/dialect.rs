//! Where types are named: the same name does not mean the same everywhere.

use mesh_spec::yaml::{NodeRef, Value};

use super::Limit;

/// A system with types of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Dialect {
    /// None that is known: what most systems and formats agree on, and no more.
    Common,
    BigQuery,
    ClickHouse,
    Db2,
    DuckDb,
    Exasol,
    Hana,
    /// Hive, and the catalogue of AWS Glue.
    Hive,
    Iceberg,
    Impala,
    MySql,
    Oracle,
    Postgres,
    Redshift,
    Snowflake,
    /// Spark, Databricks and Delta.
    Spark,
    Sqlite,
    /// SQL Server and Azure Synapse.
    SqlServer,
    Teradata,
    /// Trino, Presto and Athena.
    Trino,
    Vertica,
}

impl Dialect {
    /// All of them.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 21] = [
        Self::Common,
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
            "trino" | "presto" | "athena" => Self::Trino,
            "vertica" => Self::Vertica,
            _ => Self::Common,
        }
    }

    /// The dialects of a contract's servers, each once. Servers that name no dialect, such as a topic
    /// beside a database, do not count where others do.
    pub(crate) fn of_contract(contract: Option<NodeRef<'_>>) -> Vec<Self> {
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
    pub(super) fn ignores_case(self) -> bool {
        !matches!(self, Self::Common | Self::ClickHouse)
    }

    /// Whether all whole numbers are decimals of 38 digits.
    pub(super) fn has_decimals_only(self) -> bool {
        matches!(self, Self::Oracle | Self::Snowflake)
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
            Self::Postgres | Self::Hana | Self::Sqlite => {
                Some((Limit::Unlimited, Limit::Unlimited))
            }
            Self::MySql | Self::Spark | Self::Hive | Self::ClickHouse => of(10, 0),
            Self::SqlServer | Self::Redshift | Self::Exasol => of(18, 0),
            Self::DuckDb => of(18, 3),
            Self::Oracle | Self::Snowflake | Self::Trino => of(38, 0),
            Self::Db2 | Self::Teradata => of(5, 0),
            Self::Vertica => of(37, 15),
            Self::Impala => of(9, 0),
            Self::Common | Self::Iceberg => None,
        }
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
            Self::Trino => Limit::At(3),
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
            Self::Common | Self::Sqlite | Self::Exasol => Limit::Unsaid,
        }
    }
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::yaml::Tree;

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
}
