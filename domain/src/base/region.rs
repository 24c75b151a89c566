//! Regions by their official code (GB/T 2260 and the statistical codes below it), whose prefixes nest.
//!
//! 2 digits are a province, 4 a prefecture (city), 6 a county, 9 a township, 12 a village.

use std::fmt;

/// A region's code: 2, 4, 6, 9 or 12 ASCII digits, starting with 1 to 8 (the great regions of GB/T 2260).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionCode {
    digits: [u8; 12],
    len: u8,
}

/// How far apart two regions are, in the steps that the ranking knows. Nearer is smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Distance {
    /// The same village.
    Village,
    /// The same township.
    Township,
    /// The same county or district.
    County,
    /// The same prefecture-level city.
    City,
    /// The same province.
    Province,
    /// Further.
    Elsewhere,
}

impl RegionCode {
    /// Reads a code; `None` when it is not 2, 4, 6, 9 or 12 digits or starts with 0 or 9.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let fits = matches!(bytes.len(), 2 | 4 | 6 | 9 | 12);
        let great_region = matches!(bytes.first(), Some(b'1'..=b'8'));
        if !fits || !great_region || !bytes.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let mut digits = [0; 12];
        digits.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        Some(Self { digits, len: bytes.len() as u8 })
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.digits.get(..usize::from(self.len)).and_then(|d| std::str::from_utf8(d).ok()).unwrap_or("")
    }

    /// The region that this one lies in, one step up; none for a province. The codes nest without gaps:
    /// counties that a province runs itself have a number for the prefecture that they lack.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let len = match self.len {
            12 => 9,
            9 => 6,
            6 => 4,
            4 => 2,
            _ => return None,
        };
        self.as_str().get(..len).and_then(Self::parse)
    }

    /// Whether `other` lies inside this region, or is it.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        other.as_str().starts_with(self.as_str())
    }

    /// The smallest step whose region both share. A code that stops at a county shares no village.
    #[must_use]
    pub fn distance(&self, other: &Self) -> Distance {
        let shares = |len: usize| {
            matches!((self.digits.get(..len), other.digits.get(..len)), (Some(a), Some(b)) if a == b)
                && usize::from(self.len.min(other.len)) >= len
        };
        [
            (12, Distance::Village),
            (9, Distance::Township),
            (6, Distance::County),
            (4, Distance::City),
            (2, Distance::Province),
        ]
        .into_iter()
        .find(|(len, _)| shares(*len))
        .map_or(Distance::Elsewhere, |(_, step)| step)
    }

    /// The half-open range of codes inside this region, for a query by order: `from <= code < until`.
    /// The upper end is the next number of the same length, which always exists: no code starts with 9. Only
    /// digits are compared, so every collation of every database agrees.
    #[must_use]
    pub fn range(&self) -> (String, String) {
        let from = self.as_str();
        let next = from.parse::<u64>().map_or(0, |n| n + 1);
        (from.to_owned(), next.to_string())
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> RegionCode {
        RegionCode::parse(text).unwrap()
    }

    #[test]
    fn only_the_official_lengths_are_codes() {
        for bad in ["", "2", "210", "21060", "2106a4", "0106", "9106", "21060410110011"] {
            assert_eq!(RegionCode::parse(bad), None, "{bad}");
        }
        assert_eq!(code("210604").as_str(), "210604");
    }

    #[test]
    fn a_village_lies_in_a_township_and_so_on_up_to_the_province() {
        let mut region = code("210604101201");
        for up in ["210604101", "210604", "2106", "21"] {
            region = region.parent().unwrap();
            assert_eq!(region, code(up));
        }
        assert_eq!(region.parent(), None);
    }

    #[test]
    fn distance_is_the_smallest_shared_step_and_a_short_code_shares_no_village() {
        let village = code("210604101201");
        assert_eq!(village.distance(&village), Distance::Village);
        assert_eq!(village.distance(&code("210604101202")), Distance::Township);
        assert_eq!(village.distance(&code("210604")), Distance::County);
        assert_eq!(code("210604").distance(&code("210604")), Distance::County);
        assert_eq!(village.distance(&code("210682")), Distance::City);
        assert_eq!(village.distance(&code("2102")), Distance::Province);
        assert_eq!(village.distance(&code("450681")), Distance::Elsewhere);
    }

    #[test]
    fn a_range_holds_exactly_what_the_region_contains() {
        let (from, until) = code("2106").range();
        for inside in ["2106", "210604", "210699999999"] {
            assert!(from.as_str() <= inside && inside < until.as_str(), "{inside}");
        }
        for outside in ["21", "2105", "2107", "210799"] {
            assert!(!(from.as_str() <= outside && outside < until.as_str()), "{outside}");
        }
        assert_eq!(code("2199").range(), ("2199".to_owned(), "2200".to_owned()));
    }
}
