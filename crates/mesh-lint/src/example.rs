//! Examples: what the documentation shows and what the tests run are the same text.
//!
//! An example shows only the lines that matter. Each of its files is laid over a complete, clean
//! document ([`base`]): a top-level key of the excerpt replaces that key of the base. So an example
//! stays short enough to read, and breaks one rule and no other. Only `mesh.yaml` is what it says, the
//! settings of the example, and so is what the registry says of a published version:
//! `registry/status/<id>/<version>.yaml`.

/// The files of an example.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// The files, as excerpts. The base product and contract are there as well, unless replaced.
    pub files: &'static [Excerpt],
    /// Whether a registry is asked; it holds the files below `registry/`.
    pub with_registry: bool,
}

/// Part of a file.
#[derive(Debug, Clone, Copy)]
pub struct Excerpt {
    /// The path within the example, such as `orders/dataproduct.yaml`.
    pub path: &'static str,
    /// The lines shown.
    pub yaml: &'static str,
    /// Top-level keys of the base that this file does not have.
    pub without: &'static [&'static str],
    /// Whether the file stands for one that cannot be read.
    pub is_unreadable: bool,
}

/// Where the base product stands.
pub(crate) const PRODUCT_PATH: &str = "orders/dataproduct.yaml";
/// Where the base contract stands.
pub(crate) const CONTRACT_PATH: &str = "orders/orders.odcs.yaml";

impl Example {
    /// An example of several files.
    pub const fn files(files: &'static [Excerpt]) -> Self {
        Self {
            files,
            with_registry: false,
        }
    }

    /// The same with a registry that holds the files below `registry/`.
    #[must_use]
    pub const fn with_registry(self) -> Self {
        Self {
            with_registry: true,
            ..self
        }
    }
}

impl Excerpt {
    /// The file `path`.
    pub const fn new(path: &'static str, yaml: &'static str) -> Self {
        Self {
            path,
            yaml,
            without: &[],
            is_unreadable: false,
        }
    }

    /// The file `path`, which cannot be read; `yaml` says so to the reader of the example.
    pub const fn unreadable(path: &'static str, yaml: &'static str) -> Self {
        Self {
            is_unreadable: true,
            ..Self::new(path, yaml)
        }
    }

    /// Lines of the base product.
    pub const fn product(yaml: &'static str) -> Self {
        Self::new(PRODUCT_PATH, yaml)
    }

    /// Lines of the base contract.
    pub const fn contract(yaml: &'static str) -> Self {
        Self::new(CONTRACT_PATH, yaml)
    }

    /// The same without some top-level keys of the base.
    #[must_use]
    pub const fn without(self, keys: &'static [&'static str]) -> Self {
        Self {
            without: keys,
            ..self
        }
    }

    /// The whole file: the base with this excerpt laid over it.
    pub fn complete(&self) -> String {
        let base = if self.path.ends_with("dataproduct.yaml") {
            base::PRODUCT
        } else {
            base::CONTRACT
        };
        let replaced: Vec<&str> = blocks(self.yaml)
            .map(|(key, _)| key)
            .chain(self.without.iter().copied())
            .collect();
        let mut text: String = blocks(base)
            .filter(|(key, _)| !replaced.contains(key))
            .map(|(_, block)| block)
            .collect();
        text.push_str(self.yaml);
        text
    }
}

/// The top-level `key: …` blocks of a YAML text, with their keys.
fn blocks(yaml: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut starts: Vec<usize> = yaml
        .split_inclusive('\n')
        .scan(0, |offset, line| {
            let start = *offset;
            *offset += line.len();
            Some((start, line))
        })
        .filter(|(_, line)| line.starts_with(|c: char| c.is_ascii_alphabetic()))
        .map(|(start, _)| start)
        .collect();
    starts.push(yaml.len());
    (0..starts.len() - 1).map(move |index| {
        let block = &yaml[starts[index]..starts[index + 1]];
        let key = block.split(':').next().unwrap_or_default();
        (key, block)
    })
}

/// The documents that examples are laid over.
mod base {
    /// A data product that no rule objects to.
    pub(super) const PRODUCT: &str = include_str!("examples/dataproduct.yaml");
    /// Its contract.
    pub(super) const CONTRACT: &str = include_str!("examples/orders.odcs.yaml");
}

