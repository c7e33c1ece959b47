//! What editors are told of packs, overlays and waivers is what mesh takes.

use std::fs;

use jsonschema::Validator;
use serde_json::Value;

use super::{HOUSE, HOUSE_1, Mesh, WAIVER, house};
use crate::sandbox::{Sandbox, repository};

fn schema(name: &str) -> Validator {
    let path = repository().join("schemas").join(name);
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let mut options = jsonschema::options();
    options = options.should_validate_formats(true);
    options.build(&schema).unwrap()
}

#[track_caller]
fn value(text: &str) -> Value {
    let value: serde_yaml::Value = serde_yaml::from_str(text).unwrap();
    serde_json::to_value(value).unwrap()
}

#[track_caller]
fn assert_valid(name: &str, text: &str) {
    let value = value(text);
    let problems: Vec<String> = schema(name)
        .iter_errors(&value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(problems, Vec::<String>::new(), "{text}");
}

#[test]
fn what_mesh_ships_and_begins_is_valid() {
    for pack in ["core", "gdpr", "gxp"] {
        let path = repository().join("packs").join(pack).join("pack.yaml");
        assert_valid("policy-pack.json", &fs::read_to_string(path).unwrap());
    }
    let policies = repository().join("examples/pharma/policies");
    let example = |path: &str| fs::read_to_string(policies.join(path)).unwrap();
    assert_valid("policy-overlay.json", &example("manufacturing.yaml"));
    assert_valid("waiver.json", &example("waivers/WVR-014.yaml"));
    assert_valid("policy-pack.json", HOUSE);
    assert_valid("waiver.json", WAIVER);

    let mesh = Mesh::with(&[(HOUSE_1, &house("1.0.0", "365"))]);
    for arguments in [
        &["mine"][..],
        &["ours", "--from", "mesh/gdpr"],
        &["commercial", "--overlay", "house"],
        &[
            "--waiver",
            "house-retention",
            "--subject",
            "commercial.orders@1",
        ],
    ] {
        let all = [&["policy", "new"], arguments].concat();
        mesh.sandbox.mesh(all).expect(0);
    }
    let begun = |path: &str| mesh.sandbox.read(format!("work/policies/{path}"));
    assert_valid("policy-pack.json", &begun("mine.yaml"));
    assert_valid("policy-pack.json", &begun("ours.yaml"));
    assert_valid("policy-overlay.json", &begun("commercial.yaml"));
    assert_valid("waiver.json", &begun("waivers/waiver-house-retention.yaml"));
}

#[test]
fn what_mesh_rejects_for_its_shape_is_invalid() {
    let sandbox = Sandbox::new();
    let pack = |from: &str, to: &str| ("policy-pack.json", super::with(HOUSE, &[(from, to)]));
    let waiver = |from: &str, to: &str| ("waiver.json", super::with(WAIVER, &[(from, to)]));
    for (name, text) in [
        pack("kind: PolicyPack", "kind: PolicyPacks"),
        pack("name: house", "name: House"),
        pack("version: 1.0.0", "version: one"),
        pack("tighten: up", "tighten: sideways"),
        pack("for: contract", "for: contracts"),
        pack("level: deny", "level: forbid"),
        pack("    why:", "    because:"),
        pack("maxDays: 90", "maxDays: 0"),
        waiver("category: accepted", "category: fine"),
        waiver("expires: 2026-12-31", "expires: soon"),
        waiver("reason:", "because:"),
        waiver("approvedBy: guild\n", ""),
    ] {
        assert!(!schema(name).is_valid(&value(&text)), "{text}");
        sandbox.write("work/dataproduct.yaml", super::PRODUCT);
        sandbox.write("work/orders.odcs.yaml", super::CONTRACT);
        sandbox.write("work/house.yaml", HOUSE);
        sandbox.write("work/policy.yaml", &text);
        let run = sandbox.mesh(["policy", "test", "policy.yaml"]);
        assert_ne!(run.status, 0, "{text}\n{}", run.stdout);
    }
}
