//! However many items a document lists, comparing it takes time in proportion: nothing is looked for by
//! walking through a list once for each item of another.

#![allow(clippy::print_stderr, reason = "a test says how long things took")]

use std::env;
use std::fmt::Write;
use std::time::{Duration, Instant};

use mesh_compat::{Change, Settings, compare};
use mesh_spec::document::Document;
use mesh_spec::model::Kind;
use mesh_spec::vocabulary::Vocabularies;

/// How many items a list has, of a large document and of one to measure by. `MESH_ITEMS` says how many
/// those of the large one are.
const MANY: usize = 1_600;
const TIMES: usize = 16;
/// How much longer the large one may take than its size explains: for the logarithm, for memory that is
/// further away, and for a machine that is busy. What is quadratic takes sixteen times as long.
const SLACK: f64 = 5.0;

/// A document with a list of many items, before and after a change to each of them.
struct Case {
    name: &'static str,
    kind: Kind,
    text: fn(usize, bool) -> String,
}

fn compared(case: &Case, count: usize) -> (Duration, Vec<Change>) {
    let parse = |is_new| {
        let kind = match case.kind {
            Kind::DataProduct => "apiVersion: v1.1.0\nkind: DataProduct\n",
            Kind::DataContract => "apiVersion: v3.2.0\nkind: DataContract\n",
        };
        let text = format!(
            "{kind}id: x\nversion: 1.0.0\nstatus: active\n{}",
            (case.text)(count, is_new)
        );
        let document = Document::parse("x.yaml", text.into_bytes(), Some(case.kind));
        assert!(document.tree.is_some(), "{}", case.name);
        document
    };
    let (old, new) = (parse(false), parse(true));
    let (settings, vocabularies) = (Settings::default(), Vocabularies::default());
    let start = Instant::now();
    let found = compare(&old, &new, settings.context(&vocabularies));
    let mut changes = found.expect("they can be read").changes;
    let back = compare(&new, &old, settings.context(&vocabularies));
    changes.extend(back.expect("they can be read").changes);
    (start.elapsed(), changes)
}

/// `count` items, each made by `item`, separated by commas.
fn items(count: usize, item: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for at in 0..count {
        let _ = write!(text, "{}, ", item(at));
    }
    text
}

fn contract(name: &'static str, text: fn(usize, bool) -> String) -> Case {
    Case {
        name,
        kind: Kind::DataContract,
        text,
    }
}

fn product(name: &'static str, text: fn(usize, bool) -> String) -> Case {
    Case {
        name,
        kind: Kind::DataProduct,
        text,
    }
}

fn fields(fields: &str) -> String {
    format!("schema: [{{name: t, properties: [{fields}]}}]\n")
}

fn field(rest: &str) -> String {
    fields(&format!("{{name: f, {rest}}}"))
}

/// `one` before, and `other` after.
fn pick<T>(is_new: bool, one: T, other: T) -> T {
    if is_new { other } else { one }
}

