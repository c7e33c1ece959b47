use mesh_diagnostics::{Level, nearest};
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::placeholder::is_placeholder;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

/// Formats that are specified in the open and read by tools of many makers.
const OPEN: [&str; 52] = [
    "parquet",
    "delta",
    "iceberg",
    "hudi",
    "avro",
    "orc",
    "arrow",
    "feather",
    "json",
    "jsonl",
    "ndjson",
    "jsonlines",
    "jsonld",
    "json-schema",
    "bson",
    "csv",
    "tsv",
    "text",
    "txt",
    "plain",
    "xml",
    "yaml",
    "protobuf",
    "proto",
    "thrift",
    "msgpack",
    "cbor",
    "edifact",
    "hl7",
    "fhir",
    "dicom",
    "cdisc",
    "rdf",
    "rdfxml",
    "turtle",
    "ttl",
    "ntriples",
    "nquads",
    "trig",
    "geojson",
    "geoparquet",
    "geopackage",
    "gpkg",
    "gml",
    "kml",
    "netcdf",
    "hdf5",
    "zarr",
    "html",
    "markdown",
    "pdf",
    "ods",
];

pub(crate) static RULE: Rule = Rule {
    id: "format-off-list",
    group: Group::Interoperable,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: None,
    summary: "Data is served in a format that everyone can read.",
    docs: "\
A file is worth as much as the tools that open it. One in the format of a single program, or of an
office suite, binds every consumer to that program, and its types are lost on the way in.

mesh looks at `format` of each server. It has to be one that the vocabulary `formats` lists; without
that, one that is specified in the open, such as `parquet`, `delta`, `iceberg`, `avro`, `orc`,
`json`, `csv`, `xml` or `protobuf`. Upper and lower case, a media type such as `text/csv` and a
compression as in `csv.gz` make no difference.",
    fails: Example::files(&[Excerpt::contract(
        "\
servers:
  - server: files
    type: s3
    environment: prod
    location: s3://pharma-commercial-orders/v1/
    format: xlsx
    customProperties:
      - {property: region, value: eu-central-1}
",
    )]),
    passes: Example::files(&[Excerpt::contract(
        "\
servers:
  - server: files
    type: s3
    environment: prod
    location: s3://pharma-commercial-orders/v1/
    format: parquet
    customProperties:
      - {property: region, value: eu-central-1}
",
    )]),
    check: Check::Contract(check),
};

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    let agreed = findings.vocabularies().formats.as_deref();
    for (index, server) in contract.model.servers.iter().enumerate() {
        let Some(format) = server.format.as_deref() else {
            continue;
        };
        if !is_named(format) || is_listed(format, agreed) {
            continue;
        }
        let name = server.server.as_deref().unwrap_or("the server");
        let why = match agreed {
            Some(_) => "which is not among the formats agreed on",
            None => "which not everyone can read",
        };
        let suggestion = match agreed {
            Some(agreed) => nearest(format, agreed.iter().map(String::as_str)),
            None => nearest(format, OPEN),
        };
        let help = match (suggestion, agreed) {
            (Some(other), _) => format!("did you mean `{other}`?"),
            (None, Some(agreed)) => {
                let agreed: Vec<&str> = agreed.iter().take(10).map(String::as_str).collect();
                format!("use one of `{}`", agreed.join("`, `"))
            }
            (None, None) => {
                "serve the data in an open format, such as `parquet`, `csv` or `json`, or \
                             list yours in the vocabulary `formats`"
                    .to_owned()
            }
        };
        findings
            .at(
                contract.document,
                format!("/servers/{index}/format"),
                format!("`{name}` serves the data as `{}`, {why}", format.trim()),
            )
            .help(help);
    }
}

/// Whether a format is named at all, rather than left open or filled in later.
fn is_named(format: &str) -> bool {
    !format.trim().is_empty() && !format.contains(['$', '{', '<']) && !is_placeholder(format)
}

fn is_listed(format: &str, agreed: Option<&[String]>) -> bool {
    match agreed {
        Some(agreed) => agreed.iter().any(|own| is_same(format, own)),
        None => OPEN.iter().any(|open| is_same(format, open)),
    }
}

/// Whether two spellings name one format: `CSV`, `text/csv`, `.csv.gz`; `JSON Lines`, `json-lines`.
fn is_same(format: &str, other: &str) -> bool {
    letters(format).eq(letters(other))
}

fn letters(format: &str) -> impl Iterator<Item = u8> {
    const COMPRESSIONS: [&str; 8] = ["gz", "gzip", "zst", "zstd", "bz2", "snappy", "lz4", "zip"];
    let mut bare = format.trim();
    if let Some((_, subtype)) = bare.split_once('/') {
        bare = subtype;
        for prefix in ["vnd.apache.", "x-"] {
            bare = bare.strip_prefix(prefix).unwrap_or(bare);
        }
    }
    if let Some((rest, last)) = bare.rsplit_once(['.', '+'])
        && !rest.is_empty()
        && COMPRESSIONS
            .iter()
            .any(|word| last.eq_ignore_ascii_case(word))
    {
        bare = rest;
    }
    bare.bytes()
        .filter(u8::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_known_however_it_is_spelt() {
        for format in [
            "parquet",
            "Parquet",
            " CSV ",
            ".csv",
            "csv.gz",
            "json+gzip",
            "text/csv",
            "application/json",
            "application/vnd.apache.parquet",
            "application/x-protobuf",
            "JSON Lines",
            "n-triples",
        ] {
            assert!(is_listed(format, None), "{format}");
        }
        for format in [
            "xlsx", "xls", "sas7bdat", "accdb", "spss", "gz", "parket", "qvd",
        ] {
            assert!(!is_listed(format, None), "{format}");
        }
    }

    #[test]
    fn an_agreed_list_takes_the_place_of_the_built_in_one() {
        let agreed = ["parquet".to_owned(), "xlsx".to_owned()];
        assert!(is_listed("XLSX", Some(&agreed)));
        assert!(!is_listed("csv", Some(&agreed)));
    }

    #[test]
    fn what_is_filled_in_later_is_not_judged() {
        for format in ["", " ", "${FORMAT}", "{{ format }}", "<format>", "TODO"] {
            assert!(!is_named(format), "{format}");
        }
    }
}
