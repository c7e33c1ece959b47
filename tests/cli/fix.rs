//! `mesh lint --fix`

use std::fs;

use crate::sandbox::{CONTRACT, PRODUCT, Sandbox};

const FILE: &str = "work/orders/dataproduct.yaml";

/// A sandbox with a product that `tail` is appended to.
fn sandbox(tail: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(FILE, format!("{PRODUCT}{tail}"));
    sandbox.write("work/orders/orders.odcs.yaml", CONTRACT);
    sandbox
}

#[test]
fn safe_fixes_are_made_and_counted() {
    let sandbox = sandbox("tenant: 42 # the answer\n");
    let out = sandbox.mesh(["lint"]).expect(1);
    assert!(out.ends_with("\n  1 fixable with --fix\n"), "{out}");
    let out = sandbox.mesh(["lint", "--fix"]).expect(0);
    assert!(out.ends_with("\n  1 fixed in 1 file\n"), "{out}");
    assert_eq!(
        sandbox.read(FILE),
        format!("{PRODUCT}tenant: \"42\" # the answer\n")
    );
    let out = sandbox.mesh(["lint", "--fix"]).expect(0);
    assert!(!out.contains("fix"), "{out}");
}

#[test]
fn unsafe_fixes_are_made_only_when_they_are_asked_for() {
    let sandbox = sandbox("");
    let text = PRODUCT.replace("\ndescription:", "\n# why it is there\ndiscription:");
    assert_ne!(text, PRODUCT);
    sandbox.write(FILE, &text);
    let out = sandbox.mesh(["lint", "--fix"]).expect(1);
    assert!(
        out.ends_with("\n  1 fixable with --unsafe-fixes\n"),
        "{out}"
    );
    assert_eq!(sandbox.read(FILE), text);
    sandbox.mesh(["lint", "--unsafe-fixes"]).expect(0);
    assert_eq!(
        sandbox.read(FILE),
        text.replace("discription", "description")
    );
}

#[test]
fn a_diff_is_printed_and_nothing_is_written() {
    let sandbox = sandbox("tenant: 42\n");
    let before = sandbox.read(FILE);
    let run = sandbox.mesh(["lint", "--diff", "--fix"]);
    assert_eq!(run.stderr, "1 would be fixed in 1 file\n");
    let out = run.expect(1);
    assert!(
        out.starts_with("--- orders/dataproduct.yaml\n+++ orders/dataproduct.yaml\n@@ "),
        "{out}"
    );
    assert!(out.ends_with("\n-tenant: 42\n+tenant: \"42\"\n"), "{out}");
    assert_eq!(sandbox.read(FILE), before);
    sandbox.write(FILE, PRODUCT);
    let run = sandbox.mesh(["lint", "--diff"]);
    assert_eq!(run.stderr, "nothing to fix\n");
    assert_eq!(run.expect(0), "");
}

#[test]
fn a_comment_that_suppresses_nothing_is_deleted() {
    let sandbox = sandbox("");
    let text = PRODUCT.replace("\nteam:", "\n# mesh: ignore[owner-missing] old\nteam:");
    sandbox.write(FILE, text);
    sandbox.mesh(["lint", "--fix"]).expect(0);
    assert_eq!(sandbox.read(FILE), PRODUCT);
}

#[test]
fn machines_get_json_and_nothing_else() {
    let sandbox = sandbox("tenant: 42\n");
    let run = sandbox.mesh(["lint", "--fix", "--format", "json"]);
    assert_eq!(run.stderr, "1 fixed in 1 file\n");
    assert_eq!(run.json(0)["summary"]["errors"], 0);
}

#[test]
fn no_diff_shows_a_credential_and_no_fix_writes_a_blanked_one() {
    let secret = "customProperties:\n  - property: password\n    value: hunter2xyz\ntenant: 42\n";
    let sandbox = sandbox(secret);
    let out = sandbox.mesh(["lint", "--diff"]).expect(1);
    assert!(
        out.contains("value: **********") && !out.contains("hunter2"),
        "{out}"
    );
    sandbox.mesh(["lint", "--fix"]);
    let after = sandbox.read(FILE);
    assert!(
        after.ends_with("value: hunter2xyz\ntenant: \"42\"\n"),
        "{after}"
    );
}

#[cfg(unix)]
#[test]
fn links_stay_links_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let sandbox = sandbox("");
    sandbox.write("work/shared/real.yaml", format!("{PRODUCT}tenant: 42\n"));
    let (link, real) = (sandbox.path(FILE), sandbox.path("work/shared/real.yaml"));
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    fs::remove_file(&link).unwrap();
    symlink("../shared/real.yaml", &link).unwrap();
    // What a link leads to lies outside of what was named: it is reported, and not written.
    let out = sandbox.mesh(["lint", "--fix", "orders"]).expect(1);
    assert!(out.ends_with("\n  1 fixable with --fix\n"), "{out}");
    sandbox.mesh(["lint", "--fix"]).expect(0);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(
        sandbox.read("work/shared/real.yaml"),
        format!("{PRODUCT}tenant: \"42\"\n")
    );
    let mode = fs::metadata(&real).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}

#[test]
fn a_file_that_cannot_be_written_is_a_failure_and_stays_whole() {
    let sandbox = sandbox("tenant: 42\n");
    let before = sandbox.read(FILE);
    let folder = sandbox.path("work/orders");
    let mut permissions = fs::metadata(&folder).unwrap().permissions();
    let original = permissions.clone();
    permissions.set_readonly(true);
    fs::set_permissions(&folder, permissions).unwrap();
    // Root may write anywhere, and then there is nothing to see.
    let may_write = fs::write(folder.join("probe"), "").is_ok();
    let run = sandbox.mesh(["lint", "--fix"]);
    fs::set_permissions(&folder, original).unwrap();
    if !may_write {
        assert_eq!(run.status, 2);
        assert!(
            run.stderr
                .contains("cannot write `orders/dataproduct.yaml`"),
            "{}",
            run.stderr
        );
        assert_eq!(sandbox.read(FILE), before);
    }
}

#[test]
fn a_read_only_file_stays_as_it_is_and_so_do_the_others() {
    let sandbox = sandbox("tenant: 42\n");
    let other = sandbox
        .read(FILE)
        .replace("commercial.orders", "commercial.sales");
    sandbox.write("work/a/dataproduct.yaml", &other);
    let before = sandbox.read(FILE);
    let file = sandbox.path(FILE);
    let mut permissions = fs::metadata(&file).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&file, permissions).unwrap();
    let run = sandbox.mesh(["lint", "--fix"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr
            .contains("cannot write `orders/dataproduct.yaml`: it is read-only"),
        "{}",
        run.stderr
    );
    assert_eq!(sandbox.read(FILE), before);
    assert_eq!(sandbox.read("work/a/dataproduct.yaml"), other);
}

#[test]
fn a_diff_has_one_form_and_one_place() {
    let sandbox = sandbox("tenant: 42\n");
    for other in [["--output", "lint.sarif"], ["--format", "json"]] {
        let run = sandbox.mesh([&["lint", "--diff"], &other[..]].concat());
        assert_eq!(run.status, 2);
        assert!(run.stderr.contains("cannot be used with"), "{}", run.stderr);
    }
}
