//! What git's messages mean.
//!
//! git has one exit code for every failure, so the text is all there is. A message that is not recognised here still
//! reaches the user, word for word, as [`Error::Git`]; nothing in the protocol relies on a failure being recognised,
//! because the remote is always read again.

use super::PushError;
use crate::{Error, location::RegistryLocation};
use std::process::Output;

/// The most of a message that is worth showing.
const LONGEST: usize = 1_000;

/// The remote has the ref locked or moved: another publisher was first.
const LOST_RACE: [&str; 8] = [
    "stale info",
    "fetch first",
    "non-fast-forward",
    "cannot lock ref",
    "failed to update ref",
    "failed to lock",
    "incorrect old value",
    "reference already exists",
];

const DENIED: [&str; 10] = [
    "authentication failed",
    "permission denied",
    "could not read username",
    "could not read password",
    "terminal prompts disabled",
    "returned error: 401",
    "returned error: 403",
    "access denied",
    "service not enabled",
    "invalid credentials",
];

/// What a remote says that was reached, but cannot store what it is sent.
const NOT_WRITABLE: [&str; 5] = [
    "permission denied",
    "read-only file system",
    "insufficient permission",
    "unable to create temporary object directory",
    "unable to migrate objects",
];

const HOST: [&str; 7] = [
    "certificate",
    "could not resolve host",
    "name or service not known",
    "temporary failure in name resolution",
    "unable to look up",
    "host key verification failed",
    "no address associated",
];

const NETWORK: [&str; 18] = [
    "connection refused",
    "connection reset",
    "connection closed",
    "connection timed out",
    "operation timed out",
    "broken pipe",
    "hung up",
    "early eof",
    "unexpected disconnect",
    "network is unreachable",
    "no route to host",
    "failed to connect",
    "couldn't connect",
    "unable to connect",
    "rpc failed",
    "returned error: 5",
    "remote failed to report status",
    "empty reply from server",
];

const MISSING: [&str; 5] = [
    "does not appear to be a git repository",
    "repository not found",
    "returned error: 404",
    "does not exist",
    "not found",
];

/// Turns the standard error of a failed command into an error.
pub(super) fn failure(location: &RegistryLocation, action: &'static str, stderr: &str) -> Error {
    let lower = stderr.to_lowercase();
    let has = |patterns: &[&str]| patterns.iter().any(|pattern| lower.contains(pattern));
    let detail = || detail(location, stderr);
    let shown = location.to_string();
    if has(&["dubious ownership"]) {
        Error::ForeignOwner { location: shown }
    } else if has(&["no space left", "disk full", "disk quota exceeded"]) {
        Error::DiskFull { detail: detail() }
    } else if has(&[
        "hash algorithm",
        "mismatched algorithms",
        "mismatched object format",
        "unknown object format",
    ]) {
        Error::Unsupported {
            location: shown,
            what: "the SHA-256 object format",
        }
    } else if has(&[
        "unknown repository extension",
        "unknown ref storage",
        "repo version is",
    ]) {
        Error::Unsupported {
            location: shown,
            what: "a repository format that the installed git does not know",
        }
    } else if has(&HOST) {
        Error::HostUnknown {
            location: shown,
            detail: detail(),
        }
    } else if has(&DENIED) {
        Error::AccessDenied {
            location: shown,
            detail: detail(),
        }
    } else if has(&MISSING) {
        match location.path() {
            Some(path) if path.exists() => Error::NotARepository { location: shown },
            _ => Error::NotFound {
                location: shown,
                detail: detail(),
            },
        }
    } else if has(&NETWORK) {
        Error::Network {
            location: shown,
            detail: detail(),
        }
    } else {
        Error::Git {
            action,
            detail: detail(),
        }
    }
}

