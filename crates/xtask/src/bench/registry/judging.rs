//! What it costs to judge what goes into a registry: a change in its CI, a push in its hook, all of it in an audit, and
//! many requests in a merge.
//!
//! What git itself takes for the same is measured beside it: reading the change, and a push past a hook that lets
//! everything in.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::fill::{Product, Shape};
use super::{
    Bench, FEW_ROUNDS, IDENTITY, LARGE, LONG, Mesh, PUBLISHED, ROUNDS, SMALL, Took, about, git,
    median, time,
};

/// Requests that are merged at a time.
const REQUESTS: usize = 48;

/// One publish per commit, 10,000 of them.
pub(super) const STEPS: Shape = Shape {
    name: "steps.git",
    products: 1000,
    domains: 20,
    commits: true,
};

/// Where nobody can write.
const NOWHERE: &str = "/dev/null/nowhere";

/// A hook that lets everything in.
const NO_HOOK: &str = "#!/bin/sh\nexec cat >/dev/null\n";

/// Lines of a table.
pub(super) struct Table(pub(super) String);

impl Table {
    pub(super) fn new(title: &str) -> Self {
        Self(format!(
            "\n{title:<60} {:>8} {:>10} {:>10}\n\n",
            "CPU", "wall", "memory"
        ))
    }

    pub(super) fn line(&mut self, what: &str, took: Took, memory: Option<f64>) {
        let memory = memory.map_or_else(String::new, |memory| format!(" {memory:>7.0} MB"));
        let _ = writeln!(
            self.0,
            "{what:<58} {:>7.0} ms {:>7.0} ms{memory}",
            took.cpu, took.wall
        );
    }
}

impl Bench {
    pub(super) fn judging(&self) -> io::Result<String> {
        Ok(self.changes()? + &self.pushes()? + &self.audits()? + &self.merge()?)
    }

    /// One publish, as the CI of a registry judges it: with what an earlier run has left in the cache, and without.
    fn changes(&self) -> io::Result<String> {
        let mut table = Table::new("whole process, judging one publish");
        let mut warm = Vec::new();
        for shape in [SMALL, LARGE, LONG] {
            let name = format!("changed-{}", shape.name);
            let mut mesh = self.publisher(shape, &name, PUBLISHED)?;
            mesh.publish()?;
            let change = ["--base", "HEAD~1", "--head", "HEAD"];
            let cache = self.cache(&format!("judge-{}", shape.name));
            let arguments = self.verify(&mesh.registry, &cache, &change);
            time("\"$@\"", &arguments, &self.scratch)?;
            let took = self.repeated("\"$@\"", &arguments, ROUNDS)?;
            let memory = super::super::peak_memory("env".as_ref(), &os(&arguments))?;
            table.line(
                &format!("mesh registry verify, {}", about(shape)),
                took,
                memory,
            );
            warm.push(took.wall);
            let nowhere = self.without_cache(&mesh.registry, &change);
            let took = self.repeated("\"$@\"", &nowhere, FEW_ROUNDS)?;
            let memory = super::super::peak_memory("env".as_ref(), &os(&nowhere))?;
            let what = format!("mesh registry verify, no cache, {}", about(shape));
            table.line(&what, took, memory);
            let git = [
                "git",
                "-C",
                &mesh.registry.to_string_lossy(),
                "diff-tree",
                "-r",
                "-p",
                "HEAD~1",
                "HEAD",
            ]
            .map(str::to_owned);
            let took = self.repeated("\"$@\"", &git, ROUNDS)?;
            table.line(&format!("git diff-tree -p, {}", about(shape)), took, None);
        }
        let _ = writeln!(
            table.0,
            "\nverify, {}: {:.2} x {}",
            about(LARGE),
            warm[1] / warm[0],
            about(SMALL)
        );
        Ok(table.0)
    }

    /// One publish through a hook, from `mesh publish` on.
    fn pushes(&self) -> io::Result<String> {
        let mut table = Table::new("mesh publish through a hook, with all processes");
        for shape in [SMALL, LARGE] {
            let mut meshes = Vec::new();
            for (hook, what) in [
                (NO_HOOK.to_owned(), "that lets all in"),
                (self.hook(true), "of mesh"),
                (self.hook(false), "of mesh, no cache"),
            ] {
                let name = format!("hooked-{}-{}", meshes.len(), shape.name);
                let mut mesh = self.publisher(shape, &name, PUBLISHED)?;
                let file = mesh.registry.join("hooks/pre-receive");
                fs::create_dir_all(mesh.registry.join("hooks"))?;
                fs::write(&file, hook)?;
                fs::set_permissions(&file, fs::Permissions::from_mode(0o755))?;
                mesh.publish()?;
                mesh.took.clear();
                meshes.push((what, mesh));
            }
            for round in 0..ROUNDS {
                for (what, mesh) in &mut meshes {
                    if round < FEW_ROUNDS || !what.ends_with("no cache") {
                        mesh.publish()?;
                    }
                }
            }
            let git = median(&meshes[0].1.took).wall;
            for (what, mesh) in &meshes {
                let took = median(&mesh.took);
                table.line(&format!("hook {what}, {}", about(shape)), took, None);
            }
            let judged = median(&meshes[1].1.took).wall;
            let _ = writeln!(
                table.0,
                "{}: with the hook of mesh {:.2} x without",
                about(shape),
                judged / git
            );
        }
        Ok(table.0)
    }

