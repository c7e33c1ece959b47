//! How refusals look.

use serde_json::Value;

use super::world::World;

#[test]
fn a_refusal_is_shown_in_every_format() {
    let world = World::new();
    let commit = world.tampered("\"impact\": \"patch\"", "\"impact\": \"none\"");
    let range = ["--base", &world.tip(), "--head", &commit];
    for (format, words) in [
        ("compact", "products/commercial/orders/1.0.1/record.json:"),
        ("sarif", "\"ruleId\": \"compatibility-differs\""),
        (
            "github",
            "::error file=products/commercial/orders/1.0.1/record.json",
        ),
        ("gitlab", "\"check_name\": \"compatibility-differs\""),
        ("junit", "<testsuite"),
        ("pretty", "error[compatibility-differs]"),
    ] {
        let run = world.verify(&[&range[..], &["--format", format]].concat());
        assert_eq!(run.status, 1, "{format}\n{}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains(words), "{format}\n{}", run.stdout);
    }
    let explained = world
        .sandbox
        .mesh(["explain", "compatibility-differs"])
        .expect(0);
    assert!(explained.contains("What to do"), "{explained}");
}

/// A text in which whatever differs from run to run is left out: ids of commits, and fingerprints.
fn steady(text: &str) -> String {
    let mut steady = String::new();
    let mut hex = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_hexdigit() {
            hex.push(c);
            continue;
        }
        steady.push_str(if hex.len() < 12 { &hex } else { "[id]" });
        hex.clear();
        steady.push(c);
    }
    steady.trim_end().to_owned()
}

/// A handful of what a registry refuses, as every format has it.
#[test]
fn refusals_look_the_same_every_time() {
    let world = World::new();
    let root = world.file(
        &world.root(),
        "products/commercial/orders/1.0.0/dataproduct.yaml",
        b"x",
    );
    let blob = world.blob(b"../secret");
    let tree = world.mode(&root, "products/commercial/link", "120000", &blob);
    let tree = world.file(&tree, "owners/sales.yaml", b"owners: [{mail: x}]\n");
    let tree = world.file(&tree, "Products/x", b"x");
    let commit = world.commit(&tree);
    let range = ["--base", &world.tip(), "--head", &commit];
    for format in [
        "pretty", "compact", "json", "sarif", "github", "gitlab", "junit",
    ] {
        let run = world.verify(&[&range[..], &["--format", format]].concat());
        assert_eq!((run.status, run.stderr.as_str()), (1, ""), "{format}");
        let text = match format {
            // The rules that it lists besides are all that there are.
            "sarif" => {
                let report: Value = serde_json::from_str(&run.stdout).unwrap();
                steady(&serde_json::to_string_pretty(&report["runs"][0]["results"]).unwrap())
            }
            _ => steady(&run.stdout),
        };
        insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false}, {
            insta::assert_snapshot!(format!("refusals-{format}"), text);
        });
    }
    let push = world.push(&commit);
    let lines = push.stderr.lines().map(str::trim_end);
    let said: Vec<&str> = lines.filter(|line| line.starts_with("remote:")).collect();
    let said = steady(&said.join("\n"));
    insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("refusals-hook", said);
    });
}
