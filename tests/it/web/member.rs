//! Members and invitations on their page.

use serde_json::json;

use crate::api::second_factor::enrol;
use crate::harness::{Identity, MailSink, PASSWORD, Side, TestApp};

/// The csrf field of the forms of a session.
async fn csrf(who: &Identity<'_>) -> String {
    format!("csrf={}", who.form_token().await)
}

#[tokio::test]
async fn a_lost_second_factor_is_taken_away_by_a_button_of_whoever_has_one() {
    let app = TestApp::start().await;
    let (who, id) = (app.organisation_administrator(Side::Home), app.town.home.user);
    let path = format!("/members/{id}/second-factor-resets");
    let action = format!("action=\"{path}\"");
    assert!(!who.page("/members").await.text().contains(&action), "there is none to be lost");
    enrol(&app.factory()).await;
    assert!(who.page("/members").await.text().contains(&action));
    let form = csrf(&who).await;
    who.submit(&path, &[], "").await.expect_status(403);
    let other = app.organisation_administrator(Side::Other);
    other.submit(&path, &[], &csrf(&other).await).await.expect_status(404);
    app.factory().get("/api/v1/me").await.expect_status(200);
    who.submit(&path, &[], &form).await.expect_status(303);
    let told = app.factory().get("/api/v1/notifications").await.expect_status(200).json();
    assert_eq!(told["items"][0]["kind"], "second_factor_reset", "{told}");
    assert!(!who.page("/members").await.text().contains(&action));
    let body = json!({ "login": "home.factory_hr", "password": PASSWORD });
    app.nobody().post("/api/v1/tokens", body).await.expect_status(201);
}

#[tokio::test]
async fn whoever_runs_the_installation_invites_on_the_page_anywhere_or_nowhere() {
    let app = TestApp::start().await;
    let admin = app.administrator();
    let page = admin.page("/members").await.expect_status(200).text();
    for offered in
        ["<option value=\"administrator\"", "<option value=\"teacher\"", "<select id=\"organisation\""]
    {
        assert!(page.contains(offered), "{offered}");
    }
    assert!(!page.contains("<option value=\"trainee\""), "people come by registration");
    let own = app.organisation_administrator(Side::Home).page("/members").await.text();
    assert!(!own.contains("<option value=\"administrator\""));
    let form = csrf(&admin).await;
    let school = app.town.home.school;
    let invite = async |fields: String| admin.submit("/members/invitations", &[], &fields).await;
    let made = invite(format!("{form}&login=li&display_name=Li&role=teacher&organisation={school}")).await;
    assert!(made.expect_status(201).text().contains("/sign-in/link?token="));
    let made =
        invite(format!("{form}&login=ma&display_name=Ma&role=administrator&organisation=&mail_address="))
            .await;
    made.expect_status(201);
    let wrong = invite(format!("{form}&login=ni&display_name=Ni&role=teacher&organisation=")).await;
    assert!(wrong.expect_status(422).text().contains("organisation-error"));
    let other =
        invite(format!("{form}&login=ni&display_name=Ni&role=factory_hr&organisation={school}")).await;
    other.expect_status(422);
    let users = admin.get("/api/v1/users?limit=200").await.json().to_string();
    assert!(users.contains("\"li\"") && users.contains("\"ma\"") && !users.contains("\"ni\""));
}

#[tokio::test]
async fn a_role_that_ended_is_given_again() {
    let app = TestApp::start().await;
    let (admin, place) = (app.administrator(), &app.town.home);
    let organisation = json!(place.factory.0);
    let (endings, givings) = (
        format!("/api/v1/users/{}/membership-endings", place.user),
        format!("/api/v1/users/{}/memberships", place.user),
    );
    let role = json!({ "role": "factory_hr", "organisation_id": organisation });
    admin.post(&givings, role.clone()).await.expect_problem(404, "not_found");
    let ending = json!({ "role": "factory_hr", "organisation_id": organisation, "last_day": "2026-11-23" });
    admin.post(&endings, ending.clone()).await.expect_status(204);
    app.factory().get("/api/v1/vacancies").await.expect_problem(403, "denied");
    let other = app.organisation_administrator(Side::Other);
    other.post(&givings, role.clone()).await.expect_problem(404, "not_found");
    assert!(!other.page("/members").await.text().contains("/memberships\""));
    let teacher = json!({ "role": "mentor", "organisation_id": organisation });
    admin.post(&givings, teacher).await.expect_problem(404, "not_found");
    admin.post(&givings, role).await.expect_status(204);
    app.factory().get("/api/v1/vacancies").await.expect_status(200);

    admin.post(&endings, ending).await.expect_status(204);
    let own = app.organisation_administrator(Side::Home);
    let form = csrf(&own).await;
    let path = format!("/members/{}/memberships", place.user);
    assert!(own.page("/members").await.text().contains(&format!("action=\"{path}\"")));
    let fields = format!("{form}&role=factory_hr&organisation={}", place.factory.0);
    own.submit(&path, &[], &fields).await.expect_status(303);
    let known = app.factory().get("/api/v1/me").await.expect_status(200).json();
    assert_eq!(known["roles"][0]["valid_from"], "2026-11-24", "{known}");
    assert!(!own.page("/members").await.text().contains(&format!("action=\"{path}\"")));
}

#[tokio::test]
async fn an_invitation_by_mail_shows_no_link_on_the_page() {
    let sink = MailSink::start();
    let app = TestApp::start_with_mail(sink.mailer()).await;
    let admin = app.administrator();
    let fields = format!(
        "{}&login=li&display_name=Li&role=teacher&organisation={}&mail_address=li%40example.com",
        csrf(&admin).await,
        app.town.home.school
    );
    let made = admin.submit("/members/invitations", &[], &fields).await.expect_status(201).text();
    assert!(!made.contains("token="), "{made}");
}
