//! What a token of the API may be used for: less than its user may. `read` and `write` are for everything,
//! `hiring:read` and `hiring:write` for one chapter of the API; who may write may read.

/// The chapters of the API, as its document calls them, in small letters.
pub const AREAS: [&str; 12] = [
    "identity",
    "organisation",
    "person",
    "record",
    "taxonomy",
    "training",
    "poverty",
    "hiring",
    "matching",
    "permit",
    "exchange",
    "audit",
];
/// The most scopes of one token.
pub const SCOPES_MAX: usize = 24;

/// What one token may be used for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Scope {
    /// None is every one.
    area: Option<&'static str>,
    writes: bool,
}

impl Scope {
    fn parse(text: &str) -> Option<Self> {
        let (area, verb) = match text.split_once(':') {
            Some((area, verb)) => (Some(*AREAS.iter().find(|known| **known == area)?), verb),
            None => (None, text),
        };
        match verb {
            "read" => Some(Self { area, writes: false }),
            "write" => Some(Self { area, writes: true }),
            _ => None,
        }
    }

    fn code(self) -> String {
        let verb = if self.writes { "write" } else { "read" };
        self.area.map_or_else(|| verb.to_owned(), |area| format!("{area}:{verb}"))
    }
}

impl Scopes {
    /// Scopes as they are written, parted by spaces; none for a word that is no scope, for none and for too many.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut scopes: Vec<Scope> = text.split_whitespace().map(Scope::parse).collect::<Option<_>>()?;
        scopes.sort_unstable();
        scopes.dedup();
        (!scopes.is_empty() && scopes.len() <= SCOPES_MAX).then_some(Self(scopes))
    }

    /// Each as it is written.
    #[must_use]
    pub fn codes(&self) -> Vec<String> {
        self.0.iter().map(|scope| scope.code()).collect()
    }

    /// Whether an operation of a chapter is within them.
    #[must_use]
    pub fn allow(&self, area: &str, writes: bool) -> bool {
        let covers = |scope: &Scope| scope.area.is_none_or(|own| own == area) && (scope.writes || !writes);
        self.0.iter().any(covers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_covers_its_chapter_and_reading_what_may_be_written() {
        let scopes = Scopes::parse("hiring:write  audit:read hiring:write").unwrap();
        assert_eq!(scopes.codes(), ["audit:read", "hiring:write"]);
        assert!(
            scopes.allow("hiring", true) && scopes.allow("hiring", false) && scopes.allow("audit", false)
        );
        assert!(!scopes.allow("audit", true) && !scopes.allow("person", false));
        let read = Scopes::parse("read").unwrap();
        assert!(read.allow("person", false) && !read.allow("person", true));
        assert!(Scopes::parse("write").unwrap().allow("person", true));
    }

    #[test]
    fn what_is_no_scope_is_none() {
        for text in ["", " ", "all", "hiring", "hiring:all", "pets:read", "read write x"] {
            assert_eq!(Scopes::parse(text), None, "{text}");
        }
    }
}
