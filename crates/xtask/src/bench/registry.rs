//! What a registry of many versions costs those who publish to it and search in it, against what git costs.
//!
//! Registries are made for the occasion, of records as mesh writes them. With `MESH_BENCH_REGISTRIES` they are kept in
//! that directory, and taken from there the next time.
//!
//! Other work on the machine gets into every figure, so what is compared takes turns: each round measures one publish of
//! every kind, and the figures are medians of rounds.

mod fill;
mod judging;
mod peers;
mod reading;

use std::env;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use fill::{Product, Shape};
use judging::STEPS;
use peers::{Plumbing, WorkTree};

/// Rounds of publishes.
const ROUNDS: usize = 15;
/// Rounds of what takes seconds.
const FEW_ROUNDS: usize = 3;
/// Publishes in a row, for what they leave in the cache.
const IN_A_ROW: usize = 1500;
/// The product that is published, in versions of its own.
const PUBLISHED: usize = 77;

const SMALL: Shape = Shape {
    name: "small.git",
    products: 100,
    domains: 10,
    commits: false,
};
const LARGE: Shape = Shape {
    name: "large.git",
    products: 10_000,
    domains: 50,
    commits: false,
};
const LONG: Shape = Shape {
    name: "long.git",
    commits: true,
    ..LARGE
};
const FLAT: Shape = Shape {
    name: "flat.git",
    domains: 1,
    ..LARGE
};

/// Makes the registries, measures, and gives the table.
pub(crate) fn run() -> io::Result<String> {
    with(|bench| Ok(bench.measure()? + &bench.judging()? + &bench.reading()?))
}

/// What publishing and searching takes, and no more.
pub(crate) fn run_publishing() -> io::Result<String> {
    with(Bench::measure)
}

/// What judging and reading takes, and no more.
pub(crate) fn run_judging() -> io::Result<String> {
    with(|bench| {
        for shape in [SMALL, LARGE, LONG, STEPS] {
            bench.make(shape)?;
        }
        Ok(bench.judging()? + &bench.reading()?)
    })
}

fn with(measure: impl Fn(&Bench) -> io::Result<String>) -> io::Result<String> {
    let scratch = env::temp_dir().join(format!("mesh-bench-{}", std::process::id()));
    fs::create_dir_all(&scratch)?;
    let kept = env::var_os("MESH_BENCH_REGISTRIES").map(PathBuf::from);
    let outcome = Bench::new(&scratch, kept.as_deref()).and_then(|bench| measure(&bench));
    fs::remove_dir_all(&scratch)?;
    outcome
}

/// What measuring needs.
struct Bench {
    scratch: PathBuf,
    registries: PathBuf,
    binary: PathBuf,
}

/// What one run took.
#[derive(Clone, Copy)]
struct Took {
    /// In milliseconds, with all processes that it started.
    cpu: f64,
    /// In milliseconds.
    wall: f64,
}

impl Bench {
    fn new(scratch: &Path, kept: Option<&Path>) -> io::Result<Self> {
        let binary = env::current_exe()?.with_file_name("mesh");
        if !binary.exists() {
            return Err(io::Error::other(
                "there is no mesh to measure: run `cargo build --release -p mesh-cli`",
            ));
        }
        let registries = kept.map_or_else(|| scratch.join("registries"), Path::to_owned);
        fs::create_dir_all(&registries)?;
        Ok(Self {
            scratch: scratch.to_owned(),
            registries,
            binary,
        })
    }

    fn measure(&self) -> io::Result<String> {
        let mut table = String::new();
        for shape in [SMALL, LARGE, LONG, FLAT, STEPS] {
            self.make(shape)?;
        }
        table += &self.publishing()?;
        table += &self.searching()?;
        table += &self.in_a_row()?;
        Ok(table)
    }

    /// Makes the registry, and sees to it that mesh takes all of it for its own.
    fn make(&self, shape: Shape) -> io::Result<()> {
        let (path, cache) = (self.registries.join(shape.name), self.cache(shape.name));
        shape.make(&path, &self.scratch.join("maker"))?;
        let snapshot = fill::open(&path, &cache)?
            .open()
            .map_err(io::Error::other)?;
        let problems = snapshot.problems();
        if snapshot.len() != shape.versions() || !problems.is_empty() {
            return Err(io::Error::other(format!(
                "{}: {} versions, {problems:?}",
                shape.name,
                snapshot.len()
            )));
        }
        for entry in snapshot.entries().step_by(997) {
            let read = entry.and_then(|entry| snapshot.read(&entry));
            read.map_err(io::Error::other)?;
        }
        Ok(())
    }

    fn cache(&self, name: &str) -> PathBuf {
        self.scratch.join(name.replace(".git", "-cache"))
    }

    /// A copy of a registry, for publishing to it.
    fn copy(&self, shape: Shape, name: &str) -> io::Result<PathBuf> {
        let path = self.scratch.join(name);
        git(
            &self.registries,
            &[
                "clone".as_ref(),
                "--quiet".as_ref(),
                "--bare".as_ref(),
                "--no-hardlinks".as_ref(),
                shape.name.as_ref(),
                path.as_os_str(),
            ],
        )?;
        Ok(path)
    }

