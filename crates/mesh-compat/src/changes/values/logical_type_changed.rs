use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::options;
use crate::facts::types::field::{self, FieldType, Verdict};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;
use crate::quote::quoted;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "logical-type-changed",
    group: Group::Values,
    impacts: Impacts::all(Impact::Major),
    summary: "A field has values of another type.",
    why: "casts, joins and comparisons fail, or do something else",
    help: "add a field of the new type beside it, and mark this one `deprecated: true`",
    docs: "\
A field has a logical type and a physical one; if both are others, it is one change. Two logical types
have nothing in common, even `integer` and `number`, or `date` and `timestamp`. Physical types are read
in the dialect of the contract's servers: types of different families have nothing in common, and within
a family they may be [wider](type-widened.md) or [narrower](type-narrowed.md). Names of one type
(`int4` and `INTEGER`), case and spacing do not matter.

A type that the contract does not promise any more counts as another. So do vectors of another space:
with other dimensions, elements, metric or model. Where the logical type is another, what
`logicalTypeOptions` said of the old one is not compared. Types that mesh does not know, or that mean
different things on the contract's servers, need review.",
    reverse: &["logical-type-changed", "type-declared"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: order_id
        logicalType: integer
        physicalType: bigint
",
        "\
schema:
  - name: orders
    properties:
      - name: order_id
        logicalType: string
        physicalType: varchar(36)
",
    ),
    on: &[
        On::Keys(Entity::Field, field::KEYS),
        On::Keys(Entity::Options, options::KEYS),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    match pair.entity {
        Entity::Field => of_field(pair, found),
        _ if !options::are_of_same_type(pair) => found.accounts_for(options::KEYS),
        _ => {
            bits(pair, found);
            vectors(pair, found);
        }
    }
}

fn of_field(pair: &Pair<'_>, found: &mut Found<'_>) {
    let field = FieldType::of(pair);
    let verdict = field.verdict();
    match verdict {
        Verdict::Changed => {
            let shown = field.shown();
            let message = format!(
                "{} went from {} to {}",
                pair.subject(),
                shown.old,
                shown.new
            );
            found.at(field.key(), message);
        }
        Verdict::Dropped => {
            let (noun, texts) = field.at_key();
            let message = format!(
                "the {noun} of {} is not promised any more; it was {}",
                pair.subject(),
                quoted(texts.old.unwrap_or_default())
            );
            let change = found.at(field.key(), message);
            change.because("a reader that relies on the type may meet values of any other");
        }
        // The same types by other names.
        Verdict::Same => {}
        _ => return found.accounts_for(&field.same()),
    }
    found.accounts_for(&field.accounted());
}

/// The bits of a number that are not promised any more, or that are of another sort of number.
fn bits(pair: &Pair<'_>, found: &mut Found<'_>) {
    let Some((verdict, texts)) = field::format(pair) else {
        return;
    };
    let subject = options::subject(pair);
    match (verdict, texts.split()) {
        (Verdict::Dropped, (Some(old), _)) => {
            let message = format!(
                "`format` of {subject} is not promised any more; it was {}",
                quoted(old)
            );
            let change = found.at("format", message);
            change.because("a reader that relies on the type may meet values of any other");
        }
        (Verdict::Changed, (Some(old), Some(new))) => {
            found.at(
                "format",
                format!(
                    "`format` of {subject} went from {} to {}",
                    quoted(old),
                    quoted(new)
                ),
            );
        }
        (Verdict::Same, _) => found.accounts_for(&["format"]),
        _ => {}
    }
}

/// Vectors of one model cannot be compared with those of another.
fn vectors(pair: &Pair<'_>, found: &mut Found<'_>) {
    let keys = options::VECTOR.iter().copied();
    let changed: Vec<&str> = keys.filter(|key| pair.has_changed(key)).collect();
    let is_said = |key: &&str| options::vector_text(pair, key).old.is_some();
    let others: Vec<&str> = changed.iter().copied().filter(is_said).collect();
    let Some(first) = others.first() else {
        return;
    };
    let what = others.iter().map(|key| {
        let shown = |text: Option<&str>| text.map_or("nothing".to_owned(), quoted);
        let (old, new) = options::vector_text(pair, key).map(shown).split();
        format!("`{key}` went from {old} to {new}")
    });
    let what: Vec<String> = what.collect();
    let message = format!(
        "the vectors of {} are of another space: {}",
        options::subject(pair),
        what.join(", ")
    );
    found
        .at(first, message)
        .because("distances to vectors that a reader made before mean nothing");
    found.accounts_for(&changed);
}

