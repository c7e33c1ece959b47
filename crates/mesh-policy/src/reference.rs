//! What policies can be written with, for the documentation: subjects, attributes and functions.

use std::fmt::Write;

use crate::expr::{FUNCTIONS, Type};
use crate::pack::Subject;
use crate::view::Kind;
use crate::view::contract::SLA_NAMES;

/// The reference of what expressions see, as Markdown.
pub fn markdown() -> String {
    let mut text = String::from(
        "# What policies see\n\n\
         The conditions of [policies](policies.md) are written in [CEL](https://cel.dev). This page lists all that \
         they can name. A name that is not here is an error when the pack is loaded, also inside `has()`.\n\n\
         What is absent, null or blank is *missing*: `has()` is false, and to read it is an error, so that the policy \
         does not hold. A list that is absent is empty. A truth value that is absent is false.\n\n\
         ## What a policy is about\n\n\
         | `for` | variables |\n|---|---|\n",
    );
    for subject in Subject::ALL {
        let names = subject
            .variables()
            .iter()
            .map(|it| format!("`{}`", it.name));
        let names: Vec<String> = names.collect();
        let _ = writeln!(text, "| `{}` | {} |", subject.as_str(), names.join(", "));
    }
    text.push_str(
        "\n`params` holds the parameters of the pack, and `asOf` is the day of the run, as `YYYY-MM-DD`.\n",
    );
    for kind in Kind::ALL {
        let title = capital(kind.noun());
        let _ = write!(text, "\n## {title}\n\n");
        if kind == Kind::Slas {
            let names: Vec<String> = SLA_NAMES.iter().map(|name| format!("`{name}`")).collect();
            let _ = writeln!(
                text,
                "A [service level](#service-level) by name: {}. One of your own is reached as `sla['name']`. Where a \
                 contract has several of one name, every one of them has to satisfy the policy.",
                names.join(", ")
            );
            continue;
        }
        text.push_str("| name | type | what it is |\n|---|---|---|\n");
        for attribute in kind.attributes() {
            let _ = writeln!(
                text,
                "| `{}` | {} | {} |",
                attribute.name,
                type_name(attribute.ty()),
                attribute.doc
            );
        }
    }
    text.push_str(
        "\n## Functions\n\n\
         | written | gives | what it does |\n|---|---|---|\n\
         | `has(x.name)` | bool | whether something is there |\n\
         | `list.all(x, condition)` | bool | whether the condition holds for every item; for an empty list it does |\n\
         | `list.exists(x, condition)` | bool | whether it holds for some item |\n\
         | `list.exists_one(x, condition)` | bool | whether it holds for exactly one |\n\
         | `list.filter(x, condition)` | list | the items for which it holds |\n\
         | `list.map(x, value)` | list | what is made of each item |\n",
    );
    for function in FUNCTIONS {
        let arguments: Vec<String> = function.arguments.iter().map(|ty| type_name(*ty)).collect();
        let written = if function.is_method {
            format!("x.{}({})", function.name, arguments.join(", "))
        } else {
            format!("{}(x)", function.name)
        };
        let _ = writeln!(
            text,
            "| `{written}` | {} | {} |",
            type_name(function.gives),
            function.summary
        );
    }
    text.push_str(
        "\nOperators are those of CEL: `==`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `+`, `-`, `*`, `/`, `%`, `!`, `&&`, `||` \
         and `condition ? yes : no`. `false && error` is false and `true || error` is true, in whatever order.\n",
    );
    text
}

fn capital(noun: &str) -> String {
    let mut letters = noun.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// A type in a few words, with a link to what its things have.
fn type_name(ty: Type) -> String {
    match ty {
        Type::Null => "null".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Int => "int".to_owned(),
        Type::Double => "number".to_owned(),
        Type::Text => "text".to_owned(),
        Type::Any => "any".to_owned(),
        Type::List(Type::Any) => "list".to_owned(),
        Type::List(item) => format!("list of {}", type_name(*item)),
        Type::Map(Type::Text) => "texts by name".to_owned(),
        Type::Map(_) => "values by name".to_owned(),
        Type::Thing(kind) => {
            format!("[{}](#{})", kind.noun(), kind.noun().replace(' ', "-"))
        }
    }
}
