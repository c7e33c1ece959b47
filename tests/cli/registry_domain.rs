//! Whose domains are: `mesh registry domain` and `mesh registry codeowners`, and what follows from it.

use std::fs;
use std::io::{Write as _, stderr};
use std::process::Command;

use crate::sandbox::{Run, Sandbox};

/// A registry in `work/r`, and a product to publish in the domain `sales`.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.mesh(["registry", "init", "r"]).expect(0);
    let init = ["init", "Orders", "--domain", "sales", "--yes"];
    sandbox.mesh(init).expect(0);
    let manifest = fs::read_to_string(sandbox.work().join("orders/dataproduct.yaml"));
    assert!(manifest.is_ok(), "{manifest:?}");
    sandbox
}

fn domain(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    let arguments = [&["registry", "domain"], arguments, &["--registry", "r"]].concat();
    sandbox.mesh(arguments)
}

fn publish(sandbox: &Sandbox, more: &[&str]) -> Run {
    sandbox.mesh([&["publish", "orders", "--registry", "r"], more].concat())
}

fn owners_file(sandbox: &Sandbox, name: &str) -> String {
    let path = format!("main:owners/{name}.yaml");
    sandbox.file_at(sandbox.path("work/r"), &path)
}

/// Commits to the registry what `change` says of a file.
fn by_hand(sandbox: &Sandbox, path: &str, change: impl FnOnce(String) -> String) {
    let git = |arguments: &[&str]| sandbox.git(sandbox.work(), arguments);
    let work = sandbox.path("hand");
    let work = work.to_str().expect("a path");
    if fs::metadata(work).is_err() {
        git(&["clone", "-q", "r", work]);
    }
    git(&["-C", work, "pull", "-q"]);
    let file = sandbox.path("hand").join(path);
    let text = fs::read_to_string(&file).unwrap_or_default();
    fs::create_dir_all(file.parent().expect("a parent")).expect("a folder");
    fs::write(&file, change(text)).expect("a file");
    git(&["-C", work, "add", "-A"]);
    git(&["-C", work, "commit", "-qm", "by hand"]);
    git(&["-C", work, "push", "-q"]);
}

#[test]
fn a_domain_is_given_owners_and_only_they_publish() {
    let sandbox = sandbox();
    domain(&sandbox, &["add", "sales", "--owner", "anna@example.com"]).expect(0);
    assert_eq!(
        owners_file(&sandbox, "sales"),
        "# Who may publish for the domain `sales`.\nowners:\n- email: anna@example.com\n"
    );
    let run = publish(&sandbox, &["--dry-run"]);
    let error = run.stderr.clone();
    run.expect(1);
    assert!(
        error.contains("`ada@pharma.example` is not an owner of the domain `sales`"),
        "{error}"
    );
    assert!(error.contains("`anna@example.com`"), "{error}");
    let refused = publish(&sandbox, &["--format", "json"]).json(1);
    assert_eq!(
        refused["refused"]["message"],
        "`ada@pharma.example` is not an owner of the domain `sales`"
    );
    // Nor do others take it.
    for arguments in [
        &["add-owner", "sales", "ada@pharma.example"][..],
        &["transfer", "sales", "--to", "ada@pharma.example"],
        &["remove-owner", "sales", "anna@example.com"],
        &["add", "sales", "--owner", "ada@pharma.example"],
    ] {
        domain(&sandbox, arguments).expect(1);
    }
    domain(&sandbox, &["add", "sales", "--owner", "anna@example.com"]).expect(0);
}

