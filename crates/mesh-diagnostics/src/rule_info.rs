use crate::Level;

/// What a format that describes rules needs to know of one.
#[derive(Debug, Clone, Copy)]
pub struct RuleInfo<'a> {
    /// Kebab-case id.
    pub id: &'a str,
    /// The group of the rule.
    pub group: &'a str,
    /// How serious a finding is where nothing else was decided.
    pub level: Level,
    /// What the rule asks for, as one sentence.
    pub summary: &'a str,
    /// Why it asks, and how to comply: Markdown.
    pub docs: &'a str,
}
