//! The people of the city: trainees with what they want and can do, and the families that bureaus register.

use std::collections::BTreeSet;

use ballast_domain::base::civil_time::CivilDate;
use ballast_domain::base::id::{PersonId, UserId};
use ballast_domain::matching::candidate::Shifts;
use ballast_domain::person::citizen_number::check_character;
use ballast_domain::record::skill_claim::EvidenceKind;
use chrono::Datelike as _;

use super::choices::Choices;
use super::names::{self, Name, SURNAMES};
use super::places::{CITY, Town, Village};
use super::trades::{Grade, Trades, after, before, record};
use crate::service::batch::Mode;
use crate::service::person::availability::NewAvailability;
use crate::service::person::person::{NewPerson, register_people};
use crate::service::poverty::household::{NewHousehold, NewMember, register_households};
use crate::service::poverty::targeting::{NewTargeting, decide_targeting};
use crate::service::record::skill_claim::{NewSkillClaim, record_skill_claims};
use crate::service::{Ctx, Error};

/// Claims of one batch.
const CLAIMS_AT_ONCE: usize = 4_000;
/// The township of the port and of the first shown post.
const JIANGKOU: &str = "219003100";
/// Households of the city, and of its neighbour.
const HOUSEHOLDS: (usize, usize) = (540, 60);

/// What trainees learn, by how many of a thousand.
const TRADES: [(usize, &str); 24] = [
    (235, "lockstitch-sewer"),
    (85, "overlock-sewer"),
    (125, "loom-operator"),
    (95, "quality-inspector"),
    (60, "packer"),
    (40, "knitting-operator"),
    (30, "dyer"),
    (30, "yarn-spinner"),
    (30, "cutter"),
    (30, "presser"),
    (25, "sample-sewer"),
    (25, "protective-clothing-maker"),
    (25, "tussah-silk-reeler"),
    (20, "special-machine-sewer"),
    (20, "fabric-inspector"),
    (20, "pattern-maker"),
    (20, "pattern-grader"),
    (20, "finisher"),
    (15, "embroidery-operator"),
    (15, "sewing-machine-mechanic"),
    (10, "warehouse-keeper"),
    (10, "merchandiser"),
    (10, "warper"),
    (5, "line-leader"),
];

/// A trainee of a school.
#[derive(Clone, Debug)]
pub struct Trainee {
    /// Who, once registered.
    pub id: PersonId,
    /// At which school, by its place in the list.
    pub school: usize,
    /// The key of the trade.
    pub trade: &'static str,
    /// How far the trainee has come.
    pub grade: Grade,
    /// Where the trainee lives, by its place in the list.
    pub village: usize,
    /// The surname, by its place in the list.
    pub surname: usize,
}

/// Draws people whose numbers do not repeat.
#[derive(Debug)]
pub struct Registrar {
    /// The source of chance.
    pub choices: Choices,
    numbers: BTreeSet<String>,
}

impl Registrar {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Self {
        Self { choices: Choices::new(seed), numbers: BTreeSet::new() }
    }

    /// A citizen number of a county that does not exist, never the same twice.
    pub fn citizen_number(&mut self, county: &str, birth: CivilDate, female: bool) -> String {
        loop {
            let sequence = 2 * self.choices.below(499) + usize::from(!female);
            let body = format!("{county:0<6}{}{sequence:03}", birth.format("%Y%m%d"));
            let check = check_character(&body).map_or('0', char::from);
            let number = format!("{body}{check}");
            if self.numbers.insert(number.clone()) {
                return number;
            }
        }
    }

    fn birth(&mut self, youngest: i64, oldest: i64, today: CivilDate) -> CivilDate {
        let years = self.choices.between(youngest, oldest - 1);
        before(today, years * 12, self.choices.between(1, 364))
    }

    /// Somebody who lives somewhere; a few have shown no card, and of some of these not even the birth date
    /// is known.
    fn person(&mut self, name: Name, female: bool, birth: CivilDate, village: &Village) -> NewPerson {
        let carded = !self.choices.chance(4);
        let dated = carded || self.choices.chance(50);
        NewPerson {
            name: name.own,
            name_latin: Some(name.latin),
            birth_date: dated.then_some(birth),
            sex: Some(if female { "female" } else { "male" }.to_owned()),
            home_region: Some(village.code.clone()),
            citizen_number: carded.then(|| self.citizen_number(village.county(), birth, female)),
            phone: None,
            availability: None,
        }
    }

