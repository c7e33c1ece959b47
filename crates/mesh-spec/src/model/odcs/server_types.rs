//! The types of server that the standard knows, as a table.
//!
//! The table is what the conditional branches of the [`Server`](super::Server) schema are made
//! from, and what rules consult to learn which keys a type of server has.

use schemars::Schema;
use serde_json::{Map, Value, json};

use crate::model::branch::is;

/// A type of server and the keys that it has beyond those of every server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerType {
    /// The value of `type`.
    pub name: &'static str,
    /// What the type stands for.
    pub description: &'static str,
    /// The versions of the standard that know the type, in the notation of [`crate::schema`].
    pub versions: &'static str,
    /// The keys of the type.
    pub fields: &'static [ServerField],
}

/// A key of a type of server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerField {
    /// The key.
    pub name: &'static str,
    /// The versions of the standard in which the type has the key.
    pub versions: &'static str,
    /// The versions in which the key is required; empty for none.
    pub required: &'static str,
    /// What a reader assumes if the key is absent.
    pub default: Option<Literal>,
    /// What some versions demand of the value beyond the field's own schema.
    pub demand: Option<(&'static str, Demand)>,
}

/// A value in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Literal {
    /// A text.
    Text(&'static str),
    /// A number.
    Number(u16),
}

/// A demand on the value of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demand {
    /// The value is one of these.
    OneOf(&'static [&'static str]),
    /// The value matches a regular expression.
    Matches(&'static str),
    /// The value has a type, as JSON Schema names it.
    Type(&'static str),
}

const fn has(name: &'static str) -> ServerField {
    ServerField {
        name,
        versions: "*",
        required: "",
        default: None,
        demand: None,
    }
}

const fn needs(name: &'static str) -> ServerField {
    has(name).required_in("*")
}

impl ServerField {
    const fn only_in(mut self, versions: &'static str) -> Self {
        self.versions = versions;
        self
    }

    const fn required_in(mut self, versions: &'static str) -> Self {
        self.required = versions;
        self
    }

    const fn or(mut self, default: Literal) -> Self {
        self.default = Some(default);
        self
    }

    const fn with(mut self, versions: &'static str, demand: Demand) -> Self {
        self.demand = Some((versions, demand));
        self
    }
}

use Literal::{Number, Text};

/// Character encodings came late to all types that have them.
const ENCODING: ServerField = has("encoding").only_in(">=3.2");
/// Before v3.1.0, object stores had a closed list of formats and delimiters.
const STORED_FORMAT: ServerField =
    has("format").with("<3.1", Demand::OneOf(&["parquet", "delta", "json", "csv"]));
const STORED_DELIMITER: ServerField =
    has("delimiter").with("<3.1", Demand::OneOf(&["new_line", "array"]));
/// The Zen family, under its present and its former name.
const ZEN: &[ServerField] = &[needs("host"), has("port"), needs("database")];
/// The `FastObjects` family, under its present and its former name.
const FASTOBJECTS: &[ServerField] = &[
    needs("database"),
    has("host").or(Text("LOCAL")),
    has("port").or(Number(6001)),
];
const POSTGRES: &[ServerField] = &[
    needs("host"),
    needs("port"),
    needs("database"),
    needs("schema"),
];

/// Every type of server, in alphabetical order but for `custom`, which comes last.
pub const SERVER_TYPES: &[ServerType] = &[
    server("api", "An HTTP API.", "*", &[needs("location")]),
    server(
        "athena",
        "Amazon Athena.",
        "*",
        &[
            // Required under a misspelt name before v3.0.2.
            has("staging_dir").only_in("<3.0.2").required_in("<3.0.2"),
            has("stagingDir").required_in(">=3.0.2, <3.2"),
            needs("schema"),
            has("catalog").or(Text("awsdatacatalog")),
            has("regionName"),
            has("workgroup").only_in(">=3.2"),
        ],
    ),
    server(
        "azure",
        "Azure Blob Storage or Data Lake Storage.",
        "*",
        &[
            needs("location"),
            STORED_FORMAT.required_in("*"),
            ENCODING,
            STORED_DELIMITER,
        ],
    ),
    server(
        "bigquery",
        "Google BigQuery.",
        "*",
        &[needs("project"), needs("dataset")],
    ),
    server("btrieve", "Btrieve, now Actian Zen.", ">=3.2", ZEN),
    server(
        "clickhouse",
        "ClickHouse.",
        "*",
        &[needs("host"), needs("port"), needs("database")],
    ),
    server("cloudsql", "Google Cloud SQL.", "*", POSTGRES),
    server(
        "databricks",
        "Databricks.",
        "*",
        &[has("host"), needs("catalog"), needs("schema")],
    ),
    server(
        "db2",
        "IBM Db2.",
        "*",
        &[
            needs("host"),
            needs("port"),
            needs("database"),
            has("schema"),
        ],
    ),
    server(
        "denodo",
        "Denodo.",
        "*",
        &[needs("host"), needs("port"), has("database")],
    ),
    server(
        "dremio",
        "Dremio.",
        "*",
        &[needs("host"), needs("port"), has("schema")],
    ),
    server(
        "duckdb",
        "A DuckDB file.",
        "*",
        &[
            needs("database"),
            // A slip of the standard: schemas have names.
            has("schema").with("<3.1", Demand::Type("integer")),
        ],
    ),
    server(
        "exasol",
        "Exasol.",
        ">=3.2",
        &[needs("host"), has("port").or(Number(8563)), has("schema")],
    ),
    server(
        "fastobjects",
        "Versant FastObjects, formerly Poet.",
        ">=3.2",
        FASTOBJECTS,
    ),
    server(
        "glue",
        "The AWS Glue data catalogue.",
        "*",
        &[
            needs("account"),
            needs("database"),
            has("location"),
            has("format"),
            ENCODING,
        ],
    ),
    server(
        "hana",
        "SAP HANA.",
        ">=3.2",
        &[needs("host"), has("port"), has("database"), has("schema")],
    ),
    server(
        "hive",
        "Apache Hive.",
        ">=3.1",
        &[needs("host"), has("port"), needs("database")],
    ),
    server(
        "iceberg",
        "Apache Iceberg, through a REST catalogue.",
        ">=3.2",
        &[
            needs("catalog"),
            needs("catalogUrl"),
            has("namespace"),
            has("warehouse"),
        ],
    ),
    server(
        "impala",
        "Apache Impala.",
        ">=3.1",
        &[needs("host"), has("port"), needs("database")],
    ),
    server(
        "informix",
        "IBM Informix.",
        "*",
        &[needs("host"), has("port"), needs("database")],
    ),
    server(
        "ingres",
        "Actian Ingres.",
        ">=3.2",
        &[
            needs("database"),
            needs("host"),
            has("port").or(Number(21064)),
        ],
    ),
    server(
        "kafka",
        "Apache Kafka.",
        "*",
        &[needs("host"), has("format").or(Text("json")), ENCODING],
    ),
    server(
        "kinesis",
        "Amazon Kinesis data streams.",
        "*",
        &[has("region"), has("format"), ENCODING],
    ),
    server(
        "local",
        "Local files.",
        "*",
        &[needs("path"), needs("format"), ENCODING],
    ),
    server(
        "mysql",
        "MySQL.",
        "*",
        &[needs("host"), needs("port"), needs("database")],
    ),
    server(
        "oracle",
        "Oracle Database.",
        "*",
        &[needs("host"), needs("port"), needs("serviceName")],
    ),
    server(
        "poet",
        "Poet, now Versant FastObjects.",
        ">=3.2",
        FASTOBJECTS,
    ),
    server("postgres", "PostgreSQL.", "*", POSTGRES),
    server("postgresql", "PostgreSQL.", "*", POSTGRES),
    server(
        "presto",
        "Presto.",
        "*",
        &[needs("host"), has("catalog"), has("schema")],
    ),
    server("pubsub", "Google Cloud Pub/Sub.", "*", &[needs("project")]),
    server(
        "redshift",
        "Amazon Redshift.",
        "*",
        &[
            has("host"),
            needs("database"),
            needs("schema"),
            has("region"),
            has("account"),
        ],
    ),
    server(
        "s3",
        "Amazon S3, or a service that speaks its protocol.",
        "*",
        &[
            needs("location"),
            has("endpointUrl"),
            STORED_FORMAT,
            ENCODING,
            STORED_DELIMITER,
        ],
    ),
    server(
        "sftp",
        "Files behind SFTP.",
        "*",
        &[
            needs("location").with("*", Demand::Matches("^sftp://.*")),
            STORED_FORMAT,
            ENCODING,
            STORED_DELIMITER,
        ],
    ),
    server(
        "snowflake",
        "Snowflake.",
        "*",
        &[
            has("host"),
            has("port"),
            needs("account"),
            needs("database"),
            needs("schema"),
            has("warehouse"),
        ],
    ),
    server(
        "sqlserver",
        "Microsoft SQL Server.",
        "*",
        &[
            needs("host"),
            has("port").or(Number(1433)),
            needs("database"),
            needs("schema"),
        ],
    ),
    server(
        "synapse",
        "Azure Synapse Analytics.",
        "*",
        &[needs("host"), needs("port"), needs("database")],
    ),
    server(
        "teradata",
        "Teradata.",
        ">=3.2",
        &[needs("host"), has("port").or(Number(1025)), has("database")],
    ),
    server(
        "trino",
        "Trino.",
        "*",
        &[
            needs("host"),
            needs("port"),
            needs("catalog"),
            needs("schema"),
        ],
    ),
    server(
        "vectorwise",
        "Actian Vector, formerly Vectorwise.",
        ">=3.2",
        &[
            needs("database"),
            needs("host"),
            has("port").or(Number(21064)),
        ],
    ),
    server(
        "versant",
        "Versant Object Database.",
        ">=3.2",
        &[
            needs("database"),
            has("host").or(Text("localhost")),
            has("port").or(Number(5019)),
        ],
    ),
    server("vertica", "Vertica.", "*", POSTGRES),
    server("zen", "Actian Zen.", ">=3.1", ZEN),
    server(
        "custom",
        "Any other server.",
        "*",
        &[
            has("account"),
            has("catalog"),
            has("database"),
            has("dataset"),
            has("delimiter"),
            has("endpointUrl"),
            has("format"),
            ENCODING,
            has("host"),
            has("location"),
            has("path"),
            has("port"),
            has("project"),
            has("region"),
            has("regionName"),
            has("schema"),
            has("serviceName"),
            has("stagingDir"),
            has("warehouse"),
            has("stream").only_in(">=3.1"),
        ],
    ),
];

const fn server(
    name: &'static str,
    description: &'static str,
    versions: &'static str,
    fields: &'static [ServerField],
) -> ServerType {
    ServerType {
        name,
        description,
        versions,
        fields,
    }
}

/// The type of server with a name.
pub fn server_type(name: &str) -> Option<&'static ServerType> {
    SERVER_TYPES.iter().find(|server| server.name == name)
}

