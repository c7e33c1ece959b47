//! The same commit, made and pushed with the git command line.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::fill::{self, Product, Shape};
use super::{Bench, PUBLISHED, Took, git, time};

/// As lean as git can: a bare clone, where a commit is made without a work tree and without an index.
///
/// Whoever does not want to overwrite what others did has to ask the remote first, which is what `git fetch` is for;
/// `git fast-import` changes a tree without listing it; and the push names what it replaces, as that of mesh does.
pub(super) struct Plumbing {
    clone: PathBuf,
    versions: Versions,
    pub(super) took: Vec<Took>,
}

impl Plumbing {
    pub(super) fn new(bench: &Bench, shape: Shape) -> io::Result<Self> {
        let registry = bench.copy(shape, &format!("plumbing-{}", shape.name))?;
        let clone = bench.scratch.join(format!("plumbing-clone-{}", shape.name));
        clone_of(bench, &registry, &clone, &["--bare"])?;
        Ok(Self {
            clone,
            versions: Versions::of(shape),
            took: Vec::new(),
        })
    }

    pub(super) fn publish(&mut self) -> io::Result<()> {
        let files = self.versions.next()?;
        let mut stream = b"commit refs/heads/main\ncommitter Bench <bench@example.com> now\ndata 8\nPublish\n\nfrom refs/heads/main^0\n".to_vec();
        for (path, bytes) in files {
            write!(stream, "M 100644 inline {path}\ndata {}\n", bytes.len())?;
            stream.extend(bytes);
            stream.push(b'\n');
        }
        fs::write(self.clone.join("stream"), stream)?;
        let script = "git fetch --quiet origin main && read -r tip _ <FETCH_HEAD && \
                      git fast-import --quiet --date-format=now <stream && \
                      git push --quiet --force-with-lease=main:$tip origin main";
        self.took.push(time(script, &[] as &[&str], &self.clone)?);
        Ok(())
    }
}

/// As people do it: in a work tree with everything in it.
pub(super) struct WorkTree {
    folder: PathBuf,
    versions: Versions,
    pub(super) took: Vec<Took>,
}

impl WorkTree {
    pub(super) fn new(bench: &Bench, shape: Shape) -> io::Result<Self> {
        let registry = bench.copy(shape, &format!("worked-{}", shape.name))?;
        let folder = bench.scratch.join(format!("worked-{}", shape.products));
        clone_of(bench, &registry, &folder, &[])?;
        Ok(Self {
            folder,
            versions: Versions::of(shape),
            took: Vec::new(),
        })
    }

    pub(super) fn publish(&mut self) -> io::Result<()> {
        for (path, bytes) in self.versions.next()? {
            let path = self.folder.join(path);
            fs::create_dir_all(path.parent().unwrap_or(&path))?;
            fs::write(path, bytes)?;
        }
        let script = "git pull --quiet --ff-only && git add products && \
                      git commit --quiet --message Publish && git push --quiet";
        self.took.push(time(script, &[] as &[&str], &self.folder)?);
        Ok(())
    }
}

/// A clone as over a network: git would share the files of the registry otherwise.
fn clone_of(bench: &Bench, registry: &Path, to: &Path, options: &[&str]) -> io::Result<()> {
    let mut arguments: Vec<&OsStr> = ["clone", "--quiet", "--no-local"].map(OsStr::new).to_vec();
    arguments.extend(options.iter().map(OsStr::new));
    arguments.extend([registry.as_os_str(), to.as_os_str()]);
    git(&bench.scratch, &arguments).map(drop)
}

/// What mesh publishes too, version after version, but for the record, which only has to be of the same size.
struct Versions {
    product: Product,
    next: usize,
}

impl Versions {
    fn of(shape: Shape) -> Self {
        Self {
            product: Product {
                shape,
                number: PUBLISHED,
            },
            next: 1,
        }
    }

    /// The files of the next version, by path.
    fn next(&mut self) -> io::Result<Vec<(String, Vec<u8>)>> {
        let (product, number) = (self.product, self.next);
        self.next += 1;
        let last = fill::VERSIONS - 1;
        let version = format!("1.{last}.{number}");
        let contract = format!("1.{last}.0");
        let [(record, mut bytes), (manifest, _), (path, text)] = product.files(last, None)?;
        bytes.extend(format!("{number}\n").into_bytes());
        let files = [
            (record, bytes),
            (manifest, product.manifest(&version, &contract).into_bytes()),
            (path, text),
        ];
        let folder = product.folder(&version);
        let files = files.into_iter();
        Ok(files
            .map(|(name, bytes)| (format!("{folder}/{name}"), bytes))
            .collect())
    }
}
