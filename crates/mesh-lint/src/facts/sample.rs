//! Sample values that may be those of a living person.
//!
//! A finding here accuses someone of having published personal data, so everything that is made up
//! in one of the usual ways is let pass: domains and numbers that are set aside for documentation,
//! names that nobody has, digits in a row, and whatever fails the check digits that real ones have.

use mesh_spec::terms::words::words;

use super::personal::{self, Kind};

/// What `text`, under a field called `name`, may give away about a person; never the value itself.
pub(crate) fn personal(name: &str, text: &str) -> Option<&'static str> {
    let text = text.trim();
    // Nothing that is looked for is shorter, and most examples are.
    if text.len() < 7 {
        return None;
    }
    // What stands before the `@` of an address on the web is an account of a machine.
    if text.contains('@') && !text.contains("://") && tokens(text).any(is_real_email) {
        return Some("an e-mail address");
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits < 7 {
        return None;
    }
    if has_real_iban(text) {
        return Some("a bank account");
    }
    // What is left consists of digits and what is written between them.
    if text.contains(|c: char| !(c.is_ascii_digit() || " +-./()".contains(c))) {
        return None;
    }
    if is_real_card(text, name) {
        return Some("a payment card number");
    }
    match personal::named(name) {
        Some(Kind::Phone) if is_real_phone(text) => Some("a telephone number"),
        Some(Kind::NationalId) if is_real_ssn(text) => Some("a social security number"),
        _ => None,
    }
}

fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || "<>()[]{}\"',;:|=/\\?&".contains(c))
        .map(|token| token.trim_matches('.'))
}

/// Whether `text` is an e-mail address that a person may have.
fn is_real_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let is_local = !local.is_empty()
        && local.len() <= 64
        && local
            .chars()
            .all(|c| c.is_alphanumeric() || "._%+-".contains(c))
        && local.contains(char::is_alphabetic);
    let labels = || domain.split('.');
    let is_domain = labels().count() >= 2
        && labels().all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
        && labels()
            .next_back()
            .is_some_and(|top| top.len() >= 2 && top.chars().all(char::is_alphabetic));
    is_local && is_domain && !is_documentation_domain(domain) && !is_nobody(local)
}

/// Whether a domain is reserved for examples (RFC 2606, RFC 6761), or is one that people make up.
fn is_documentation_domain(domain: &str) -> bool {
    const TOPS: [&str; 4] = ["example", "test", "invalid", "localhost"];
    const MADE_UP: [&str; 22] = [
        "example",
        "test",
        "testing",
        "foo",
        "bar",
        "baz",
        "acme",
        "abc",
        "xyz",
        "xxx",
        "dummy",
        "fake",
        "sample",
        "demo",
        "company",
        "mycompany",
        "yourcompany",
        "domain",
        "mydomain",
        "yourdomain",
        "mailinator",
        "contoso",
    ];
    let is_in = |list: &[&str], label: &str| list.iter().any(|w| label.eq_ignore_ascii_case(w));
    let mut labels = domain.rsplit('.');
    labels.next().is_some_and(|top| is_in(&TOPS, top))
        || labels.any(|label| label.split('-').any(|part| is_in(&MADE_UP, part)))
}

/// Whether the part before the `@` is of no person: an office, a well-known nobody, a placeholder.
fn is_nobody(local: &str) -> bool {
    const NOBODY: [&str; 59] = [
        "admin",
        "administrator",
        "anonymous",
        "billing",
        "bot",
        "contact",
        "customer",
        "customerservice",
        "data",
        "demo",
        "doe",
        "dpo",
        "dummy",
        "email",
        "example",
        "fake",
        "feedback",
        "firstname",
        "foo",
        "git",
        "hello",
        "help",
        "helpdesk",
        "hr",
        "info",
        "jdoe",
        "johndoe",
        "janedoe",
        "lastname",
        "mail",
        "marketing",
        "masked",
        "mueller",
        "mustermann",
        "musterfrau",
        "name",
        "news",
        "newsletter",
        "noone",
        "noreply",
        "nobody",
        "office",
        "orders",
        "postmaster",
        "press",
        "privacy",
        "redacted",
        "reply",
        "root",
        "sales",
        "sample",
        "security",
        "service",
        "someone",
        "support",
        "team",
        "test",
        "user",
        "webmaster",
    ];
    if is_made_up(local) || local.chars().count() == 1 {
        return true;
    }
    words(local).iter().any(|word| {
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
        NOBODY
            .iter()
            .any(|nobody| word.eq_ignore_ascii_case(nobody))
    })
}

