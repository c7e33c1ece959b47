//! What the names of types mean, where they are used.

use super::parse::{Named, ZoneWords};
use super::{Dialect, Family, Limit, Range, Text, Timestamp, Type, Unit, Zone};

use Dialect::{
    Athena, BigQuery, ClickHouse, Common, Db2, DuckDb, Exasol, Hana, Hive, Iceberg, Impala, MySql,
    Oracle, Postgres, Redshift, Snowflake, Spark, SqlServer, Sqlite, Teradata, Trino, Vertica,
};

/// The type of a name with its arguments; `None` if there is none that mesh knows.
pub(super) fn resolve(named: &Named<'_>) -> Option<Type> {
    let modifiers = [
        named.words.is_unsigned,
        named.words.zone.is_some(),
        named.words.is_bits || !named.words.charset.is_empty(),
    ];
    if modifiers.into_iter().filter(|is_there| *is_there).count() > 1 {
        return None;
    }
    if named.words.is_unsigned {
        return match number(named)? {
            Type::Integer { above, .. } if above < u16::MAX => Some(Type::unsigned(above + 1)),
            _ => None,
        };
    }
    if named.words.zone.is_some() {
        return moment(named);
    }
    if named.words.is_bits || !named.words.charset.is_empty() {
        return text(named);
    }
    number(named)
        .or_else(|| text(named))
        .or_else(|| moment(named))
        .or_else(|| composed(named))
        .or_else(|| other(named))
}

/// Numbers and truth values.
fn number(named: &Named<'_>) -> Option<Type> {
    let dialect = named.dialect;
    let numbers = named.numbers()?;
    let integer = |bits: u16| {
        Some(match dialect.integer_digits(bits) {
            Some(digits) => decimal_of(digits, 0),
            None => Type::signed(dialect.integer_bits(bits)),
        })
    };
    match named.name.as_str() {
        "boolean" | "bool" if numbers.is_empty() => Some(Type::Boolean),
        "bit" if dialect == SqlServer && numbers.is_empty() => Some(Type::Boolean),
        "tinyint" if dialect == MySql && numbers == [1] => Some(Type::Boolean),
        "tinyint" if matches!(dialect, SqlServer | Hana) => Some(Type::unsigned(8)),
        "tinyint" | "byteint" => integer(8),
        "smallint" | "int2" | "smallserial" | "serial2" => integer(16),
        "short" if matches!(dialect, Common | Spark) => integer(16),
        "byte" if dialect == Spark => integer(8),
        "mediumint" | "int3" | "middleint" => integer(24),
        "serial" if dialect == MySql => Some(Type::unsigned(64)),
        "int" | "integer" | "int4" | "serial" | "serial4" => integer(32),
        "bigint" | "bigserial" | "serial8" => integer(64),
        "long" if !matches!(dialect, Oracle | MySql) => integer(64),
        // One byte in some systems, and eight in others.
        "int8" => match dialect {
            ClickHouse => Some(Type::signed(8)),
            Postgres | Redshift | Vertica | MySql | DuckDb | Sqlite => Some(Type::signed(64)),
            Oracle | Snowflake | Exasol => None,
            _ => Some(plain(Family::Integer, named)),
        },
        "int16" | "int32" | "int64" | "int128" | "int256" | "uint8" | "uint16" | "uint32"
        | "uint64" | "uint128" | "uint256" => sized(&named.name),
        "utinyint" => Some(Type::unsigned(8)),
        "usmallint" => Some(Type::unsigned(16)),
        "uinteger" => Some(Type::unsigned(32)),
        "ubigint" => Some(Type::unsigned(64)),
        "hugeint" => Some(Type::signed(128)),
        "uhugeint" => Some(Type::unsigned(128)),
        "decimal" | "numeric" | "dec" | "number" | "bignumeric" | "bigdecimal" | "fixed"
        | "decimal32" | "decimal64" | "decimal128" | "decimal256" | "money" | "smallmoney" => {
            decimal(named)
        }
        "real" | "float" | "float4" | "float8" | "float16" | "float32" | "float64" | "half"
        | "double" | "double precision" | "binary_float" | "binary_double" | "bfloat16" => {
            float(named)
        }
        _ => None,
    }
}

