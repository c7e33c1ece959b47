//! The scorecard for a README, or for a comment on a pull request.

use std::io::Write;

use mesh_diagnostics::render::said;
use mesh_policy::scorecard::{DomainScore, ProductScore, Tier};

use super::Answer;
use crate::failure::Failure;
use crate::ops::comment::{LONGEST, code, escaped};
use crate::ops::text::plural;

pub(super) fn write(answer: &Answer, out: &mut impl Write) -> Result<(), Failure> {
    let mut text = format!(
        "### Scorecard of {}\n\n| data product | domain | level | for the next level |\n|---|---|---|---|\n",
        answer.summary()
    );
    let domains: String = answer.card.domains.iter().map(domain).collect();
    let domains = format!(
        "\n| domain | level | products | gold | silver | bronze | none |\n|---|---|---|---|---|---|---|\n{domains}"
    );
    let notes = answer.notes();
    let notes: String = notes
        .iter()
        .map(|note| format!("\n{}\n", escaped(note)))
        .collect();
    // The domains and the notes say more of a large mesh than its last products do.
    let end = domains + &notes;
    let products = &answer.card.products;
    for (at, product) in products.iter().enumerate() {
        let row = row(product);
        if text.len() + row.len() + end.len() > LONGEST {
            let left = plural(products.len() - at, "data product");
            text += &format!("\n{left} did not fit: `mesh scorecard` shows them all.\n");
            break;
        }
        text += &row;
    }
    if text.len() + end.len() <= LONGEST {
        text += &end;
    }
    out.write_all(text.as_bytes())?;
    Ok(())
}

fn row(product: &ProductScore) -> String {
    let missing = product.missing().map(|(gate, missing)| {
        let message = escaped(&said(&missing.message, "…"));
        format!("[{}]({}): {message}", gate.id, gate.url())
    });
    let missing: Vec<String> = missing.collect();
    let version = product.version.as_deref().unwrap_or_default();
    let name = format!("{} {}", code(&product.label), escaped(version));
    format!(
        "| {} | {} | {} | {} |\n",
        name.trim_end(),
        escaped(product.domain.as_deref().unwrap_or_default()),
        level(product.level),
        missing.join("<br>"),
    )
}

fn domain(domain: &DomainScore) -> String {
    let counts = domain.counts;
    format!(
        "| {} | {} | {} | {} | {} | {} | {} |\n",
        domain
            .name
            .as_deref()
            .map_or("no domain".to_owned(), escaped),
        level(domain.level),
        counts.all(),
        counts.gold,
        counts.silver,
        counts.bronze,
        counts.none,
    )
}

fn level(level: Option<Tier>) -> &'static str {
    match level {
        Some(Tier::Gold) => "🥇 gold",
        Some(Tier::Silver) => "🥈 silver",
        Some(Tier::Bronze) => "🥉 bronze",
        None => "none",
    }
}
