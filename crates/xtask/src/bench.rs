//! `cargo run --release -p xtask -- bench`: what a lint costs, on a corpus made for the occasion.
//!
//! Machines differ and are noisy, so CPU time is measured where the system tells it, and ratios
//! within one run are what counts: a lint against merely parsing the same bytes, and against
//! `odcslint` where that is installed. Whole processes are timed by the shell, which knows the CPU
//! time of its children.

mod mesh;
mod policies;
pub(crate) mod registry;

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use mesh_diagnostics::Source;
use mesh_lint::{Options, lint};
use mesh_spec::document::Document;
use mesh_spec::workspace::{Loader, Workspace, expected_kind};
use mesh_spec::yaml;

/// Pairs of a product and its contract: the size that `docs/performance.md` speaks of.
const PAIRS: usize = 1000;
/// Pairs in the large corpus: 10,000 files.
const MANY_PAIRS: usize = 5000;
/// Pairs that are held to policies.
const POLICED_PAIRS: usize = 10_000;
/// Contracts that are compared.
const CONTRACTS: usize = 10_000;
/// Fields that make a contract about as long as real ones are: 5.9 KB.
const FIELDS: usize = 19;
/// Fields that make a contract of 59 MB.
const HUGE_FIELDS: usize = 273_000;
/// Every figure is the median of so many runs.
const RUNS: usize = 7;

/// Makes the corpora, measures, and gives the table.
pub(crate) fn run() -> io::Result<String> {
    let folder = std::env::temp_dir().join(format!("mesh-bench-{}", std::process::id()));
    let outcome = measure(&folder);
    fs::remove_dir_all(&folder)?;
    outcome
}

fn measure(folder: &Path) -> io::Result<String> {
    let pairs = folder.join("pairs");
    let texts = make_corpus(&pairs, PAIRS, FIELDS)?;
    let mut table = in_process(&pairs, &texts)?;

    let contracts = folder.join("contracts");
    fs::create_dir_all(&contracts)?;
    for (index, (_, text)) in texts
        .iter()
        .filter(|(name, _)| is_contract(name))
        .enumerate()
    {
        fs::write(contracts.join(format!("c{index}.odcs.yaml")), text)?;
    }
    drop(texts);
    let many = folder.join("many");
    make_corpus(&many, MANY_PAIRS, FIELDS)?;
    let huge = folder.join("huge");
    make_corpus(&huge, 1, HUGE_FIELDS)?;

    // The program that was built beside this one.
    let binary = std::env::current_exe()?.with_file_name("mesh");
    let _ = writeln!(
        table,
        "\nwhole process, `mesh lint --preset strict`{:>8} {:>10} {:>10}\n",
        "CPU", "wall", "memory"
    );
    let mut ours = None;
    for (what, path) in [
        ("one product and its contract", pairs.join("p0")),
        ("1,000 products and contracts", pairs),
        ("10,000 files", many),
        ("one contract of 59 MB", huge),
    ] {
        let arguments = [
            "lint".into(),
            "--preset".into(),
            "strict".into(),
            path.into_os_string(),
        ];
        match process(binary.as_os_str(), &arguments)? {
            Some(cost) => {
                let _ = writeln!(table, "{what:<40} {cost}");
                if what.starts_with("1,000") {
                    ours = Some(cost.cpu);
                }
            }
            None => {
                let _ = writeln!(
                    table,
                    "{what:<40} not measured: run `cargo build --release -p mesh-cli`"
                );
            }
        }
    }
    let _ = writeln!(table, "\n{}", comparison(&contracts, ours)?);
    table += &diff(folder, &binary)?;
    table += &impact(folder, &binary)?;
    table += &policies(folder, &binary)?;
    Ok(table)
}

