//! Where things are in a registry. All path building is here, so that the layout can be read in one place.
//!
//! ```text
//! mesh-registry.yaml                                            the format of the registry, what it has decided for
//!                                                               itself, and pins of policy packs
//! vocabularies.yaml                                             the words that the domains have agreed on, if any
//! .gitattributes                                                no line-ending conversion: digests are over exact bytes
//! owners/<domain>.yaml                                          who may publish for the domain
//! policies/packs/<name>/<version>.yaml                          a version of a policy pack, fixed for ever
//! policies/overlays/<domain>.yaml                               what a domain demands beyond the packs
//! policies/waivers/<id>.yaml                                    what is excepted from a policy, and until when
//! products/<domain>/<product>/<version>/dataproduct.yaml        the manifest, byte for byte
//! products/<domain>/<product>/<version>/contracts/*.odcs.yaml   the contracts it resolves to, byte for byte
//! products/<domain>/<product>/<version>/record.json             what was published, by whom, from where
//! products/<domain>/<product>/<version>/record.json.sig         the publisher's signature of that, if there is one
//! status/<domain>/<product>/<version>/<sha256>.json             an event: that the version was yanked or deprecated, or no more is
//! ```
//!
//! Every publish only adds files of its own. Nothing is shared, so nothing ever conflicts in text, and two products can
//! be merged in any order. Listings and indexes are generated from it, never kept in it.
//!
//! Policies are read wherever they stand below `policies/`; what a file is, it says itself. The paths above are where
//! `mesh` puts them. A pack is in force in its highest version, unless the format file pins versions, and then just
//! those: `policies: [pharma-core@1.2.0]`. What else the format file may say is in [`Settings`].

use crate::{
    Error, Result, names,
    policies::PolicyPin,
    settings::{self, Settings, Values},
};
use semver::Version;
use serde::{Deserialize, Deserializer};
use serde_yaml::Value;
use std::{
    collections::BTreeSet,
    hash::{BuildHasher as _, RandomState},
};

/// The format that this version reads and writes.
pub const FORMAT: u64 = 1;
/// The file that makes a repository a registry.
pub const FORMAT_FILE: &str = "mesh-registry.yaml";
/// The words that the domains have agreed on.
pub const VOCABULARIES: &str = "vocabularies.yaml";
/// Keeps git from converting line endings.
pub const ATTRIBUTES_FILE: &str = ".gitattributes";
/// For people who browse the repository.
pub const README_FILE: &str = "README.md";
/// The directory of everything published.
pub const PRODUCTS: &str = "products";
/// The manifest within a version.
pub const MANIFEST: &str = "dataproduct.yaml";
/// The directory of contracts within a version.
pub const CONTRACTS: &str = "contracts";
/// The end of a contract's file name.
pub const CONTRACT_SUFFIX: &str = ".odcs.yaml";
/// The record within a version.
pub const RECORD: &str = "record.json";
/// The directory of what was said about versions after they were published.
pub const STATUS: &str = "status";
/// The end of the name of a file with an event.
pub const EVENT_SUFFIX: &str = ".json";
/// What the name of a signature has after that of the file that is signed.
pub const SIGNATURE_SUFFIX: &str = ".sig";
/// The signature of the record within a version.
pub const RECORD_SIGNATURE: &str = "record.json.sig";
/// The directory of who may publish for which domain.
pub const OWNERS: &str = "owners";
/// The end of the name of an owners file.
pub const OWNERS_SUFFIX: &str = ".yaml";
/// The directory of everything that governs what is published.
pub const POLICIES: &str = "policies";
/// The directory of policy packs within [`POLICIES`].
pub const PACKS: &str = "packs";
/// The directory of what domains demand beyond the packs, within [`POLICIES`].
pub const OVERLAYS: &str = "overlays";
/// The directory of exceptions, within [`POLICIES`].
pub const WAIVERS: &str = "waivers";
/// The ends of the names of files that hold policies.
pub const POLICY_SUFFIXES: [&str; 2] = [".yaml", ".yml"];

/// What the names of branches begin with on which something waits to be merged.
pub const REQUESTS: &str = "mesh/";

/// The largest manifest or contract, in bytes.
pub const MAX_FILE: u64 = 4 << 20;
/// The largest record, in bytes.
pub const MAX_RECORD: u64 = 1 << 20;
/// The most files in one version.
pub const MAX_FILES: usize = 1_000;
/// The largest event, in bytes.
pub const MAX_EVENT: u64 = 16 << 10;
/// The most events about one version.
pub const MAX_EVENTS: usize = 1_000;
/// The largest signature, in bytes.
pub const MAX_SIGNATURE: u64 = 16 << 10;
/// The largest format file, in bytes.
pub const MAX_FORMAT_FILE: u64 = 64 << 10;
/// The largest owners file, in bytes.
pub const MAX_OWNERS_FILE: u64 = 256 << 10;
/// The most files and directories below [`POLICIES`].
pub const MAX_POLICY_FILES: usize = 10_000;
/// The largest size of all policies together, in bytes.
pub const MAX_POLICY_BYTES: u64 = 64 << 20;
/// The most directories that a policy may be in, below [`POLICIES`].
pub const MAX_POLICY_DEPTH: usize = 8;