    fn publishing(&self) -> io::Result<String> {
        let mut meshes = Vec::new();
        for shape in [SMALL, LARGE, LONG, FLAT] {
            let name = format!("mesh-{}", shape.name);
            let mut mesh = Mesh {
                registry: self.copy(shape, &name)?,
                cache: self.cache(&name),
                work: self.scratch.join(format!("work-{}", shape.name)),
                binary: self.binary.clone(),
                product: Product {
                    shape,
                    number: PUBLISHED,
                },
                next: 1,
                took: Vec::new(),
            };
            // Fills the cache.
            let cold = mesh.publish()?;
            mesh.took.clear();
            meshes.push((shape, mesh, cold));
        }
        let mut plumbing = Plumbing::new(self, LARGE)?;
        let mut small_plumbing = Plumbing::new(self, SMALL)?;
        let mut work_tree = WorkTree::new(self, LARGE)?;
        for round in 0..ROUNDS {
            for (_, mesh, _) in &mut meshes {
                mesh.publish()?;
            }
            small_plumbing.publish()?;
            plumbing.publish()?;
            if round < FEW_ROUNDS {
                work_tree.publish()?;
            }
        }

        let mut table = format!(
            "whole process, publishing the next version of a product{:>9} {:>10} {:>10}\n\n",
            "CPU", "wall", "memory"
        );
        let mut line = |what: &str, took: Took, memory: Option<f64>| {
            let memory = memory.map_or_else(String::new, |memory| format!(" {memory:>7.0} MB"));
            let _ = writeln!(
                table,
                "{what:<52} {:>8.0} ms {:>7.0} ms{memory}",
                took.cpu, took.wall
            );
        };
        let mut warm = Vec::new();
        for (shape, mesh, _) in &mut meshes {
            let took = median(&mesh.took);
            line(
                &format!("mesh publish, warm, {}", about(*shape)),
                took,
                mesh.memory()?,
            );
            warm.push(took.wall);
        }
        for (shape, _, cold) in &meshes {
            line(
                &format!("mesh publish, cold, {}", about(*shape)),
                *cold,
                None,
            );
        }
        let lean = median(&plumbing.took);
        line(
            &format!("git, plumbing, {}", about(SMALL)),
            median(&small_plumbing.took),
            None,
        );
        line(&format!("git, plumbing, {}", about(LARGE)), lean, None);
        line(
            &format!("git, in a work tree, {}", about(LARGE)),
            median(&work_tree.took),
            None,
        );
        let _ = writeln!(
            table,
            "\nwarm, {}: {:.2} x {}; {:.2} x git's plumbing",
            about(LARGE),
            warm[1] / warm[0],
            about(SMALL),
            warm[1] / lean.wall,
        );
        Ok(table)
    }

    fn searching(&self) -> io::Result<String> {
        let mut table = format!(
            "\nwhole process, warm, {}{:>9} {:>10} {:>10}\n\n",
            about(LARGE),
            "CPU",
            "wall",
            "memory"
        );
        for query in [
            &["product-777"][..],
            &["tag-7"],
            &["sales"],
            &["nothing"],
            &[],
        ] {
            let mut arguments = vec![
                format!("MESH_CACHE_DIR={}", self.cache(LARGE.name).display()).into(),
                self.binary.clone().into_os_string(),
                "search".into(),
                "--registry".into(),
                self.registries.join(LARGE.name).into_os_string(),
            ];
            arguments.extend(query.iter().map(Into::into));
            if let Some(cost) = super::process("env".as_ref(), &arguments)? {
                let query = query.first().copied().unwrap_or("everything");
                let _ = writeln!(table, "{:<52} {cost}", format!("mesh search, {query}"));
            }
        }
        Ok(table)
    }

    /// What many publishes leave behind.
    fn in_a_row(&self) -> io::Result<String> {
        let mut table = "\nin the cache, on disk\n\n".to_owned();
        for shape in [SMALL, LARGE, LONG, FLAT] {
            let _ = writeln!(
                table,
                "{:<52} {}",
                about(shape),
                contents(&self.cache(shape.name))?
            );
        }
        let mut mesh = Mesh {
            registry: self.copy(SMALL, "row.git")?,
            cache: self.cache("row"),
            work: self.scratch.join("row-work"),
            binary: self.binary.clone(),
            product: Product {
                shape: SMALL,
                number: PUBLISHED,
            },
            next: 1,
            took: Vec::new(),
        };
        for _ in 0..IN_A_ROW {
            mesh.publish()?;
        }
        let slowest = mesh.took.iter().map(|took| took.wall).fold(0.0, f64::max);
        let _ = writeln!(
            table,
            "{:<52} {}",
            format!("{}, and {IN_A_ROW} publishes in a row", about(SMALL)),
            contents(&mesh.cache)?
        );
        let _ = writeln!(
            table,
            "of these, one took {:.0} ms in the median, and the slowest {slowest:.0} ms",
            median(&mesh.took).wall
        );
        Ok(table)
    }
}