fn of_fields() -> Vec<Case> {
    vec![
        contract("fields that are required no more", |n, new| {
            fields(&items(n, |at| {
                format!("{{name: f{at}, required: {}}}", !new)
            }))
        }),
        contract("fields that come and go", |n, new| {
            fields(&items(n, |at| format!("{{name: f{at}{new}}}")))
        }),
        contract("fields of one name", |n, new| {
            fields(&items(n, |at| {
                format!("{{name: f, description: d{at}{new}}}")
            }))
        }),
        contract("fields of one name in another order", |n, new| {
            let at = move |at| if new { n - at } else { at };
            fields(&items(n, |i| {
                format!("{{name: f, description: d{}}}", at(i))
            }))
        }),
        contract("fields without names in another order", |n, new| {
            let at = move |at| if new { n - at } else { at + 1 };
            fields(&items(n, |i| format!("{{description: d{}}}", at(i))))
        }),
        contract("fields of the key", |n, new| {
            fields(&items(n, |at| {
                format!(
                    "{{name: f{at}, description: {new}, primaryKey: {}}}",
                    new == (at % 2 == 0)
                )
            }))
        }),
        contract("fields with types", |n, new| {
            fields(&items(n, |at| {
                format!(
                    "{{name: f{at}, physicalType: varchar({})}}",
                    pick(new, 20, 10)
                )
            }))
        }),
        contract("required properties", |n, new| {
            let names = items(pick(new, n, 0), |at| format!("f{at}"));
            let fields = items(n, |at| format!("{{name: f{at}, required: {}}}", !new));
            field(&format!(
                "logicalType: object, logicalTypeOptions: {{required: [{names}]}}, properties: [{fields}]"
            ))
        }),
        contract("other required properties", |n, new| {
            let names = items(n, |at| format!("f{}", 2 * at + usize::from(new)));
            let fields = items(2 * n, |at| format!("{{name: f{at}}}"));
            field(&format!(
                "logicalType: object, logicalTypeOptions: {{required: [{names}]}}, properties: [{fields}]"
            ))
        }),
    ]
}

fn of_checks() -> Vec<Case> {
    vec![
        contract("checks", |n, new| {
            let checks = items(n, |at| {
                format!("{{name: c{at}, metric: rowCount, mustBe: {new}{at}}}")
            });
            field(&format!("quality: [{checks}]"))
        }),
        contract("checks without names", |n, new| {
            let checks = items(n, |at| {
                format!("{{metric: rowCount, mustBe: {}}}", at + usize::from(new))
            });
            field(&format!("quality: [{checks}]"))
        }),
        contract("checks that list values", |n, new| {
            let checks = items(n, |at| {
                format!(
                    "{{name: c{at}, metric: invalidValues, arguments: {{validValues: [a, {new}{at}]}}}}"
                )
            });
            field(&format!("quality: [{checks}]"))
        }),
        contract("a check of many values", |n, new| {
            let values = items(n, |at| format!("{new}{at}"));
            field(&format!(
                "quality: [{{metric: invalidValues, arguments: {{validValues: [{values}]}}}}]"
            ))
        }),
        contract("a check of many values with properties", |n, new| {
            let values = items(n, |at| format!("v{at}"));
            let custom = items(n, |at| format!("{{property: p{at}, value: {new}}}"));
            field(&format!(
                "quality: [{{metric: invalidValues, arguments: {{validValues: [{values}]}}, customProperties: [{custom}]}}]"
            ))
        }),
        contract("tags", |n, new| {
            field(&format!("tags: [{}]", items(n, |at| format!("{new}{at}"))))
        }),
        contract("tags and values", |n, new| {
            let tags = items(n, |at| format!("t{at}"));
            let values = items(n, |at| format!("{{value: {new}{at}}}"));
            field(&format!("tags: [{tags}], enum: [{values}]"))
        }),
    ]
}

