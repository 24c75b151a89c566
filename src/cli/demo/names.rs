//! Names of people: common parts of real names, put together by chance. Nobody in particular is meant.

use super::choices::Choices;

/// A name in its own script and in Latin letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// In its own script.
    pub own: String,
    /// In Latin letters, as in a passport.
    pub latin: String,
}

type Part = (&'static str, &'static str);

/// Chinese surnames.
#[rustfmt::skip]
pub const SURNAMES: [Part; 60] = [
    ("王", "Wang"), ("李", "Li"), ("张", "Zhang"), ("刘", "Liu"), ("陈", "Chen"), ("杨", "Yang"),
    ("赵", "Zhao"), ("黄", "Huang"), ("周", "Zhou"), ("吴", "Wu"), ("徐", "Xu"), ("孙", "Sun"),
    ("胡", "Hu"), ("朱", "Zhu"), ("高", "Gao"), ("林", "Lin"), ("何", "He"), ("郭", "Guo"),
    ("马", "Ma"), ("罗", "Luo"), ("梁", "Liang"), ("宋", "Song"), ("郑", "Zheng"), ("谢", "Xie"),
    ("韩", "Han"), ("唐", "Tang"), ("冯", "Feng"), ("于", "Yu"), ("董", "Dong"), ("萧", "Xiao"),
    ("程", "Cheng"), ("曹", "Cao"), ("袁", "Yuan"), ("邓", "Deng"), ("许", "Xu"), ("傅", "Fu"),
    ("沈", "Shen"), ("曾", "Zeng"), ("彭", "Peng"), ("吕", "Lyu"), ("苏", "Su"), ("卢", "Lu"),
    ("蒋", "Jiang"), ("蔡", "Cai"), ("贾", "Jia"), ("丁", "Ding"), ("魏", "Wei"), ("薛", "Xue"),
    ("叶", "Ye"), ("阎", "Yan"), ("余", "Yu"), ("潘", "Pan"), ("杜", "Du"), ("戴", "Dai"),
    ("夏", "Xia"), ("钟", "Zhong"), ("汪", "Wang"), ("田", "Tian"), ("任", "Ren"), ("姜", "Jiang"),
];

#[rustfmt::skip]
const GIVEN_FEMALE: [Part; 40] = [
    ("荷", "he"), ("锦", "jin"), ("春", "chun"), ("缕", "lyu"), ("云", "yun"), ("满", "man"), ("巧", "qiao"),
    ("兰", "lan"), ("梅", "mei"), ("秀", "xiu"), ("丽", "li"), ("静", "jing"), ("雪", "xue"), ("燕", "yan"),
    ("桂", "gui"), ("素", "su"), ("晓", "xiao"), ("月", "yue"), ("芳", "fang"), ("琴", "qin"), ("萍", "ping"),
    ("婷", "ting"), ("雨", "yu"), ("欣", "xin"), ("佳", "jia"), ("慧", "hui"), ("玲", "ling"), ("莲", "lian"),
    ("彩", "cai"), ("霞", "xia"), ("清", "qing"), ("禾", "he"), ("岚", "lan"), ("柳", "liu"), ("杏", "xing"),
    ("采", "cai"), ("绮", "qi"), ("纨", "wan"), ("棠", "tang"), ("小", "xiao"),
];

#[rustfmt::skip]
const GIVEN_MALE: [Part; 40] = [
    ("海", "hai"), ("生", "sheng"), ("一", "yi"), ("帆", "fan"), ("冬", "dong"), ("根", "gen"), ("明", "ming"),
    ("强", "qiang"), ("军", "jun"), ("伟", "wei"), ("建", "jian"), ("国", "guo"), ("志", "zhi"), ("永", "yong"),
    ("江", "jiang"), ("山", "shan"), ("林", "lin"), ("松", "song"), ("柏", "bai"), ("成", "cheng"),
    ("龙", "long"), ("鹏", "peng"), ("飞", "fei"), ("宇", "yu"), ("浩", "hao"), ("天", "tian"), ("文", "wen"),
    ("武", "wu"), ("德", "de"), ("福", "fu"), ("启", "qi"), ("舟", "zhou"), ("川", "chuan"), ("岩", "yan"),
    ("石", "shi"), ("晨", "chen"), ("阳", "yang"), ("立", "li"), ("新", "xin"), ("远", "yuan"),
];