#[test]
fn owners_add_and_remove_each_other_and_comments_stay() {
    let sandbox = sandbox();
    let ada = ["add", "sales", "--owner", "ada@pharma.example"];
    domain(&sandbox, &ada).expect(0);
    by_hand(&sandbox, "owners/sales.yaml", |text| {
        text.replace("ada@pharma.example", "ada@pharma.example # since 1843")
    });
    let add = [
        "add-owner",
        "sales",
        "Ben@example.com",
        "--name",
        "Ben",
        "--handle",
        "@ben",
    ];
    let text = domain(&sandbox, &add).expect(0);
    assert!(text.contains("Ben@example.com  Ben  @ben"), "{text}");
    let file = owners_file(&sandbox, "sales");
    assert!(file.contains("ada@pharma.example # since 1843\n"), "{file}");
    // Once is enough, in whatever case.
    let again = ["add-owner", "sales", "ben@example.com", "--format", "json"];
    let again = domain(&sandbox, &again).json(0);
    assert_eq!(again["outcome"], "alreadyPublished");
    assert_eq!(again["owners"][1]["email"], "Ben@example.com");
    publish(&sandbox, &[]).expect(0);

    let would = ["remove-owner", "sales", "BEN@example.com", "--dry-run"];
    domain(&sandbox, &would).expect(0);
    assert_eq!(owners_file(&sandbox, "sales"), file);
    domain(&sandbox, &["remove-owner", "sales", "BEN@example.com"]).expect(0);
    let file = owners_file(&sandbox, "sales");
    assert!(!file.contains("Ben"), "{file}");
    assert!(file.contains("# since 1843\n"), "{file}");
    let last = domain(&sandbox, &["remove-owner", "sales", "ada@pharma.example"]);
    let error = last.stderr.clone();
    last.expect(1);
    assert!(error.contains("is the only one"), "{error}");
    assert!(
        error.contains("mesh registry domain transfer sales"),
        "{error}"
    );
}

#[test]
fn a_domain_that_was_transferred_belongs_to_others() {
    let sandbox = sandbox();
    let both = [
        "add",
        "sales",
        "--owner",
        "ada@pharma.example",
        "--owner",
        "anna@example.com",
    ];
    domain(&sandbox, &both).expect(0);
    publish(&sandbox, &[]).expect(0);
    let show = || {
        sandbox.mesh([
            "show",
            "sales/orders",
            "--registry",
            "r",
            "--format",
            "json",
        ])
    };
    let before = show().json(0);
    let transfer = [
        "transfer",
        "sales",
        "--to",
        "anna@example.com",
        "--team",
        "data=ben@example.com,eve@example.com",
    ];
    domain(&sandbox, &transfer).expect(0);
    assert_eq!(show().json(0), before);
    let list = domain(&sandbox, &["list", "--format", "json"]).json(0);
    assert_eq!(list["domains"][0]["domain"], "sales");
    assert_eq!(list["domains"][0]["products"], 1);
    assert_eq!(list["domains"][0]["owners"][0]["email"], "anna@example.com");
    assert_eq!(list["domains"][0]["owners"][1]["team"], "data");
    let text = domain(&sandbox, &["list"]).expect(0);
    assert!(
        text.contains("  team data\n    ben@example.com\n"),
        "{text}"
    );
    // What is there can be published again, and nothing else.
    publish(&sandbox, &[]).expect(0);
    let manifest = sandbox.work().join("orders/dataproduct.yaml");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    assert!(text.contains("0.1.0"), "{text}");
    fs::write(&manifest, text.replacen("0.1.0", "0.1.1", 1)).expect("a manifest");
    let run = publish(&sandbox, &[]);
    assert!(run.stderr.contains("is not an owner"), "{}", run.stderr);
    run.expect(1);
    domain(
        &sandbox,
        &["transfer", "sales", "--to", "ada@pharma.example"],
    )
    .expect(1);
}

