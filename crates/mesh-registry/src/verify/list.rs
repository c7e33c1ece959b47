//! All checks, in the order in which they are explained.

use super::{
    attributes::ATTRIBUTES_CONVERT,
    audit::INDEX_DIFFERS,
    authority::{
        OWNERS_MISSING, OWNERS_UNREADABLE, PUBLISHER_NOT_OWNER, RECORD_NOT_SIGNED,
        SIGNATURE_INVALID,
    },
    content::{FILE_TOO_LARGE, LFS_POINTER},
    contracts::{CONTRACT_CHANGED, CONTRACT_COPY_DIFFERS, CONTRACT_OWNED},
    events::{EVENT_ORDER, EVENT_OUT_OF_PLACE, EVENT_UNREADABLE},
    finding::Check,
    governance::{
        COMMIT_NOT_SIGNED, GOVERNED_BY_OTHERS, MIXED_CHANGE, POLICY_UNREADABLE,
        REGISTRY_ID_CHANGED, SETTINGS_UNREADABLE,
    },
    identity::{ID_MOVED, PATH_DIFFERS, PATH_TAKEN, PREVIOUS_UNKNOWN},
    immutable::{
        EVENT_CHANGED, FILE_DIRECTORY_CONFLICT, PACK_CHANGED, PUBLISHED_VERSION_CHANGED,
        TOO_MANY_FILES, UNEXPECTED_FILE,
    },
    meaning::{
        COMPATIBILITY_DIFFERS, COMPATIBILITY_MISSING, EVIDENCE_DATE, EVIDENCE_DIFFERS,
        EVIDENCE_MISSING, MANIFEST_DIFFERS, MANIFEST_UNREADABLE, POLICIES_UNUSABLE, POLICY_DENIED,
        VOCABULARIES_UNREADABLE,
    },
    modes::{FILE_MODE, SUBMODULE, SYMLINK},
    names::{NAME_COLLISION, NAME_INVALID, TREE_MALFORMED},
    push::{BRANCH_DELETED, HISTORY_REWRITTEN},
    records::{
        DIGEST_DIFFERS, FILES_DIFFER, RECORD_ELSEWHERE, RECORD_OF_ANOTHER_REGISTRY,
        RECORD_UNREADABLE,
    },
    requests::{REQUEST_CHANGES, REQUEST_GOVERNS, REQUEST_TOO_LARGE, REQUEST_UNRELATED},
};

/// What a registry is checked for.
pub static ALL: &[&Check] = &[
    &NAME_INVALID,
    &NAME_COLLISION,
    &TREE_MALFORMED,
    &FILE_DIRECTORY_CONFLICT,
    &SYMLINK,
    &SUBMODULE,
    &FILE_MODE,
    &LFS_POINTER,
    &FILE_TOO_LARGE,
    &TOO_MANY_FILES,
    &UNEXPECTED_FILE,
    &ATTRIBUTES_CONVERT,
    &PUBLISHED_VERSION_CHANGED,
    &EVENT_CHANGED,
    &PACK_CHANGED,
    &REGISTRY_ID_CHANGED,
    &RECORD_UNREADABLE,
    &RECORD_ELSEWHERE,
    &RECORD_OF_ANOTHER_REGISTRY,
    &DIGEST_DIFFERS,
    &FILES_DIFFER,
    &ID_MOVED,
    &PATH_TAKEN,
    &PATH_DIFFERS,
    &PREVIOUS_UNKNOWN,
    &MANIFEST_UNREADABLE,
    &MANIFEST_DIFFERS,
    &CONTRACT_OWNED,
    &CONTRACT_CHANGED,
    &CONTRACT_COPY_DIFFERS,
    &COMPATIBILITY_MISSING,
    &COMPATIBILITY_DIFFERS,
    &EVIDENCE_MISSING,
    &EVIDENCE_DIFFERS,
    &EVIDENCE_DATE,
    &POLICY_DENIED,
    &EVENT_UNREADABLE,
    &EVENT_OUT_OF_PLACE,
    &EVENT_ORDER,
    &PUBLISHER_NOT_OWNER,
    &OWNERS_MISSING,
    &OWNERS_UNREADABLE,
    &RECORD_NOT_SIGNED,
    &SIGNATURE_INVALID,
    &MIXED_CHANGE,
    &GOVERNED_BY_OTHERS,
    &COMMIT_NOT_SIGNED,
    &SETTINGS_UNREADABLE,
    &POLICY_UNREADABLE,
    &POLICIES_UNUSABLE,
    &VOCABULARIES_UNREADABLE,
    &HISTORY_REWRITTEN,
    &BRANCH_DELETED,
    &REQUEST_UNRELATED,
    &REQUEST_CHANGES,
    &REQUEST_GOVERNS,
    &REQUEST_TOO_LARGE,
    &INDEX_DIFFERS,
];

/// The check with an id.
pub fn find(id: &str) -> Option<&'static Check> {
    ALL.iter().copied().find(|check| check.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_check_has_an_id_of_its_own_and_says_what_it_is_about() {
        let ids: BTreeSet<&str> = ALL.iter().map(|check| check.id).collect();
        assert_eq!(ids.len(), ALL.len());
        for check in ALL {
            let is_kebab = |b: u8| b.is_ascii_lowercase() || b == b'-';
            assert!(check.id.bytes().all(is_kebab), "{}", check.id);
            assert!(check.summary.ends_with('.'), "{}", check.id);
            assert!(check.docs.ends_with('.'), "{}", check.id);
            assert!(!check.help.ends_with('.'), "{}", check.id);
            assert!(check.help.starts_with(char::is_lowercase), "{}", check.id);
            assert_eq!(find(check.id).map(|found| found.id), Some(check.id));
        }
    }
}
