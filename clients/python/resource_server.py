"""A resource server as Authlib's documentation builds one with Flask.

TOKENS=jwt        RFC 9068 tokens, validated with the keys that the issuer's metadata names (JWTBearerTokenValidator)
TOKENS=opaque     every token asked about at the introspection endpoint (IntrospectTokenValidator)

Prints the port it listens on; GET / answers 200 to a good token.
"""

import os

import requests
from authlib.integrations.flask_oauth2 import ResourceProtector
from authlib.oauth2.rfc7662 import IntrospectTokenValidator
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from flask import Flask, jsonify
from werkzeug.serving import make_server

ISSUER = os.environ["ISSUER"]
SCOPE = os.environ["SCOPE"] or None


class Introspected(IntrospectTokenValidator):
    def introspect_token(self, token_string):
        data = {"token": token_string, "token_type_hint": "access_token"}
        auth = (os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"])
        if os.environ["AUTH_METHOD"] == "client_secret_post":
            data["client_id"], data["client_secret"] = auth
            auth = None
        answer = requests.post(os.environ["INTROSPECTION_URL"], data=data, auth=auth, timeout=10)
        answer.raise_for_status()
        return answer.json()


class Signed(JWTBearerTokenValidator):
    jwks = None

    def get_jwks(self):
        if self.jwks is None:
            metadata = requests.get(ISSUER + "/.well-known/oauth-authorization-server", timeout=10).json()
            self.jwks = requests.get(metadata["jwks_uri"], timeout=10).json()
        return self.jwks


require_oauth = ResourceProtector()
if os.environ["TOKENS"] == "jwt":
    require_oauth.register_token_validator(Signed(issuer=ISSUER, resource_server=os.environ["AUDIENCE"]))
else:
    require_oauth.register_token_validator(Introspected())

app = Flask(__name__)


@app.get("/")
@require_oauth(SCOPE)
def resource():
    return jsonify(ok=True)


server = make_server("127.0.0.1", 0, app, threaded=True)
print(server.server_port, flush=True)
server.serve_forever()
