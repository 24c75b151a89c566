//! Who may vouch for what about whom, and what takes the place of what.

use ballast::service::batch::Mode;
use ballast::service::record::skill_claim::{NewSkillClaim, list_skill_claims, record_skill_claims};
use ballast::service::{Ctx, Error};
use ballast_domain::base::id::{OrganisationId, PersonId, SkillClaimId, SkillId};
use ballast_domain::record::skill_claim::EvidenceKind;
use uuid::Uuid;

use crate::harness::TestApp;
use crate::service::{ALL, day, named, refused};

fn claim(app: &TestApp, person: PersonId, evidence: EvidenceKind) -> NewSkillClaim {
    NewSkillClaim {
        person,
        skill: SkillId(app.town.home.skill),
        level: 3,
        evidence,
        achieved_on: day(2026, 11, 1),
        last_used_on: None,
        valid_until: None,
        decay: None,
        supersedes: None,
    }
}

async fn record(
    ctx: &Ctx,
    organisation: Option<OrganisationId>,
    new: Vec<NewSkillClaim>,
) -> Result<Vec<SkillClaimId>, Error> {
    record_skill_claims(ctx, organisation, new, Mode::Commit).await
}

#[tokio::test]
async fn a_school_vouches_for_its_own_people_and_a_person_says_what_is_their_own_word() {
    use EvidenceKind::{Own, Trained};
    let app = TestApp::start().await;
    let (home, other) = (&app.town.home, &app.town.other);
    let (school, stranger) = (app.school().ctx().await, app.other_school().ctx().await);
    let trainee = app.trainee().ctx().await;
    let (me, colleague) = (home.trainee, home.people[1]);
    let (mine, theirs) = (Some(home.school), Some(other.school));
    record(&school, mine, vec![claim(&app, me, Trained)]).await.unwrap();
    record(&trainee, None, vec![claim(&app, me, Own)]).await.unwrap();
    for (ctx, organisation, person, evidence, code) in [
        (&school, mine, me, Own, "evidence_own_word"),
        (&school, None, me, Own, "unknown_person"),
        (&school, theirs, me, Trained, "unknown_person"),
        (&school, mine, other.trainee, Trained, "unknown_person"),
        (&stranger, theirs, me, Trained, "unknown_person"),
        (&stranger, mine, me, Trained, "unknown_person"),
        (&trainee, None, colleague, Own, "unknown_person"),
        (&trainee, None, me, Trained, "evidence_only_own_word"),
        (&trainee, mine, me, Trained, "unknown_person"),
    ] {
        let found = refused(record(ctx, organisation, vec![claim(&app, person, evidence)]).await);
        assert_eq!(found.iter().map(|field| field.1).collect::<Vec<_>>(), [code], "{found:?}");
    }
    for identity in [app.official(), app.factory(), app.administrator()] {
        let ctx = identity.ctx().await;
        let organisation = ctx.actor.home_organisation().or(mine);
        let denied = record(&ctx, organisation, vec![claim(&app, me, Trained)]).await;
        assert!(matches!(denied, Err(Error::Denied)), "{}: {denied:?}", identity.role);
    }
}

#[tokio::test]
async fn a_claim_off_the_scale_in_the_future_or_about_no_skill_is_refused() {
    let app = TestApp::start().await;
    let (home, school) = (&app.town.home, app.school().ctx().await);
    let good = claim(&app, home.trainee, EvidenceKind::Assessed);
    let new = vec![
        NewSkillClaim { level: 8, ..good.clone() },
        NewSkillClaim { achieved_on: day(2026, 11, 25), ..good.clone() },
        NewSkillClaim { skill: SkillId(Uuid::from_u128(5)), ..good.clone() },
        NewSkillClaim { valid_until: Some(day(2026, 10, 31)), ..good.clone() },
        NewSkillClaim { last_used_on: Some(day(2026, 11, 25)), ..good },
    ];
    let expected = [
        ("/0/level", "level_off_scale"),
        ("/1/achieved_on", "in_future"),
        ("/2/skill", "unknown_skill"),
        ("/3/valid_until", "before_start"),
        ("/4/last_used_on", "last_used_out_of_range"),
    ];
    assert_eq!(refused(record(&school, Some(home.school), new).await), named(expected));
}

#[tokio::test]
async fn a_correction_takes_the_place_of_its_own_vouchers_claim_once() {
    use EvidenceKind::{Assessed, Own, Trained};
    let app = TestApp::start().await;
    let (home, school, trainee) = (&app.town.home, app.school().ctx().await, app.trainee().ctx().await);
    let (me, mine) = (home.trainee, Some(home.school));
    let first = SkillClaimId(home.skill_claim);
    let own = record(&trainee, None, vec![claim(&app, me, Own)]).await.unwrap()[0];
    let correct = |old, evidence, person| NewSkillClaim {
        supersedes: Some(old),
        level: 4,
        ..claim(&app, person, evidence)
    };
    let by_another = record(&trainee, None, vec![correct(first, Own, me)]).await;
    assert_eq!(refused(by_another)[0].1, "other_voucher");
    let of_another = record(&school, mine, vec![correct(first, Trained, home.people[1])]).await;
    assert_eq!(refused(of_another)[0].1, "unknown_skill_claim");
    let newer = correct(first, Assessed, me);
    let twice = record(&school, mine, vec![newer.clone(), newer.clone()]).await;
    assert_eq!(refused(twice), named([("/1/supersedes", "doubled")]));
    record(&school, mine, vec![newer.clone()]).await.unwrap();
    let again = record(&school, mine, vec![newer]).await;
    assert_eq!(refused(again), named([("refused", "claim_superseded_before")]));
    let standing = list_skill_claims(&app.official().ctx().await, me, false, ALL).await.unwrap().items;
    let mut levels: Vec<_> = standing.iter().map(|claim| (claim.evidence, claim.level)).collect();
    levels.sort();
    assert_eq!(levels, [(Own, 3), (Assessed, 4)]);
    assert!(standing.iter().any(|claim| claim.id == own));
    let all = list_skill_claims(&school, me, true, ALL).await.unwrap().items;
    assert_eq!(all.len(), 3);
    let superseded = all.iter().filter(|claim| claim.superseded).map(|claim| claim.id);
    assert_eq!(superseded.collect::<Vec<_>>(), [first], "kept, and marked");
}

#[tokio::test]
async fn a_record_is_read_by_those_who_know_the_person() {
    let app = TestApp::start().await;
    let me = app.town.home.trainee;
    let read = async |identity: crate::harness::Identity<'_>| {
        list_skill_claims(&identity.ctx().await, me, true, ALL).await.map(|page| page.items.len())
    };
    for identity in [app.school(), app.official(), app.trainee()] {
        assert_eq!(read(identity).await.unwrap(), 1);
    }
    assert!(matches!(read(app.factory()).await, Err(Error::Denied)));
    for identity in [app.other_school(), app.other_official(), app.other_trainee()] {
        assert!(matches!(read(identity).await, Err(Error::NotFound)));
    }
}
