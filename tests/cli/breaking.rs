//! `mesh breaking`, and what `mesh publish` makes of changes.

use std::fs;
use std::path::PathBuf;

use mesh_compat::gate;
use serde_json::Value;

use crate::sandbox::{CONTRACT, PRODUCT, Run, Sandbox, repository};

const ORDERED_AT: &str = "      - name: ordered_at\n";

/// A sandbox with a product in `orders`, committed on `main`.
fn committed() -> Sandbox {
    let sandbox = Sandbox::new();
    write(&sandbox, "1.0.0", "1.0.0", CONTRACT);
    sandbox.git(sandbox.work(), &["init", "-q"]);
    commit(&sandbox);
    sandbox
}

/// A sandbox with a product in `orders`, published as 1.0.0 in a registry beside it.
fn published() -> (Sandbox, PathBuf) {
    let sandbox = Sandbox::new();
    write(&sandbox, "1.0.0", "1.0.0", CONTRACT);
    let registry = sandbox.registry();
    sandbox.write(
        "work/mesh.yaml",
        format!("registry: {}\n", registry.display()),
    );
    sandbox.mesh(["publish"]).expect(0);
    (sandbox, registry)
}

/// Writes the product and its contract in these versions.
fn write(sandbox: &Sandbox, product: &str, contract: &str, text: &str) {
    let manifest = PRODUCT
        .replacen("version: 1.0.0", &format!("version: {product}"), 1)
        .replace("    version: 1.0.0", &format!("    version: {contract}"));
    sandbox.write("work/orders/dataproduct.yaml", manifest);
    let text = text.replacen("version: 1.0.0", &format!("version: {contract}"), 1);
    sandbox.write("work/orders/orders.odcs.yaml", text);
}

/// The contract with a field more.
fn with_note() -> String {
    let note = "      - name: note\n        logicalType: string\n        physicalType: varchar(200)\n        \
                description: What the customer wrote.\n        classification: internal\n        examples: [Ring twice]\n";
    CONTRACT.replace(ORDERED_AT, &format!("{note}{ORDERED_AT}"))
}

/// The contract without the field `ordered_at`.
fn without_date() -> String {
    let start = CONTRACT.find(ORDERED_AT).expect("the field");
    let end = CONTRACT.find("support:").expect("what follows");
    format!("{}{}", &CONTRACT[..start], &CONTRACT[end..])
}

fn commit(sandbox: &Sandbox) {
    sandbox.git(sandbox.work(), &["add", "-A"]);
    sandbox.git(sandbox.work(), &["commit", "-q", "-m", "State"]);
}

fn rules(report: &Value) -> Vec<String> {
    let found = report["diagnostics"].as_array().expect("findings").iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    found
        .map(|found| format!("{} {}", text(&found["level"]), text(&found["rule"])))
        .collect()
}

fn record(sandbox: &Sandbox, registry: &PathBuf, version: &str) -> Value {
    let path = format!("HEAD:products/commercial/orders/{version}/record.json");
    serde_json::from_str(&sandbox.file_at(registry, &path)).expect("a record")
}

#[test]
fn what_has_not_changed_passes_and_what_is_new_does_too() {
    let sandbox = committed();
    let out = sandbox
        .mesh(["breaking", "--against", "git:main"])
        .expect(0);
    assert!(out.contains("nothing that was there has changed"), "{out}");
    let all = sandbox.path("work/orders");
    let copy = sandbox.path("work/returns");
    fs::create_dir_all(&copy).unwrap();
    for file in ["dataproduct.yaml", "orders.odcs.yaml"] {
        let text = fs::read_to_string(all.join(file)).unwrap();
        let text = text.replace("commercial.orders", "commercial.returns");
        fs::write(copy.join(file), text).unwrap();
    }
    let out = sandbox
        .mesh(["breaking", "returns", "--against", "git:main"])
        .expect(0);
    assert!(out.contains("none of this was there before"), "{out}");
    sandbox
        .mesh(["breaking", "--against", "git:main"])
        .expect(0);
}

