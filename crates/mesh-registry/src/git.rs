//! The `git` command, the only way to and from a remote.
//!
//! It runs with the user's configuration, credentials and ssh set-up, but not with what would make a publish depend on
//! where it was started: the repository variables of a surrounding git process are removed, client hooks are off, and
//! only transports that cannot run arbitrary programs are allowed. Messages are asked for in English, because telling
//! a lost race from a refusal means reading them; that is all in [`classify`].

mod classify;
mod local;
mod said;

pub use said::Said;

use crate::{
    Error, RemoteError, Result, error::object, layout, location::RegistryLocation, plan::Publisher,
};
use git2::Oid;
use std::{
    collections::BTreeMap,
    env,
    ffi::OsStr,
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::OnceLock,
    thread,
};

/// `git fetch --no-write-fetch-head` (2.29), `git init --initial-branch` (2.28), and a release that had them a while.
const OLDEST: (u32, u32) = (2, 31);
const OLDEST_TEXT: &str = "2.31";

/// So many bytes of what git says are kept.
const MOST_SAID: u64 = 1 << 20;

/// Variables by which a git process tells its children which repository they are in. mesh may be run from a hook or an
/// alias, and must not take that repository for its cache. Configuration from the environment stays: CI systems pass
/// credentials that way.
const REPOSITORY_VARIABLES: [&str; 14] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INDEX_VERSION",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_NO_REPLACE_OBJECTS",
];

/// The transports that git may use, also when the user's `url.<base>.insteadOf` rewrites the location.
const TRANSPORTS: [&str; 5] = ["file", "git", "http", "https", "ssh"];

/// Settings for every command. Hooks are the server's business; maintenance would compete with the cache's readers.
const SETTINGS: [&str; 11] = [
    "core.hooksPath=/dev/null",
    "protocol.ext.allow=never",
    "gc.auto=0",
    "maintenance.auto=false",
    "fetch.recurseSubmodules=no",
    "fetch.writeCommitGraph=false",
    "push.followTags=false",
    "push.gpgSign=false",
    "push.recurseSubmodules=no",
    "submodule.recurse=false",
    "color.ui=false",
];

/// git, for one registry and its cache.
#[derive(Debug, Clone)]
pub(crate) struct Git {
    location: RegistryLocation,
    cache: PathBuf,
    interactive: bool,
}

/// What a remote's branches look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RemoteHead {
    /// There is no branch at all.
    Empty,
    /// The registry's branch and its tip.
    Branch {
        /// Without `refs/heads/`.
        name: String,
        /// The commit it points to.
        tip: Oid,
    },
}

/// What came of a push that the remote took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pushed {
    /// Where the host says that a request for the branch is opened, or is open.
    pub(crate) url: Option<String>,
}

/// Why a push did not change the branch, as far as the pusher can tell.
#[derive(Debug)]
pub(crate) enum PushError {
    /// Somebody else moved the branch first, or is about to: worth another attempt on the new tip.
    LostRace(String),
    /// Anything else.
    Failed(Error),
}

impl Git {
    /// What [`Git::fetch`] is called in errors.
    pub(crate) const FETCH: &str = "fetch the registry";

    /// git for a registry. `cache` is the bare repository to work in.
    pub(crate) fn new(location: &RegistryLocation, cache: PathBuf, interactive: bool) -> Self {
        Self {
            location: location.clone(),
            cache,
            interactive,
        }
    }

