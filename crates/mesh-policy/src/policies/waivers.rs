//! Waivers are about something that there is, and within the terms that it names.

use std::collections::BTreeSet;

use mesh_diagnostics::nearest;
use mesh_spec::settings::Mistakes;

use crate::pack::Waiver;

use super::{Known, Policies, Terms};

impl Policies {
    /// Whether waivers are about something, and within the terms that they may be granted under.
    pub(super) fn check_waivers(&self, terms: Terms<'_>, mistakes: &mut Mistakes) {
        let known: Vec<Known<'_>> = self.known().collect();
        for (at, waiver) in self.waivers.iter().enumerate() {
            let source = &waiver.head.source;
            let policy = waiver.policy.as_str();
            let named: Vec<&Known<'_>> = known.iter().filter(|known| known.id == policy).collect();
            let Some(first) = named.first() else {
                let help = match nearest(policy, known.iter().map(|known| known.id)) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "name a policy that `mesh policy list` shows, or take the waiver out"
                        .to_owned(),
                };
                mistakes.add(
                    source,
                    waiver.policy_span,
                    format!("there is no policy `{}` in force", waiver.policy),
                    Some(help),
                );
                continue;
            };
            // Of a rule that several packs set, the strictest terms count.
            if let Some(closed) = named.iter().find(|known| known.waivable.is_none()) {
                mistakes.add(
                    source,
                    waiver.policy_span,
                    format!("`{policy}` cannot be waived"),
                    Some("satisfy it, and take the waiver out".to_owned()),
                );
                mistakes.see(
                    &closed.head.source,
                    closed.span,
                    format!("{} says so", closed.head.name),
                );
                continue;
            }
            let waivables = || named.iter().filter_map(|known| known.waivable);
            let approver = waiver.approved_by.trim();
            if !waivables().all(|it| it.approvers.iter().any(|name| name.trim() == approver)) {
                let approvers: BTreeSet<&str> = waivables()
                    .flat_map(|it| &it.approvers)
                    .map(String::as_str)
                    .collect();
                let approvers: Vec<String> = approvers
                    .into_iter()
                    .map(|name| format!("`{name}`"))
                    .collect();
                mistakes.add(
                    source,
                    waiver.approved_by_span,
                    format!("`{approver}` may not approve a waiver of `{policy}`"),
                    Some(format!("have it approved by {}", approvers.join(" or "))),
                );
                mistakes.see(&first.head.source, first.span, "the policy");
            }
            let longest = waivables().map(|it| it.max_days).min().unwrap_or(0);
            let start = waiver.granted.unwrap_or(terms.as_of);
            let term = waiver.expires.days_since(start);
            if term > i64::from(longest) {
                let last = start.days_later(longest);
                mistakes.add(
                    source,
                    waiver.expires_span,
                    format!("the waiver is for {term} days, and `{policy}` can be waived for {longest}"),
                    Some(match waiver.granted {
                        Some(_) => format!("let it expire on {last} or before"),
                        None => format!(
                            "let it expire on {last} or before, or say with `granted:` since when it has been in force"
                        ),
                    }),
                );
                mistakes.see(&first.head.source, first.span, "the policy");
            }
            for other in &self.waivers[..at] {
                if other.head.name == waiver.head.name {
                    mistakes.add(
                        source,
                        waiver.head.name_span,
                        format!("there is another waiver `{}`", waiver.head.name),
                        Some("give one of them another id".to_owned()),
                    );
                    mistakes.see(&other.head.source, other.head.name_span, "the other");
                } else if other.overlaps(waiver) {
                    mistakes.add(
                        source,
                        waiver.policy_span,
                        format!(
                            "`{}` and `{}` both waive `{policy}` for `{}@{}` at the same time",
                            other.head.name, waiver.head.name, waiver.subject, waiver.major
                        ),
                        Some("keep one of them: the term must be plain".to_owned()),
                    );
                    mistakes.see(&other.head.source, other.policy_span, "the other");
                }
            }
        }
    }
}

impl Waiver {
    /// Whether both are for the same, on some day.
    fn overlaps(&self, other: &Self) -> bool {
        let same = self.subject == other.subject
            && self.major == other.major
            && self.policy == other.policy;
        let begins_before_end = |a: &Self, b: &Self| a.granted.is_none_or(|from| from <= b.expires);
        same && begins_before_end(self, other) && begins_before_end(other, self)
    }
}