#[test]
fn a_version_that_does_not_cover_the_changes_fails_until_it_is_fixed() {
    let sandbox = committed();
    write(&sandbox, "1.0.0", "1.0.0", &without_date());
    let report = sandbox
        .mesh(["breaking", "--against", "git:main", "--format", "json"])
        .json(1);
    let mut found = rules(&report);
    found.sort();
    assert_eq!(
        found,
        [
            "error field-removed",
            "error version-too-low",
            "error version-too-low"
        ]
    );
    let documents = report["documents"].as_array().expect("documents");
    assert!(
        documents
            .iter()
            .all(|document| document["needed"] == "2.0.0"),
        "{report:#}"
    );
    assert_eq!(report["against"], "git:main");

    // What would be written is shown first.
    let diff = sandbox
        .mesh(["breaking", "--against", "git:main", "--diff"])
        .expect(1);
    assert_eq!(diff.matches("+version: 2.0.0").count(), 2, "{diff}");
    assert!(diff.contains("+    version: 2.0.0"), "{diff}");
    let out = sandbox
        .mesh(["breaking", "--against", "git:main", "--fix"])
        .expect(0);
    assert!(out.contains("2 fixed in 2 files"), "{out}");
    assert!(
        sandbox
            .read("work/orders/orders.odcs.yaml")
            .contains("\nversion: 2.0.0\n")
    );
    sandbox
        .mesh(["breaking", "--against", "git:main"])
        .expect(0);
}

#[test]
fn an_id_is_for_ever() {
    let sandbox = committed();
    let text = PRODUCT.replace("id: commercial.orders\nname", "id: commercial.sales\nname");
    let text = text.replacen("version: 1.0.0", "version: 2.0.0", 1);
    sandbox.write("work/orders/dataproduct.yaml", text);
    let report = sandbox
        .mesh(["breaking", "--against", "git:main", "--format", "json"])
        .json(1);
    assert_eq!(rules(&report), ["error product-id-changed"]);
}

#[test]
fn what_moved_within_the_repository_is_neither_new_nor_gone() {
    let sandbox = committed();
    fs::create_dir_all(sandbox.path("work/sales")).unwrap();
    fs::rename(
        sandbox.path("work/orders"),
        sandbox.path("work/sales/orders"),
    )
    .unwrap();
    let out = sandbox
        .mesh(["breaking", "sales", "--against", "git:main"])
        .expect(0);
    assert!(out.contains("nothing that was there has changed"), "{out}");
    // Seen from a folder that something left, too.
    fs::create_dir_all(sandbox.path("work/orders")).unwrap();
    fs::rename(
        sandbox.path("work/sales/orders/orders.odcs.yaml"),
        sandbox.path("work/orders/orders.odcs.yaml"),
    )
    .unwrap();
    sandbox
        .mesh(["breaking", "orders", "--against", "git:main"])
        .expect(0);
}

#[test]
fn what_is_gone_is_not_called_unchanged() {
    let sandbox = committed();
    fs::remove_file(sandbox.path("work/orders/orders.odcs.yaml")).unwrap();
    let out = sandbox
        .mesh(["breaking", "--against", "git:main"])
        .expect(1);
    assert!(out.contains("error[contract-removed]"), "{out}");
    assert!(out.ends_with("\n  compared with git:main\n"), "{out}");
}

#[test]
fn settings_say_which_changes_count() {
    let sandbox = committed();
    write(&sandbox, "1.1.0", "1.1.0", &with_note());
    let run = |settings: &str, status: i32| {
        sandbox.write("work/mesh.yaml", settings);
        sandbox
            .mesh(["breaking", "--against", "git:main"])
            .expect(status)
    };
    run("{}\n", 0);
    run("compatibility: {profile: strict}\n", 1);
    run(
        "compatibility: {overrides: [{paths: [orders/**], profile: strict}]}\n",
        1,
    );
    run(
        "compatibility: {overrides: [{paths: [other/**], profile: strict}]}\n",
        0,
    );
    let ignore = |until: &str| {
        format!(
            "compatibility:\n  profile: strict\n  ignore:\n    - kind: field-added\n      at: orders.note\n      \
             reason: all readers were told\n      until: {until}\n"
        )
    };
    let out = run(&ignore("2099-12-31"), 0);
    assert!(out.contains("all readers were told"), "{out}");
    let out = run(&ignore("2020-12-31"), 1);
    assert!(out.contains("ignored until 2020-12-31"), "{out}");
    sandbox
        .mesh(["breaking", "--against", "git:main", "--as-of", "2020-12-31"])
        .expect(0);
    // The command line is stronger.
    run("compatibility: {profile: strict}\n", 1);
    sandbox
        .mesh(["breaking", "--against", "git:main", "--profile", "read"])
        .expect(0);
}