#[test]
fn stewards_name_the_first_owners() {
    let sandbox = sandbox();
    let settle = |who: &str| {
        by_hand(&sandbox, "mesh-registry.yaml", |text| {
            let text = text
                .split("stewards")
                .next()
                .unwrap_or_default()
                .replace("owners: required\n", "");
            format!("{text}owners: required\nstewards:\n- email: {who}\n  handle: '@office'\n")
        });
    };
    settle("office@example.com");
    let run = publish(&sandbox, &[]);
    assert!(
        run.stderr.contains("ask a steward (`office@example.com`)"),
        "{}",
        run.stderr
    );
    run.expect(1);
    let add = [
        "add",
        "sales",
        "--owner",
        "ada@pharma.example",
        "--handle",
        "@ada",
    ];
    let run = domain(&sandbox, &add);
    assert!(run.stderr.contains("up to the stewards"), "{}", run.stderr);
    run.expect(1);
    settle("ada@pharma.example");
    domain(&sandbox, &add).expect(0);
    publish(&sandbox, &[]).expect(0);

    let codeowners = ["registry", "codeowners", "--registry", "r"];
    assert_eq!(
        sandbox.mesh(codeowners).expect(0),
        "# Written by `mesh registry codeowners` from the owners of domains and the stewards: change those.\n\
         *                    @office\n\
         /mesh-registry.yaml  @office\n\
         /policies/           @office\n\
         /owners/             @office\n\
         /products/sales/     @ada\n\
         /status/sales/       @ada\n\
         /owners/sales.yaml   @ada @office\n"
    );
}

#[test]
fn what_makes_no_sense_is_told() {
    let sandbox = sandbox();
    for arguments in [
        &["add", "sales"][..],
        &["add", "sales", "--owner", "anna"],
        &["add", "Sales", "--owner", "anna@example.com"],
        &["add", "../x", "--owner", "anna@example.com"],
        &["add", "sales", "--team", "anna@example.com"],
        &[
            "add", "sales", "--owner", "a@b", "--owner", "c@d", "--handle", "@x",
        ],
        &["add", "sales", "--owner", "a@b", "--owner", "A@B"],
        &["add", "sales", "--owner", "a@b", "--handle", "x y"],
        &["add", "sales", "--owner", "a@b", "--key", "nowhere"],
        &["add-owner", "sales", "a@b", "--handle", "x"],
        &["add-owner", "sales", "a@b", "--until", "2027-01-01"],
    ] {
        domain(&sandbox, arguments).expect(2);
    }
    domain(&sandbox, &["add-owner", "sales", "a@b"]).expect(1);
    domain(&sandbox, &["transfer", "sales", "--to", "a@b"]).expect(1);
    let add = ["add", "sales", "--owner", "ada@pharma.example"];
    domain(&sandbox, &add).expect(0);
    domain(&sandbox, &["add-owner", "sales", "a@b", "--team", "x"]).expect(1);
    domain(&sandbox, &["remove-owner", "sales", "nobody@example.com"]).expect(0);
}

/// Makes a key of a kind; `false`, and says so, where that cannot be done.
fn keygen(sandbox: &Sandbox, kind: &str, name: &str) -> bool {
    let made = Command::new("ssh-keygen")
        .current_dir(sandbox.work())
        .args(["-q", "-t", kind, "-N", "", "-C", "ada", "-f", name])
        .status();
    let is_made = made.is_ok_and(|status| status.success());
    if !is_made {
        let _ = writeln!(stderr(), "skipped: ssh-keygen is not there");
    }
    is_made
}

