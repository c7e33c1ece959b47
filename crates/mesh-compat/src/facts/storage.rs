//! How the data of a contract is reached: by queries, or by the paths of files.

use mesh_spec::yaml::{NodeRef, Value};

use crate::change::Found;
use crate::pair::{Both, Pair};

/// Types of server that hold files and know nothing of what is in them.
const FILE_STORES: &[&str] = &[
    "s3", "gcs", "azure", "sftp", "ftp", "local", "adls", "blob", "hdfs", "minio",
];
/// Formats of tables, whose readers look up in an index which files there are.
const TABLE_FORMATS: &[&str] = &["delta", "iceberg", "hudi", "deltalake", "ducklake"];

/// Who reads the data of a contract by the paths of its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByPath {
    /// Nobody that is known of.
    Nobody,
    /// Those who read from some of the servers.
    Some,
    /// Everybody.
    All,
}

/// Who reads by paths, once it was found out.
pub(crate) type Known = Option<ByPath>;

/// Who read the data by paths before a change, which is whom the change meets.
pub(crate) fn by_path(contract: &Pair<'_>, found: &mut Found<'_>) -> ByPath {
    *found.memory.storage.get_or_insert_with(|| count(contract))
}

fn count(contract: &Pair<'_>) -> ByPath {
    let Both { old, new } = contract.at("servers");
    let servers = [old, new]
        .into_iter()
        .flatten()
        .find(|servers| servers.items().len() > 0);
    let mut count = 0;
    let mut by_path = 0;
    for server in servers.into_iter().flat_map(NodeRef::items) {
        count += 1;
        by_path += usize::from(is_read_by_path(server));
    }
    match by_path {
        0 => ByPath::Nobody,
        _ if by_path == count => ByPath::All,
        _ => ByPath::Some,
    }
}

fn is_read_by_path(server: NodeRef<'_>) -> bool {
    let is = |key: &str, words: &[&str]| {
        let text = server.get(key).map(NodeRef::value);
        matches!(text, Some(Value::String(text)) if words.iter().any(|word| word.eq_ignore_ascii_case(text.trim())))
    };
    is("type", FILE_STORES) && !is("format", TABLE_FORMATS)
}
