//! Who sees which logins, and where a role can be held.

use ballast_domain::base::id::{OrganisationId, PersonId};
use uuid::Uuid;

use super::user::{NewUser, create_user, get_me, list_users};
use crate::service::Error;
use crate::service::page::PageRequest;
use crate::service::tests::{Town, problems};

fn login(role: &str, organisation: Option<OrganisationId>) -> NewUser {
    NewUser {
        login: "somebody".to_owned(),
        display_name: "Somebody".to_owned(),
        password: "correct horse battery".to_owned(),
        role: role.to_owned(),
        organisation,
        person: None,
    }
}

#[tokio::test]
async fn a_role_is_given_only_where_it_can_be_held() {
    let town = Town::build().await;
    let administrator = town.user("administrator", None).await;
    for (role, organisation, problem) in [
        ("labour_official", Some(town.factory), "/organisation_id other_kind_for_role"),
        ("factory_hr", Some(town.bureau), "/organisation_id other_kind_for_role"),
        ("factory_hr", Some(OrganisationId(Uuid::nil())), "/organisation_id unknown_organisation"),
        ("factory_hr", None, "/organisation_id required"),
        ("administrator", Some(town.bureau), "/organisation_id not_for_role"),
        ("emperor", None, "/role unknown_choice"),
    ] {
        let answer = create_user(&administrator, login(role, organisation)).await;
        assert_eq!(problems(answer), [problem], "{role}");
    }
    let stranger = NewUser { person: Some(PersonId(Uuid::nil())), ..login("trainee", None) };
    assert_eq!(problems(create_user(&administrator, stranger).await), ["/person_id unknown_person"]);
    let factory = town.user("factory_hr", Some(town.factory)).await;
    let denied = create_user(&factory, login("factory_hr", Some(town.factory))).await;
    assert!(matches!(denied, Err(Error::Denied)));
}

#[tokio::test]
async fn a_factory_sees_its_colleagues_and_not_what_else_they_are() {
    let town = Town::build().await;
    let administrator = town.user("administrator", None).await;
    let factory = town.user("factory_hr", Some(town.factory)).await;
    let official = town.user("labour_official", Some(town.bureau)).await;
    let trainee = NewUser { person: Some(town.people[0]), ..login("trainee", None) };
    let trainee = create_user(&administrator, trainee).await.unwrap();

    let everyone = list_users(&administrator, None, PageRequest::default()).await.unwrap().items;
    assert_eq!(everyone.len(), 4);
    for ctx in [&factory, &official] {
        let seen = list_users(ctx, None, PageRequest::default()).await.unwrap().items;
        assert_eq!(seen.iter().map(|user| Some(user.id)).collect::<Vec<_>>(), [ctx.actor.user_id()]);
        assert_eq!(seen[0].roles.len(), 1);
    }
    let ctx = crate::service::Ctx { actor: town.actor(trainee).await, ..town.operator() };
    let seen = list_users(&ctx, None, PageRequest::default()).await.unwrap().items;
    assert_eq!(seen.iter().map(|user| user.id).collect::<Vec<_>>(), [trainee]);
    assert_eq!(seen[0].roles[0].role, "trainee");
}

#[tokio::test]
async fn a_user_reads_who_they_are() {
    let town = Town::build().await;
    let factory = town.user("factory_hr", Some(town.factory)).await;
    let me = get_me(&factory).await.unwrap();
    assert_eq!(Some(me.user.id), factory.actor.user_id());
    assert_eq!(me.user.roles[0].organisation, Some(town.factory));
    assert_eq!(me.organisation.map(|o| o.id), Some(town.factory));
    assert!(matches!(get_me(&town.operator()).await, Err(Error::Unauthenticated)));
}