/// Turns the keys of a server that depend on its type into conditional branches, and lists the
/// types.
pub(super) fn by_type(schema: &mut Schema) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    let branches: Vec<_> = SERVER_TYPES
        .iter()
        .map(|server| {
            let then: Map<_, _> = server
                .fields
                .iter()
                .map(|field| {
                    (
                        field.name.to_owned(),
                        field.schema(properties.get(field.name)),
                    )
                })
                .collect();
            json!({
                "if": is("type", server.name),
                "then": {"properties": then},
                "x-in": server.versions,
            })
        })
        .collect();

    properties.retain(|name, _| {
        !SERVER_TYPES
            .iter()
            .flat_map(|server| server.fields)
            .any(|field| field.name == name)
    });
    if let Some(names) = properties.get_mut("type").and_then(Value::as_object_mut) {
        let names_and_meanings = SERVER_TYPES.iter().map(|server| {
            json!({
                "const": server.name,
                "description": server.description,
                "x-in": server.versions,
            })
        });
        names.insert("oneOf".into(), names_and_meanings.collect());
    }
    schema.insert("allOf".into(), branches.into());
}

impl ServerField {
    /// The schema of the key in the branch of its type, given the schema of the field in the union.
    fn schema(&self, union: Option<&Value>) -> Value {
        let mut schema = union.cloned().unwrap_or_else(|| json!({}));
        if self.versions != "*" {
            schema["x-in"] = self.versions.into();
        }
        if !self.required.is_empty() {
            schema["x-required"] = self.required.into();
        }
        match self.default {
            Some(Literal::Text(text)) => schema["default"] = text.into(),
            Some(Literal::Number(number)) => schema["default"] = number.into(),
            None => {}
        }
        if let Some((versions, demand)) = self.demand {
            let demand = match demand {
                Demand::OneOf(values) => json!({"enum": values}),
                Demand::Matches(pattern) => json!({"pattern": pattern}),
                Demand::Type(name) => json!({"type": name}),
            };
            schema["x-when"] = json!([[versions, demand]]);
        }
        schema
    }
}