    /// Everything that there is, and how it came to be.
    fn audits(&self) -> io::Result<String> {
        let mut table = Table::new("whole process, mesh registry verify --full");
        for shape in [SMALL, STEPS, LARGE] {
            let registry = self.registries.join(shape.name);
            let cache = self.cache(&format!("audit-{}", shape.name));
            let arguments = self.verify(&registry, &cache, &["--full"]);
            let took = time("\"$@\"", &arguments, &self.scratch)?;
            let memory = super::super::peak_memory("env".as_ref(), &os(&arguments))?;
            table.line(&about(shape), took, memory);
        }
        Ok(table.0)
    }

    /// Requests of as many products.
    fn merge(&self) -> io::Result<String> {
        let mut table = Table::new("whole process, mesh registry merge");
        for shape in [SMALL, LARGE] {
            let name = format!("merged-{}", shape.name);
            let first = self.publisher(shape, &name, 1)?;
            for number in 1..=REQUESTS {
                let product = Product { shape, number };
                let mut mesh = Mesh {
                    product,
                    took: Vec::new(),
                    ..first.again()
                };
                mesh.submit()?;
            }
            let bot = self.cache(&format!("bot-{}", shape.name));
            let mut arguments = vec![
                "env".to_owned(),
                format!("MESH_CACHE_DIR={}", bot.display()),
            ];
            arguments.extend(IDENTITY.map(str::to_owned));
            arguments.extend(
                [
                    &*self.binary.to_string_lossy(),
                    "registry",
                    "merge",
                    "--registry",
                    &first.registry.to_string_lossy(),
                ]
                .map(str::to_owned),
            );
            let mut dry = arguments.clone();
            dry.push("--dry-run".to_owned());
            // Fills the cache.
            time("\"$@\"", &dry, &self.scratch)?;
            let memory = super::super::peak_memory("env".as_ref(), &os(&dry))?;
            let took = time("\"$@\"", &arguments, &self.scratch)?;
            let merged = git(&first.registry, &["log".as_ref(), "-1".as_ref()])?;
            if !merged.contains(&REQUESTS.to_string()) {
                return Err(io::Error::other(format!("not all were merged: {merged}")));
            }
            table.line(
                &format!("{REQUESTS} requests, {}", about(shape)),
                took,
                memory,
            );
        }
        Ok(table.0)
    }

    pub(super) fn repeated(
        &self,
        script: &str,
        arguments: &[String],
        rounds: usize,
    ) -> io::Result<Took> {
        let rounds = (0..rounds).map(|_| time(script, arguments, &self.scratch));
        Ok(median(&rounds.collect::<io::Result<Vec<_>>>()?))
    }

    /// As for a user who has no place for a cache.
    fn without_cache(&self, registry: &Path, options: &[&str]) -> Vec<String> {
        self.verify(registry, Path::new(NOWHERE), options)
    }

    fn verify(&self, registry: &Path, cache: &Path, options: &[&str]) -> Vec<String> {
        let cache = format!("MESH_CACHE_DIR={}", cache.display());
        let (mesh, registry) = (self.binary.to_string_lossy(), registry.to_string_lossy());
        let command = [
            "env",
            &*cache,
            &*mesh,
            "registry",
            "verify",
            "--registry",
            &*registry,
        ];
        let words = command.iter().chain(options);
        words.map(|word| (*word).to_owned()).collect()
    }

    /// The hook that `mesh registry init --hook` installs, but for where mesh is and what its user has.
    fn hook(&self, has_cache: bool) -> String {
        let without = if has_cache {
            String::new()
        } else {
            format!("export MESH_CACHE_DIR={NOWHERE}\n")
        };
        let mesh = self.binary.display();
        format!("#!/bin/sh\n{without}exec \"{mesh}\" registry verify --hook\n")
    }

    /// Somebody who publishes to a copy of a registry.
    pub(super) fn publisher(&self, shape: Shape, name: &str, number: usize) -> io::Result<Mesh> {
        Ok(Mesh {
            registry: self.copy(shape, name)?,
            cache: self.cache(name),
            work: self.scratch.join(format!("work-{name}")),
            binary: self.binary.clone(),
            product: Product { shape, number },
            next: 1,
            took: Vec::new(),
        })
    }
}

impl Mesh {
    /// The same registry and cache, for another product.
    fn again(&self) -> Self {
        let as_is = |path: &PathBuf| path.clone();
        Self {
            registry: as_is(&self.registry),
            cache: as_is(&self.cache),
            work: as_is(&self.work),
            binary: as_is(&self.binary),
            product: self.product,
            next: self.next,
            took: Vec::new(),
        }
    }

    /// Publishes the next version to a branch of its own.
    fn submit(&mut self) -> io::Result<()> {
        self.write()?;
        let mut arguments = self.arguments();
        arguments.extend(["--mode".into(), "branch".into()]);
        time("\"$@\"", &arguments, &self.work).map(drop)
    }
}

pub(super) fn os(words: &[String]) -> Vec<std::ffi::OsString> {
    // `env` itself is the program.
    words.iter().skip(1).map(Into::into).collect()
}
