//! The code under which a factory sees a person before the person consents to it.

use ballast_domain::base::id::PersonId;

use crate::outside::keys::mac;

/// Crockford's base 32: no I, L, O, U, so that a code can be read out.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// `K7Q-41M-8ZD`: 45 bits of HMAC-SHA-256 under the organisation's own secret key. The same person has the
/// same code at one factory, another one at the next, and nobody without the key can tell which.
#[must_use]
pub fn pseudonym(organisation_key: &[u8], person: PersonId) -> String {
    let bytes = mac(organisation_key, &[b"pseudonym", person.0.as_bytes()]);
    let mut code = String::with_capacity(11);
    for (n, byte) in bytes.iter().take(9).enumerate() {
        if n > 0 && n % 3 == 0 {
            code.push('-');
        }
        code.push(ALPHABET.get(usize::from(byte % 32)).copied().map_or('0', char::from));
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_code_is_the_same_at_one_factory_and_another_at_the_next() {
        let person = PersonId(Uuid::from_u128(7));
        let code = pseudonym(b"one", person);
        assert_eq!(code, pseudonym(b"one", person));
        assert_ne!(code, pseudonym(b"two", person));
        assert_eq!(code.len(), 11);
    }
}