    /// Asks the remote for its branch and tip. `remembered` is the branch that it had last time.
    pub(crate) fn remote_head(&self, remembered: Option<&str>) -> Result<RemoteHead> {
        let listed = self.list_remote(&["--symref"], Some("HEAD"))?;
        let mut symref = None;
        let mut head = None;
        for (left, name) in lines(&listed).filter(|(_, name)| *name == "HEAD") {
            match left.strip_prefix("ref: refs/heads/") {
                Some(branch) => symref = Some(branch.to_owned()),
                None if name == "HEAD" => head = Some(self.oid(left)?),
                None => {}
            }
        }
        if let (Some(name), Some(tip)) = (symref, head) {
            return Ok(RemoteHead::Branch { name, tip });
        }
        // HEAD is detached, or names a branch that does not exist, or the server is too old to say which.
        let listed = self.list_remote(&["--heads"], None)?;
        let mut branches = Vec::new();
        for (left, name) in lines(&listed) {
            if let Some(branch) = name.strip_prefix("refs/heads/")
                // What is to be merged is never the registry itself.
                && !branch.starts_with(layout::REQUESTS)
            {
                branches.push((branch.to_owned(), self.oid(left)?));
            }
        }
        if branches.is_empty() && head.is_none() {
            check_version()?;
            return Ok(RemoteHead::Empty);
        }
        let only = (branches.len() == 1).then(|| branches[0].0.clone());
        let usual = [remembered, only.as_deref(), Some("main"), Some("master")];
        for name in usual.into_iter().flatten() {
            if let Some((name, tip)) = branches.iter().find(|(branch, _)| branch == name) {
                return Ok(RemoteHead::Branch {
                    name: name.clone(),
                    tip: *tip,
                });
            }
        }
        let branches = match branches.len() {
            0 => "no branches".to_owned(),
            count => format!("{count} branches, none of them `main` or `master`"),
        };
        Err(Error::NoBranch {
            location: self.location.to_string(),
            branches,
        })
    }

    /// The remote's branches whose names begin with `prefix`, by name.
    pub(crate) fn branches(&self, prefix: &str) -> Result<BTreeMap<String, Oid>> {
        let listed = self.list_remote(&["--heads"], Some(&format!("refs/heads/{prefix}*")))?;
        let mut branches = BTreeMap::new();
        for (left, name) in lines(&listed) {
            // A pattern also fits where a name only ends like it.
            if let Some(branch) = name.strip_prefix("refs/heads/")
                && branch.starts_with(prefix)
            {
                branches.insert(branch.to_owned(), self.oid(left)?);
            }
        }
        Ok(branches)
    }

