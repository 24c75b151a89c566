//! Only a bureau's context gets in, and no person is changed by what is decided.

use ballast_domain::base::id::{HouseholdId, PersonId, UserId};
use ballast_domain::identity::policy::{self, Grant, act};
use sea_orm::{ConnectionTrait as _, Statement};
use uuid::Uuid;

use super::household::{NewHousehold, NewMember, get_household, list_households, register_households};
use super::targeting::{NewTargeting, decide_targeting, list_targetings};
use crate::entity::poverty::targeting;
use crate::service::batch::Mode;
use crate::service::page::PageRequest;
use crate::service::tests::{Town, day, problems};
use crate::service::{Ctx, Error};
use crate::store::poverty::{household as household_store, targeting as targeting_store};

fn member(person: PersonId, relation: &str) -> NewMember {
    NewMember { person, relation: relation.to_owned(), valid_from: day(2025, 1, 1) }
}

fn household(reference: &str, members: Vec<NewMember>) -> NewHousehold {
    NewHousehold {
        reference: reference.to_owned(),
        region: "210604101".to_owned(),
        registered_on: day(2026, 1, 5),
        members,
    }
}

fn decision(household: HouseholdId, outcome: &str, month: u32) -> NewTargeting {
    NewTargeting {
        household,
        outcome: outcome.to_owned(),
        cause: "illness".to_owned(),
        decided_on: day(2026, month, 1),
    }
}

async fn register_one(town: &Town, ctx: &Ctx) -> HouseholdId {
    let members = vec![member(town.people[1], "child"), member(town.people[0], "head")];
    let new = vec![household("H-1", members)];
    register_households(ctx, town.bureau, new, Mode::Commit).await.unwrap()[0]
}

async fn dump(town: &Town, query: &str) -> Vec<String> {
    let db = town.app.db.reader();
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), query)).await.unwrap();
    rows.iter().map(|row| format!("{row:?}")).collect()
}

#[tokio::test]
async fn a_factory_a_school_and_an_administrator_are_denied_every_use_case() {
    let town = Town::build().await;
    let official = town.user("targeting_officer", Some(town.bureau)).await;
    let id = register_one(&town, &official).await;
    let outsiders = [
        town.user("factory_hr", Some(town.factory)).await,
        town.user("school_registrar", Some(town.school)).await,
        town.user("administrator", None).await,
        town.user("trainee", None).await,
    ];
    for ctx in &outsiders {
        let role = ctx.actor.role_codes();
        let denied =
            |error: Option<Error>| assert!(matches!(error, Some(Error::Denied)), "{role:?}: {error:?}");
        // What is asked for does not matter: there, not there, or wrong in itself.
        for id in [id, HouseholdId(Uuid::nil())] {
            denied(get_household(ctx, id).await.err());
            denied(list_targetings(ctx, id).await.err());
            let new = vec![decision(id, "targeted", 3)];
            denied(decide_targeting(ctx, new, None, Mode::Commit).await.err());
        }
        denied(list_households(ctx, None, PageRequest::default()).await.err());
        denied(decide_targeting(ctx, Vec::new(), None, Mode::Validate).await.err());
        for organisation in [town.bureau, town.factory, town.school] {
            denied(register_households(ctx, organisation, Vec::new(), Mode::Validate).await.err());
            let new = vec![household("H-2", vec![member(town.people[3], "head")])];
            denied(register_households(ctx, organisation, new, Mode::Commit).await.err());
        }
    }
    assert_eq!(dump(&town, "SELECT id FROM household").await.len(), 1);
    assert_eq!(dump(&town, "SELECT id FROM targeting").await.len(), 0);
}

#[tokio::test]
async fn a_household_and_its_decisions_change_nothing_of_any_person() {
    let town = Town::build().await;
    let official = town.user("targeting_officer", Some(town.bureau)).await;
    const QUERIES: [&str; 4] = [
        "SELECT * FROM person ORDER BY id",
        "SELECT * FROM person_tie ORDER BY id",
        "SELECT * FROM person_secret ORDER BY id",
        "SELECT kind, resource_id, revision FROM audit_touch WHERE kind NOT IN ('household', 'targeting') ORDER BY 1, 2, 3",
    ];
    let mut before = Vec::new();
    for query in QUERIES {
        before.push(dump(&town, query).await);
    }
    assert!(before[0].len() > 4, "there are people");
    let id = register_one(&town, &official).await;
    decide_targeting(&official, vec![decision(id, "targeted", 3)], None, Mode::Commit).await.unwrap();
    decide_targeting(&official, vec![decision(id, "exited", 9)], None, Mode::Commit).await.unwrap();
    for (query, before) in QUERIES.iter().zip(before) {
        assert_eq!(dump(&town, query).await, before, "{query}");
    }
}