fn of_values() -> Vec<Case> {
    vec![
        contract("values of enum", |n, new| {
            field(&format!(
                "enum: [{}]",
                items(n, |at| format!("{{value: {new}{at}}}"))
            ))
        }),
        contract("values of enum that appear", |n, new| {
            let checks = items(n, |at| {
                format!("{{name: c{at}, metric: rowCount, mustBe: {at}}}")
            });
            let values = items(pick(new, 0, n), |at| format!("{{value: v{at}}}"));
            field(&format!("quality: [{checks}], enum: [{values}]"))
        }),
        contract("values that move", |n, new| {
            let values = items(n, |at| format!("{{value: v{at}}}"));
            let list = items(n, |at| format!("v{at}"));
            field(&pick(
                new,
                format!("enum: [{values}]"),
                format!("customProperties: [{{property: validValues, value: [{list}]}}]"),
            ))
        }),
        contract("labels of values", |n, new| {
            field(&format!(
                "enum: [{}]",
                items(n, |at| format!("{{value: v{at}, label: l{new}}}"))
            ))
        }),
        contract("relationships of an object", |n, new| {
            let fields = items(n, |at| format!("{{name: f{at}}}"));
            let joins = items(n, |at| {
                format!(
                    "{{from: t.f{at}, to: t.f{}}}",
                    (at + 1 + usize::from(new)) % n
                )
            });
            format!("schema: [{{name: t, properties: [{fields}], relationships: [{joins}]}}]\n")
        }),
        contract("relationships from one field", |n, new| {
            let fields = items(n, |at| format!("{{name: f{at}}}"));
            let joins = items(n, |at| format!("{{from: t.f0, to: {new}.x{at}}}"));
            format!("schema: [{{name: t, properties: [{fields}], relationships: [{joins}]}}]\n")
        }),
        contract("a relationship of many fields", |n, new| {
            let fields = items(n, |at| format!("{{name: f{at}}}"));
            let (from, to) = (
                items(n, |at| format!("t.f{at}")),
                items(n, |at| format!("t.f{}", if new { n - 1 - at } else { at })),
            );
            format!(
                "schema: [{{name: t, properties: [{fields}], relationships: [{{from: [{from}], to: [{to}]}}]}}]\n"
            )
        }),
        contract("relationships of fields", |n, new| {
            fields(&items(n, |at| {
                format!(
                    "{{name: f{at}, relationships: [{{to: t.f{}}}]}}",
                    (at + 1 + usize::from(new)) % n
                )
            }))
        }),
    ]
}

fn of_services() -> Vec<Case> {
    vec![
        contract("service levels", |n, new| {
            let levels = items(n, |at| {
                format!(
                    "{{property: latency, element: t.f{at}, value: {}, unit: d}}",
                    pick(new, 1, 2)
                )
            });
            format!("slaProperties: [{levels}]\n")
        }),
        contract("service levels of one name", |n, new| {
            let levels = items(n, |at| {
                format!(
                    "{{property: latency, value: {at}, unit: {}}}",
                    pick(new, "d", "h")
                )
            });
            format!("slaProperties: [{levels}]\n")
        }),
        contract("a service level of many elements", |n, new| {
            let elements = items(n, |at| format!("t.f{}", at + usize::from(new)));
            format!(
                "slaProperties: [{{property: latency, value: 1, unit: d, element: '{elements}'}}]\n"
            )
        }),
        contract("custom properties", |n, new| {
            let own = items(n, |at| format!("{{property: p{at}, value: {new}}}"));
            format!("customProperties: [{own}]\n")
        }),
        contract("custom properties of one name", |n, new| {
            let own = items(n, |at| {
                format!(
                    "{{property: classification, value: {}{at}}}",
                    pick(new, "x", "y")
                )
            });
            format!(
                "customProperties: [{own}]\n{}",
                field(&format!("customProperties: [{own}]"))
            )
        }),
        contract("custom properties and fields", |n, new| {
            let own = items(n, |at| format!("{{property: p{at}, value: 1}}"));
            let fields = fields(&items(n, |at| {
                format!(
                    "{{name: f{at}, classification: {}}}",
                    pick(new, "public", "internal")
                )
            }));
            format!("customProperties: [{own}]\n{fields}")
        }),
        contract("servers", |n, new| {
            let servers = items(n, |at| {
                format!("{{server: s{at}, type: postgres, host: {new}, regionName: r{new}}}")
            });
            format!("servers: [{servers}]\n")
        }),
        contract("servers that come and go", |n, new| {
            format!(
                "servers: [{}]\n",
                items(n, |at| format!("{{server: s{at}{new}, type: kafka}}"))
            )
        }),
        contract("roles", |n, new| {
            let roles = items(n, |at| {
                format!("{{role: r{at}, access: {}}}", pick(new, "read", "write"))
            });
            format!("roles: [{roles}]\nservers: [{{server: s, type: kafka, roles: [{roles}]}}]\n")
        }),
        contract("links", |n, new| {
            format!(
                "authoritativeDefinitions: [{}]\n",
                items(n, |at| format!("{{type: t, url: u{at}{new}}}"))
            )
        }),
    ]
}