#[test]
fn settings_that_are_wrong_are_shown_and_nothing_runs() {
    let sandbox = committed();
    for (settings, message) in [
        (
            "compatibility: {profile: lax}\n",
            "there is no value `lax` here",
        ),
        (
            "compatibility: {ignore: [{kind: field-removd, reason: x, until: 2027-01-01}]}\n",
            "did you mean `field-removed`?",
        ),
        (
            "compatibility: {ignore: [{kind: version-too-low, reason: x, until: 2027-01-01}]}\n",
            "name the kind of the change that asks for another version",
        ),
        (
            "compatibility: {ignore: [{kind: field-removed, reason: x, until: soon}]}\n",
            "`soon` is not a day",
        ),
        (
            "compatibility: {ignore: [{kind: field-removed, reason: ' ', until: 2027-01-01}]}\n",
            "the reason is empty",
        ),
        (
            "compatibility: {ignore: [{kind: field-removed, until: 2027-01-01}]}\n",
            "`reason` is missing",
        ),
        (
            "compatibility: {properties: {x: huge}}\n",
            "there is no value `huge` here",
        ),
    ] {
        sandbox.write("work/mesh.yaml", settings);
        let run = sandbox.mesh(["breaking", "--against", "git:main"]);
        assert_eq!(run.status, 2, "{settings}");
        let said = run.stdout + &run.stderr;
        assert!(said.contains(message), "{said}");
    }
}

