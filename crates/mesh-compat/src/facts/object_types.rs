//! What objects are in the system that stores them, by how they are read.

use mesh_spec::terms::words::terms;

/// Sorts of object that one client can read without knowing which it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ObjectType {
    /// A table, or what a query reads like one.
    Table,
    /// A stream of messages, each of which every reader gets.
    Stream,
    /// A queue of messages, each of which one reader gets.
    Queue,
    /// Files.
    File,
    /// Documents of a document store.
    Document,
    /// Something that answers requests.
    Endpoint,
}

/// The words that say what an object is, however they are joined and capitalised.
pub(crate) fn plain(physical_type: &str) -> String {
    let words: Vec<String> = terms(physical_type).map(str::to_lowercase).collect();
    words.join(" ")
}

/// What `physicalType` says of an object; nothing for a word that mesh does not know.
pub(crate) fn object_type(physical_type: &str) -> Option<ObjectType> {
    let plain = plain(physical_type);
    let (qualities, noun) = plain.rsplit_once(' ').unwrap_or(("", &plain));
    let is_known = |quality: &str| {
        matches!(
            quality,
            "base"
                | "materialized"
                | "materialised"
                | "external"
                | "foreign"
                | "managed"
                | "partitioned"
                | "dynamic"
                | "secure"
                | "transient"
                | "hybrid"
                | "streaming"
                | "iceberg"
                | "delta"
                | "hudi"
                | "hive"
                | "fact"
                | "dimension"
                | "kafka"
                | "event"
                | "message"
                | "data"
                | "rest"
                | "http"
                | "api"
        )
    };
    if !qualities.split_whitespace().all(is_known) {
        return None;
    }
    Some(match noun {
        "table" | "view" | "matview" | "hypertable" => ObjectType::Table,
        "topic" | "stream" => ObjectType::Stream,
        "queue" => ObjectType::Queue,
        "file" | "files" | "folder" | "directory" => ObjectType::File,
        "document" | "collection" => ObjectType::Document,
        "endpoint" | "api" => ObjectType::Endpoint,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_of_a_type_by_how_they_are_read() {
        for (text, expected) in [
            ("table", Some(ObjectType::Table)),
            ("TABLE", Some(ObjectType::Table)),
            ("BASE TABLE", Some(ObjectType::Table)),
            ("materializedView", Some(ObjectType::Table)),
            ("materialized_view", Some(ObjectType::Table)),
            ("external table", Some(ObjectType::Table)),
            ("topic", Some(ObjectType::Stream)),
            ("Kafka topic", Some(ObjectType::Stream)),
            ("event stream", Some(ObjectType::Stream)),
            ("queue", Some(ObjectType::Queue)),
            ("file", Some(ObjectType::File)),
            ("collection", Some(ObjectType::Document)),
            ("REST endpoint", Some(ObjectType::Endpoint)),
            ("temporary table", None),
            ("cube", None),
            ("", None),
        ] {
            assert_eq!(object_type(text), expected, "{text}");
        }
        assert_eq!(plain("Materialized-View"), plain("materializedView"));
    }
}
