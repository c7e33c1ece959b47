use crate::change::{ChangeKind, Found, Group};
use crate::example::Example;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

/// The walk reports this kind itself, for whatever no other kind accounts for.
pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "needs-review",
    group: Group::Documentation,
    impacts: Impacts::all(Impact::Review).strict(Impact::Major),
    summary: "Something changed of which mesh does not know what it means.",
    why: "mesh does not know what it promises, so somebody who does has to look",
    help: "find out what it means to readers and say so in `mesh.yaml`, under `compatibility`: as one of `properties`, or as an `ignore` with a reason and a last day",
    docs: "\
Custom properties, and keys that neither standard has, can mean anything: a team may promise by one of
them what another team only notes. mesh reports each that was added, removed or changed, instead of
taking it for harmless.

Until somebody has said what it means, such a change asks for a minor version at least, and `mesh
breaking` warns of it; under the profile `strict` it counts as major. For a property of one's own, say it
once in `mesh.yaml`:

```yaml
compatibility:
  properties:
    costCentre: patch
    retentionClass: major
```",
    // What is said for the first time can be judged where what is not said any more cannot.
    reverse: &[
        "needs-review",
        "status-advanced",
        "status-deprecated",
        "status-retired",
        "price-raised",
        "version-changed",
        "service-described",
    ],
    example: Example::contract(
        "\
customProperties:
  - property: retentionClass
    value: A
",
        "\
customProperties:
  - property: retentionClass
    value: B
",
    ),
    on: &[],
    judge: |_: &Pair<'_>, _: &mut Found<'_>| {},
};

/// Reports `message` about `key`. A custom property of one's own weighs what the settings say.
pub(crate) fn weigh(found: &mut Found<'_>, key: &str, message: String) {
    let properties = found.context().properties;
    let change = match key {
        "" => found.whole(message),
        key => found.at(key, message),
    };
    let meaning = change
        .property
        .as_ref()
        .and_then(|name| properties.get(name));
    if let Some(meaning) = meaning {
        change
            .impact_of(Impact::from(*meaning))
            .because("the settings of the repository say what it means");
    }
}