    /// What a local person wants, if anybody has asked.
    fn wishes(&mut self, village: &Village, today: CivilDate) -> Option<NewAvailability> {
        let choices = &mut self.choices;
        if choices.chance(6) {
            return None;
        }
        let from = match choices.below(20) {
            0..14 => after(today, -choices.between(0, 60)),
            14..19 => after(today, choices.between(1, 30)),
            _ => after(today, choices.between(40, 150)),
        };
        let until = choices.chance(6).then(|| after(from, choices.between(10, 200)));
        let city = village.code.get(..4).unwrap_or(CITY);
        let county = village.county().to_owned();
        let regions = match choices.below(20) {
            0..11 => vec![county],
            11..15 => {
                let other = format!("{CITY}{:02}", choices.between(1, 5));
                if other == county { vec![county] } else { vec![county, other] }
            }
            15..19 => vec![city.to_owned()],
            _ => Vec::new(),
        };
        let wage = 3_200 + 100 * choices.between(0, 14) + 100 * choices.between(0, 12);
        let shifts =
            Shifts { day: choices.chance(96), evening: choices.chance(60), night: choices.chance(30) };
        Some(NewAvailability {
            from,
            until,
            regions,
            wage_min_minor: (!choices.chance(6)).then_some(wage * 100),
            shifts: if shifts.count() == 0 { Shifts { day: true, ..shifts } } else { shifts },
            dormitory: choices.weighted(&[(35, Some(true)), (48, Some(false)), (17, None)]),
        })
    }

    /// The trainee who can sign in: at home beside the first shown post, certified, and free for it.
    pub fn holder(
        &mut self,
        town: &Town,
        school: usize,
        trade: &'static str,
        (name, latin): (&str, &str),
        today: CivilDate,
    ) -> (Trainee, NewPerson) {
        let village = town.villages.iter().position(|v| v.code.starts_with(JIANGKOU)).unwrap_or(0);
        let home = &town.villages[village];
        let birth = before(today, 20 * 12 + 6, 7);
        let new = NewPerson {
            name: name.to_owned(),
            name_latin: Some(latin.to_owned()),
            birth_date: Some(birth),
            sex: Some("female".to_owned()),
            home_region: Some(home.code.clone()),
            citizen_number: Some(self.citizen_number(home.county(), birth, true)),
            phone: None,
            availability: Some(NewAvailability {
                from: after(today, -20),
                until: None,
                regions: vec![home.county().to_owned()],
                wage_min_minor: Some(420_000),
                shifts: Shifts { day: true, evening: true, night: false },
                dormitory: Some(false),
            }),
        };
        let surname = SURNAMES.iter().position(|part| name.starts_with(part.0)).unwrap_or(0);
        let id = PersonId(uuid::Uuid::nil());
        (Trainee { id, school, trade, grade: Grade::Master, village, surname }, new)
    }

    fn village(&mut self, town: &Town, of_neighbour: bool) -> usize {
        let fitting: Vec<usize> =
            (0..town.villages.len()).filter(|n| town.villages[*n].of_neighbour == of_neighbour).collect();
        *self.choices.pick(&fitting)
    }

    /// A trainee of a school, not registered yet, with what the school registers. Of those who have finished a
    /// class nobody is a beginner.
    pub fn trainee(
        &mut self,
        town: &Town,
        school: usize,
        trade: Option<&'static str>,
        finished: bool,
        today: CivilDate,
    ) -> (Trainee, NewPerson) {
        let trade = trade.unwrap_or_else(|| self.choices.weighted(&TRADES));
        let grade = match Grade::draw(&mut self.choices) {
            Grade::Learner | Grade::Starter if finished => Grade::Graduate,
            grade => grade,
        };
        let village = self.village(town, school == 3);
        let surname = self.choices.below(SURNAMES.len());
        let female = self.choices.chance(68);
        let name = names::chinese(&mut self.choices, SURNAMES[surname], female);
        let youngster = self.choices.chance(70);
        let birth = match (youngster, grade) {
            (true, Grade::Learner | Grade::Starter) => self.birth(15, 20, today),
            (true, _) => self.birth(18, 26, today),
            (false, _) => self.birth(26, 50, today),
        };
        let home = &town.villages[village];
        let mut new = self.person(name, female, birth, home);
        new.availability = self.wishes(home, today);
        let id = PersonId(uuid::Uuid::nil());
        (Trainee { id, school, trade, grade, village, surname }, new)
    }
}

/// Registers trainees at their schools, and tells each who they are.
///
/// # Errors
/// What the services answer.
pub async fn register(
    ctx: &Ctx,
    town: &Town,
    mut drawn: Vec<(Trainee, NewPerson)>,
) -> Result<Vec<Trainee>, Error> {
    for (school, organisation) in town.schools.iter().enumerate() {
        let places: Vec<usize> = (0..drawn.len()).filter(|n| drawn[*n].0.school == school).collect();
        if places.is_empty() {
            continue;
        }
        let people = places.iter().map(|n| drawn[*n].1.clone()).collect();
        let ids = register_people(ctx, *organisation, people, Mode::Commit).await?;
        for (n, id) in places.into_iter().zip(ids) {
            drawn[n].0.id = id;
        }
    }
    Ok(drawn.into_iter().map(|(trainee, _)| trainee).collect())
}

