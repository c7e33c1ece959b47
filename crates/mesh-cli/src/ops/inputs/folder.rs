//! The folder into which contracts are fetched, and the index of what is in it.
//!
//! ```text
//! .gitignore                                  nothing here is committed
//! index.json                                  which input port has which file
//! <domain>/<product>/<contract>@<version>.odcs.yaml
//! ```
//!
//! A file has the text of one version of a contract for ever, so that two versions stand side by side and a path means
//! the same in every checkout.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use mesh_registry::digest_of;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::ops::files;
use crate::ops::lock::LockedInput;

/// The folder, seen from that of `mesh.yaml`.
pub(crate) const DEFAULT: [&str; 2] = [".mesh", "inputs"];

/// The name of the index.
pub(crate) const INDEX: &str = "index.json";

/// The version of the index.
const VERSION: u32 = 1;

/// How the names of contract files end.
const SUFFIX: &str = ".odcs.yaml";

/// Longer ids and versions are cut in the names of files.
const LONGEST: usize = 80;

const GITIGNORE: &str = ".gitignore";

/// The mark of a folder that mesh made.
const IGNORED: &str =
    "# Written by `mesh fetch`, which brings all of this again. Commit mesh.lock instead.\n*\n";

/// What is in a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Index {
    /// The version of this format.
    pub(crate) version: u32,
    /// The registry that it was fetched from.
    pub(crate) registry: String,
    /// The input ports, by product and port.
    pub(crate) inputs: Vec<Indexed>,
    /// Files that are about to be removed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) obsolete: Vec<Obsolete>,
}

/// An input port, and the file with its contract.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Indexed {
    /// The id of the product that consumes.
    pub(crate) product: String,
    /// The name of its input port.
    pub(crate) port: String,
    /// The contract.
    pub(crate) contract: ContractView,
    /// The version that offers it; nothing where it is of the repository itself.
    pub(crate) provider: Option<Provider>,
    /// The manifest that consumes, seen from the index.
    pub(crate) manifest: String,
    /// The file, seen from the index.
    pub(crate) file: String,
}

/// A contract.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContractView {
    /// Its id.
    pub(crate) id: String,
    /// Its version.
    pub(crate) version: Option<String>,
    /// The digest of its text.
    pub(crate) digest: String,
}

/// A published version of a product.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Provider {
    /// `domain/product`.
    pub(crate) product: String,
    /// Its version.
    pub(crate) version: String,
    /// The digest of its record.
    pub(crate) record: String,
}

/// A file that no input needs any more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Obsolete {
    /// The file, seen from the index.
    pub(crate) file: String,
    /// The digest of the text that mesh wrote.
    pub(crate) digest: String,
}

/// A folder of fetched contracts.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    /// What is in it by now.
    pub(crate) index: Index,
}

/// What was done to the files of a folder; each list in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    /// Files that are new.
    pub(crate) new: Vec<String>,
    /// Files that had another text than mesh wrote, and have it again.
    pub(crate) restored: Vec<String>,
    /// Files that were as they are.
    pub(crate) same: Vec<String>,
    /// Files that were removed.
    pub(crate) removed: Vec<String>,
    /// Files that no input needs, left since they are not as mesh wrote them.
    pub(crate) left: Vec<String>,
}

/// The path of a contract in a folder: ids and versions as they are, where every file system can have them in a name.
pub(crate) fn path_of(pin: &LockedInput) -> String {
    let (id, version) = (&*pin.contract, &*pin.contract_version);
    let name = if is_plain(id) && is_plain(version) {
        format!("{id}@{version}")
    } else {
        // What a name cannot hold must not make two contracts one.
        let identity = digest_of(format!("{id}\0{version}").as_bytes());
        let (_, hex) = identity.split_once(':').unwrap_or_default();
        format!(
            "{}@{}-{}",
            plain(id),
            plain(version),
            &hex[..hex.len().min(12)]
        )
    };
    format!("{}/{name}{SUFFIX}", pin.from)
}

/// Whether a text can stand in the name of a file.
fn is_plain(text: &str) -> bool {
    text.len() <= LONGEST && plain(text) == text
}

/// What of a text can stand in the name of a file: lower-case letters, digits and what joins them.
fn plain(text: &str) -> String {
    let plain = text.chars().enumerate().map(|(at, c)| match c {
        'a'..='z' | '0'..='9' => c,
        'A'..='Z' => c.to_ascii_lowercase(),
        '.' | '_' | '-' if at > 0 => c,
        _ => '-',
    });
    plain.take(LONGEST).collect()
}

