//! Random expressions: built so that most are sound, and changed so that most are not.

use crate::Choices;

/// The subjects of policies, with the variables that each has.
const SUBJECTS: &[(&str, &[&str])] = &[
    ("product", &["product"]),
    ("input-port", &["product", "inputPort"]),
    ("output-port", &["product", "outputPort"]),
    ("contract", &["contract"]),
    ("schema-object", &["contract", "object"]),
    ("field", &["contract", "object", "field"]),
    ("server", &["contract", "server"]),
    ("role", &["contract", "role"]),
    ("sla", &["contract", "sla"]),
    ("quality", &["contract", "quality"]),
];

/// What the things in these tests have, by the name of the variable that holds them: texts, numbers, truth values, lists
/// of texts, lists of things, values by name, other things.
struct Has {
    kind: &'static str,
    texts: &'static [&'static str],
    numbers: &'static [&'static str],
    truths: &'static [&'static str],
    lists: &'static [&'static str],
    things: &'static [(&'static str, &'static str)],
    one: &'static [(&'static str, &'static str)],
}

const HAS: &[Has] = &[
    Has {
        kind: "product",
        texts: &[
            "id", "name", "version", "status", "domain", "tier", "purpose", "teamName",
        ],
        numbers: &["tags.size()", "contracts.size()"],
        truths: &["deprecated"],
        lists: &["tags", "owners"],
        things: &[
            ("contracts", "contract"),
            ("outputPorts", "outputPort"),
            ("inputPorts", "inputPort"),
        ],
        one: &[],
    },
    Has {
        kind: "inputPort",
        texts: &["name", "contractId", "version"],
        numbers: &["tags.size()"],
        truths: &["deprecated"],
        lists: &["tags"],
        things: &[],
        one: &[("upstream", "contract")],
    },
    Has {
        kind: "outputPort",
        texts: &["name", "contractId", "description"],
        numbers: &["sbom.size()"],
        truths: &["deprecated"],
        lists: &["tags"],
        things: &[],
        one: &[("contract", "contract")],
    },
    Has {
        kind: "contract",
        texts: &[
            "id",
            "name",
            "version",
            "status",
            "purpose",
            "classification",
            "links.auditTrail",
        ],
        numbers: &[
            "sla.retention.days",
            "sla['latency'].hours",
            "custom.count",
            "price.amount",
            "fields.size()",
        ],
        truths: &["custom.any"],
        lists: &["tags", "owners", "custom.any"],
        things: &[
            ("fields", "field"),
            ("objects", "object"),
            ("servers", "server"),
            ("roles", "role"),
            ("slaProperties", "sla"),
            ("quality", "quality"),
            ("products", "product"),
        ],
        one: &[],
    },
    Has {
        kind: "object",
        texts: &["name", "description", "classification"],
        numbers: &["fields.size()"],
        truths: &["deprecated"],
        lists: &["tags"],
        things: &[("fields", "field"), ("quality", "quality")],
        one: &[],
    },
    Has {
        kind: "field",
        texts: &[
            "name",
            "path",
            "object",
            "logicalType",
            "classification",
            "sensitivity",
            "description",
            "pattern",
        ],
        numbers: &["tags.size()", "custom.rank", "examples[0]"],
        truths: &["personal", "primaryKey", "required"],
        lists: &["tags", "examples", "transformSourceObjects"],
        things: &[("quality", "quality")],
        one: &[],
    },
    Has {
        kind: "server",
        texts: &["name", "type", "environment", "region"],
        numbers: &["custom.size()"],
        truths: &["production"],
        lists: &["custom.zones"],
        things: &[],
        one: &[],
    },
    Has {
        kind: "role",
        texts: &["name", "access", "firstLevelApprovers"],
        numbers: &["custom.size()"],
        truths: &["custom.flag"],
        lists: &["custom.list"],
        things: &[],
        one: &[],
    },
    Has {
        kind: "sla",
        texts: &["property", "unit", "date"],
        numbers: &["value", "days", "hours"],
        truths: &["custom.flag"],
        lists: &["custom.list"],
        things: &[],
        one: &[],
    },
    Has {
        kind: "quality",
        texts: &["name", "type", "metric", "field", "object"],
        numbers: &["custom.size()"],
        truths: &["executable"],
        lists: &["tags"],
        things: &[],
        one: &[],
    },
];