/// `int64`, `uint8`: so many bits.
fn sized(name: &str) -> Option<Type> {
    let bits = |text: &str| text.parse().ok();
    match name.strip_prefix("uint") {
        Some(rest) => bits(rest).map(Type::unsigned),
        None => bits(name.strip_prefix("int")?).map(Type::signed),
    }
}

fn decimal_of(digits: i64, scale: i64) -> Type {
    Type::Decimal {
        before: Limit::At(digits.saturating_sub(scale)),
        after: Limit::At(scale),
    }
}

fn decimal(named: &Named<'_>) -> Option<Type> {
    let dialect = named.dialect;
    let unsaid = |found: Option<(Limit, Limit)>| {
        let (before, after) = found.unwrap_or((Limit::Unsaid, Limit::Unsaid));
        Some(Type::Decimal { before, after })
    };
    let numbers = named.numbers()?;
    let widths = [
        ("decimal32", 9),
        ("decimal64", 18),
        ("decimal128", 38),
        ("decimal256", 76),
    ];
    match (named.name.as_str(), numbers.as_slice()) {
        // They end within their last digit, where no decimal does.
        ("money" | "smallmoney", []) if dialect == SqlServer => Some(plain(Family::Decimal, named)),
        ("money" | "smallmoney", _) => None,
        ("fixed", _) if dialect != MySql => None,
        ("bignumeric" | "bigdecimal", []) => Some(decimal_of(76, 38)),
        ("number", []) if dialect == Exasol => Some(Type::float(64)),
        ("number", []) => unsaid(dialect.number()),
        (name, [scale]) if widths.iter().any(|(other, _)| *other == name) => {
            let (_, digits) = widths.iter().find(|(other, _)| *other == name)?;
            Some(decimal_of(*digits, *scale))
        }
        ("decimal32" | "decimal64" | "decimal128" | "decimal256", _) => None,
        (_, []) => unsaid(dialect.decimal()),
        (_, [digits]) => Some(decimal_of(*digits, 0)),
        (_, [digits, scale]) => Some(decimal_of(*digits, *scale)),
        _ => None,
    }
}

fn float(named: &Named<'_>) -> Option<Type> {
    let dialect = named.dialect;
    let single = Some(Type::float(32));
    let double = Some(Type::float(64));
    match (named.name.as_str(), named.numbers()?.as_slice()) {
        // Decimals, of which Oracle counts the digits in bits.
        ("float" | "real" | "double precision", _) if dialect == Oracle => {
            Some(plain(Family::Decimal, named))
        }
        ("float16" | "half", []) => Some(Type::float(16)),
        ("bfloat16", []) => Some(Type::Float {
            exponent: 8,
            fraction: 7,
        }),
        ("real" | "float4" | "float", []) | ("float", [_]) if dialect.has_doubles_only() => double,
        ("real", []) => match dialect {
            MySql | Impala => double,
            // Versions differ.
            Hive => Some(plain(Family::Float, named)),
            _ => single,
        },
        ("float4" | "float32" | "binary_float", []) => single,
        ("double" | "double precision" | "float8" | "float64" | "binary_double", []) => double,
        ("float", []) => match dialect {
            BigQuery | Postgres | Redshift | SqlServer | Db2 | Hana => double,
            MySql | Spark | Hive | Impala | Trino | Athena | DuckDb | ClickHouse | Iceberg => {
                single
            }
            // Either of the two.
            _ => Some(Type::Float {
                exponent: 10,
                fraction: 38,
            }),
        },
        ("float", [bits @ 1..=53]) => Some(Type::float(if *bits < 25 { 32 } else { 64 })),
        _ => None,
    }
}

