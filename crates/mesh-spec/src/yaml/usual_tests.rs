use std::path::{Path, PathBuf};
use std::sync::Arc;

use mesh_diagnostics::Source;

use super::*;

/// What the parser makes of a text.
fn parsed(source: &Arc<Source>) -> Builder<'_> {
    let mut builder = Builder::new(source);
    builder.run();
    builder
}

/// Whether a text is of the usual kind. If it is, it must be read as the parser reads it.
#[track_caller]
fn is_read(text: &str) -> bool {
    let source = Arc::new(Source::new("a.yaml", text));
    let mut builder = Builder::new(&source);
    let is_read = read(&mut builder).is_some();
    if is_read {
        assert!(
            builder.is_the_same_as(&parsed(&source)),
            "{text}\n{text:?}\n{:?}\n{:?}",
            builder.finish(),
            parsed(&source).finish(),
        );
    }
    is_read
}

#[test]
fn what_manifests_are_made_of_is_read() {
    for text in [
        "a: 1\nb:\n  c: x y\n  d: 'q'\ne:\n- f\n- g: 1\n  h:\n",
        "---\na:\n\n  # comment\n  - b: c # comment\n\n    d: [x, \"y\", {k: v, l: []}] # comment\n",
        "a:\n  b:\n    c:\nd: {}\n",
        "- - a\n  - b\n- c: 1\n  d: 2\n",
        "a: |\n  one\n\n    two\n  three\n\nb: >-\n\n  one\n  two\n\n\n  three\nc: |+\n  x\n\n",
        "a: |\n    x\n  # comment\nb:\n  |\n  x\nc:\n- |\n  x\n-  >\n   y\n",
        "a: \"\\\"x\\\" \\\\ \\n\"\nb: 'it''s'\n'c d': \"\"\n",
        "a: http://x/y#z\nb: -1.5\nc: a:b\nd: größe – 日本\n  # comment",
        "a:\n  b\nc:\n  'd'\ne:\n  [f]\n",
        "a: 1\na: 2\nb: {c: 1, c: 2}\n<<: {d: 1}\n",
        "x: ~\ny: null\nz:    true   \n",
    ] {
        assert!(is_read(text), "{text}");
    }
}

#[test]
fn what_is_anything_else_is_left_to_the_parser() {
    for text in [
        "",
        "# comment\n",
        "a\n",
        "[a]\n",
        "a: &x 1\nb: *x\n",
        "a: !!str 1\n",
        "? a\n: b\n",
        "a: one\n  two\n",
        "a: 'one\n  two'\n",
        "a: [b,\n  c]\n",
        "a: b: c\n",
        "a: - b\n",
        "a:\tb\n",
        "a: 1\r\n",
        "a: 1\n---\nb: 2\n",
        "a: 1\n...\n",
        "%YAML 1.2\n---\na: 1\n",
        "a: 1\n b: 2\n",
        " a: 1\nb: 2\n",
        "a: \"x\"y\n",
        "a: \"x\"#y\n",
        "a: [b]#c\n",
        "a: \"\\u00e9\"\n",
        "a: |2\n   x\n",
        "a: |\n\n",
        "a: |\n   \n  x\n",
        "a: >\n  x\n    y\n",
        "a: |\nb: 1\n",
        "a: @x\n",
        "a: `x`\n",
        "a: 1\n- b\n",
        "- a\nb: 1\n",
        "-\n  a: 1\n",
        "a : 1\n",
        "a: {b}\n",
        "a: {b: }\n",
        "a: [b: c]\n",
        "a: [b, ]\n",
        "\u{feff}a: 1\n",
        "a: \u{85}\n",
        "a: \u{7f}\n",
        "<<: 1\n",
        "a: <<: 1\n",
    ] {
        assert!(!is_read(text), "{text:?}");
    }
    assert!(!is_read(&format!("{}: 1\n", "k".repeat(2000))));
    assert!(!is_read(&format!("{}x\n", "- ".repeat(200))));
    assert!(!is_read(&format!("a: {}", "[".repeat(200))));
}

fn manifests(folder: &Path, found: &mut Vec<String>) {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("it is readable").path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            manifests(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            found.push(std::fs::read_to_string(path).expect("examples are texts"));
        }
    }
}

/// Every manifest of the examples.
fn examples() -> Vec<String> {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../../examples"]
        .iter()
        .collect();
    let mut found = Vec::new();
    manifests(&folder, &mut found);
    assert!(!found.is_empty());
    found
}

#[test]
fn most_examples_are_of_the_usual_kind() {
    let examples = examples();
    let usual = examples.iter().filter(|text| is_read(text)).count();
    assert!(
        usual * 10 > examples.len() * 8,
        "{usual} of {}",
        examples.len()
    );
}

/// A small generator of random numbers (`SplitMix64`).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % bound.max(1) as u64).unwrap_or_default()
    }
}

/// A few lines of an example, changed in a few places.
fn mutant(examples: &[String], random: &mut Random) -> String {
    const PIECES: [&str; 48] = [
        " ", "  ", "\n", "\n\n", "\n  ", "\n    ", ": ", ":", " :", "- ", "-", "\n- ", "\n  - ",
        "#", " # ", "\n# ", "'", "''", "\"", "\\\"", "\\", "[", "]", "{", "}", ", ", ",", "|", ">",
        "|-", ">+", " |\n", " >\n", "|+\n", "&a ", "*a", "!", "?", "%", "@", "~", "<<", "---\n",
        "...", "é", "\t", "\r", "1",
    ];
    let example = &examples[random.below(examples.len())];
    let lines: Vec<&str> = example.split_inclusive('\n').collect();
    let start = random.below(lines.len());
    let mut text = lines[start..]
        .iter()
        .take(1 + random.below(20))
        .copied()
        .collect::<String>();
    // What starts deep inside would be nothing but a mistake.
    let indent = text.len() - text.trim_start_matches(' ').len();
    text = text
        .replace(&format!("\n{}", " ".repeat(indent)), "\n")
        .split_off(indent);
    for _ in 0..random.below(4) {
        let boundary = |mut at: usize| {
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let at = boundary(random.below(text.len() + 1));
        let end = boundary((at + random.below(4)).min(text.len()));
        let piece = PIECES[random.below(PIECES.len())];
        match random.below(3) {
            0 => text.insert_str(at, piece),
            1 => text.replace_range(at..end, ""),
            _ => text.replace_range(at..end, piece),
        }
    }
    text
}

#[test]
fn whatever_is_read_is_read_as_the_parser_reads_it() {
    let count = std::env::var("MESH_FUZZ")
        .ok()
        .and_then(|count| count.parse().ok());
    let count = count.unwrap_or(20_000);
    let examples = examples();
    let mut random = Random(2026);
    let usual = (0..count)
        .filter(|_| is_read(&mutant(&examples, &mut random)))
        .count();
    // Otherwise nothing much would have been compared.
    assert!(usual * 4 > count, "{usual} of {count}");
}
