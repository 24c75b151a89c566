//! Erasing people.

use ballast_domain::base::id::PersonId;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use uuid::Uuid;

use crate::api::Tag;
use crate::http::answer::Done;
use crate::http::etag::MayMatch;
use crate::http::problem::Problem;
use crate::http::session::Caller;
use crate::service::once;
use crate::service::person::erasure;

/// Erasures.
pub struct ErasureApi;

#[OpenApi(prefix_path = "/people", tag = "Tag::Person")]
impl ErasureApi {
    /// Erase a person
    ///
    /// For good: afterwards the person is not found anywhere. Refused while a legal hold is open (`person_on_hold`)
    /// or a permit is on record that is not withdrawn (`person_has_permit`).
    #[oai(path = "/:id/erasure", method = "post", operation_id = "create_person_erasure")]
    async fn create(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the person that you saw.
        #[oai(name = "If-Match")]
        if_match: MayMatch,
    ) -> Result<Done, Problem> {
        let (ctx, id) = (caller.ctx(), PersonId(id.0));
        let work = async { erasure::erase_person(ctx, id, &if_match.0).await.map(|_entry| vec![id]) };
        Ok(Done { replayed: once(ctx, "person", work).await?.replayed })
    }
}