/// What it takes to hold many pairs to many policies, against linting them.
fn policies(folder: &Path, binary: &Path) -> io::Result<String> {
    let (plain, held) = (folder.join("plain"), folder.join("held"));
    make_corpus(&plain, POLICED_PAIRS, FIELDS)?;
    make_corpus(&held, POLICED_PAIRS, FIELDS)?;
    fs::write(plain.join("mesh.yaml"), "")?;
    fs::write(held.join("mesh.yaml"), "policies: [pack.yaml]\n")?;
    fs::write(held.join("pack.yaml"), policies::pack())?;
    let mut table = format!(
        "\n{} policies: read and checked in {:.2} ms\n",
        policies::POLICIES,
        policies::compile()?
    );
    let _ = writeln!(
        table,
        "\nwhole process, `mesh lint`, {POLICED_PAIRS} pairs{:>8} {:>10} {:>10}\n",
        "CPU", "wall", "memory"
    );
    let lint = |path: &Path| process(binary.as_os_str(), &["lint".into(), path.into()]);
    let (Some(without), Some(with)) = (lint(&plain)?, lint(&held)?) else {
        return Ok(table);
    };
    let _ = writeln!(table, "{:<40} {without}", "without policies");
    let _ = writeln!(table, "{:<40} {with}", "with 50 policies");
    let _ = writeln!(
        table,
        "with against without: {:.2} times the CPU time",
        with.cpu / without.cpu
    );
    Ok(table)
}

/// What it takes to compare many contracts, against linting them once.
fn diff(folder: &Path, binary: &Path) -> io::Result<String> {
    let (same, turned) = (folder.join("same"), folder.join("turned"));
    fs::create_dir_all(&same)?;
    fs::create_dir_all(&turned)?;
    let texts = make_corpus(&folder.join("sources"), CONTRACTS, FIELDS)?;
    for (index, (_, text)) in texts
        .iter()
        .filter(|(name, _)| is_contract(name))
        .enumerate()
    {
        let name = format!("c{index}.odcs.yaml");
        fs::write(same.join(&name), text)?;
        fs::write(turned.join(&name), turned_around(text))?;
    }
    let mut table = format!(
        "\nwhole process, {CONTRACTS} contracts{:>24} {:>10} {:>10}\n\n",
        "CPU", "wall", "memory"
    );
    let mut linted = None;
    let cases: [(&str, Vec<OsString>); 3] = [
        (
            "`mesh lint --preset strict`",
            vec![
                "lint".into(),
                "--preset".into(),
                "strict".into(),
                same.clone().into(),
            ],
        ),
        (
            "`mesh diff` with themselves",
            vec!["diff".into(), same.clone().into(), same.clone().into()],
        ),
        (
            "`mesh diff`, with keys in another order",
            vec!["diff".into(), same.into(), turned.into()],
        ),
    ];
    for (what, arguments) in cases {
        match (process(binary.as_os_str(), &arguments)?, linted) {
            (None, _) => {
                let _ = writeln!(table, "{what:<40} not measured");
            }
            (Some(cost), None) => {
                let _ = writeln!(table, "{what:<40} {cost}");
                linted = Some(cost.cpu);
            }
            (Some(cost), Some(lint)) => {
                let ratio = cost.cpu / lint;
                let _ = writeln!(table, "{what:<40} {cost}   {ratio:.2} x lint");
            }
        }
    }
    Ok(table)
}

/// The same document, with its top-level keys in reverse and a comment.
fn turned_around(text: &str) -> String {
    let mut blocks: Vec<String> = Vec::new();
    for line in text.split_inclusive('\n') {
        match blocks.last_mut() {
            Some(block) if line.starts_with([' ', '-', '#']) => block.push_str(line),
            _ => blocks.push(line.to_owned()),
        }
    }
    blocks.reverse();
    format!("# Turned around.\n{}", blocks.concat())
}

/// What it takes to ask a large registry whom a change reaches.
fn impact(folder: &Path, binary: &Path) -> io::Result<String> {
    let (registry, cache, work) = (
        folder.join("registry.git"),
        folder.join("cache"),
        folder.join("source"),
    );
    // The publisher's own cache holds loose objects; everybody else's is a pack that was fetched.
    mesh::make(&registry, &folder.join("publisher"), &work)?;
    let mut table = format!(
        "\nwhole process, `mesh impact`, {} products, warm{:>4} {:>10} {:>10}\n\n",
        mesh::PRODUCTS,
        "CPU",
        "wall",
        "memory"
    );
    let reached = mesh::FAMILY - 1;
    for (what, subject) in [
        (
            format!("a field that {reached} products are made from"),
            &work,
        ),
        (
            format!("a product that {reached} others follow from"),
            &PathBuf::from("registry:domain-0/product-0"),
        ),
    ] {
        let mut cached = OsString::from("MESH_CACHE_DIR=");
        cached.push(&cache);
        let arguments = [
            cached,
            binary.into(),
            "impact".into(),
            "--registry".into(),
            registry.clone().into_os_string(),
            subject.into(),
        ];
        if !binary.exists() {
            let _ = writeln!(table, "{what:<40} not measured");
            continue;
        }
        // Fills the cache, and sees to it that the right thing is measured.
        let output = Command::new("env").args(&arguments).output()?;
        let answer = String::from_utf8_lossy(&output.stdout);
        if !answer.contains(&format!("{reached} products")) {
            return Err(io::Error::other(format!(
                "{what}: mesh answers `{answer}`: {}",
                String::from_utf8_lossy(&output.stderr)
            )));
        }
        if let Some(cost) = process("env".as_ref(), &arguments)? {
            let _ = writeln!(table, "{what:<40} {cost}");
        }
    }
    Ok(table)
}

