//! The JSON Schemas of both standards, derived from the [model](crate::model), one per supported
//! version.
//!
//! # How a version is said
//!
//! The Rust types are a superset of all versions. What differs between versions stands as an
//! annotation next to the field or type that it is about, through `#[schemars(extend("x-…" = …))]`.
//! There are four:
//!
//! - `x-in`, on any schema: it exists in these versions only. Other versions lose the key, the
//!   branch or the listed value.
//! - `x-required`, on a property: the key is required in these versions.
//! - `x-closed`, on an object: unknown keys are rejected in these versions.
//! - `x-when`, on any schema: a list of `[versions, keywords]`. In these versions, the keywords
//!   replace those of the schema; `null` removes one.
//!
//! *Versions* are written as alternatives separated by `|`, each a version requirement in the
//! notation of Cargo, with the standard in front where a type belongs to both:
//! `>=3.1`, `odps | odcs >=3.1`, `*`. See [`Versions`].
//!
//! A fifth annotation, `x-for`, marks keys that depend on a sibling key such as `logicalType`. The
//! types turn it into conditional branches themselves (`model/branch.rs`), so the generator never
//! sees it.
//!
//! # How a schema is made
//!
//! [`generate`] asks schemars for the superset, evaluates the annotations for one version, and
//! drops them along with the definitions that nothing refers to any more. The results are the files
//! in `schemas/`, which `cargo run -p xtask -- schemas` writes.
//!
//! # How a document is validated
//!
//! [`accepts`] says whether it is valid, and is fast; [`validate`] says what is wrong, and is asked
//! about invalid documents only.
//!
//! # Verdicts
//!
//! A generated schema accepts the documents that the official schema of the same version accepts,
//! and no others; the conformance tests hold it to that. `format` is an annotation, as JSON Schema
//! 2019-09 has it.

mod check;
mod explain;
mod generate;
mod keys;
mod validate;
mod versions;

use mesh_schemas::Schema;

use crate::model::version::ApiVersion;

pub use self::check::Instance;
pub use self::generate::{generate, generate_mesh_properties, id};
pub use self::keys::{Key, introduced_in, keys_at, undefined_keys, values_at, versions_of_key};
pub use self::validate::{Target, Violation, ViolationKind, validate};
pub use self::versions::{InvalidVersions, Versions};

/// Whether a document is valid by the schema of a version: what [`validate`] answers with an empty
/// list, without what it takes to explain a violation.
pub fn accepts<'a>(version: ApiVersion, document: impl Instance<'a>) -> bool {
    let schema = schema_of(version);
    check::accepts(schema, document).unwrap_or_else(|| schema.is_valid(&document.json()))
}

/// The schema of a version.
fn schema_of(version: ApiVersion) -> Schema {
    Schema::named(&format!("{}-{version}", version.kind().standard()))
        .unwrap_or_else(|| unreachable!("every supported version has a schema"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::version::Kind;

    #[test]
    fn every_supported_version_has_a_schema_that_is_the_generated_one() {
        for version in Kind::ALL.into_iter().flat_map(ApiVersion::all) {
            let text = format!("{:#}\n", generate(*version));
            assert!(
                text == schema_of(*version).text(),
                "run `cargo run -p xtask -- schemas` and commit the result"
            );
        }
    }
}
