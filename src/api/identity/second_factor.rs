//! The second factor: one's own, and taking away somebody's who has lost it.

use ballast_domain::base::id::UserId;
use poem::Request;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};
use uuid::Uuid;

use crate::api::Tag;
use crate::api::scalar::OneTimeCode;
use crate::http::answer::Done;
use crate::http::problem::Problem;
use crate::http::session::{Caller, bearer};
use crate::service::identity::passkey::{self, PasskeyView};
use crate::service::identity::{recovery_code, second_factor, totp};
use crate::service::once;

/// One's own second factor.
pub struct SecondFactorApi;
/// The second factors of others.
pub struct SecondFactorResetApi;

/// How it stands with your second factor.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct SecondFactor {
    /// Whether your roles need one here: without one you can set one up and do nothing else.
    required: bool,
    /// Since when codes of an app are asked for (UTC); absent while they are not.
    totp_since: Option<chrono::DateTime<chrono::Utc>>,
    /// How many passkeys there are.
    passkeys: u64,
    /// How many recovery codes are left.
    recovery_codes_left: u64,
}

/// A passkey.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct OwnPasskey {
    /// Id.
    id: Uuid,
    /// What you call it.
    name: String,
    /// Since when (UTC).
    created_at: chrono::DateTime<chrono::Utc>,
    /// The last day on which it was used.
    last_used_on: Option<chrono::NaiveDate>,
}

/// Your passkeys.
#[derive(Debug, Object)]
struct OwnPasskeyList {
    /// The oldest first.
    items: Vec<OwnPasskey>,
}

/// A secret for an app that shows codes (RFC 6238: SHA-1, six digits, 30 seconds), shown this once.
#[derive(Debug, Object)]
struct TotpEnrolment {
    /// To type: base 32.
    secret: String,
    /// To scan as a QR code: `otpauth://totp/…`.
    uri: String,
}

/// A code.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct SecondFactorCode {
    /// What the app shows, or a recovery code.
    code: OneTimeCode,
}

/// Recovery codes, shown this once.
#[derive(Debug, Object)]
struct RecoveryCodes {
    /// Each takes the place of the app's code once.
    codes: Vec<String>,
}

#[derive(ApiResponse)]
enum Begun {
    /// The secret.
    #[oai(status = 201)]
    Created(Json<TotpEnrolment>),
}

#[derive(ApiResponse)]
enum Coded {
    /// The recovery codes.
    #[oai(status = 201)]
    Created(Json<RecoveryCodes>),
}

#[OpenApi(prefix_path = "/me/second-factors", tag = "Tag::Identity")]
impl SecondFactorApi {
    /// Get how it stands with your second factor
    #[oai(path = "/", method = "get", operation_id = "get_second_factor")]
    async fn get(&self, caller: Caller) -> Result<Json<SecondFactor>, Problem> {
        let view = second_factor::get_second_factor(caller.ctx()).await?;
        Ok(Json(SecondFactor {
            required: view.required,
            totp_since: view.totp_since,
            passkeys: view.passkeys,
            recovery_codes_left: view.recovery_codes,
        }))
    }

    /// Begin with codes of an app
    ///
    /// Gives the secret for the app. It counts for nothing until it is confirmed with a first code; asking again makes
    /// another one.
    #[oai(path = "/totp-enrolments", method = "post", operation_id = "create_totp_enrolment")]
    async fn begin(&self, caller: Caller) -> Result<Begun, Problem> {
        let totp::Enrolment { secret, uri } = totp::begin_totp(caller.ctx()).await?;
        Ok(Begun::Created(Json(TotpEnrolment { secret, uri })))
    }

    /// Confirm codes of an app with the first one
    ///
    /// From now on one is asked for at sign-in. Every session and every other token that you signed in for ends.
    #[oai(path = "/totp-confirmations", method = "post", operation_id = "create_totp_confirmation")]
    async fn confirm(
        &self,
        caller: Caller,
        request: &Request,
        body: Json<SecondFactorCode>,
    ) -> Result<Coded, Problem> {
        let codes = totp::confirm_totp(caller.ctx(), bearer(request), body.0.code.as_str()).await?;
        Ok(Coded::Created(Json(RecoveryCodes { codes })))
    }

    /// Do without codes of an app
    ///
    /// With a code of it, or a recovery code. With the last second factor the recovery codes go.
    #[oai(path = "/totp-removals", method = "post", operation_id = "create_totp_removal")]
    async fn remove(&self, caller: Caller, body: Json<SecondFactorCode>) -> Result<Done, Problem> {
        let work = async { Ok(vec![totp::remove_totp(caller.ctx(), body.0.code.as_str()).await?]) };
        Ok(Done { replayed: once(caller.ctx(), "user", work).await?.replayed })
    }

    /// List your passkeys
    #[oai(path = "/passkeys", method = "get", operation_id = "list_own_passkeys")]
    async fn list_passkeys(&self, caller: Caller) -> Result<Json<OwnPasskeyList>, Problem> {
        let view = |one: PasskeyView| {
            let PasskeyView { id, name, created_at, last_used_on } = one;
            OwnPasskey { id, name, created_at, last_used_on }
        };
        let items = passkey::list_passkeys(caller.ctx()).await?;
        Ok(Json(OwnPasskeyList { items: items.into_iter().map(view).collect() }))
    }

    /// Remove one of your passkeys
    ///
    /// With the last second factor the recovery codes go. Passkeys are made on the page.
    #[oai(path = "/passkeys/:id", method = "delete", operation_id = "delete_own_passkey")]
    async fn delete_passkey(&self, caller: Caller, id: Path<Uuid>) -> Result<Done, Problem> {
        passkey::remove_passkey(caller.ctx(), id.0).await?;
        Ok(Done { replayed: false })
    }

    /// Make new recovery codes
    ///
    /// Those of before are worth nothing from then on.
    #[oai(path = "/recovery-codes", method = "post", operation_id = "create_recovery_codes")]
    async fn renew(&self, caller: Caller) -> Result<Coded, Problem> {
        let codes = recovery_code::renew_recovery_codes(caller.ctx()).await?;
        Ok(Coded::Created(Json(RecoveryCodes { codes })))
    }
}

#[OpenApi(prefix_path = "/users", tag = "Tag::Identity")]
impl SecondFactorResetApi {
    /// Take away the second factor of a login whose owner has lost it
    ///
    /// All of its sessions end, and its owner is told. Not for your own.
    #[oai(path = "/:id/second-factor-resets", method = "post", operation_id = "create_second_factor_reset")]
    async fn reset(&self, caller: Caller, id: Path<Uuid>) -> Result<Done, Problem> {
        let work = async { Ok(vec![second_factor::reset_second_factor(caller.ctx(), UserId(id.0)).await?]) };
        Ok(Done { replayed: once(caller.ctx(), "user", work).await?.replayed })
    }
}