impl Folder {
    /// The folder at `path`, which is made if it is not there.
    ///
    /// # Errors
    /// If there are files in it, and mesh did not write them.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let shown = files::shown(path);
        let unusable = |error: &io::Error| {
            Failure::new(format!("cannot use the folder `{shown}`: {error}"))
                .help("check that you may write there, or name another folder with --dir")
        };
        fs::create_dir_all(path).map_err(|error| unusable(&error))?;
        let path = fs::canonicalize(path).map_err(|error| unusable(&error))?;
        let index = match read_plain(&path.join(INDEX)) {
            Ok(bytes) => Some(Index::read(&bytes, &shown)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(unusable(&error)),
        };
        let is_marked = match read_plain(&path.join(GITIGNORE)) {
            Ok(bytes) => bytes == IGNORED.as_bytes(),
            Err(_) => false,
        };
        let mut entries = fs::read_dir(&path).map_err(|error| unusable(&error))?;
        if index.is_none() && !is_marked {
            if entries.next().is_some() {
                return Err(Failure::new(format!(
                    "`{shown}` holds files that `mesh fetch` did not write"
                ))
                .help("name a folder that is empty or not there with --dir"));
            }
            // First of all, so that nothing can be committed by accident, and a run that was killed can be taken up.
            files::write(&path.join(GITIGNORE), IGNORED.as_bytes())
                .map_err(|error| unusable(&error))?;
        }
        Ok(Self {
            path,
            index: index.unwrap_or_default(),
        })
    }

    /// Its path, without links.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes `index` what the folder says, and the files of it what `texts` has for them. Those that it does not name
    /// are removed, if they still are as they were written.
    ///
    /// At every moment, every file that the index names is there.
    pub(crate) fn write(
        &self,
        texts: &BTreeMap<String, Vec<u8>>,
        mut index: Index,
    ) -> Result<Written, Failure> {
        let mut written = Written::default();
        let ours = self.index.files();
        for (file, text) in texts {
            let path = self.safe(file)?;
            let list = match read_plain(&path) {
                Ok(bytes) if bytes == *text => {
                    written.same.push(file.clone());
                    continue;
                }
                Ok(_) if !ours.contains_key(file.as_str()) => {
                    return Err(Failure::new(format!(
                        "`{}` is there, and `mesh fetch` did not write it",
                        files::shown(&path)
                    ))
                    .help("move it away, or name another folder with --dir"));
                }
                Ok(_) => &mut written.restored,
                Err(error) if error.kind() == io::ErrorKind::NotFound => &mut written.new,
                Err(error) => return Err(not_read(&path, &error)),
            };
            files::write(&path, text).map_err(|error| not_written(&path, &error))?;
            list.push(file.clone());
        }
        index.version = VERSION;
        index.inputs.sort();
        index.inputs.dedup();
        let needed: BTreeSet<String> = index.files().into_keys().map(str::to_owned).collect();
        let obsolete = ours.iter().filter(|(file, _)| !needed.contains(**file));
        index.obsolete = obsolete
            .map(|(file, digest)| Obsolete {
                file: (*file).to_owned(),
                digest: (*digest).to_owned(),
            })
            .collect();
        self.write_index(&index)?;
        if index.obsolete.is_empty() {
            return Ok(written);
        }
        for Obsolete { file, digest } in std::mem::take(&mut index.obsolete) {
            let path = self.safe(&file)?;
            match read_plain(&path) {
                Ok(bytes) if digest_of(&bytes) == digest => {
                    fs::remove_file(&path).map_err(|error| not_written(&path, &error))?;
                    self.prune(&path);
                    written.removed.push(file);
                }
                Ok(_) => written.left.push(file),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(not_read(&path, &error)),
            }
        }
        self.write_index(&index)?;
        Ok(written)
    }

    fn write_index(&self, index: &Index) -> Result<(), Failure> {
        if *index == self.index && self.path.join(INDEX).exists() {
            return Ok(());
        }
        let path = self.path.join(INDEX);
        let mut text = serde_json::to_string_pretty(index).unwrap_or_default();
        text.push('\n');
        files::write(&path, text.as_bytes()).map_err(|error| not_written(&path, &error))
    }

    /// The path of a file in the folder. No link leads out of it: what is written there would land elsewhere.
    fn safe(&self, file: &str) -> Result<PathBuf, Failure> {
        let mut path = self.path.clone();
        for part in Path::new(file).components() {
            path.push(part);
            if path.is_symlink() {
                return Err(Failure::new(format!(
                    "`{}` is a link, and would lead out of the folder",
                    files::shown(&path)
                ))
                .help("remove it, or name another folder with --dir"));
            }
        }
        Ok(path)
    }

