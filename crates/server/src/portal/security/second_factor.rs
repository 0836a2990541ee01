//! Turning the second factor on and off.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use store::Person;

use super::{by, page, signed_in};
use crate::context::Context;
use crate::pages::{Enrolment, Problem};
use crate::people::visit::Visit;
use crate::people::{change_password, recovery_codes, totp};

/// `POST /portal/security/second-factor`: a new secret, not in force before a code of it was shown.
pub async fn begin(context: Context, request: Request) -> Response {
    let (visit, _, session) = match signed_in(context, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    match totp::begin(&visit.context, &session.person).await {
        Ok(Some(told)) => visit.show(StatusCode::OK, &enrolment(told, None)),
        Ok(None) => page(&visit, &session, None).await,
        Err(error) => visit.unavailable(&error),
    }
}

/// `POST /portal/security/second-factor/confirm`
pub async fn confirm(context: Context, request: Request) -> Response {
    let (visit, form, session) = match signed_in(context, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    match turn_on(&visit, &session.person, form.get("code")).await {
        Ok(Some(recovery_codes)) => {
            let page = Enrolment {
                recovery_codes,
                ..Enrolment::default()
            };
            visit.show(StatusCode::OK, &page)
        }
        Ok(None) => match totp::begun(&visit.context, &session.person) {
            Some(told) => visit.show(
                StatusCode::BAD_REQUEST,
                &enrolment(told, Some(Problem::of("second-factor-wrong"))),
            ),
            None => page(&visit, &session, None).await,
        },
        Err(error) => visit.unavailable(&error),
    }
}

/// `POST /portal/security/second-factor/off`: with the password, since a browser left open is not the person.
pub async fn off(context: Context, request: Request) -> Response {
    let (visit, form, session) = match signed_in(context, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let context = &visit.context;
    match change_password::is_password(context, &session.person, form.get("password")).await {
        Ok(true) => {}
        Ok(false) => return page(&visit, &session, Some("done-password-wrong")).await,
        Err(error) => return visit.unavailable(&error),
    }
    let audit = by(
        &visit,
        &session,
        "person.second_factor_turned_off",
        &session.person.id,
    );
    let store = context.platform.store.in_environment(context.issuer.name());
    match store
        .reset_second_factor(&session.person.id, context.now, audit)
        .await
    {
        // Sessions ended with it: the next page asks for the password.
        Ok(_) => crate::pages::see_other("/portal"),
        Err(error) => visit.unavailable(&error),
    }
}

/// The recovery codes, if the code was right.
async fn turn_on(
    visit: &Visit,
    person: &Person,
    code: &str,
) -> anyhow::Result<Option<Vec<String>>> {
    let context = &visit.context;
    let Some(step) = totp::step_of(context, person, code) else {
        return Ok(None);
    };
    let (shown, kept) = recovery_codes::generate()?;
    let audit = store::AuditEvent {
        account_id: person.account_id.clone(),
        ..context.audit(
            "person.second_factor_turned_on",
            store::Actor::Person(person.id.clone()),
        )
    };
    let store = context.platform.store.in_environment(context.issuer.name());
    let on = store
        .confirm_totp(&person.id, step, kept, context.now, audit)
        .await?;
    Ok(on.then_some(shown))
}

fn enrolment((secret, address): (String, String), problem: Option<Problem>) -> Enrolment {
    let picture = qrcode::QrCode::new(address.as_bytes())
        .map(|code| {
            code.render::<qrcode::render::svg::Color<'_>>()
                .min_dimensions(200, 200)
                .build()
        })
        .unwrap_or_default();
    let groups: Vec<&str> = secret
        .as_bytes()
        .chunks(4)
        .filter_map(|group| std::str::from_utf8(group).ok())
        .collect();
    Enrolment {
        secret: groups.join(" "),
        picture: format!("data:image/svg+xml;base64,{}", STANDARD.encode(picture)),
        recovery_codes: Vec::new(),
        problem,
    }
}
