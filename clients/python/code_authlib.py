"""Authlib: authorization code with PKCE, and refresh, with OAuth2Session."""

import os
import subprocess

from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session

from steps import API_URL, AUTH_METHOD, CLIENT_ID, CLIENT_SECRET, ISSUER, SCOPE, TOKEN_URL, step

REDIRECT_URI = os.environ["REDIRECT_URI"]

client = OAuth2Session(
    CLIENT_ID, CLIENT_SECRET, scope=SCOPE, redirect_uri=REDIRECT_URI, token_endpoint_auth_method=AUTH_METHOD,
    code_challenge_method="S256",
)
verifier = generate_token(48)
url, state = client.create_authorization_url(os.environ["AUTHORIZATION_URL"], code_verifier=verifier)
back = subprocess.run([os.environ["WALK"], url], check=True, capture_output=True, text=True).stdout.strip()
step("the answer names the issuer", "iss=" + ISSUER.replace(":", "%3A").replace("/", "%2F") in back, back)

token = client.fetch_token(TOKEN_URL, authorization_response=back, state=state, code_verifier=verifier)
step("a token and a refresh token", token["access_token"] and token["refresh_token"])
answer = client.get(API_URL)
step("the API lets the token in", answer.status_code == 200, answer.status_code)

new = client.refresh_token(TOKEN_URL, refresh_token=token["refresh_token"])
step("a refreshed pair", new["refresh_token"] != token["refresh_token"])
answer = client.get(API_URL)
step("the API lets the new token in", answer.status_code == 200, answer.status_code)
