//! Where oneself is written to.

use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::api::Tag;
use crate::api::scalar::MailAddress;
use crate::http::answer::Done;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::identity::mail_address;
use crate::service::once;

/// Where oneself is written to.
pub struct MailAddressApi;

/// Your mail address.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct OwnMailAddress {
    /// The address; absent where there is none.
    mail_address: Option<String>,
}

/// Another mail address.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct MailAddressChange {
    /// The address; empty for none.
    mail_address: MailAddress,
}

#[OpenApi(prefix_path = "/me", tag = "Tag::Identity")]
impl MailAddressApi {
    /// Get your mail address
    #[oai(path = "/mail-address", method = "get", operation_id = "get_own_mail_address")]
    async fn get(&self, caller: Caller) -> Result<Json<OwnMailAddress>, Problem> {
        let mail_address = mail_address::get_mail_address(caller.ctx()).await?;
        Ok(Json(OwnMailAddress { mail_address }))
    }

    /// Change your mail address
    ///
    /// Links for another password go there. Your password has to be shown first, if that was longer than ten minutes ago.
    #[oai(path = "/mail-address-changes", method = "post", operation_id = "create_mail_address_change")]
    async fn change(&self, caller: Caller, body: Json<MailAddressChange>) -> Result<Done, Problem> {
        let ctx = caller.ctx();
        let work = async {
            let set = mail_address::set_mail_address(ctx, body.0.mail_address.as_str());
            set.await.map(|id| vec![id])
        };
        Ok(Done { replayed: once(ctx, "user", work).await?.replayed })
    }
}
