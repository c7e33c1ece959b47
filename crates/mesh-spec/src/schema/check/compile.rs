//! From the text of a schema to [`Rules`].

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use super::written::{Keywords, Written};
use super::{Choice, Id, Key, ObjectRules, Pattern, Rules, Subschema, Types};

/// Where the definitions of a schema are.
const DEFINITIONS: &str = "#/$defs/";

/// Compiles a schema; `None` if it says something that [`Subschema`] has no place for.
pub(super) fn compile(text: &str) -> Option<Rules> {
    let written: Written = serde_json::from_str(text).ok()?;
    let Written::Keywords(root) = &written else {
        return None;
    };
    let mut compiler = Compiler {
        definitions: &root.definitions,
        schemas: Vec::new(),
        known: HashMap::new(),
    };
    let root = compiler.add(&written)?;
    Some(Rules {
        schemas: compiler.schemas,
        root,
    })
}

/// The order in which keys are kept: by length first, which tells most of them apart.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

struct Compiler<'w> {
    definitions: &'w BTreeMap<String, Written>,
    schemas: Vec<Subschema>,
    /// The definitions that have been met, compiled or about to be: they may contain themselves.
    known: HashMap<&'w str, Id>,
}

impl<'w> Compiler<'w> {
    fn add(&mut self, written: &'w Written) -> Option<Id> {
        let id = self.reserve();
        self.fill(id, written)?;
        Some(id)
    }

    fn reserve(&mut self) -> Id {
        self.schemas.push(Subschema::default());
        self.schemas.len() - 1
    }

    fn fill(&mut self, id: Id, written: &'w Written) -> Option<()> {
        self.schemas[id] = match written {
            Written::Always(holds) => Subschema {
                never: !holds,
                ..Subschema::default()
            },
            Written::Keywords(keywords) => self.subschema(keywords)?,
        };
        Some(())
    }

    fn each(&mut self, written: &'w [Written]) -> Option<Box<[Id]>> {
        written.iter().map(|one| self.add(one)).collect()
    }

    #[expect(
        clippy::option_option,
        reason = "the outer one says whether the schema is understood"
    )]
    fn optional(&mut self, written: Option<&'w Written>) -> Option<Option<Id>> {
        match written {
            Some(written) => Some(Some(self.add(written)?)),
            None => Some(None),
        }
    }

    fn definition(&mut self, reference: &'w str) -> Option<Id> {
        let name = reference.strip_prefix(DEFINITIONS)?;
        if let Some(id) = self.known.get(name) {
            return Some(*id);
        }
        let id = self.reserve();
        self.known.insert(name, id);
        self.fill(id, self.definitions.get(name)?)?;
        Some(id)
    }

    fn subschema(&mut self, keywords: &'w Keywords) -> Option<Subschema> {
        let mut all: Vec<Id> = Vec::new();
        if let Some(reference) = &keywords.reference {
            all.push(self.definition(reference)?);
        }
        let types = types(keywords)?;
        let mut conditions = Conditions {
            are_about_objects: types == Types::OBJECT,
            ..Conditions::default()
        };
        self.condition(keywords, &mut conditions)?;
        for part in &keywords.all_of {
            match part {
                // A part that is nothing but a condition can be asked here.
                Written::Keywords(part) if part.condition.is_some() && part.count == 2 => {
                    self.condition(part, &mut conditions)?;
                }
                part => all.push(self.add(part)?),
            }
        }
        let pattern = keywords.pattern.as_deref();
        Some(Subschema {
            never: false,
            types,
            texts: texts(keywords)?,
            pattern: pattern.map(|written| Pattern {
                written: written.into(),
                compiled: OnceLock::new(),
            }),
            minimum: keywords.minimum,
            exclusive_minimum: keywords.exclusive_minimum,
            object: self.object(keywords)?,
            items: self.optional(keywords.items.as_ref())?,
            min_items: keywords.min_items,
            max_items: keywords.max_items,
            unique_items: keywords.unique_items,
            is_composed: !all.is_empty()
                || !conditions.choices.is_empty()
                || !conditions.other.is_empty()
                || !keywords.any_of.is_empty()
                || !keywords.one_of.is_empty(),
            all: all.into(),
            any: self.each(&keywords.any_of)?,
            one: self.each(&keywords.one_of)?,
            choices: conditions.choices.into_iter().map(Choice::from).collect(),
            conditions: conditions.other.into(),
        })
    }

    #[expect(
        clippy::option_option,
        reason = "the outer one says whether the schema is understood"
    )]
    fn object(&mut self, keywords: &'w Keywords) -> Option<Option<Box<ObjectRules>>> {
        let is_silent = keywords.properties.is_empty()
            && keywords.required.is_empty()
            && keywords.additional_properties.is_none()
            && keywords.unevaluated_properties.is_none();
        if is_silent {
            return Some(None);
        }
        let mut keys: Vec<Key> = Vec::new();
        for (name, value) in &keywords.properties {
            keys.push(Key {
                name: name.as_str().into(),
                value: Some(self.add(value)?),
                is_required: false,
            });
        }
        for name in &keywords.required {
            match keys.iter_mut().find(|key| *key.name == **name) {
                Some(key) => key.is_required = true,
                None => keys.push(Key {
                    name: name.as_str().into(),
                    value: None,
                    is_required: true,
                }),
            }
        }
        keys.sort_by(|a, b| order(&a.name, &b.name));
        Some(Some(Box::new(ObjectRules {
            required: keys.iter().filter(|key| key.is_required).count(),
            keys: keys.into(),
            additional: self.optional(keywords.additional_properties.as_ref())?,
            forbids_unevaluated: match keywords.unevaluated_properties {
                None | Some(Written::Always(true)) => false,
                Some(Written::Always(false)) => true,
                Some(Written::Keywords(_)) => return None,
            },
        })))
    }

    fn condition(&mut self, keywords: &'w Keywords, conditions: &mut Conditions<'w>) -> Option<()> {
        let (condition, then) = match (&keywords.condition, &keywords.then) {
            (Some(condition), Some(then)) => (condition, self.add(then)?),
            (None, None) => return Some(()),
            _ => return None,
        };
        match cases(condition).filter(|_| conditions.are_about_objects) {
            Some(cases) => conditions.add(&cases, then),
            None => conditions.other.push((self.add(condition)?, then)),
        }
        Some(())
    }
}