/// Texts and bytes.
fn text(named: &Named<'_>) -> Option<Type> {
    let dialect = named.dialect;
    let (amount, word) = named.amount()?;
    let length = |default: Limit| match (amount, word.as_deref()) {
        (None, Some("max")) if dialect == Redshift => Limit::At(if named.name.contains("var") {
            65_535
        } else {
            4_096
        }),
        (None, Some("max")) => Limit::Unlimited,
        (Some(amount), _) => Limit::At(amount),
        (None, _) => default,
    };
    let unit = match (amount, word.as_deref()) {
        (_, None) | (None, Some("max")) => Unit::Unsaid,
        (Some(_), Some("byte" | "bytes" | "octets")) => Unit::Bytes,
        (Some(_), Some("char" | "chars" | "character" | "characters")) => Unit::Characters,
        _ => return None,
    };
    let of = |length: Limit, is_fixed: bool, is_national: bool| {
        if named.words.is_bits {
            return Some(Type::Binary { length, is_fixed });
        }
        // Where all texts are of Unicode, the national ones are no others.
        let is_national = is_national && matches!(dialect, SqlServer | Oracle | Teradata | Hana);
        Some(Type::Text(Text {
            length,
            unit,
            is_fixed: is_fixed && !dialect.has_no_fixed_text(),
            is_national,
            charset: named.words.charset.clone(),
        }))
    };
    let bytes = |length: Limit, is_fixed: bool| {
        (unit == Unit::Unsaid && named.words.charset.is_empty())
            .then_some(Type::Binary { length, is_fixed })
    };
    let one = match dialect {
        DuckDb | ClickHouse | Sqlite => Limit::Unlimited,
        _ => Limit::At(1),
    };
    if is_sized(named) && named.count() > 0 {
        return None;
    }
    match named.name.as_str() {
        "varchar" | "character varying" | "char varying" | "varchar2" => {
            of(length(dialect.varchar()), false, false)
        }
        "nvarchar"
        | "nvarchar2"
        | "national character varying"
        | "national char varying"
        | "nchar varying" => of(length(dialect.varchar()), false, true),
        "char" | "character" => of(length(one), true, false),
        "nchar" | "national character" | "national char" => of(length(one), true, true),
        "bpchar" => match (dialect, amount.is_none()) {
            (Redshift, true) => of(Limit::At(256), true, false),
            (_, true) => of(Limit::Unlimited, false, false),
            (_, false) => of(length(one), true, false),
        },
        "text" if dialect == MySql => sized_text(of, 65_535),
        "tinytext" => sized_text(of, 255),
        "mediumtext" => sized_text(of, 16_777_215),
        "longtext" => sized_text(of, 4_294_967_295),
        "ntext" | "nclob" => of(length(Limit::Unlimited), false, true),
        "text"
        | "string"
        | "clob"
        | "character large object"
        | "char large object"
        | "long varchar" => of(length(dialect.text()), false, false),
        "bytea" | "bytes" | "blob" | "image" | "long raw" | "binary large object" | "longblob" => {
            match (dialect, named.name.as_str()) {
                (MySql, "blob") => bytes(length(Limit::At(65_535)), false),
                (MySql, "longblob") => bytes(Limit::At(4_294_967_295), false),
                (Vertica, "bytea") => bytes(length(Limit::Unsaid), false),
                _ => bytes(length(Limit::Unlimited), false),
            }
        }
        "tinyblob" => bytes(Limit::At(255), false),
        "mediumblob" => bytes(Limit::At(16_777_215), false),
        "varbinary" | "binary varying" | "raw" | "varbyte" => {
            let default = match dialect {
                Trino | Athena | DuckDb => Limit::Unlimited,
                Snowflake => Limit::At(8_388_608),
                SqlServer => Limit::At(1),
                _ => Limit::Unsaid,
            };
            bytes(length(default), false)
        }
        "binary" => match dialect {
            Spark | Hive | Athena | Iceberg | DuckDb | Impala => {
                bytes(length(Limit::Unlimited), false)
            }
            Snowflake => bytes(length(Limit::At(8_388_608)), false),
            SqlServer | MySql => bytes(length(Limit::At(1)), true),
            _ => bytes(length(Limit::Unsaid), amount.is_some()),
        },
        "fixed" | "fixedbinary" if amount.is_some() => bytes(length(Limit::Unsaid), true),
        "fixedstring" if dialect == ClickHouse => bytes(length(Limit::Unsaid), true),
        _ => None,
    }
}

/// Whether a name says how long the values are. With a length beside it, it is another type: `MySQL`
/// makes the smallest type of a `text(100)` that holds so much.
fn is_sized(named: &Named<'_>) -> bool {
    let sizes = ["tiny", "medium", "long"];
    sizes.iter().any(|size| named.name.starts_with(size))
        || named.dialect == MySql && matches!(named.name.as_str(), "text" | "blob")
}

