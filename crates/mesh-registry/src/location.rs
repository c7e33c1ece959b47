//! Where a registry is: a path or a git URL, checked before it gets anywhere near a command line.

use crate::{Error, Result, digest, dirs};
use std::{
    fmt, fs,
    path::{Component, Path, PathBuf},
};

/// The place of a registry.
///
/// `Display` never shows credentials, [`RegistryLocation::git_url`] may contain them.
#[derive(Clone, PartialEq, Eq)]
pub struct RegistryLocation {
    kind: Kind,
    embedded: bool,
}

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    /// An absolute path on this machine, also from a `file://` URL.
    Path(PathBuf),
    /// `ssh://`, `https://`, `http://` on the loopback interface, `git://`, or the scp-like `user@host:path`.
    Url(String),
}

impl RegistryLocation {
    /// Reads a location; relative paths start at `base`.
    ///
    /// # Errors
    /// Refuses everything that could make git run a program (`ext::…`, transport helpers, leading hyphens), unknown
    /// schemes, and unencrypted HTTP to another machine.
    pub fn parse(text: &str, base: &Path) -> Result<Self> {
        let refuse = |reason: &str| {
            let location = redact(text).chars().filter(|c| !c.is_control()).collect();
            Err(Error::InvalidLocation {
                location,
                reason: reason.to_owned(),
            })
        };
        if text.trim().is_empty() {
            return refuse("it is empty");
        }
        if text.chars().any(char::is_control) {
            return refuse("it contains control characters");
        }
        if text.starts_with('-') {
            return refuse("it starts with a hyphen, which git would take for an option");
        }
        if is_helper(text) {
            return refuse("transport helpers (`name::address`) can run any program");
        }
        let kind = if let Some((scheme, rest)) = text.split_once("://") {
            match scheme.to_ascii_lowercase().as_str() {
                "file" => match file_path(rest) {
                    Some(path) => Kind::Path(shortened(&path)),
                    None => {
                        return refuse("a file:// location needs an absolute path on this machine");
                    }
                },
                "https" | "ssh" | "git" | "git+ssh" | "ssh+git" => Kind::Url(text.to_owned()),
                "http" if is_loopback(host(rest)) => Kind::Url(text.to_owned()),
                "http" => {
                    return refuse(
                        "unencrypted http:// is allowed on this machine only; use https://",
                    );
                }
                _ => {
                    return refuse(
                        "only file://, https://, ssh:// and git:// locations are supported",
                    );
                }
            }
        } else if is_scp_like(text) {
            Kind::Url(text.to_owned())
        } else {
            Kind::Path(shortened(&absolute(text, base)))
        };
        if let Kind::Url(url) = &kind {
            let (host, path) = address(url);
            if host.is_empty() {
                return refuse("it names no host");
            }
            // git refuses these too, but not in every version: https://nvd.nist.gov/vuln/detail/CVE-2017-1000117.
            if host.starts_with('-') || path.starts_with('-') || url.contains("://-") {
                return refuse(
                    "a host or path that starts with a hyphen could be taken for an option",
                );
            }
        }
        Ok(Self {
            kind,
            embedded: false,
        })
    }

    /// The registry to use when none is configured: a bare repository in the user's data directory
    /// (`MESH_DATA_DIR`, else the platform's), created on first use.
    ///
    /// # Errors
    /// If the user has no home directory.
    pub fn default_location() -> Result<Self> {
        Ok(Self::embedded_at(dirs::data()?.join("registry.git")))
    }

    /// A registry that is created on first use, like the default one, at another absolute path.
    pub fn embedded_at(path: PathBuf) -> Self {
        Self {
            kind: Kind::Path(path),
            embedded: true,
        }
    }

    /// Whether this registry is created on first use.
    pub fn is_embedded(&self) -> bool {
        self.embedded
    }

    /// The path, if the registry is on this machine's file system.
    pub fn path(&self) -> Option<&Path> {
        match &self.kind {
            Kind::Path(path) => Some(path),
            Kind::Url(_) => None,
        }
    }

    /// What to hand to git. May contain credentials: not for printing.
    pub fn git_url(&self) -> String {
        match &self.kind {
            Kind::Path(path) => path.to_string_lossy().into_owned(),
            Kind::Url(url) => url.clone(),
        }
    }