/// Someone who publishes with mesh.
struct Mesh {
    registry: PathBuf,
    cache: PathBuf,
    work: PathBuf,
    binary: PathBuf,
    product: Product,
    next: usize,
    took: Vec<Took>,
}

impl Mesh {
    /// Publishes the next version.
    fn publish(&mut self) -> io::Result<Took> {
        self.write()?;
        let took = time("\"$@\"", &self.arguments(), &self.work)?;
        self.took.push(took);
        Ok(took)
    }

    fn memory(&mut self) -> io::Result<Option<f64>> {
        self.write()?;
        super::peak_memory("env".as_ref(), &self.arguments())
    }

    fn arguments(&self) -> Vec<std::ffi::OsString> {
        let mut cache = std::ffi::OsString::from("MESH_CACHE_DIR=");
        cache.push(&self.cache);
        let mut arguments = vec![cache];
        arguments.extend(IDENTITY.map(Into::into));
        arguments.extend([
            self.binary.clone().into_os_string(),
            "publish".into(),
            "--registry".into(),
            self.registry.clone().into_os_string(),
            self.work.clone().into_os_string(),
        ]);
        arguments.insert(0, "env".into());
        arguments
    }

    fn write(&mut self) -> io::Result<()> {
        let last = format!("1.{}.0", fill::VERSIONS - 1);
        let version = format!("1.{}.{}", fill::VERSIONS - 1, self.next);
        self.next += 1;
        fs::create_dir_all(&self.work)?;
        fs::write(
            self.work.join("dataproduct.yaml"),
            self.product.manifest(&version, &last),
        )?;
        fs::write(
            self.work.join("rows.odcs.yaml"),
            self.product.contract(&last),
        )
    }
}

/// Who commits.
const IDENTITY: [&str; 4] = [
    "GIT_AUTHOR_NAME=Bench",
    "GIT_AUTHOR_EMAIL=bench@example.com",
    "GIT_COMMITTER_NAME=Bench",
    "GIT_COMMITTER_EMAIL=bench@example.com",
];

fn about(shape: Shape) -> String {
    let versions = shape.versions() / 1000;
    match (shape.commits, shape.domains) {
        (true, _) => format!("{versions},000 versions in as many commits"),
        (_, 1) => format!("{versions},000 versions in one domain"),
        _ => format!("{versions},000 versions"),
    }
}

/// Runs a script of bash, and tells what it took.
fn time(script: &str, arguments: &[impl AsRef<OsStr>], folder: &Path) -> io::Result<Took> {
    let output = Command::new("bash")
        .args([
            "-c",
            &format!("TIMEFORMAT='%U %S %R'; time {{ {script}; }} >out 2>err"),
            "bash",
        ])
        .args(arguments)
        .current_dir(folder)
        .envs(IDENTITY.iter().filter_map(|pair| pair.split_once('=')))
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let seconds: Vec<f64> = text
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect();
    match seconds[..] {
        [user, system, real] if output.status.success() => Ok(Took {
            cpu: (user + system) * 1e3,
            wall: real * 1e3,
        }),
        _ => {
            let said = ["out", "err"].map(|file| fs::read_to_string(folder.join(file)));
            Err(io::Error::other(format!("`{script}` failed: {said:?}")))
        }
    }
}

/// The median of both figures, each for itself.
fn median(took: &[Took]) -> Took {
    let of = |figure: fn(&Took) -> f64| {
        let mut figures: Vec<f64> = took.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
    };
    Took {
        cpu: of(|took| took.cpu),
        wall: of(|took| took.wall),
    }
}

fn git(folder: &Path, arguments: &[&OsStr]) -> io::Result<String> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(io::Error::other(format!("git {arguments:?}: {said}")));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// What a cache holds: packed and loose objects, and what mesh made of them.
fn contents(cache: &Path) -> io::Result<String> {
    let (mut packs, mut packed, mut loose, mut files, mut rest) = (0, 0, 0, 0, 0);
    let mut folders = vec![cache.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let (path, size) =
                entry.and_then(|entry| Ok((entry.path(), entry.metadata()?.len())))?;
            let is = |part: &str| path.iter().any(|is| is == part);
            if path.is_dir() {
                folders.push(path);
            } else if is("objects") && is("pack") {
                packs += usize::from(path.extension().is_some_and(|end| end == "pack"));
                packed += size;
            } else if is("objects") && !is("info") {
                loose += 1;
                files += size.next_multiple_of(4096);
            } else if !is("git") {
                rest += size;
            }
        }
    }
    let megabytes = |bytes: u64| super::megabytes(usize::try_from(bytes).unwrap_or(usize::MAX));
    Ok(format!(
        "{packs} packs, {:.0} MB; {loose} loose objects, {:.0} MB; index {:.1} MB",
        megabytes(packed),
        megabytes(files),
        megabytes(rest)
    ))
}