/// Whether a word of the text is an IBAN, or the whole of it, in groups with spaces between them.
fn has_real_iban(text: &str) -> bool {
    let may_be = |text: &str| {
        let start = text.as_bytes();
        start.len() >= 15
            && start[..2].iter().all(u8::is_ascii_uppercase)
            && start[2..4].iter().all(u8::is_ascii_digit)
    };
    tokens(text).any(|token| may_be(token) && is_real_iban(token))
        || may_be(text) && text.contains(' ') && is_real_iban(&text.replace(' ', ""))
}

/// Whether `text` is an IBAN with right check digits, but none that documentation prints.
fn is_real_iban(text: &str) -> bool {
    /// The examples of the IBAN registry, of banks and of Wikipedia, which are copied everywhere.
    const PRINTED: [&str; 24] = [
        "AT611904300234573201",
        "BE68539007547034",
        "BE71096123456769",
        "CH9300762011623852957",
        "CZ6508000000192000145399",
        "DE02120300000000202051",
        "DE12500105170648489890",
        "DE75512108001245126199",
        "DE89370400440532013000",
        "DE91100000000123456789",
        "DK5000400440116243",
        "ES9121000418450200051332",
        "FI2112345600000785",
        "FR1420041010050500013M02606",
        "FR7630006000011234567890189",
        "GB29NWBK60161331926819",
        "GB33BUKB20201555555555",
        "GB82WEST12345698765432",
        "IE29AIBK93115212345678",
        "IT60X0542811101000000123456",
        "LU280019400644750000",
        "NL91ABNA0417164300",
        "NO9386011117947",
        "PL61109010140000071219812874",
    ];
    let bytes = text.as_bytes();
    let is_shaped = (15..=34).contains(&bytes.len())
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && !bytes.iter().any(u8::is_ascii_lowercase)
        && iban_length(&text[..2]).is_none_or(|length| length == bytes.len());
    is_shaped && iban_remainder(bytes) == 1 && !PRINTED.contains(&text) && !is_made_up(&text[4..])
}

/// How long the IBANs of a country are, for the countries where most are.
fn iban_length(country: &str) -> Option<usize> {
    Some(match country {
        "NO" => 15,
        "BE" => 16,
        "DK" | "FI" | "NL" => 18,
        "AT" | "LU" | "LT" | "EE" => 20,
        "CH" | "LI" | "HR" | "LV" => 21,
        "DE" | "GB" | "IE" | "BG" => 22,
        "CZ" | "ES" | "SE" | "SK" | "RO" => 24,
        "PT" => 25,
        "FR" | "IT" | "GR" => 27,
        "HU" | "PL" | "CY" => 28,
        _ => return None,
    })
}

/// The number that an IBAN stands for, modulo 97 (ISO 7064): 1 if its check digits are right.
fn iban_remainder(iban: &[u8]) -> u32 {
    let (head, tail) = iban.split_at(4);
    tail.iter().chain(head).fold(0, |remainder, &c| {
        if c.is_ascii_digit() {
            (remainder * 10 + u32::from(c - b'0')) % 97
        } else {
            (remainder * 100 + u32::from(c.to_ascii_uppercase() - b'A') + 10) % 97
        }
    })
}

fn is_about_cards(name: &str) -> bool {
    let words = words(name);
    ["card", "pan", "creditcard", "ccnumber", "ccn"]
        .iter()
        .any(|word| words.has(word))
}

/// Whether `text`, under a field called `name`, is the number of a payment card. Every tenth number
/// has right check digits, so it must also be called one, or be written like one, in groups.
fn is_real_card(text: &str, name: &str) -> bool {
    /// Those that payment services give out for tests and that made-up digits do not explain.
    const TEST: [&str; 18] = [
        "4000056655665556",
        "4012888888881881",
        "4111111111111111",
        "4242424242424242",
        "4539578763621486",
        "5105105105105100",
        "5200828282828210",
        "5454545454545454",
        "5555555555554444",
        "2223003122003222",
        "371449635398431",
        "378282246310005",
        "378734493671000",
        "30569309025904",
        "38520000023237",
        "3530111333300000",
        "6011000990139424",
        "6011111111111117",
    ];
    let is_written_like_one = || {
        let mut groups = text.split([' ', '-']);
        groups.clone().count() == 4 && groups.all(|group| group.len() == 4)
    };
    if text.len() < 13 || !(is_written_like_one() || is_about_cards(name)) {
        return false;
    }
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let is_shaped = (13..=19).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && digits.starts_with(['2', '3', '4', '5', '6']);
    is_shaped && is_luhn(&digits) && !TEST.contains(&&*digits) && !is_made_up(&digits)
}

