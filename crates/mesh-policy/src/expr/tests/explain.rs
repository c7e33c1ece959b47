//! What is blamed when a condition does not hold: a part of the expression, and a place in the document.

use super::*;

/// Conditions that do not hold for [`CONTRACT`]: the part that decided, and where in the contract; further places that
/// are like it, and how many of those there are; and why it could not be told, if it could not.
const BLAMED: &[(&str, &str)] = &[
    // What is read.
    ("contract.id == 'x'", "`contract.id == 'x'` at /id"),
    ("'x' == contract.id", "`'x' == contract.id` at /id"),
    (
        "contract.purpose == 'x'",
        "`contract.purpose == 'x'` at /description/purpose",
    ),
    (
        "contract.id.startsWith('x')",
        "`contract.id.startsWith('x')` at /id",
    ),
    (
        "contract.tags.size() > 9",
        "`contract.tags.size() > 9` at /tags",
    ),
    (
        "size(contract.tags) * 2 > 9",
        "`size(contract.tags) * 2 > 9` at /tags",
    ),
    ("'x' in contract.tags", "`'x' in contract.tags` at /tags"),
    (
        "contract.tags[1] == 'x'",
        "`contract.tags[1] == 'x'` at /tags/1",
    ),
    (
        "contract.fields[1].name == 'x'",
        "`contract.fields[1].name == 'x'` at /schema/0/properties/1/name",
    ),
    ("asOf < '2000-01-01'", "`asOf < '2000-01-01'` at nothing"),
    ("1 > 2", "`1 > 2` at nothing"),
    // What is missing.
    ("has(contract.name)", "`has(contract.name)` at /name"),
    ("has(contract.price)", "`has(contract.price)` at /price"),
    (
        "has(contract.usage)",
        "`has(contract.usage)` at /description/usage",
    ),
    (
        "contract.name == 'x'",
        "`contract.name` at /name, since contract `sales.orders.orders` has no `name`",
    ),
    (
        "contract.price.amount > 1",
        "`contract.price` at /price, since contract `sales.orders.orders` has no `price`",
    ),
    (
        "contract.fields[9].name == 'x'",
        "`contract.fields[9]` at /schema, since the list is too short",
    ),
    // Custom properties and links: the value that is there, else the list.
    (
        "contract.custom.n == 9",
        "`contract.custom.n == 9` at /customProperties/0/value",
    ),
    (
        "contract.custom['ratio'] > 9",
        "`contract.custom['ratio'] > 9` at /customProperties/1/value",
    ),
    (
        "has(contract.custom.absent)",
        "`has(contract.custom.absent)` at /customProperties",
    ),
    (
        "has(contract.custom.blank)",
        "`has(contract.custom.blank)` at /customProperties/9/value",
    ),
    (
        "contract.custom.absent == 1",
        "`contract.custom.absent` at /customProperties, since there is no `absent`",
    ),
    (
        "contract.custom.map.a.b == 9",
        "`contract.custom.map.a.b == 9` at /customProperties/7/value/a/b",
    ),
    (
        "contract.custom.list[0] == 'x'",
        "`contract.custom.list[0] == 'x'` at /customProperties/5/value/0",
    ),
    (
        "'x' in contract.custom.list",
        "`'x' in contract.custom.list` at /customProperties/5/value",
    ),
    (
        "'x' in contract.custom",
        "`'x' in contract.custom` at /customProperties",
    ),
    (
        "contract.links.docs == 'x'",
        "`contract.links.docs == 'x'` at /authoritativeDefinitions/0/url",
    ),
    (
        "has(contract.links.audit)",
        "`has(contract.links.audit)` at /authoritativeDefinitions",
    ),
    (
        "'audit' in contract.links",
        "`'audit' in contract.links` at /authoritativeDefinitions",
    ),
    // Service levels.
    (
        "contract.sla.retention.days > 9999",
        "`contract.sla.retention.days > 9999` at /slaProperties/0/value",
    ),
    (
        "contract.sla.latency.hours < 1",
        "`contract.sla.latency.hours < 1` at /slaProperties/1/value",
    ),
    (
        "has(contract.sla.retention.driver)",
        "`has(contract.sla.retention.driver)` at /slaProperties/0/driver",
    ),
    (
        "has(contract.sla.availability)",
        "`has(contract.sla.availability)` at /slaProperties",
    ),
    (
        "contract.sla.availability.value > 99",
        "`contract.sla.availability` at /slaProperties, since contract `sales.orders.orders` has no service level \
         `availability`",
    ),
    (
        "contract.sla['ownLevel'].days > 1",
        "`contract.sla['ownLevel'].days` at /slaProperties/2/value, since service level `ownLevel` has no `days`",
    ),
    // Logic: the operand that decides, or of several that might have helped the last that looks at something.
    ("true && contract.id == 'x'", "`contract.id == 'x'` at /id"),
    (
        "contract.id == 'x' && has(contract.name)",
        "`contract.id == 'x'` at /id",
    ),
    (
        "has(contract.id) && has(contract.name)",
        "`has(contract.name)` at /name",
    ),
    (
        "contract.name == 'x' && contract.id == 'x'",
        "`contract.id == 'x'` at /id",
    ),
    (
        "contract.name == 'x' && has(contract.id)",
        "`contract.name` at /name, since contract `sales.orders.orders` has no `name`",
    ),
    (
        "contract.id == 'x' || has(contract.name)",
        "`has(contract.name)` at /name",
    ),
    ("contract.id == 'x' || 1 > 2", "`contract.id == 'x'` at /id"),
    ("1 > 2 || 2 > 3", "`1 > 2 || 2 > 3` at nothing"),
    (
        "!('gxp' in contract.tags) || has(contract.links.audit)",
        "`has(contract.links.audit)` at /authoritativeDefinitions",
    ),
    (
        "!('gxp' in contract.tags)",
        "`('gxp' in contract.tags)` at /tags",
    ),
    ("!has(contract.id)", "`has(contract.id)` at /id"),
    (
        "!(has(contract.id) && has(contract.purpose))",
        "`has(contract.purpose)` at /description/purpose",
    ),
    (
        "!(has(contract.name) || has(contract.id))",
        "`has(contract.id)` at /id",
    ),
    ("!!has(contract.name)", "`has(contract.name)` at /name"),
    (
        "has(contract.id) ? has(contract.name) : true",
        "`has(contract.name)` at /name",
    ),
    (
        "has(contract.name) ? true : contract.id == 'x'",
        "`contract.id == 'x'` at /id",
    ),
    (
        "contract.name == 'x' ? true : false",
        "`contract.name` at /name, since contract `sales.orders.orders` has no `name`",
    ),
    // What cannot be told, for what is there.
    (
        "contract.custom.text && true",
        "`contract.custom.text` at /customProperties/3/value, since `abc` is neither true nor false",
    ),
    (
        "true && !(contract.custom.text > 2)",
        "`(contract.custom.text > 2)` at /customProperties/3/value, since `abc` and `2` cannot be compared",
    ),
    (
        "contract.custom.list.exists(x, x > 2)",
        "`x > 2` at /customProperties/5/value, since `a` and `2` cannot be compared",
    ),
    // Lists: the item that fails, and those that are like it.
    (
        "contract.fields.all(f, has(f.encryptedName))",
        "`has(f.encryptedName)` at /schema/0/properties/0/encryptedName, and \
         /schema/0/properties/2/encryptedName /schema/0/properties/2/properties/0/encryptedName of 2",
    ),
    (
        "contract.fields.all(f, f.name != 'email')",
        "`f.name != 'email'` at /schema/0/properties/1/name",
    ),
    (
        "contract.fields.all(f, !('personal' in f.tags) || f.classification == 'public')",
        "`f.classification == 'public'` at /schema/0/properties/1/classification",
    ),
    (
        "contract.fields.all(f, f.tags.all(t, t != 'personal'))",
        "`t != 'personal'` at /schema/0/properties/1/tags/0",
    ),
    (
        "contract.objects.all(o, o.fields.all(f, has(f.description)))",
        "`has(f.description)` at /schema/0/properties/0/description, and /schema/0/properties/1/description \
         /schema/0/properties/2/description /schema/0/properties/2/properties/0/description of 3",
    ),
    (
        "!contract.fields.exists(f, 'personal' in f.tags)",
        "`'personal' in f.tags` at /schema/0/properties/1/tags",
    ),
    (
        "contract.fields.exists(f, f.name == 'plant')",
        "`contract.fields.exists(f, f.name == 'plant')` at /schema",
    ),
    (
        "contract.fields.exists_one(f, has(f.name))",
        "`contract.fields.exists_one(f, has(f.name))` at /schema",
    ),
    (
        "contract.servers.all(s, has(s.custom.region) && s.custom.region in params.regions)",
        "`has(s.custom.region)` at /servers/1/customProperties",
    ),
    (
        "contract.servers.all(s, !has(s.custom.region) || s.custom.region == 'x')",
        "`s.custom.region == 'x'` at /servers/0/customProperties/0/value",
    ),
    (
        "contract.roles.size() > 0 && contract.roles.all(r, has(r.name))",
        "`contract.roles.size() > 0` at /roles",
    ),
    (
        "contract.tags.all(t, t == 'gxp')",
        "`t == 'gxp'` at /tags/1",
    ),
    (
        "!contract.tags.exists(t, t == 'finance')",
        "`t == 'finance'` at /tags/1",
    ),
    (
        "contract.custom.list.all(x, x == 'a')",
        "`x == 'a'` at /customProperties/5/value/1",
    ),
    (
        "contract.custom.all(k, k == 'n')",
        "`k == 'n'` at /customProperties, and  of 7",
    ),
    (
        "['recorded_at', 'order_id'].all(n, contract.fields.exists(f, f.name == n))",
        "`contract.fields.exists(f, f.name == n)` at /schema",
    ),
    (
        "contract.slaProperties.all(s, has(s.driver))",
        "`has(s.driver)` at /slaProperties/0/driver, and /slaProperties/1/driver /slaProperties/2/driver of 2",
    ),
    (
        "contract.fields.all(f, f.description.size() > 3)",
        "`f.description` at /schema/0/properties/0/description, since field `orders.order_id` has no `description`",
    ),
    (
        "contract.fields.filter(f, 'personal' in f.tags).all(f, f.classification == 'public')",
        "`f.classification == 'public'` at /schema/0/properties/1/classification",
    ),
    (
        "contract.fields.filter(f, 'secret' in f.tags).size() > 0",
        "`contract.fields.filter(f, 'secret' in f.tags).size() > 0` at /schema",
    ),
    // What leads to another document stands there.
    (
        "contract.products.all(p, has(p.purpose))",
        "`has(p.purpose)` at product: /description/purpose",
    ),
    (
        "product.contracts.all(c, has(c.name))",
        "`has(c.name)` at /name",
    ),
    (
        "product.outputPorts[0].contract.id == 'x'",
        "`product.outputPorts[0].contract.id == 'x'` at /id",
    ),
    (
        "product.outputPorts.all(p, has(p.description))",
        "`has(p.description)` at product: /outputPorts/0/description",
    ),
];

