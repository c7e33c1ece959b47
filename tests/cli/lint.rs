//! `mesh lint`

use crate::sandbox::{CONTRACT, PRODUCT, Sandbox};

fn product(sandbox: &Sandbox, folder: &str) {
    sandbox.write(format!("work/{folder}/dataproduct.yaml"), PRODUCT);
    sandbox.write(format!("work/{folder}/orders.odcs.yaml"), CONTRACT);
}

#[test]
fn exit_codes_tell_clean_from_findings_from_failure() {
    let sandbox = Sandbox::new();
    product(&sandbox, "orders");
    sandbox.mesh(["lint"]).expect(0);
    // A warning is no failure.
    let warned = PRODUCT.replace("support:\n  - channel: \"#orders\"\n    tool: slack\n    url: https://chat.example/orders\n", "");
    assert_ne!(warned, PRODUCT);
    sandbox.write("work/orders/dataproduct.yaml", warned);
    let out = sandbox.mesh(["lint"]).expect(0);
    assert!(
        out.contains("1 warning in 1 data product and 1 contract"),
        "{out}"
    );
    sandbox.write(
        "work/orders/dataproduct.yaml",
        PRODUCT.replace("name: Orders\nversion", "version"),
    );
    let out = sandbox.mesh(["lint"]).expect(1);
    assert!(out.contains("error[name-missing]"), "{out}");
    let run = sandbox.mesh(["lint", "nowhere"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr
            .contains("cannot read `nowhere`: there is no such file or folder"),
        "{}",
        run.stderr
    );
    assert!(run.stdout.is_empty());
}

#[test]
fn an_empty_run_is_not_a_clean_one() {
    let sandbox = Sandbox::new();
    let run = sandbox.mesh(["lint"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr
            .contains("there is no data product or contract in `.`"),
        "{}",
        run.stderr
    );
}

#[test]
fn json_is_versioned_ordered_and_the_same_on_every_run() {
    let sandbox = Sandbox::new();
    let example = sandbox.copy_example("broken");
    let arguments = ["lint", "--format", "json"];
    let first = sandbox.mesh_in(&example, arguments).expect(1);
    for _ in 0..3 {
        assert_eq!(sandbox.mesh_in(&example, arguments).expect(1), first);
    }
    let report: serde_json::Value = serde_json::from_str(&first).unwrap();
    assert_eq!(report["version"], 1);
    let diagnostics = report["diagnostics"].as_array().unwrap();
    let place = |d: &serde_json::Value| {
        (
            d["file"].as_str().unwrap().to_owned(),
            d["range"]["start"]["offset"].as_u64(),
        )
    };
    assert!(
        diagnostics
            .windows(2)
            .all(|pair| place(&pair[0]) <= place(&pair[1]))
    );
    for diagnostic in diagnostics {
        let text =
            std::fs::read_to_string(example.join(diagnostic["file"].as_str().unwrap())).unwrap();
        let start = &diagnostic["range"]["start"];
        let offset = usize::try_from(start["offset"].as_u64().unwrap()).unwrap();
        let before = &text[..offset];
        assert_eq!(start["line"], before.matches('\n').count() + 1);
        assert_eq!(
            start["column"],
            before.rsplit('\n').next().unwrap().chars().count() + 1
        );
        for key in [
            "rule", "group", "level", "message", "help", "url", "pointer", "related",
        ] {
            assert!(
                diagnostic.get(key).is_some(),
                "{key} is missing in {diagnostic}"
            );
        }
    }
    let errors = diagnostics.iter().filter(|d| d["level"] == "error").count();
    assert_eq!(report["summary"]["errors"], errors);
}

#[test]
fn output_to_a_pipe_has_no_colours() {
    let sandbox = Sandbox::new();
    let example = sandbox.copy_example("broken");
    assert!(
        !sandbox
            .mesh_in(example, ["lint"])
            .expect(1)
            .contains('\x1b')
    );
}

#[test]
fn what_git_ignores_is_not_checked() {
    let sandbox = Sandbox::new();
    product(&sandbox, "orders");
    sandbox.write("work/build/dataproduct.yaml", "nonsense");
    sandbox.write("work/.gitignore", "build/\n");
    sandbox.mesh(["lint"]).expect(0);
    // But a file that is named is.
    sandbox.mesh(["lint", "build/dataproduct.yaml"]).expect(1);
}

#[test]
fn a_named_file_is_read_by_its_kind_whatever_it_is_called() {
    let sandbox = Sandbox::new();
    sandbox.write("work/a.txt", CONTRACT);
    let report = sandbox.mesh(["lint", "a.txt", "--format", "json"]).json(0);
    assert_eq!(report["summary"]["contracts"], 1);
}

#[test]
fn a_named_product_is_checked_with_the_contracts_that_are_part_of_it() {
    let sandbox = Sandbox::new();
    product(&sandbox, "orders");
    sandbox.write(
        "work/orders/other.odcs.yaml",
        CONTRACT.replace("id: commercial.orders", "id: unrelated"),
    );
    let arguments = ["lint", "orders/dataproduct.yaml", "--format", "json"];
    let report = sandbox.mesh(arguments).json(0);
    assert_eq!(report["summary"]["contracts"], 1, "not the unrelated one");
    // Wherever in the repository they lie.
    sandbox.write("work/mesh.yaml", "");
    std::fs::create_dir(sandbox.path("work/shared")).unwrap();
    std::fs::remove_file(sandbox.path("work/orders/orders.odcs.yaml")).unwrap();
    sandbox.write("work/shared/orders.odcs.yaml", CONTRACT);
    sandbox.mesh(["lint", "orders"]).expect(0);
    sandbox
        .mesh_in(sandbox.path("work/orders"), ["lint"])
        .expect(0);
    sandbox.write(
        "work/shared/orders.odcs.yaml",
        CONTRACT.replace("tags:", "tgas:"),
    );
    let out = sandbox.mesh(["lint", "orders"]).expect(1);
    assert!(out.contains("shared/orders.odcs.yaml:"), "{out}");
}

#[test]
fn a_file_counts_once_however_many_paths_lead_to_it() {
    let sandbox = Sandbox::new();
    product(&sandbox, "orders");
    let absolute = sandbox.work();
    let absolute = absolute.to_str().unwrap();
    let paths = ["lint", ".", absolute, "orders", "orders/../orders"];
    let report = sandbox
        .mesh(paths.into_iter().chain(["--format", "json"]))
        .json(0);
    assert_eq!(report["summary"]["files"], 2);
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_utf8_hides_no_manifest() {
    use std::os::unix::ffi::OsStrExt;
    let sandbox = Sandbox::new();
    for byte in [0xE9, 0xE8] {
        let name = [b"caf".as_slice(), &[byte], b".odps.yaml"].concat();
        let path = sandbox.work().join(std::ffi::OsStr::from_bytes(&name));
        std::fs::write(path, "nonsense").unwrap();
    }
    let report = sandbox.mesh(["lint", "--format", "json"]).json(1);
    assert_eq!(report["summary"]["files"], 2);
    assert_eq!(report["diagnostics"][0]["file"], "caf\\xE8.odps.yaml");
}

#[test]
fn a_registry_that_is_named_is_asked_and_no_other() {
    let sandbox = Sandbox::new();
    product(&sandbox, "orders");
    // Its vocabularies and its consumers concern every product: what cannot be asked is no pass.
    let run = sandbox.mesh(["lint", "--registry", "nowhere.git"]);
    assert_eq!(run.status, 2, "{}{}", run.stdout, run.stderr);
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_mesh"));
    command.env("MESH_REGISTRY", "").arg("lint");
    crate::sandbox::Run::of(command.output().unwrap()).expect(0);
}

#[test]
fn inputs_that_nobody_can_look_up_are_unverified_not_wrong() {
    let sandbox = Sandbox::new();
    product(&sandbox, "orders");
    let consumer = format!(
        "{PRODUCT}inputPorts:\n  - name: prices\n    version: 1.0.0\n    contractId: finance.prices\n"
    );
    sandbox.write("work/orders/dataproduct.yaml", consumer);
    let out = sandbox.mesh(["lint"]).expect(0);
    assert!(out.contains("1 input unverified"), "{out}");
    let report = sandbox.mesh(["lint", "--format", "json"]).json(0);
    assert_eq!(report["summary"]["unverified"], 1);
    // With a registry, it is known to be wrong.
    sandbox.mesh(["registry", "init", "registry.git"]).expect(0);
    let out = sandbox
        .mesh(["lint", "--registry", "registry.git"])
        .expect(1);
    assert!(out.contains("dangling-input"), "{out}");
}

#[test]
fn a_wrong_setting_is_shown_where_it_stands() {
    let sandbox = Sandbox::new();
    product(&sandbox, "orders");
    sandbox.write("work/mesh.yaml", "# settings\nregstry: here\n");
    let run = sandbox.mesh(["lint"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("mesh.yaml:2:1"), "{}", run.stderr);
    assert!(
        run.stderr.contains("did you mean `registry`?"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_closed_pipe_is_no_error() {
    let sandbox = Sandbox::new();
    let example = sandbox.copy_example("broken");
    let mut shell = sandbox.command("sh");
    shell
        .current_dir(example)
        .args(["-c", "{ mesh lint; echo $? >status; } | head -n 1"]);
    let output = shell.output().unwrap();
    // The findings are there, whether anybody reads them or not.
    let status = sandbox.read("work/broken/status");
    assert_eq!(status, "1\n");
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// What has ended, and what has been a draft for too long, depends on the day.
#[test]
fn a_day_can_be_named_to_check_as_of() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "work/dataproduct.yaml",
        "apiVersion: v1.1.0\nkind: DataProduct\nid: a\nstatus: draft\nproductCreatedTs: 2026-01-01T00:00:00Z\n",
    );
    let lint = |day: &str| {
        sandbox
            .mesh(["lint", "--preset", "strict", "--as-of", day])
            .stdout
    };
    assert!(!lint("2026-01-02").contains("draft-stale"));
    assert!(lint("2028-01-02").contains("draft-stale"));
    let run = sandbox.mesh(["lint", "--as-of", "someday"]);
    assert!(
        run.stderr.contains("`someday` is not a day"),
        "{}",
        run.stderr
    );
    run.expect(2);
}
