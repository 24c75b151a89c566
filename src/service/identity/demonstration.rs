//! The logins of a demonstration, each of another role. They work only where the demonstration made them.

/// The password of every one of them.
pub const PASSWORD: &str = "ballast-demo-2026";

/// One login.
#[derive(Clone, Copy, Debug)]
pub struct DemoLogin {
    /// The role's code.
    pub role: &'static str,
    /// The name to sign in with.
    pub login: &'static str,
    /// Whose it is, in Chinese.
    pub holder_zh: &'static str,
    /// Whose it is, in English.
    pub holder_en: &'static str,
}

/// All of them, in the order of the policy table.
pub const LOGINS: [DemoLogin; 6] = [
    DemoLogin { role: "administrator", login: "admin", holder_zh: "方序", holder_en: "Fang Xu" },
    DemoLogin { role: "school_registrar", login: "school", holder_zh: "苏禾", holder_en: "Su He" },
    DemoLogin { role: "factory_hr", login: "factory", holder_zh: "沈巧云", holder_en: "Shen Qiaoyun" },
    DemoLogin { role: "labour_official", login: "official", holder_zh: "高岚", holder_en: "Gao Lan" },
    DemoLogin { role: "targeting_officer", login: "targeting", holder_zh: "罗静", holder_en: "Luo Jing" },
    DemoLogin { role: "trainee", login: "trainee", holder_zh: "林小满", holder_en: "Lin Xiaoman" },
];