/// Whether the last digit is the check digit of the others (ISO/IEC 7812).
fn is_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(digit - b'0') * if place % 2 == 1 { 2 } else { 1 };
            if value > 9 { value - 9 } else { value }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether `text` is a telephone number that someone may answer.
fn is_real_phone(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (9..=15).contains(&digits.len()) && !is_made_up(&digits) && !is_documentation_phone(&digits)
}

/// Whether a telephone number is one that a regulator has set aside for films and examples.
fn is_documentation_phone(digits: &str) -> bool {
    /// Beginnings of numbers without the `0` before them, by country code.
    const SET_ASIDE: [(&str, &[&str]); 5] = [
        (
            "49",
            &[
                "3023125",
                "6990009",
                "4066969",
                "2214710",
                "8999998",
                "17139200",
                "17299250",
                "176040690",
            ],
        ),
        (
            "44",
            &[
                "1134960", "1144960", "1154960", "1164960", "1174960", "1184960", "1214960",
                "1314960", "1414960", "1514960", "1614960", "2079460", "1914980", "2896496",
                "2920180", "1632960", "7700900", "8081570", "9098790", "3069990",
            ],
        ),
        (
            "33",
            &["19900", "26191", "35301", "46571", "53649", "63998"],
        ),
        (
            "61",
            &[
                "25550", "27010", "35550", "37010", "75550", "77010", "85550", "87010", "491570",
            ],
        ),
        (
            "353",
            &["20910", "20911", "20912", "20913", "20914", "20915"],
        ),
    ];
    // In North America every exchange `555` is for films, but for directory assistance.
    let national = digits.strip_prefix('1').unwrap_or(digits);
    if national.len() == 10 && &national[3..6] == "555" {
        return true;
    }
    let digits = digits.trim_start_matches("00");
    SET_ASIDE.iter().any(|(country, numbers)| {
        let national = digits
            .strip_prefix(country)
            .or_else(|| digits.strip_prefix('0'))
            .unwrap_or(digits);
        let national = national.strip_prefix('0').unwrap_or(national);
        numbers.iter().any(|number| national.starts_with(number))
    })
}