    fn list_remote(&self, options: &[&str], pattern: Option<&str>) -> Result<String> {
        let url = self.location.git_url();
        let mut command = self.command();
        command
            .arg("ls-remote")
            .args(options)
            .arg("--")
            .arg(url)
            .args(pattern);
        let output = self.run(&mut command)?;
        if !output.status.success() {
            return Err(self.classify("read the registry", &output));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn oid(&self, text: &str) -> Result<Oid> {
        match text.len() {
            40 => Oid::from_str(text).map_err(object("read an object id")),
            _ => Err(Error::Remote(RemoteError::Unsupported {
                location: self.location.to_string(),
                what: "the SHA-256 object format",
            })),
        }
    }

    /// Brings the branch and its whole history into the cache. No reference is written: what the cache remembers is
    /// decided after the history was checked.
    pub(crate) fn fetch(&self, branch: &str) -> Result<()> {
        self.fetch_all(&[branch])
    }

    /// As [`Git::fetch`], for several branches at once: all or none.
    pub(crate) fn fetch_all(&self, branches: &[&str]) -> Result<()> {
        let mut command = self.command();
        command
            .args([
                "fetch",
                "--quiet",
                "--no-tags",
                "--no-write-fetch-head",
                "--no-auto-gc",
                "--",
            ])
            .arg(self.location.git_url())
            .args(branches.iter().map(|branch| format!("refs/heads/{branch}")));
        let output = self.run(&mut command)?;
        if output.status.success() {
            Ok(())
        } else {
            Err(self.classify(Self::FETCH, &output))
        }
    }

    /// Packs the cache's objects when there are many by git's own measure. It is only for speed, so it may fail.
    ///
    /// What nobody refers to is removed after an hour: commits that were not published after all, and those of others
    /// that were only looked at. Nothing else in the cache is unreferenced for as long.
    pub(crate) fn maintain(&self) {
        if !has_many_objects(&self.cache.join("objects")) {
            return;
        }
        let mut command = self.command();
        command.args([
            "-c",
            "gc.auto=6700",
            "-c",
            "gc.autoDetach=false",
            "-c",
            "gc.pruneExpire=1.hour.ago",
            "gc",
            "--auto",
            "--quiet",
        ]);
        let _ = self.run(&mut command);
    }

    /// Moves the branch from `old` (`None`: it must not exist) to `new`, if it still is at `old`.
    pub(crate) fn push(
        &self,
        branch: &str,
        old: Option<Oid>,
        new: Oid,
    ) -> Result<Pushed, PushError> {
        if let (Some(path), Some(old)) = (self.location.path(), old)
            && local::push(self, path, branch, old, new)
        {
            return Ok(Pushed { url: None });
        }
        let expected = old.map(|oid| oid.to_string()).unwrap_or_default();
        let mut command = self.command();
        command
            .args(["push", "--porcelain", "--no-follow-tags"])
            .arg(format!("--force-with-lease=refs/heads/{branch}:{expected}"))
            .arg("--")
            .arg(self.location.git_url())
            .arg(format!("{new}:refs/heads/{branch}"));
        let output = self.run(&mut command).map_err(PushError::Failed)?;
        if output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Ok(Pushed {
                url: classify::request_url(&self.location, &said),
            });
        }
        Err(classify::push(&self.location, branch, &output))
    }

    /// Removes branches, each if it still is at the commit that stands beside it, and gives those that are gone now.
    pub(crate) fn remove(&self, branches: &[(&str, &str)]) -> Vec<String> {
        if branches.is_empty() {
            return Vec::new();
        }
        let mut command = self.command();
        command.args(["push", "--porcelain", "--no-follow-tags"]);
        for (branch, commit) in branches {
            command.arg(format!("--force-with-lease=refs/heads/{branch}:{commit}"));
        }
        command.arg("--").arg(self.location.git_url());
        for (branch, _) in branches {
            command.arg(format!(":refs/heads/{branch}"));
        }
        // `-<TAB>:refs/heads/<branch><TAB>[deleted]`; some may be gone while others are not.
        let output = self.run(&mut command).map(|output| output.stdout);
        let output = output.unwrap_or_default();
        let output = String::from_utf8_lossy(&output);
        let removed = output.lines().filter_map(|line| {
            let (branch, _) = line.strip_prefix("-\t:refs/heads/")?.split_once('\t')?;
            Some(branch.to_owned())
        });
        removed.collect()
    }

    /// The branch that the HEAD of an empty remote names. Only a clone asks servers for it.
    pub(crate) fn unborn_branch(&self, scratch: &Path) -> Result<String> {
        let target = scratch.join("unborn");
        // Left over from a process that was killed.
        if target.exists() {
            fs::remove_dir_all(&target).map_err(crate::error::io("remove", &target))?;
        }
        let mut command = self.base_command();
        command
            .args(["clone", "--quiet", "--bare", "--template=", "--"])
            .arg(self.location.git_url())
            .arg(&target);
        let output = self.run(&mut command)?;
        let head = fs::read_to_string(target.join("HEAD"));
        // Best effort: it is in the cache, and the next call removes it.
        let _ = fs::remove_dir_all(&target);
        if !output.status.success() {
            return Err(self.classify("read the registry", &output));
        }
        let branch = head
            .ok()
            .and_then(|head| Some(head.trim().strip_prefix("ref: refs/heads/")?.to_owned()));
        Ok(branch.unwrap_or_else(|| "main".to_owned()))
    }

    /// Creates a bare repository. `directory` must not exist or be empty.
    pub(crate) fn init_bare(&self, directory: &Path) -> Result<()> {
        let mut command = self.base_command();
        command
            .args([
                "init",
                "--quiet",
                "--bare",
                "--initial-branch=main",
                "--object-format=sha1",
                "--template=",
                "--",
            ])
            .arg(directory);
        let output = self.run(&mut command)?;
        if output.status.success() {
            Ok(())
        } else {
            Err(self.classify("create the repository", &output))
        }
    }

    /// Who commits, by git's own rules (environment, then the configuration of the current directory, then the user's),
    /// except that git's guess from the host name does not count.
    pub(crate) fn identity(&self) -> Result<Publisher> {
        let mut command = plain_command();
        command.args([
            "-c",
            "user.useConfigOnly=true",
            "var",
            "GIT_COMMITTER_IDENT",
        ]);
        let output = self.run(&mut command)?;
        let text = String::from_utf8_lossy(&output.stdout);
        // `Name <email> 1700000000 +0000`
        let identity = text
            .split_once(" <")
            .and_then(|(name, rest)| Some((name.trim(), rest.split_once('>')?.0)));
        match identity {
            Some((name, email)) if output.status.success() && !name.is_empty() => Ok(Publisher {
                name: name.to_owned(),
                email: email.to_owned(),
            }),
            _ => check_version().and(Err(Error::NoIdentity)),
        }
    }

    /// What git signs commits with, if it does so with SSH keys: `user.signingkey`, with a leading `~` resolved.
    pub(crate) fn signing_key() -> Result<Option<String>> {
        let get = |arguments: &[&str]| -> Result<Option<String>> {
            let mut command = plain_command();
            command.arg("config").args(arguments);
            let output = command.output().map_err(|error| start_error(&error))?;
            let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            Ok((output.status.success() && !text.is_empty()).then_some(text))
        };
        if get(&["--get", "gpg.format"])?.as_deref() != Some("ssh") {
            return Ok(None);
        }
        get(&["--type=path", "--get", "user.signingkey"])
    }

    /// A command that works on the cache.
    fn command(&self) -> Command {
        let mut command = self.base_command();
        command.current_dir(&self.cache).env("GIT_DIR", &self.cache);
        command
    }

    fn base_command(&self) -> Command {
        let mut command = plain_command();
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command.env("GIT_ALLOW_PROTOCOL", allowed_transports());
        // For repositories that are created: reftable is for those who choose it, most tools cannot read it yet.
        command.env("GIT_DEFAULT_REF_FORMAT", "files");
        if self.interactive {
            command.stdin(Stdio::inherit());
        } else {
            command
                .env("GIT_TERMINAL_PROMPT", "0")
                .env("GCM_INTERACTIVE", "never");
            // ssh asks on the terminal, whatever git's standard input is. A command of the user's own is kept.
            let own = ["GIT_SSH_COMMAND", "GIT_SSH"]
                .iter()
                .any(|name| env::var_os(name).is_some());
            if self.location.is_ssh() && !own && !has_ssh_setting() {
                command.env("GIT_SSH_COMMAND", "ssh -o BatchMode=yes");
            }
        }
        command
    }

    /// Runs a command. If it fails, that may be for lack of what a newer git has: then this is the error.
    #[expect(clippy::unused_self, reason = "reads better at the call sites")]
    fn run(&self, command: &mut Command) -> Result<Output> {
        let output = output(command).map_err(|error| start_error(&error))?;
        if !output.status.success() {
            check_version()?;
        }
        Ok(output)
    }

    fn classify(&self, action: &'static str, output: &Output) -> Error {
        classify::failure(
            &self.location,
            action,
            &String::from_utf8_lossy(&output.stderr),
        )
    }
}

/// As [`Command::output`], but of what stands on standard error, only so much is kept: it is the remote that says it.
fn output(command: &mut Command) -> io::Result<Output> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut said = child.stderr.take();
    let reader = thread::spawn(move || {
        let mut kept = Vec::new();
        if let Some(said) = &mut said {
            said.by_ref().take(MOST_SAID).read_to_end(&mut kept)?;
            io::copy(said, &mut io::sink())?;
        }
        Ok(kept)
    });
    let output = child.wait_with_output()?;
    let stderr = reader
        .join()
        .unwrap_or_else(|_| Err(io::Error::other("what git says cannot be read")))?;
    Ok(Output { stderr, ..output })
}