/// Turns a failed `git push --porcelain` into the reason.
pub(super) fn push(location: &RegistryLocation, branch: &str, output: &Output) -> PushError {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    // `!<TAB><from>:<to><TAB>[remote rejected] (pre-receive hook declined)`
    let verdict = stdout.lines().find_map(|line| {
        line.strip_prefix("!\t")?
            .split_once('\t')
            .map(|(_, verdict)| verdict)
    });
    let Some(verdict) = verdict else {
        return PushError::Failed(failure(location, "publish", &stderr));
    };
    let reason = verdict
        .split_once('(')
        .map_or(verdict, |(_, reason)| reason.trim_end_matches(')'));
    let lower = format!("{verdict}\n{stderr}").to_lowercase();
    let has = |patterns: &[&str]| patterns.iter().any(|pattern| lower.contains(pattern));
    let shown = location.to_string();
    if has(&["checked out branch", "branch is currently checked out"]) {
        return PushError::Failed(Error::CheckedOut {
            location: shown,
            branch: branch.to_owned(),
        });
    }
    if has(&[
        "no space left",
        "disk full",
        "disk quota exceeded",
        "remote failed to report status",
    ]) {
        return PushError::Failed(failure(location, "publish", &lower));
    }
    let reason_lower = reason.to_lowercase();
    // Without a reason of the remote's, an unpacker that fails could not write.
    let unexplained =
        || reason_lower.contains("unpacker error") && remote_words(location, &stderr).is_none();
    if !reason_lower.contains("hook declined") && (has(&NOT_WRITABLE) || unexplained()) {
        return PushError::Failed(Error::NotWritable {
            location: shown,
            detail: detail(location, &stderr),
        });
    }
    if LOST_RACE
        .iter()
        .any(|pattern| reason_lower.contains(pattern))
    {
        return PushError::LostRace(
            remote_words(location, &stderr).unwrap_or_else(|| reason.to_owned()),
        );
    }
    let detail = match remote_words(location, &stderr) {
        Some(words) => format!("{words} ({})", clean(location, reason)),
        None => clean(location, reason),
    };
    PushError::Failed(Error::Refused {
        location: shown,
        branch: branch.to_owned(),
        detail,
    })
}

/// What the remote itself said, without git's words around it.
fn remote_words(location: &RegistryLocation, stderr: &str) -> Option<String> {
    let words: Vec<_> = stderr
        .lines()
        .filter_map(|line| line.strip_prefix("remote:"))
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    (!words.is_empty()).then(|| clean(location, &words.join("; ")))
}

/// The lines that say what happened, as one.
fn detail(location: &RegistryLocation, stderr: &str) -> String {
    const NOISE: [&str; 5] = [
        "hint:",
        "To ",
        "Please make sure you have the correct",
        "and the repository exists",
        "warning: ",
    ];
    let mut parts: Vec<&str> = Vec::new();
    for line in stderr.lines().map(str::trim) {
        let said = ["fatal:", "error:", "remote:"]
            .iter()
            .find_map(|prefix| line.strip_prefix(prefix))
            .unwrap_or(line);
        let said = said.trim().trim_end_matches('.');
        if !said.is_empty()
            && !NOISE.iter().any(|noise| line.starts_with(noise))
            && !parts.contains(&said)
        {
            parts.push(said);
        }
    }
    if parts.is_empty() {
        "git said nothing".to_owned()
    } else {
        clean(location, &parts.join("; "))
    }
}

