"""Prints a step of a client the way clients/run reads it."""

import os

ISSUER = os.environ["ISSUER"]
TOKEN_URL = os.environ["TOKEN_URL"]
INTROSPECTION_URL = os.environ["INTROSPECTION_URL"]
REVOCATION_URL = os.environ["REVOCATION_URL"]
CLIENT_ID = os.environ["CLIENT_ID"]
CLIENT_SECRET = os.environ["CLIENT_SECRET"]
AUTH_METHOD = os.environ["AUTH_METHOD"]
SCOPE = os.environ["SCOPE"] or None
API_URL = os.environ["API_URL"]


def step(what, truth, seen=""):
    """Ends the client at the first step that is not true, with what was seen instead."""
    if not truth:
        raise SystemExit(f"not ok {what}: {seen}")
    print(f"ok {what}", flush=True)