#[tokio::test]
async fn an_official_reads_the_members_by_name_and_the_reading_is_logged() {
    let town = Town::build().await;
    let official = town.user("targeting_officer", Some(town.bureau)).await;
    let id = register_one(&town, &official).await;
    let view = get_household(&official, id).await.unwrap();
    let members: Vec<(&str, Option<&str>)> =
        view.members.iter().map(|m| (m.relation.as_str(), m.name.as_deref())).collect();
    assert_eq!(members, [("head", Some("林秋实")), ("child", Some("林晚晴"))]);
    assert_eq!((view.revision, view.targeting.clone()), (1, None));
    let shown = "SELECT person_id FROM audit_subject s JOIN audit_entry e ON e.seq = s.seq WHERE e.action = 'ReadHousehold'";
    assert_eq!(dump(&town, shown).await.len(), 2);
    let page = list_households(&official, None, PageRequest::default()).await.unwrap();
    assert_eq!(page.items, [view]);
    assert_eq!(dump(&town, shown).await.len(), 4);

    let elsewhere = town.user("targeting_officer", Some(town.other_bureau)).await;
    assert!(matches!(get_household(&elsewhere, id).await, Err(Error::NotFound)));
    assert!(matches!(list_targetings(&elsewhere, id).await, Err(Error::NotFound)));
    assert_eq!(list_households(&elsewhere, None, PageRequest::default()).await.unwrap().items, []);
    assert_eq!(dump(&town, shown).await.len(), 4, "nothing was shown, nothing is logged");
}

#[tokio::test]
async fn every_wrong_field_of_every_household_is_named_and_nothing_is_kept() {
    let town = Town::build().await;
    let official = town.user("targeting_officer", Some(town.bureau)).await;
    register_one(&town, &official).await;
    let new = vec![
        household("H-1", vec![member(town.people[2], "head")]),
        NewHousehold {
            region: "210202".to_owned(),
            ..household("H-2", vec![member(town.people[0], "child"), member(town.stranger, "emperor")])
        },
        NewHousehold {
            region: "999999".to_owned(),
            registered_on: day(2027, 1, 1),
            ..household("H-2", vec![member(town.people[2], "spouse")])
        },
        household(" ", vec![member(town.people[3], "head"), member(PersonId(Uuid::nil()), "head")]),
    ];
    let found = problems(register_households(&official, town.bureau, new, Mode::Commit).await);
    assert_eq!(
        found,
        [
            "/0/reference registered_before",
            "/1/members/0/person_id in_another_household",
            "/1/members/1/person_id unknown_person",
            "/1/members/1/relation unknown_choice",
            "/1/region outside_bureau",
            "/2/members no_head",
            "/2/members/0/person_id doubled",
            "/2/reference doubled",
            "/2/region unknown_region",
            "/2/registered_on date_out_of_range",
            "/3/members several_heads",
            "/3/members/1/person_id unknown_person",
            "/3/reference required",
        ]
    );
    assert_eq!(dump(&town, "SELECT id FROM household").await.len(), 1);
}

#[tokio::test]
async fn a_trial_keeps_nothing_and_only_ones_own_bureau_registers() {
    let town = Town::build().await;
    let official = town.user("targeting_officer", Some(town.bureau)).await;
    let new = || vec![household("H-9", vec![member(town.people[0], "head")])];
    let tried = register_households(&official, town.bureau, new(), Mode::Validate).await.unwrap();
    assert_eq!(tried.len(), 1);
    assert_eq!(dump(&town, "SELECT id FROM household").await.len(), 0);
    let foreign = register_households(&official, town.other_bureau, new(), Mode::Commit).await;
    assert!(matches!(foreign, Err(Error::NotFound)));
    let school = register_households(&town.operator(), town.school, new(), Mode::Commit).await;
    assert!(matches!(school, Err(Error::NotFound)), "also the operator registers for a bureau only");
    assert_eq!(dump(&town, "SELECT id FROM household").await.len(), 0);
}