    /// Whether git will use ssh.
    pub(crate) fn is_ssh(&self) -> bool {
        match &self.kind {
            Kind::Path(_) => false,
            Kind::Url(url) => url
                .split_once("://")
                .is_none_or(|(scheme, _)| scheme.to_ascii_lowercase().contains("ssh")),
        }
    }

    /// The name of the registry's cache directory. Credentials are not part of it, so that rotating a token does not
    /// forget the remembered tip.
    pub(crate) fn cache_key(&self) -> String {
        let identity = match &self.kind {
            Kind::Path(path) => real(path).to_string_lossy().into_owned(),
            Kind::Url(url) => redact(url.trim_end_matches('/')),
        };
        digest::hex(identity.as_bytes())
    }

    /// Removes this location's credentials from a text, such as the output of git.
    pub(crate) fn scrub(&self, text: &str) -> String {
        let Kind::Url(url) = &self.kind else {
            return text.to_owned();
        };
        let mut clean = text.replace(url.as_str(), &redact(url));
        if let Some((_, rest)) = url.split_once("://") {
            let authority = &rest[..rest.find('/').unwrap_or(rest.len())];
            if let Some((user_info, _)) = authority.rsplit_once('@') {
                for secret in [
                    Some(user_info),
                    user_info.split_once(':').map(|(_, password)| password),
                ] {
                    // A short user name such as `git` is no secret, and replacing it would garble the text.
                    if let Some(secret) = secret.filter(|secret| secret.len() > 3) {
                        clean = clean.replace(secret, "***");
                    }
                }
            }
        }
        clean
    }
}

impl fmt::Display for RegistryLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Path(path) => write!(f, "{}", path.display()),
            Kind::Url(url) => f.write_str(&redact(url)),
        }
    }
}

// By hand, because a derived one would print the credentials.
impl fmt::Debug for RegistryLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegistryLocation({self})")
    }
}

/// A path without `..` and links, as far as it exists. What is gone for a while keeps its identity, so that it can still
/// be read from the cache.
fn real(path: &Path) -> PathBuf {
    let found = path
        .ancestors()
        .find_map(|above| Some((above, fs::canonicalize(above).ok()?)));
    let Some((above, real)) = found else {
        return path.to_owned();
    };
    // The path itself, where it is all there, needs no separator behind it.
    match path.strip_prefix(above) {
        Ok(rest) if !rest.as_os_str().is_empty() => real.join(rest),
        _ => real,
    }
}

/// Hides what may be secret in a URL: the user of http(s), where tokens are user names too, the password of the other
/// schemes, and any query.
fn redact(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let authority = match authority.rsplit_once('@') {
        None => authority.to_owned(),
        Some((_, host)) if scheme.to_ascii_lowercase().starts_with("http") => format!("***@{host}"),
        Some((user, host)) => format!("{}@{host}", user.split(':').next().unwrap_or_default()),
    };
    match path.split_once('?') {
        None => format!("{scheme}://{authority}{path}"),
        Some((path, _)) => format!("{scheme}://{authority}{path}?***"),
    }
}

/// A repository's URL as it may be published: without a password, without any user for http(s), without a query.
pub(crate) fn without_credentials(url: &str) -> String {
    redact(url).replace("://***@", "://").replace("?***", "")
}

/// `ext::sh -c …`, `fd::7`, `https::…`: git runs `git-remote-<name>`.
fn is_helper(text: &str) -> bool {
    text.split_once("::").is_some_and(|(name, _)| {
        !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.' | b'_'))
    })
}

/// git's own rule: a colon before the first slash, and not the letter of a Windows drive.
fn is_scp_like(text: &str) -> bool {
    let drive = cfg!(windows)
        && text.as_bytes().get(1) == Some(&b':')
        && text.as_bytes()[0].is_ascii_alphabetic();
    // `[::1]:path` has its first slashless colon within the brackets.
    !drive
        && text
            .find(':')
            .is_some_and(|colon| !text[..colon].contains(['/', '\\']))
}

