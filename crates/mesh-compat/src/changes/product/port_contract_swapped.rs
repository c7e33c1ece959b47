use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;
use crate::quote::quoted;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "port-contract-swapped",
    group: Group::Product,
    impacts: Impacts::all(Impact::Major),
    summary: "An output port promises another contract.",
    why: "what the reader relied on is promised by nobody, or by other words",
    help: "keep the contract and change it under its own version, or offer a port of its own for the new contract",
    docs: "\
The contract of a port is everything that it promises, and it is known by its `id`. What the other
contract says may be the very same; mesh does not compare two contracts that are not versions of
one. A port that names no contract any more promises nothing. A port that had none and names one
gains a promise, which is minor.",
    reverse: &["port-contract-swapped"],
    example: Example::product(
        "\
outputPorts:
  - name: orders
    version: 1.0.0
    contractId: orders
",
        "\
outputPorts:
  - name: orders
    version: 1.0.0
    contractId: shop-orders
",
    ),
    on: &[On::Keys(Entity::OutputPort, &["contractId"])],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let subject = pair.subject();
    let ids = pair.at("contractId");
    match pair.text("contractId").split() {
        (Some(old), Some(new)) => {
            let message = format!(
                "{subject} promises contract {} in place of {}",
                quoted(new),
                quoted(old)
            );
            found.at("contractId", message);
        }
        (Some(old), None) if ids.new.is_none() => {
            found
                .at(
                    "contractId",
                    format!(
                        "{subject} does not promise contract {} any more",
                        quoted(old)
                    ),
                )
                .because("nothing is promised any more of what the reader relied on");
        }
        (None, Some(new)) if ids.old.is_none() => {
            found
                .at(
                    "contractId",
                    format!("{subject} promises contract {}, and had none", quoted(new)),
                )
                .impact_of(Impact::Minor)
                .because("readers gain a promise");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::product;

    #[test]
    fn a_contract_gained_is_minor_and_one_lost_is_major() {
        let without = "outputPorts: [{name: orders}]\n";
        let with = "outputPorts: [{name: orders, contractId: orders}]\n";
        for (old, new, impact) in [
            (without, with, Impact::Minor),
            (with, without, Impact::Major),
        ] {
            let changes = product(old, new);
            assert_eq!(changes.len(), 1);
            assert_eq!(changes[0].kind.id, KIND.id);
            assert_eq!(changes[0].impacts.read, impact);
        }
    }
}
