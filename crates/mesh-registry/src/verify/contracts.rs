//! Contracts keep their owner and their content: by the very code that a publish asks.

use super::{
    finding::{Check, Findings},
    records::Published,
};
use crate::{
    Error, Refusal, Result,
    contracts::{self, Brought},
    snapshot::Snapshot,
};

pub(super) static CONTRACT_OWNED: Check = Check {
    id: "contract-owned",
    summary: "A contract belongs to the product that first promised it.",
    docs: "\
A contract id belongs to the product that first published it as the contract of an output port. Another product that
promises the same id would be taken for its source by every consumer.",
    help: "give the contract an id of its own",
};

pub(super) static CONTRACT_CHANGED: Check = Check {
    id: "contract-changed",
    summary: "A version of a contract keeps its bytes.",
    docs: "\
Consumers rely on a contract by its id and version. A version of it has the bytes with which its product first published
it, whatever the version of the product is.",
    help: "raise the version of the contract and of the output port that promises it",
};

pub(super) static CONTRACT_COPY_DIFFERS: Check = Check {
    id: "contract-copy-differs",
    summary: "A copy of another product's contract is what that product published.",
    docs: "\
A version may bring along the contracts that its input ports rely on. They have to be those that their owner published,
to the last byte: else whoever reads them here is told something else than the owner says.",
    help: "remove the copy, and use a version of the contract that its owner has published",
};

/// Checks the contracts of what one commit publishes.
pub(super) fn check(
    published: &[Published],
    standing: &Snapshot,
    findings: &mut Findings,
) -> Result<()> {
    let brought: Vec<_> = published.iter().map(brought).collect();
    for (at, error) in contracts::check(&brought, standing)? {
        let (check, contract) = match &error {
            Error::Refusal(Refusal::ContractOwned { contract, .. }) => (&CONTRACT_OWNED, contract),
            Error::Refusal(Refusal::ContractImmutable { contract, .. }) => {
                (&CONTRACT_CHANGED, contract)
            }
            Error::Refusal(Refusal::ContractCopy { contract, .. }) => {
                (&CONTRACT_COPY_DIFFERS, contract)
            }
            _ => return Err(error),
        };
        let new = &published[at];
        let text = &new.record;
        let contracts = text.find("\"contracts\"").unwrap_or(0);
        let mark = format!("\"{contract}\"");
        let start = text[contracts..]
            .find(&mark)
            .map_or(contracts, |at| contracts + at);
        let mut place = new.place(&[]);
        place.span = start..start + mark.len().min(text.len() - start);
        findings.add_with(
            check,
            new.record_path(),
            error.to_string(),
            error.help(),
            Some(place),
        );
    }
    Ok(())
}

fn brought(new: &Published) -> Brought<'_> {
    let record = &new.product.record;
    let ports = record.summary.output_ports.iter();
    let contracts =
        record
            .contracts
            .iter()
            .zip(&new.entry.digests)
            .filter_map(|(contract, sha256)| {
                let mut files = new.product.contracts.iter();
                let (_, bytes) = files.find(|(path, _)| *path == contract.path)?;
                Some((contract, sha256.as_str(), bytes.as_slice()))
            });
    Brought {
        reference: new.entry.reference(),
        version: &new.entry.version,
        promised: ports
            .filter_map(|port| port.contract_id.as_deref())
            .collect(),
        contracts: contracts.collect(),
    }
}