#[cfg(test)]
mod tests {
    use mesh_diagnostics::{Diagnostic, Fix, Source, Span};
    use mesh_spec::document::Document;
    use mesh_spec::terms::dates::Day;
    use mesh_spec::vocabulary::Vocabularies;
    use mesh_spec::workspace::{Deprecation, Published, Role, Workspace, expected_kind};
    use mesh_spec::yaml::{NodeRef, edit};

    use super::*;
    use crate::rules::{self, style};
    use crate::{Adjustments, Options, Rule, Selector, lint};

    /// Where the settings of an example stand, which are no manifest.
    const SETTINGS_PATH: &str = "mesh.yaml";

    /// Where what the registry says of published versions stands.
    const STATUS: &str = "registry/status/";

    /// Everything that mesh says about an example of a rule.
    fn findings(rule: &Rule, example: &Example) -> Vec<Diagnostic> {
        let documents = documents(example);
        let published = registry(example, &documents);
        lint_all(documents, published, &options(rule, example))
    }

    /// All files of an example, with those of the base that it does not replace.
    fn documents(example: &Example) -> Vec<(Document, Role)> {
        let base = [Excerpt::product(""), Excerpt::contract("")];
        let base = base
            .iter()
            .filter(|file| example.files.iter().all(|other| other.path != file.path));
        let mut documents: Vec<_> = base
            .chain(example.files)
            .filter(|file| file.path != SETTINGS_PATH && !file.path.starts_with(STATUS))
            .map(|excerpt| (document(excerpt), role(excerpt)))
            .collect();
        documents.sort_by(|(a, _), (b, _)| a.name().cmp(b.name()));
        documents
    }

    /// What the registry of an example says.
    fn registry(example: &Example, documents: &[(Document, Role)]) -> Option<Published> {
        let mut published = example.with_registry.then(|| Published::of(documents))?;
        for file in example.files {
            let Some(of) = file.path.strip_prefix(STATUS) else {
                continue;
            };
            let (id, version) = of.split_once('/').expect("an id and a version");
            let version = version.strip_suffix(".yaml").expect("a YAML file");
            let document = Document::parse(file.path, file.yaml.into(), None);
            let said = document.tree.as_ref().map(mesh_spec::yaml::Tree::to_json);
            let said = said.expect("what is said is YAML");
            let text = |key: &str| said[key].as_str().map(str::to_owned);
            let mut offers: Vec<_> = published
                .offers
                .values_mut()
                .flatten()
                .filter(|offer| offer.id == id && offer.version == version)
                .collect();
            assert!(!offers.is_empty(), "{}: nothing is published", file.path);
            for offer in &mut offers {
                match text("kind").as_deref() {
                    Some("yank") => offer.yanked = text("reason"),
                    Some("deprecate") => {
                        let day = text("endOfSupport").and_then(|day| Day::exactly(&day));
                        offer.deprecated = Some(Deprecation {
                            end_of_support: day.expect("a day"),
                            replaced_by: text("replacedBy"),
                            reason: text("reason"),
                        });
                    }
                    other => panic!("{}: {other:?}", file.path),
                }
            }
        }
        Some(published)
    }

    /// Every rule, with the words that the example's `mesh.yaml` has agreed on.
    fn options(rule: &Rule, example: &Example) -> Options {
        let mut options = Options::as_of("2026-06-30");
        let settings = example.files.iter().find(|file| file.path == SETTINGS_PATH);
        if let Some(settings) = settings {
            options.settings.vocabularies = vocabularies(settings.yaml);
        }
        // An excerpt stands below the base, so its keys stand anywhere.
        if rule.id != style::key_order::RULE.id {
            options.settings.adjustments.push(Adjustments {
                ignore: vec![Selector::Rule(&style::key_order::RULE)],
                ..Adjustments::default()
            });
        }
        options
    }

    fn vocabularies(yaml: &str) -> Vocabularies {
        let document = Document::parse(SETTINGS_PATH, yaml.into(), None);
        let settings = document.tree.as_ref().map(mesh_spec::yaml::Tree::to_json);
        let settings = settings.expect("the settings are YAML");
        let words = settings["vocabularies"].clone();
        serde_json::from_value(words).expect("the settings are vocabularies")
    }