/// Somebody whom the school and the bureau registered with the same card and wrote differently: a pair for an official to
/// settle. Nothing is known of what she wants or can do, so that she is on no shortlist.
///
/// # Errors
/// What the services answer.
pub async fn register_twice(ctx: &Ctx, town: &Town, registrar: &mut Registrar) -> Result<(), Error> {
    let home = town.villages.iter().find(|village| village.code.starts_with(JIANGKOU));
    let home = home.ok_or(Error::NotFound)?;
    let birth = before(ctx.today(), 24 * 12 + 3, 11);
    let number = registrar.citizen_number(home.county(), birth, true);
    for (organisation, name) in [(town.schools.first(), "林晓燕"), (town.bureaus.first(), "林小燕")] {
        let new = NewPerson {
            name: name.to_owned(),
            name_latin: Some("Lin Xiaoyan".to_owned()),
            home_region: Some(home.code.clone()),
            citizen_number: Some(number.clone()),
            ..NewPerson::default()
        };
        register_people(ctx, *organisation.ok_or(Error::NotFound)?, vec![new], Mode::Commit).await?;
    }
    Ok(())
}

/// Records what the trainees can do: what a school stands behind in its name, the rest as their own word.
///
/// # Errors
/// What the services answer.
pub async fn record_claims(
    ctx: &Ctx,
    town: &Town,
    registrar: &mut Registrar,
    trades: &Trades,
    trainees: &[Trainee],
) -> Result<(), Error> {
    let mut of_school: Vec<Vec<NewSkillClaim>> = vec![Vec::new(); town.schools.len()];
    let mut own = Vec::new();
    for trainee in trainees {
        let trade = trades.get(trainee.trade)?;
        for claim in record(&mut registrar.choices, trainee.id, trade, trainee.grade, ctx.today()) {
            match claim.evidence {
                EvidenceKind::Own => own.push(claim),
                _ => of_school[trainee.school].push(claim),
            }
        }
    }
    for (school, claims) in town.schools.iter().zip(of_school) {
        for chunk in claims.chunks(CLAIMS_AT_ONCE) {
            record_skill_claims(ctx, Some(*school), chunk.to_vec(), Mode::Commit).await?;
        }
    }
    for chunk in own.chunks(CLAIMS_AT_ONCE) {
        record_skill_claims(ctx, None, chunk.to_vec(), Mode::Commit).await?;
    }
    Ok(())
}