#[cfg(test)]
mod tests {
    use crate::testing;

    fn field(old: &str, new: &str) -> Vec<String> {
        testing::field(
            "[{server: p, type: postgres, host: h, port: 1, database: d, schema: s}]",
            old,
            new,
        )
    }

    #[test]
    fn one_type_is_one_change() {
        for (old, new, expected) in [
            (
                "logicalType: integer, physicalType: int",
                "logicalType: number, physicalType: 'decimal(10,2)'",
                "logical-type-changed major: field `t.x` went from `integer` (`int`) to `number` (`decimal(10,2)`)",
            ),
            (
                "logicalType: integer, physicalType: int",
                "logicalType: number, physicalType: Money",
                "logical-type-changed major: field `t.x` went from `integer` (`int`) to `number` (`Money`)",
            ),
            (
                "logicalType: string, physicalType: uuid",
                "logicalType: string, physicalType: varchar(36)",
                "logical-type-changed major: field `t.x` went from `uuid` to `varchar(36)`",
            ),
            (
                "logicalType: string, physicalType: text",
                "logicalType: string",
                "logical-type-changed major: the physical type of field `t.x` is not promised any more; it was `text`",
            ),
            (
                "logicalType: string, physicalType: varchar",
                "logicalType: string, physicalType: character varying",
                "key-order-or-comments none: the files differ, and the documents do not",
            ),
            (
                "physicalType: int",
                "physicalType: Flag",
                "needs-review review: `physicalType` of field `t.x` changed from `int` to `Flag`",
            ),
        ] {
            assert_eq!(field(old, new), [expected], "{old} > {new}");
        }
    }

    #[test]
    fn a_type_that_is_known_does_not_hide_one_that_is_not() {
        let found = field(
            "physicalType: Flag",
            "logicalType: boolean, physicalType: Mark",
        );
        let kinds: Vec<_> = found.iter().map(|text| text.split(':').next()).collect();
        assert_eq!(
            kinds,
            [Some("needs-review review"), Some("type-declared minor")]
        );
    }

    #[test]
    fn vectors_are_of_a_space() {
        let vector =
            |options: &str| format!("logicalType: vector, logicalTypeOptions: {{{options}}}");
        let found = field(
            &vector("dimensions: 384, embeddingModel: a"),
            &vector("dimensions: 768, embeddingModel: b, elementType: float32"),
        );
        assert_eq!(
            found,
            [
                "logical-type-changed major: the vectors of field `t.x` are of another space: `dimensions` went from `384` to `768`, `embeddingModel` went from `a` to `b`"
            ]
        );
        let found = field(
            &vector("dimensions: 384"),
            &vector("dimensions: 384, embeddingModel: a"),
        );
        assert_eq!(
            found,
            ["type-declared minor: `embeddingModel` of field `t.x` is `a` now"]
        );
    }

    #[test]
    fn options_that_no_standard_has_are_not_passed_over() {
        let bare = "logicalType: string";
        let said = "logicalType: string, logicalTypeOptions: {maxLength: 9, shape: round}";
        let kinds = |found: Vec<String>| -> Vec<String> {
            let kind = |text: &String| text.split(' ').next().unwrap_or_default().to_owned();
            found.iter().map(kind).collect()
        };
        assert_eq!(
            kinds(field(bare, said)),
            ["needs-review", "bounds-tightened"]
        );
        assert_eq!(
            kinds(field(said, bare)),
            ["bounds-loosened", "needs-review"]
        );
    }

    #[test]
    fn parts_of_lists_have_types_too() {
        let of = |element: &str| format!("logicalType: array, items: {{logicalType: {element}}}");
        assert_eq!(
            field(&of("integer"), &of("string")),
            ["logical-type-changed major: field `t.x[]` went from `integer` to `string`"]
        );
    }

    #[test]
    fn vectors_are_not_normalized_unless_they_say_so() {
        let of = |rest: &str| {
            format!("logicalType: vector, logicalTypeOptions: {{dimensions: 3{rest}}}")
        };
        assert_eq!(
            field(&of(""), &of(", normalized: true")),
            [
                "logical-type-changed major: the vectors of field `t.x` are of another space: `normalized` went from `false` to `true`"
            ]
        );
        assert!(field(&of(""), &of(", normalized: false"))[0].starts_with("key-order"));
    }
}
