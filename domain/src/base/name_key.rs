//! The key by which names are put in order: Latin ones by the alphabet, Chinese ones by their pinyin.

use pinyin::ToPinyin as _;

/// The key of a name. Keys are compared by their bytes, on both databases alike.
///
/// A Chinese character stands in it with its commonest reading and tone, and behind it itself: `李明` is
/// `li3李ming2明`, so that the same syllable is together and its characters are kept apart. Everything else is in
/// lower case; spaces are single. A character with several readings is ordered by the commonest, in a surname
/// too: 曾 stands under ceng2, where a dictionary of surnames has zeng1. Readings are those of the Unihan
/// database as `pinyin-data` collects them.
#[must_use]
pub fn name_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len() * 3);
    for word in name.split_whitespace() {
        if !key.is_empty() {
            key.push(' ');
        }
        for character in word.chars() {
            match character.to_pinyin() {
                Some(reading) => {
                    key.push_str(reading.with_tone_num_end());
                    key.push(character);
                }
                None => key.extend(character.to_lowercase()),
            }
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_names_are_in_the_order_of_their_pinyin_and_tone() {
        let mut names =
            ["张伟", "安娜", "李明", "连城", "李敏", "Ba Than", "ba than", "王芳", "陈 静", "陈静"];
        names.sort_by_key(|name| name_key(name));
        assert_eq!(
            names,
            ["安娜", "Ba Than", "ba than", "陈 静", "陈静", "李敏", "李明", "连城", "王芳", "张伟"]
        );
    }

    #[test]
    fn characters_of_one_sound_are_kept_apart() {
        assert_eq!(name_key("李明"), "li3李ming2明");
        assert_ne!(name_key("李"), name_key("里"));
        assert_eq!(name_key("  Nguyen   VAN "), "nguyen van");
        assert_eq!(name_key(""), "");
    }
}