/// A text that is limited by its bytes.
fn sized_text(of: impl Fn(Limit, bool, bool) -> Option<Type>, bytes: i64) -> Option<Type> {
    match of(Limit::At(bytes), false, false)? {
        Type::Text(text) => Some(Type::Text(Text {
            unit: Unit::Bytes,
            ..text
        })),
        other => Some(other),
    }
}

/// The digits after the second, and the time zone; `None` if the arguments say something else.
fn precision(named: &Named<'_>) -> Option<(Limit, String)> {
    let of = |digits: Option<i64>| digits.map_or(named.dialect.precision(), Limit::At);
    if let Some((digits, place)) = named.place() {
        // `DateTime64(3, 'UTC')`, `DateTime('UTC')`
        return Some((of(digits), place.to_lowercase()));
    }
    let digits = match named.amount()? {
        (digits, None) => digits,
        // As Parquet writes it.
        (None, Some(word)) => Some(match word.as_str() {
            "millis" => 3,
            "micros" => 6,
            "nanos" => 9,
            _ => return None,
        }),
        _ => return None,
    };
    Some((of(digits), String::new()))
}

/// Days and times.
fn moment(named: &Named<'_>) -> Option<Type> {
    let dialect = named.dialect;
    let (precision, place) = precision(named)?;
    let is_bare = named.count() == 0;
    let timestamp = |precision: Limit, range: Range, zone: Zone| {
        Some(Type::Timestamp(Timestamp {
            precision,
            range,
            zone,
            place: place.clone(),
        }))
    };
    let full = |zone: Zone| timestamp(precision, Range::Full, zone);
    // ClickHouse makes a `datetime64` of it if it is to have digits after the second.
    let seconds = || match precision {
        Limit::At(0) => timestamp(precision, Range::Short, Zone::Moment),
        _ => full(Zone::Moment),
    };
    let kept = match dialect {
        Oracle | Snowflake | SqlServer | Trino | Athena | Teradata => Zone::Kept,
        Common | Exasol | Hana | Db2 => Zone::Some,
        _ => Zone::Moment,
    };
    let has_zone = named.words.zone;
    match (named.name.as_str(), has_zone) {
        ("date", None) if is_bare => match dialect {
            Oracle => timestamp(Limit::At(0), Range::Full, Zone::None),
            ClickHouse => Some(Type::Date(Range::Short)),
            _ => Some(Type::Date(Range::Full)),
        },
        ("date32", None) if is_bare => Some(Type::Date(Range::Full)),
        ("time", zone) => Some(Type::Time {
            // These count whole seconds.
            precision: match dialect {
                Db2 | Hana if is_bare => Limit::At(0),
                _ => precision,
            },
            zone: match zone {
                Some(ZoneWords::With | ZoneWords::WithLocal) => Zone::Kept,
                _ => Zone::None,
            },
        }),
        ("timetz", None) => Some(Type::Time {
            precision,
            zone: Zone::Kept,
        }),
        ("time-millis", None) if is_bare => Some(time_of(3)),
        ("time-micros", None) if is_bare => Some(time_of(6)),
        ("timestamp", Some(words)) => full(match words {
            ZoneWords::With => kept,
            ZoneWords::WithLocal => Zone::Moment,
            ZoneWords::Without => Zone::None,
        }),
        // In SQL Server it is a number of the row.
        ("timestamp", None) if dialect == SqlServer => None,
        ("timestamp", None) => match dialect {
            BigQuery | Spark => full(Zone::Moment),
            MySql => timestamp(precision, Range::Short, Zone::Moment),
            ClickHouse => seconds(),
            // A parameter of the account decides, or nobody.
            Snowflake | Common | Sqlite => full(Zone::Unsaid),
            _ => full(Zone::None),
        },
        ("timestamptz" | "timestamp_tz", None) => full(kept),
        ("datetime64", None) if is_bare => timestamp(Limit::At(3), Range::Full, Zone::Moment),
        ("timestamp_ltz" | "timestampltz" | "datetime64", None) => full(Zone::Moment),
        ("timestamp_ntz" | "timestampntz" | "datetime2", None) => full(Zone::None),
        ("datetimeoffset", None) => full(Zone::Kept),
        ("datetime", None) => match dialect {
            SqlServer if !is_bare => None,
            SqlServer => timestamp(Limit::At(3), Range::Modern, Zone::None),
            ClickHouse => seconds(),
            Sqlite => full(Zone::Unsaid),
            _ => full(Zone::None),
        },
        ("smalldatetime", None) if dialect == SqlServer && is_bare => {
            timestamp(Limit::At(-2), Range::Short, Zone::None)
        }
        (name, None) if is_bare => {
            let (digits, zone) = precise(name)?;
            timestamp(Limit::At(digits), Range::Full, zone)
        }
        _ => None,
    }
}

