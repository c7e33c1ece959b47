//! The functions of the language.

use super::types::Type;

/// A function that is called on a value: `text.contains('x')`, and for some also as `size(list)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Size,
    Contains,
    StartsWith,
    EndsWith,
    Matches,
    LowerAscii,
    UpperAscii,
    Trim,
    Split,
    ToInt,
    ToDouble,
    ToText,
}

/// How a function is called and what it gives.
pub(crate) struct Signature {
    pub(crate) name: &'static str,
    pub(crate) function: Function,
    /// Whether it is written `value.name(…)`; else `name(value)`.
    pub(crate) is_method: bool,
    /// What it is called on.
    pub(crate) takes: Takes,
    /// The types of the arguments after that.
    pub(crate) arguments: &'static [Type],
    pub(crate) gives: Type,
    /// What it does, for the documentation.
    pub(crate) summary: &'static str,
}

/// What a function is called on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    Text,
    /// A text, a list or values by name.
    Sized,
    /// A number, or a text that writes one.
    Numeric,
    /// A text, a number or a truth value.
    Scalar,
}

impl Takes {
    pub(crate) fn takes(self, ty: Type) -> bool {
        match self {
            Self::Text => matches!(ty, Type::Text | Type::Any),
            Self::Sized => matches!(ty, Type::Text | Type::List(_) | Type::Map(_) | Type::Any),
            Self::Numeric => matches!(ty, Type::Text | Type::Int | Type::Double | Type::Any),
            Self::Scalar => {
                matches!(
                    ty,
                    Type::Text | Type::Int | Type::Double | Type::Bool | Type::Any
                )
            }
        }
    }

    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Sized => "a text or a list",
            Self::Numeric => "a number or a text that writes one",
            Self::Scalar => "a text, a number or a truth value",
        }
    }
}

const fn method(
    name: &'static str,
    function: Function,
    arguments: &'static [Type],
    gives: Type,
    summary: &'static str,
) -> Signature {
    Signature {
        name,
        function,
        is_method: true,
        takes: Takes::Text,
        arguments,
        gives,
        summary,
    }
}

const fn conversion(
    name: &'static str,
    function: Function,
    takes: Takes,
    gives: Type,
    summary: &'static str,
) -> Signature {
    Signature {
        name,
        function,
        is_method: false,
        takes,
        arguments: &[],
        gives,
        summary,
    }
}

/// All functions, the macros aside.
pub(crate) const ALL: &[Signature] = &[
    Signature {
        name: "size",
        function: Function::Size,
        is_method: true,
        takes: Takes::Sized,
        arguments: &[],
        gives: Type::Int,
        summary: "how many characters or items there are",
    },
    Signature {
        is_method: false,
        ..conversion(
            "size",
            Function::Size,
            Takes::Sized,
            Type::Int,
            "the same, written before",
        )
    },
    method(
        "contains",
        Function::Contains,
        &[Type::Text],
        Type::Bool,
        "whether the text holds another",
    ),
    method(
        "startsWith",
        Function::StartsWith,
        &[Type::Text],
        Type::Bool,
        "whether the text starts with another",
    ),
    method(
        "endsWith",
        Function::EndsWith,
        &[Type::Text],
        Type::Bool,
        "whether the text ends with another",
    ),
    method(
        "matches",
        Function::Matches,
        &[Type::Text],
        Type::Bool,
        "whether a regular expression (RE2) is found in the text",
    ),
    method(
        "lowerAscii",
        Function::LowerAscii,
        &[],
        Type::Text,
        "the text in small letters",
    ),
    method(
        "upperAscii",
        Function::UpperAscii,
        &[],
        Type::Text,
        "the text in capital letters",
    ),
    method(
        "trim",
        Function::Trim,
        &[],
        Type::Text,
        "the text without blanks at its ends",
    ),
    method(
        "split",
        Function::Split,
        &[Type::Text],
        Type::List(&Type::Text),
        "the parts of the text between separators",
    ),
    conversion(
        "int",
        Function::ToInt,
        Takes::Numeric,
        Type::Int,
        "a whole number, without the fraction",
    ),
    conversion(
        "double",
        Function::ToDouble,
        Takes::Numeric,
        Type::Double,
        "a number with a fraction",
    ),
    conversion(
        "string",
        Function::ToText,
        Takes::Scalar,
        Type::Text,
        "the value as a text",
    ),
];
