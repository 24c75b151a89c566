//! Which browser on which system asks, as far as it says: a family, never a version, by which somebody knows their
//! own sessions apart.

use poem::Request;
use poem::http::header::USER_AGENT;

/// Part of a header, and the family that it stands for; the first that is found counts, since browsers name those
/// that they want to be taken for.
const BROWSERS: [(&str, &str); 11] = [
    ("MicroMessenger", "wechat"),
    ("DingTalk", "dingtalk"),
    ("HuaweiBrowser", "huawei"),
    ("MiuiBrowser", "xiaomi"),
    ("UCBrowser", "uc"),
    ("QQBrowser", "qq"),
    ("Edg", "edge"),
    ("Firefox", "firefox"),
    ("FxiOS", "firefox"),
    ("Chrome", "chrome"),
    ("Safari", "safari"),
];
const SYSTEMS: [(&str, &str); 8] = [
    ("HarmonyOS", "harmonyos"),
    ("OpenHarmony", "harmonyos"),
    ("Android", "android"),
    ("iPhone", "ios"),
    ("iPad", "ios"),
    ("Windows", "windows"),
    ("Macintosh", "macos"),
    ("Linux", "linux"),
];

/// The family of browser and system, `firefox/linux`; `other` for what is not known.
#[must_use]
pub fn family(request: &Request) -> String {
    let said = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    of(said)
}

fn of(said: &str) -> String {
    let find = |families: &[(&str, &'static str)]| {
        families.iter().find(|(part, _)| said.contains(part)).map_or("other", |(_, family)| family)
    };
    format!("{}/{}", find(&BROWSERS), find(&SYSTEMS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_known_by_its_family_and_nothing_finer() {
        for (said, family) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "firefox/linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 \
                 Safari/537.36 Edg/140.0.0.0",
                "edge/windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 12; HarmonyOS; X) AppleWebKit/537.36 Chrome/99 HuaweiBrowser/13",
                "huawei/harmonyos",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
                "safari/ios",
            ),
            ("curl/8.0", "other/other"),
            ("", "other/other"),
        ] {
            assert_eq!(of(said), family, "{said}");
        }
    }
}
