//! Moving a branch of a repository on the same disk, without a server's check of the whole registry.
//!
//! `git push` starts a server also for a path, and that server looks whether anything that the new commit refers to is
//! missing. For this it reads every directory of the old tip, all of the registry, however little is new: some 0.4 s of
//! CPU time for 100,000 versions. Here git does the same with other commands. The objects are unpacked into a directory of
//! their own, with a check of what they refer to themselves (`git unpack-objects --strict`): if that fails, on a full disk
//! for instance, nothing of them stays. Then they are moved to the others, and the branch is moved from the tip that was
//! read to the new one if it still is there (`git update-ref`). This is a compare-and-swap under the lock of the branch, as
//! that of the server is.
//!
//! What a server does besides, is not done here: so a repository is pushed to as ever if it has a hook, or if there is
//! any setting that says how to receive, where to push to, or what is not understood here. And so it is whenever one of
//! the commands fails: the push says then what is wrong. As after every push, what the remote shows is what counts.

use super::{Git, has_many_objects, plain_command};
use git2::Oid;
use std::{
    fs,
    io::{self, Write as _},
    path::Path,
    process::{Command, ExitStatus, Stdio},
};

/// What git runs when something is received, or a branch moves.
const HOOKS: [&str; 7] = [
    "pre-receive",
    "update",
    "post-receive",
    "post-update",
    "proc-receive",
    "push-to-checkout",
    "reference-transaction",
];

/// Files of a repository that is not alone, does not have everything, or has branches checked out somewhere.
const SPECIAL: [&str; 4] = [".git", "commondir", "shallow", "worktrees"];

/// Settings in `core` that a plain bare repository has, or that people make for all of theirs. Others, and all in
/// `extensions`, may change what objects and branches are.
const USUAL: [&str; 17] = [
    "core.abbrev",
    "core.attributesfile",
    "core.autocrlf",
    "core.bare",
    "core.editor",
    "core.eol",
    "core.excludesfile",
    "core.filemode",
    "core.ignorecase",
    "core.logallrefupdates",
    "core.pager",
    "core.precomposeunicode",
    "core.quotepath",
    "core.repositoryformatversion",
    "core.sshcommand",
    "core.symlinks",
    "core.whitespace",
];

/// Sections that have no say in how something is received: who commits, how git looks, and how one works with it.
const HARMLESS: [&str; 29] = [
    "advice",
    "alias",
    "author",
    "blame",
    "branch",
    "color",
    "column",
    "commit",
    "committer",
    "credential",
    "diff",
    "difftool",
    "fetch",
    "filter",
    "gpg",
    "help",
    "http",
    "init",
    "lfs",
    "log",
    "merge",
    "mergetool",
    "pager",
    "pull",
    "rebase",
    "rerere",
    "safe",
    "status",
    "user",
];

/// Moves `branch` of the repository at `path` from `old` to `new`, which is in the cache. Whether it has: if not, nothing
/// has happened that matters, and a push tells why.
pub(super) fn push(git: &Git, path: &Path, branch: &str, old: Oid, new: Oid) -> bool {
    is_plain(path) && bring(git, path, old, new) && move_branch(path, branch, old, new)
}

/// Whether nothing but the objects and the branch would change if a server received something here.
fn is_plain(path: &Path) -> bool {
    let has = |name: &str| path.join(name).symlink_metadata().is_ok();
    let is_alone = has("HEAD") && has("objects") && !SPECIAL.iter().any(|name| has(name));
    is_alone
        && !HOOKS.iter().any(|hook| has(&format!("hooks/{hook}")))
        // A server packs what it has when there is much of it.
        && !has_many_objects(&path.join("objects"))
        && settings(path).is_some_and(|settings| are_usual(&settings))
}

/// All settings that count for the repository, whoever made them, as git lists them.
fn settings(path: &Path) -> Option<String> {
    let mut command = at(path);
    command.args(["config", "--list", "--includes", "-z"]);
    let output = command.output().ok()?;
    let listed = output.status.success().then_some(output.stdout)?;
    String::from_utf8(listed).ok()
}

fn are_usual(settings: &str) -> bool {
    let mut is_bare = false;
    for setting in settings.split_terminator('\0') {
        // A name, and after a line break the value, if there is one.
        let (name, value) = setting.split_once('\n').unwrap_or((setting, ""));
        let section = name.split('.').next().unwrap_or_default();
        if name == "core.bare" {
            is_bare = value == "true";
        }
        // Where a clone came from. That it left something out there is another setting.
        let is_origin =
            section == "remote" && [".url", ".fetch"].iter().any(|end| name.ends_with(end));
        if !is_origin && !USUAL.contains(&name) && !HARMLESS.contains(&section) {
            return false;
        }
    }
    is_bare
}

