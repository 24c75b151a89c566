//! What is recorded of the town's people besides their registration.

use ballast::entity::person::duplicate_case::{Entity, Model};
use ballast::service::Ctx;
use ballast::service::audit::audit_entry::Changes;
use ballast::service::person::rights_request::{NewRight, ask_right};
use ballast::store::audit::told::Told as _;
use ballast_domain::base::id::PersonId;
use ballast_domain::identity::policy::Action;
use ballast_domain::person::rights_request::{Field as Wrong, Kind as RightKind};
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _};
use serde_json::{Value, json};

use super::app::now;

/// Somebody said of two people, who look like each other no more, that they are two.
pub async fn different(ctx: &Ctx, [PersonId(one), PersonId(two)]: [PersonId; 2]) {
    let row = Model {
        id: ctx.app.random.secret_id(),
        person_a_id: one.min(two),
        person_b_id: one.max(two),
        cause: "name".to_owned(),
        state: "different".to_owned(),
        survivor_id: None,
        reason: "Twins".to_owned(),
        revision_a: 1,
        revision_b: 1,
        step: 0,
        decided_by: None,
        decided_at: now(),
        undone_by: None,
        undone_at: None,
        revision: 1,
    };
    let tx = ctx.write_tx().await.unwrap();
    let mut changes = Changes::new();
    let (touch, told) = (row.touch(), json!({ "state": row.state }));
    changes.described_of_each(&[one, two], touch, &Value::Null, &told);
    Entity::insert(row.into_active_model().reset_all()).exec(tx.conn()).await.unwrap();
    ctx.record_changes(&tx, Action::SettleDuplicate, ("person", one), &changes).await.unwrap();
    tx.commit().await.unwrap();
}

/// What the trainee asks for by right.
pub async fn request(ctx: &Ctx, trainee: PersonId) {
    let asked = NewRight {
        kind: RightKind::Correction,
        field: Some(Wrong::NameLatin),
        value: Some("Bai".to_owned()),
        vacancy: None,
        reason: "It is missing".to_owned(),
    };
    ask_right(ctx, trainee, &asked).await.expect("the trainee asks");
}
