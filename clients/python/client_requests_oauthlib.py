"""requests-oauthlib, "Backend Application Flow": BackendApplicationClient with an HTTPBasicAuth, or with include_client_id."""

from oauthlib.oauth2 import BackendApplicationClient, OAuth2Error
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from steps import API_URL, AUTH_METHOD, CLIENT_ID, CLIENT_SECRET, SCOPE, TOKEN_URL, step


def fetch(secret):
    """The session and its token."""
    session = OAuth2Session(client=BackendApplicationClient(client_id=CLIENT_ID, scope=SCOPE))
    if AUTH_METHOD == "client_secret_basic":
        token = session.fetch_token(token_url=TOKEN_URL, auth=HTTPBasicAuth(CLIENT_ID, secret))
    else:
        token = session.fetch_token(token_url=TOKEN_URL, client_secret=secret, include_client_id=True)
    return session, token


session, token = fetch(CLIENT_SECRET)
step("a token", token["access_token"])

answer = session.get(API_URL)
step("the API lets the token in", answer.status_code == 200, answer.status_code)

try:
    fetch("wrong")
    step("a wrong secret is refused", False, "a token")
except OAuth2Error as refused:
    step("a wrong secret is refused", refused.error == "invalid_client", refused)
