//! Registries with many versions, as mesh would have written them.

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};

use mesh_registry::{Options, Record, Registry, RegistryLocation};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Versions of each product.
pub(super) const VERSIONS: usize = 10;
/// Fields of each contract.
const FIELDS: usize = 8;
/// Whom to ask about a product, and about its contract.
const TEAM: &str = "support:\n  - channel: '#data'\n    url: https://chat.example/data\n\
                    team:\n  name: Data\n  members:\n    - username: ada@example.com\n      role: owner\n";
/// What else a contract has to say to be published.
const TERMS: &str = "servers:\n  - server: warehouse\n    type: snowflake\n    environment: prod\n    account: example\n    \
                     database: data\n    schema: rows\n\
                     roles:\n  - role: reader\n    access: read\n    firstLevelApprovers: data team\n\
                     slaProperties:\n  - property: frequency\n    value: 1\n    unit: d\n";
/// Every so many products read the contract of the first product of all.
const FOLLOWERS: usize = 10;

/// What a registry is to look like.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// Its directory.
    pub(super) name: &'static str,
    /// Products, each of which has [`VERSIONS`].
    pub(super) products: usize,
    /// Domains that they are spread over.
    pub(super) domains: usize,
    /// Whether each version came with a commit of its own; else all products have their next version with each.
    pub(super) commits: bool,
}

impl Shape {
    pub(super) fn versions(self) -> usize {
        self.products * VERSIONS
    }

    /// Makes the registry at `path`, unless it is there.
    pub(super) fn make(self, path: &Path, cache: &Path) -> io::Result<()> {
        if path.exists() {
            return Ok(());
        }
        let new = path.with_extension("new");
        open(&new, cache)?.init().map_err(io::Error::other)?;
        let mut import = Command::new("git")
            .args(["fast-import", "--quiet", "--done"])
            .current_dir(&new)
            .stdin(Stdio::piped())
            .spawn()?;
        let stdin = import
            .stdin
            .take()
            .ok_or_else(|| io::Error::other("no pipe"))?;
        self.write(&mut BufWriter::with_capacity(1 << 20, stdin))?;
        if !import.wait()?.success() {
            return Err(io::Error::other("git fast-import failed"));
        }
        std::fs::rename(new, path)
    }

    fn write(self, out: &mut BufWriter<ChildStdin>) -> io::Result<()> {
        let mut previous: Vec<Option<String>> = vec![None; self.products];
        for n in 0..self.versions() {
            if n.is_multiple_of(self.products) || self.commits {
                let message = "Publish\n";
                write!(
                    out,
                    "commit refs/heads/main\ncommitter Bench <bench@example.com> 1700000000 +0000\ndata {}\n{message}\n",
                    message.len()
                )?;
                if n == 0 {
                    writeln!(out, "from refs/heads/main^0")?;
                }
            }
            let (version, product) = (n / self.products, n % self.products);
            let product = Product {
                shape: self,
                number: product,
            };
            let files = product.files(version, previous[product.number].as_deref())?;
            for (name, bytes) in &files {
                let folder = product.folder(&format!("1.{version}.0"));
                write!(
                    out,
                    "M 100644 inline {folder}/{name}\ndata {}\n",
                    bytes.len()
                )?;
                out.write_all(bytes)?;
                writeln!(out)?;
            }
            let [(_, record), ..] = &files;
            previous[product.number] = Some(digest(record));
        }
        writeln!(out, "done")?;
        out.flush()
    }
}

/// A handle on the registry at `path`.
pub(super) fn open(path: &Path, cache: &Path) -> io::Result<Registry> {
    let location =
        RegistryLocation::parse(&path.display().to_string(), path).map_err(io::Error::other)?;
    let options = Options {
        cache_dir: Some(cache.to_owned()),
        ..Options::default()
    };
    Ok(Registry::new(location, options))
}

/// One of the products of a registry.
#[derive(Clone, Copy)]
pub(super) struct Product {
    pub(super) shape: Shape,
    pub(super) number: usize,
}

impl Product {
    fn domain(self) -> String {
        format!("domain-{}", self.number % self.shape.domains)
    }

    pub(super) fn id(self) -> String {
        format!("{}.product-{}", self.domain(), self.number)
    }

    /// The directory of a version.
    pub(super) fn folder(self, version: &str) -> String {
        format!(
            "products/{}/product-{}/{version}",
            self.domain(),
            self.number
        )
    }

    /// The products whose contracts it reads.
    fn sources(self) -> Vec<Self> {
        let mut sources = Vec::new();
        if self.number > 0 {
            sources.push(self.number / 2);
            if self.number.is_multiple_of(FOLLOWERS) && self.number / 2 > 0 {
                sources.push(0);
            }
        }
        let of = |number| Self { number, ..self };
        sources.into_iter().map(of).collect()
    }