/// A Chinese name with this surname.
pub fn chinese(choices: &mut Choices, surname: Part, female: bool) -> Name {
    let given = if female { &GIVEN_FEMALE } else { &GIVEN_MALE };
    let first = choices.pick(given);
    let second = choices.chance(75).then(|| choices.pick(given)).filter(|second| second.0 != first.0);
    let own = format!("{}{}{}", surname.0, first.0, second.map_or("", |s| s.0));
    let latin = format!("{} {}{}", surname.1, capital(first.1), second.map_or("", |s| s.1));
    Name { own, latin }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Parts of names of one country.
struct Pool {
    /// What stands first, for women and men.
    first: [&'static [Part]; 2],
    /// What stands last.
    last: [&'static [Part]; 2],
}

#[rustfmt::skip]
const VIETNAM: Pool = Pool {
    first: [
        &[("Nguyễn Thị", "Nguyen Thi"), ("Trần Thị", "Tran Thi"), ("Lê Thị", "Le Thi"),
          ("Phạm Thị", "Pham Thi"), ("Hoàng Thị", "Hoang Thi"), ("Vũ Thị", "Vu Thi"),
          ("Đặng Thị", "Dang Thi"), ("Bùi Thị", "Bui Thi"), ("Đỗ Thị", "Do Thi"), ("Lý Thị", "Ly Thi")],
        &[("Nguyễn Văn", "Nguyen Van"), ("Trần Văn", "Tran Van"), ("Lê Văn", "Le Van"),
          ("Phạm Đức", "Pham Duc"), ("Hoàng Văn", "Hoang Van"), ("Vũ Minh", "Vu Minh")],
    ],
    last: [
        &[("Hoa", "Hoa"), ("Lan", "Lan"), ("Mai", "Mai"), ("Hương", "Huong"), ("Thảo", "Thao"),
          ("Ngọc", "Ngoc"), ("Linh", "Linh"), ("Hạnh", "Hanh"), ("Yến", "Yen"), ("Thu", "Thu"),
          ("Nhung", "Nhung"), ("Phượng", "Phuong")],
        &[("Hùng", "Hung"), ("Dũng", "Dung"), ("Nam", "Nam"), ("Long", "Long"), ("Tuấn", "Tuan"),
          ("Sơn", "Son"), ("Quang", "Quang"), ("Thắng", "Thang")],
    ],
};

#[rustfmt::skip]
const MYANMAR: Pool = Pool {
    first: [
        &[("သန္တာ", "Thandar"), ("ခင်", "Khin"), ("မေ", "May"), ("နီလာ", "Nilar"), ("အေး", "Aye"),
          ("စန္ဒာ", "Sandar"), ("ယုယု", "Yu Yu"), ("ဖြူဖြူ", "Phyu Phyu")],
        &[("အောင်", "Aung"), ("ကျော်", "Kyaw"), ("မျိုး", "Myo"), ("ဇော်", "Zaw"), ("မင်း", "Min"),
          ("နိုင်", "Naing")],
    ],
    last: [
        &[("လှိုင်", "Hlaing"), ("မြင့်", "Myint"), ("ဝင်း", "Win"), ("စိုး", "Soe"), ("ဦး", "Oo"),
          ("ထွေး", "Htwe"), ("နွယ်", "Nwe"), ("လှ", "Hla")],
        &[("ထွန်း", "Htun"), ("မင်း", "Min"), ("ဝင်း", "Win"), ("စိုး", "Soe"), ("လင်း", "Lin"),
          ("ကို", "Ko")],
    ],
};

#[rustfmt::skip]
const LAOS: Pool = Pool {
    first: [
        &[("ບຸນມີ", "Bounmy"), ("ມະນີວັນ", "Manivanh"), ("ແກ້ວ", "Keo"), ("ດາວ", "Dao"), ("ສຸດາ", "Souda"),
          ("ນ້ອຍ", "Noy"), ("ຈັນທາ", "Chantha")],
        &[("ສົມຊາຍ", "Somxay"), ("ບຸນທັນ", "Bounthan"), ("ຄຳພອນ", "Khamphone"), ("ສີທອນ", "Sithone")],
    ],
    last: [
        &[("ວົງສາ", "Vongsa"), ("ພົມມະຈັນ", "Phommachanh"), ("ສີສຸກ", "Sisouk"), ("ແກ້ວມະນີ", "Keomany"),
          ("ອິນທະວົງ", "Inthavong")],
        &[("ວົງສາ", "Vongsa"), ("ພົມມະຈັນ", "Phommachanh"), ("ສີສຸກ", "Sisouk"), ("ໄຊຍະວົງ", "Xayavong")],
    ],
};

#[rustfmt::skip]
const MONGOLIA: Pool = Pool {
    first: [
        &[("Доржийн", "Dorjiin"), ("Бат-Эрдэнийн", "Bat-Erdeniin"), ("Цэрэнгийн", "Tserengiin"),
          ("Ганбатын", "Ganbatyn"), ("Лхагвын", "Lkhagvyn")],
        &[("Доржийн", "Dorjiin"), ("Цэрэнгийн", "Tserengiin"), ("Ганбатын", "Ganbatyn"),
          ("Сүхийн", "Sukhiin")],
    ],
    last: [
        &[("Оюунчимэг", "Oyuunchimeg"), ("Сарантуяа", "Sarantuyaa"), ("Алтанцэцэг", "Altantsetseg"),
          ("Нарантуяа", "Narantuyaa"), ("Болормаа", "Bolormaa"), ("Энхжаргал", "Enkhjargal")],
        &[("Батболд", "Batbold"), ("Ганбаатар", "Ganbaatar"), ("Мөнхбат", "Munkhbat"), ("Эрдэнэ", "Erdene")],
    ],
};

#[rustfmt::skip]
const RUSSIA: Pool = Pool {
    first: [
        &[("Ольга", "Olga"), ("Наталья", "Natalia"), ("Ирина", "Irina"), ("Татьяна", "Tatiana"),
          ("Елена", "Elena"), ("Светлана", "Svetlana")],
        &[("Сергей", "Sergei"), ("Андрей", "Andrei"), ("Алексей", "Aleksei"), ("Дмитрий", "Dmitrii")],
    ],
    last: [
        &[("Соколова", "Sokolova"), ("Кузьмина", "Kuzmina"), ("Морозова", "Morozova"),
          ("Лебедева", "Lebedeva"), ("Зайцева", "Zaitseva"), ("Ковалёва", "Kovaleva")],
        &[("Соколов", "Sokolov"), ("Кузьмин", "Kuzmin"), ("Морозов", "Morozov"), ("Лебедев", "Lebedev")],
    ],
};

#[rustfmt::skip]
const DPRK: Pool = Pool {
    first: [&[("리", "Ri"), ("김", "Kim"), ("최", "Choe"), ("박", "Pak")], &[("리", "Ri"), ("김", "Kim")]],
    last: [
        &[("순영", "Sun Yong"), ("은정", "Un Jong"), ("명희", "Myong Hui"), ("설향", "Sol Hyang")],
        &[("성철", "Song Chol"), ("광호", "Kwang Ho")],
    ],
};

/// A name as it is usual in a country, by its ISO code.
pub fn foreign(choices: &mut Choices, country: &str, female: bool) -> Name {
    let pool = match country {
        "VN" => &VIETNAM,
        "MM" => &MYANMAR,
        "LA" => &LAOS,
        "MN" => &MONGOLIA,
        "KP" => &DPRK,
        _ => &RUSSIA,
    };
    let of = usize::from(!female);
    let (first, last) = (choices.pick(pool.first[of]), choices.pick(pool.last[of]));
    // Burmese, Chinese and Korean names are written without a blank.
    let blank = if matches!(country, "MM" | "KP") { "" } else { " " };
    Name { own: format!("{}{blank}{}", first.0, last.0), latin: format!("{} {}", first.1, last.1) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_pools_are_large_enough_and_hold_nothing_twice() {
        let surnames: BTreeSet<_> = SURNAMES.iter().map(|part| part.0).collect();
        assert_eq!(surnames.len(), SURNAMES.len());
        for given in [GIVEN_FEMALE, GIVEN_MALE] {
            assert_eq!(given.iter().map(|part| part.0).collect::<BTreeSet<_>>().len(), 40);
        }
        let mut choices = Choices::new(5);
        let drawn: BTreeSet<String> = (0..2000)
            .map(|n| {
                let surname = *choices.pick(&SURNAMES);
                chinese(&mut choices, surname, n % 2 == 0).own
            })
            .collect();
        assert!(drawn.len() > 1900, "{}", drawn.len());
    }

    #[test]
    fn every_country_has_names_of_its_own_with_latin_letters() {
        let mut choices = Choices::new(6);
        for country in ["VN", "MM", "LA", "MN", "RU", "KP"] {
            for female in [true, false] {
                let name = foreign(&mut choices, country, female);
                assert!(name.latin.is_ascii() && name.latin.contains(' '), "{name:?}");
                assert_ne!(name.own, name.latin, "{country}");
            }
        }
    }
}