/// The host and the path of a URL or an scp-like address.
fn address(url: &str) -> (&str, &str) {
    if let Some((_, rest)) = url.split_once("://") {
        let path = rest.find('/').map_or("", |slash| &rest[slash + 1..]);
        return (host(rest), path);
    }
    let after_user = url
        .split_once('@')
        .filter(|(user, _)| !user.contains(':'))
        .map_or(url, |(_, rest)| rest);
    if let Some(bracketed) = after_user.strip_prefix('[') {
        return bracketed.split_once("]:").unwrap_or((bracketed, ""));
    }
    after_user.split_once(':').unwrap_or((after_user, ""))
}

/// The host of what follows `://`, without user, port and brackets.
fn host(rest: &str) -> &str {
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let host_port = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    match host_port.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => host_port.split(':').next().unwrap_or_default(),
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// The path of a `file://` URL: percent-decoded, absolute, and on this machine.
fn file_path(rest: &str) -> Option<PathBuf> {
    let path = rest
        .strip_prefix("localhost")
        .filter(|path| path.starts_with('/'))
        .unwrap_or(rest);
    // `file:///C:/registry`
    let path = if cfg!(windows) {
        path.strip_prefix('/').unwrap_or(path)
    } else {
        path
    };
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let escaped = (byte == b'%').then(|| tail.get(..2)).flatten();
        if let Some(hex) = escaped {
            bytes.push(u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(byte);
            rest = tail;
        }
    }
    let path = String::from_utf8(bytes)
        .ok()
        .filter(|path| !path.chars().any(char::is_control))?;
    let path = PathBuf::from(path);
    path.is_absolute().then_some(path)
}

fn absolute(text: &str, base: &Path) -> PathBuf {
    let path = match text.strip_prefix("~/").zip(dirs::home()) {
        Some((rest, home)) => home.join(rest),
        None => base.join(text),
    };
    // Lexically: the last part of the path need not exist yet.
    std::path::absolute(&path).unwrap_or(path)
}

/// The path without `..`, where that goes back the way it came. Behind a link it does not, and stays.
fn shortened(path: &Path) -> PathBuf {
    let mut short = PathBuf::new();
    for part in path.components() {
        let is_folder = || fs::symlink_metadata(&short).is_ok_and(|found| found.is_dir());
        if part == Component::ParentDir && !short.ends_with("..") && is_folder() {
            short.pop();
        } else {
            short.push(part);
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<RegistryLocation> {
        RegistryLocation::parse(text, Path::new("/base"))
    }

    #[test]
    fn what_git_understands_is_accepted() {
        for (text, shown) in [
            ("/srv/registry.git", "/srv/registry.git"),
            ("registry.git", "/base/registry.git"),
            ("./a:b", "/base/a:b"),
            ("file:///srv/a%20b.git", "/srv/a b.git"),
            ("file://localhost/srv/r", "/srv/r"),
            (
                "ssh://git@example.com:2222/r.git",
                "ssh://git@example.com:2222/r.git",
            ),
            ("git@example.com:data/r.git", "git@example.com:data/r.git"),
            ("example.com:r.git", "example.com:r.git"),
            ("git@[::1]:r.git", "git@[::1]:r.git"),
            ("https://example.com/r.git", "https://example.com/r.git"),
            ("http://127.0.0.1:8080/r.git", "http://127.0.0.1:8080/r.git"),
            ("http://[::1]/r.git", "http://[::1]/r.git"),
            ("git://example.com/r.git", "git://example.com/r.git"),
        ] {
            assert_eq!(
                parse(text).map(|l| l.to_string()).ok().as_deref(),
                Some(shown),
                "{text}"
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_path_is_shown_without_detours_and_leads_where_it_did() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = fs::canonicalize(folder.path()).expect("a path");
        fs::create_dir_all(root.join("a/b/c")).expect("folders");
        std::os::unix::fs::symlink(root.join("a/b/c"), root.join("link")).expect("a link");
        for (text, shown) in [
            ("a/b/../../r.git", "r.git"),
            ("a/./b//../r.git/", "a/r.git"),
            // To a/b/r.git.
            ("link/../r.git", "link/../r.git"),
            ("link/../../b/../r.git", "link/../../r.git"),
            ("a/nowhere/../r.git", "a/nowhere/../r.git"),
        ] {
            for text in [text.to_owned(), format!("file://{}/{text}", root.display())] {
                let found = RegistryLocation::parse(&text, &root).expect("a location");
                assert_eq!(found.path(), Some(root.join(shown).as_path()), "{text}");
                assert_eq!(found.git_url(), found.to_string());
            }
        }
        assert_eq!(
            parse("/../r.git").expect("a location").to_string(),
            "/r.git"
        );
    }

    #[test]
    fn what_could_run_a_program_or_leak_is_refused() {
        for text in [
            "",
            "  ",
            "-oProxyCommand=x",
            "--upload-pack=x",
            "ext::sh -c touch% /tmp/x",
            "fd::7",
            "https::example.com",
            "ssh://-oProxyCommand=x/r",
            "ssh://user@-oProxyCommand=x/r",
            "git@-oProxyCommand=x:r",
            "-oProxyCommand=x:r",
            "git@host:-x",
            "http://example.com/r.git",
            "http://localhost.example.com/r.git",
            "http://127.0.0.1@example.com/r.git",
            "ftp://example.com/r",
            "file://other-host/r",
            "file://relative",
            "file:///a%00b",
            "https:///r.git",
            "/a\nb",
        ] {
            assert!(
                matches!(parse(text), Err(Error::InvalidLocation { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn credentials_are_never_shown() {
        for (url, shown) in [
            (
                "https://user:s3cret@example.com/r.git",
                "https://***@example.com/r.git",
            ),
            (
                "https://ghp_s3cret@example.com/r.git",
                "https://***@example.com/r.git",
            ),
            (
                "https://a@b:s3cret@example.com/r.git",
                "https://***@example.com/r.git",
            ),
            (
                "https://example.com/r.git?token=s3cret",
                "https://example.com/r.git?***",
            ),
            (
                "ssh://user:s3cret@example.com/r.git",
                "ssh://user@example.com/r.git",
            ),
        ] {
            let Ok(location) = parse(url) else {
                panic!("{url}")
            };
            assert_eq!(location.to_string(), shown);
            assert!(!format!("{location:?}").contains("s3cret"));
            assert!(
                !location
                    .scrub(&format!("fatal: unable to access '{url}/': 403, s3cret?"))
                    .contains("user:s3cret")
            );
        }
        let Err(error) = parse("ftp://user:s3cret@example.com/r") else {
            panic!("accepted")
        };
        assert!(!error.to_string().contains("s3cret"));
    }

    #[test]
    fn credentials_are_never_published() {
        for (url, published) in [
            (
                "https://ghp_s3cret@example.com/r.git?a=b",
                "https://example.com/r.git",
            ),
            (
                "ssh://git:s3cret@example.com/r.git",
                "ssh://git@example.com/r.git",
            ),
            ("git@example.com:r.git", "git@example.com:r.git"),
            ("/srv/r.git", "/srv/r.git"),
        ] {
            assert_eq!(without_credentials(url), published);
        }
    }

    #[test]
    fn a_registry_that_is_gone_for_a_while_keeps_the_cache() -> std::io::Result<()> {
        let root = tempfile::tempdir()?;
        let (here, registry) = (root.path().join("here"), root.path().join("r.git"));
        for folder in [&here, &registry] {
            fs::create_dir(folder)?;
        }
        let key = |text: &str| {
            RegistryLocation::parse(text, &here)
                .map(|l| l.cache_key())
                .ok()
        };
        let ways = ["../r.git", "../here/../r.git", "../r.git/"];
        let before = key("../r.git");
        assert!(before.is_some());
        for is_gone in [false, true] {
            if is_gone {
                fs::remove_dir(&registry)?;
            }
            for way in ways {
                assert_eq!(key(way), before, "{way}, gone: {is_gone}");
            }
        }
        assert_ne!(key("../s.git"), before);
        Ok(())
    }

    #[test]
    fn a_new_token_keeps_the_cache() {
        let key = |text: &str| parse(text).map(|l| l.cache_key()).ok();
        assert_eq!(
            key("https://a:1@example.com/r.git"),
            key("https://b:2@example.com/r.git/")
        );
        assert_ne!(
            key("https://example.com/r.git"),
            key("https://example.com/s.git")
        );
    }
}
