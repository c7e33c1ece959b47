//! What is said of expressions that are none: each mistake with the part that is marked, and what to do.

use std::collections::BTreeSet;

use super::*;

/// Texts that are no expressions, and all that is said of them.
const MISTAKES: &[(&str, &str)] = &[
    // Names that lead nowhere.
    (
        "contract.purpos == 'x'",
        "`purpos`: a contract has no `purpos` (did you mean `purpose`?)",
    ),
    (
        "has(contract.purpos)",
        "`purpos`: a contract has no `purpos` (did you mean `purpose`?)",
    ),
    (
        "has(contract.fields[0].encriptedName)",
        "`encriptedName`: a field has no `encriptedName` (did you mean `encryptedName`?)",
    ),
    (
        "has(product.unheardOf.more)",
        "`unheardOf`: a data product has no `unheardOf` (write `custom.unheardOf` for a custom property; else use one \
         of `id`, `name`, `version`, `status`, `domain`, `type`, `tenant`, `deprecated`, `tier`, `tags`, `purpose`, \
         `usage`, `limitations`, `createdTs`, `custom`, `links`, `inputPorts`, `outputPorts`, `managementPorts`, \
         `contracts`, `owners`, `members`, `teamName`, `support`)",
    ),
    (
        "contract.price.sum > 1",
        "`sum`: a price has no `sum` (use one of `amount`, `currency`, `unit`)",
    ),
    (
        "contract.fields.all(f, f.tag == 'x')",
        "`tag`: a field has no `tag` (did you mean `tags`?)",
    ),
    (
        "contrct.id == 'x'",
        "`contrct`: there is no `contrct` here (did you mean `contract`?)",
    ),
    (
        "field.name == 'x'",
        "`field`: there is no `field` here (use one of `product`, `contract`, `params`, `asOf`)",
    ),
    (
        "asof == 'x'",
        "`asof`: there is no `asof` here (did you mean `asOf`?)",
    ),
    (
        "contract.fields.all(f, g.name == 'x')",
        "`g`: there is no `g` here (did you mean `f`?)",
    ),
    (
        "contract.fields.all(f, true) && f.name == 'x'",
        "`f`: there is no `f` here (use one of `product`, `contract`, `params`, `asOf`)",
    ),
    (
        "params.dys > 1",
        "`dys`: there is no parameter `dys` (did you mean `days`?)",
    ),
    (
        "params.volume > 1",
        "`volume`: there is no parameter `volume` (declare it under `params:`, as `volume: {value: …, tighten: …}`)",
    ),
    (
        "has(params)",
        "`params`: `params` holds the parameters, and is no value itself (name one of them: `params.…`)",
    ),
    (
        "contract.sla.retenton.days > 1.0",
        "`retenton`: the standard has no service level `retenton` (did you mean `retention`?)",
    ),
    (
        "has(contract.sla.batchWindow)",
        "`batchWindow`: the standard has no service level `batchWindow` (write `sla['batchWindow']` for a service level \
         of your own)",
    ),
    (
        "contract.sla[contract.id].days > 1.0",
        "`contract.id`: the name of a service level must stand here as it is (write `sla['name']`, or look through \
         `slaProperties`)",
    ),
    (
        "contract.id.startswith('x')",
        "`startswith`: there is no function `startswith` (did you mean `startsWith`?)",
    ),
    (
        "contract.id.reverse() == 'x'",
        "`reverse`: there is no function `reverse` (use one of `size`, `contains`, `startsWith`, `endsWith`, \
         `matches`, `lowerAscii`, `upperAscii`, `trim`, `split`, `int`, `double`, `string`, `all`, `exists`, \
         `exists_one`, `filter`, `map`, `has`)",
    ),
    (
        "startsWith(contract.id, 'x')",
        "`startsWith`: there is no function `startsWith` (write `….startsWith(…)`)",
    ),
    (
        "contract.id.int() == 1",
        "`int`: there is no function `int` (write `int(…)`)",
    ),
    (
        "contract.id.has(x)",
        "`x`: there is no `x` here (use one of `product`, `contract`, `params`, `asOf`); `has`: there is no function \
         `has` (write `has(…)`)",
    ),
    (
        "contract.fields.exist(f, true)",
        "`f`: there is no `f` here (use one of `product`, `contract`, `params`, `asOf`); `exist`: there is no function `exist` (did you mean `exists`?)",
    ),
    // What is there but has no such part.
    (
        "contract.fields.name == 'x'",
        "`name`: a list of fields has no `name` (ask each of them: `….all(x, x.name …)` or `….exists(x, x.name …)`)",
    ),
    (
        "contract.tags.x == 1",
        "`x`: a list of texts has no `x` (ask each item: `….all(x, …)`)",
    ),
    ("contract.id.x == 1", "`x`: a text has no `x` (take it out)"),
    (
        "contract.id[0] == 'x'",
        "`contract.id`: a text has no items (name what is wanted: `.name`)",
    ),
    (
        "contract['id'] == 'x'",
        "`contract`: a contract has no items (name what is wanted: `.name`)",
    ),
    (
        "contract.tags['x'] == 'x'",
        "`'x'`: a whole number is expected in the brackets, and this is a text (use another index)",
    ),
    (
        "contract.custom[0] == 'x'",
        "`0`: a text is expected in the brackets, and this is a whole number (use another index)",
    ),
    // Conditions that are neither true nor false.
    (
        "contract.tags",
        "`contract.tags`: a condition is true or false, and this is a list of texts (ask how many there are: `….size() > 0`)",
    ),
    (
        "contract.purpose",
        "`contract.purpose`: a condition is true or false, and this is a text (compare it with what it should be)",
    ),
    (
        "contract.custom.flag",
        "`contract.custom.flag`: a condition is true or false, and this is a value of any type (compare it with what it \
         should be: `… == true`)",
    ),
    (
        "1",
        "`1`: a condition is true or false, and this is a whole number (compare it with what it should be)",
    ),
    (
        "contract",
        "`contract`: a condition is true or false, and this is a contract (compare it with what it should be)",
    ),
    (
        "contract.tags && true",
        "`contract.tags`: true or false is expected here, and this is a list of texts (ask how many there are: \
         `….size() > 0`)",
    ),
    (
        "true || contract.purpose",
        "`contract.purpose`: true or false is expected here, and this is a text (compare it, or ask whether it is \
         there: `has(…)`)",
    ),
    (
        "!contract.purpose",
        "`contract.purpose`: true or false is expected here, and this is a text (compare it, or ask whether it is \
         there: `has(…)`)",
    ),
    (
        "contract.price ? true : false",
        "`contract.price`: true or false is expected here, and this is a price (compare it, or ask whether it is there: \
         `has(…)`)",
    ),
    (
        "contract.fields.all(f, f.name)",
        "`f.name`: true or false is expected here, and this is a text (compare it, or ask whether it is there: `has(…)`)",
    ),
    (
        "-contract.id == 'x'",
        "`contract.id`: `-` needs a number, and this is a text (compare it, or write `!` for the opposite)",
    ),
    // Comparisons that can only go wrong.
    (
        "contract.id == 1",
        "`contract.id == 1`: a text is never equal to a whole number (compare values of one type)",
    ),
    (
        "contract.tags == 'gxp'",
        "`contract.tags == 'gxp'`: a list of texts is never equal to a text (compare values of one type)",
    ),
    (
        "contract.id < 1",
        "`contract.id < 1`: `<` does not compare a text with a whole number (compare two numbers or two texts)",
    ),
    (
        "true < false",
        "`true < false`: `<` does not compare true or false with true or false (compare two numbers or two texts)",
    ),
    (
        "contract.name == null",
        "`contract.name == null`: what is read is never null (ask whether it is there: `has(…)`)",
    ),
    (
        "'gxp' in contract.id",
        "`contract.id`: `in` looks in a list, and this is a text (write `….contains(…)` to look in a text)",
    ),
    (
        "1 in 2",
        "`2`: `in` looks in a list, and this is a whole number (name a list after `in`)",
    ),
    (
        "1 in contract.tags",
        "`1 in contract.tags`: a whole number is never in a list of texts (look for a value of the type that the list \
         holds)",
    ),
    (
        "1 in contract.custom",
        "`1 in contract.custom`: a whole number is never in values by name (look for a value of the type that the list \
         holds)",
    ),
    (
        "contract.id + 1 == 'x'",
        "`contract.id + 1`: `+` does not go with a text and a whole number (use two numbers; `string(…)` makes a text of \
         one)",
    ),
    (
        "contract.id - 'x' == 'x'",
        "`contract.id - 'x'`: `-` does not go with a text and a text (use two numbers; `string(…)` makes a text of one)",
    ),
    (
        "1 + 1.5 > 2.0",
        "`1 + 1.5`: `+` needs numbers of one type, not a whole number and a number (write `double(…)` around the whole \
         number)",
    ),
    (
        "5.0 % 2.0 == 1.0",
        "`5.0 % 2.0`: `%` is for whole numbers (use `int(…)`)",
    ),
    // Words that do not exist.
    (
        "contract.status == 'actve'",
        "`'actve'`: `status` is never `actve` (did you mean `active`?)",
    ),
    (
        "'live' != product.status",
        "`'live'`: `status` is never `live` (use one of `proposed`, `draft`, `active`, `deprecated`, `retired`)",
    ),
    (
        "contract.status in ['active', 'retird']",
        "`['active', 'retird']`: `status` is never `retird` (did you mean `retired`?)",
    ),
    (
        "contract.fields.all(f, f.logicalType == 'text')",
        "`'text'`: `logicalType` is never `text` (use one of `string`, `date`, `timestamp`, `time`, `number`, `integer`, \
         `object`, `array`, `boolean`, `map`, `vector`)",
    ),
    (
        "contract.fields.all(f, f.sensitivity != 'secret')",
        "`'secret'`: `sensitivity` is never `secret` (use one of `public`, `internal`, `confidential`, `restricted`)",
    ),
    // Calls.
    (
        "contract.id.contains() ",
        "`contains`: `contains` takes 1 argument (correct the call)",
    ),
    (
        "contract.id.trim('x') == 'x'",
        "`trim`: `trim` takes 0 arguments (correct the call)",
    ),
    (
        "size() == 0",
        "`size`: `size` takes 1 argument (correct the call)",
    ),
    (
        "contract.tags.contains('gxp')",
        "`contract.tags`: `contains` is for a text, and this is a list of texts (ask each item: `….all(x, …)` or \
         `….exists(x, …)`)",
    ),
    (
        "size(1) == 1",
        "`1`: `size` is for a text or a list, and this is a whole number (use another function or another value)",
    ),
    (
        "contract.id.contains(1)",
        "`1`: `contains` takes a text here, and this is a whole number (use another value)",
    ),
    (
        "int(true) == 1",
        "`true`: `int` is for a number or a text that writes one, and this is true or false (use another function or \
         another value)",
    ),
    (
        "contract.id.matches('(a')",
        "`'(a'`: this is no regular expression: unclosed group (correct it; the syntax is that of RE2, without \
         look-around)",
    ),
    (
        r"contract.id.matches(r'^(?=x)')",
        "`r'^(?=x)'`: this is no regular expression: look-around, including look-ahead and look-behind, is not supported \
         (correct it; the syntax is that of RE2, without look-around)",
    ),
    (
        "contract.id.matches('(a{1000}){1000}')",
        "`'(a{1000}){1000}'`: this is no regular expression: Compiled regex exceeds size limit of 1048576 bytes. \
         (correct it; the syntax is that of RE2, without look-around)",
    ),
    (
        "has(contract)",
        "`contract`: `has` asks whether something has a name (write `has(x.name)`)",
    ),
    (
        "has(1)",
        "`1`: `has` asks whether something has a name (write `has(x.name)`)",
    ),
    (
        "has()",
        "`has()`: `has` takes one argument (write `has(x.name)`)",
    ),
    (
        "has(contract.id, contract.name)",
        "`has(contract.id, contract.name)`: `has` takes one argument (write `has(x.name)`)",
    ),
    (
        "has(contract.fields[0].personal)",
        "`contract.fields[0].personal`: `personal` is always there (leave `has(…)` out)",
    ),
    (
        "contract.id.all(x, true)",
        "`contract.id`: `all` looks through a list, and this is a text (name a list before it)",
    ),
    (
        "contract.fields.all(f)",
        "`all`: `all` takes a variable and a condition (write `….all(x, …)`)",
    ),
    (
        "contract.fields.exists(f, true, true)",
        "`exists`: `exists` takes a variable and a condition (write `….exists(x, …)`)",
    ),
    (
        "contract.fields.map(f).size() > 0",
        "`map`: `map` takes a variable and what to make of it (write `….map(x, x.name)`)",
    ),
    (
        "contract.fields.all('f', true)",
        "`'f'`: a plain name is expected here, for the item (write `….all(x, …)`)",
    ),
    (
        "contract.fields.all(f.name, true)",
        "`f.name`: a plain name is expected here, for the item (write `….all(x, …)`)",
    ),
    // What is not written so.
    (
        "",
        "``: a value is expected here, and not the end of the expression (complete the expression)",
    ),
    (
        "true &&",
        "``: a value is expected here, and not the end of the expression (complete the expression)",
    ),
    (
        "(true",
        "``: `)` is expected here, and not the end of the expression (complete the expression)",
    ),
    (
        "true)",
        "`)`: an operator or the end is expected here, and not `)` (take it out, or write what is missing before it)",
    ),
    (
        "true true",
        "`true`: an operator or the end is expected here, and not `true` (take it out, or write what is missing before it)",
    ),
    (
        "true and true",
        "`and`: an operator or the end is expected here, and not `and` (write `&&`)",
    ),
    (
        "true or true",
        "`or`: an operator or the end is expected here, and not `or` (write `||`)",
    ),
    (
        "true & true",
        "`&`: an operator or the end is expected here, and not `&` (write `&&`)",
    ),
    (
        "true | true",
        "`|`: an operator or the end is expected here, and not `|` (write `||`)",
    ),
    (
        "1 = 1",
        "`=`: an operator or the end is expected here, and not `=` (compare with `==`)",
    ),
    (
        "true ? 1",
        "``: `:` is expected here, and not the end of the expression (complete the expression)",
    ),
    (
        "contract.",
        "``: a name is expected here, and not the end of the expression (complete the expression)",
    ),
    (
        "contract.'id'",
        "`'id'`: a name is expected here, and not `'id'` (take it out, or write what is missing before it)",
    ),
    (
        "contract.in",
        "`in`: a name is expected here, and not `in` (take it out, or write what is missing before it)",
    ),
    (
        "[1, 2",
        "``: `]` is expected here, and not the end of the expression (complete the expression)",
    ),
    (
        "* 1",
        "`*`: a value is expected here, and not `*` (take it out, or write what is missing before it)",
    ),
    (
        "contract.status == active",
        "`active`: there is no `active` here (use one of `product`, `contract`, `params`, `asOf`)",
    ),
    (
        "contract.status == 'active",
        "`'active`: the text does not end (close it with `'`)",
    ),
    (
        "contract.status == 'act\nive'",
        "`'act`: the text does not end (close it with `'`)",
    ),
    (
        "'''a''",
        "`'''a''`: the text does not end (close it with `'''`)",
    ),
    (
        "contract.status == ‘active’",
        "`‘`: `‘` means nothing in an expression (write quotes as `'`)",
    ),
    (
        "1 ≥ 0",
        "`≥`: `≥` means nothing in an expression (write `>=`)",
    ),
    (
        "1 # 0",
        "`#`: `#` means nothing in an expression (take it out)",
    ),
    (
        "5u == 5",
        "`5u`: `5u` is no number (leave the `u` out: there are signed integers only)",
    ),
    (
        "5days == 5",
        "`5days`: `5days` is no number (write the number alone)",
    ),
    (
        "0x == 5",
        "`0x`: `0x` is no number (write the number alone)",
    ),
    (
        "0Xff == 255",
        "`0Xff`: `0Xff` is no number (write the number alone)",
    ),
    (
        "9223372036854775808 > 0",
        "`9223372036854775808`: `9223372036854775808` is too large a number (use a smaller one)",
    ),
    (
        "1e999 > 0.0",
        "`1e999`: `1e999` is too large a number (use a smaller one)",
    ),
    (
        "b'abc' == 'abc'",
        "`b'`: manifests hold texts, not bytes (leave the `b` out)",
    ),
    (
        r"'\d' == 'd'",
        r"`\d`: `\d` is no escape (write a backslash as `\\`, or use a raw text: r'…')",
    ),
    (
        r"'\x4' == 'd'",
        r"`\x`: `\x` is no escape (write a backslash as `\\`, or use a raw text: r'…')",
    ),
    (
        r"'\x+4' == 'd'",
        r"`\x`: `\x` is no escape (write a backslash as `\\`, or use a raw text: r'…')",
    ),
    (
        r"'\uD800' == 'd'",
        r"`\u`: `\u` is no escape (write a backslash as `\\`, or use a raw text: r'…')",
    ),
    (
        r"'\477' == 'd'",
        r"`\4`: `\4` is no escape (write a backslash as `\\`, or use a raw text: r'…')",
    ),
    (
        r"'\é' == 'd'",
        r"`\é`: `\é` is no escape (write a backslash as `\\`, or use a raw text: r'…')",
    ),
    (
        "{'a': 1} == {'a': 1}",
        "`{`: policies make no maps of their own (compare with lists such as `['a', 'b']`, or with parameters)",
    ),
    (
        "if (true) true",
        "`if`: `if` is a word that the language keeps for itself (write `condition ? yes : no`)",
    ),
    (
        "for == 1",
        "`for`: `for` is a word that the language keeps for itself (write `list.all(x, …)` or `list.exists(x, …)`)",
    ),
    (
        "let == 1",
        "`let`: `let` is a word that the language keeps for itself (use another name)",
    ),
    // Several at once: all are found that do not follow from each other.
    (
        "contract.purpos == 'x' && has(contract.usag) && contract.status == 'live'",
        "`purpos`: a contract has no `purpos` (did you mean `purpose`?); `usag`: a contract has no `usag` (did you mean \
         `usage`?); `'live'`: `status` is never `live` (use one of `proposed`, `draft`, `active`, `deprecated`, \
         `retired`)",
    ),
];