fn of_documents() -> Vec<Case> {
    vec![
        contract("objects", |n, new| {
            format!(
                "schema: [{}]\n",
                items(n, |at| format!("{{name: t{at}, physicalName: {new}{at}}}"))
            )
        }),
        contract("members and channels", |n, new| {
            let members = items(n, |at| format!("{{username: u{at}, role: {new}}}"));
            let support = items(n, |at| format!("{{channel: c{at}, url: {new}}}"));
            format!("team: {{members: [{members}]}}\nsupport: [{support}]\n")
        }),
        contract("examples and sources", |n, new| {
            let list = items(n, |at| format!("e{new}{at}"));
            field(&format!(
                "examples: [{list}], transformSourceObjects: [{list}]"
            ))
        }),
        contract("keys that no standard knows", |n, new| {
            items(n, |at| format!("x{at}: {new}")).replace(", ", "\n")
        }),
        contract("long names above many fields", |n, new| {
            let name = "n".repeat(n);
            let fields = items(n / 8, |at| format!("{{name: f{at}, required: {new}}}"));
            format!("schema: [{{name: {name}, properties: [{fields}]}}]\n")
        }),
        contract("fields in fields", |n, new| {
            let levels = 45;
            let fields = items(n / 45, |at| format!("{{name: f{at}, required: {new}}}"));
            let open = format!("{{name: {}, properties: [{fields}", "level".repeat(20));
            format!("schema: [{}{}]\n", open.repeat(levels), "]}".repeat(levels))
        }),
        product("output ports", |n, new| {
            format!(
                "outputPorts: [{}]\n",
                items(n, |at| format!(
                    "{{name: p{at}, version: 1.0.0, contractId: {new}, tags: [{new}]}}"
                ))
            )
        }),
        product("versions of an output port", |n, new| {
            format!(
                "outputPorts: [{}]\n",
                items(n, |at| format!(
                    "{{name: p, version: {}.0.0, contractId: c}}",
                    at + n * usize::from(new)
                ))
            )
        }),
        product("input ports", |n, new| {
            format!(
                "inputPorts: [{}]\n",
                items(n, |at| format!(
                    "{{name: p{at}, version: 1.0.0, contractId: {new}}}"
                ))
            )
        }),
    ]
}

/// How much longer than its size explains `many` items took.
fn ratio_of(case: &Case, many: usize, took: Duration) -> f64 {
    let runs = (0..3).map(|_| compared(case, many / TIMES).0);
    let few = runs.min().unwrap_or_default();
    #[allow(clippy::cast_precision_loss, reason = "these are small")]
    let explained = few.as_secs_f64() * TIMES as f64;
    took.as_secs_f64() / explained
}

#[test]
fn comparing_takes_time_in_proportion() {
    let said = env::var("MESH_ITEMS").ok();
    let many = said.map_or(MANY, |text| text.parse().expect("MESH_ITEMS is a number"));
    let mut slow = Vec::new();
    let groups = [of_fields, of_checks, of_values, of_services, of_documents];
    for case in groups.into_iter().flat_map(|group| group()) {
        let (took, changes) = compared(&case, many);
        assert!(!changes.is_empty(), "{}", case.name);
        let longest = changes
            .iter()
            .map(|change| change.message.chars().count())
            .max();
        assert!(longest < Some(800), "{}: {longest:?}", case.name);
        let mut ratio = ratio_of(&case, many, took);
        // A machine that is busy with something else is given another chance.
        for _ in 0..2 {
            if ratio > SLACK {
                ratio = ratio.min(ratio_of(&case, many, compared(&case, many).0));
            }
        }
        eprintln!("{:45} {took:>12.1?} {ratio:5.1}", case.name);
        if ratio > SLACK {
            slow.push(format!("{} ({ratio:.1})", case.name));
        }
    }
    assert!(slow.is_empty(), "{slow:#?}");
}
