use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::price::{self, Change};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "price-raised",
    group: Group::Service,
    impacts: Impacts::all(Impact::Major),
    summary: "The data costs more, or cannot be compared with what it cost.",
    why: "the terms under which the reader agreed do not hold any more",
    help: "serve the new price under a new major version, and keep the old terms for those who have agreed to them",
    docs: "\
A higher `priceAmount`, a price where there was none, and a price in another `priceCurrency` or for
another `priceUnit`, of which nobody can say what it makes the reader pay. Units of time and of
volume are converted: 10 EUR a month is 120 EUR a year, and 0.01 EUR a megabyte is 10 EUR a
gigabyte. Nothing is nothing in any currency. A currency or unit that is said on one side only
[needs review](needs-review.md).",
    reverse: &["price-lowered", "price-raised", "needs-review"],
    example: Example::contract(
        "\
price:
  priceAmount: 9.95
  priceCurrency: EUR
  priceUnit: month
",
        "\
price:
  priceAmount: 12.5
  priceCurrency: EUR
  priceUnit: month
",
    ),
    on: &[
        On::Added(Entity::Price),
        On::Removed(Entity::Price),
        On::Keys(Entity::Price, price::KEYS),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    if let Some(new) = price::first(pair) {
        if new.amount > 0.0 {
            let key = if pair.is_added() { "" } else { "priceAmount" };
            found.accounts_for(price::KEYS);
            found.at(key, format!("the data costs {new}, and had no price"));
        }
        return;
    }
    let Some((change, old, new)) = price::change(pair) else {
        return;
    };
    match change {
        Change::Higher => {
            let key = price::first_changed(pair);
            found.accounts_for(price::KEYS);
            found.at(key, format!("the price went up from {old} to {new}"));
        }
        Change::Otherwise => {
            let key = price::first_changed(pair);
            found.accounts_for(price::KEYS);
            found
                .at(key, format!("the price went from {old} to {new}"))
                .because("nobody can say whether the reader pays more");
        }
        Change::Same | Change::Lower | Change::Unsaid => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::impact::Impact;
    use crate::testing::contract;

    #[test]
    fn a_first_amount_is_no_rise_from_nothing() {
        let changes = contract(
            "price: {priceCurrency: EUR}\n",
            "price: {priceAmount: 1, priceCurrency: EUR}\n",
        );
        assert_eq!(changes[0].message, "the data costs 1 EUR, and had no price");
        assert_eq!(changes[0].path, "/price/priceAmount");
        let changes = contract("tags: []\n", "price: {priceAmount: 1}\n");
        assert_eq!(changes[0].message, "the data costs 1, and had no price");
        assert_eq!(changes[0].path, "/price");
    }

    #[test]
    fn prices_are_judged_by_what_the_reader_pays() {
        const RAISED: (&str, Impact) = ("price-raised", Impact::Major);
        const LOWERED: (&str, Impact) = ("price-lowered", Impact::Minor);
        const SAME: (&str, Impact) = ("key-order-or-comments", Impact::None);
        const UNKNOWN: (&str, Impact) = ("needs-review", Impact::Review);
        let month = "{priceAmount: 10, priceCurrency: EUR, priceUnit: month}";
        for (old, new, expected) in [
            (
                month,
                "{priceAmount: 11, priceCurrency: EUR, priceUnit: month}",
                RAISED,
            ),
            (
                month,
                "{priceAmount: 10, priceCurrency: USD, priceUnit: month}",
                RAISED,
            ),
            (
                month,
                "{priceAmount: 1, priceCurrency: EUR, priceUnit: request}",
                RAISED,
            ),
            (
                month,
                "{priceAmount: 119, priceCurrency: EUR, priceUnit: year}",
                LOWERED,
            ),
            (
                month,
                "{priceAmount: 120, priceCurrency: eur, priceUnit: years}",
                SAME,
            ),
            (month, "{priceAmount: 0}", LOWERED),
            (month, "{}", LOWERED),
            ("{}", month, RAISED),
            ("{}", "{priceAmount: 0}", LOWERED),
            ("{priceAmount: 0}", "{}", UNKNOWN),
            ("{}", "{priceCurrency: EUR}", UNKNOWN),
            (
                "{priceAmount: 1}",
                "{priceAmount: 1, priceCurrency: [EUR]}",
                UNKNOWN,
            ),
            ("{priceAmount: 1}", "{priceAmount: much}", UNKNOWN),
            (month, "{priceAmount: 10, priceUnit: month}", UNKNOWN),
            (
                "{priceCurrency: EUR}",
                "{priceAmount: 1, priceCurrency: EUR}",
                RAISED,
            ),
            (
                "{priceAmount: 1, priceCurrency: EUR}",
                "{priceCurrency: EUR}",
                UNKNOWN,
            ),
        ] {
            let price = |value: &str| format!("price: {value}\n");
            let found: Vec<_> = contract(&price(old), &price(new))
                .iter()
                .map(|change| (change.kind.id, change.impacts.read))
                .collect();
            assert_eq!(found, [expected], "{old} > {new}");
        }
    }
}