/// All that is said of a condition.
fn said(text: &str) -> String {
    match Program::condition(text, VARIABLES, &parameters().0) {
        Ok(_) => "it is a condition".to_owned(),
        Err(mistakes) => {
            let said = mistakes.iter().map(|mistake| {
                let part = &text[mistake.span.range()];
                match &mistake.help {
                    Some(help) => format!("`{part}`: {} ({help})", mistake.message),
                    None => format!("`{part}`: {}", mistake.message),
                }
            });
            said.collect::<Vec<_>>().join("; ")
        }
    }
}

#[test]
fn every_mistake_is_said_once_where_it_is_and_with_what_to_do() {
    compare(MISTAKES, said);
    let texts: BTreeSet<&str> = MISTAKES.iter().map(|(text, _)| *text).collect();
    assert_eq!(texts.len(), MISTAKES.len());
}

#[test]
fn an_expression_has_an_end_to_its_length() {
    let long = format!("'{}' == 'a'", "é".repeat(MAX_TEXT / 2));
    assert_eq!(
        said(&long),
        "`'`: the expression is longer than 8192 bytes (split the policy into several)"
    );
    // The mark covers whole characters.
    let long = "é".repeat(MAX_TEXT);
    assert_eq!(
        said(&long),
        "`é`: the expression is longer than 8192 bytes (split the policy into several)"
    );
}

