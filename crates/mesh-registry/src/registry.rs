//! The handle on a registry: opening and creating it.

use crate::{
    Error, RemoteError, Result,
    cache::Cache,
    dirs,
    error::io,
    git::{Git, PushError, Said},
    layout,
    location::RegistryLocation,
    plan::Publisher,
    reading::short,
    snapshot::Snapshot,
    tree,
};
use std::{
    fmt, fs,
    hash::{BuildHasher as _, RandomState},
    io::ErrorKind,
    path::{self, PathBuf},
    process,
    sync::{Arc, OnceLock},
    time::Duration,
};

/// A registry, wherever it is. Creating this value touches nothing.
#[derive(Debug, Clone)]
pub struct Registry {
    location: RegistryLocation,
    options: Options,
    /// Who commits, once git was asked.
    who: OnceLock<Publisher>,
}

/// How to talk to a registry.
#[derive(Clone)]
pub struct Options {
    /// Answer from the cache, without asking the remote.
    pub offline: bool,
    /// Whether git and ssh may ask the user for credentials on the terminal.
    pub interactive: bool,
    /// Where caches are kept, if not in the user's cache directory (`MESH_CACHE_DIR`, else the platform's).
    pub cache_dir: Option<PathBuf>,
    /// How long to wait for another process that uses the same cache.
    pub lock_timeout: Duration,
    /// Is told what is being done.
    pub progress: Option<Arc<ProgressListener>>,
}

/// Is told about [`Progress`]; may be called from any thread.
pub type ProgressListener = dyn Fn(&Progress) + Send + Sync;

/// What is being done.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// Another process uses the cache.
    WaitingForLock,
    /// The remote is asked for its tip.
    Contacting,
    /// New history is transferred.
    Fetching,
    /// So many new versions are added to the index.
    Indexing {
        /// The number of versions.
        versions: usize,
    },
    /// The cache is damaged and made again.
    RebuildingCache,
    /// The commit is sent.
    Pushing {
        /// Counted from one.
        attempt: u32,
    },
    /// The commit is sent to a branch that waits to be merged.
    Submitting {
        /// The branch.
        branch: String,
    },
    /// It was submitted, and is not merged yet.
    Waiting {
        /// The branch.
        branch: String,
        /// For how long already.
        waited: Duration,
    },
    /// Somebody else was first, or the connection failed: after a pause it is tried again.
    Retrying {
        /// Why.
        reason: String,
    },
}

/// What [`Registry::init`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Initialised {
    /// The registry is new.
    Created,
    /// It was a registry already, and is unchanged.
    Existed,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            offline: false,
            interactive: false,
            cache_dir: None,
            lock_timeout: Duration::from_secs(120),
            progress: None,
        }
    }
}

impl Options {
    pub(crate) fn report(&self, progress: &Progress) {
        if let Some(listener) = &self.progress {
            listener(progress);
        }
    }

    pub(crate) fn cache_root(&self) -> Result<PathBuf> {
        match &self.cache_dir {
            // git is run in it, so a relative path would be relative to itself.
            Some(path) => path::absolute(path).map_err(io("find the directory", path)),
            None => dirs::cache(),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("offline", &self.offline)
            .field("interactive", &self.interactive)
            .field("cache_dir", &self.cache_dir)
            .field("lock_timeout", &self.lock_timeout)
            .finish_non_exhaustive()
    }
}

impl Registry {
    /// A handle on the registry at a location.
    pub fn new(location: RegistryLocation, options: Options) -> Self {
        Self {
            location,
            options,
            who: OnceLock::new(),
        }
    }

