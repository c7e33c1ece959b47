//! What git's messages mean.
//!
//! git has one exit code for every failure, so the text is all there is. A message that is not recognised here still
//! reaches the user, word for word, as [`Error::Git`]; nothing in the protocol relies on a failure being recognised,
//! because the remote is always read again.

use super::{
    PushError,
    said::{self, Said},
};
use crate::{Error, RemoteError, location::RegistryLocation};
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

const NETWORK: [&str; 19] = [
    "connection refused",
    "connection reset",
    "connection closed",
    "connection timed out",
    "operation timed out",
    // What `http.lowSpeedLimit` puts an end to.
    "operation too slow",
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

/// How hosts say that a branch takes what is new through requests only. A hook of somebody's own may say no for any
/// reason, so that only these count; what they say is looked for in one line of text, in lower case.
const PROTECTED: [&str; 8] = [
    // GitHub, branch protection.
    "gh006:",
    "protected branch hook declined",
    // GitLab: a protected branch, and one whose code has owners.
    "you are not allowed to push code to protected branches",
    "pushes to protected branches that contain changes to files that match",
    // Gitea and Forgejo.
    "not allowed to push to protected branch",
    // Bitbucket Data Center and Cloud.
    "can only be modified through pull requests",
    "permission denied to update branch",
    // Azure Repos.
    "tf402455:",
];

/// GitHub's rulesets are about many things, and these are the rules that a request gets by.
const RULESET: &str = "gh013:";
const RULES_FOR_REQUESTS: [&str; 6] = [
    "changes must be made through",
    "cannot update this protected ref",
    "required status check",
    "required workflow",
    "required deployment",
    "waiting for code scanning",
];

/// What no way around is to be looked for: something in the commit is a secret, says GitHub.
const SECRETS: [&str; 2] = ["push protection", "cannot contain secrets"];

/// How hosts announce where a request is opened, or which one is open. The URL is on this line or one of the next.
const REQUEST: [&str; 2] = ["pull request", "merge request"];

/// The longest URL that is worth showing.
const LONGEST_URL: usize = 2_000;

/// Turns the standard error of a failed command into an error.
pub(super) fn failure(location: &RegistryLocation, action: &'static str, stderr: &str) -> Error {
    let lower = stderr.to_lowercase();
    let has = |patterns: &[&str]| patterns.iter().any(|pattern| lower.contains(pattern));
    let detail = || detail(location, stderr);
    let shown = location.to_string();
    if has(&["dubious ownership"]) {
        Error::Remote(RemoteError::ForeignOwner { location: shown })
    } else if has(&["no space left", "disk full", "disk quota exceeded"]) {
        Error::DiskFull { detail: detail() }
    } else if has(&[
        "hash algorithm",
        "mismatched algorithms",
        "mismatched object format",
        "unknown object format",
    ]) {
        Error::Remote(RemoteError::Unsupported {
            location: shown,
            what: "the SHA-256 object format",
        })
    } else if has(&[
        "unknown repository extension",
        "unknown ref storage",
        "repo version is",
    ]) {
        Error::Remote(RemoteError::Unsupported {
            location: shown,
            what: "a repository format that the installed git does not know",
        })
    } else if has(&HOST) {
        Error::Remote(RemoteError::HostUnknown {
            location: shown,
            detail: detail(),
        })
    } else if has(&DENIED) {
        Error::Remote(RemoteError::AccessDenied {
            location: shown,
            detail: detail(),
        })
    } else if has(&MISSING) {
        match location.path() {
            Some(path) if path.exists() => {
                Error::Remote(RemoteError::NotARepository { location: shown })
            }
            _ => Error::Remote(RemoteError::NotFound {
                location: shown,
                detail: detail(),
            }),
        }
    } else if has(&NETWORK) {
        Error::Remote(RemoteError::Network {
            location: shown,
            detail: detail(),
        })
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
    let said = Said::new(location, &stderr);
    let refused = |said| {
        PushError::Failed(Error::Remote(RemoteError::Refused {
            location: location.to_string(),
            branch: branch.to_owned(),
            detail: clean(location, reason),
            said,
        }))
    };
    // What a hook of mesh's found quotes what was pushed, which may hold any of the words that are looked for below.
    if said.is_verdict() {
        return refused(said);
    }
    if has(&["checked out branch", "branch is currently checked out"]) {
        return PushError::Failed(Error::Remote(RemoteError::CheckedOut {
            location: shown,
            branch: branch.to_owned(),
        }));
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
    if is_protected(reason, &stderr) {
        return PushError::Failed(Error::Remote(RemoteError::Protected {
            location: shown,
            branch: branch.to_owned(),
            detail: clean(location, reason),
            said,
        }));
    }
    // A branch is a file, and its name the path to it: no waiting makes room.
    if has(&["exists; cannot create"]) {
        return refused(said);
    }
    // Without a reason of the remote's, an unpacker that fails could not write.
    let unexplained =
        || reason_lower.contains("unpacker error") && remote_words(location, &stderr).is_none();
    if !reason_lower.contains("hook declined") && (has(&NOT_WRITABLE) || unexplained()) {
        return PushError::Failed(Error::Remote(RemoteError::NotWritable {
            location: shown,
            detail: detail(location, &stderr),
        }));
    }
    if LOST_RACE
        .iter()
        .any(|pattern| reason_lower.contains(pattern))
    {
        return PushError::LostRace(
            remote_words(location, &stderr).unwrap_or_else(|| reason.to_owned()),
        );
    }
    refused(said)
}

/// Whether the remote refused an update because its branch takes what is new through requests only.
fn is_protected(reason: &str, stderr: &str) -> bool {
    // Hosts break lines where they like.
    let remote = stderr
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("remote:"));
    let said: String = remote.chain([reason]).fold(String::new(), |said, line| {
        said + line.trim().to_lowercase().as_str() + " "
    });
    let has = |patterns: &[&str]| patterns.iter().any(|pattern| said.contains(pattern));
    !has(&SECRETS) && (has(&PROTECTED) || has(&[RULESET]) && has(&RULES_FOR_REQUESTS))
}

/// The URL at which a request for a pushed branch is opened, or the one that is open, if the host says so.
pub(super) fn request_url(location: &RegistryLocation, stderr: &str) -> Option<String> {
    let lines = stderr
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("remote:"))
        .map(str::trim);
    // Hosts announce other things as well, each with a URL of its own.
    let mut is_announced = false;
    for line in lines.filter(|line| !line.is_empty()) {
        let url = line.split_whitespace().find_map(shown_url);
        let lower = line.to_lowercase();
        is_announced = REQUEST.iter().any(|words| lower.contains(words))
            || (is_announced && (url.is_some() || lower.ends_with(':')));
        if let Some(url) = url.filter(|_| is_announced) {
            // The remote may have been told the credentials, and have put them there.
            return (location.scrub(url) == url && !has_user(url)).then(|| url.to_owned());
        }
    }
    None
}

/// A word that is an http(s) URL and can be shown as it is.
fn shown_url(word: &str) -> Option<&str> {
    let rest = ["https://", "http://"]
        .iter()
        .find_map(|scheme| word.strip_prefix(scheme))?;
    let is_plain = |b: u8| b.is_ascii_graphic() && !b"\"'<>\\`".contains(&b);
    let is_shown = rest
        .bytes()
        .next()
        .is_some_and(|b| b.is_ascii_alphanumeric() || b == b'[')
        && word.len() <= LONGEST_URL
        && word.bytes().all(is_plain);
    is_shown.then_some(word)
}

fn has_user(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.contains('@')
}

/// What the remote itself said, without git's words around it.
fn remote_words(location: &RegistryLocation, stderr: &str) -> Option<String> {
    let words: Vec<_> = said::words(stderr)
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
                matches!(
                    failure(text),
                    Error::Remote(RemoteError::AccessDenied { .. })
                ),
                "{text}"
            );
        }
        for text in [
            "fatal: unable to access 'https://example.com/': Could not resolve host: example.com",
            "ssh: Could not resolve hostname example.com: Name or service not known",
            "Host key verification failed.\nfatal: Could not read from remote repository.",
        ] {
            assert!(
                matches!(
                    failure(text),
                    Error::Remote(RemoteError::HostUnknown { .. })
                ),
                "{text}"
            );
        }
        for text in [
            "fatal: unable to connect to localhost:\nlocalhost[0: 127.0.0.1]: errno=Connection refused",
            "fatal: the remote end hung up unexpectedly",
            "error: RPC failed; HTTP 502 curl 22 The requested URL returned error: 502",
        ] {
            assert!(
                matches!(failure(text), Error::Remote(RemoteError::Network { .. })),
                "{text}"
            );
        }
        for text in [
            "fatal: repository 'https://example.com/r.git/' not found",
            "remote: Repository not found.",
        ] {
            assert!(
                matches!(failure(text), Error::Remote(RemoteError::NotFound { .. })),
                "{text}"
            );
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
        let refused = push_failure(
            "[remote rejected] (pre-receive hook declined)",
            "remote: main is closed over the holidays",
        );
        let PushError::Failed(refused @ Error::Remote(RemoteError::Refused { .. })) = refused
        else {
            panic!("{refused:?}")
        };
        assert!(!refused.is_refusal());
        assert!(
            refused.to_string().ends_with(
                "refused the update of `main`: pre-receive hook declined\n  main is closed over the holidays"
            ),
            "{refused}"
        );
        let cut = push_failure("[remote failure] (remote failed to report status)", "");
        assert!(
            matches!(
                cut,
                PushError::Failed(Error::Remote(RemoteError::Network { .. }))
            ),
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
            matches!(
                large,
                PushError::Failed(Error::Remote(RemoteError::Refused { .. }))
            ),
            "{large:?}"
        );
    }

    /// Whoever publishes chooses the names that a hook quotes.
    #[cfg(unix)]
    #[test]
    fn what_a_hook_of_mesh_quotes_is_not_taken_for_something_else() {
        for quoted in [
            "no space left",
            "permission denied",
            "GH006: protected branch hook declined",
            "remote failed to report status",
            "branch is currently checked out",
        ] {
            let refused = push_failure(
                DECLINED,
                &format!(
                    "remote: {} to main: 1 error\nremote: x: `{quoted}`",
                    crate::VERDICT
                ),
            );
            let PushError::Failed(refused @ Error::Remote(RemoteError::Refused { .. })) = refused
            else {
                panic!("{quoted}: {refused:?}")
            };
            assert!(refused.is_refusal() && refused.to_string().contains(quoted));
        }
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
                matches!(
                    failed,
                    PushError::Failed(Error::Remote(RemoteError::NotWritable { .. }))
                ),
                "{verdict}: {failed:?}"
            );
        }
    }

    const DECLINED: &str = "[remote rejected] (pre-receive hook declined)";
    const RULES: &str = "[remote rejected] (push declined due to repository rule violations)";

    fn github(rules: &str) -> String {
        format!(
            "remote: error: GH013: Repository rule violations found for refs/heads/main.        \nremote: Review \
             all repository rules at https://github.com/acme/registry/rules?ref=refs%2Fheads%2Fmain        \n\
             remote: \n{rules}remote: \n"
        )
    }

    /// What hosts say when a branch takes requests only: git's verdict, and what stands on standard error.
    #[cfg(unix)]
    #[test]
    fn a_protected_branch_is_recognised() {
        let protected = [
            (
                "[remote rejected] (protected branch hook declined)",
                "remote: error: GH006: Protected branch update failed for refs/heads/main.        \nremote: \n\
                 remote: - Changes must be made through a pull request.        \n"
                    .to_owned(),
            ),
            (
                "[remote rejected] (protected branch hook declined)",
                "remote: error: GH006: Protected branch update failed for refs/heads/main.\n\
                 remote: error: At least 1 approving review is required by reviewers with write access."
                    .to_owned(),
            ),
            (
                RULES,
                github("remote: - Changes must be made through a pull request.        \n"),
            ),
            (
                RULES,
                github("remote: - Changes must be made through the merge queue\n"),
            ),
            (RULES, github("remote: - Cannot update this protected ref.\n")),
            (
                RULES,
                github("remote: - Required status check \"verify\" is expected.\n"),
            ),
            (
                DECLINED,
                "remote: GitLab: You are not allowed to push code to protected branches on this project.        \n"
                    .to_owned(),
            ),
            (
                DECLINED,
                "remote: GitLab: Pushes to protected branches that contain changes to files that        \nremote: match \
                 patterns defined in `CODEOWNERS` are disabled for        \nremote: this project. Please submit these \
                 changes via a merge request.        \nremote: \nremote: The following pattern(s) from `CODEOWNERS` were \
                 matched:        \nremote: - /products/        \n"
                    .to_owned(),
            ),
            (
                DECLINED,
                "remote: \nremote: Gitea: Not allowed to push to protected branch main        \n".to_owned(),
            ),
            (
                DECLINED,
                "remote: Forgejo: Not allowed to push to protected branch main        \n".to_owned(),
            ),
            (
                DECLINED,
                "remote: ----------------------------------------------------\n\
                 remote: Branch refs/heads/main can only be modified through pull requests.\n\
                 remote: Check your branch permissions configuration with the project administrator.\n\
                 remote: ----------------------------------------------------\n"
                    .to_owned(),
            ),
            (
                DECLINED,
                "remote: Permission denied to update branch main.        \n".to_owned(),
            ),
            (
                "[remote rejected] (TF402455: Pushes to this branch are not permitted; you must use a pull request to \
                 update this branch.)",
                String::new(),
            ),
        ];
        for (verdict, stderr) in &protected {
            let failed = push_failure(verdict, stderr);
            assert!(
                matches!(
                    failed,
                    PushError::Failed(Error::Remote(RemoteError::Protected { .. }))
                ),
                "{verdict}: {stderr}: {failed:?}"
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn another_refusal_is_not_taken_for_a_protected_branch() {
        let refused = [
            (
                DECLINED,
                "remote: main is protected by our own hook".to_owned(),
            ),
            (DECLINED, "remote: record.json is not signed".to_owned()),
            // No right to push anything.
            (
                DECLINED,
                "remote: GitLab: You are not allowed to push code to this project.        "
                    .to_owned(),
            ),
            // About what is in the commit, which is the same on another branch.
            (
                RULES,
                github(
                    "remote: - GITHUB PUSH PROTECTION\nremote:   -----\nremote:     Resolve the following violations before \
                     pushing again\nremote: \nremote:     - Push cannot contain secrets\nremote: - Changes must be made \
                     through a pull request.\n",
                ),
            ),
            (
                RULES,
                github("remote: - Commit message must match the pattern: ^[A-Z]+-\n"),
            ),
            (
                "[remote rejected] (TF401027: You need the Git 'GenericContribute' permission to perform this action.)",
                String::new(),
            ),
            (
                "[remote rejected] (cannot lock ref 'refs/heads/mesh/publish/d/p/1.0.0-01234567': 'refs/heads/mesh' \
                 exists; cannot create 'refs/heads/mesh/publish/d/p/1.0.0-01234567')",
                String::new(),
            ),
        ];
        for (verdict, stderr) in &refused {
            let failed = push_failure(verdict, stderr);
            assert!(
                matches!(
                    failed,
                    PushError::Failed(Error::Remote(RemoteError::Refused { .. }))
                ),
                "{verdict}: {stderr}: {failed:?}"
            );
        }
    }

    #[test]
    fn where_a_request_is_opened_is_found_in_what_the_host_says() {
        let found = |stderr: &str| request_url(&location(), stderr);
        for (said, url) in [
            (
                "remote: \nremote: Create a pull request for 'mesh/publish/d/p/1.0.0-01234567' on GitHub by visiting:        \n\
                 remote:      https://github.com/acme/registry/pull/new/mesh/publish/d/p/1.0.0-01234567        \nremote: \n\
                 To github.com:acme/registry.git\n",
                "https://github.com/acme/registry/pull/new/mesh/publish/d/p/1.0.0-01234567",
            ),
            (
                // The other announcement comes first, and has a URL as well.
                "remote: GitHub found 2 vulnerabilities on acme/registry's default branch (1 high). To find out more, visit:        \n\
                 remote:      https://github.com/acme/registry/security/dependabot        \nremote: \n\
                 remote: Create a pull request for 'x' on GitHub by visiting:        \n\
                 remote:      https://github.com/acme/registry/pull/new/x        \n",
                "https://github.com/acme/registry/pull/new/x",
            ),
            (
                "remote: \nremote: To create a merge request for x, visit:        \n\
                 remote:   https://gitlab.com/acme/registry/-/merge_requests/new?merge_request%5Bsource_branch%5D=mesh%2Fx        \n",
                "https://gitlab.com/acme/registry/-/merge_requests/new?merge_request%5Bsource_branch%5D=mesh%2Fx",
            ),
            (
                "remote: View merge request for x:        \nremote:   https://gitlab.com/acme/registry/-/merge_requests/12        \n",
                "https://gitlab.com/acme/registry/-/merge_requests/12",
            ),
            (
                "remote: \nremote: Create a new pull request for 'x':        \n\
                 remote:   https://gitea.example.com/acme/registry/compare/main...x        \nremote: \n\
                 remote: . Processing 1 references        \nremote: Processed 1 references in total        \n",
                "https://gitea.example.com/acme/registry/compare/main...x",
            ),
            (
                "remote: Visit the existing pull request:\nremote:   http://forgejo.local:3000/acme/registry/pulls/3\n",
                "http://forgejo.local:3000/acme/registry/pulls/3",
            ),
            (
                "remote: Create pull request for x:        \n\
                 remote:   https://bitbucket.org/acme/registry/pull-requests/new?source=x&t=1        \n",
                "https://bitbucket.org/acme/registry/pull-requests/new?source=x&t=1",
            ),
            (
                "remote: Create pull request for x:\n\
                 remote:   https://bitbucket.acme.com/projects/D/repos/r/pull-requests?create&sourceBranch=refs%2Fheads%2Fx\n",
                "https://bitbucket.acme.com/projects/D/repos/r/pull-requests?create&sourceBranch=refs%2Fheads%2Fx",
            ),
        ] {
            assert_eq!(found(said).as_deref(), Some(url), "{said}");
        }
        for said in [
            // Azure Repos says nothing of requests.
            "remote: Analyzing objects... (3/3) (4 ms)\nremote: Storing packfile... done (32 ms)\n",
            "remote: See https://status.example.com/ for maintenance\n",
            // Not the remote's words.
            "Create a pull request: https://example.com/new\n",
            // Not to be opened, or not to be shown.
            "remote: Create a pull request:\nremote:   ext::sh -c x\n",
            "remote: Create a pull request:\nremote:   javascript://example.com/x\n",
            "remote: Create a pull request:\nremote:   https://example.com/\u{1b}[31m\n",
            "remote: Create a pull request:\nremote:   https://example.com/\u{202e}x\n",
            "remote: Create a pull request:\nremote:   https://me:s3cret@example.com/new\n",
            "remote: Create a pull request:\nremote:   https://example.com/new?token=s3cret\n",
            "remote: Create a pull request:\nremote:   https:///new\n",
        ] {
            assert_eq!(found(said), None, "{said}");
        }
        let long = format!(
            "remote: Create a pull request:\nremote: https://example.com/{}\n",
            "x".repeat(3_000)
        );
        assert_eq!(found(&long), None);
    }
}
