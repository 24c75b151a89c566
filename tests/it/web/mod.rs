//! The pages, as a browser asks for them.

mod account;
mod forms;
mod issuer;
mod member;
mod open_id;
mod open_id_provider;
mod pages;
mod passkey;
mod second_factor;
mod sign_in;
mod vacancy_edit;

/// A word as a form field carries it.
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}
