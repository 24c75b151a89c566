//! Owns the files that pages load: the style sheet, the mark and the script of passkeys, built into the binary. It must not know any page.

use std::fmt::Write as _;
use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};

/// A file that pages load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// The name under `/assets/`.
    pub name: &'static str,
    /// What is sent.
    pub bytes: &'static [u8],
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    /// A strong entity tag over the bytes, with its quotation marks.
    pub etag: String,
}

impl Asset {
    fn new(name: &'static str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        let mut etag = String::from("\"");
        for byte in Sha256::digest(bytes).iter().take(16) {
            let _ = write!(etag, "{byte:02x}");
        }
        etag.push('"');
        Self { name, bytes, content_type, etag }
    }

    /// The address with the first eight digits of the hash, so that a cache may keep the answer for ever.
    #[must_use]
    pub fn url(&self) -> String {
        let hash = self.etag.trim_matches('"').get(..8).unwrap_or_default();
        format!("/assets/{}?v={hash}", self.name)
    }
}

static STYLE_SHEET: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("ballast.css", "text/css; charset=utf-8", include_bytes!("ballast.css")));
static MARK: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("mark.svg", "image/svg+xml", include_bytes!("mark.svg")));

static PASSKEY: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("passkey.js", "text/javascript; charset=utf-8", include_bytes!("passkey.js"))
});

/// The one script, which only passkeys need.
#[must_use]
pub fn passkey() -> &'static Asset {
    &PASSKEY
}

/// The one style sheet.
#[must_use]
pub fn style_sheet() -> &'static Asset {
    &STYLE_SHEET
}

/// The mark, for the browser's tab.
#[must_use]
pub fn mark() -> &'static Asset {
    &MARK
}

/// The file of a name under `/assets/`. None where there is no such file.
#[must_use]
pub fn find(name: &str) -> Option<&'static Asset> {
    [style_sheet(), mark(), passkey()].into_iter().find(|asset| asset.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_found_by_its_name_with_a_tag_over_its_bytes() {
        let sheet = find("ballast.css").unwrap();
        assert_eq!(sheet.content_type, "text/css; charset=utf-8");
        assert_eq!(sheet.etag.len(), 34);
        assert_ne!(sheet.etag, find("mark.svg").unwrap().etag);
        assert_eq!(sheet.url(), format!("/assets/ballast.css?v={}", &sheet.etag[1..9]));
        assert!(find("../mod.rs").is_none());
    }

    #[test]
    fn the_style_sheet_loads_nothing_from_elsewhere() {
        let sheet = std::str::from_utf8(style_sheet().bytes).unwrap();
        for forbidden in ["@import", "@font-face", "url(", "http"] {
            assert!(!sheet.contains(forbidden), "{forbidden} in the style sheet");
        }
    }

    #[test]
    fn every_token_that_the_style_sheet_uses_is_defined_in_it() {
        let sheet = std::str::from_utf8(style_sheet().bytes).unwrap();
        let mut used = 0;
        for rest in sheet.split("var(").skip(1) {
            let name = rest.split([')', ',']).next().unwrap();
            used += 1;
            assert!(sheet.contains(&format!("{name}:")), "{name} is not defined");
        }
        assert!(used > 100);
    }

    const TEXT_PAIRS: [(&str, &str); 14] = [
        ("ink", "paper"),
        ("ink", "surface"),
        ("ink", "sunken"),
        ("ink-2", "paper"),
        ("ink-2", "surface"),
        ("ink-2", "sunken"),
        ("mallard", "paper"),
        ("mallard", "surface"),
        ("mallard", "mallard-soft"),
        ("on-mallard", "mallard"),
        ("redlead", "surface"),
        ("redlead", "redlead-soft"),
        ("indigo", "indigo-soft"),
        ("tussah-ink", "tussah-soft"),
    ];
    const MARK_PAIRS: [(&str, &str); 4] =
        [("edge", "surface"), ("tussah", "surface"), ("granite", "surface"), ("focus", "surface")];

    /// The relative luminance of WCAG 2.2 of a token in one part of the sheet.
    fn luminance(scheme: &str, token: &str) -> f64 {
        let value = scheme.split(&format!("--{token}: #")).nth(1).unwrap().split(';').next().unwrap();
        let digits =
            if value.len() == 3 { value.chars().flat_map(|c| [c, c]).collect() } else { value.to_owned() };
        let channel = |at: usize| {
            let level = f64::from(u8::from_str_radix(&digits[at..at + 2], 16).unwrap()) / 255.0;
            if level <= 0.04045 { level / 12.92 } else { ((level + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
    }

    fn contrast(scheme: &str, (one, other): (&str, &str)) -> f64 {
        let (one, other) = (luminance(scheme, one), luminance(scheme, other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn text_and_marks_reach_their_contrast_in_both_schemes() {
        let sheet = std::str::from_utf8(style_sheet().bytes).unwrap();
        let (light, dark) = sheet.split_once("prefers-color-scheme: dark").unwrap();
        for scheme in [light, dark] {
            for pair in TEXT_PAIRS {
                assert!(contrast(scheme, pair) >= 4.5, "{pair:?}: {}", contrast(scheme, pair));
            }
            for pair in MARK_PAIRS {
                assert!(contrast(scheme, pair) >= 3.0, "{pair:?}: {}", contrast(scheme, pair));
            }
        }
    }
}
