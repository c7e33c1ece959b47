use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::{Example, NOTHING};
use crate::facts::lifecycle::Stage;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "contract-removed",
    group: Group::Product,
    impacts: Impacts::all(Impact::Major),
    summary: "A contract is gone.",
    why: "nothing is promised any more of what the reader relied on",
    help: "set `status: deprecated` and then `status: retired` first, and remove it when `mesh impact` names no reader",
    docs: "\
A contract is the one that it was if it has the same `id`, or else stands at the same path. One that
was `retired` is over already, and one that was a draft or a proposal promised nothing yet: to
remove it is a patch. A status that mesh does not know, or none, is one that readers may rely on.

A contract that goes with the only port that names it is told of by [the
port](output-port-removed.md).",
    reverse: &["contract-added"],
    example: Example::contract(
        "\
status: active
schema:
  - name: orders
    properties:
      - name: order_id
        logicalType: string
",
        NOTHING,
    ),
    on: &[On::Removed(Entity::Contract)],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let stage = Stage::of(pair.text("status").old);
    let change = found.whole(pair.told());
    match stage {
        Some(Stage::Retired) => {
            change
                .impact_of(Impact::Patch)
                .because("it was retired before, so nobody should read it any more");
        }
        Some(Stage::Draft | Stage::Proposed) => {
            change
                .impact_of(Impact::Patch)
                .because("it promised nothing yet");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::vocabulary::Vocabularies;

    use super::*;
    use crate::Settings;

    #[test]
    fn it_depends_on_where_it_was_in_its_life() {
        let vocabularies = Vocabularies::default();
        let settings = Settings::default();
        let context = settings.context(&vocabularies);
        for (status, impact) in [
            ("active", Impact::Major),
            ("deprecated", Impact::Major),
            ("live", Impact::Major),
            ("", Impact::Major),
            ("Retired", Impact::Patch),
            ("draft", Impact::Patch),
            ("proposed", Impact::Patch),
        ] {
            let text = format!("kind: DataContract\nid: orders\nstatus: {status}\n");
            let document = Document::parse("old.yaml", text.into_bytes(), None);
            let found = crate::removed(&document, context).expect("it can be read");
            let [change] = found.changes.as_slice() else {
                panic!("one change, not {}", found.changes.len());
            };
            assert_eq!(
                (change.kind.id, change.impacts.read),
                (KIND.id, impact),
                "{status}"
            );
        }
    }
}