    /// Removes the folders above a file that are empty without it.
    fn prune(&self, file: &Path) {
        let above = file.ancestors().skip(1);
        for folder in above.take_while(|folder| *folder != self.path) {
            if fs::remove_dir(folder).is_err() {
                return;
            }
        }
    }
}

impl Index {
    fn read(bytes: &[u8], shown: &str) -> Result<Self, Failure> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let strange = |reason: String| {
            Failure::new(format!(
                "`{shown}/{INDEX}` is not what `mesh fetch` wrote: {reason}"
            ))
            .help("remove the folder, or name another one with --dir")
        };
        let read: Version =
            serde_json::from_slice(bytes).map_err(|error| strange(error.to_string()))?;
        if read.version > VERSION {
            return Err(Failure::new(format!(
                "`{shown}/{INDEX}` has version {}, and this mesh knows version {VERSION}",
                read.version
            ))
            .help("use the mesh that wrote it, or remove the folder"));
        }
        let index: Self =
            serde_json::from_slice(bytes).map_err(|error| strange(error.to_string()))?;
        if let Some(file) = index.files().into_keys().find(|file| !is_of_layout(file)) {
            return Err(strange(format!("`{file}` is no file of it")));
        }
        Ok(index)
    }

    /// The files that mesh wrote, with the digests of their texts.
    fn files(&self) -> BTreeMap<&str, &str> {
        let fetched = self.inputs.iter().filter(|input| input.provider.is_some());
        let fetched = fetched.map(|input| (input.file.as_str(), input.contract.digest.as_str()));
        let obsolete = self.obsolete.iter();
        let obsolete = obsolete.map(|file| (file.file.as_str(), file.digest.as_str()));
        obsolete.chain(fetched).collect()
    }
}

/// Whether a path is one that contracts are written to: what an index says must not make anything else go away.
fn is_of_layout(file: &str) -> bool {
    let path = Path::new(file);
    let parts: Vec<Component<'_>> = path.components().collect();
    parts.len() == 3
        && file.split('/').count() == 3
        && !file.contains('\\')
        && file.ends_with(SUFFIX)
        && parts
            .iter()
            .all(|part| matches!(part, Component::Normal(_)))
}

/// Reads a file that is no link.
fn read_plain(path: &Path) -> io::Result<Vec<u8>> {
    if path.is_symlink() {
        return Err(io::Error::other("it is a link"));
    }
    files::read_regular(path)
}

fn not_read(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("cannot read `{}`: {error}", files::shown(path)))
        .help("check that you may read it, or name another folder with --dir")
}

fn not_written(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("cannot write `{}`: {error}", files::shown(path)))
        .help("check that you may write there and that the disk is not full")
}

#[cfg(test)]
mod tests {
    use semver::Version;
    use tempfile::TempDir;

    use super::*;

    fn pin(contract: &str, version: &str) -> LockedInput {
        LockedInput {
            product: "a".to_owned(),
            port: "p".to_owned(),
            contract: contract.to_owned(),
            contract_version: version.to_owned(),
            contract_digest: digest_of(version.as_bytes()),
            from: "sales/orders".to_owned(),
            version: Version::new(1, 0, 0),
            record: digest_of(b""),
        }
    }

    fn index(pins: &[LockedInput]) -> (BTreeMap<String, Vec<u8>>, Index) {
        let inputs = pins.iter().map(|pin| Indexed {
            product: pin.product.clone(),
            port: pin.port.clone(),
            contract: ContractView {
                id: pin.contract.clone(),
                version: Some(pin.contract_version.clone()),
                digest: pin.contract_digest.clone(),
            },
            provider: Some(Provider {
                product: pin.from.clone(),
                version: pin.version.to_string(),
                record: pin.record.clone(),
            }),
            manifest: "../a/dataproduct.yaml".to_owned(),
            file: path_of(pin),
        });
        let texts = pins
            .iter()
            .map(|pin| (path_of(pin), pin.contract_version.clone().into_bytes()));
        let index = Index {
            inputs: inputs.collect(),
            ..Index::default()
        };
        (texts.collect(), index)
    }

