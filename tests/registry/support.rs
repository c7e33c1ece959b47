//! Real repositories, real git processes, and plans to publish to them.

use mesh_diagnostics::{CleanReport, Report};
use mesh_registry::{
    Approval, Error, Options, OutputPort, PlannedContract, PlannedProduct, PublishOptions,
    PublishPlan, PublishReport, Publisher, Registry, RegistryLocation, Snapshot, Summary,
};
use std::{
    env,
    ffi::OsStr,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Duration,
};
use tempfile::TempDir;

/// Set in the process that runs the body of a test.
const ISOLATED: &str = "MESH_TEST_ISOLATED";

/// Runs the body of a test in a process of its own, in which git sees no configuration of this machine.
///
/// The library hands its environment to git, and the environment of a process cannot be changed while its other threads
/// run. So the test binary starts itself again, for this one test, with the right environment from the beginning.
pub(crate) fn isolated<F: FnOnce(&World)>(body: F) {
    isolated_by(body, |binary| binary);
}

/// As [`isolated`], where file systems may be mounted, also by somebody who is not root: nobody else sees them, and they
/// go with the process.
#[cfg(unix)]
pub(crate) fn isolated_mounting<F: FnOnce(&World)>(body: F) {
    isolated_by(body, |binary| {
        // Root of this machine is so as well; anybody else only within.
        let namespace = ["-m", "-rm"].into_iter().find(|flag| {
            let tried = Command::new("unshare").args([flag, "true"]).output();
            tried.is_ok_and(|output| output.status.success())
        });
        let Some(flag) = namespace else {
            return binary;
        };
        let mut command = Command::new("unshare");
        command.arg(flag).arg(binary.get_program());
        command.args(binary.get_args());
        command
    });
}

fn isolated_by<F: FnOnce(&World)>(body: F, within: impl FnOnce(Command) -> Command) {
    if env::var_os(ISOLATED).is_some() {
        return body(&World::new());
    }
    // `registry::module::test::{{closure}}`
    let path = std::any::type_name::<F>();
    let name = path
        .split_once("::")
        .map_or(path, |(_, rest)| rest)
        .trim_end_matches("::{{closure}}");
    let home = tempfile::tempdir().expect("a temporary directory");
    let output = in_isolation(&mut within(own_binary(name)), home.path())
        .output()
        .expect("the test binary");
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{text}");
    assert!(
        text.contains("1 passed"),
        "no test is called {name}:\n{text}"
    );
    for line in text.lines().filter(|line| line.starts_with(SKIPPED)) {
        note(line);
    }
}

const SKIPPED: &str = "skipped: ";

/// Says that something was not tested, and why.
pub(crate) fn skip(reason: &str) {
    note(&format!("{SKIPPED}{reason}"));
}

/// Not by a macro: what those print is shown for failed tests only.
fn note(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// This binary, to run one test.
pub(crate) fn own_binary(test: &str) -> Command {
    let mut command = Command::new(env::current_exe().expect("the path of the test binary"));
    command.args(["--exact", test, "--nocapture", "--include-ignored"]);
    command
}

fn in_isolation<'c>(command: &'c mut Command, home: &Path) -> &'c mut Command {
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_") || name.to_string_lossy().starts_with("SSH_")
        {
            command.env_remove(name);
        }
    }
    let config = home.join(".gitconfig");
    fs::write(
        &config,
        "[user]\n\tname = Test\n\temail = test@example.com\n",
    )
    .expect("a configuration file");
    command
        .env(ISOLATED, "1")
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home)
        .env("GIT_CONFIG_GLOBAL", config)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        // There is an agent if a test starts one there.
        .env("SSH_AUTH_SOCK", home.join("agent"))
        .env("MESH_CACHE_DIR", home.join("cache"))
        .env("MESH_DATA_DIR", home.join("data"))
}

/// A directory with registries and caches, removed at the end of the test.
pub(crate) struct World {
    directory: TempDir,
}

impl World {
    fn new() -> Self {
        Self {
            directory: tempfile::tempdir().expect("a temporary directory"),
        }
    }

    pub(crate) fn root(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    /// Runs git in the root.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        git(self.root(), arguments)
    }

    /// A handle on the registry at a location, with a cache of its own.
    pub(crate) fn registry(&self, location: &str, cache: &str) -> Registry {
        let location = RegistryLocation::parse(location, self.root()).expect("a valid location");
        Registry::new(location, self.options(cache))
    }

    pub(crate) fn options(&self, cache: &str) -> Options {
        Options {
            cache_dir: Some(self.path(cache)),
            ..Options::default()
        }
    }

