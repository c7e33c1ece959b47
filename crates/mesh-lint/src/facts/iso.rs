//! The codes of countries, currencies and languages that the standards of ISO list.

/// ISO 3166-1 alpha-2: the codes assigned, and `EU`, which is reserved for the European Union.
const COUNTRIES_2: &str = "\
     AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR \
     BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ \
     EC EE EG EH ER ES ET EU FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU \
     GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW \
     KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU \
     MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW \
     PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF \
     TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA \
     ZM ZW";

/// ISO 3166-1 alpha-3.
const COUNTRIES_3: &str = "\
     ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD \
     BGR BHR BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR \
     COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH \
     ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL \
     GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR \
     JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR \
     MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL \
     NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY \
     PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP \
     SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA \
     UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE";

/// ISO 4217: the codes in use, and those of the last decades that old data has.
const CURRENCIES: &str = "\
     AED AFN ALL AMD AOA ARS ATS AUD AWG AZN BAM BBD BDT BEF BGN BHD BIF BMD BND BOB BOV BRL BSD \
     BTN BWP BYN BYR BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CSK CUP CVE CYP CZK DEM DJF \
     DKK DOP DZD EEK EGP ERN ESP ETB EUR FIM FJD FKP FRF GBP GEL GHS GIP GMD GNF GRD GTQ GYD HKD \
     HNL HRK HTG HUF IDR IEP ILS INR IQD IRR ISK ITL JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD \
     KZT LAK LBP LKR LRD LSL LTL LUF LVL LYD MAD MDL MGA MKD MMK MNT MOP MRO MRU MTL MUR MVR MWK \
     MXN MXV MYR MZN NAD NGN NIO NLG NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PTE PYG QAR RON RSD \
     RUB RWF SAR SBD SCR SDG SEK SGD SHP SIT SKK SLE SLL SOS SRD SSP STD STN SVC SYP SZL THB TJS \
     TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VEF VES VND VUV WST XAD XAF \
     XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XTS XUA XXX YER ZAR ZMW ZWG ZWL";

/// ISO 639-1.
const LANGUAGES: &str = "\
     aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da \
     de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy \
     hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg \
     li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or \
     os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw \
     ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// What a code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    Country,
    Currency,
    Language,
}

impl Code {
    /// The standard that lists the codes.
    pub(crate) const fn standard(self) -> &'static str {
        match self {
            Self::Country => "ISO 3166-1",
            Self::Currency => "ISO 4217",
            Self::Language => "ISO 639",
        }
    }

    /// What such codes look like, for a sentence.
    pub(crate) const fn examples(self) -> &'static str {
        match self {
            Self::Country => "`DE`, `CH` or `US`",
            Self::Currency => "`EUR`, `CHF` or `USD`",
            Self::Language => "`de`, `en` or `fr-CH`",
        }
    }

    /// Whether `code` is one that the standard lists.
    ///
    /// Of languages there are thousands with three letters, and any three will do. A region may
    /// follow, as in `fr-CH`. Codes that the standards leave to their users are accepted.
    pub(crate) fn lists(self, code: &str) -> bool {
        match self {
            Self::Country => match code.len() {
                2 => is_in(COUNTRIES_2, code) || is_private_country(code),
                3 => {
                    is_in(COUNTRIES_3, code)
                        || code.bytes().all(|b| b.is_ascii_uppercase())
                            && code.get(..2).is_some_and(is_private_country)
                        || code.bytes().all(|b| b.is_ascii_digit())
                }
                _ => false,
            },
            Self::Currency => {
                is_in(CURRENCIES, code)
                    || code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit())
            }
            Self::Language => {
                let primary = code.split(['-', '_']).next().unwrap_or_default();
                match primary.len() {
                    2 => is_in(LANGUAGES, &primary.to_ascii_lowercase()),
                    3 => primary.bytes().all(|b| b.is_ascii_alphabetic()),
                    _ => false,
                }
            }
        }
    }

    /// The code that was meant by one that many mistake for it.
    pub(crate) fn meant_by(self, code: &str) -> Option<&'static str> {
        const MISTAKEN: [(Code, &str, &str); 15] = [
            (Code::Country, "UK", "GB"),
            (Code::Country, "EL", "GR"),
            (Code::Country, "GER", "DEU"),
            (Code::Country, "SUI", "CHE"),
            (Code::Country, "NED", "NLD"),
            (Code::Country, "POR", "PRT"),
            (Code::Country, "DEN", "DNK"),
            (Code::Country, "GERMANY", "DE"),
            (Code::Country, "SWITZERLAND", "CH"),
            (Code::Country, "FRANCE", "FR"),
            (Code::Country, "UNITED STATES", "US"),
            (Code::Currency, "€", "EUR"),
            (Code::Currency, "US$", "USD"),
            (Code::Currency, "£", "GBP"),
            (Code::Currency, "RMB", "CNY"),
        ];
        let upper = code.trim().to_uppercase();
        MISTAKEN
            .iter()
            .find(|(kind, wrong, _)| *kind == self && *wrong == upper)
            .map(|(_, _, right)| *right)
    }
}

fn is_in(list: &str, code: &str) -> bool {
    list.split(' ').any(|listed| listed == code)
}

/// Whether ISO 3166-1 leaves a code to its users, such as `XK`, or `ZZ` for an unknown country.
fn is_private_country(code: &str) -> bool {
    matches!(
        code.as_bytes(),
        b"AA" | b"ZZ" | [b'Q', b'M'..=b'Z'] | [b'X', b'A'..=b'Z']
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_whole() {
        for (list, length, count) in [
            (COUNTRIES_2, 2, 250),
            (COUNTRIES_3, 3, 249),
            (CURRENCIES, 3, 200),
            (LANGUAGES, 2, 184),
        ] {
            let codes: Vec<&str> = list.split(' ').collect();
            assert!(codes.iter().all(|code| code.len() == length), "{codes:?}");
            assert!(codes.is_sorted() && codes.len() >= count, "{}", codes.len());
        }
    }

    #[test]
    fn codes_of_the_standards_are_told_from_others() {
        for (kind, code, expected) in [
            (Code::Country, "DE", true),
            (Code::Country, "DEU", true),
            (Code::Country, "276", true),
            (Code::Country, "XK", true),
            (Code::Country, "EU", true),
            (Code::Country, "QMA", true),
            (Code::Country, "UK", false),
            (Code::Country, "de", false),
            (Code::Country, "SUI", false),
            (Code::Country, "Germany", false),
            (Code::Country, "", false),
            (Code::Country, "€", false),
            (Code::Currency, "EUR", true),
            (Code::Currency, "DEM", true),
            (Code::Currency, "978", true),
            (Code::Currency, "US$", false),
            (Code::Currency, "€", false),
            (Code::Currency, "eur", false),
            (Code::Language, "de", true),
            (Code::Language, "EN", true),
            (Code::Language, "fr-CH", true),
            (Code::Language, "gsw", true),
            (Code::Language, "xx", false),
            (Code::Language, "german", false),
        ] {
            assert_eq!(kind.lists(code), expected, "{kind:?} {code}");
        }
        assert_eq!(Code::Country.meant_by("uk"), Some("GB"));
        assert_eq!(Code::Currency.meant_by("UK"), None);
    }
}
