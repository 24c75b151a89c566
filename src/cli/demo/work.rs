//! The work of the city: vacancies of the factories, and the joint classes of schools with factories.

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{EnrolmentId, JointClassId, OrganisationId, SiteId, VacancyId};
use ballast_domain::matching::candidate::Shifts;
use ballast_domain::matching::query::Requirement;
use ballast_domain::taxonomy::skill_id;
use ballast_domain::training::joint_class::PlannedModule;

use super::people::Trainee;
use super::places::Town;
use super::trades::{Need, Trade, Trades, after};
use crate::format::taxonomy::house;
use crate::service::batch::Mode;
use crate::service::hiring::vacancy::{NewVacancy, post_vacancies};
use crate::service::training::agreement::{NewAgreement, sign_agreements};
use crate::service::training::enrolment::{
    NewEnrolment, enrol_trainees, finish_enrolments, withdraw_enrolment,
};
use crate::service::training::joint_class::{NewJointClass, open_joint_classes};
use crate::service::{Ctx, Error, Seen};

/// Weights of the requirements of a vacancy, the most important first.
const WEIGHTS: [u32; 5] = [300, 180, 110, 90, 60];

/// The three vacancies whose lists are printed.
pub const SHOWN: [&str; 3] = ["V-2026-0412", "V-2026-0419", "V-2026-0427"];