/// What reading and linting `texts`, which lie in `folder`, costs one thread.
fn in_process(folder: &Path, texts: &[(String, String)]) -> io::Result<String> {
    let bytes: usize = texts.iter().map(|(_, text)| text.len()).sum();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread()
        .build()
        .map_err(io::Error::other)?;

    let parse = |text: &str, name: &str| {
        let source = Arc::new(Source::new(name, text));
        drop(std::hint::black_box(yaml::parse(&source)));
    };
    // A byte order mark is nothing that the reader of usual manifests knows.
    let unusual: Vec<String> = texts
        .iter()
        .map(|(_, text)| format!("\u{FEFF}{text}"))
        .collect();
    let by_parser = median(|| unusual.iter().for_each(|text| parse(text, "a.yaml")));
    drop(unusual);
    let parsed = median(|| texts.iter().for_each(|(name, text)| parse(text, name)));
    let read = median(|| {
        for (name, text) in texts {
            let kind = expected_kind(name.as_ref());
            let text = text.clone().into_bytes();
            drop(std::hint::black_box(Document::parse(name, text, kind)));
        }
    });
    let lint_all = || {
        let workspace = Loader::default().load(&[folder.to_owned()]);
        let workspace = workspace.unwrap_or_else(|_| Workspace::default());
        lint(&workspace, &Options::as_of("2026-06-30"))
    };
    // A corpus with findings would measure what findings cost.
    if let Some(found) = lint_all().report.diagnostics().first() {
        return Err(io::Error::other(format!(
            "the corpus is not clean: {}: {}: {}",
            found.source.name(),
            found.rule,
            found.message
        )));
    }
    let whole = median(|| {
        pool.install(|| {
            std::hint::black_box(lint_all());
        });
    });

    let mut table = format!(
        "{PAIRS} products and contracts, {:.1} MB, one thread, CPU time\n\n",
        megabytes(bytes)
    );
    for (what, time) in [
        ("parse, with the parser for all of YAML", by_parser),
        ("parse, as mesh does", parsed),
        ("read: parse, schema, typed model", read),
        ("lint: find, read, all rules", whole),
    ] {
        let _ = writeln!(
            table,
            "{what:<40} {:>6.0} ms {:>6.1} MB/s {:>6.2} x the parser {:>6.2} x parse",
            time.as_secs_f64() * 1e3,
            megabytes(bytes) / time.as_secs_f64(),
            time.as_secs_f64() / by_parser.as_secs_f64(),
            time.as_secs_f64() / parsed.as_secs_f64(),
        );
    }
    Ok(table)
}