/// `products/<domain>/<product>/<version>`.
pub fn version_dir(domain: &str, product: &str, version: &Version) -> String {
    format!("{PRODUCTS}/{domain}/{product}/{version}")
}

/// `status/<domain>/<product>/<version>`.
pub fn status_dir(domain: &str, product: &str, version: &Version) -> String {
    format!("{STATUS}/{domain}/{product}/{version}")
}

/// `owners/<domain>.yaml`.
pub fn owners_file(domain: &str) -> String {
    format!("{OWNERS}/{domain}{OWNERS_SUFFIX}")
}

/// `policies/packs/<name>/<version>.yaml`.
pub fn pack_file(name: &str, version: &Version) -> String {
    format!("{POLICIES}/{PACKS}/{name}/{version}.yaml")
}

/// `policies/overlays/<domain>.yaml`.
pub fn overlay_file(domain: &str) -> String {
    format!("{POLICIES}/{OVERLAYS}/{domain}.yaml")
}

/// `policies/waivers/<id>.yaml`.
pub fn waiver_file(id: &str) -> String {
    format!("{POLICIES}/{WAIVERS}/{id}.yaml")
}

/// The name and the version of the pack whose place a path is. What stands there is fixed for ever.
pub fn pack_at(path: &str) -> Option<(&str, Version)> {
    let mut parts = path.split('/');
    if (parts.next()?, parts.next()?) != (POLICIES, PACKS) {
        return None;
    }
    let (name, file) = (parts.next()?, parts.next()?);
    let version = POLICY_SUFFIXES
        .iter()
        .find_map(|suffix| file.strip_suffix(suffix))?;
    let version = names::parse_version(version)?;
    (parts.next().is_none() && names::is_name(name)).then_some((name, version))
}