fn plain_command() -> Command {
    let mut command = Command::new("git");
    for variable in REPOSITORY_VARIABLES {
        command.env_remove(variable);
    }
    command
        .env("LC_ALL", "C")
        .env_remove("LANGUAGE")
        .stdin(Stdio::null());
    command
}

/// Whether git would pack the objects in a directory, by what it looks at itself: one of the 256 directories of loose
/// objects, and the number of packs. Asking git takes a process each time.
fn has_many_objects(objects: &Path) -> bool {
    const LOOSE: usize = 6700 / 256;
    const PACKS: usize = 50;
    let count = |directory: &str, end: &str| {
        let entries = fs::read_dir(objects.join(directory)).into_iter().flatten();
        let names = entries.flatten().map(|entry| entry.file_name());
        names
            .filter(|name| name.to_string_lossy().ends_with(end))
            .count()
    };
    count("17", "") > LOOSE || count("pack", ".pack") > PACKS
}

/// Makes sure that the installed git is new enough.
///
/// It is asked when something went wrong, and not before: that would be a process for each command. A git that is too old
/// does not know the options that are used here, and fails, but for one that is hardly older and happens to do.
fn check_version() -> Result<()> {
    let output = plain_command()
        .arg("version")
        .output()
        .map_err(|error| start_error(&error))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let found = text
        .trim()
        .strip_prefix("git version ")
        .unwrap_or(text.trim());
    let mut numbers = found
        .split(['.', ' '])
        .map_while(|part| part.parse::<u32>().ok());
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if version >= OLDEST {
        return Ok(());
    }
    Err(Error::GitTooOld {
        found: found.to_owned(),
        needed: OLDEST_TEXT,
    })
}