    fn lint_all(
        documents: Vec<(Document, Role)>,
        published: Option<Published>,
        options: &Options,
    ) -> Vec<Diagnostic> {
        let workspace = Workspace::new(documents, published);
        let outcome = lint(&workspace, options);
        assert_eq!(outcome.defects, Vec::<String>::new());
        outcome.report.diagnostics().to_vec()
    }

    /// Findings as `rule (file): message` lines.
    fn lines(findings: &[Diagnostic]) -> Vec<String> {
        let line = |d: &Diagnostic| format!("{} ({}): {}", d.rule, d.source.name(), d.message);
        findings.iter().map(line).collect()
    }

    fn document(excerpt: &Excerpt) -> Document {
        if excerpt.is_unreadable {
            return Document::unreadable(
                excerpt.path,
                "the file cannot be read".to_owned(),
                "make it readable",
            );
        }
        let kind = expected_kind(excerpt.path.as_ref());
        Document::parse(excerpt.path, excerpt.complete().into_bytes(), kind)
    }

    fn role(excerpt: &Excerpt) -> Role {
        if excerpt.path.starts_with("registry/") {
            Role::Published
        } else {
            Role::Target
        }
    }

    #[test]
    fn the_base_is_clean() {
        let empty = Example::files(&[]);
        for rule in [&style::key_order::RULE, rules::ALL[0]] {
            assert_eq!(lines(&findings(rule, &empty)), Vec::<String>::new());
        }
    }

    #[test]
    fn a_failing_example_fires_its_rule_and_no_other() {
        let mut wrong = Vec::new();
        for rule in rules::ALL {
            let found = lines(&findings(rule, &rule.fails));
            assert!(!found.is_empty(), "{}: the failing example passes", rule.id);
            let own = format!("{} ", rule.id);
            let others = found.iter().filter(|line| !line.starts_with(&own));
            wrong.extend(others.map(|line| format!("{} also says: {line}", rule.id)));
        }
        assert_eq!(wrong, Vec::<String>::new());
    }

    #[test]
    fn a_passing_example_is_silent() {
        let mut wrong = Vec::new();
        for rule in rules::ALL {
            let found = lines(&findings(rule, &rule.passes));
            wrong.extend(found.iter().map(|line| format!("{} says: {line}", rule.id)));
        }
        assert_eq!(wrong, Vec::<String>::new());
    }

    /// The documents after `fix` of the file called `name`.
    fn fixed(documents: Vec<(Document, Role)>, name: &str, fix: &Fix) -> Vec<(Document, Role)> {
        let apply = |document: &Document| {
            let tree = document.tree.as_ref().expect("what is fixed is YAML");
            let text = edit::verify(tree, &fix.changes, &fix.edits);
            text.unwrap_or_else(|| panic!("{name}: the fix does more than it says: {fix:#?}"))
        };
        documents
            .into_iter()
            .map(|(document, role)| {
                if document.name() != name || role != Role::Target {
                    return (document, role);
                }
                let name = match &fix.rename {
                    Some(new) => format!("{}/{new}", document.folder()),
                    None => name.to_owned(),
                };
                let kind = expected_kind(name.as_ref());
                let text = apply(&document).into_bytes();
                (Document::parse(name, text, kind), role)
            })
            .collect()
    }

    #[test]
    fn a_fix_does_what_it_says_and_settles_the_finding() {
        for rule in rules::ALL {
            let mut documents = documents(&rule.fails);
            let mut left: Option<usize> = None;
            let mut offered = 0;
            loop {
                let published = registry(&rule.fails, &documents);
                let workspace = Workspace::new(documents, published);
                let outcome = lint(&workspace, &options(rule, &rule.fails));
                let found = outcome.report.diagnostics();
                let own = found.iter().filter(|found| found.rule == rule.id);
                let (fixable, others): (Vec<_>, Vec<_>) =
                    own.partition(|found| found.fix.is_some());
                let most = *left.get_or_insert(others.len());
                assert!(others.len() <= most, "{}: a fix makes findings", rule.id);
                let Some(diagnostic) = fixable.first() else {
                    break;
                };
                let fix = diagnostic.fix.clone().expect("it is fixable");
                let declared = rule
                    .fix
                    .unwrap_or_else(|| panic!("{}: it offers a fix and does not say so", rule.id));
                assert!(fix.safety >= declared, "{}: not that safe", rule.id);
                assert!(!fix.title.ends_with('.'), "{}: {}", rule.id, fix.title);
                offered += 1;
                assert!(offered < 100, "{}: its fixes never end", rule.id);
                documents = fixed(workspace.into_documents(), diagnostic.source.name(), &fix);
            }
            assert!(
                rule.fix.is_none() || offered > 0,
                "{}: no fix is offered",
                rule.id
            );
        }
    }