/// Our CPU time for products and contracts against that of `odcslint` for the contracts alone.
fn comparison(contracts: &Path, ours: Option<f64>) -> io::Result<String> {
    let program = std::env::var_os("ODCSLINT").unwrap_or_else(|| "odcslint".into());
    let is_there = Command::new(&program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !is_there {
        return Ok("odcslint: skipped, it is neither on PATH nor named by ODCSLINT".to_owned());
    }
    let arguments = ["check".into(), contracts.as_os_str().to_owned()];
    Ok(match (process(&program, &arguments)?, ours) {
        (Some(theirs), Some(ours)) => format!(
            "{:<40} {theirs}\nmesh takes {:.2} x the CPU time of odcslint, and reads the products as well",
            "odcslint check, the contracts alone",
            ours / theirs.cpu,
        ),
        _ => "odcslint: not compared, for lack of a figure".to_owned(),
    })
}

/// Writes a corpus, and gives its texts by path.
fn make_corpus(folder: &Path, pairs: usize, fields: usize) -> io::Result<Vec<(String, String)>> {
    const PRODUCT: &str = include_str!("../../mesh-lint/src/examples/dataproduct.yaml");
    const CONTRACT: &str = include_str!("../../mesh-lint/src/examples/orders.odcs.yaml");
    let fields: String = (0..fields)
        .map(|n| {
            format!(
                "      - name: field_{n}\n        logicalType: string\n        physicalType: varchar(40)\n        description: What the column number {n} holds for every confirmed order.\n        classification: internal\n        examples: [A{n}]\n"
            )
        })
        .collect();
    let head = "    properties:\n";
    let contract = CONTRACT.replacen(head, &format!("{head}{fields}"), 1);
    let mut texts = Vec::with_capacity(pairs * 2);
    for pair in 0..pairs {
        fs::create_dir_all(folder.join(format!("p{pair}")))?;
        for (file, text) in [
            ("dataproduct.yaml", PRODUCT),
            ("orders.odcs.yaml", contract.as_str()),
        ] {
            let file = file.replace("orders.", &format!("orders-{pair}."));
            let path = folder.join(format!("p{pair}/{file}"));
            let text = text
                .replace("commercial.orders", &format!("commercial.orders-{pair}"))
                .replacen("name: Orders", &format!("name: Orders {pair}"), 1);
            fs::write(&path, &text)?;
            texts.push((path.display().to_string(), text));
        }
    }
    Ok(texts)
}

fn is_contract(name: &str) -> bool {
    name.ends_with(".odcs.yaml")
}

/// What a process took.
struct Cost {
    /// In milliseconds.
    cpu: f64,
    /// In milliseconds.
    wall: f64,
    /// At its largest, in megabytes, where the system tells.
    memory: Option<f64>,
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:>7.0} ms {:>7.0} ms", self.cpu, self.wall)?;
        match self.memory {
            Some(memory) => write!(f, " {memory:>7.0} MB"),
            None => write!(f, " {:>10}", "unknown"),
        }
    }
}

/// What `program` takes with `arguments`; `None` if it is not there.
fn process(program: &std::ffi::OsStr, arguments: &[OsString]) -> io::Result<Option<Cost>> {
    let path = PathBuf::from(program);
    if path.is_absolute() && !path.exists() {
        return Ok(None);
    }
    let mut samples: Vec<(f64, f64)> = (0..RUNS)
        .map(|_| {
            let output = Command::new("bash")
                .args([
                    "-c",
                    "TIMEFORMAT='%U %S %R'; time \"$@\" >/dev/null 2>&1",
                    "bash",
                ])
                .arg(program)
                .args(arguments)
                .output()?;
            let text = String::from_utf8_lossy(&output.stderr);
            let seconds: Vec<f64> = text
                .split_whitespace()
                .filter_map(|word| word.parse().ok())
                .collect();
            match seconds[..] {
                [user, system, real] => Ok(((user + system) * 1e3, real * 1e3)),
                _ => Err(io::Error::other(format!("bash printed `{text}`"))),
            }
        })
        .collect::<io::Result<_>>()?;
    samples.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (cpu, wall) = samples[RUNS / 2];
    Ok(Some(Cost {
        cpu,
        wall,
        memory: peak_memory(program, arguments)?,
    }))
}

/// The largest amount of memory that a process had, as Linux tells while it runs.
fn peak_memory(program: &std::ffi::OsStr, arguments: &[OsString]) -> io::Result<Option<f64>> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = None;
    while child.try_wait()?.is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes: Option<f64> =
            line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak = kilobytes.map(|kilobytes| kilobytes / 1e3).or(peak);
        thread::sleep(Duration::from_micros(500));
    }
    Ok(peak)
}

fn median(mut work: impl FnMut()) -> Duration {
    work();
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Clock::start();
            work();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[RUNS / 2]
}

/// The CPU time of this thread where the system tells it, else the time on the wall.
enum Clock {
    Cpu(Duration),
    Wall(Instant),
}

impl Clock {
    fn start() -> Self {
        Self::cpu().map_or_else(|| Self::Wall(Instant::now()), Self::Cpu)
    }

    fn elapsed(&self) -> Duration {
        match self {
            Self::Cpu(start) => Self::cpu().unwrap_or_default().saturating_sub(*start),
            Self::Wall(start) => start.elapsed(),
        }
    }

    fn cpu() -> Option<Duration> {
        let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        let nanoseconds = text.split_whitespace().next()?.parse().ok()?;
        Some(Duration::from_nanos(nanoseconds))
    }
}

#[expect(clippy::cast_precision_loss, reason = "sizes of megabytes")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}