fn of(kind: &str) -> &'static Has {
    HAS.iter()
        .find(|has| has.kind == kind)
        .expect("every kind has its row")
}

/// Builds an expression. Variables in scope, each with the kind of what it holds; `None` for a text.
struct Builder<'c, 'b> {
    choices: &'c mut Choices<'b>,
    scope: Vec<(String, Option<&'static str>)>,
}

impl Builder<'_, '_> {
    /// A path to a thing, and its kind.
    fn thing(&mut self) -> (String, &'static str) {
        let things: Vec<(String, &'static str)> = self
            .scope
            .iter()
            .filter_map(|(name, kind)| Some((name.clone(), (*kind)?)))
            .collect();
        let (mut path, mut kind) = self.choices.pick(&things).clone();
        if self.choices.once_in(3)
            && let Some((name, other)) = of(kind).one.first()
        {
            path = format!("{path}.{name}");
            kind = other;
        }
        (path, kind)
    }

    fn truth(&mut self, depth: usize) -> String {
        if depth == 0 {
            let (path, kind) = self.thing();
            return match self.choices.below(4) {
                0 => format!("has({path}.{})", self.choices.pick(of(kind).texts)),
                1 => "true".to_owned(),
                2 => format!(
                    "'{}' in {path}.{}",
                    self.word(),
                    self.choices.pick(of(kind).lists)
                ),
                _ => format!("{path}.{} == true", self.choices.pick(of(kind).truths)),
            };
        }
        let next = depth - 1;
        match self.choices.below(16) {
            0 | 1 => format!("{} && {}", self.truth(next), self.truth(next)),
            2 | 3 => format!("({} || {})", self.truth(next), self.truth(next)),
            4 | 5 => format!("!({})", self.truth(next)),
            6 => format!(
                "({} ? {} : {})",
                self.truth(next),
                self.truth(next),
                self.truth(next)
            ),
            7 | 8 => {
                let sign = *self.choices.pick(&["==", "!=", "<", "<=", ">", ">="]);
                format!("{} {sign} {}", self.number(next), self.number(next))
            }
            9 => {
                let sign = *self.choices.pick(&["==", "!=", "<", ">"]);
                format!("{} {sign} {}", self.text(next), self.text(next))
            }
            10 => format!("{} in {}", self.text(next), self.texts(next)),
            11 => {
                let method = *self
                    .choices
                    .pick(&["contains", "startsWith", "endsWith", "matches"]);
                format!("{}.{method}({})", self.text(next), self.text(next))
            }
            12 | 13 => {
                let (path, kind) = self.thing();
                let things = of(kind).things;
                if things.is_empty() {
                    return self.truth(next);
                }
                let (list, item) = *self.choices.pick(things);
                self.over(&format!("{path}.{list}"), Some(item), next)
            }
            _ => {
                let texts = self.texts(next);
                self.over(&texts, None, next)
            }
        }
    }

    /// A macro over a list.
    fn over(&mut self, list: &str, item: Option<&'static str>, depth: usize) -> String {
        let name = format!("x{}", self.scope.len());
        self.scope.push((name.clone(), item));
        let condition = self.truth(depth);
        self.scope.pop();
        match self.choices.below(5) {
            0 | 1 => format!("{list}.all({name}, {condition})"),
            2 => format!("{list}.exists({name}, {condition})"),
            3 => format!("{list}.exists_one({name}, {condition})"),
            _ => format!("{list}.filter({name}, {condition}).size() > 1"),
        }
    }

    fn number(&mut self, depth: usize) -> String {
        if depth == 0 {
            let (path, kind) = self.thing();
            return match self.choices.below(4) {
                0 => self.choices.below(400).to_string(),
                1 => format!("{}.5", self.choices.below(60)),
                _ => format!("{path}.{}", self.choices.pick(of(kind).numbers)),
            };
        }
        let next = depth - 1;
        match self.choices.below(8) {
            0 => format!("double({})", self.number(next)),
            1 => format!("int({})", self.text(next)),
            2 => format!("size({})", self.text(next)),
            3 => format!("{}.size()", self.texts(next)),
            4 => format!("-{}", self.number(next)),
            5 => {
                let sign = *self.choices.pick(&["+", "-", "*", "/", "%"]);
                format!(
                    "(int({}) {sign} int({}))",
                    self.text(next),
                    self.number(next)
                )
            }
            _ => self.number(0),
        }
    }

    fn text(&mut self, depth: usize) -> String {
        let own: Vec<String> = self
            .scope
            .iter()
            .filter(|(_, kind)| kind.is_none())
            .map(|(name, _)| name.clone())
            .collect();
        if !own.is_empty() && self.choices.below(2) == 0 {
            return self.choices.pick(&own).clone();
        }
        if depth == 0 {
            let (path, kind) = self.thing();
            return match self.choices.below(4) {
                0 => format!("'{}'", self.word()),
                1 => "asOf".to_owned(),
                _ => format!("{path}.{}", self.choices.pick(of(kind).texts)),
            };
        }
        let next = depth - 1;
        match self.choices.below(6) {
            0 => format!("({} + {})", self.text(next), self.text(next)),
            1 => format!("{}.lowerAscii()", self.text(next)),
            2 => format!("{}.trim()", self.text(next)),
            3 => format!("string({})", self.number(next)),
            _ => self.text(0),
        }
    }

    fn texts(&mut self, depth: usize) -> String {
        let (path, kind) = self.thing();
        if depth == 0 {
            return format!("{path}.{}", self.choices.pick(of(kind).lists));
        }
        let next = depth - 1;
        match self.choices.below(6) {
            0 => format!("[{}, {}]", self.text(next), self.text(next)),
            1 => format!("{}.split({})", self.text(next), self.text(next)),
            2 => format!("({} + {})", self.texts(next), self.texts(next)),
            3 => {
                let list = self.texts(next);
                self.scope.push(("y".to_owned(), None));
                let made = self.text(next);
                self.scope.pop();
                format!("{list}.map(y, {made})")
            }
            _ => self.texts(0),
        }
    }

    fn word(&mut self) -> &'static str {
        const WORDS: [&str; 8] = ["gxp", "personal", "eu-west-1", "a", "", "ü", "[a-z]+", "("];
        WORDS[self.choices.below(WORDS.len())]
    }
}

/// A policy: its subject, and a condition about it.
pub(crate) fn policy(choices: &mut Choices<'_>) -> (&'static str, String) {
    let (subject, variables) = *choices.pick(SUBJECTS);
    let scope = variables
        .iter()
        .map(|name| ((*name).to_owned(), Some(*name)));
    let depth = 1 + choices.below(4);
    let mut builder = Builder {
        scope: scope.collect(),
        choices,
    };
    (subject, builder.truth(depth))
}

/// Slips of the hand, and worse.
pub(crate) fn mutated(choices: &mut Choices<'_>, text: &str) -> String {
    const PIECES: [&str; 36] = [
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ".",
        ",",
        "'",
        "\"",
        "\\",
        "&&",
        "||",
        "!",
        "?",
        ":",
        "==",
        "<",
        "in",
        "has(",
        " ",
        "\n",
        "0x",
        "1e9",
        "9999999999999999999",
        "\\u00",
        "r'",
        "b'",
        "''' ",
        "//",
        "é",
        "😀",
        "‘",
        "null",
        "params.x",
        "size()",
    ];
    let mut text = text.to_owned();
    for _ in 0..=choices.below(3) {
        let places: Vec<usize> = text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .collect();
        let at = places[choices.below(places.len())];
        let to = places[choices.below(places.len())];
        let (from, to) = (at.min(to), at.max(to));
        match choices.below(4) {
            0 => text.insert_str(at, choices.pick::<&str>(&PIECES)),
            1 => text.replace_range(from..to, ""),
            2 => {
                let copy = text[from..to].to_owned();
                text.insert_str(at, &copy);
            }
            _ => text.truncate(at.max(1)),
        }
        if text.len() > 4_000 {
            break;
        }
    }
    text
}