    /// Where the registry is.
    pub fn location(&self) -> &RegistryLocation {
        &self.location
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// The registry as it is now or, offline, as it was when it was last read. The default registry is created if it
    /// does not exist yet.
    ///
    /// # Errors
    /// If it cannot be reached, is not a registry, or its history was rewritten; see [`Error`].
    pub fn open(&self) -> Result<Snapshot> {
        let mut cache = Cache::open(&self.location, &self.options)?;
        if self.options.offline {
            return self.cached(&cache);
        }
        let git = self.git(&cache)?;
        self.ensure_embedded(&git, &mut cache)?;
        self.refresh(&git, &mut cache, None)
    }

    /// Makes an empty repository a registry. A path that does not exist becomes a bare repository first. If it is a
    /// registry already, nothing happens.
    ///
    /// # Errors
    /// If the repository has content that is not a registry, cannot be reached, or refuses the commit.
    pub fn init(&self) -> Result<Initialised> {
        let mut cache = Cache::open(&self.location, &self.options)?;
        let git = self.git(&cache)?;
        self.create_repository(&git)?;
        self.initialise(&git, &mut cache)
    }

    /// Who will be the author of a publish: what git is configured with. The default registry does without, for it is
    /// nobody else's.
    ///
    /// # Errors
    /// [`Error::NoIdentity`] if git has no name or e-mail address.
    pub fn identity(&self) -> Result<Publisher> {
        let git = Git::new(&self.location, PathBuf::new(), self.options.interactive);
        self.committer(&git)
    }

    pub(crate) fn committer(&self, git: &Git) -> Result<Publisher> {
        if let Some(who) = self.who.get() {
            return Ok(who.clone());
        }
        let who = match git.identity() {
            Err(Error::NoIdentity) if self.location.is_embedded() => Publisher {
                name: "mesh".to_owned(),
                email: "mesh@localhost".to_owned(),
            },
            result => result?,
        };
        Ok(self.who.get_or_init(|| who).clone())
    }

    pub(crate) fn git(&self, cache: &Cache) -> Result<Git> {
        // git runs in the cache, so it has to be there.
        cache
            .repository()
            .map(drop)
            .or_else(|_| cache.clear().and_then(|()| cache.repository().map(drop)))?;
        let git_dir = cache.git_dir();
        Ok(Git::new(&self.location, git_dir, self.options.interactive))
    }

    /// Creates the default registry on first use.
    pub(crate) fn ensure_embedded(&self, git: &Git, cache: &mut Cache) -> Result<()> {
        if !self.location.is_embedded()
            || self
                .location
                .path()
                .is_some_and(|path| path.join("HEAD").exists())
        {
            return Ok(());
        }
        if let Some(state) = cache.state() {
            // It was there before. A new, empty one in its place would hide that.
            return Err(Error::Remote(RemoteError::NotFound {
                location: self.location.to_string(),
                detail: format!(
                    "it was at commit {} when it was last used",
                    short(state.tip)
                ),
            }));
        }
        self.create_repository(git)?;
        self.initialise(git, cache).map(drop)
    }

    /// Makes a path that does not exist, or is an empty directory, a bare repository.
    fn create_repository(&self, git: &Git) -> Result<()> {
        let Some(path) = self.location.path() else {
            return Ok(());
        };
        match fs::read_dir(path).map(|mut entries| entries.next().is_none()) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) if error.kind() == ErrorKind::NotADirectory => {
                return Err(Error::Remote(RemoteError::NotARepository {
                    location: self.location.to_string(),
                }));
            }
            Err(error) => return Err(io("read", path)(error)),
        }
        let parent = path.parent().unwrap_or(path);
        fs::create_dir_all(parent).map_err(io("create the directory", parent))?;
        // Under another name first: nobody must find half a repository, and two may be doing this at once.
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let unique = RandomState::new().hash_one(process::id());
        let new = parent.join(format!(".{name}.new-{unique:016x}"));
        // Not by git, whose message would have to be told from others.
        fs::create_dir(&new).map_err(io("create a directory in", parent))?;
        if let Err(error) = git.init_bare(&new) {
            // Best effort: it is of no use to anybody.
            let _ = fs::remove_dir_all(&new);
            return Err(error);
        }
        let Err(error) = fs::rename(&new, path) else {
            return Ok(());
        };
        // Best effort: what matters is what is at `path` now.
        let _ = fs::remove_dir_all(&new);
        if path.join("HEAD").exists() {
            // Another process was faster, and what it made is as good.
            Ok(())
        } else if path.is_dir() {
            // Not every system replaces an empty directory.
            git.init_bare(path)
        } else {
            Err(io("create the repository", path)(error))
        }
    }

    /// Pushes the first commit, unless there is one.
    fn initialise(&self, git: &Git, cache: &mut Cache) -> Result<Initialised> {
        match self.refresh(git, cache, None) {
            Ok(_) => return Ok(Initialised::Existed),
            Err(Error::NotInitialised { .. }) => {}
            Err(error) => return Err(error),
        }
        let branch = git.unborn_branch(cache.directory())?;
        let who = self.committer(git)?;
        let repo = cache.repository()?;
        let files = layout::initial_files();
        let files: Vec<_> = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), text.as_bytes()))
            .collect();
        let commit = tree::commit(&repo, None, &files, &who, "Start the registry\n")?;
        let pushed = git.push(&branch, None, commit);
        // As with every push, what is there now is what counts.
        let error = match self.refresh(git, cache, Some(commit)) {
            Ok(snapshot) if snapshot.tip == commit => return Ok(Initialised::Created),
            // Another process was faster.
            Ok(_) => return Ok(Initialised::Existed),
            Err(error) => error,
        };
        Err(match pushed {
            Ok(_) => Error::OutcomeUnknown {
                detail: error.to_string(),
            },
            Err(PushError::Failed(error)) => error,
            Err(PushError::LostRace(detail)) => Error::Remote(RemoteError::Refused {
                location: self.location.to_string(),
                branch,
                detail,
                said: Said::default(),
            }),
        })
    }
}
