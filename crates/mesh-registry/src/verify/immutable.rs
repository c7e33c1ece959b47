//! What never changes once it is there.

use super::finding::{Check, Findings};

/// Something that is published was changed or removed.
pub static PUBLISHED_VERSION_CHANGED: Check = Check {
    id: "published-version-changed",
    summary: "What is published is never changed or removed.",
    docs: "\
Whoever relies on a version relies on its bytes. A change only adds versions: it edits, removes and adds nothing in the
directory of one that was there before, not even a signature. A version that should not be used any more is withdrawn
with `mesh yank`, which adds an event about it.",
    help: "take that out of the commit: what is published never changes; `mesh yank` withdraws a version",
};

pub(super) static EVENT_CHANGED: Check = Check {
    id: "event-changed",
    summary: "Events about versions are never changed or removed.",
    docs: "\
That a version was yanked or deprecated, and that it is no more, is told by events that are only ever added. Whoever
removes one makes others believe what is not so.",
    help: "take that out of the commit; `mesh unyank` adds an event that takes a yank back",
};

pub(super) static PACK_CHANGED: Check = Check {
    id: "pack-changed",
    summary: "A version of a policy pack is never changed.",
    docs: "\
Records name the packs by which a version was judged, with their digests. A pack that changes under the same version
would make all of them wrong. A pack that is not to be in force any more is left out of the pins in
`mesh-registry.yaml`.",
    help: "publish another version of the pack: `mesh policy publish`",
};

pub(super) static FILE_DIRECTORY_CONFLICT: Check = Check {
    id: "file-directory-conflict",
    summary: "No name is that of a file and of a directory.",
    docs: "\
A file where a directory belongs keeps everything below it from being published, and a directory that has a name twice,
once as a file, is read differently by different programs.",
    help: "remove the file, or give it another name",
};

pub(super) static UNEXPECTED_FILE: Check = Check {
    id: "unexpected-file",
    summary: "There is nothing among published files but what mesh publishes.",
    docs: "\
Below `products/` there is, for each version, `dataproduct.yaml`, `record.json`, its signature and contracts in
`contracts/`; below `status/` there are events. Anything else would be carried by everybody, is in no record, and may be
there to be taken for something.",
    help: "take it out of the commit: `mesh publish` writes everything that belongs there",
};

pub(super) static TOO_MANY_FILES: Check = Check {
    id: "too-many-files",
    summary: "No version and no commit has more files than a registry can take.",
    docs: "\
A version has at most a thousand files, or less if `limits` in `mesh-registry.yaml` says so. A commit in which a few
directories hold each other over and over can name more files than any disk holds.",
    help: "publish descriptions, not data, and split what is published into several commits",
};

/// Notes that something published was changed (`is_there`) or removed.
pub(super) fn altered(check: &'static Check, path: &str, is_there: bool, findings: &mut Findings) {
    let what = if is_there { "changed" } else { "removed" };
    findings.add(
        check,
        path,
        format!("`{path}` was there before, and is {what}"),
    );
}

/// Notes that something was added to a version that was published before.
pub(super) fn added_to(path: &str, findings: &mut Findings) {
    findings.add(
        &PUBLISHED_VERSION_CHANGED,
        path,
        format!("`{path}` is added to a version that was published before"),
    );
}
