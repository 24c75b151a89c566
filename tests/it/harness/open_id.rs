//! Where the factories of the town have their people sign in besides.

use ballast::service::Ctx;
use ballast::service::identity::open_id_provider::{NewOpenIdProvider, create_open_id_provider};
use ballast_domain::base::id::OrganisationId;

/// The secret by which the town is known there.
pub const OPEN_ID_SECRET: &str = "a-secret-between-two-servers";

/// Gives a factory a provider, at which nobody answers.
pub async fn provide(ctx: &Ctx, factory: OrganisationId, region: &str) {
    let new = NewOpenIdProvider {
        code: code_of(region),
        issuer: "https://login.example".to_owned(),
        client_id: "ballast".to_owned(),
        client_secret: OPEN_ID_SECRET.to_owned(),
        enabled: true,
    };
    create_open_id_provider(ctx, factory, new).await.expect("the town is as the rules want it");
}

/// What the provider of a region's factory is called.
pub fn code_of(region: &str) -> String {
    format!("factory-{region}")
}
