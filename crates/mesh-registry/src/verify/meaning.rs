//! Checks by what manifests mean. They are judged by whoever knows manifests; what they are about stands here, with all
//! others.

use super::finding::Check;

/// The manifest or a contract cannot be read.
pub static MANIFEST_UNREADABLE: Check = Check {
    id: "manifest-unreadable",
    summary: "Every manifest and contract can be read.",
    docs: "\
A file that is no YAML, has a key twice, is made to take for ever to read, or is neither a data product nor a data contract
was never linted. Consumers would fail on it.",
    help: "publish with `mesh publish`, which lints first",
};

/// The record says something else than the manifest.
pub static MANIFEST_DIFFERS: Check = Check {
    id: "manifest-differs",
    summary: "A record says what its manifest and contracts say.",
    docs: "\
Search, ownership of contracts and consumers are found by what the record says of the id, the domain, the version, the
ports and the contracts. Where the manifest says something else, the record would claim what was not published.",
    help: "publish it with `mesh publish`, which takes all of it from the manifest",
};

/// There is no verdict on how the version relates to the one before.
pub static COMPATIBILITY_MISSING: Check = Check {
    id: "compatibility-missing",
    summary: "A record says how the version relates to the one before.",
    docs: "\
`mesh publish` compares every version with the one before it and records what came of it. A record without was not written
by it, or by a mesh that did not compare yet.",
    help: "publish it with `mesh publish`, which compares it and records the verdict",
};

/// The verdict in the record is not what comes out.
pub static COMPATIBILITY_DIFFERS: Check = Check {
    id: "compatibility-differs",
    summary: "The verdict in a record is what comes out again.",
    docs: "\
The version is compared once more with the one that the record names, under the profile and with the exceptions that the
record names, and has to come to the same. What the settings of a repository say about custom properties of its own is
not in the registry, and is taken for what the record says. It is also compared with the version that the registry has by
now: two changes that were fine alone and break readers together are found when the second arrives, as
[`version-too-low`](changes/version-too-low.md).",
    help: "publish it again with `mesh publish`, of the same version as the registry's CI",
};

/// A version has no evidence, though policies were in force.
pub static EVIDENCE_MISSING: Check = Check {
    id: "evidence-missing",
    summary: "A record says what came of the policies.",
    docs: "\
Policies are in force in the registry, and the record does not say that the version was held to them. See [Evidence](policies.md#evidence).",
    help: "publish it with `mesh publish`, which holds it to them and records what came of it",
};

/// What a record says is not what comes out.
pub static EVIDENCE_DIFFERS: Check = Check {
    id: "evidence-differs",
    summary: "What a record says of policies is what comes out again.",
    docs: "\
The record names other files than were in force, or says something else of a policy than comes out now, with the policies
of the base and as of the day in the record. See [Evidence](policies.md#evidence).",
    help: "find out what published it: the record does not tell what the policies say",
};

/// A version was judged as of another day than it was published.
pub static EVIDENCE_DATE: Check = Check {
    id: "evidence-date",
    summary: "A change was judged as of a day that is as good as today.",
    docs: "\
Levels begin and waivers end on a day. Whoever publishes as of another one could choose by what to be judged. A request may
have waited for days, so it is a finding only if something else comes of the policies today; as of a day that is still to
come, it always is. One day makes no difference, for time zones. Of versions that were published long ago nobody can tell
any more.",
    help: "publish it again without --as-of",
};

/// A version was published though a policy denies it.
pub static POLICY_DENIED: Check = Check {
    id: "policy-denied",
    summary: "No policy of the registry denies the version.",
    docs: "\
A policy that is in force denies the version, whatever the record says, and no waiver of the registry lets it pass.",
    help: "do not merge it; if it is merged, correct the product and publish another version",
};

/// The policies that a change would leave cannot be used.
pub static POLICIES_UNUSABLE: Check = Check {
    id: "policies-unusable",
    summary: "The policies of a registry go together.",
    docs: "\
Policies that contradict each other, name what there is none of or cannot be understood end every publish: none is passed
over. So no change may leave such.",
    help: "correct the policies: `mesh policy list --registry` says what is wrong",
};

/// The words that a change would leave cannot be read.
pub static VOCABULARIES_UNREADABLE: Check = Check {
    id: "vocabularies-unreadable",
    summary: "`vocabularies.yaml` can be read.",
    docs: "\
The words that all domains share decide what labels mean. A list that cannot be read ends every publish.",
    help: "correct `vocabularies.yaml`",
};