/// Brings what `new` has and `old` has not into the repository: all of it, or nothing.
fn bring(git: &Git, path: &Path, old: Oid, new: Oid) -> bool {
    let objects = path.join("objects");
    // As git calls it: what is left of a process that was killed, `git prune` removes.
    let incoming = tempfile::Builder::new()
        .prefix("tmp_objdir-incoming-")
        .tempdir_in(&objects);
    let Ok(incoming) = incoming else { return false };
    unpack(git, path, (&objects, incoming.path()), (old, new)).unwrap_or(false)
        && keep(incoming.path(), &objects).unwrap_or(false)
}

/// Unpacks into `incoming` what `new` has and `old` has not. Objects that refer to something that is neither there nor in
/// `objects` are not taken.
fn unpack(
    git: &Git,
    path: &Path,
    (objects, incoming): (&Path, &Path),
    (old, new): (Oid, Oid),
) -> io::Result<bool> {
    // It stands in a list of paths.
    let Some(others) = objects
        .to_str()
        .filter(|path| !path.contains([':', ';', '"']))
    else {
        return Ok(false);
    };
    let mut command = git.command();
    command
        .args(["pack-objects", "--revs", "--thin", "--stdout", "-q"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut packing = command.spawn()?;
    let wanted = packing
        .stdin
        .take()
        .map(|mut to| writeln!(to, "{new}\n^{old}"));
    let unpacked = packing.stdout.take().map(|packed| {
        at(path)
            .env("GIT_OBJECT_DIRECTORY", incoming)
            .env("GIT_ALTERNATE_OBJECT_DIRECTORIES", others)
            .args(["unpack-objects", "-q", "--strict"])
            .stdin(packed)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
    });
    // Whatever went wrong, so that no process is left behind.
    let packed = packing.wait()?;
    let is_done = |status: Option<io::Result<ExitStatus>>| {
        status.is_some_and(|status| status.is_ok_and(|status| status.success()))
    };
    Ok(wanted.is_some_and(|sent| sent.is_ok()) && packed.success() && is_done(unpacked))
}

/// Moves loose objects from one directory to another. They are there before anything refers to them.
fn keep(from: &Path, to: &Path) -> io::Result<bool> {
    for directory in fs::read_dir(from)? {
        let directory = directory?;
        let name = directory.file_name();
        // There is nothing else, or it is not known what.
        if name.len() != 2 || !directory.file_type()?.is_dir() {
            return Ok(false);
        }
        let target = to.join(name);
        match fs::create_dir(&target) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        for object in fs::read_dir(directory.path())? {
            let object = object?;
            fs::rename(object.path(), target.join(object.file_name()))?;
        }
    }
    Ok(true)
}

fn move_branch(path: &Path, branch: &str, old: Oid, new: Oid) -> bool {
    let mut command = at(path);
    command
        .args(["update-ref", "-m", "push"])
        .arg(format!("refs/heads/{branch}"))
        .args([new.to_string(), old.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// A command that works on the repository.
fn at(path: &Path) -> Command {
    let mut command = plain_command();
    command.current_dir(path).env("GIT_DIR", path);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_understood_is_usual() {
        let usual = "user.name\nAnna\nBerg\0remote.origin.url\n/srv\0core.repositoryformatversion\n0\0core.bare\ntrue\0";
        assert!(are_usual(usual));
        for other in [
            "core.hookspath\n/hooks",
            "core.worktree\n..",
            "receive.denynonfastforwards\ntrue",
            "core.sharedrepository\ngroup",
            "receive.fsckobjects\ntrue",
            "transfer.hiderefs\nrefs/mesh",
            "url.ssh://host/.insteadof\n/srv",
            "url./mirror/.pushinsteadof\n/srv",
            "extensions.partialclone\norigin",
            "remote.origin.promisor\ntrue",
            "hook.a.command\nfalse",
            "core.bare\nfalse",
            "core.bare",
            "something.new\n1",
            "",
        ] {
            assert!(!are_usual(&format!("{usual}{other}\0")), "{other}");
        }
        assert!(!are_usual(""));
        assert!(!are_usual("user.name\nAnna\0"));
    }
}
