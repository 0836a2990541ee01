//! What counts once though we did not make it: it is written down when it is shown, and whoever shows it second finds it.

use crate::database::params;
use crate::statements::statements;
use crate::{InEnvironment, Millis, StoreError};

statements! {
    INSERT = "insert into spent (environment, kind, hash, expires_at) values ($1, $2, $3, $4) on conflict do nothing";
    pub(crate) DELETE_EXPIRED = "delete from spent where (environment, kind, hash) in \
        (select environment, kind, hash from spent where expires_at < $1 order by expires_at limit $2)";
}

/// What was shown. One kind is never taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpentKind {
    /// The beginning of a sign-in at an identity provider, which its answer names.
    StaffSignIn,
    /// The id of a signed hand-over (`jti`, RFC 7519 §4.1.7).
    Assertion,
}

impl SpentKind {
    /// As it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StaffSignIn => "staff-sign-in",
            Self::Assertion => "assertion",
        }
    }
}

impl InEnvironment<'_> {
    /// Uses something up: one conditional write. False when it was used before. It is remembered until `expires_at`, from when
    /// it must be refused for its age.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn spend_once(
        &self,
        kind: SpentKind,
        hash: [u8; 32],
        expires_at: Millis,
    ) -> Result<bool, StoreError> {
        let environment = self.environment.clone();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    let params = params![&environment, kind.as_str(), &hash, expires_at];
                    Ok(tx.execute(INSERT, params).await? == 1)
                })
            })
            .await
    }
}
