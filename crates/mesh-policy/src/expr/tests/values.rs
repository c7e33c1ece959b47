//! Every sort of expression, with what it is worth.

use super::*;

/// Expressions that look at no document: any implementation of CEL must give the same for them.
const PLAIN: &[(&str, &str)] = &[
    // Literals.
    ("1", "1"),
    ("-1", "-1"),
    ("0x1F", "31"),
    ("-0x10", "-16"),
    ("9223372036854775807", "9223372036854775807"),
    ("1.5", "1.5"),
    (".5", "0.5"),
    ("1e3", "1000.0"),
    ("1.5E-3", "0.0015"),
    ("2e+2", "200.0"),
    ("true", "true"),
    ("false", "false"),
    ("null", "null"),
    ("[]", "[]"),
    ("[1, 2]", "[1, 2]"),
    ("[1, 2,]", "[1, 2]"),
    ("['a', 1, true, null, 1.0]", r#"["a", 1, true, null, 1.0]"#),
    ("[[1], []]", "[[1], []]"),
    ("'it is'", r#""it is""#),
    (r#""it's""#, r#""it's""#),
    ("''", r#""""#),
    ("'''it's'''", r#""it's""#),
    (r#""""say "it" or""""#, r#""say \"it\" or""#),
    ("'''one\ntwo'''", r#""one\ntwo""#),
    ("'größer'", r#""größer""#),
    // Escapes.
    (r"'\n\t\r\\\'\x22\`\?'", r#""\n\t\r\\'\"`?""#),
    (r"'\a\b\f\v'", r#""\u{7}\u{8}\u{c}\u{b}""#),
    (r"'\x41\u00e9\U0001F600\101'", r#""Aé😀A""#),
    (r"r'\d+'", r#""\\d+""#),
    (r#"R"\n""#, r#""\\n""#),
    // Blanks and comments.
    (" 1\t+\r\n 1 ", "2"),
    ("1 // one\n+ 1 // and one", "2"),
    ("'// no comment'", r#""// no comment""#),
    // Arithmetic, and how tightly operators bind.
    ("1 + 2 * 3", "7"),
    ("(1 + 2) * 3", "9"),
    ("7 - 2 - 1", "4"),
    ("8 / 4 / 2", "1"),
    ("7 / 2", "3"),
    ("-7 / 2", "-3"),
    ("7 % 3", "1"),
    ("-7 % 3", "-1"),
    ("2 - -1", "3"),
    ("--1", "1"),
    ("-2 * -3", "6"),
    ("1.5 + 1.5", "3.0"),
    ("1.0 / 4.0", "0.25"),
    ("1.0 / 0.0", "inf"),
    ("'a' + 'b' + 'c'", r#""abc""#),
    ("[1] + [2, 3]", "[1, 2, 3]"),
    ("1 + 2 == 3 && 2 < 3", "true"),
    ("1 < 2 == true", "true"),
    ("true || false && false", "true"),
    ("(true || false) && false", "false"),
    ("false && true || true", "true"),
    ("!true || true", "true"),
    ("!(true || true)", "false"),
    ("!!true", "true"),
    ("false ? 1 : true ? 2 : 3", "2"),
    ("true ? 1 : 2", "1"),
    ("true || false ? 'yes' : 'no'", r#""yes""#),
    ("1 in [1] == true", "true"),
    ("!(1 in [1])", "false"),
    // Equality and order.
    ("1 == 1", "true"),
    ("1 == 1.0", "true"),
    ("1.0 == 1", "true"),
    ("1 != 1.5", "true"),
    ("1 < 1.5", "true"),
    ("2 > 1.5", "true"),
    ("-1 > -1.5", "true"),
    ("-2 < -1.5", "true"),
    ("2.0 >= 2", "true"),
    ("2 <= 2.0", "true"),
    ("9223372036854775807 < 9223372036854775808.0", "true"),
    ("9007199254740993 == 9007199254740992.0", "false"),
    ("9007199254740993 > 9007199254740992.0", "true"),
    ("0.0 == -0.0", "true"),
    ("0 == -0.0", "true"),
    ("0.0 / 0.0 == 0.0 / 0.0", "false"),
    ("0.0 / 0.0 != 0.0 / 0.0", "true"),
    ("'a' < 'b'", "true"),
    ("'B' < 'a'", "true"),
    ("'a' < 'aa'", "true"),
    ("'z' < 'é'", "true"),
    ("'a' == 'a'", "true"),
    ("true == true", "true"),
    ("true != false", "true"),
    ("[1, 2] == [1, 2]", "true"),
    ("[1, 2] == [1.0, 2.0]", "true"),
    ("[1, 2] == [2, 1]", "false"),
    ("[1] == [1, 1]", "false"),
    ("[[1]] == [[1.0]]", "true"),
    ("['a', 1] == ['a', 1]", "true"),
    ("['a', 1] != ['a', '1']", "true"),
    // Membership.
    ("1 in [1, 2]", "true"),
    ("3 in [1, 2]", "false"),
    ("1 in [1.0]", "true"),
    ("1.5 in [1]", "false"),
    ("'a' in ['a', 1]", "true"),
    ("1 in []", "false"),
    ("[1] in [[1], [2]]", "true"),
    // Logic in spite of errors.
    ("false && 1 / 0 == 1", "false"),
    ("1 / 0 == 1 && false", "false"),
    ("true || 1 / 0 == 1", "true"),
    ("1 / 0 == 1 || true", "true"),
    ("1 / 0 == 1 || 1 % 0 == 1 || true", "true"),
    ("1 / 0 == 1 && 1 % 0 == 1 && false", "false"),
    ("true ? 1 : 1 / 0", "1"),
    ("false ? 1 / 0 : 1", "1"),
    ("!(1 / 0 == 1 && false)", "true"),
    // Lists.
    ("[].all(x, x == 1)", "true"),
    ("[].exists(x, x == 1)", "false"),
    ("[].exists_one(x, x == 1)", "false"),
    ("[].filter(x, x == 1)", "[]"),
    ("[].map(x, x)", "[]"),
    ("[].map(x, true, x)", "[]"),
    ("[1, 2].all(x, x > 0)", "true"),
    ("[1, 2].all(x, x > 1)", "false"),
    ("[1, 2].exists(x, x > 1)", "true"),
    ("[1, 2].exists(x, x > 2)", "false"),
    ("[1, 2].exists_one(x, x > 1)", "true"),
    ("[1, 2].exists_one(x, x > 0)", "false"),
    ("[1, 2, 3].filter(x, x != 2)", "[1, 3]"),
    ("[1, 2].map(x, x * 2)", "[2, 4]"),
    ("[1, 2, 3].map(x, x > 1, x * 2)", "[4, 6]"),
    ("[1].all(x, [2].all(x, x == 2) && x == 1)", "true"),
    ("[1, 2].exists(x, [2, 3].exists(y, x == y))", "true"),
    ("[1, 2].map(x, [x].map(y, x + y))", "[[2], [4]]"),
    ("[0, 1].all(x, 1 / x > 1)", "false"),
    ("[1, 0].all(x, 1 / x > 1)", "false"),
    ("[0, 1].exists(x, 1 / x > 0)", "true"),
    ("[1, 0].exists(x, 1 / x > 0)", "true"),
    ("[1, 2][0]", "1"),
    ("[1, 2][1]", "2"),
    // Functions.
    ("size('größer')", "6"),
    ("'größer'.size()", "6"),
    ("size('😀')", "1"),
    ("size([1, 2])", "2"),
    ("[].size()", "0"),
    ("'abc'.contains('b')", "true"),
    ("'abc'.contains('')", "true"),
    ("'abc'.contains('B')", "false"),
    ("'abc'.startsWith('ab')", "true"),
    ("'abc'.endsWith('ab')", "false"),
    ("'abc'.matches('b')", "true"),
    ("'abc'.matches('^b')", "false"),
    (r"'a1'.matches(r'^[a-z]\d$')", "true"),
    ("'ABc É'.lowerAscii()", r#""abc É""#),
    ("'ABc é'.upperAscii()", r#""ABC é""#),
    (r"' \t a b \n'.trim()", r#""a b""#),
    ("'a,b,,c'.split(',')", r#"["a", "b", "", "c"]"#),
    ("'abc'.split(',')", r#"["abc"]"#),
    ("''.split(',')", r#"[""]"#),
    ("'aé'.split('')", r#"["a", "é"]"#),
    ("int(1.9)", "1"),
    ("int(-1.9)", "-1"),
    ("int('-42')", "-42"),
    ("int(3)", "3"),
    ("double(3)", "3.0"),
    ("double('1.5')", "1.5"),
    ("double(1.5)", "1.5"),
    ("string(3)", r#""3""#),
    ("string(1.5)", r#""1.5""#),
    ("string(1.0)", r#""1""#),
    ("string(true)", r#""true""#),
    ("string('a')", r#""a""#),
];

/// Expressions that have no value, in any implementation of CEL: the part that is to blame, and why.
const WORTHLESS: &[(&str, &str)] = &[
    ("1 / 0", "`1 / 0`: a number is divided by zero"),
    ("1 % 0", "`1 % 0`: a number is divided by zero"),
    (
        "9223372036854775807 + 1",
        "`9223372036854775807 + 1`: a number is too large",
    ),
    (
        "-9223372036854775807 - 2",
        "`-9223372036854775807 - 2`: a number is too large",
    ),
    (
        "9223372036854775807 * 2",
        "`9223372036854775807 * 2`: a number is too large",
    ),
    (
        "(-9223372036854775807 - 1) / -1",
        "`(-9223372036854775807 - 1) / -1`: a number is too large",
    ),
    (
        "-(-9223372036854775807 - 1)",
        "`-(-9223372036854775807 - 1)`: a number is too large",
    ),
    ("int(1e30)", "`int(1e30)`: a number is too large"),
    (
        "int(9223372036854775808.0)",
        "`int(9223372036854775808.0)`: a number is too large",
    ),
    ("int(0.0 / 0.0)", "`int(0.0 / 0.0)`: a number is too large"),
    ("int('4x')", "`int('4x')`: `4x` is no number"),
    ("int('')", "`int('')`: `` is no number"),
    ("double('x')", "`double('x')`: `x` is no number"),
    ("[1][1]", "`[1][1]`: the list is too short"),
    ("[1][-1]", "`[1][-1]`: the list is too short"),
    ("[][0]", "`[][0]`: the list is too short"),
    ("true && 1 / 0 == 1", "`1 / 0`: a number is divided by zero"),
    ("1 / 0 == 1 && true", "`1 / 0`: a number is divided by zero"),
    (
        "false || 1 / 0 == 1",
        "`1 / 0`: a number is divided by zero",
    ),
    (
        "1 / 0 == 1 || false",
        "`1 / 0`: a number is divided by zero",
    ),
    ("!(1 / 0 == 1)", "`1 / 0`: a number is divided by zero"),
    ("1 / 0 == 1 ? 1 : 1", "`1 / 0`: a number is divided by zero"),
    (
        "[0, 1].all(x, 1 / x > 0)",
        "`1 / x`: a number is divided by zero",
    ),
    (
        "[0, 2].exists(x, 1 / x > 0)",
        "`1 / x`: a number is divided by zero",
    ),
    (
        "[1, 0].exists_one(x, 1 / x > 0)",
        "`1 / x`: a number is divided by zero",
    ),
    (
        "[1, 0].filter(x, 1 / x > 0)",
        "`1 / x`: a number is divided by zero",
    ),
    (
        "[1, 0].map(x, 1 / x)",
        "`1 / x`: a number is divided by zero",
    ),
    (
        "'a'.matches('(' + '')",
        "`'a'.matches('(' + '')`: a regular expression is none: unclosed group",
    ),
];

/// Expressions that look at documents.
const OF_DOCUMENTS: &[(&str, &str)] = &[
    // What is read, and what is missing.
    ("contract.id", r#""sales.orders.orders""#),
    (
        "product.id + '@' + product.version",
        r#""sales.orders@1.0.0""#,
    ),
    ("asOf", r#""2026-06-30""#),
    ("asOf >= '2026-06-30'", "true"),
    ("params.days * 2", "10"),
    ("params.regions", r#"["eu-west-1", "eu-central-1"]"#),
    ("params.strict && params.label in contract.tags", "true"),
    ("contract.tags", r#"["gxp", "finance"]"#),
    (
        "contract.name",
        "`contract.name`: contract `sales.orders.orders` has no `name`",
    ),
    (
        "contract.usage",
        "`contract.usage`: contract `sales.orders.orders` has no `usage`",
    ),
    ("contract.owners", "[]"),
    (
        "contract.price.amount",
        "`contract.price`: contract `sales.orders.orders` has no `price`",
    ),
    (
        "contract.fields.map(f, f.path)",
        r#"["order_id", "email", "customer", "customer.city"]"#,
    ),
    ("contract.fields[1].name", r#""email""#),
    (
        "contract.fields[4].name",
        "`contract.fields[4]`: the list is too short",
    ),
    (
        "contract.fields[0] == contract.objects[0].fields[0]",
        "true",
    ),
    ("contract.fields[0] == contract.fields[1]", "false"),
    ("contract.fields[0] in contract.fields", "true"),
    ("product.contracts[0] == contract", "true"),
    ("contract.products.map(p, p.id)", r#"["sales.orders"]"#),
    ("contract.fields.all(f, f.object == 'orders')", "true"),
    // Whether something is there.
    ("has(contract.purpose)", "true"),
    ("has(contract.usage)", "false"),
    ("has(contract.name)", "false"),
    ("has(contract.tags)", "true"),
    ("has(contract.owners)", "false"),
    ("has(contract.price)", "false"),
    (
        "has(contract.price.amount)",
        "`contract.price`: contract `sales.orders.orders` has no `price`",
    ),
    ("has(contract.fields[0].required)", "true"),
    ("has(contract.fields[1].required)", "false"),
    ("has(contract.custom.n)", "true"),
    ("has(contract.custom.nothing)", "false"),
    ("has(contract.custom.blank)", "false"),
    ("has(contract.custom.absent)", "false"),
    ("has(contract.custom.theirs)", "false"),
    ("has(contract.custom.map.a)", "true"),
    ("has(contract.custom.map.gone)", "false"),
    ("has(contract.custom.map.a.b)", "true"),
    ("has(contract.custom.text.a)", "false"),
    (
        "has(contract.custom.absent.a)",
        "`contract.custom.absent`: there is no `absent`",
    ),
    ("has(contract.custom['n'])", "true"),
    ("has(contract.custom['absent'])", "false"),
    ("has(contract.custom.list[1])", "true"),
    ("has(contract.custom.list[2])", "false"),
    ("has(contract.links.docs)", "true"),
    ("has(contract.links.blank)", "false"),
    ("has(contract.sla.retention)", "true"),
    ("has(contract.sla.availability)", "false"),
    ("has(contract.sla.retention.driver)", "false"),
    ("has(contract.sla['ownLevel'])", "true"),
    ("has(contract.sla['absent'])", "false"),
    // Custom properties: the first of a name, and none of other vendors.
    ("contract.custom.n", "3"),
    ("contract.custom['n']", "3"),
    ("contract.custom['n' + '']", "3"),
    // Words that the language keeps for itself may be names of what documents have.
    ("contract.custom.namespace", r#""eu""#),
    (
        "contract.custom.absent",
        "`contract.custom.absent`: there is no `absent`",
    ),
    (
        "contract.custom.nothing",
        "`contract.custom.nothing`: there is no `nothing`",
    ),
    ("contract.custom.list[0]", r#""a""#),
    ("contract.custom.map.a.b", "1"),
    ("contract.custom.map['a'].b", "1"),
    (
        "contract.custom.map[0]",
        "`contract.custom.map[0]`: there is no ``",
    ),
    (
        "contract.custom.list['a']",
        "`contract.custom.list['a']`: `a, b` is not a list or a mapping",
    ),
    (
        "contract.custom.text.a",
        "`contract.custom.text.a`: `abc` is not a mapping",
    ),
    ("'n' in contract.custom", "true"),
    ("'nothing' in contract.custom", "false"),
    ("'blank' in contract.custom", "false"),
    ("'theirs' in contract.custom", "false"),
    ("'a' in contract.custom.map", "true"),
    ("'gone' in contract.custom.map", "false"),
    ("'a' in contract.custom.list", "true"),
    ("'c' in contract.custom.list", "false"),
    ("1.0 in contract.custom.mixed", "true"),
    (
        "'a' in contract.custom.text",
        "`'a' in contract.custom.text`: `abc` is not a list",
    ),
    (
        "contract.custom.filter(k, k.startsWith('n'))",
        r#"["n", "namespace"]"#,
    ),
    ("contract.custom.all(k, has(contract.custom[k]))", "true"),
    ("contract.custom.size()", "9"),
    (
        "contract.links.map(k, contract.links[k])",
        r#"["https://docs.example"]"#,
    ),
    ("contract.links.size()", "1"),
    // Values of any type: equal only to what they are, and comparable only with their like.
    ("contract.custom.n == 3", "true"),
    ("contract.custom.n == 3.0", "true"),
    ("contract.custom.n == '3'", "false"),
    ("contract.custom.n != '3'", "true"),
    ("contract.custom.n == true", "false"),
    ("contract.custom.n == null", "false"),
    ("contract.custom.flag == true", "true"),
    ("contract.custom.flag == 1", "false"),
    ("contract.custom.list == ['a', 'b']", "true"),
    ("contract.custom.list == ['b', 'a']", "false"),
    ("contract.custom.mixed == [1, 'a', null]", "true"),
    ("contract.custom.mixed[2] == null", "true"),
    ("contract.custom.map == contract.custom.map", "true"),
    ("contract.custom.map == contract.custom.list", "false"),
    ("contract.custom.n > 2", "true"),
    ("contract.custom.ratio > 1", "true"),
    ("contract.custom.text > 'abb'", "true"),
    (
        "contract.custom.text > 2",
        "`contract.custom.text > 2`: `abc` and `2` cannot be compared",
    ),
    (
        "contract.custom.n < 'a'",
        "`contract.custom.n < 'a'`: `3` and `a` cannot be compared",
    ),
    ("contract.custom.n + 1", "4"),
    (
        "contract.custom.n + 1.0",
        "`contract.custom.n + 1.0`: `3 1` is not a number like the other",
    ),
    ("double(contract.custom.n) + 1.0", "4.0"),
    ("-contract.custom.n", "-3"),
    (
        "-contract.custom.text",
        "`-contract.custom.text`: `abc` is no number",
    ),
    ("int(contract.custom.digits) + 1", "43"),
    (
        "int(contract.custom.list)",
        "`int(contract.custom.list)`: `a, b` is no number",
    ),
    ("string(contract.custom.n)", r#""3""#),
    ("contract.custom.text.size()", "3"),
    ("contract.custom.list.size()", "2"),
    ("contract.custom.map.size()", "1"),
    (
        "contract.custom.n.size()",
        "`contract.custom.n.size()`: `3` is not a text",
    ),
    (
        "contract.custom.n.contains('a')",
        "`contract.custom.n.contains('a')`: `3` is not a text",
    ),
    ("contract.custom.list.all(x, x.size() == 1)", "true"),
    ("contract.custom.map.exists(k, k == 'a')", "true"),
    (
        "contract.custom.n.all(x, true)",
        "`contract.custom.n`: `3` is not a list",
    ),
    // True or false is what logic takes, even from where types are unknown.
    ("contract.custom.flag && true", "true"),
    (
        "contract.custom.text && true",
        "`contract.custom.text`: `abc` is neither true nor false",
    ),
    ("contract.custom.text && false", "false"),
    ("false && contract.custom.text", "false"),
    ("contract.custom.text || true", "true"),
    (
        "!contract.custom.text",
        "`contract.custom.text`: `abc` is neither true nor false",
    ),
    (
        "contract.custom.text ? 1 : 2",
        "`contract.custom.text`: `abc` is neither true nor false",
    ),
    (
        "[1].all(x, contract.custom.text)",
        "`contract.custom.text`: `abc` is neither true nor false",
    ),
    // Service levels.
    ("contract.sla.retention.value", "6"),
    ("contract.sla.retention.days", "2191.5"),
    ("contract.sla.latency.hours", "2.0"),
    ("contract.sla.latency.seconds", "7200.0"),
    ("contract.sla['ownLevel'].value > 99", "true"),
    ("contract.sla.retention.days >= params.days", "true"),
    (
        "contract.sla.availability.value",
        "`contract.sla.availability`: contract `sales.orders.orders` has no service level `availability`",
    ),
    (
        "contract.sla['ownLevel'].days",
        "`contract.sla['ownLevel'].days`: service level `ownLevel` has no `days`",
    ),
    (
        "contract.slaProperties.map(s, s.property)",
        r#"["retention", "latency", "ownLevel"]"#,
    ),
    // Errors in lists count only if nothing else decides.
    (
        "contract.fields.exists(f, f.description == 'x' || f.name == 'email')",
        "true",
    ),
    ("contract.fields.all(f, f.encryptedName == 'x')", "false"),
    (
        "contract.fields.exists(f, f.encryptedName == 'x')",
        "`f.encryptedName`: field `orders.order_id` has no `encryptedName`",
    ),
];

#[test]
fn what_looks_at_no_document_is_worth_what_cel_says() {
    compare(PLAIN, worth);
}

#[test]
fn what_has_no_value_says_why_and_which_part_is_to_blame() {
    compare(WORTHLESS, worth);
}

#[test]
fn what_looks_at_documents_sees_their_values() {
    compare(OF_DOCUMENTS, worth);
}

/// Not so in CEL, where such a comparison is false: neither the comparison nor its opposite is to let anything pass.
#[test]
fn what_is_no_number_is_neither_less_nor_more() {
    let reason = "`NaN` and `1` cannot be compared";
    assert_eq!(
        worth("0.0 / 0.0 < 1.0"),
        format!("`0.0 / 0.0 < 1.0`: {reason}")
    );
    assert_eq!(
        worth("!(0.0 / 0.0 < 1.0)"),
        format!("`(0.0 / 0.0 < 1.0)`: {reason}")
    );
}

/// Of several service levels of one name none is taken at random.
#[test]
fn a_name_that_several_service_levels_have_is_ambiguous_until_one_is_chosen() {
    let contract = format!("{CONTRACT}  - {{property: retention, value: 1, unit: y}}\n");
    let program = program("contract.sla.retention.days");
    on(&contract, &program, |environment, program| {
        let error = environment.evaluate(program).expect_err("it is ambiguous");
        assert_eq!(
            error.message(),
            "contract `sales.orders.orders` has several service levels `retention`"
        );
        environment.chosen = vec![("retention", 3)];
        let value = environment.evaluate(program).expect("one is chosen");
        assert_eq!(shown(&value), "365.25");
    });
    assert_eq!(program.sla_names(), [Box::from("retention")]);
}