/// Reference, factory, plant of the factory, trade, posts, least and most yuan a month, days until it starts,
/// shifts, whether there is a dormitory.
type Post = (&'static str, usize, usize, &'static str, i32, i64, i64, i64, &'static str, bool);

#[rustfmt::skip]
const POSTS: [Post; 40] = [
    ("V-2026-0401", 0, 0, "lockstitch-sewer", 8, 4_000, 4_800, 14, "d", false),
    ("V-2026-0402", 0, 1, "overlock-sewer", 10, 4_100, 4_900, 21, "de", true),
    ("V-2026-0403", 0, 0, "cutter", 3, 4_300, 5_200, 14, "d", false),
    ("V-2026-0404", 2, 0, "lockstitch-sewer", 15, 4_200, 5_000, 18, "d", false),
    ("V-2026-0405", 2, 0, "presser", 4, 3_400, 4_200, 18, "d", false),
    ("V-2026-0406", 3, 0, "knitting-operator", 9, 4_300, 5_300, 25, "den", true),
    ("V-2026-0407", 3, 0, "packer", 6, 3_200, 4_000, 10, "d", false),
    ("V-2026-0408", 4, 0, "lockstitch-sewer", 12, 3_900, 4_700, 30, "d", true),
    ("V-2026-0409", 4, 0, "packer", 5, 3_300, 4_100, 15, "de", true),
    ("V-2026-0410", 5, 0, "dyer", 7, 4_600, 5_600, 21, "den", false),
    ("V-2026-0411", 5, 0, "textile-printer", 3, 4_700, 5_700, 35, "de", false),
    ("V-2026-0412", 0, 1, "lockstitch-sewer", 12, 4_300, 5_200, 14, "de", true),
    ("V-2026-0413", 5, 0, "colour-lab-technician", 2, 5_000, 6_300, 28, "d", false),
    ("V-2026-0414", 6, 0, "tussah-silk-reeler", 11, 3_900, 4_800, 20, "de", false),
    ("V-2026-0415", 6, 0, "cocoon-sorter", 4, 3_300, 4_000, 12, "d", false),
    ("V-2026-0416", 6, 0, "silk-finisher", 3, 3_800, 4_700, 20, "de", false),
    ("V-2026-0417", 7, 0, "protective-clothing-maker", 14, 4_200, 5_100, 24, "de", true),
    ("V-2026-0418", 7, 0, "quality-inspector", 3, 4_400, 5_300, 24, "d", true),
    ("V-2026-0419", 1, 0, "loom-operator", 16, 4_500, 5_500, 20, "den", true),
    ("V-2026-0420", 1, 0, "warper", 4, 4_400, 5_300, 20, "den", true),
    ("V-2026-0421", 1, 1, "finisher", 5, 4_300, 5_200, 32, "de", true),
    ("V-2026-0422", 1, 0, "loom-mechanic", 2, 5_600, 6_500, 40, "de", true),
    ("V-2026-0423", 1, 0, "fabric-inspector", 3, 4_300, 5_200, 20, "d", true),
    ("V-2026-0424", 8, 0, "overlock-sewer", 13, 4_100, 5_000, 16, "de", false),
    ("V-2026-0425", 8, 0, "flat-knitter", 5, 4_400, 5_400, 16, "de", false),
    ("V-2026-0426", 8, 0, "special-machine-sewer", 4, 4_200, 5_000, 22, "d", false),
    ("V-2026-0427", 2, 0, "quality-inspector", 6, 4_500, 5_400, 17, "d", true),
    ("V-2026-0428", 9, 0, "lockstitch-sewer", 9, 3_900, 4_700, 27, "d", false),
    ("V-2026-0429", 9, 0, "sample-sewer", 2, 5_000, 6_200, 27, "d", false),
    ("V-2026-0430", 9, 0, "embroidery-operator", 3, 4_200, 5_100, 33, "de", false),
    ("V-2026-0431", 10, 0, "pattern-maker", 2, 5_400, 6_500, 45, "d", false),
    ("V-2026-0432", 10, 0, "pattern-grader", 2, 5_000, 6_100, 45, "d", false),
    ("V-2026-0433", 10, 1, "lockstitch-sewer", 10, 4_200, 5_000, 19, "de", false),
    ("V-2026-0434", 10, 1, "line-leader", 1, 5_600, 6_500, 30, "de", false),
    ("V-2026-0435", 10, 1, "sewing-machine-mechanic", 1, 5_500, 6_400, 30, "d", false),
    ("V-2026-0436", 11, 0, "yarn-spinner", 18, 4_100, 5_000, 22, "den", true),
    ("V-2026-0437", 11, 0, "packer", 4, 3_300, 4_000, 22, "de", true),
    ("V-2026-0438", 11, 0, "warehouse-keeper", 2, 3_900, 4_700, 36, "d", true),
    ("V-2026-0439", 0, 1, "quality-inspector", 4, 4_500, 5_000, 28, "d", true),
    ("V-2026-0440", 2, 0, "merchandiser", 2, 5_200, 6_500, 55, "d", false),
];

/// A posted vacancy.
#[derive(Clone, Debug)]
pub struct Posted {
    /// Which.
    pub id: VacancyId,
    /// Its reference.
    pub reference: &'static str,
    /// Its factory, by its place in the list.
    pub factory: usize,
    /// First day of work.
    pub starts_on: CivilDate,
    /// What it asks for.
    pub requirements: Vec<Requirement>,
}

/// Posts the vacancies.
///
/// # Errors
/// What the services answer.
pub async fn post(ctx: &Ctx, town: &Town, trades: &Trades) -> Result<Vec<Posted>, Error> {
    let mut posted = Vec::with_capacity(POSTS.len());
    for (factory, organisation) in town.factories.iter().enumerate() {
        let posts: Vec<&Post> = POSTS.iter().filter(|post| post.1 == factory).collect();
        let mut new = Vec::with_capacity(posts.len());
        for post in &posts {
            new.push(vacancy(post, town.plants[factory][post.2], trades.get(post.3)?, ctx.today()));
        }
        let ids = post_vacancies(ctx, *organisation, new.clone(), Mode::Commit).await?;
        for ((post, new), id) in posts.into_iter().zip(new).zip(ids) {
            posted.push(Posted {
                id,
                reference: post.0,
                factory,
                starts_on: new.starts_on,
                requirements: new.requirements,
            });
        }
    }
    Ok(posted)
}

fn vacancy(post: &Post, site: SiteId, trade: &Trade, today: CivilDate) -> NewVacancy {
    let (reference, _, _, _, headcount, least, most, days, shifts, dormitory) = *post;
    NewVacancy {
        site,
        occupation: trade.occupation,
        reference: reference.to_owned(),
        title_zh: trade.names.0.clone(),
        title_en: capital(&trade.names.1),
        headcount,
        wage_min_minor: least * 100,
        wage_max_minor: most * 100,
        starts_on: after(today, days),
        shifts: Shifts {
            day: shifts.contains('d'),
            evening: shifts.contains('e'),
            night: shifts.contains('n'),
        },
        dormitory,
        age_min: None,
        requirements: requirements(reference, &trade.needs),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// What a vacancy asks for: five skills of the trade with falling weights. The first shown one asks for two
/// sewing skills and takes the rest as welcome.
fn requirements(reference: &str, needs: &[Need]) -> Vec<Requirement> {
    let own = ["lockstitch", "overlock", "read-spec-sheet", "sewing-inspection", "sewing-machine-upkeep"];
    let asked: Vec<(Need, u8)> = if SHOWN.first() == Some(&reference) {
        own.iter()
            .zip([(true, 3, 2), (true, 2, 1), (false, 2, 0), (false, 2, 0), (false, 1, 0)])
            .map(|(key, (essential, level, floor))| {
                (Need { skill: skill_id(&house::skill_uri(key)), essential, level }, floor)
            })
            .collect()
    } else {
        let floor = |need: &Need| if need.essential { need.level.saturating_sub(1).max(1) } else { 0 };
        needs.iter().map(|need| (*need, floor(need))).collect()
    };
    asked
        .into_iter()
        .zip(WEIGHTS)
        .map(|((need, floor), weight)| Requirement {
            skill: need.skill,
            essential: need.essential,
            level: need.level,
            floor,
            weight,
        })
        .collect()
}

/// A joint class.
pub struct Class {
    /// The school's own name for it.
    pub reference: &'static str,
    /// The school, by its place in the list.
    pub school: usize,
    /// The factory, by its place in the list.
    pub factory: usize,
    /// The key of the trade.
    pub trade: &'static str,
    titles: (&'static str, &'static str),
    days: (CivilDate, CivilDate),
    seats: i32,
    /// How many trainees are enrolled.
    pub trainees: usize,
}

const fn date(year: i32, month: u32, day: u32) -> CivilDate {
    match CivilDate::from_ymd_opt(year, month, day) {
        Some(date) => date,
        None => CivilDate::MAX,
    }
}

/// The classes that ended in the summer.
pub const FINISHED: (CivilDate, CivilDate) = (date(2025, 9, 1), date(2026, 7, 3));
/// The classes that run.
pub const RUNNING: (CivilDate, CivilDate) = (date(2026, 3, 2), date(2027, 1, 29));

/// Reference, school, factory, trade, names, whether it is over, seats, trainees.
type ClassRow = (&'static str, usize, usize, &'static str, &'static str, &'static str, bool, i32, usize);

#[rustfmt::skip]
const CLASSES: [ClassRow; 10] = [
    ("2501", 0, 0, "lockstitch-sewer", "缝纫 2501 班（云帆订单班）", "Sewing 2501 (Yunfan class)", true, 40, 38),
    ("2502", 0, 1, "loom-operator", "织造 2502 班（恒缕订单班）", "Weaving 2502 (Henglyu class)", true, 36, 34),
    ("2503", 1, 2, "quality-inspector", "质检 2503 班（素衣订单班）", "Quality 2503 (Suyi class)", true, 30, 28),
    ("2504", 2, 4, "packer", "包装 2504 班（宏舟订单班）", "Packing 2504 (Hongzhou class)", true, 24, 20),
    ("2601", 0, 1, "loom-operator", "织造 2601 班（恒缕订单班）", "Weaving 2601 (Henglyu class)", false, 40, 36),
    ("2602", 1, 0, "lockstitch-sewer", "缝纫 2602 班（云帆订单班）", "Sewing 2602 (Yunfan class)", false, 40, 38),
    ("2603", 0, 2, "quality-inspector", "质检 2603 班（素衣订单班）", "Quality 2603 (Suyi class)", false, 28, 24),
    ("2604", 2, 3, "knitting-operator", "针织 2604 班（潮生订单班）", "Knitting 2604 (Chaosheng class)", false, 30, 26),
    ("2605", 1, 6, "tussah-silk-reeler", "缫丝 2605 班（春缫订单班）", "Silk reeling 2605 (Chunsao class)", false, 24, 20),
    ("2606", 3, 7, "protective-clothing-maker", "防护服 2606 班（安衡订单班）", "Protective wear 2606 (Anheng class)", false, 32, 28),
];

/// All classes, in order of their reference.
pub fn classes() -> Vec<Class> {
    let class = |(reference, school, factory, trade, zh, en, over, seats, trainees)| Class {
        reference,
        school,
        factory,
        trade,
        titles: (zh, en),
        days: if over { FINISHED } else { RUNNING },
        seats,
        trainees,
    };
    CLASSES.into_iter().map(class).collect()
}

impl Class {
    /// Whether it ended in the summer.
    pub fn is_over(&self) -> bool {
        self.days == FINISHED
    }
}

/// Signs the agreements and opens the classes under them; gives their ids in the order of [`classes`].
///
/// # Errors
/// What the services answer.
pub async fn open_classes(ctx: &Ctx, town: &Town, trades: &Trades) -> Result<Vec<JointClassId>, Error> {
    let mut ids = Vec::new();
    for class in classes() {
        let trade = trades.get(class.trade)?;
        let school = town.schools[class.school];
        let agreement = NewAgreement {
            factory: town.factories[class.factory],
            title_zh: format!("{}办学协议", class.titles.0),
            title_en: format!("Agreement on {}", class.titles.1),
            valid_from: class.days.0,
            valid_until: Some(after(class.days.1, 180)),
        };
        let agreement = *sign_agreements(ctx, school, vec![agreement], Mode::Commit)
            .await?
            .first()
            .ok_or(Error::NotFound)?;
        let modules = trade.needs.iter().take(5).map(|need| PlannedModule {
            skill: need.skill,
            level: i32::from(need.level),
            hours: 40 * i32::from(need.level),
        });
        let new = NewJointClass {
            agreement,
            occupation: trade.occupation,
            reference: class.reference.to_owned(),
            title_zh: class.titles.0.to_owned(),
            title_en: class.titles.1.to_owned(),
            starts_on: class.days.0,
            ends_on: class.days.1,
            seats: class.seats,
            modules: modules.collect(),
        };
        ids.extend(open_joint_classes(ctx, school, vec![new], Mode::Commit).await?);
    }
    Ok(ids)
}

/// Enrols trainees in a class of their school.
///
/// # Errors
/// What the services answer.
pub async fn enrol(
    ctx: &Ctx,
    school: OrganisationId,
    class: JointClassId,
    trainees: &[Trainee],
) -> Result<Vec<EnrolmentId>, Error> {
    let new = trainees.iter().map(|trainee| NewEnrolment { joint_class: class, person: trainee.id });
    enrol_trainees(ctx, school, new.collect(), Mode::Commit).await
}

/// Ends a class: the last two have left, the others have finished.
///
/// # Errors
/// What the services answer.
pub async fn finish(ctx: &Ctx, mut enrolments: Vec<EnrolmentId>) -> Result<(), Error> {
    for left in enrolments.split_off(enrolments.len().saturating_sub(2)) {
        withdraw_enrolment(ctx, left, &Seen::Whatever, after(FINISHED.1, -60)).await?;
    }
    finish_enrolments(ctx, enrolments, &Seen::Whatever, FINISHED.1, Mode::Commit).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ballast_domain::hiring::vacancy::check;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn every_post_is_sound_and_the_shown_ones_are_of_three_trades() {
        let today = date(2026, 11, 24);
        let trades = Trades::of(&house::parse(house::EMBEDDED).unwrap());
        let references: BTreeSet<_> = POSTS.iter().map(|post| post.0).collect();
        assert_eq!(references.len(), 40);
        assert_eq!(POSTS.iter().map(|post| post.1).collect::<BTreeSet<_>>().len(), 12);
        for post in &POSTS {
            let new = vacancy(post, SiteId(Uuid::nil()), trades.get(post.3).unwrap(), today);
            let wage = (new.wage_min_minor, new.wage_max_minor);
            assert_eq!(check(new.headcount, wage, new.shifts, new.age_min, &new.requirements), Ok(()));
            assert!((320_000..=650_000).contains(&wage.0) && wage.1 <= 650_000, "{}", post.0);
            assert!(new.starts_on > today && new.starts_on <= after(today, 60), "{}", post.0);
        }
        let shown: BTreeSet<_> =
            POSTS.iter().filter(|post| SHOWN.contains(&post.0)).map(|post| post.3).collect();
        assert_eq!(shown.len(), 3);
    }

    #[test]
    fn ten_classes_some_over_and_some_running_have_room_for_their_trainees() {
        let classes = classes();
        assert_eq!(classes.len(), 10);
        assert_eq!(classes.iter().filter(|class| class.is_over()).count(), 4);
        assert!(classes.iter().all(|class| i32::try_from(class.trainees).unwrap() <= class.seats));
    }
}