    /// The manifest of `version` with the contract in `contract`.
    pub(super) fn manifest(self, version: &str, contract: &str) -> String {
        let (id, number) = (self.id(), self.number);
        let mut inputs = String::new();
        for (at, source) in self.sources().into_iter().enumerate() {
            let id = source.id();
            inputs += &format!("  - {{name: rows-{at}, version: 1.0.0, contractId: {id}}}\n");
        }
        if !inputs.is_empty() {
            inputs.insert_str(0, "inputPorts:\n");
        }
        format!(
            "apiVersion: v1.1.0\nkind: DataProduct\nid: {id}\nname: Product {number}\nversion: {version}\n\
             status: active\ndomain: {domain}\ntags: [sales, tag-{tag}]\ndescription:\n  purpose: {purpose}\n\
             {inputs}{TEAM}outputPorts:\n  - name: rows\n    version: {contract}\n    contractId: {id}\n    \
             description: Every confirmed row of product {number}.\n",
            domain = self.domain(),
            tag = number % 97,
            purpose = self.purpose(),
        )
    }

    fn purpose(self) -> String {
        format!(
            "What product {} is for, in a sentence of ordinary length.",
            self.number
        )
    }

    /// The contract in `version`.
    pub(super) fn contract(self, version: &str) -> String {
        let fields = (0..FIELDS).map(|field| {
            let key = if field == 0 {
                "        primaryKey: true\n        required: true\n"
            } else {
                ""
            };
            format!(
                "      - name: field_{field}\n        logicalType: string\n        physicalType: varchar(40)\n        \
                 description: What the column number {field} of product {} holds.\n        \
                 classification: internal\n{key}",
                self.number
            )
        });
        format!(
            "apiVersion: v3.1.0\nkind: DataContract\nid: {}\nversion: {version}\nstatus: active\n{TERMS}schema:\n  \
             - name: rows\n    physicalName: rows\n    physicalType: table\n    description: Confirmed rows.\n    \
             properties:\n{}",
            self.id(),
            fields.collect::<String>()
        )
    }

    /// The files of its version number `number`, the record first.
    pub(super) fn files(
        self,
        number: usize,
        previous: Option<&str>,
    ) -> io::Result<[(&'static str, Vec<u8>); 3]> {
        const CONTRACT: &str = "contracts/rows.odcs.yaml";
        const MANIFEST: &str = "dataproduct.yaml";
        let version = format!("1.{number}.0");
        let manifest = self.manifest(&version, &version).into_bytes();
        let contract = self.contract(&version).into_bytes();
        let id = self.id();
        let inputs = self.sources().into_iter().enumerate().map(|(at, source)| {
            json!({"name": format!("rows-{at}"), "contractId": source.id(), "contractVersion": "1.0.0"})
        });
        let file = |path: &str, bytes: &[u8]| json!({"path": path, "sha256": digest(bytes), "bytes": bytes.len()});
        // Of one version to the next, nothing changes but their numbers.
        let base = previous.map(|record| json!({"version": format!("1.{}.0", number.saturating_sub(1)), "record": record}));
        let impact = if base.is_some() { "minor" } else { "none" };
        let record = json!({
            "format": 1,
            "id": id,
            "domain": self.domain(),
            "product": format!("product-{}", self.number),
            "version": version,
            "content": "",
            "files": [file(CONTRACT, &contract), file(MANIFEST, &manifest)],
            "contracts": [{"id": id, "version": version, "path": CONTRACT}],
            "publisher": {"name": "Bench", "email": "bench@example.com"},
            "tool": "mesh-bench 0.0.0",
            "publishedAt": "2026-01-01T00:00:00Z",
            "previous": previous,
            "compatibility": {
                "base": base,
                "impact": impact,
                "covered": true,
                "profile": "read",
                "versioning": "semver",
                "changes": {"major": 0, "review": 0, "minor": 0, "patch": 0},
            },
            "summary": {
                "name": format!("Product {}", self.number),
                "status": "active",
                "purpose": self.purpose(),
                "tags": ["sales", format!("tag-{}", self.number % 97)],
                "owner": "ada@example.com",
                "outputPorts": [{
                    "name": "rows",
                    "version": version,
                    "contractId": id,
                    "contractVersion": version,
                    "description": format!("Every confirmed row of product {}.", self.number),
                }],
                "inputPorts": inputs.collect::<Vec<Value>>(),
            },
        });
        // By way of the type, so that the bytes are those that mesh writes.
        let mut record: Record = serde_json::from_value(record)?;
        record.content = record.content_digest();
        let record = record.to_bytes().map_err(io::Error::other)?;
        Ok([
            ("record.json", record),
            (MANIFEST, manifest),
            (CONTRACT, contract),
        ])
    }
}

fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("sha256:{hex}")
}