/// Without credentials, and without control characters: this is the remote's text on the user's terminal.
fn clean(location: &RegistryLocation, text: &str) -> String {
    let printable: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let mut scrubbed = location.scrub(printable.trim());
    if let Some((cut, _)) = scrubbed.char_indices().nth(LONGEST) {
        scrubbed.truncate(cut);
        scrubbed.push('…');
    }
    scrubbed
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{path::Path, process::Command};

    fn location() -> RegistryLocation {
        match RegistryLocation::parse("https://me:s3cret@example.com/r.git", Path::new("/")) {
            Ok(location) => location,
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn messages_are_recognised() {
        let failure = |stderr: &str| failure(&location(), "read", stderr);
        for text in [
            "fatal: Authentication failed for 'https://example.com/r.git/'",
            "fatal: could not read Username for 'https://example.com': terminal prompts disabled",
            "git@example.com: Permission denied (publickey).\nfatal: Could not read from remote repository.",
            "fatal: unable to access 'https://example.com/r.git/': The requested URL returned error: 403",
        ] {
            assert!(
                matches!(failure(text), Error::AccessDenied { .. }),
                "{text}"
            );
        }
        for text in [
            "fatal: unable to access 'https://example.com/': Could not resolve host: example.com",
            "ssh: Could not resolve hostname example.com: Name or service not known",
            "Host key verification failed.\nfatal: Could not read from remote repository.",
        ] {
            assert!(matches!(failure(text), Error::HostUnknown { .. }), "{text}");
        }
        for text in [
            "fatal: unable to connect to localhost:\nlocalhost[0: 127.0.0.1]: errno=Connection refused",
            "fatal: the remote end hung up unexpectedly",
            "error: RPC failed; HTTP 502 curl 22 The requested URL returned error: 502",
        ] {
            assert!(matches!(failure(text), Error::Network { .. }), "{text}");
        }
        for text in [
            "fatal: repository 'https://example.com/r.git/' not found",
            "remote: Repository not found.",
        ] {
            assert!(matches!(failure(text), Error::NotFound { .. }), "{text}");
        }
        assert!(matches!(
            failure("fatal: write error: No space left on device"),
            Error::DiskFull { .. }
        ));
        assert!(matches!(failure("fatal: something new"), Error::Git { .. }));
    }

    #[test]
    fn what_the_remote_says_is_shown_without_secrets_or_control_characters() {
        let error = failure(
            &location(),
            "read",
            "remote: \u{1b}[31mno\nfatal: https://me:s3cret@example.com/r.git s3cret",
        );
        let text = error.to_string();
        assert!(
            !text.contains("s3cret") && !text.contains('\u{1b}'),
            "{text}"
        );
    }

    fn push_failure(verdict: &str, stderr: &str) -> PushError {
        let script =
            "printf '!\\t1:refs/heads/main\\t%s\\n' \"$1\"; printf '%s\\n' \"$2\" >&2; exit 1";
        match Command::new("sh")
            .args(["-c", script, "sh", verdict, stderr])
            .output()
        {
            Ok(output) => push(&location(), "main", &output),
            Err(error) => panic!("{error}"),
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_lost_race_is_told_from_a_refusal() {
        for verdict in [
            "[rejected] (stale info)",
            "[rejected] (fetch first)",
            "[remote rejected] (failed to update ref)",
            "[remote rejected] (cannot lock ref 'refs/heads/main': is at 1 but expected 2)",
            "[remote rejected] (incorrect old value provided)",
        ] {
            assert!(
                matches!(push_failure(verdict, ""), PushError::LostRace(_)),
                "{verdict}"
            );
        }
        let protected = push_failure(
            "[remote rejected] (protected branch hook declined)",
            "remote: error: GH006: Protected",
        );
        let PushError::Failed(Error::Refused { detail, .. }) = protected else {
            panic!("{protected:?}")
        };
        assert_eq!(
            detail,
            "error: GH006: Protected (protected branch hook declined)"
        );
        let cut = push_failure("[remote failure] (remote failed to report status)", "");
        assert!(
            matches!(cut, PushError::Failed(Error::Network { .. })),
            "{cut:?}"
        );
        let full = push_failure(
            "[remote rejected] (unpacker error)",
            "remote: fatal: write error: No space left on device",
        );
        assert!(
            matches!(full, PushError::Failed(Error::DiskFull { .. })),
            "{full:?}"
        );
        let large = push_failure(
            "[remote rejected] (unpacker error)",
            "remote: fatal: pack exceeds maximum allowed size",
        );
        assert!(
            matches!(large, PushError::Failed(Error::Refused { .. })),
            "{large:?}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_registry_that_cannot_be_written_to_is_named() {
        for (verdict, stderr) in [
            (
                "[remote rejected] (unpacker error)",
                "error: remote unpack failed: unpack-objects abnormal exit",
            ),
            (
                "[remote rejected] (unpacker error)",
                "remote: error: insufficient permission for adding an object to repository database ./objects",
            ),
            (
                "[remote rejected] (unable to migrate objects to permanent storage)",
                "",
            ),
            (
                "[remote rejected] (cannot lock ref 'refs/heads/main': Unable to create '/r/main.lock': Permission denied)",
                "",
            ),
        ] {
            let failed = push_failure(verdict, stderr);
            assert!(
                matches!(failed, PushError::Failed(Error::NotWritable { .. })),
                "{verdict}: {failed:?}"
            );
        }
    }
}
