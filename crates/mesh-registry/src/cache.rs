//! The directory in which a machine keeps what it knows of one registry.
//!
//! ```text
//! lock         held (by the operating system, so a killed process cannot leave it behind) while anything is changed
//! state.json   the registry's branch and the tip seen last
//! git/         a bare repository with the registry's objects
//! index        the generated index of the tip, with its parts in `index-<n>`
//! ```
//!
//! `state.json` is the memory that the continuity check relies on; `git` and `index` can be made again from the remote
//! and are, when they turn out to be damaged.

use crate::{
    Error, Progress, Result,
    error::{CREATE_CACHE, OPEN_CACHE, io},
    index::Index,
    location::RegistryLocation,
    registry::Options,
};
use git2::{Oid, Repository, RepositoryInitOptions};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File, TryLockError},
    io::Write as _,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

/// The reference that tells `git fetch` what the cache has. Only a hint: `state.json` decides.
const SEEN: &str = "refs/mesh/seen";

/// An open cache. Dropping it gives the lock back.
#[derive(Debug)]
pub(crate) struct Cache {
    directory: PathBuf,
    state: Option<State>,
    /// Closing the file gives the lock back.
    _lock: File,
}

/// What is remembered of a registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    /// For people who look into the directory.
    location: String,
    /// The registry's branch.
    pub(crate) branch: String,
    #[serde(with = "hex_oid")]
    pub(crate) tip: Oid,
}

impl Cache {
    /// Opens the cache of a registry, creating it if need be, and waits for other processes to be done with it.
    pub(crate) fn open(location: &RegistryLocation, options: &Options) -> Result<Self> {
        let directory = options
            .cache_root()?
            .join("registries")
            .join(location.cache_key());
        fs::create_dir_all(&directory).map_err(io(CREATE_CACHE, &directory))?;
        let lock = lock(&directory, options)?;
        let state = read_state(&directory.join("state.json"));
        Ok(Self {
            directory,
            state,
            _lock: lock,
        })
    }

    /// The directory of this cache.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The bare repository's directory.
    pub(crate) fn git_dir(&self) -> PathBuf {
        self.directory.join("git")
    }

    /// The file of the generated index.
    pub(crate) fn index_file(&self) -> PathBuf {
        self.directory.join("index")
    }

    /// What was seen last, if anything.
    pub(crate) fn state(&self) -> Option<&State> {
        self.state.as_ref()
    }

    /// The bare repository, created if need be.
    pub(crate) fn repository(&self) -> Result<Repository> {
        let git_dir = self.git_dir();
        if git_dir.join("HEAD").exists() {
            return Repository::open_bare(&git_dir).map_err(|error| self.damaged(&error));
        }
        // With libgit2, because `git init` obeys defaults (reftable, SHA-256) that libgit2 cannot read.
        let mut options = RepositoryInitOptions::new();
        options.bare(true).no_reinit(false).external_template(false);
        Repository::init_opts(&git_dir, &options).map_err(|error| self.damaged(&error))
    }

    /// Remembers a tip. Its continuity must have been checked.
    pub(crate) fn remember(
        &mut self,
        repo: &Repository,
        location: &str,
        branch: &str,
        tip: Oid,
    ) -> Result<()> {
        let state = State {
            location: location.to_owned(),
            branch: branch.to_owned(),
            tip,
        };
        // The reference as well: the repository may have been made again.
        if self.state.as_ref() == Some(&state)
            && repo.refname_to_id(SEEN).is_ok_and(|seen| seen == tip)
        {
            return Ok(());
        }
        // A process that was killed in the middle of the next call leaves this. Nobody else can be writing: we hold the
        // lock.
        let _ = fs::remove_file(self.git_dir().join(format!("{SEEN}.lock")));
        repo.reference(SEEN, tip, true, "mesh")
            .map_err(|error| self.damaged(&error))?;
        let text = serde_json::to_vec_pretty(&state).unwrap_or_default();
        write_atomically(&self.directory.join("state.json"), &[&text])?;
        self.state = Some(state);
        Ok(())
    }

    /// Throws away everything but the memory of the tip.
    pub(crate) fn clear(&self) -> Result<()> {
        let git_dir = self.git_dir();
        if git_dir.exists() {
            fs::remove_dir_all(&git_dir).map_err(io("remove", &git_dir))?;
        }
        let index = self.index_file();
        Index::remove(&index).map_err(io("remove", &index))
    }

    /// libgit2 could not read what it should be able to.
    pub(crate) fn damaged(&self, error: &git2::Error) -> Error {
        Error::CacheDamaged {
            cache: self.directory.clone(),
            detail: error.message().to_owned(),
        }
    }
}

/// Takes the lock. Polls, because a blocking wait could neither say what it waits for nor give up.
fn lock(directory: &Path, options: &Options) -> Result<File> {
    const PAUSE: Duration = Duration::from_millis(20);
    let path = directory.join("lock");
    let open = File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path);
    let file = open.map_err(io(OPEN_CACHE, directory))?;
    let start = Instant::now();
    let mut told = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(io("lock", &path)(error)),
            Err(TryLockError::WouldBlock) => {}
        }
        let waited = start.elapsed();
        if waited >= options.lock_timeout {
            return Err(Error::CacheBusy {
                cache: directory.to_path_buf(),
                seconds: waited.as_secs(),
            });
        }
        if !told && waited > Duration::from_millis(500) {
            options.report(&Progress::WaitingForLock);
            told = true;
        }
        thread::sleep(PAUSE);
    }
}

/// A missing or damaged state is no state: the next fetch is then like the first.
fn read_state(path: &Path) -> Option<State> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Replaces a file as a whole, or not at all. The caller holds the lock, so one name for the new file is enough.
pub(crate) fn write_atomically(path: &Path, parts: &[&[u8]]) -> Result<()> {
    let new = path.with_extension("new");
    let write = || {
        let mut file = File::create(&new)?;
        for part in parts {
            file.write_all(part)?;
        }
        fs::rename(&new, path)
    };
    write().map_err(io("write", path))
}

mod hex_oid {
    use git2::Oid;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(oid: &Oid, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(oid)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Oid, D::Error> {
        let text = String::deserialize(deserializer)?;
        // `Oid::from_str` would accept an abbreviation.
        if text.len() != 40 {
            return Err(D::Error::custom("not an object id"));
        }
        Oid::from_str(&text).map_err(D::Error::custom)
    }
}
