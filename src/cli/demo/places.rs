//! The fictional places of the demonstration: the city 绫江 and its neighbour, the organisations, their
//! plants, and the border port. The region codes are those of no real place.

use ballast_domain::base::id::{OrganisationId, PortId, SiteId};
use ballast_domain::organisation::credit_code;

use crate::service::batch::Mode;
use crate::service::organisation::country::{NewCountry, load_countries};
use crate::service::organisation::organisation::{NewOrganisation, register_organisations};
use crate::service::organisation::port::{NewPort, register_ports};
use crate::service::organisation::region::{NewRegion, load_regions};
use crate::service::organisation::site::{NewSite, register_sites};
use crate::service::{Ctx, Error};

/// Code, Chinese, English.
type Place = (&'static str, &'static str, &'static str);

/// A part of a name: Chinese, English.
type Stem = (&'static str, &'static str);

/// The city, as a code.
pub const CITY: &str = "2190";

const COUNTRIES: [Place; 12] = [
    ("CN", "中国", "China"),
    ("JP", "日本", "Japan"),
    ("KG", "吉尔吉斯斯坦", "Kyrgyzstan"),
    ("KH", "柬埔寨", "Cambodia"),
    ("KP", "朝鲜", "DPR Korea"),
    ("KR", "韩国", "Republic of Korea"),
    ("KZ", "哈萨克斯坦", "Kazakhstan"),
    ("LA", "老挝", "Laos"),
    ("MM", "缅甸", "Myanmar"),
    ("MN", "蒙古", "Mongolia"),
    ("RU", "俄罗斯", "Russia"),
    ("VN", "越南", "Viet Nam"),
];

const REGIONS: [Place; 10] = [
    ("21", "辽宁省", "Liaoning"),
    (CITY, "绫江市", "Lingjiang"),
    ("219001", "临港区", "Lingang District"),
    ("219002", "织造区", "Zhizao District"),
    ("219003", "柞溪县", "Zuoxi County"),
    ("219004", "青崖县", "Qingya County"),
    ("219005", "云渡县", "Yundu County"),
    ("2191", "棠岭市", "Tangling"),
    ("219101", "湖东区", "Hudong District"),
    ("219102", "棠溪县", "Tangxi County"),
];

const TOWNSHIPS: [Place; 12] = [
    ("219001001", "港前街道", "Gangqian Subdistrict"),
    ("219001002", "潮生街道", "Chaosheng Subdistrict"),
    ("219002001", "锦梭街道", "Jinsuo Subdistrict"),
    ("219002002", "机杼街道", "Jizhu Subdistrict"),
    ("219003100", "江口镇", "Jiangkou Town"),
    ("219003101", "柞林镇", "Zuolin Town"),
    ("219004100", "青崖镇", "Qingya Town"),
    ("219004101", "云坪乡", "Yunping Township"),
    ("219005100", "云渡镇", "Yundu Town"),
    ("219005101", "渡桥镇", "Duqiao Town"),
    ("219101001", "湖滨街道", "Hubin Subdistrict"),
    ("219102100", "棠溪镇", "Tangxi Town"),
];

/// The first part of a village's name, one for each township; the second, one for each of its villages.
const VILLAGES: ([Stem; 12], [Stem; 4]) = (
    [
        ("柳", "Liu"),
        ("菱", "Ling"),
        ("桑", "Sang"),
        ("桐", "Tong"),
        ("荷", "He"),
        ("松", "Song"),
        ("杏", "Xing"),
        ("枫", "Feng"),
        ("槐", "Huai"),
        ("梨", "Li"),
        ("榆", "Yu"),
        ("棠", "Tang"),
    ],
    [("湾", "wan"), ("河", "he"), ("岗", "gang"), ("沟", "gou")],
);

const SCHOOLS: [Place; 4] = [
    ("219002", "绫江市纺织职业技术学校", "Lingjiang Textile Vocational School"),
    ("219003", "柞溪县职业教育中心", "Zuoxi County Vocational Education Centre"),
    ("219004", "青崖县中等职业学校", "Qingya County Secondary Vocational School"),
    ("219101", "棠岭市服装工程学校", "Tangling Garment Engineering School"),
];

const FACTORIES: [Place; 12] = [
    ("219003", "江口云帆服饰有限公司", "Jiangkou Yunfan Apparel Co."),
    ("219002", "绫江恒缕纺织有限公司", "Lingjiang Henglyu Textile Co."),
    ("219001", "绫江素衣制衣有限公司", "Lingjiang Suyi Garment Co."),
    ("219001", "绫江潮生针织厂", "Lingjiang Chaosheng Knitting Mill"),
    ("219004", "青崖宏舟家纺有限公司", "Qingya Hongzhou Home Textiles Co."),
    ("219002", "绫江彩练印染有限公司", "Lingjiang Cailian Dyeing and Printing Co."),
    ("219003", "柞溪春缫丝绸有限公司", "Zuoxi Chunsao Silk Co."),
    ("219005", "云渡安衡防护用品有限公司", "Yundu Anheng Protective Wear Co."),
    ("219002", "绫江锦针内衣有限公司", "Lingjiang Jinzhen Knitwear Co."),
    ("219004", "青崖远岫服装有限公司", "Qingya Yuanxiu Clothing Co."),
    ("219001", "临港裁云制衣有限公司", "Lingang Caiyun Tailoring Co."),
    ("219005", "云渡织浪纺纱有限公司", "Yundu Zhilang Spinning Co."),
];

/// Plants: the factory, its names, and the township in which it lies. Those of one factory stand in the order
/// of their numbers.
const PLANTS: [(usize, &str, &str, usize); 15] = [
    (0, "一厂（柞林镇）", "Plant 1, Zuolin Town", 5),
    (0, "二厂（江口镇）", "Plant 2, Jiangkou Town", 4),
    (1, "织造厂", "Weaving mill", 3),
    (1, "整理厂", "Finishing mill", 2),
    (2, "制衣厂", "Garment plant", 0),
    (3, "针织厂", "Knitting mill", 1),
    (4, "家纺厂", "Home textiles plant", 6),
    (5, "印染厂", "Dyeing and printing works", 2),
    (6, "缫丝厂", "Silk reeling mill", 5),
    (7, "防护服厂", "Protective wear plant", 8),
    (8, "内衣厂", "Knitwear plant", 3),
    (9, "服装厂", "Clothing plant", 7),
    (10, "一厂", "Plant 1", 0),
    (10, "二厂", "Plant 2", 1),
    (11, "纺纱厂", "Spinning mill", 9),
];

/// Factories with a dormitory of their own, and its township.
const DORMITORIES: [(usize, usize); 5] = [(0, 4), (1, 3), (4, 6), (7, 8), (11, 9)];

/// A village.
#[derive(Clone, Debug)]
pub struct Village {
    /// Its code, 12 digits.
    pub code: String,
    /// Whether it lies in the second bureau's city.
    pub of_neighbour: bool,
}

impl Village {
    /// The county's code.
    pub fn county(&self) -> &str {
        self.code.get(..6).unwrap_or(CITY)
    }
}

/// Everything with a place.
#[derive(Debug)]
pub struct Town {
    /// The villages, in order of code.
    pub villages: Vec<Village>,
    /// The schools.
    pub schools: Vec<OrganisationId>,
    /// The factories.
    pub factories: Vec<OrganisationId>,
    /// The two bureaus: the city's and its neighbour's.
    pub bureaus: Vec<OrganisationId>,
    /// The plants of each factory.
    pub plants: Vec<Vec<SiteId>>,
    /// The border port.
    pub port: PortId,
}

fn villages() -> Vec<(Village, String, String)> {
    let (first, second) = VILLAGES;
    let of_township = |(township, stem): (Place, Stem)| {
        let town = township.1.ends_with("街道");
        let (zh, en) = if town { ("社区", "Community") } else { ("村", "Village") };
        second
            .iter()
            .enumerate()
            .map(|(n, end)| {
                let code = format!("{}{}", township.0, 201 + n);
                let of_neighbour = !code.starts_with(CITY);
                let names = (format!("{}{}{zh}", stem.0, end.0), format!("{}{} {en}", stem.1, end.1));
                (Village { code, of_neighbour }, names.0, names.1)
            })
            .collect::<Vec<_>>()
    };
    TOWNSHIPS.into_iter().zip(first).flat_map(of_township).collect()
}

/// Loads the places and registers the organisations.
///
/// # Errors
/// What the services answer.
pub async fn build(ctx: &Ctx) -> Result<Town, Error> {
    let region = |(code, zh, en): Place| NewRegion {
        code: code.to_owned(),
        name_zh: zh.to_owned(),
        name_en: en.to_owned(),
    };
    let villages = villages();
    let small = villages.iter().map(|(village, zh, en)| NewRegion {
        code: village.code.clone(),
        name_zh: zh.clone(),
        name_en: en.clone(),
    });
    let regions = REGIONS.into_iter().chain(TOWNSHIPS).map(region).chain(small).collect();
    load_regions(ctx, regions, Mode::Commit).await?;
    let country = |(code, zh, en): Place| NewCountry {
        code: code.to_owned(),
        name_zh: zh.to_owned(),
        name_en: en.to_owned(),
    };
    load_countries(ctx, COUNTRIES.into_iter().map(country).collect(), Mode::Commit).await?;
    let schools = register(ctx, "school", "12", &SCHOOLS).await?;
    let factories = register(ctx, "factory", "91", &FACTORIES).await?;
    let bureaus = [
        (CITY, "绫江市人力资源和社会保障局", "Lingjiang Labour Bureau"),
        ("2191", "棠岭市人力资源和社会保障局", "Tangling Labour Bureau"),
    ];
    let bureaus = register(ctx, "bureau", "11", &bureaus).await?;
    let association = [(CITY, "绫江市纺织服装协会", "Lingjiang Textile and Garment Association")];
    register(ctx, "association", "51", &association).await?;
    let agency = [("219001", "江岸人力资源服务有限公司", "Jiang'an Labour Services Co.")];
    register(ctx, "agency", "91", &agency).await?;
    let plants = sites(ctx, &schools, &factories).await?;
    let port = NewPort {
        name_zh: "江口公路口岸".to_owned(),
        name_en: "Jiangkou Road Port".to_owned(),
        region: "219003100".to_owned(),
        bureau: *bureaus.first().ok_or(Error::NotFound)?,
    };
    let port = *register_ports(ctx, vec![port], Mode::Commit).await?.first().ok_or(Error::NotFound)?;
    let villages = villages.into_iter().map(|(village, ..)| village).collect();
    Ok(Town { villages, schools, factories, bureaus, plants, port })
}

async fn register(
    ctx: &Ctx,
    kind: &str,
    department: &str,
    organisations: &[Place],
) -> Result<Vec<OrganisationId>, Error> {
    let new = |(n, (region, zh, en)): (usize, &Place)| NewOrganisation {
        kind: kind.to_owned(),
        name_zh: (*zh).to_owned(),
        name_en: (*en).to_owned(),
        credit_code: credit(department, region, kind, n),
        region: (*region).to_owned(),
    };
    register_organisations(ctx, organisations.iter().enumerate().map(new).collect(), Mode::Commit).await
}

/// A credit code with a fitting check character, in a region that does not exist.
fn credit(department: &str, region: &str, kind: &str, n: usize) -> Option<String> {
    let letter = kind.chars().next().map(|c| c.to_ascii_uppercase()).filter(|c| *c != 'S').unwrap_or('X');
    let body = format!("{department}{region:0<6}{letter}A00{:05}", 10_000 + n);
    credit_code::check_character(&body).map(|check| format!("{body}{}", char::from(check)))
}

async fn sites(
    ctx: &Ctx,
    schools: &[OrganisationId],
    factories: &[OrganisationId],
) -> Result<Vec<Vec<SiteId>>, Error> {
    let mut new = Vec::new();
    let site = |organisation, kind: &str, zh: &str, en: &str, region: String| NewSite {
        organisation,
        kind: kind.to_owned(),
        name_zh: zh.to_owned(),
        name_en: en.to_owned(),
        region,
    };
    for (factory, zh, en, township) in PLANTS {
        new.push(site(factories[factory], "plant", zh, en, format!("{}201", TOWNSHIPS[township].0)));
    }
    for (factory, township) in DORMITORIES {
        let region = format!("{}202", TOWNSHIPS[township].0);
        new.push(site(factories[factory], "dormitory", "职工宿舍", "Dormitory", region));
    }
    for (school, place) in schools.iter().zip(SCHOOLS) {
        new.push(site(*school, "campus", "校本部", "Main campus", place.0.to_owned()));
    }
    let ids = register_sites(ctx, new, Mode::Commit).await?;
    let mut plants = vec![Vec::new(); factories.len()];
    for ((factory, ..), id) in PLANTS.into_iter().zip(ids) {
        plants[factory].push(id);
    }
    Ok(plants)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ballast_domain::base::region::RegionCode;
    use ballast_domain::organisation::credit_code::CreditCode;

    use super::*;

    #[test]
    fn the_villages_have_codes_and_names_of_their_own_under_their_townships() {
        let villages = villages();
        let codes: BTreeSet<_> = villages.iter().map(|(village, ..)| village.code.clone()).collect();
        let names: BTreeSet<_> = villages.iter().map(|(_, zh, _)| zh.clone()).collect();
        assert_eq!((codes.len(), names.len()), (48, 48));
        for (village, ..) in &villages {
            let township = RegionCode::parse(&village.code).unwrap().parent().unwrap();
            assert!(TOWNSHIPS.iter().any(|known| known.0 == township.as_str()), "{village:?}");
            assert_eq!(village.of_neighbour, village.county().starts_with("2191"));
        }
    }

    #[test]
    fn the_credit_codes_are_sound_and_different() {
        let codes: BTreeSet<String> = [("school", "12", 4), ("factory", "91", 12), ("agency", "91", 1)]
            .into_iter()
            .flat_map(|(kind, department, many)| {
                (0..many).map(move |n| credit(department, "219001", kind, n).unwrap())
            })
            .collect();
        assert_eq!(codes.len(), 17);
        assert!(codes.iter().all(|code| CreditCode::parse(code).is_ok()));
    }
}
