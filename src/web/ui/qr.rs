//! Owns QR codes, drawn as one path. It must not know what they say.

use maud::{Markup, html};
use qrcode::{Color, EcLevel, QrCode};

/// Light modules around the code, without which a camera does not find it.
const QUIET: usize = 4;

/// A text as a QR code: black on white in any colours of the page, since cameras look for that. `label` says what it is
/// to who cannot see it. Nothing for a text that does not fit.
#[must_use]
pub fn qr(text: &str, label: &str) -> Markup {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else { return html! {} };
    let side = code.width() + 2 * QUIET;
    html! {
        svg.qr viewBox={ "0 0 " (side) " " (side) } role="img" aria-label=(label) shape-rendering="crispEdges" {
            path fill="#fff" d={ "M0 0h" (side) "v" (side) "H0z" } {}
            path fill="#000" d=(dark(&code)) {}
        }
    }
}

/// One rectangle for each run of dark modules of a row.
fn dark(code: &QrCode) -> String {
    use std::fmt::Write as _;
    let (width, colors, mut path) = (code.width(), code.to_colors(), String::new());
    for (y, row) in colors.chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run.first() == Some(&Color::Dark) {
                let length = run.len();
                let _ = write!(path, "M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET);
            }
            x += run.len();
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_corners_and_nothing_of_a_style() {
        let drawn = qr("otpauth://totp/Ballast:a?secret=GEZDGNBVGY3TQOJQ&issuer=Ballast", "QR").into_string();
        let code = QrCode::with_error_correction_level("x", EcLevel::M).unwrap();
        assert!(dark(&code).starts_with(&format!("M{QUIET} {QUIET}h7v1h-7z")), "{}", dark(&code));
        assert!(drawn.contains("role=\"img\" aria-label=\"QR\"") && !drawn.contains("style"), "{drawn}");
        assert!(qr(&"x".repeat(5_000), "QR").into_string().is_empty());
    }
}
