//! Files that are written anew: shown as a diff, or replaced.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use mesh_diagnostics::printable;
use mesh_lint::blanked_text;
use mesh_spec::document::Document;
use similar::TextDiff;
use tempfile::NamedTempFile;

use crate::failure::Failure;

/// Unchanged lines around a change in a diff.
const CONTEXT: usize = 3;

/// A file that is to have another text, or another name.
pub(crate) struct Rewrite {
    /// The text as it was read.
    pub(crate) before: String,
    /// The file's path.
    pub(crate) name: String,
    /// The document as it is to be, under the name that the file is to have.
    pub(crate) after: Document,
}

impl Rewrite {
    fn is_renamed(&self) -> bool {
        self.name != self.after.name()
    }

    /// Writes the difference as a unified diff. Credentials are blanked, as they are in findings.
    pub(crate) fn diff(&self, out: &mut impl Write) -> Result<(), Failure> {
        let before = Document::parse(
            self.name.as_str(),
            self.before.clone().into_bytes(),
            self.after.kind(),
        );
        let (old, new) = (blanked_text(&before), blanked_text(&self.after));
        if self.is_renamed() {
            writeln!(out, "rename from {}", printable(&self.name))?;
            writeln!(out, "rename to {}", printable(self.after.name()))?;
        }
        let diff = TextDiff::from_lines(old.as_ref(), new.as_ref());
        let text = diff
            .unified_diff()
            .context_radius(CONTEXT)
            .header(&self.name, self.after.name())
            .to_string();
        // What a terminal would take for a command is made visible; elsewhere a diff is data.
        if io::stdout().is_terminal() {
            write!(out, "{}", printable(&text))?;
        } else {
            write!(out, "{text}")?;
        }
        Ok(())
    }
}

/// Replaces the files, each at once, if all of them still are as they were read.
pub(crate) fn write(rewrites: &[Rewrite]) -> Result<(), Failure> {
    for rewrite in rewrites {
        let path = Path::new(&rewrite.name);
        expect_unchanged(rewrite, path)?;
        expect_writable(rewrite, path)?;
        if rewrite.is_renamed() {
            expect_free(rewrite)?;
        }
    }
    for rewrite in rewrites {
        replace(rewrite).map_err(|error| {
            Failure::new(format!("cannot write `{}`: {error}", rewrite.name))
                .help("check that you may write to the file and its folder")
        })??;
    }
    Ok(())
}

fn replace(rewrite: &Rewrite) -> io::Result<Result<(), Failure>> {
    let path = Path::new(&rewrite.name);
    if rewrite.before != rewrite.after.source.text() {
        // A symbolic link stays one: what it leads to is replaced.
        let file = fs::canonicalize(path)?;
        let folder = file.parent().unwrap_or(Path::new("."));
        let mut temporary = NamedTempFile::new_in(folder)?;
        temporary.write_all(rewrite.after.source.text().as_bytes())?;
        let permissions = fs::metadata(&file)?.permissions();
        temporary.as_file().set_permissions(permissions)?;
        temporary.as_file().sync_all()?;
        // The last moment at which somebody else's change can be seen.
        if let Err(failure) = expect_unchanged(rewrite, path) {
            return Ok(Err(failure));
        }
        temporary.persist(&file).map_err(|error| error.error)?;
    }
    if rewrite.is_renamed() {
        if let Err(failure) = expect_free(rewrite) {
            return Ok(Err(failure));
        }
        fs::rename(path, rewrite.after.name())?;
    }
    Ok(Ok(()))
}

fn expect_unchanged(rewrite: &Rewrite, path: &Path) -> Result<(), Failure> {
    match fs::read(path) {
        Ok(bytes) if bytes == rewrite.before.as_bytes() => Ok(()),
        _ => Err(
            Failure::new(format!("`{}` has changed since it was read", rewrite.name))
                .help("run the command again"),
        ),
    }
}

