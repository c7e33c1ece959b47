//! `cargo run --release -p xtask -- bench`: what a lint costs, on a corpus made for the occasion.
//!
//! Machines differ and are noisy, so ratios within one run are what counts: a lint against merely
//! parsing the same bytes. Whole processes are timed by the shell, which knows the CPU time of its
//! children.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mesh_diagnostics::Source;
use mesh_lint::{Options, lint};
use mesh_spec::document::Document;
use mesh_spec::workspace::{Loader, Workspace, expected_kind};
use mesh_spec::yaml;

/// Pairs of a product and its contract: the size that `docs/performance.md` speaks of.
const PAIRS: usize = 1000;
/// Fields that make a contract about as long as real ones are: 5.9 KB.
const FIELDS: usize = 19;
/// Every figure is the median of so many runs.
const RUNS: usize = 7;

/// Makes the corpus, measures, and gives the table.
pub(crate) fn run() -> io::Result<String> {
    let folder = std::env::temp_dir().join(format!("mesh-bench-{}", std::process::id()));
    let outcome = measure(&folder);
    fs::remove_dir_all(&folder)?;
    outcome
}

fn measure(folder: &Path) -> io::Result<String> {
    let texts = make_corpus(folder)?;
    let bytes: usize = texts.iter().map(|(_, text)| text.len()).sum();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .map_err(io::Error::other)?;

    let parse = median(|| {
        for (name, text) in &texts {
            let source = Arc::new(Source::new(name.as_str(), text.as_str()));
            drop(std::hint::black_box(yaml::parse(&source)));
        }
    });
    let read = median(|| {
        for (name, text) in &texts {
            let kind = expected_kind(name.as_ref());
            let text = text.clone().into_bytes();
            drop(std::hint::black_box(Document::parse(name, text, kind)));
        }
    });
    let whole = median(|| {
        pool.install(|| {
            let workspace = Loader::default().load(&[folder.to_owned()]);
            let workspace = workspace.unwrap_or_else(|_| Workspace::default());
            std::hint::black_box(lint(&workspace, &Options::as_of("2026-01-01")));
        });
    });

    let mut table = format!(
        "{PAIRS} products and contracts, {:.1} MB, one thread\n\n",
        megabytes(bytes)
    );
    for (what, time) in [
        ("parse into the spanned tree", parse),
        ("read: parse, schema, typed model", read),
        ("lint: find, read, all rules", whole),
    ] {
        let _ = writeln!(
            table,
            "{what:<34} {:>7.0} ms {:>6.1} MB/s {:>6.2} x parse",
            time.as_secs_f64() * 1e3,
            megabytes(bytes) / time.as_secs_f64(),
            time.as_secs_f64() / parse.as_secs_f64(),
        );
    }
    let _ = writeln!(table, "\nwhole process, `mesh lint`\n");
    for (what, path) in [
        ("one product and its contract", folder.join("p0")),
        ("all of them", folder.to_owned()),
    ] {
        match process(&path)? {
            Some((cpu, wall)) => {
                let _ = writeln!(table, "{what:<34} {cpu:>7.0} ms CPU {wall:>6.0} ms");
            }
            None => {
                let _ = writeln!(
                    table,
                    "{what:<34} not measured: run `cargo build --release -p mesh-cli`"
                );
            }
        }
    }
    Ok(table)
}

/// Writes the corpus, and gives its texts by path.
fn make_corpus(folder: &Path) -> io::Result<Vec<(String, String)>> {
    const PRODUCT: &str = include_str!("../../mesh-lint/src/examples/dataproduct.yaml");
    const CONTRACT: &str = include_str!("../../mesh-lint/src/examples/orders.odcs.yaml");
    let fields: String = (0..FIELDS)
        .map(|n| {
            format!(
                "      - name: field_{n}\n        logicalType: string\n        physicalType: varchar(40)\n        description: What the column number {n} holds for every confirmed order.\n        classification: internal\n        examples: [A{n}]\n"
            )
        })
        .collect();
    let contract = CONTRACT.replacen("roles:\n", &format!("{fields}roles:\n"), 1);
    let mut texts = Vec::with_capacity(PAIRS * 2);
    for pair in 0..PAIRS {
        fs::create_dir_all(folder.join(format!("p{pair}")))?;
        for (file, text) in [
            ("dataproduct.yaml", PRODUCT),
            ("orders.odcs.yaml", contract.as_str()),
        ] {
            let path = folder.join(format!("p{pair}/{file}"));
            let text = text.replace("commercial.orders", &format!("commercial.orders-{pair}"));
            fs::write(&path, &text)?;
            texts.push((path.display().to_string(), text));
        }
    }
    Ok(texts)
}

/// CPU and wall time of `mesh lint PATH` in milliseconds; `None` without a release build.
fn process(path: &Path) -> io::Result<Option<(f64, f64)>> {
    let binary = super::root().join("target/release/mesh");
    if !binary.exists() {
        return Ok(None);
    }
    let mut samples: Vec<(f64, f64)> = (0..RUNS)
        .map(|_| {
            let output = Command::new("bash")
                .args([
                    "-c",
                    "TIMEFORMAT='%U %S %R'; time \"$0\" lint \"$1\" >/dev/null",
                ])
                .args([&binary, path])
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
    Ok(Some(samples[RUNS / 2]))
}

fn median(mut work: impl FnMut()) -> Duration {
    work();
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[RUNS / 2]
}

#[expect(clippy::cast_precision_loss, reason = "sizes of megabytes")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}
