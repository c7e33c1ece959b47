use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::price::{self, Change};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "price-lowered",
    group: Group::Service,
    impacts: Impacts::all(Impact::Minor),
    summary: "The data costs less, or nothing any more.",
    why: "readers gain better terms",
    help: "raise the minor version",
    docs: "\
A lower `priceAmount`, also in another unit of time or volume that can be converted, a price of 0,
and a price that is gone. A price of 0 that is gone [needs review](needs-review.md): nobody says any
more that the data is free.",
    reverse: &["price-raised"],
    example: Example::contract(
        "\
price:
  priceAmount: 9.95
  priceCurrency: EUR
  priceUnit: month
",
        "\
price:
  priceAmount: 7.5
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
    if pair.is_removed() {
        if let Some(old) = price::of(pair).old.filter(|old| old.amount > 0.0) {
            found.whole(format!("the data has no price any more, and cost {old}"));
        }
        return;
    }
    if let Some(new) = price::first(pair) {
        if new.amount == 0.0 {
            let key = if pair.is_added() { "" } else { "priceAmount" };
            found.accounts_for(price::KEYS);
            found.at(key, "the data is free, which was not said before");
        }
        return;
    }
    let Some((change, old, new)) = price::change(pair) else {
        return;
    };
    match change {
        Change::Lower => {
            let key = price::first_changed(pair);
            found.accounts_for(price::KEYS);
            found.at(key, format!("the price went down from {old} to {new}"));
        }
        Change::Same => found.accounts_for(price::KEYS),
        Change::Higher | Change::Otherwise | Change::Unsaid => {}
    }
}
