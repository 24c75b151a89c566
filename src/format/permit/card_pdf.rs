//! A permit's card as PDF: a page of the size of a bank card (ISO/IEC 7810 ID-1) and an A4 page with the same and
//! room for what an inspector has to know. The font is embedded, cut down to the characters that stand there.
//!
//! A card has one line for each field: what is longer is set smaller, down to a size that can still be read, and then
//! cut with an ellipsis. The code holds the whole of it.

use ballast_domain::permit::card::Card;
use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use qrcode::{Color, EcLevel, QrCode};

/// Points in a millimetre.
const MM: f32 = 72.0 / 25.4;
/// ISO/IEC 7810 ID-1, in millimetres.
const CARD_MM: (f32, f32) = (85.6, 53.98);
/// ISO 216 A4, in millimetres.
const A4_MM: (f32, f32) = (210.0, 297.0);
/// The lightest modules around a code (ISO/IEC 18004).
const QUIET_MODULES: usize = 4;
/// The smallest letters, in points.
const LETTERS_MIN: f32 = 4.5;
/// Red, green and blue.
type Ink = (u8, u8, u8);
const INK: Ink = (22, 26, 25);
const QUIET: Ink = (90, 98, 95);
const MALLARD: Ink = (11, 79, 71);

/// The words on a card, in the languages that it is printed in.
#[derive(Clone, Debug)]
pub struct Words {
    /// The heading.
    pub title: String,
    /// Label and value of each line, from the top.
    pub lines: Vec<(String, String)>,
    /// What whoever checks it has to do.
    pub check: Vec<String>,
}

/// Why a card cannot be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrawError {
    /// The file is no font.
    #[error("the font for cards cannot be read")]
    Font,
    /// The code is too long for a square that can be scanned.
    #[error("the code of the card is too long")]
    Code,
    /// The file cannot be put together.
    #[error("the card cannot be written")]
    Write,
}

/// Draws a card. `code` is what [`super::card::write_card`] gave; `font` is a TrueType or OpenType font, the first one
/// of a collection.
///
/// # Errors
/// [`DrawError`].
pub fn draw(card: &Card, code: &str, words: &Words, font: &[u8]) -> Result<Vec<u8>, DrawError> {
    let font = Font::new(font.to_vec().into(), 0).ok_or(DrawError::Font)?;
    let code = QrCode::with_error_correction_level(code, EcLevel::M).ok().ok_or(DrawError::Code)?;
    let mut document = Document::new();
    document.set_metadata(metadata(card, words));
    for (width, height) in [CARD_MM, A4_MM] {
        let size = PageSettings::from_wh(width * MM, height * MM).ok_or(DrawError::Write)?;
        let mut page = document.start_page_with(size);
        let mut sheet = Sheet { surface: page.surface(), font: &font };
        if width < A4_MM.0 { sheet.card(words, &code) } else { sheet.page(words, &code) }
    }
    document.finish().ok().ok_or(DrawError::Write)
}