#[tokio::test]
async fn the_newest_decision_stands_and_the_older_ones_are_kept_in_order() {
    let town = Town::build().await;
    let official = town.user("targeting_officer", Some(town.bureau)).await;
    let id = register_one(&town, &official).await;
    let decide = |outcome, month| {
        let new = vec![decision(id, outcome, month)];
        decide_targeting(&official, new, None, Mode::Commit)
    };
    assert_eq!(problems(decide("exited", 2).await), ["/0/outcome exit_without_targeting"]);
    let first = decide("not_targeted", 3).await.unwrap()[0];
    let second = decide("targeted", 3).await.unwrap()[0];
    assert_eq!(problems(decide("exited", 2).await), ["/0/decided_on before_standing"]);
    assert_eq!(problems(decide("exited", 12).await), ["/0/decided_on date_out_of_range"]);
    let third = decide("exited", 9).await.unwrap()[0];
    let found = list_targetings(&official, id).await.unwrap();
    assert_eq!(found.iter().map(|t| t.id).collect::<Vec<_>>(), [third, second, first]);
    assert_eq!(found.iter().map(|t| t.supersedes).collect::<Vec<_>>(), [Some(second), Some(first), None]);
    assert!(found.iter().all(|t| Some(t.decided_by) == official.actor.user_id()));
    let view = get_household(&official, id).await.unwrap();
    assert_eq!(view.targeting, found.first().cloned());
    assert_eq!(view.revision, 4, "a decision raises the household's revision");
}

#[tokio::test]
async fn a_decision_needs_somebody_who_decided_and_a_household_in_reach() {
    let town = Town::build().await;
    let official = town.user("targeting_officer", Some(town.bureau)).await;
    let elsewhere = town.user("targeting_officer", Some(town.other_bureau)).await;
    let id = register_one(&town, &official).await;
    let new = || vec![decision(id, "targeted", 3)];
    let operator = town.operator();
    match decide_targeting(&operator, new(), None, Mode::Commit).await {
        Err(Error::Refused(refusal)) => assert_eq!(refusal.code, "needs_a_user"),
        other => panic!("{other:?}"),
    }
    let nobody = Some(UserId(Uuid::nil()));
    assert_eq!(
        problems(decide_targeting(&operator, new(), nobody, Mode::Commit).await),
        ["/decided_by unknown_user"]
    );
    let answer = decide_targeting(&elsewhere, new(), None, Mode::Commit).await;
    assert_eq!(problems(answer), ["/0/household_id unknown_household"]);
    let twice = vec![decision(id, "targeted", 3), decision(id, "not_targeted", 4)];
    let answer = decide_targeting(&official, twice, None, Mode::Commit).await;
    assert_eq!(problems(answer), ["/1/household_id doubled"]);
    assert_eq!(dump(&town, "SELECT id FROM targeting").await.len(), 0);

    decide_targeting(&operator, new(), official.actor.user_id(), Mode::Commit).await.unwrap();
    let found = list_targetings(&official, id).await.unwrap();
    assert_eq!(Some(found[0].decided_by), official.actor.user_id());
    // A signed-in user cannot decide in another's name.
    let named = elsewhere.actor.user_id();
    decide_targeting(&official, vec![decision(id, "exited", 4)], named, Mode::Commit).await.unwrap();
    let found = list_targetings(&official, id).await.unwrap();
    assert_eq!(Some(found[0].decided_by), official.actor.user_id());
}

#[tokio::test]
async fn of_two_who_decide_at_once_the_second_is_told_so() {
    let town = Town::build().await;
    let official = town.user("targeting_officer", Some(town.bureau)).await;
    let id = register_one(&town, &official).await;
    let access = official.poverty().unwrap();
    let target = household_store::targets(town.app.db.reader(), &access, &[id]).await.unwrap().remove(0);
    let late: Grant<act::DecideTargeting> = policy::authorise(&official.actor, &target).unwrap();
    decide_targeting(&official, vec![decision(id, "targeted", 3)], None, Mode::Commit).await.unwrap();
    let row = targeting::Model {
        id: Uuid::from_u128(1),
        household_id: id.0,
        outcome: "not_targeted".to_owned(),
        cause: "income".to_owned(),
        decided_on: day(2026, 3, 1),
        decided_by: official.actor.user_id().unwrap().0,
        recorded_at: official.now(),
        supersedes_id: None,
    };
    let tx = official.write_tx().await.unwrap();
    let answer = targeting_store::insert_all(&tx, &access, &[late], vec![row]).await;
    assert!(matches!(answer, Err(crate::store::Error::Stale)), "{answer:?}");
    drop(tx);
    assert_eq!(list_targetings(&official, id).await.unwrap().len(), 1);
}
