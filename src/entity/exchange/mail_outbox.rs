//! Mails that wait to be sent.

use sea_orm::entity::prelude::*;

/// A mail: to whom, which words, and, while it waits, what they are filled in with. Machinery.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mail_outbox")]
pub struct Model {
    /// Also in the mail's Message-ID, so that a mail that is sent twice is known as one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// To whom; null while nobody has looked whose login it is that somebody typed.
    pub user_id: Option<Uuid>,
    /// `invitation`, `reset` or `forgotten`.
    pub template: String,
    /// `zh-CN` or `en`.
    pub locale: String,
    /// The key that sealed it.
    pub key_id: Option<String>,
    /// Login and link, since a link is a secret: XChaCha20-Poly1305. Null as soon as the mail does not wait any more.
    pub sealed: Option<Vec<u8>>,
    /// `waiting`, `sent` or `failed`.
    pub state: String,
    /// How often handing it over came to nothing.
    pub tries: i32,
    /// Who caused it; null for the operator, and for whoever has not signed in.
    pub created_by: Option<Uuid>,
    pub created_at: DateTimeUtc,
    /// From when on it says nothing that is of use.
    pub expires_at: DateTimeUtc,
    /// When it was sent or given up.
    pub ended_at: Option<DateTimeUtc>,
    /// Raised by every change, from 1.
    pub revision: i64,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<Option<crate::entity::identity::user::Entity>>,
    #[sea_orm(belongs_to, from = "key_id", to = "key_id")]
    pub master_key: BelongsTo<Option<crate::entity::organisation::master_key::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