    #[test]
    fn a_path_means_one_contract_whatever_it_is_called() {
        assert_eq!(
            path_of(&pin("sales.orders", "1.0.0")),
            "sales/orders/sales.orders@1.0.0.odcs.yaml"
        );
        let strange = [
            ("sales.orders", "1.0.0"),
            ("Sales.orders", "1.0.0"),
            ("sales.orders", "v1.0.0"),
            ("sales.orders", "V1.0.0"),
            ("sales.orders", "1.0.0+a"),
            (".hidden", "1.0.0"),
            ("sales.orders", "1.0.0 a"),
            ("sales.orders", "../../x"),
            ("sales/orders", "1.0.0"),
            ("urn:sales:orders", "1.0.0"),
        ];
        let paths: BTreeSet<String> = strange
            .iter()
            .map(|(contract, version)| path_of(&pin(contract, version)).to_lowercase())
            .collect();
        assert_eq!(paths.len(), strange.len(), "{paths:#?}");
        assert!(paths.iter().all(|path| is_of_layout(path)), "{paths:#?}");
    }

    #[test]
    fn a_folder_holds_what_is_needed_and_nothing_that_mesh_wrote_besides() {
        let root = TempDir::new().expect("a folder");
        let path = root.path().join("x/inputs");
        let all = |version: &str| index(&[pin("c", "1.0.0"), pin("c", version)]);
        let written = |version: &str| {
            let folder = Folder::open(&path).expect("a folder");
            let (texts, index) = all(version);
            folder.write(&texts, index).expect("written")
        };
        let first = written("2.0.0");
        assert_eq!(first.new.len(), 2);
        assert_eq!(written("2.0.0").same.len(), 2);
        // Somebody else's files stay.
        fs::write(path.join("sales/orders/notes.txt"), "mine").expect("a file");
        let file = |version: &str| path.join(path_of(&pin("c", version)));
        fs::write(file("1.0.0"), "changed").expect("a file");
        let next = written("3.0.0");
        assert_eq!(next.restored, [path_of(&pin("c", "1.0.0"))]);
        assert_eq!(next.removed, [path_of(&pin("c", "2.0.0"))]);
        assert!(!file("2.0.0").exists() && path.join("sales/orders/notes.txt").exists());
        // What was changed is not removed.
        fs::write(file("3.0.0"), "changed").expect("a file");
        assert_eq!(written("4.0.0").left, [path_of(&pin("c", "3.0.0"))]);
        assert!(file("3.0.0").exists());
        let text = fs::read_to_string(path.join(INDEX)).expect("an index");
        assert!(!text.contains("obsolete"), "{text}");
    }

    #[test]
    fn nothing_is_written_where_something_else_is() {
        let root = TempDir::new().expect("a folder");
        let folder = |name: &str| root.path().join(name);
        fs::create_dir(folder("full")).expect("a folder");
        fs::write(folder("full/mine"), "").expect("a file");
        let failure = |path: &Path| format!("{:?}", Folder::open(path).expect_err("a failure"));
        assert!(failure(&folder("full")).contains("did not write"));
        // An index that names other files is not followed.
        let (_, mut strange) = index(&[pin("c", "1.0.0")]);
        strange.version = VERSION;
        for file in [
            "../../x.odcs.yaml",
            "/a/b.odcs.yaml",
            "a/b/c",
            "a/../b.odcs.yaml",
        ] {
            strange.inputs[0].file = file.to_owned();
            let text = serde_json::to_string(&strange).expect("JSON");
            fs::create_dir_all(folder("strange")).expect("a folder");
            fs::write(folder("strange").join(INDEX), text).expect("a file");
            assert!(
                failure(&folder("strange")).contains("is no file of it"),
                "{file}"
            );
        }
        strange.version = VERSION + 1;
        let text = serde_json::to_string(&strange).expect("JSON");
        fs::write(folder("strange").join(INDEX), text).expect("a file");
        assert!(failure(&folder("strange")).contains("this mesh knows"));
    }

    #[cfg(unix)]
    #[test]
    fn no_link_is_followed_out_of_the_folder() {
        let root = TempDir::new().expect("a folder");
        let inside = root.path().join("inputs");
        let outside = root.path().join("outside");
        fs::create_dir(&outside).expect("a folder");
        let folder = Folder::open(&inside).expect("a folder");
        std::os::unix::fs::symlink(&outside, inside.join("sales")).expect("a link");
        let (texts, index) = index(&[pin("c", "1.0.0")]);
        let failure = folder.write(&texts, index).expect_err("a failure");
        assert!(format!("{failure:?}").contains("is a link"));
        assert_eq!(fs::read_dir(&outside).expect("a folder").count(), 0);
    }
}