    #[test]
    fn every_finding_reads_well() {
        let place = |source: &Source, span: Span| {
            let start = source.position(span.start);
            format!("{}:{}:{}", source.name(), start.line, start.column)
        };
        for rule in rules::ALL {
            let text: String = findings(rule, &rule.fails)
                .iter()
                .map(|diagnostic| describe(diagnostic, place))
                .collect();
            insta::assert_snapshot!(rule.id, text);
        }
    }

    /// A finding in full, as a reader gets to know it.
    fn describe(diagnostic: &Diagnostic, place: impl Fn(&Source, Span) -> String) -> String {
        let Diagnostic {
            rule,
            level,
            message,
            ..
        } = diagnostic;
        let help = diagnostic
            .help
            .as_deref()
            .expect("every finding says what to do");
        assert!(!message.ends_with('.') && !help.ends_with('.'), "{message}");
        let at = place(&diagnostic.source, diagnostic.span);
        let mut text = format!("{level}[{rule}] {at}\n  {message}\n  help: {help}\n");
        for related in &diagnostic.related {
            let at = place(&related.source, related.span);
            text += &format!("  see {at}: {}\n", related.message);
        }
        if let Some(fix) = &diagnostic.fix {
            text += &format!("  {} fix: {}\n", fix.safety.as_str(), fix.title);
        }
        text
    }

    #[test]
    fn a_value_of_the_wrong_type_is_reported_once() {
        for changed in [Excerpt::product(""), Excerpt::contract("")] {
            let clean = document(&changed);
            let mut values = Vec::new();
            collect_scalars(
                clean.tree.as_ref().expect("the base is YAML").root(),
                &mut values,
            );
            for span in values {
                let mut text = changed.complete();
                text.replace_range(span.range(), "{wrong: type}");
                let documents = [Excerpt::product(""), Excerpt::contract("")].map(|excerpt| {
                    let mut text_of = excerpt.complete();
                    if excerpt.path == changed.path {
                        text_of.clone_from(&text);
                    }
                    let kind = expected_kind(excerpt.path.as_ref());
                    (
                        Document::parse(excerpt.path, text_of.into_bytes(), kind),
                        Role::Target,
                    )
                });
                let found = lines(&lint_all(
                    documents.into(),
                    None,
                    &Options::as_of("2026-06-30"),
                ));
                let is_violation = |line: &String| line.starts_with("schema-violation");
                // A contract whose id or version is no text is not found under it: that is news in
                // another file.
                let news = ["contract-not-found", "port-contract-version-mismatch"];
                let others = found
                    .iter()
                    .filter(|line| news.iter().all(|rule| !line.starts_with(rule)));
                if found.iter().any(is_violation) {
                    assert!(others.clone().all(is_violation), "{found:#?}\n{text}");
                }
            }
        }
    }

    fn collect_scalars(node: NodeRef<'_>, found: &mut Vec<Span>) {
        if node.items().len() + node.entries().len() == 0 {
            found.push(node.span());
        }
        for item in node.items() {
            collect_scalars(item, found);
        }
        for (_, value) in node.entries() {
            collect_scalars(value, found);
        }
    }

    #[test]
    fn an_excerpt_replaces_whole_keys() {
        let text = Excerpt::product("name: Other\n")
            .without(&["support"])
            .complete();
        assert!(text.contains("\nname: Other\n") && !text.contains("support:"));
        assert_eq!(text.matches("\nname:").count(), 1);
    }
}