/// Whether `text` is a social security number of the United States that was ever given out.
fn is_real_ssn(text: &str) -> bool {
    let mut parts = text.split('-');
    let (Some(area), Some(group), Some(serial), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let is = |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    let is_shaped = is(area, 3) && is(group, 2) && is(serial, 4);
    let is_void =
        area == "000" || area == "666" || area >= "900" || group == "00" || serial == "0000";
    // Printed on leaflets and wallets, and void since.
    let is_printed = matches!(text, "078-05-1120" | "219-09-9999");
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    is_shaped && !is_void && !is_printed && !is_made_up(&digits)
}

/// Whether a text shows that someone made it up: five characters or more of one kind or in sequence,
/// such as `00000`, `12345` or `xxxxx`, or one that hides others.
fn is_made_up(text: &str) -> bool {
    const RUN: usize = 5;
    if text.contains(['*', '#', '•', '…']) {
        return true;
    }
    let bytes = text.as_bytes();
    let has_run = |follows: fn(u8, u8) -> bool| {
        let mut length = 1;
        bytes.windows(2).any(|pair| {
            length = if follows(pair[0], pair[1]) {
                length + 1
            } else {
                1
            };
            length >= RUN
        })
    };
    has_run(|a, b| a == b && a.is_ascii_alphanumeric())
        || has_run(|a, b| {
            a.is_ascii_digit() && (b == a + 1 && b.is_ascii_digit() || a == b'9' && b == b'0')
        })
        || has_run(|a, b| b.is_ascii_digit() && a.is_ascii_digit() && b + 1 == a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_people_are_told_from_those_of_nobody() {
        for text in [
            "petra.kessler@posteo.de",
            "p.kessler@uni-klinik.internal",
            "Petra Kessler <petra.kessler@posteo.de>",
            "petra@corp.co.uk",
        ] {
            assert_eq!(personal("note", text), Some("an e-mail address"), "{text}");
        }
        for text in [
            "petra@example.com",
            "petra@mail.example.org",
            "petra@pharma.example",
            "petra@shop.test",
            "petra@nowhere.invalid",
            "petra@example.co.uk",
            "petra@my-company.com",
            "john.doe@gmail.com",
            "max.mustermann@web.de",
            "user1@gmail.com",
            "info@posteo.de",
            "no-reply@posteo.de",
            "p***@posteo.de",
            "xxxxxx@posteo.de",
            "not an @ address",
            "@handle",
            "a@b",
            "git@github.com:owner/name.git@v1",
            "12345@678.90",
            "https://host/path@v1.2.3",
            "sftp://loader@files.posteo.de/in",
        ] {
            assert_eq!(personal("email", text), None, "{text}");
        }
    }

    #[test]
    fn accounts_need_right_check_digits_and_must_not_be_printed_everywhere() {
        // Of a bank that does not exist, with the check digits computed.
        let checked = with_check_digits("DE??991907180746235190");
        assert_eq!(personal("account", &checked), Some("a bank account"));
        let spaced: Vec<String> = checked
            .as_bytes()
            .chunks(4)
            .map(|part| String::from_utf8_lossy(part).into_owned())
            .collect();
        assert_eq!(
            personal("account", &spaced.join(" ")),
            Some("a bank account")
        );
        for text in [
            "DE89370400440532013000",
            "DE89 3704 0044 0532 0130 00",
            "GB82WEST12345698765432",
            "DE00000000000000000000",
            "BATCH-2026-0001-000017",
            "AB12345678901234",
        ] {
            assert_eq!(personal("iban", text), None, "{text}");
        }
        let mut wrong = checked.clone();
        wrong.replace_range(2..4, "00");
        assert_eq!(personal("iban", &wrong), None);
    }

    fn with_check_digits(iban: &str) -> String {
        let open = format!("{}00{}", &iban[..2], &iban[4..]);
        let digits = 98 - iban_remainder(open.as_bytes());
        format!("{}{digits:02}{}", &iban[..2], &iban[4..])
    }

    #[test]
    fn cards_are_called_so_or_written_so() {
        let last = (0..10)
            .map(|digit| format!("492971836021504{digit}"))
            .find(|digits| is_luhn(digits))
            .expect("one digit is right");
        assert_eq!(
            personal("card_number", &last),
            Some("a payment card number")
        );
        assert_eq!(personal("order_number", &last), None);
        let grouped = format!(
            "{} {} {} {}",
            &last[..4],
            &last[4..8],
            &last[8..12],
            &last[12..]
        );
        assert_eq!(personal("note", &grouped), Some("a payment card number"));
        for text in [
            "4111 1111 1111 1111",
            "4242424242424242",
            "5555-5555-5555-4444",
            "4929 7183 6021 504",
            "1234567890123456",
        ] {
            assert_eq!(personal("card_number", text), None, "{text}");
        }
    }

    #[test]
    fn telephones_are_looked_at_where_there_are_telephones() {
        for text in [
            "+41 44 726 18 39",
            "+49 (0)89 7261839",
            "(212) 736-1840",
            "089 726 18 39 0",
        ] {
            assert_eq!(
                personal("contact_phone", text),
                Some("a telephone number"),
                "{text}"
            );
            assert_eq!(personal("quantity", text), None, "{text}");
        }
        for text in [
            "+1 212 555 0142",
            "555-0142",
            "(212) 555-0199",
            "+49 30 23125 042",
            "030 23125 042",
            "+44 20 7946 0958",
            "07700 900123",
            "+33 1 99 00 12 43",
            "+61 491 570 156",
            "+49 151 00000000",
            "+49 170 1234567",
            "01234 567890",
            "+49 *** 839",
            "ask reception",
            "+49 89",
        ] {
            assert_eq!(personal("phone_number", text), None, "{text}");
        }
    }

    #[test]
    fn social_security_numbers_are_told_from_void_ones() {
        assert_eq!(
            personal("ssn", "536-29-8174"),
            Some("a social security number")
        );
        for text in [
            "078-05-1120",
            "123-45-6789",
            "000-12-3987",
            "666-12-3987",
            "987-65-4320",
            "536-00-8174",
            "536298174",
        ] {
            assert_eq!(personal("ssn", text), None, "{text}");
        }
        assert_eq!(personal("part_no", "536-29-8174"), None);
    }
}
