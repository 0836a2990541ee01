"""Authlib, "OAuth 2 Session": client credentials, introspection and revocation with OAuth2Session."""

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from steps import (
    API_URL, AUTH_METHOD, CLIENT_ID, CLIENT_SECRET, INTROSPECTION_URL, REVOCATION_URL, SCOPE, TOKEN_URL, step,
)


def session(secret):
    """A session whose every endpoint is called the same way."""
    return OAuth2Session(
        CLIENT_ID, secret, scope=SCOPE, token_endpoint_auth_method=AUTH_METHOD, revocation_endpoint_auth_method=AUTH_METHOD,
    )


client = session(CLIENT_SECRET)
token = client.fetch_token(TOKEN_URL, grant_type="client_credentials")
step("a token", token["access_token"])

answer = client.get(API_URL)
step("the API lets the token in", answer.status_code == 200, answer.status_code)

try:
    session("wrong").fetch_token(TOKEN_URL, grant_type="client_credentials")
    step("a wrong secret is refused", False, "a token")
except OAuthError as refused:
    step("a wrong secret is refused", refused.error == "invalid_client", refused)

answer = client.introspect_token(INTROSPECTION_URL, token=token["access_token"])
step("introspection says active", answer.json().get("active") is True, answer.text)

answer = client.revoke_token(REVOCATION_URL, token=token["access_token"])
step("revocation", answer.status_code == 200, f"{answer.status_code} {answer.text}")

answer = client.introspect_token(INTROSPECTION_URL, token=token["access_token"])
step("introspection says inactive, and nothing else", answer.json() == {"active": False}, answer.text)
answer = client.get(API_URL)
step("the API refuses the revoked token", answer.status_code == 401, answer.status_code)