fn blamed(text: &str) -> String {
    let program = program(text);
    on(CONTRACT, &program, |environment, program| {
        let error = match environment.holds(program) {
            Ok(holds) => {
                assert!(!holds, "`{text}` holds");
                None
            }
            Err(error) => Some(error),
        };
        let decision = environment.decision(program, error);
        let at = |place: &crate::view::Place<'_>| {
            let document = place.document;
            assert!(document.source.text().get(place.span().range()).is_some());
            let kind = if document.contract().is_some() {
                ""
            } else {
                "product: "
            };
            format!("{kind}{}", place.pointer)
        };
        let place = decision.place.as_ref().map_or("nothing".to_owned(), at);
        let mut said = format!("`{}` at {place}", &text[decision.span.range()]);
        if decision.more > 0 {
            let others: Vec<String> = decision.others.iter().map(at).collect();
            said.push_str(&format!(", and {} of {}", others.join(" "), decision.more));
        }
        if let Some(error) = &decision.error {
            said.push_str(&format!(", since {error}"));
        }
        said
    })
}

#[test]
fn what_is_blamed_is_the_part_that_decided_and_what_it_looked_at() {
    compare(BLAMED, blamed);
}

/// Variables of lists are not those of the policy: explaining leaves those as they were.
#[test]
fn explaining_leaves_the_variables_of_the_policy_alone() {
    let condition = program("contract.fields.all(f, f.name == 'x')");
    on(CONTRACT, &condition, |environment, condition| {
        environment.decision(condition, None);
        let [Value::Thing(product), Value::Thing(contract), ..] = environment.slots[..] else {
            panic!("the variables have gone");
        };
        assert_eq!(
            (product.kind(), contract.kind()),
            (Kind::Product, Kind::Contract)
        );
    });
}