#[test]
fn what_is_said_of_an_owner_again_holds_from_now_on() {
    let sandbox = sandbox();
    if !keygen(&sandbox, "ed25519", "key") {
        return;
    }
    let ada = "ada@pharma.example";
    domain(
        &sandbox,
        &["add", "sales", "--owner", ada, "--key", "key.pub"],
    )
    .expect(0);
    let again = |more: &[&str]| domain(&sandbox, &[&["add-owner", "sales", ada], more].concat());
    let key = fs::read_to_string(sandbox.work().join("key.pub")).expect("a key");
    let key = key.trim();
    let file = |rest: &str| {
        format!(
            "# Who may publish for the domain `sales`.\nowners:\n- email: {ada}\n  keys:\n  - key: {key}\n{rest}"
        )
    };
    // A key that was lost counts no more; the comment behind it is not what tells keys apart.
    let other = key.replace(" ada", " laptop");
    fs::write(sandbox.work().join("other.pub"), other).expect("a key");
    let text = again(&["--key", "other.pub", "--until", "2026-01-31"]).expect(0);
    assert!(
        text.contains("ada@pharma.example  1 key, which counts until 2026-01-31\n"),
        "{text}"
    );
    assert_eq!(
        owners_file(&sandbox, "sales"),
        file("    until: \"2026-01-31\"\n")
    );
    let run = publish(&sandbox, &["--sign-with", "key"]);
    assert!(
        run.stderr
            .contains("does not count today for `ada@pharma.example`"),
        "{}",
        run.stderr
    );
    run.expect(1);
    // And what that tells to do makes it count again.
    let dates = [
        "--key",
        "key.pub",
        "--from",
        "2026-02-01",
        "--until",
        "2999-12-31",
    ];
    again(&dates).expect(0);
    assert_eq!(
        owners_file(&sandbox, "sales"),
        file("    from: \"2026-02-01\"\n    until: \"2999-12-31\"\n")
    );
    let text = again(&dates).expect(0);
    assert!(text.contains("so already, unchanged"), "{text}");
    again(&["--key", "key.pub"]).expect(0);
    assert_eq!(owners_file(&sandbox, "sales"), file(""));
    publish(&sandbox, &["--sign-with", "key"]).expect(0);
    // Neither a name nor a handle is passed over.
    again(&["--name", "Ada", "--handle", "@ada"]).expect(0);
    again(&["--handle", "@lovelace"]).expect(0);
    let expected = file("").replace("  keys:", "  name: Ada\n  handle: \"@lovelace\"\n  keys:");
    assert_eq!(owners_file(&sandbox, "sales"), expected);
    let run = again(&["--team", "orders"]);
    assert!(
        run.stderr
            .contains("`ada@pharma.example` is among them already, and not in the team `orders`"),
        "{}",
        run.stderr
    );
    run.expect(1);
}

#[test]
fn what_is_wrong_with_what_was_named_is_told_of_that() {
    let sandbox = sandbox();
    let told = |arguments: &[&str], expected: &str| {
        let run = domain(&sandbox, arguments);
        assert!(run.stderr.contains(expected), "{}", run.stderr);
        assert!(
            !run.stderr.contains("cannot be read as an owners file"),
            "{}",
            run.stderr
        );
        run.expect(2);
    };
    let twice = "`A@b` is named more than once";
    told(&["add", "sales", "--owner", "a@b", "--owner", "A@b"], twice);
    told(
        &["add", "sales", "--owner", "a@b", "--team", "t=c@d,A@b"],
        twice,
    );
    told(&["transfer", "sales", "--to", "a@b", "--to", "A@b"], twice);
    let owner = ["add-owner", "sales", "a@b"];
    told(
        &[&owner[..], &["--handle", "x"]].concat(),
        "not one of a git host",
    );
    if keygen(&sandbox, "rsa", "rsa") && keygen(&sandbox, "ed25519", "key") {
        let dates = [
            "--key",
            "key.pub",
            "--from",
            "2027-02-01",
            "--until",
            "2027-01-31",
        ];
        told(&[&owner[..], &dates].concat(), "ends before it begins");
        let rsa = [&owner[..], &["--key", "rsa.pub"]].concat();
        told(
            &rsa,
            "help: name another key; `ssh-keygen -t ed25519` makes one",
        );
        let private = [&owner[..], &["--key", "key"]].concat();
        told(
            &private,
            "help: name the public key, whose file ends in .pub",
        );
    }
}

/// Nothing else changes by it.
fn a_key_that_counts_no_more_is_told(sandbox: &Sandbox) {
    let show = [
        "show",
        "sales/orders",
        "--registry",
        "r",
        "--format",
        "json",
    ];
    for (owners, expected) in [
        (
            "- email: ada@pharma.example\n",
            "which does not belong to `ada@pharma.example`",
        ),
        (
            "- email: eve@pharma.example\n",
            "by `ada@pharma.example`, who is no owner of the domain now",
        ),
    ] {
        by_hand(sandbox, "owners/sales.yaml", |_| {
            format!("owners:\n{owners}")
        });
        let shown = sandbox.mesh(show).json(0);
        let problem = shown["signature"]["problem"].as_str().expect("a problem");
        assert!(problem.ends_with(expected), "{problem}");
    }
}