/// The files of a new registry.
pub(crate) fn initial_files() -> [(&'static str, String); 3] {
    let id = new_id();
    let format = format!(
        "# This repository is a mesh registry. mesh reads this file before anything else.\n\
         format: {FORMAT}\n\
         # Tells this registry from all others. Records and signatures name it, so it never changes.\n\
         id: \"{id}\"\n"
    );
    let readme = format!(
        "# Data product registry\n\n\
         This repository is a registry of data products. `mesh publish` adds to it, `mesh search` reads it.\n\n\
         | path | what it is |\n|---|---|\n\
         | `{FORMAT_FILE}` | the format of the registry |\n\
         | `{OWNERS}/<domain>.yaml` | who may publish for the domain; without it, whoever may push |\n\
         | `{VOCABULARIES}` | words that all domains share, such as domains and tags; add it when you have agreed on some |\n\
         | `{POLICIES}/` | policies that all domains keep to: packs, what domains demand beyond them, and waivers |\n\
         | `{PRODUCTS}/<domain>/<product>/<version>/{MANIFEST}` | the product, byte for byte as published |\n\
         | `{PRODUCTS}/<domain>/<product>/<version>/{CONTRACTS}/` | its data contracts, byte for byte |\n\
         | `{PRODUCTS}/<domain>/<product>/<version>/{RECORD}` | digests, source and publisher |\n\
         | `{PRODUCTS}/<domain>/<product>/<version>/{RECORD_SIGNATURE}` | the publisher's signature of the record, if there is one |\n\
         | `{STATUS}/<domain>/<product>/<version>/` | what was said of it afterwards: that it is yanked or deprecated |\n\n\
         Published versions are never changed or removed. Do not edit files under `{PRODUCTS}` by hand.\n"
    );
    [
        (FORMAT_FILE, format),
        (ATTRIBUTES_FILE, "* -text\n".to_owned()),
        (README_FILE, readme),
    ]
}

/// An id that no other registry has.
fn new_id() -> String {
    // The standard library's hasher is keyed with 128 bits of the system's randomness.
    let random = RandomState::new();
    format!("{:016x}{:016x}", random.hash_one(0), random.hash_one(1))
}

/// The format file. Unknown keys are for newer versions of the same format and are ignored.
#[derive(Deserialize)]
struct FormatFile {
    format: u64,
    /// Any value, so that one that is not a list is told from none.
    #[serde(default, deserialize_with = "present")]
    policies: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    id: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    owners: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    signatures: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    stewards: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    limits: Option<Value>,
}

/// A value that is there, `null` included.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Checks the format that the format file names, and returns the id of the registry, if it has one.
pub(crate) fn check_format(location: &str, content: &[u8]) -> Result<Option<String>> {
    let id = format_file(location, content)?.id;
    id.map(|id| settings::checked_id(&id))
        .transpose()
        .map_err(|reason| bad_format_file(location, reason))
}

/// What the format file says that the registry has decided for itself. `location` names the registry in messages.
///
/// # Errors
/// [`Error::BadFormatFile`] if anything of it cannot be understood: who passed it over would trust more than was agreed
/// on.
pub fn settings(location: &str, content: &[u8]) -> Result<Settings> {
    let FormatFile {
        id,
        owners,
        signatures,
        stewards,
        limits,
        ..
    } = format_file(location, content)?;
    Settings::new(Values {
        id,
        owners,
        signatures,
        stewards,
        limits,
    })
    .map_err(|reason| bad_format_file(location, reason))
}

/// The versions of policy packs that the format file pins, if it does.
///
/// # Errors
/// Whatever is wrong with them: a pin that is passed over would put other rules in force than were agreed on.
pub(crate) fn policy_pins(location: &str, content: &[u8]) -> Result<Option<Vec<PolicyPin>>> {
    let Some(value) = format_file(location, content)?.policies else {
        return Ok(None);
    };
    let bad = |reason: String| bad_format_file(location, reason);
    let Value::Sequence(values) = value else {
        return Err(bad(
            "`policies` has to be a list of policy packs such as `pharma-core@1.2.0`".to_owned(),
        ));
    };
    let mut pins = Vec::with_capacity(values.len());
    let mut pinned = BTreeSet::new();
    for value in &values {
        let text = value.as_str().ok_or_else(|| {
            bad("`policies` has an entry that is not a text such as `pharma-core@1.2.0`".to_owned())
        })?;
        let pin = pin(text).ok_or_else(|| {
            bad(format!(
                "`policies` has the entry `{}`, which is not the name and the exact version of a policy pack, as \
                 `pharma-core@1.2.0` is",
                text.escape_debug()
            ))
        })?;
        if !pinned.insert(pin.name.clone()) {
            return Err(bad(format!(
                "`policies` pins `{}` more than once",
                pin.name
            )));
        }
        pins.push(pin);
    }
    Ok(Some(pins))
}

fn pin(text: &str) -> Option<PolicyPin> {
    let (name, version) = text.split_once('@')?;
    Some(PolicyPin {
        name: names::is_name(name).then(|| name.to_owned())?,
        version: names::parse_version(version)?,
    })
}

fn format_file(location: &str, content: &[u8]) -> Result<FormatFile> {
    let bad = |reason: String| bad_format_file(location, reason);
    let text = std::str::from_utf8(content).map_err(|_| bad("it is not UTF-8 text".into()))?;
    let file: FormatFile = serde_yaml::from_str(text).map_err(|error| bad(error.to_string()))?;
    match file.format {
        FORMAT => Ok(file),
        0 => Err(bad("format 0 does not exist".into())),
        found => Err(Error::NewerFormat {
            location: location.to_owned(),
            found,
            supported: FORMAT,
        }),
    }
}

fn bad_format_file(location: &str, reason: String) -> Error {
    Error::BadFormatFile {
        location: location.to_owned(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Demand;

    #[test]
    fn the_format_file_is_checked() {
        let [(_, ours), ..] = initial_files();
        assert!(check_format("r", ours.as_bytes()).is_ok());
        assert!(check_format("r", b"format: 1\nlimits: {}\n").is_ok());
        assert!(matches!(
            check_format("r", b"format: 2\n"),
            Err(Error::NewerFormat { found: 2, .. })
        ));
        for bad in [
            &b"format: 0"[..],
            b"format: one",
            b"",
            b"[]",
            b"\xff",
            b"format: &a [*a]",
        ] {
            assert!(matches!(
                check_format("r", bad),
                Err(Error::BadFormatFile { .. })
            ));
        }
    }

    #[test]
    fn settings_are_read() {
        let found = |text: &str| settings("r", format!("format: 1\n{text}\n").as_bytes());
        assert_eq!(found("later: [1]").ok(), Some(Settings::default()));
        let all = "id: 0123456789abcdef0123456789abcdef\nowners: required\nsignatures: required\n\
                   stewards: [{email: a@b}]\nlimits: {fileBytes: 1048576, filesPerVersion: 100, later: 1}";
        let all = found(all).expect("good settings");
        assert_eq!(all.id.as_deref(), Some("0123456789abcdef0123456789abcdef"));
        assert_eq!(
            (all.owners, all.signatures),
            (Demand::Required, Demand::Required)
        );
        assert_eq!(all.stewards.emails(), ["a@b"]);
        assert_eq!(all.limits.file_bytes, 1 << 20);
        assert_eq!(all.limits.files_per_version, 100);
        for bad in [
            "id:",
            "id: 5",
            "id: 01234567",
            "id: 0123456789ABCDEF0123456789ABCDEF",
            "owners:",
            "owners: yes",
            "owners: Required",
            "owners: [required]",
            "signatures: sometimes",
            "signatures: required",
            "signatures: ~",
            "stewards: a@b",
            "stewards: []",
            "stewards: [{email: a}]",
            "stewards: [{email: a@b, role: x}]",
            "stewards: [{email: a@b}, {email: A@b}]",
            "limits: 5",
            "limits:",
            "limits: {fileBytes: 0}",
            "limits: {fileBytes: -1}",
            "limits: {fileBytes: 1 MiB}",
            "limits: {fileBytes: 4194305}",
            "limits: {filesPerVersion: 1001}",
            "owners: required\nowners: optional",
        ] {
            let found = found(bad);
            assert!(
                matches!(found, Err(Error::BadFormatFile { .. })),
                "{bad}: {found:?}"
            );
        }
    }

    #[test]
    fn every_new_registry_has_an_id_of_its_own() {
        let id = || {
            let [(_, format), ..] = initial_files();
            settings("r", format.as_bytes())
                .ok()
                .and_then(|settings| settings.id)
        };
        assert!(id().is_some());
        assert_ne!(id(), id());
    }

    #[test]
    fn a_new_registry_says_where_policies_go() {
        let files = initial_files();
        let readme = files.iter().find(|(path, _)| *path == README_FILE);
        assert!(readme.is_some_and(|(_, text)| text.contains("| `policies/` |")));
    }

    fn pins(list: &str) -> Result<Option<Vec<String>>> {
        let content = format!("format: 1\n{list}\n");
        let pins = policy_pins("r", content.as_bytes())?;
        let shown = |pin: PolicyPin| format!("{}@{}", pin.name, pin.version);
        Ok(pins.map(|pins| pins.into_iter().map(shown).collect()))
    }

    #[test]
    fn pins_are_names_and_exact_versions() {
        assert_eq!(pins("limits: {}").ok(), Some(None));
        assert_eq!(pins("policies: []").ok(), Some(Some(Vec::new())));
        assert_eq!(
            pins("policies: [pharma-core@1.2.0, 'gdpr@2.0.0-rc.1']").ok(),
            Some(Some(vec![
                "pharma-core@1.2.0".to_owned(),
                "gdpr@2.0.0-rc.1".to_owned()
            ]))
        );
    }

    #[test]
    fn pins_that_cannot_be_read_are_not_passed_over() {
        for bad in [
            "policies:",
            "policies: ~",
            "policies: ''",
            "policies: core@1.0.0",
            "policies: {core: 1.0.0}",
            "policies: [core]",
            "policies: [core@1]",
            "policies: [core@^1.0.0]",
            "policies: [core@1.0.0+build]",
            "policies: [core@v1.0.0]",
            "policies: ['core@1.0.0 ']",
            "policies: [Core@1.0.0]",
            "policies: [mesh/core@1.0.0]",
            "policies: ['@1.0.0']",
            "policies: [1.0]",
            "policies: [~]",
            "policies: [[core@1.0.0]]",
            "policies: [core@1.0.0, core@1.1.0]",
            "policies: !pins [core@1.0.0]",
            "policies: [core@1.0.0]\npolicies: []",
        ] {
            let found = pins(bad);
            assert!(
                matches!(found, Err(Error::BadFormatFile { .. })),
                "{bad}: {found:?}"
            );
        }
    }

    #[test]
    fn packs_are_known_by_their_place() {
        let at = |path| pack_at(path).map(|(name, version)| format!("{name} {version}"));
        let version = Version::new(1, 2, 0);
        let file = pack_file("core", &version);
        assert_eq!(file, "policies/packs/core/1.2.0.yaml");
        assert_eq!(at(&file).as_deref(), Some("core 1.2.0"));
        assert_eq!(
            at("policies/packs/core/1.2.0-rc.1.yml").as_deref(),
            Some("core 1.2.0-rc.1")
        );
        for other in [
            "policies/packs/core.yaml",
            "policies/packs/core/latest.yaml",
            "policies/packs/core/1.2.0.md",
            "policies/packs/core/1.2.0/1.2.0.yaml",
            "policies/packs/Core/1.2.0.yaml",
            "policies/overlays/core/1.2.0.yaml",
            "packs/core/1.2.0.yaml",
        ] {
            assert_eq!(at(other), None, "{other}");
        }
    }
}
