# python3 token.py: prints the access token
{% if shape in ["query", "basic"] %}
import base64
{% endif %}
import json
import os
{% if shape in ["basic", "form"] %}
import urllib.parse
{% endif %}
import urllib.request

base_url = os.environ.get("BASE_URL", "{{ base_url }}")
client_id = os.environ.get("CLIENT_ID", "CLIENT_ID")
client_secret = os.environ.get("CLIENT_SECRET", "CLIENT_SECRET")

{% if shape == "query" %}
basic = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
request = urllib.request.Request(
    base_url + "{{ token_path }}?grant_type=client_credentials",
    method="POST",
    headers={"Authorization": "Basic " + basic},
)
{% elif shape == "json" %}
body = {"client_id": client_id, "client_secret": client_secret, "grant_type": "client_credentials"}
request = urllib.request.Request(
    base_url + "{{ token_path }}",
    data=json.dumps(body).encode(),
    headers={"Content-Type": "application/json"},
)
{% elif shape == "basic" %}
basic = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
request = urllib.request.Request(
    base_url + "{{ token_path }}",
    data=urllib.parse.urlencode({"grant_type": "client_credentials"}).encode(),
    headers={"Authorization": "Basic " + basic},
)
{% else %}
body = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
request = urllib.request.Request(
    base_url + "{{ token_path }}",
    data=urllib.parse.urlencode(body).encode(),
)
{% endif %}
with urllib.request.urlopen(request, timeout=30) as answer:
    print(json.load(answer)["access_token"])
