//! What an input port is pinned to: chosen among what the registry offers, and compared with it.

use std::collections::BTreeMap;

use mesh_registry::{ContractUse, Entry, PublishedProduct, Snapshot};
use mesh_spec::model::mesh::{self, Upstream};
use mesh_spec::workspace::same_version;

use super::Input;
use crate::failure::Failure;
use crate::ops::lock::LockedInput;

/// A contract as a pin has it.
#[derive(Debug, Clone)]
pub(crate) struct Contract {
    /// The exact bytes.
    pub(crate) bytes: Vec<u8>,
}

/// What is wrong with a pin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    /// The key of the pin that is wrong.
    pub(crate) key: &'static str,
    /// What is wrong, as a sentence.
    pub(crate) message: String,
}

impl Broken {
    fn new(key: &'static str, message: impl Into<String>) -> Self {
        Self {
            key,
            message: message.into(),
        }
    }
}

/// The published ports that an input port may draw from, in whatever version.
pub(crate) fn offers(snapshot: &Snapshot, input: &Input<'_>) -> Result<Vec<ContractUse>, Failure> {
    let mut offers = snapshot.contract(input.contract, None)?;
    if let Some((_, Ok(upstream))) = mesh::read::<Upstream>(&input.port.custom_properties) {
        offers.retain(|offer| {
            let port = upstream.port.as_ref();
            offer.entry.id == upstream.product && port.is_none_or(|port| *port == offer.port.name)
        });
    }
    Ok(offers)
}

/// The pin of a port of the product `consumer` to what is offered.
pub(crate) fn pin(consumer: &str, port: &str, offer: &ContractUse) -> Result<LockedInput, Failure> {
    let contract = offer.port.contract_id.clone().unwrap_or_default();
    let version = offer.port.contract_version.clone();
    let digest = version
        .as_deref()
        .and_then(|version| offer.entry.contract_digest(&contract, version));
    let (Some(version), Some(digest)) = (&version, digest) else {
        return Err(Failure::new(format!(
            "the record of {} {} does not tell which contract its port `{}` promises",
            offer.entry.reference(),
            offer.entry.version,
            offer.port.name
        ))
        .help("ask those who published it to publish a new version with a current mesh"));
    };
    Ok(LockedInput {
        product: consumer.to_owned(),
        port: port.to_owned(),
        contract,
        contract_digest: digest.to_owned(),
        contract_version: version.clone(),
        from: offer.entry.reference(),
        version: offer.entry.version.clone(),
        record: offer.entry.record_digest.clone(),
    })
}

/// Compares pins with what the registry holds, and reads their contracts, in the order of the pins.
pub(crate) fn verify(
    snapshot: &Snapshot,
    pins: &[&LockedInput],
) -> Result<Vec<Result<Contract, Broken>>, Failure> {
    // Many ports draw from few versions: each is read once.
    let mut entries: BTreeMap<String, Result<Entry, Broken>> = BTreeMap::new();
    let keys: Vec<String> = pins.iter().map(|pin| pin.provider()).collect();
    for (pin, key) in pins.iter().zip(&keys) {
        if !entries.contains_key(key) {
            entries.insert(key.clone(), entry(snapshot, pin)?);
        }
    }
    let sound: Vec<Entry> = entries.values().flatten().cloned().collect();
    let products = snapshot.read_each(&sound)?;
    let read: BTreeMap<String, _> = sound
        .iter()
        .map(|entry| format!("{} {}", entry.reference(), entry.version))
        .zip(products)
        .collect();
    let mut verified = Vec::with_capacity(pins.len());
    for (pin, key) in pins.iter().zip(&keys) {
        verified.push(match (&entries[key], read.get(key)) {
            (Err(broken), _) => Err(broken.clone()),
            (Ok(entry), Some(Ok(product))) => compare(snapshot, pin, entry, product)?,
            (Ok(_), Some(Err(error))) => Err(Broken::new("version", error.to_string())),
            (Ok(_), None) => Err(Broken::new("version", "it was not read")),
        });
    }
    Ok(verified)
}

/// The version that a pin names.
fn entry(snapshot: &Snapshot, pin: &LockedInput) -> Result<Result<Entry, Broken>, Failure> {
    let product = match pin.from.split_once('/') {
        Some((domain, product)) => snapshot.product(domain, product)?,
        None => None,
    };
    let Some(product) = product else {
        let message = format!("the registry has no data product `{}`", pin.from);
        return Ok(Err(Broken::new("from", message)));
    };
    let mut versions = product.versions.into_iter();
    let found = versions.find(|entry| entry.version == pin.version);
    Ok(found.ok_or_else(|| {
        let message = format!(
            "the registry has no version {} of {}",
            pin.version, pin.from
        );
        Broken::new("version", message)
    }))
}

/// The contract of a pin, if everything about it is as the pin says.
fn compare(
    snapshot: &Snapshot,
    pin: &LockedInput,
    entry: &Entry,
    product: &PublishedProduct,
) -> Result<Result<Contract, Broken>, Failure> {
    if entry.record_digest != pin.record {
        let message = format!("the registry holds another record of {}", pin.provider());
        return Ok(Err(Broken::new("record", message)));
    }
    let is_offered = entry.summary.output_ports.iter().any(|port| {
        let version = port.contract_version.as_deref();
        port.contract_id.as_deref() == Some(&pin.contract)
            && version.is_some_and(|version| same_version(version, &pin.contract_version))
    });
    let mut contracts = product.record.contracts.iter();
    let file = contracts.find(|contract| {
        contract.id == pin.contract && same_version(&contract.version, &pin.contract_version)
    });
    let Some(file) = file.filter(|_| is_offered) else {
        let message = format!(
            "{} does not offer version {} of `{}`",
            pin.provider(),
            pin.contract_version,
            pin.contract
        );
        return Ok(Err(Broken::new("contractVersion", message)));
    };
    // The version of a contract has the same text wherever it is published.
    let uses = snapshot.contract(&pin.contract, Some(&pin.contract_version))?;
    for entry in uses.iter().map(|offer| &offer.entry) {
        let digest = entry.contract_digest(&pin.contract, &pin.contract_version);
        if digest != Some(&pin.contract_digest) {
            let message = format!(
                "the registry holds another text of `{}` {}, in {} {}",
                pin.contract,
                pin.contract_version,
                entry.reference(),
                entry.version
            );
            return Ok(Err(Broken::new("contractDigest", message)));
        }
    }
    let bytes = product
        .contracts
        .iter()
        .find(|(path, _)| *path == file.path)
        .map(|(_, bytes)| bytes.clone());
    let bytes = bytes.filter(|bytes| mesh_registry::digest_of(bytes) == pin.contract_digest);
    let Some(bytes) = bytes else {
        let message = format!(
            "the registry holds another text of `{}` {}",
            pin.contract, pin.contract_version
        );
        return Ok(Err(Broken::new("contractDigest", message)));
    };
    Ok(Ok(Contract { bytes }))
}