#[test]
fn what_cannot_be_compared_is_a_failure() {
    let sandbox = committed();
    for (arguments, message) in [
        (&["breaking"][..], "there is nothing to compare with"),
        (&["breaking", "--against", "git:nowhere"], "nowhere"),
        (&["breaking", "--against", "nothing-here"], "nothing-here"),
        (
            &["breaking", "--against", "git:main", "--as-of", "tomorrow"],
            "is not a day",
        ),
    ] {
        let run = sandbox.mesh(arguments);
        assert_eq!(run.status, 2, "{arguments:?}");
        assert!(run.stderr.contains(message), "{}", run.stderr);
    }
    sandbox.write(
        "work/orders/orders.odcs.yaml",
        "kind: DataContract\n  id: [\n",
    );
    let run = sandbox.mesh(["breaking", "--against", "git:main"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr
            .contains("no data product or contract that can be read"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_publish_is_held_to_the_highest_version_of_its_line() {
    let (sandbox, registry) = published();
    let first = record(&sandbox, &registry, "1.0.0");
    assert_eq!(first["compatibility"]["base"], Value::Null);

    // Nothing that breaks goes under the same major version.
    write(&sandbox, "1.1.0", "1.1.0", &without_date());
    let out = sandbox.mesh(["publish"]).expect(1);
    assert!(
        out.contains("error[field-removed]") && out.contains("Nothing was published"),
        "{out}"
    );
    sandbox.mesh(["breaking"]).expect(1);
    write(&sandbox, "1.1.0", "1.1.0", &with_note());
    sandbox.mesh(["breaking"]).expect(0);
    let planned = sandbox
        .mesh(["publish", "--dry-run", "--format", "json"])
        .json(0);
    let out = sandbox.mesh(["publish"]).expect(0);
    assert!(out.contains("with minor changes since 1.0.0"), "{out}");
    let next = record(&sandbox, &registry, "1.1.0");
    let verdict = &next["compatibility"];
    assert_eq!(&planned["products"][0]["compatibility"], verdict);
    let shown = sandbox
        .mesh(["show", "commercial/orders", "--format", "json"])
        .json(0);
    assert_eq!(&shown["record"]["compatibility"], verdict);
    assert_eq!(verdict["base"]["version"], "1.0.0");
    assert_eq!(verdict["base"]["record"], next["previous"]);
    assert_eq!(verdict["impact"], "minor");
    assert_eq!(verdict["covered"], true);
    assert_eq!(verdict["changes"]["minor"], 1);

    // A new line starts from the highest version, and the old one goes on.
    write(&sandbox, "2.0.0", "2.0.0", &without_date());
    sandbox.mesh(["publish"]).expect(0);
    assert_eq!(
        record(&sandbox, &registry, "2.0.0")["compatibility"]["base"]["version"],
        "1.1.0"
    );
    let patched = with_note().replace("When the customer placed", "When the customer had placed");
    write(&sandbox, "1.1.1", "1.1.1", &patched);
    sandbox.mesh(["publish"]).expect(0);
    assert_eq!(
        record(&sandbox, &registry, "1.1.1")["compatibility"]["base"]["version"],
        "1.1.0"
    );
    write(&sandbox, "1.0.9", "1.0.9", &patched);
    let out = sandbox.mesh(["publish"]).expect(1);
    assert!(out.contains("error[version-backwards]"), "{out}");
}

#[test]
fn what_is_let_through_is_on_record() {
    let (sandbox, registry) = published();
    write(&sandbox, "1.1.0", "1.1.0", &without_date());
    let settings = sandbox.read("work/mesh.yaml");
    sandbox.write(
        "work/mesh.yaml",
        format!(
            "{settings}compatibility:\n  ignore:\n    - kind: field-removed\n      at: orders.ordered_at\n      \
             reason: it was always empty\n      until: 2099-12-31\n"
        ),
    );
    sandbox.mesh(["publish"]).expect(0);
    let ignored = &record(&sandbox, &registry, "1.1.0")["compatibility"]["ignored"][0];
    assert_eq!(ignored["kind"], "field-removed");
    assert_eq!(ignored["document"], "commercial.orders");
    assert_eq!(ignored["reason"], "it was always empty");
    assert_eq!(ignored["until"], "2099-12-31");
}

#[test]
fn a_published_version_tells_how_it_relates_to_the_one_before() {
    let (sandbox, _) = published();
    let since = |product: &str| {
        let out = sandbox.mesh(["show", product]).expect(0);
        let line = out.lines().find_map(|line| line.strip_prefix("since "));
        line.map(|line| line.trim_start().to_owned())
    };
    assert_eq!(
        since("commercial/orders"),
        None,
        "the first has none before"
    );
    write(&sandbox, "1.1.0", "1.1.0", &with_note());
    sandbox.mesh(["publish"]).expect(0);
    assert_eq!(
        since("commercial/orders").unwrap(),
        "1.0.0: minor, 1 change"
    );
    write(&sandbox, "2.0.0", "2.0.0", CONTRACT);
    sandbox.mesh(["publish"]).expect(0);
    assert_eq!(
        since("commercial/orders").unwrap(),
        "1.1.0: major, 2 changes"
    );
    assert_eq!(
        since("commercial/orders@1.1").unwrap(),
        "1.0.0: minor, 1 change"
    );
    write(&sandbox, "2.1.0", "2.1.0", &without_date());
    let settings = sandbox.read("work/mesh.yaml");
    sandbox.write(
        "work/mesh.yaml",
        format!(
            "{settings}compatibility:\n  ignore:\n    - kind: field-removed\n      at: orders.ordered_at\n      \
             reason: it was always empty\n      until: 2099-12-31\n"
        ),
    );
    sandbox.mesh(["publish"]).expect(0);
    assert_eq!(
        since("commercial/orders").unwrap(),
        "2.0.0: minor, 1 let through"
    );
}

/// Whoever loses a race is judged again, against what the winner published.
#[test]
fn a_lost_race_is_judged_again() {
    let (sandbox, registry) = published();
    // The loser has another description and 1.0.1, which is fine after 1.0.0.
    write(
        &sandbox,
        "1.0.1",
        "1.0.1",
        &CONTRACT.replace("When the customer placed", "When the customer had placed"),
    );
    // Just before its push arrives, somebody publishes 1.1.0.
    let winner = sandbox.path("winner");
    fs::create_dir_all(winner.join("orders")).unwrap();
    fs::copy(sandbox.path("work/mesh.yaml"), winner.join("mesh.yaml")).unwrap();
    let manifest = PRODUCT
        .replacen("version: 1.0.0", "version: 1.1.0", 1)
        .replace("    version: 1.0.0", "    version: 1.1.0");
    fs::write(winner.join("orders/dataproduct.yaml"), manifest).unwrap();
    let text = with_note().replacen("version: 1.0.0", "version: 1.1.0", 1);
    fs::write(winner.join("orders/orders.odcs.yaml"), text).unwrap();
    let real = Run::of(
        sandbox
            .command("sh")
            .args(["-c", "command -v git"])
            .output()
            .expect("sh starts"),
    )
    .expect(0);
    let real = real.trim();
    let mesh = env!("CARGO_BIN_EXE_mesh");
    let marker = sandbox.path("raced");
    sandbox.write(
        "bin/git",
        format!(
            "#!/bin/sh\ncase \" $* \" in *' push '*)\n  if [ ! -e '{marker}' ]; then\n    : > '{marker}'\n    \
             (cd '{winner}' && PATH=\"$REAL_PATH\" MESH_CACHE_DIR='{cache}' '{mesh}' publish >/dev/null 2>&1)\n  fi;;\nesac\n\
             exec '{real}' \"$@\"\n",
            marker = marker.display(),
            winner = winner.display(),
            cache = sandbox.path("other-cache").display(),
        ),
    );
    let program = sandbox.path("bin/git");
    let mut permissions = fs::metadata(&program).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o755);
    fs::set_permissions(&program, permissions).unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let run = Run::of(
        sandbox
            .command(mesh)
            .env("PATH", format!("{}:{path}", sandbox.path("bin").display()))
            .env("REAL_PATH", &path)
            .arg("publish")
            .output()
            .expect("mesh starts"),
    );
    assert!(marker.exists(), "there was a race");
    let out = run.expect(1);
    assert!(out.contains("goes back from 1.1.0 to 1.0.1"), "{out}");
    assert_eq!(record(&sandbox, &registry, "1.1.0")["version"], "1.1.0");
}

/// Every finding leads to a page that exists, and says the same as `mesh explain`.
#[test]
fn what_is_found_is_explained_where_it_says() {
    let sandbox = committed();
    // A version that goes back, one that is too low, one that cannot be read, and a change.
    let mut urls = Vec::new();
    for (product, contract) in [("0.9.0", "1.0.0"), ("1.0.1", "next")] {
        write(&sandbox, product, contract, &without_date());
        let report = sandbox
            .mesh(["breaking", "--against", "git:main", "--format", "json"])
            .json(1);
        let found = report["diagnostics"].as_array().expect("findings");
        urls.extend(found.iter().map(|found| {
            assert_eq!(found["group"], "compatibility");
            found["url"].as_str().expect("a page").to_owned()
        }));
    }
    let page_of = |url: &str| {
        let (_, path) = url.split_once("/blob/main/").expect("a file");
        fs::read_to_string(repository().join(path)).unwrap_or_else(|_| panic!("{path} is missing"))
    };
    for rule in gate::rules::RULES {
        let url = format!("docs/changes/{}.md", rule.id);
        assert!(urls.iter().any(|found| found.ends_with(&url)), "{urls:#?}");
    }
    for url in &urls {
        page_of(url);
    }
    let index = page_of("/blob/main/docs/changes/index.md");
    for info in gate::rules::infos() {
        let explain = |format: &str| sandbox.mesh(["explain", info.id, "--format", format]);
        let page = explain("markdown").expect(0);
        assert!(page.starts_with(&format!("# {}\n", info.id)), "{page}");
        let view = explain("json").json(0);
        assert_eq!(view["id"], info.id);
        let url = view["url"].as_str().expect("a page");
        assert_eq!(url, mesh_diagnostics::rule_url(info.group, info.id));
        assert_eq!(page_of(url), page);
        let listed = format!("| [{0}]({0}.md) |", info.id);
        assert!(index.contains(&listed), "{listed}");
    }
    let run = sandbox.mesh(["explain", "version-to-low"]);
    assert!(
        run.stderr.contains("did you mean `version-too-low`?"),
        "{}",
        run.stderr
    );
    run.expect(2);
    let page = sandbox.mesh(["explain", "version-too-low"]).expect(0);
    assert!(
        page.contains("Readers decide by the version number"),
        "{page}"
    );
    let script = sandbox.mesh(["completions", "bash"]).expect(0);
    assert!(script.contains("version-too-low"), "{script}");
}

#[test]
fn every_key_of_a_verdict_is_documented() {
    let sandbox = committed();
    write(&sandbox, "1.0.0", "1.0.0", &without_date());
    let report = sandbox
        .mesh(["breaking", "--against", "git:main", "--format", "json"])
        .json(1);
    let text = fs::read_to_string(repository().join("docs/json.md")).expect("the page");
    let (_, section) = text.split_once("\n## `mesh breaking`\n").expect("a part");
    let section = section.split("\n## ").next().expect("the part itself");
    let document = report["documents"][0].as_object().expect("a document");
    for key in document
        .keys()
        .map(String::as_str)
        .chain(["against", "documents"])
    {
        assert!(section.contains(&format!("`{key}`")), "{key}");
    }
}

#[test]
fn paths_that_overlap_are_read_once() {
    let sandbox = committed();
    for paths in [
        &[".", "orders"][..],
        &["orders", "orders/", "./orders"],
        &["orders/orders.odcs.yaml", "orders"],
    ] {
        let arguments = ["breaking"].iter().chain(paths);
        let arguments = arguments.chain(&["--against", "git:main"]);
        let out = sandbox.mesh(arguments).expect(0);
        assert!(
            out.contains("nothing that was there has changed"),
            "{paths:?}: {out}"
        );
    }
}

#[test]
fn paths_lead_to_their_own_repository() {
    let sandbox = committed();
    let manifest = PRODUCT.replace("commercial.orders", "commercial.new");
    sandbox.write("work/new/dataproduct.yaml", manifest);
    let elsewhere = sandbox.path("home");
    let out = sandbox
        .mesh_in(elsewhere, ["breaking", "../work", "--against", "git:main"])
        .expect(0);
    assert!(out.contains("nothing that was there has changed"), "{out}");
}

/// What is new is looked for everywhere, and what cannot be read there is nobody's question.
#[cfg(unix)]
#[test]
fn links_and_submodules_elsewhere_are_no_failure() {
    let sandbox = committed();
    fs::create_dir_all(sandbox.path("work/shared")).unwrap();
    let link = sandbox.path("work/shared/orders.odcs.yaml");
    std::os::unix::fs::symlink("../orders/orders.odcs.yaml", link).unwrap();
    commit(&sandbox);
    let head = sandbox.git(sandbox.work(), &["rev-parse", "HEAD"]);
    let entry = format!("160000,{},vendor/team", head.trim());
    sandbox.git(
        sandbox.work(),
        &["update-index", "--add", "--cacheinfo", &entry],
    );
    sandbox.git(sandbox.work(), &["commit", "-q", "-m", "submodule"]);
    let manifest = PRODUCT.replace("commercial.orders", "commercial.new");
    sandbox.write("work/orders/new/dataproduct.yaml", manifest);
    sandbox
        .mesh(["breaking", "orders", "--against", "git:main"])
        .expect(0);
    let run = sandbox.mesh(["breaking", "--against", "git:main"]);
    assert!(run.stderr.contains("cannot read"), "{}", run.stderr);
    run.expect(2);
}

#[test]
fn a_changed_id_is_seen_from_any_folder() {
    let sandbox = committed();
    let text = PRODUCT.replace("id: commercial.orders\nname", "id: commercial.sales\nname");
    sandbox.write("work/orders/dataproduct.yaml", text);
    let root = sandbox.work();
    let folder = sandbox.path("work/orders");
    for (here, paths, against) in [
        (&root, &["orders"][..], "git:main"),
        (&root, &["orders"], "git:main:orders"),
        (&root, &["orders/dataproduct.yaml"], "git:main:orders"),
        (&folder, &["."], "git:main"),
        (&folder, &["dataproduct.yaml"], "git:main"),
    ] {
        let arguments = ["breaking", "--format", "json", "--against", against];
        let arguments = arguments.iter().chain(paths);
        let report = sandbox.mesh_in(here, arguments).json(1);
        let found = rules(&report);
        assert!(
            found.contains(&"error product-id-changed".to_owned())
                && !found.contains(&"error product-removed".to_owned()),
            "{paths:?} {against}: {found:?}"
        );
    }
}

#[test]
fn whoever_names_a_file_asks_about_that() {
    let sandbox = committed();
    let file = "orders/orders.odcs.yaml";
    let out = sandbox
        .mesh(["breaking", file, "--against", "git:main:orders"])
        .expect(0);
    assert!(out.contains("nothing that was there has changed"), "{out}");
    // Of a folder, everything is asked.
    fs::remove_file(sandbox.path("work/orders/orders.odcs.yaml")).unwrap();
    sandbox
        .mesh(["breaking", "orders", "--against", "git:main:orders"])
        .expect(1);
}

#[test]
fn a_pre_release_announces_what_is_to_come() {
    let sandbox = committed();
    write(&sandbox, "2.0.0-rc.1", "2.0.0-rc.1", &without_date());
    sandbox
        .mesh(["breaking", "--against", "git:main"])
        .expect(0);
    // The port keeps to its contract.
    write(&sandbox, "2.0.0-rc.1", "2.0.0-rc.1", &without_date());
    let manifest = sandbox.read("work/orders/dataproduct.yaml");
    let port = manifest.replace("    version: 2.0.0-rc.1", "    version: 1.5.0");
    sandbox.write("work/orders/dataproduct.yaml", port);
    sandbox
        .mesh(["breaking", "--against", "git:main", "--fix"])
        .expect(0);
    assert_eq!(sandbox.read("work/orders/dataproduct.yaml"), manifest);
}

/// A version that could not be read is history: giving it a proper one has to be possible.
#[test]
fn from_an_unreadable_version_there_is_a_way_out() {
    let sandbox = Sandbox::new();
    write(&sandbox, "latest", "latest", CONTRACT);
    sandbox.git(sandbox.work(), &["init", "-q"]);
    commit(&sandbox);
    let found = |product: &str, text: &str, status: i32| {
        write(&sandbox, product, product, text);
        let report = sandbox
            .mesh(["breaking", "--against", "git:main", "--format", "json"])
            .json(status);
        rules(&report)
    };
    let still = found("latest", &with_note(), 1);
    assert!(
        still.contains(&"error version-unreadable".to_owned()),
        "{still:?}"
    );
    let better = found("1.0.0", CONTRACT, 0);
    assert!(
        better.contains(&"warn version-unreadable".to_owned()),
        "{better:?}"
    );
    let broken = found("1.0.0", &without_date(), 1);
    assert!(
        broken.contains(&"error field-removed".to_owned()),
        "{broken:?}"
    );
}

/// Whoever repairs a file must not be stopped by what it was.
#[test]
fn what_could_not_be_read_before_is_said_and_passed() {
    let sandbox = committed();
    sandbox.write(
        "work/orders/orders.odcs.yaml",
        "kind: DataContract\n id: [\n",
    );
    commit(&sandbox);
    write(&sandbox, "1.0.0", "1.0.0", CONTRACT);
    let run = sandbox.mesh(["breaking", "--against", "git:main"]);
    let said = "`git:main:orders/orders.odcs.yaml` could not be read then";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    run.expect(0);
}

#[test]
fn a_file_of_json_says_what_is_printed() {
    let sandbox = committed();
    write(&sandbox, "1.0.0", "1.0.0", &without_date());
    let arguments = [
        "breaking",
        "--against",
        "git:main",
        "--output",
        "found.json",
    ];
    let printed = sandbox.mesh(arguments.iter().chain(&["--format", "json"]));
    assert_eq!(printed.expect(1), sandbox.read("work/found.json"));
}

/// Whoever offers 1.x and 2.x of a contract side by side cannot go on from 1.x with a 2.0.0.
#[test]
fn a_fix_never_takes_the_version_of_another() {
    let sandbox = Sandbox::new();
    write(&sandbox, "1.0.0", "1.0.0", CONTRACT);
    let manifest = sandbox.read("work/orders/dataproduct.yaml");
    let port = "outputPorts:\n";
    assert!(manifest.contains(port));
    let second = "  - {name: orders-v2, version: 2.0.0, contractId: commercial.orders}\n";
    sandbox.write(
        "work/orders/dataproduct.yaml",
        manifest.replace(port, &format!("{port}{second}")),
    );
    let newer = with_note().replacen("version: 1.0.0", "version: 2.0.0", 1);
    sandbox.write("work/orders/orders-v2.odcs.yaml", &newer);
    sandbox.git(sandbox.work(), &["init", "-q"]);
    commit(&sandbox);
    sandbox.write("work/orders/orders.odcs.yaml", without_date());

    let out = sandbox
        .mesh(["breaking", "--against", "git:HEAD", "--fix"])
        .expect(1);
    assert!(out.contains("help: keep what 1.0.0 promises"), "{out}");
    assert!(!out.contains("publish it as 2.0.0"), "{out}");
    let contract = sandbox.read("work/orders/orders.odcs.yaml");
    assert_eq!(contract, without_date(), "it stays 1.0.0");
    let manifest = sandbox.read("work/orders/dataproduct.yaml");
    let first = "    version: 1.0.0\n";
    assert!(manifest.contains(first), "the port too: {manifest}");

    // What is newest goes on as ever, also if both change.
    let newer = without_date().replacen("version: 1.0.0", "version: 2.0.0", 1);
    sandbox.write("work/orders/orders-v2.odcs.yaml", newer);
    sandbox
        .mesh(["breaking", "--against", "git:HEAD", "--fix"])
        .expect(1);
    let newer = sandbox.read("work/orders/orders-v2.odcs.yaml");
    assert!(newer.contains("version: 3.0.0\n"), "{newer}");
    let contract = sandbox.read("work/orders/orders.odcs.yaml");
    assert_eq!(contract, without_date());

    // A product is no version of its contract, even if both have the same id.
    sandbox.git(sandbox.work(), &["checkout", "-q", "."]);
    let manifest = sandbox.read("work/orders/dataproduct.yaml");
    sandbox.write(
        "work/orders/dataproduct.yaml",
        manifest.replace("orders-v2", "orders-next"),
    );
    sandbox
        .mesh(["breaking", "--against", "git:HEAD", "--fix"])
        .expect(0);
    let manifest = sandbox.read("work/orders/dataproduct.yaml");
    assert!(manifest.contains("\nversion: 2.0.0\n"), "{manifest}");
}

#[test]
fn what_is_said_of_changes_shows_no_credential() {
    let (sandbox, _) = published();
    let with = |value: &str| {
        let property = format!("customProperties:\n  - property: password\n    value: {value}\n");
        format!("{CONTRACT}{property}")
    };
    write(&sandbox, "1.0.0", "1.0.0", &with("hunter2xyz"));
    sandbox.git(sandbox.work(), &["init", "-q"]);
    commit(&sandbox);
    write(&sandbox, "1.1.0", "1.1.0", &with("swordfish9"));
    let ask = |command: &str, format: &str| {
        let against = ["--against", "git:main", "--format", format];
        let out = sandbox
            .mesh([&[command, "orders"][..], &against].concat())
            .expect(0);
        assert!(out.contains("password"), "{command} {format}: {out}");
        assert!(!out.contains("hunter2xyz"), "{command} {format}: {out}");
        assert!(!out.contains("swordfish9"), "{command} {format}: {out}");
        out
    };
    for format in ["pretty", "json", "markdown"] {
        ask("impact", format);
    }
    let settings = fs::read_to_string(sandbox.path("work/mesh.yaml")).unwrap();
    let ignore = "kind: needs-review, reason: it was rotated, until: 2099-12-31";
    sandbox.write(
        "work/mesh.yaml",
        format!("{settings}compatibility: {{ignore: [{{{ignore}}}]}}\n"),
    );
    for format in ["pretty", "json"] {
        let out = ask("breaking", format);
        assert!(out.contains("it was rotated"), "{format}: {out}");
    }
}