fn start_error(error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::NotFound => Error::GitMissing,
        _ => Error::Git {
            action: "be started",
            detail: error.to_string(),
        },
    }
}

/// Ours, and of those only what the user allows.
fn allowed_transports() -> String {
    let user = env::var("GIT_ALLOW_PROTOCOL").ok();
    let allowed = |name: &&str| {
        user.as_ref()
            .is_none_or(|user| user.split(':').any(|one| one == *name))
    };
    TRANSPORTS
        .into_iter()
        .filter(allowed)
        .collect::<Vec<_>>()
        .join(":")
}

/// Whether the user has a command for ssh; asked once.
fn has_ssh_setting() -> bool {
    static HAS: OnceLock<bool> = OnceLock::new();
    *HAS.get_or_init(|| {
        let key: &OsStr = "core.sshCommand".as_ref();
        plain_command()
            .args(["config", "--get"])
            .arg(key)
            .output()
            .is_ok_and(|output| output.status.success())
    })
}

/// The `<left>TAB<name>` lines of `git ls-remote`.
fn lines(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter_map(|line| line.split_once('\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_packed_when_there_are_many() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let objects = folder.path();
        assert!(!has_many_objects(objects));
        for (directory, end, most) in [("17", "", 26), ("pack", ".pack", 50)] {
            fs::create_dir(objects.join(directory))?;
            for number in 0..most {
                fs::write(objects.join(directory).join(format!("{number}{end}")), "")?;
                if directory == "pack" {
                    // A pack is several files.
                    fs::write(objects.join(format!("pack/{number}.idx")), "")?;
                }
            }
            assert!(!has_many_objects(objects), "{directory}");
            let one_more = objects.join(directory).join(format!("one-more{end}"));
            fs::write(&one_more, "")?;
            assert!(has_many_objects(objects), "{directory}");
            fs::remove_file(one_more)?;
        }
        Ok(())
    }
}
