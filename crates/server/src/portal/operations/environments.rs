//! `/portal/operations/environments`: what the configuration made of each environment, and what it relaxes.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use store::{RefreshOutcome, StoreError};

use crate::config::SecretKind;
use crate::config::budgets::Enforcement;
use crate::config::check::{CheckedEnvironment, checked};
use crate::context::Context;
use crate::pages::{EnvironmentCard, Environments, RefreshLine, RelaxationLine};
use crate::platform::Issuer;
use crate::portal::access::Manager;

/// `GET /portal/operations/environments`
pub async fn show(context: Context, headers: HeaderMap) -> Response {
    let path = "/portal/operations/environments";
    let manager = match Manager::of_staff(context, headers, path).await {
        Ok(manager) => manager,
        Err(response) => return response,
    };
    let context = &manager.visit.context;
    let here = context.issuer.name();
    let mut cards = Vec::new();
    for issuer in &context.platform.issuers {
        let mut card = card(issuer, issuer.name() == here);
        card.refresh = match line(context, issuer).await {
            Ok(line) => line,
            Err(error) => return manager.visit.unavailable(&error),
        };
        cards.push(card);
    }
    let page = Environments {
        shell: manager.shell("environments"),
        cards,
    };
    manager.visit.show(StatusCode::OK, &page)
}

fn card(issuer: &Issuer, is_here: bool) -> EnvironmentCard {
    let environment = &issuer.environment;
    let CheckedEnvironment {
        dialect,
        relaxations,
        ..
    } = checked(environment);
    let relaxation = |one: oauth::dialect::Relaxation| RelaxationLine {
        axis: one.axis,
        allows: one.allows,
        departs_from: one.departs_from,
        reason: one.reason,
    };
    EnvironmentCard {
        name: issuer.realm().to_owned(),
        is_here,
        url: environment.url.clone(),
        portal_url: issuer.url("/portal"),
        docs_url: issuer.url(&environment.paths.docs),
        dialect,
        access_token_format: environment.access_token_format.as_str(),
        signing_algorithm: environment.signing_algorithm.as_str(),
        chosen_secrets: environment.secrets == SecretKind::Chosen,
        consent: environment.consent,
        grants: environment
            .offered_grants
            .iter()
            .map(|grant| grant.as_str())
            .collect(),
        lifetimes: vec![
            ("access-token", environment.access_token_lifetime),
            ("refresh-token", environment.refresh_token_lifetime),
            ("code", environment.authorization_code_lifetime),
            ("session", environment.session_lifetime),
            ("key-announcement", environment.key_announcement),
        ],
        token_requests_per_minute: environment.token_requests_per_minute,
        concurrent_requests: environment.concurrent_requests,
        requests_per_second: environment.budgets.requests_per_second,
        requests_per_day: environment.budgets.requests_per_day,
        budgets_monitored: environment.budgets.mode == Enforcement::Monitor,
        relaxations: relaxations.into_iter().map(relaxation).collect(),
        refresh: None,
    }
}

/// How an environment is refreshed, if it is.
pub async fn line(context: &Context, issuer: &Issuer) -> Result<Option<RefreshLine>, StoreError> {
    let Some(refresh) = &issuer.environment.refresh else {
        return Ok(None);
    };
    let store = context.platform.store.in_environment(issuer.name());
    let newest = store.last_refresh(None).await?;
    let done = store.last_refresh(Some(RefreshOutcome::Done)).await?;
    Ok(Some(RefreshLine {
        from: refresh.from.as_str().to_owned(),
        schedule: refresh.schedule.as_str().to_owned(),
        timezone: refresh.schedule.timezone().to_owned(),
        next_at: refresh.schedule.next_after(context.now),
        last_at: done.and_then(|one| one.ended_at),
        failed: newest.is_some_and(|one| one.outcome == RefreshOutcome::Failed),
    }))
}
