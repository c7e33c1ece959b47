//! A place of its own for each test: folders, git identity, cache and data.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A day on which the one waiver of the pharma example is in force, whatever the day of the run is.
pub(crate) const DAY: &str = "2026-12-15";

/// A product that nothing is wrong with, `commercial.orders`, and its contract.
pub(crate) const PRODUCT: &str =
    include_str!("../../crates/mesh-lint/src/examples/dataproduct.yaml");
pub(crate) const CONTRACT: &str =
    include_str!("../../crates/mesh-lint/src/examples/orders.odcs.yaml");

pub(crate) struct Sandbox {
    root: TempDir,
}

/// What a command did.
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let root = TempDir::new().expect("a temporary folder");
        let sandbox = Self { root };
        sandbox.write("home/.gitconfig", "[user]\n\tname = Ada Lovelace\n\temail = ada@pharma.example\n[init]\n\tdefaultBranch = main\n");
        fs::create_dir_all(sandbox.path("work")).expect("a work folder");
        sandbox
    }

    pub(crate) fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.path().join(path)
    }

    /// The folder in which commands run.
    pub(crate) fn work(&self) -> PathBuf {
        self.path("work")
    }

    pub(crate) fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, content).expect("a file");
    }

    pub(crate) fn read(&self, path: impl AsRef<Path>) -> String {
        fs::read_to_string(self.path(path)).expect("a file")
    }

    /// A copy of a folder of the repository, in the work folder.
    pub(crate) fn copy_example(&self, example: &str) -> PathBuf {
        let to = self.work().join(example);
        copy(&repository().join("examples").join(example), &to);
        to
    }

    /// Runs `mesh` in the work folder.
    pub(crate) fn mesh<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Run {
        self.mesh_in(self.work(), arguments)
    }

    pub(crate) fn mesh_in<S: AsRef<OsStr>>(
        &self,
        folder: impl AsRef<Path>,
        arguments: impl IntoIterator<Item = S>,
    ) -> Run {
        let mut command = self.command(env!("CARGO_BIN_EXE_mesh"));
        command.current_dir(folder).args(arguments);
        Run::of(command.output().expect("mesh starts"))
    }

    /// An empty registry beside the work folder.
    pub(crate) fn registry(&self) -> PathBuf {
        let registry = self.path("registry.git");
        let init = ["registry".as_ref(), "init".as_ref(), registry.as_os_str()];
        self.mesh(init).expect(0);
        registry
    }

    /// What git says in a folder, without the end of the last line.
    #[track_caller]
    pub(crate) fn git(&self, folder: impl AsRef<Path>, arguments: &[&str]) -> String {
        self.run_git(folder, arguments).trim_end().to_owned()
    }

    /// A file as a commit of a repository holds it, such as `HEAD:mesh.yaml`.
    #[track_caller]
    pub(crate) fn file_at(&self, folder: impl AsRef<Path>, file: &str) -> String {
        self.run_git(folder, &["show", file])
    }

    #[track_caller]
    fn run_git(&self, folder: impl AsRef<Path>, arguments: &[&str]) -> String {
        let mut command = self.command("git");
        command.arg("-C").arg(folder.as_ref()).args(arguments);
        Run::of(command.output().expect("git starts")).expect(0)
    }

    /// A command with nothing of the machine around it but its programs.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        let binaries = Path::new(env!("CARGO_BIN_EXE_mesh"))
            .parent()
            .expect("a folder");
        let path = std::env::var("PATH").unwrap_or_default();
        command
            .env_clear()
            .env("PATH", format!("{}:{path}", binaries.display()))
            .env("HOME", self.path("home"))
            .env("MESH_CACHE_DIR", self.path("cache"))
            .env("MESH_DATA_DIR", self.path("data"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .current_dir(self.work());
        command
    }
}

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// The output, if the command ended with `status`.
    #[track_caller]
    pub(crate) fn expect(self, status: i32) -> String {
        assert_eq!(
            self.status, status,
            "\n--- stdout\n{}\n--- stderr\n{}",
            self.stdout, self.stderr
        );
        self.stdout
    }

    #[track_caller]
    pub(crate) fn json(self, status: i32) -> Value {
        serde_json::from_str(&self.expect(status)).expect("JSON")
    }
}

pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("an example") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("a copy");
        }
    }
}
