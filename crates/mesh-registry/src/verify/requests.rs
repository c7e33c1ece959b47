//! What a branch has to be so that it can be merged without anybody looking at it.

use super::finding::Check;

pub(crate) static REQUEST_UNRELATED: Check = Check {
    id: "request-unrelated",
    summary: "A request starts from the registry.",
    docs: "\
A branch that shares no commit with the registry's branch adds nothing to it: nobody can tell what of it is new.",
    help: "publish with `mesh publish`, which starts from the registry's branch",
};

pub(crate) static REQUEST_CHANGES: Check = Check {
    id: "request-changes",
    summary: "A request that is merged by `mesh registry merge` only adds files.",
    docs: "\
Whatever is published is added, and never changed or removed. A branch below `mesh/publish/` that does anything else is
not merged, also not in part.",
    help: "take that out of the branch, or remove the branch and publish again",
};

pub(crate) static REQUEST_GOVERNS: Check = Check {
    id: "request-governs",
    summary: "A request that is merged by `mesh registry merge` publishes, and decides nothing.",
    docs: "\
Owners, policies, settings and everything else outside of `products/` and `status/` are for people to agree on. A branch
below `mesh/publish/` that brings any of it is not merged.",
    help: "bring it in through a request of its own, for people to look at",
};

pub(crate) static REQUEST_TOO_LARGE: Check = Check {
    id: "request-too-large",
    summary: "A request is of a size that can be looked at.",
    docs: "\
`mesh registry merge` looks at every file of a branch, and passes over one that has more than twenty thousand.",
    help: "publish in several steps",
};
