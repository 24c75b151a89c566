//! Exact numbers: fractions of big integers, read from text, rounded in one named way. Nothing here overflows.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed as _, ToPrimitive as _, Zero as _};

/// A fraction in lowest terms.
pub type Ratio = BigRational;

/// The longest text that is read as a number.
const TEXT_MAX: usize = 40;

/// Which way a number becomes a multiple of its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// To the next lower one.
    Floor,
    /// To the next higher one.
    Ceiling,
    /// To the nearest one, the middle upwards.
    HalfUp,
}

impl Rounding {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Floor, Self::Ceiling, Self::HalfUp];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Ceiling => "ceiling",
            Self::HalfUp => "half_up",
        }
    }

    /// The way of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.code() == code)
    }

    /// The multiple of `unit` that `value` becomes. A unit of zero leaves the value as it is.
    #[must_use]
    pub fn apply(self, value: &Ratio, unit: &Ratio) -> Ratio {
        if unit.is_zero() {
            return value.clone();
        }
        let units = value / unit;
        let whole = match self {
            Self::Floor => units.floor(),
            Self::Ceiling => units.ceil(),
            Self::HalfUp => (units + fraction(1, 2)).floor(),
        };
        whole * unit
    }

    /// The integer that `value` becomes.
    #[must_use]
    pub fn whole(self, value: &Ratio) -> Ratio {
        self.apply(value, &whole(1))
    }
}

/// An integer as a fraction.
#[must_use]
pub fn whole(n: impl Into<BigInt>) -> Ratio {
    Ratio::from_integer(n.into())
}

/// How many there are, as a fraction.
#[must_use]
pub fn count(n: usize) -> Ratio {
    whole(n)
}

/// A fraction of two integers; zero where the lower one is zero, which no caller writes.
#[must_use]
pub fn fraction(n: i64, d: i64) -> Ratio {
    if d == 0 { Ratio::zero() } else { Ratio::new(n.into(), d.into()) }
}

/// Reads `26`, `-3`, `7/13`, `0.35`: digits with one stroke or one point. Nothing else: a percentage is a label that was
/// often rounded, and binary floating point is never exact.
#[must_use]
pub fn parse(text: &str) -> Option<Ratio> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    if text.len() > TEXT_MAX {
        return None;
    }
    let value = if let Some((n, d)) = digits.split_once('/') {
        let below = natural(d)?;
        if below.is_zero() {
            return None;
        }
        Ratio::new(natural(n)?, below)
    } else if let Some((n, places)) = digits.split_once('.') {
        let below = BigInt::from(10).pow(u32::try_from(places.len()).ok()?);
        Ratio::new(natural(n)? * &below + natural(places)?, below)
    } else {
        Ratio::from_integer(natural(digits)?)
    };
    Some(if negative { -value } else { value })
}

fn natural(digits: &str) -> Option<BigInt> {
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

/// The integer, where it is one and small enough.
#[must_use]
pub fn to_i64(value: &Ratio) -> Option<i64> {
    if value.is_integer() { value.to_integer().to_i64() } else { None }
}

/// With so many decimal places, where that is exact; else the fraction.
#[must_use]
pub fn decimal(value: &Ratio, places: u32) -> String {
    let scale = BigInt::from(10).pow(places);
    let scaled = value * Ratio::from_integer(scale.clone());
    if !scaled.is_integer() {
        return value.to_string();
    }
    let units = scaled.to_integer();
    let sign = if units.is_negative() { "-" } else { "" };
    let (above, below) = (units.abs() / &scale, units.abs() % &scale);
    match places {
        0 => format!("{sign}{above}"),
        _ => format!("{sign}{above}.{:0>1$}", below.to_string(), places as usize),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_exactly_or_not_at_all() {
        assert_eq!(parse("0.35"), Some(fraction(7, 20)));
        assert_eq!(parse("35/100"), Some(fraction(7, 20)));
        assert_eq!(parse("-4"), Some(whole(-4)));
        assert_eq!(parse("1800.00"), Some(whole(1800)));
        for wrong in
            ["", "-", "1/0", "1/-2", "35%", "1e3", "1.", ".5", "1/2/3", "1,000", " 1", "+1", "٣", "--1"]
        {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert_eq!(parse(&"9".repeat(41)), None);
    }

    #[test]
    fn rounding_has_a_direction_below_zero_as_well() {
        let cases = [
            ("7/2", 3, 4, 4),
            ("-7/2", -4, -3, -3),
            ("10/3", 3, 4, 3),
            ("-10/3", -4, -3, -3),
            ("5", 5, 5, 5),
        ];
        for (text, floor, ceiling, half_up) in cases {
            let value = parse(text).unwrap();
            let found = Rounding::ALL.map(|way| to_i64(&way.whole(&value)).unwrap());
            assert_eq!(found, [floor, ceiling, half_up], "{text}");
        }
        let cent = fraction(1, 100);
        assert_eq!(Rounding::Ceiling.apply(&parse("18.0821").unwrap(), &cent), parse("18.09").unwrap());
        assert_eq!(Rounding::HalfUp.apply(&parse("18.085").unwrap(), &cent), parse("18.09").unwrap());
        assert_eq!(Rounding::HalfUp.apply(&parse("18.0849").unwrap(), &cent), parse("18.08").unwrap());
    }

    #[test]
    fn an_amount_is_written_with_its_places() {
        assert_eq!(decimal(&parse("7.9").unwrap(), 2), "7.90");
        assert_eq!(decimal(&parse("-0.05").unwrap(), 2), "-0.05");
        assert_eq!(decimal(&fraction(1, 3), 2), "1/3");
        assert_eq!(decimal(&whole(12), 0), "12");
    }
}