/// Whoever opens the file twice sees one date: when the card was issued.
fn metadata(card: &Card, words: &Words) -> Metadata {
    use chrono::{Datelike as _, Timelike as _};
    let at = card.issued_at;
    let byte = |number: u32| u8::try_from(number).unwrap_or_default();
    let date = DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(byte(at.month()))
        .day(byte(at.day()))
        .hour(byte(at.hour()))
        .minute(byte(at.minute()))
        .second(byte(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    Metadata::new()
        .title(format!("{} {}", words.title, card.reference))
        .creation_date(date)
        .document_id(card.version.to_string())
}

/// A page that is drawn on. Lengths are millimetres from the upper left corner.
struct Sheet<'a> {
    surface: Surface<'a>,
    font: &'a Font,
}

/// Where a line of text goes, and how wide it may become.
#[derive(Clone, Copy)]
struct At {
    x: f32,
    y: f32,
    width: f32,
    letters: f32,
    color: Ink,
}

impl Sheet<'_> {
    fn card(&mut self, words: &Words, code: &QrCode) {
        let (width, height) = CARD_MM;
        self.fill(0.0, 0.0, width, 2.2, MALLARD);
        let side = 33.0;
        self.code(code, width - side - 3.5, (height - side) / 2.0 + 1.0, side);
        let left = 4.0;
        let room = width - side - 3.5 - left - 2.0;
        self.text(&words.title, At { x: left, y: 8.0, width: room, letters: 8.5, color: MALLARD });
        for (n, (label, value)) in words.lines.iter().enumerate() {
            let y = 12.5 + 5.6 * index(n);
            self.text(label, At { x: left, y, width: room, letters: 4.6, color: QUIET });
            self.text(value, At { x: left, y: y + 2.8, width: room, letters: 6.6, color: INK });
        }
    }

    fn page(&mut self, words: &Words, code: &QrCode) {
        let (width, _) = A4_MM;
        let left = 20.0;
        self.fill(0.0, 0.0, width, 4.0, MALLARD);
        let room = width - 2.0 * left;
        self.text(&words.title, At { x: left, y: 24.0, width: room, letters: 20.0, color: MALLARD });
        let side = 70.0;
        self.code(code, width - left - side, 34.0, side);
        for (n, (label, value)) in words.lines.iter().enumerate() {
            let y = 40.0 + 12.0 * index(n);
            self.text(label, At { x: left, y, width: room - side - 6.0, letters: 9.0, color: QUIET });
            self.text(value, At { x: left, y: y + 5.5, width: room - side - 6.0, letters: 12.0, color: INK });
        }
        for (n, line) in words.check.iter().enumerate() {
            let y = 138.0 + 8.0 * index(n);
            self.text(line, At { x: left, y, width: room, letters: 10.0, color: INK });
        }
    }

    fn fill(&mut self, x: f32, y: f32, width: f32, height: f32, color: Ink) {
        let mut path = PathBuilder::new();
        if let Some(rectangle) = Rect::from_xywh(x * MM, y * MM, width * MM, height * MM) {
            path.push_rect(rectangle);
        }
        self.path(path, color);
    }

    fn path(&mut self, path: PathBuilder, color: Ink) {
        self.ink(color);
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
    }

    fn ink(&mut self, (red, green, blue): Ink) {
        let paint = rgb::Color::new(red, green, blue).into();
        let fill = Fill { paint, opacity: NormalizedF32::ONE, rule: FillRule::NonZero };
        self.surface.set_fill(Some(fill));
    }

    /// A code within a square of this side, its quiet zone included.
    fn code(&mut self, code: &QrCode, x: f32, y: f32, side: f32) {
        let module = side / index(code.width() + 2 * QUIET_MODULES);
        let mut path = PathBuilder::new();
        let colors = code.to_colors();
        for (row, cells) in colors.chunks(code.width()).enumerate() {
            let mut from = 0;
            // What is dark side by side is one rectangle: no hairlines, and a fifth of the bytes.
            for run in cells.chunk_by(PartialEq::eq) {
                let at = |n: usize| index(n + QUIET_MODULES) * module;
                let cell = Rect::from_xywh(
                    (x + at(from)) * MM,
                    (y + at(row)) * MM,
                    index(run.len()) * module * MM,
                    module * MM,
                );
                if let (Some(Color::Dark), Some(cell)) = (run.first(), cell) {
                    path.push_rect(cell);
                }
                from += run.len();
            }
        }
        self.path(path, INK);
    }

    fn text(&mut self, text: &str, at: At) {
        let (text, letters) = fitted(text, at.letters, at.width * MM);
        self.ink(at.color);
        let start = Point::from_xy(at.x * MM, at.y * MM);
        self.surface.draw_text(start, self.font.clone(), letters, &text, false, TextDirection::Auto);
    }
}

/// A count as a length. There are far fewer of anything on a page than a float tells apart.
fn index(n: usize) -> f32 {
    f32::from(u16::try_from(n).unwrap_or(u16::MAX))
}

/// A text and the size at which it is no wider than `width` points. An ideograph is as wide as it is high; for other
/// letters three fifths of that is more than they are on average.
fn fitted(text: &str, letters: f32, width: f32) -> (String, f32) {
    let wide = |c: char| if u32::from(c) >= 0x2E80 { 1.0_f32 } else { 0.6 };
    let ems: f32 = text.chars().map(wide).sum();
    let size = letters.min(width / ems.max(1.0));
    if size >= LETTERS_MIN.min(letters) {
        return (text.to_owned(), size);
    }
    let size = LETTERS_MIN.min(letters);
    let mut room = width / size - 1.0;
    let fits = |c: &char| {
        room -= wide(*c);
        room >= 0.0
    };
    (text.chars().take_while(fits).chain(['…']).collect(), size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_becomes_smaller_and_then_shorter() {
        assert_eq!(fitted("二厂", 6.0, 100.0), ("二厂".to_owned(), 6.0));
        let (text, size) = fitted(&"厂".repeat(20), 6.0, 100.0);
        assert_eq!((text.chars().count(), size), (20, 5.0));
        let (text, size) = fitted(&"厂".repeat(40), 6.0, 100.0);
        assert!(text.ends_with('…') && text.chars().count() == 22, "{text}");
        assert!((size - LETTERS_MIN).abs() < f32::EPSILON);
    }
}