/// A family as it is drawn: where, and its members with their relation; those who are no trainees are to be
/// registered first.
struct Family {
    region: String,
    members: Vec<(Option<PersonId>, NewPerson, &'static str)>,
}

/// Registers families, some of them with a trainee, and decides about most.
///
/// # Errors
/// What the services answer.
pub async fn register_families(
    ctx: &Ctx,
    town: &Town,
    registrar: &mut Registrar,
    trainees: &[Trainee],
    official: UserId,
) -> Result<(), Error> {
    for (bureau, of_neighbour) in [(0, false), (1, true)] {
        let here: Vec<&Trainee> =
            trainees.iter().filter(|t| town.villages[t.village].of_neighbour == of_neighbour).collect();
        let count = if of_neighbour { HOUSEHOLDS.1 } else { HOUSEHOLDS.0 };
        let mut families = Vec::with_capacity(count);
        for n in 0..count {
            // Every third trainee at most, so that nobody is in two families.
            let trainee = here.get(3 * n).copied().filter(|_| n % 10 != 9);
            families.push(family(registrar, town, trainee, of_neighbour, ctx.today()));
        }
        register_of_bureau(ctx, town, registrar, bureau, families, official).await?;
    }
    Ok(())
}

fn family(
    registrar: &mut Registrar,
    town: &Town,
    trainee: Option<&Trainee>,
    of_neighbour: bool,
    today: CivilDate,
) -> Family {
    let village = trainee.map_or_else(|| registrar.village(town, of_neighbour), |t| t.village);
    let village = &town.villages[village];
    let surname = trainee.map_or_else(|| registrar.choices.below(SURNAMES.len()), |t| t.surname);
    let mut relations = vec![("head", 42, 58)];
    if registrar.choices.chance(65) {
        relations.push(("spouse", 42, 58));
    }
    if registrar.choices.chance(25) {
        relations.push(("parent", 63, 84));
    }
    if registrar.choices.chance(if trainee.is_some() { 10 } else { 60 }) {
        relations.push(("child", 5, 16));
    }
    let mut members: Vec<(Option<PersonId>, NewPerson, &'static str)> = Vec::new();
    for (relation, youngest, oldest) in relations {
        let female =
            if relation == "spouse" { true } else { relation != "head" && registrar.choices.chance(50) };
        // A wife keeps her own name.
        let surname = if relation == "spouse" { registrar.choices.below(SURNAMES.len()) } else { surname };
        let name = names::chinese(&mut registrar.choices, SURNAMES[surname], female);
        let birth = registrar.birth(youngest, oldest, today);
        let mut new = registrar.person(name, female, birth, village);
        if relation == "head" && registrar.choices.chance(30) {
            new.availability = registrar.wishes(village, today);
        }
        members.push((None, new, relation));
    }
    members.extend(trainee.map(|trainee| (Some(trainee.id), NewPerson::default(), "child")));
    Family { region: village.code.clone(), members }
}

async fn register_of_bureau(
    ctx: &Ctx,
    town: &Town,
    registrar: &mut Registrar,
    bureau: usize,
    families: Vec<Family>,
    official: UserId,
) -> Result<(), Error> {
    let others: Vec<NewPerson> = families
        .iter()
        .flat_map(|family| {
            family.members.iter().filter(|(id, ..)| id.is_none()).map(|(_, new, _)| new.clone())
        })
        .collect();
    let ids = register_people(ctx, town.bureaus[bureau], others, Mode::Commit).await?;
    let mut ids = ids.into_iter();
    let choices = &mut registrar.choices;
    let mut households = Vec::with_capacity(families.len());
    for (n, family) in families.into_iter().enumerate() {
        let registered_on = before(ctx.today(), choices.between(2, 40), choices.between(0, 27));
        let members = family
            .members
            .into_iter()
            .filter_map(|(known, _, relation)| known.or_else(|| ids.next()).map(|person| (person, relation)))
            .map(|(person, relation)| NewMember {
                person,
                relation: relation.to_owned(),
                valid_from: registered_on,
            })
            .collect();
        let reference = format!("H-{}-{:04}", registered_on.year(), n + 1);
        households.push(NewHousehold { reference, region: family.region, registered_on, members });
    }
    let days: Vec<CivilDate> = households.iter().map(|household| household.registered_on).collect();
    let ids = register_households(ctx, town.bureaus[bureau], households, Mode::Commit).await?;
    let (mut first, mut later) = (Vec::new(), Vec::new());
    for (household, registered_on) in ids.into_iter().zip(days) {
        let Some(outcome) =
            choices.weighted(&[(55, Some("targeted")), (35, Some("not_targeted")), (10, None)])
        else {
            continue;
        };
        let cause = choices.weighted(&[
            (34, "income"),
            (26, "illness"),
            (14, "disability"),
            (12, "schooling"),
            (8, "disaster"),
            (6, "relocation"),
        ]);
        let decided_on = after(registered_on, choices.between(5, 45)).min(ctx.today());
        let decision = |outcome: &str, decided_on| NewTargeting {
            household,
            outcome: outcome.to_owned(),
            cause: cause.to_owned(),
            decided_on,
        };
        first.push(decision(outcome, decided_on));
        if outcome == "targeted" && choices.chance(12) {
            later.push(decision("exited", after(decided_on, 300).min(ctx.today())));
        }
    }
    decide_targeting(ctx, first, Some(official), Mode::Commit).await?;
    if !later.is_empty() {
        decide_targeting(ctx, later, Some(official), Mode::Commit).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use ballast_domain::person::citizen_number::{CitizenNumber, Sex};

    use super::*;

    #[test]
    fn citizen_numbers_are_sound_different_and_of_no_real_county() {
        let mut registrar = Registrar::new(9);
        let birth = CivilDate::from_ymd_opt(2004, 2, 29).unwrap();
        let numbers: BTreeSet<String> =
            (0..600).map(|n| registrar.citizen_number("219003", birth, n % 2 == 0)).collect();
        assert_eq!(numbers.len(), 600);
        for number in numbers {
            let read = CitizenNumber::parse(&number).unwrap();
            assert_eq!(read.birth_date(), birth);
            assert!(matches!(read.sex(), Sex::Female | Sex::Male) && number.starts_with("2190"));
        }
        let woman = registrar.citizen_number("219003", birth, true);
        assert_eq!(CitizenNumber::parse(&woman).unwrap().sex(), Sex::Female);
    }

    #[test]
    fn the_shares_of_the_trades_make_a_thousand_and_are_trades_of_the_house() {
        use crate::format::taxonomy::house;
        assert_eq!(TRADES.iter().map(|(share, _)| share).sum::<usize>(), 1_000);
        let trades = Trades::of(&house::parse(house::EMBEDDED).unwrap());
        for (_, key) in TRADES {
            assert!(trades.get(key).is_ok(), "{key}");
        }
    }
}
