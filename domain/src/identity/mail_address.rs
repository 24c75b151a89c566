//! What a mail address may look like: the plain ones alone, in ASCII, without quotes, comments or anything that a
//! header could be broken with.

/// The longest address (RFC 5321, section 4.5.3.1.3), in characters.
pub const CHARS_MAX: usize = 254;
/// The longest part before the `@`.
const LOCAL_MAX: usize = 64;
/// The longest part between two dots of a domain.
const LABEL_MAX: usize = 63;

/// The address as it is kept, without outer spaces and with the domain in small letters; none for what is no address.
#[must_use]
pub fn read(typed: &str) -> Option<String> {
    let (local, domain) = typed.trim().rsplit_once('@')?;
    let domain = domain.to_ascii_lowercase();
    let sound = local.len() <= LOCAL_MAX
        && local.split('.').all(|part| !part.is_empty() && part.bytes().all(is_atom))
        && domain.split('.').all(is_label)
        && local.len() + 1 + domain.len() <= CHARS_MAX;
    sound.then(|| format!("{local}@{domain}"))
}

/// What an atom of RFC 5322 is made of.
fn is_atom(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

fn is_label(label: &str) -> bool {
    let plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    plain && (1..=LABEL_MAX).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_address_is_kept_as_it_is_meant() {
        for (typed, kept) in [
            (" zhou@Example.COM ", "zhou@example.com"),
            ("Zhou.Li+ballast@mail.example.cn", "Zhou.Li+ballast@mail.example.cn"),
            ("o'neill@localhost", "o'neill@localhost"),
        ] {
            assert_eq!(read(typed).as_deref(), Some(kept), "{typed}");
        }
    }

    #[test]
    fn what_could_break_a_header_or_reach_somebody_else_is_no_address() {
        let (long, label) = (format!("{}@example.com", "a".repeat(65)), format!("a@{}.cn", "b".repeat(64)));
        for typed in [
            "",
            "zhou",
            "@example.com",
            "zhou@",
            "zhou@-example.com",
            "zhou@example..com",
            ".zhou@example.com",
            "zhou..li@example.com",
            "zhou@example.com\r\nBcc: li@example.com",
            "zhou\n@example.com",
            "zhou li@example.com",
            "\"zhou\"@example.com",
            "zhou@example.com, li@example.com",
            "zhou@li@example.com",
            "<zhou@example.com>",
            "周@example.com",
            "zhou@例子.cn",
            "zhou@[127.0.0.1]",
            &long,
            &label,
        ] {
            assert_eq!(read(typed), None, "{typed:?}");
        }
    }
}