#[test]
fn what_is_signed_says_so() {
    let sandbox = sandbox();
    if !keygen(&sandbox, "ed25519", "key") {
        return;
    }
    let add = [
        "add",
        "sales",
        "--owner",
        "ada@pharma.example",
        "--key",
        "key.pub",
    ];
    let text = domain(&sandbox, &add).expect(0);
    assert!(text.contains("ada@pharma.example  1 key"), "{text}");
    by_hand(&sandbox, "mesh-registry.yaml", |text| {
        format!("{text}signatures: required\n")
    });
    let run = publish(&sandbox, &["--no-sign"]);
    assert!(
        run.stderr.contains("takes only records that are signed"),
        "{}",
        run.stderr
    );
    run.expect(1);
    publish(&sandbox, &["--sign-with", "nowhere"]).expect(2);
    let published = publish(&sandbox, &["--sign-with", "key", "--format", "json"]).json(0);
    let key = published["signedWith"].as_str().expect("a key").to_owned();
    let text = sandbox
        .mesh(["show", "sales/orders", "--registry", "r"])
        .expect(0);
    let line = format!("signed     by ada@pharma.example (ed25519 {key})\n");
    assert!(text.contains(&line), "{text}");
    let show = [
        "show",
        "sales/orders",
        "--registry",
        "r",
        "--format",
        "json",
    ];
    let shown = sandbox.mesh(show).json(0);
    assert_eq!(shown["signature"]["by"], "ada@pharma.example");
    assert_eq!(shown["signature"]["fingerprint"], key);
    // What is said of it is signed as it is.
    let yank = ["yank", "sales/orders@0.1.0", "--reason", "x"];
    let signed = ["--sign-with", "key", "--registry", "r"];
    let text = sandbox.mesh([yank, signed].concat()).expect(0);
    assert!(text.contains(&format!("Signed   with {key}\n")), "{text}");
    a_key_that_counts_no_more_is_told(&sandbox);

    // Who governs signs as well, as git does. Another way to name the key comes last.
    let public = fs::read_to_string(sandbox.work().join("key.pub")).expect("a key");
    by_hand(&sandbox, "owners/sales.yaml", |_| {
        format!(
            "owners:\n- email: ada@pharma.example\n  keys:\n  - key: {}\n    until: 2999-12-31\n",
            public.trim()
        )
    });
    let add = ["add-owner", "sales", "ben@example.com"];
    let git = |arguments: &[&str]| sandbox.git(sandbox.path("work/r"), arguments);
    let base = git(&["rev-parse", "main"]);
    let run = domain(&sandbox, &add);
    assert!(
        run.stderr
            .contains("takes only changes of what governs it that are signed"),
        "{}",
        run.stderr
    );
    run.expect(1);
    assert_eq!(git(&["rev-parse", "main"]), base);
    domain(&sandbox, &[&add[..], &["--sign-with", "key"]].concat()).expect(0);
    assert!(owners_file(&sandbox, "sales").contains("ben@example.com"));
    let verify = ["registry", "verify", "--registry", "r", "--base", &base];
    sandbox.mesh(verify).expect(0);
    let allowed = format!("ada@pharma.example {public}");
    fs::write(sandbox.work().join("allowed"), allowed).expect("a file");
    let allowed = sandbox.work().join("allowed");
    let allowed = format!("gpg.ssh.allowedSignersFile={}", allowed.display());
    git(&["-c", &allowed, "verify-commit", "main"]);
    let manifest = sandbox.work().join("orders/dataproduct.yaml");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    fs::write(&manifest, text.replacen("0.1.0", "0.1.1", 1)).expect("a manifest");
    let mut mesh = sandbox.command(env!("CARGO_BIN_EXE_mesh"));
    mesh.args(["publish", "orders", "--registry", "r"]);
    let run = Run::of(mesh.env("MESH_SIGNING_KEY", "key").output().expect("mesh"));
    let text = run.expect(0);
    assert!(text.contains(&format!("Signed   with {key}\n")), "{text}");
}