/// A file that is replaced needs no permission to write to it: who took it away meant it all the same.
fn expect_writable(rewrite: &Rewrite, path: &Path) -> Result<(), Failure> {
    match fs::metadata(path) {
        Ok(there) if there.permissions().readonly() => Err(Failure::new(format!(
            "cannot write `{}`: it is read-only",
            rewrite.name
        ))
        .help("make it writable, or leave it out; nothing has been written")),
        _ => Ok(()),
    }
}

fn expect_free(rewrite: &Rewrite) -> Result<(), Failure> {
    if is_free(rewrite.after.name()) {
        return Ok(());
    }
    let name = rewrite.after.name();
    Err(
        Failure::new(format!("cannot rename `{}`: `{name}` exists", rewrite.name))
            .help("remove one of the two, or give one another id"),
    )
}

/// Whether nothing has the path `name`, not even a link that leads nowhere.
pub(crate) fn is_free(name: &str) -> bool {
    let found = fs::symlink_metadata(name);
    found.is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// The files and folders that were named, and in which alone files are written.
pub(crate) struct Scope(Vec<PathBuf>);

impl Scope {
    pub(crate) fn of(paths: &[PathBuf]) -> Self {
        let real = |path: &PathBuf| fs::canonicalize(path).ok();
        Self(paths.iter().filter_map(real).collect())
    }

    /// Whether the file lies within, once links are followed.
    pub(crate) fn contains(&self, name: &str) -> bool {
        fs::canonicalize(name).is_ok_and(|file| self.0.iter().any(|named| file.starts_with(named)))
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn rewrite(folder: &TempDir, from: &str, to: &str, text: &str) -> Rewrite {
        let path = |name: &str| folder.path().join(name).display().to_string();
        Rewrite {
            before: "name: a\n".to_owned(),
            name: path(from),
            after: Document::parse(path(to), text.as_bytes().to_vec(), None),
        }
    }

    fn message(result: Result<(), Failure>) -> String {
        format!("{:?}", result.expect_err("a failure"))
    }

    #[test]
    fn a_file_that_has_changed_is_not_written_and_no_other_is() {
        let folder = TempDir::new().expect("a folder");
        let file = |name: &str| folder.path().join(name);
        fs::write(file("a"), "name: a\n").expect("a file");
        fs::write(file("b"), "name: somebody else's\n").expect("a file");
        let both = ["a", "b"].map(|name| rewrite(&folder, name, name, "name: b\n"));
        assert!(message(write(&both)).contains("has changed since it was read"));
        assert_eq!(fs::read(file("a")).expect("a file"), b"name: a\n");
        assert!(write(&both[..1]).is_ok());
        assert_eq!(fs::read(file("a")).expect("a file"), b"name: b\n");
    }

    #[test]
    fn a_file_is_renamed_only_where_nothing_is() {
        let folder = TempDir::new().expect("a folder");
        let file = |name: &str| folder.path().join(name);
        for name in ["a", "b"] {
            fs::write(file(name), "name: a\n").expect("a file");
        }
        let taken = rewrite(&folder, "a", "b", "name: c\n");
        assert!(message(write(&[taken])).contains("exists"));
        assert_eq!(fs::read(file("a")).expect("a file"), b"name: a\n");
        assert!(write(&[rewrite(&folder, "a", "c", "name: c\n")]).is_ok());
        assert!(!file("a").exists());
        assert_eq!(fs::read(file("c")).expect("a file"), b"name: c\n");
    }

    #[test]
    fn a_scope_ends_where_the_named_paths_end() {
        let folder = TempDir::new().expect("a folder");
        let file = |name: &str| folder.path().join(name);
        fs::create_dir(file("in")).expect("a folder");
        for name in ["in/a", "b"] {
            fs::write(file(name), "").expect("a file");
        }
        let scope = Scope::of(&[file("in")]);
        let contains = |name: &str| scope.contains(&file(name).display().to_string());
        assert!(contains("in/a") && !contains("b") && !contains("in/missing"));
    }
}