#[test]
fn an_expression_has_an_end_to_its_depth() {
    let too_deep = "the expression is nested deeper than 50 levels (split the policy into several)";
    let nested = |before: &str, after: &str, times: usize| {
        format!("{}true{}", before.repeat(times), after.repeat(times))
    };
    assert_eq!(said(&nested("(", ")", 49)), "it is a condition");
    assert_eq!(said(&nested("(", ")", 50)), format!("`true`: {too_deep}"));
    assert_eq!(said(&nested("!", "", 49)), "it is a condition");
    assert!(said(&nested("!", "", 50)).ends_with(too_deep));
    for deep in [
        nested("!", "", 7000),
        nested("[", "]", 3000),
        nested("[true].all(x, ", ")", 300),
        nested("(", ")", 4000),
        format!("1{} == 1", " + 1".repeat(2000)),
        format!("contract{}", ".custom".repeat(1000)),
        format!("true{}", " ? true : true".repeat(500)),
        format!("contract{}", "[0]".repeat(2000)),
    ] {
        let said = said(&deep);
        assert!(said.ends_with(too_deep), "{deep}: {said}");
    }
    // What stands in a row is not deep.
    assert_eq!(
        said(&format!("true{}", " && true".repeat(900))),
        "it is a condition"
    );
}