    /// An initialised registry at a path.
    pub(crate) fn initialised(&self, name: &str) -> Registry {
        let registry = self.registry(name, "cache");
        registry.init().expect("a new registry");
        registry
    }

    /// A work tree of a registry, for doing what mesh never does.
    pub(crate) fn clone_of(&self, registry: &str) -> PathBuf {
        let name = format!("{registry}.work");
        self.git(&["clone", "-q", registry, &name]);
        self.path(&name)
    }
}

/// Commits what `change` does to a work tree of the registry.
pub(crate) fn tamper(work: &Path, change: impl FnOnce(&Path)) {
    git(work, &["pull", "-q"]);
    change(work);
    git(work, &["add", "-A"]);
    git(work, &["commit", "-q", "-m", "by hand"]);
    git(work, &["push", "-q"]);
}

/// Runs git; panics if it fails.
pub(crate) fn git(directory: &Path, arguments: &[impl AsRef<OsStr>]) -> String {
    let output = try_git(directory, arguments);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .expect("UTF-8 output")
        .trim()
        .to_owned()
}

pub(crate) fn try_git(directory: &Path, arguments: &[impl AsRef<OsStr>]) -> Output {
    Command::new("git")
        .current_dir(directory)
        .args(arguments)
        .output()
        .expect("git")
}

/// Writes a hook of a bare repository.
#[cfg(unix)]
pub(crate) fn hook(repository: &Path, name: &str, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = repository.join("hooks").join(name);
    fs::create_dir_all(repository.join("hooks")).expect("a directory for hooks");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a hook");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("an executable hook");
}

/// A product with one contract; `content` makes its bytes differ.
pub(crate) fn product(domain: &str, name: &str, version: &str, content: &str) -> PlannedProduct {
    let contract = format!("{name}-contract");
    let bytes = format!("id: {contract}\nversion: 1.0.0\n# {content}\r\n").into_bytes();
    PlannedProduct {
        id: format!("{domain}.{name}"),
        name: Some(name.to_owned()),
        domain: domain.to_owned(),
        version: version.parse().expect("a version"),
        manifest: format!("id: {domain}.{name}\nversion: {version}\n# {content}\n").into_bytes(),
        contracts: vec![PlannedContract {
            id: contract.clone(),
            version: "1.0.0".to_owned(),
            bytes,
        }],
        source: None,
        summary: Summary {
            name: Some(name.to_owned()),
            output_ports: vec![OutputPort {
                name: format!("{name}-port"),
                contract_id: Some(contract),
                contract_version: Some("1.0.0".to_owned()),
                ..OutputPort::default()
            }],
            ..Summary::default()
        },
    }
}

/// The product with its contract under another id, and still of the same content.
pub(crate) fn promising(mut product: PlannedProduct, contract: &str) -> PlannedProduct {
    contract.clone_into(&mut product.contracts[0].id);
    product.summary.output_ports[0].contract_id = Some(contract.to_owned());
    product
}

pub(crate) fn plan(products: Vec<PlannedProduct>) -> PublishPlan {
    try_plan(products).expect("a valid plan")
}

pub(crate) fn try_plan(products: Vec<PlannedProduct>) -> Result<PublishPlan, Error> {
    try_plan_of("test@example.com", products)
}

/// The plan of somebody with an e-mail address.
pub(crate) fn plan_of(email: &str, products: Vec<PlannedProduct>) -> PublishPlan {
    try_plan_of(email, products).expect("a valid plan")
}

fn try_plan_of(email: &str, products: Vec<PlannedProduct>) -> Result<PublishPlan, Error> {
    let publisher = Publisher {
        name: "Test".to_owned(),
        email: email.to_owned(),
    };
    let clean = CleanReport::try_from(Report::default()).expect("an empty report is clean");
    PublishPlan::new(&clean, products, publisher, "mesh-test 0.0.0")
}

/// Publishes without a gate.
pub(crate) fn publish(
    registry: &Registry,
    products: Vec<PlannedProduct>,
) -> Result<PublishReport, Error> {
    publish_within(registry, products, Duration::from_secs(60))
}

pub(crate) fn publish_within(
    registry: &Registry,
    products: Vec<PlannedProduct>,
    deadline: Duration,
) -> Result<PublishReport, Error> {
    let options = PublishOptions {
        deadline,
        ..PublishOptions::default()
    };
    registry.publish(&plan(products), &options, &mut |_: &Snapshot| {
        Ok(Approval::default())
    })
}

/// Everything published, as `domain/product version`.
pub(crate) fn listing(snapshot: &Snapshot) -> Vec<String> {
    snapshot
        .entries()
        .map(|entry| entry.expect("an entry"))
        .map(|entry| format!("{} {}", entry.reference(), entry.version))
        .collect()
}