fn types(keywords: &Keywords) -> Option<Types> {
    let Some(names) = &keywords.types else {
        return Some(Types::ANY);
    };
    let names = names.0.iter();
    names
        .map(|name| Types::named(name))
        .try_fold(Types::NONE, |types, named| Some(types.and(named?)))
}

#[expect(
    clippy::option_option,
    reason = "the outer one says whether the schema is understood"
)]
fn texts(keywords: &Keywords) -> Option<Option<Box<[Box<str>]>>> {
    let boxed = |text: &String| Box::from(text.as_str());
    match (&keywords.constant, &keywords.list) {
        (Some(_), Some(_)) => None,
        (Some(constant), None) => Some(Some(Box::new([boxed(constant)]))),
        (None, Some(list)) => Some(Some(list.iter().map(boxed).collect())),
        (None, None) => Some(None),
    }
}

/// The conditions of a subschema: those that are about the value of one key, by that key, and the
/// others.
#[derive(Default)]
struct Conditions<'w> {
    /// Whether nothing but an object gets as far as being asked: of anything else, a condition
    /// about a key is true.
    are_about_objects: bool,
    choices: BTreeMap<&'w str, Gathered<'w>>,
    other: Vec<(Id, Id)>,
}

#[derive(Default)]
struct Gathered<'w> {
    cases: Vec<(&'w str, Id)>,
    absent: Vec<Id>,
}

impl<'w> Conditions<'w> {
    /// Adds "if one of `cases` holds, then".
    fn add(&mut self, cases: &[Case<'w>], then: Id) {
        for (index, case) in cases.iter().enumerate() {
            let gathered = self.choices.entry(case.key).or_default();
            gathered.cases.push((case.value, then));
            if !case.is_required && index == 0 {
                gathered.absent.push(then);
            }
        }
    }
}

impl From<(&str, Gathered<'_>)> for Choice {
    fn from((key, mut gathered): (&str, Gathered<'_>)) -> Self {
        gathered.cases.sort_by_key(|(value, _)| *value);
        let cases = gathered.cases.into_iter();
        Self {
            key: key.into(),
            cases: cases.map(|(value, then)| (value.into(), then)).collect(),
            absent: gathered.absent.into(),
        }
    }
}

/// "The key has this value."
struct Case<'w> {
    key: &'w str,
    value: &'w str,
    /// Whether it must be there to have it.
    is_required: bool,
}

/// A condition as cases of one key, of which one has to hold; `None` if it is of another form.
fn cases(condition: &Written) -> Option<Vec<Case<'_>>> {
    let cases: Vec<Case<'_>> = match condition {
        Written::Keywords(either) if !either.any_of.is_empty() && either.count == 1 => {
            either.any_of.iter().map(case).collect::<Option<_>>()?
        }
        one => vec![case(one)?],
    };
    let first = cases.first()?;
    let mut values: Vec<&str> = cases.iter().map(|case| case.value).collect();
    values.sort_unstable();
    let is_unique = values.windows(2).all(|pair| pair[0] != pair[1]);
    let are_alike = cases
        .iter()
        .all(|case| case.key == first.key && case.is_required == first.is_required);
    (is_unique && are_alike).then_some(cases)
}

fn case(condition: &Written) -> Option<Case<'_>> {
    let Written::Keywords(keywords) = condition else {
        return None;
    };
    let (key, Written::Keywords(value)) = keywords.properties.first_key_value()? else {
        return None;
    };
    let (is_required, count) = match &keywords.required[..] {
        [] => (false, 1),
        [one] if one == key => (true, 2),
        _ => return None,
    };
    let is_bare = keywords.count == count && keywords.properties.len() == 1 && value.count == 1;
    Some(Case {
        key,
        value: value.constant.as_deref().filter(|_| is_bare)?,
        is_required,
    })
}
