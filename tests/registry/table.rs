//! The table of what is tested names tests that there are.

use std::{fs, path::Path};

#[test]
fn every_test_in_the_table_is_there() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
    let table = fs::read_to_string(tests.join("registry.rs")).expect("the table");
    let lines = table.lines().filter(|line| line.starts_with("//! | "));
    let mut checked = 0;
    for line in lines.skip(1) {
        let named = line.rsplit_once(" | ").map_or(line, |(_, named)| named);
        let mut folder = "registry";
        let mut file = String::new();
        for (at, part) in line[line.len() - named.len()..].split('`').enumerate() {
            // Between backquotes stands a test; before it, where it is.
            if at % 2 == 0 {
                folder = if part.contains("cli") {
                    "cli"
                } else {
                    "registry"
                };
                continue;
            }
            let mut words: Vec<&str> = part.split("::").collect();
            let test = words.pop().unwrap_or_default();
            if let Some(first) = words.first() {
                file = format!("{folder}/{first}.rs");
            } else if tests.join(format!("registry/{test}.rs")).exists() || test == "names" {
                continue;
            }
            let source = fs::read_to_string(tests.join(&file)).unwrap_or_default();
            let is_there = [format!("fn {test}("), format!("mod {test} ")];
            assert!(
                is_there.iter().any(|words| source.contains(words)),
                "{part} is not in {file}: {line}"
            );
            checked += 1;
        }
    }
    assert!(checked > 40, "only {checked} tests are named");
}
