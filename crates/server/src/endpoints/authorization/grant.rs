//! What a yes leaves behind: the consent, so that the same is not asked twice, and one code.

use oauth::scope::Scope;
use store::{Actor, AuditEvent, NewAuthorizationCode, Session, StoreError};

use super::Flow;
use super::refusal::AuthorizationRefusal;
use crate::tokens::authorization_code;

impl Flow<'_> {
    /// Adds what was allowed now to what was allowed before.
    pub(super) async fn remember(
        &self,
        session: &Session,
        scope: &Scope,
    ) -> Result<(), StoreError> {
        let context = &self.visit.context;
        let store = context.platform.store.in_environment(context.issuer.name());
        let before = store
            .find_consent(&session.person.id, self.client.uuid())
            .await?
            .unwrap_or_default();
        let all = before.split(' ').filter(|token| !token.is_empty());
        let all = Scope::from_tokens(all.chain(scope.iter())).unwrap_or_else(|_| scope.clone());
        let audit = self.audit("consent.given", session);
        store
            .remember_consent(
                &session.person.id,
                self.client.uuid(),
                all.as_str(),
                context.now,
                audit,
            )
            .await
    }

    /// A code, durable before the browser is sent on with it.
    pub(super) async fn issue(
        &self,
        session: &Session,
        scope: &Scope,
        code_challenge: Option<String>,
    ) -> Result<String, AuthorizationRefusal> {
        let context = &self.visit.context;
        let code = authorization_code::mint(context.now)?;
        let lifetime = context.issuer.environment.authorization_code_lifetime;
        let row = NewAuthorizationCode {
            id: code.id,
            secret_hash: code.hash,
            credential_uuid: self.client.uuid().to_owned(),
            person_id: session.person.id.clone(),
            scope: scope.to_string(),
            redirect_uri: self.redirect_uri.as_str().to_owned(),
            code_challenge,
            issued_at: context.now,
            expires_at: context.now + i64::try_from(lifetime).unwrap_or(i64::MAX / 2000) * 1000,
        };
        let audit = self.audit("authorization_code.issued", session);
        context
            .platform
            .store
            .in_environment(context.issuer.name())
            .issue_authorization_code(row, audit)
            .await?;
        Ok(code.text)
    }

    fn audit(&self, event: &'static str, session: &Session) -> AuditEvent {
        let credential = &self.client.client.credential;
        AuditEvent {
            account_id: Some(credential.account_id.clone()),
            subject: Some(credential.uuid.clone()),
            ..self
                .visit
                .context
                .audit(event, Actor::Person(session.person.id.clone()))
        }
    }
}