/// Timestamps whose name says their precision: the digits after the second, and the zone.
fn precise(name: &str) -> Option<(i64, Zone)> {
    Some(match name {
        "timestamp_s" | "seconddate" => (0, Zone::None),
        "timestamp_ms" | "local-timestamp-millis" => (3, Zone::None),
        "local-timestamp-micros" => (6, Zone::None),
        "timestamp_ns" | "local-timestamp-nanos" => (9, Zone::None),
        "timestamp-millis" | "timestamp_millis" => (3, Zone::Moment),
        "timestamp-micros" | "timestamp_micros" => (6, Zone::Moment),
        "timestamp-nanos" | "timestamptz_ns" => (9, Zone::Moment),
        _ => return None,
    })
}

fn time_of(digits: i64) -> Type {
    Type::Time {
        precision: Limit::At(digits),
        zone: Zone::None,
    }
}

/// Types that consist of others.
fn composed(named: &Named<'_>) -> Option<Type> {
    let boxed = |found: Option<Type>| found.map(Box::new);
    match (named.name.as_str(), named.count()) {
        ("array" | "list", 0) => Some(Type::Array {
            element: None,
            length: None,
        }),
        ("array" | "list", 1) => Some(Type::Array {
            element: boxed(named.part(0)),
            length: None,
        }),
        ("map", 0) => Some(Type::Map(None)),
        ("map", 2) => Some(Type::Map(Some(Box::new((named.part(0)?, named.part(1)?))))),
        ("struct" | "row" | "record" | "tuple", 0) => Some(Type::Struct(None)),
        // Both are also used for values of any shape.
        ("object", 0) if named.dialect == Common => Some(Type::Struct(None)),
        ("struct" | "row" | "record" | "tuple", _) => Some(Type::Struct(Some(named.fields()?))),
        ("object", 1..) if named.dialect == Snowflake => Some(Type::Struct(Some(named.fields()?))),
        ("nullable", 1) => Some(Type::Nulls {
            are_allowed: true,
            inner: Box::new(named.part(0)?),
        }),
        // A way to store values, not another type.
        ("lowcardinality", 1) => named.part(0),
        ("enum" | "enum8" | "enum16", 1..) => {
            let values = named.quoted();
            (values.len() == named.count()).then_some(Type::Enumeration(values))
        }
        _ => None,
    }
}

/// Types without a size.
fn other(named: &Named<'_>) -> Option<Type> {
    let family = match named.name.as_str() {
        "uuid" | "uniqueidentifier" => Family::Uuid,
        "json" | "jsonb" | "variant" | "super" => Family::Json,
        "xml" | "xmltype" => Family::Xml,
        "geography" | "geometry" | "point" | "linestring" | "polygon" | "st_geometry" => {
            Family::Geometry
        }
        "inet" | "cidr" | "ipaddress" | "ipv4" | "ipv6" => Family::Address,
        "macaddr" | "macaddr8" => Family::HardwareAddress,
        "bit" | "bit varying" | "varbit" => Family::Bits,
        "vector" | "halfvec" | "sparsevec" => Family::Vector,
        "year" => Family::Year,
        "tsvector" => Family::Search,
        "hstore" => Family::Pairs,
        // A text of which search engines make one word.
        "keyword" if named.dialect == Common => Family::Text,
        _ => return None,
    };
    Some(plain(family, named))
}

/// A type of a family, by its name and its arguments.
fn plain(family: Family, named: &Named<'_>) -> Type {
    let name = match named.name.as_str() {
        "uniqueidentifier" => "uuid",
        "varbit" => "bit varying",
        "xmltype" => "xml",
        name => name,
    };
    Type::Plain {
        family,
        form: format!("{name}({})", named.form()),
    }
}
