//! `mesh upgrade`

use crate::sandbox::Sandbox;

const OLD: &str = "\
apiVersion: v0.9.0 # the first
kind: DataProduct
id: orders
version: 1.0.0
status: active
team:
  # founded it
  - username: ada@pharma.example
    role: owner
";

const NEW: &str = "\
apiVersion: v1.1.0 # the first
kind: DataProduct
id: orders
version: 1.0.0
status: active
team:
  members:
    # founded it
    - username: ada@pharma.example
      role: owner
";

const FILE: &str = "work/orders/dataproduct.yaml";

#[test]
fn documents_are_moved_to_the_current_version() {
    let sandbox = Sandbox::new();
    sandbox.write(FILE, OLD);
    let out = sandbox.mesh(["upgrade", "--check"]).expect(1);
    assert_eq!(
        out,
        "+ would move orders/dataproduct.yaml from v0.9.0 to v1.1.0\n"
    );
    let out = sandbox.mesh(["upgrade", "--diff"]).expect(1);
    assert!(
        out.contains("\n-apiVersion: v0.9.0 # the first\n+apiVersion: v1.1.0 # the first\n"),
        "{out}"
    );
    assert_eq!(sandbox.read(FILE), OLD);
    let out = sandbox.mesh(["upgrade"]).expect(0);
    assert_eq!(
        out,
        "✓ moved orders/dataproduct.yaml from v0.9.0 to v1.1.0\n"
    );
    assert_eq!(sandbox.read(FILE), NEW);
    let out = sandbox.mesh(["upgrade", "--check"]).expect(0);
    assert_eq!(out, "✓ 1 document up to date\n");
}

#[test]
fn a_version_in_between_or_of_the_other_standard_can_be_named() {
    let sandbox = Sandbox::new();
    sandbox.write(FILE, OLD);
    sandbox.mesh(["upgrade", "--to", "v3.2.0"]).expect(0);
    assert_eq!(sandbox.read(FILE), OLD);
    sandbox.mesh(["upgrade", "--to", "v1.0.0"]).expect(0);
    assert_eq!(sandbox.read(FILE), NEW.replace("v1.1.0", "v1.0.0"));
    let run = sandbox.mesh(["upgrade", "--to", "v2"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("`v2` is no version of either standard"),
        "{}",
        run.stderr
    );
}

#[test]
fn what_cannot_be_carried_is_reported_and_stays_as_it_is() {
    let sandbox = Sandbox::new();
    let text = OLD.replace("username: ada@pharma.example", "name: Ada");
    sandbox.write(FILE, &text);
    sandbox.write("work/other/dataproduct.yaml", OLD);
    sandbox.write("work/broken/dataproduct.yaml", "a: [\n");
    let out = sandbox.mesh(["upgrade"]).expect(1);
    assert!(
        out.contains("in v1.1.0: missing required key `username`"),
        "{out}"
    );
    assert!(out.contains("orders/dataproduct.yaml:8:11"), "{out}");
    assert!(out.contains("broken/dataproduct.yaml"), "{out}");
    assert!(out.ends_with("✗ 2 documents left as they were\n"), "{out}");
    assert_eq!(sandbox.read(FILE), text);
    assert_eq!(sandbox.read("work/other/dataproduct.yaml"), NEW);
}
