# python3 call.py: calls the API with the token
import os
import urllib.request

base_url = os.environ.get("BASE_URL", "{{ base_url }}")
access_token = os.environ.get("ACCESS_TOKEN", "ACCESS_TOKEN")

request = urllib.request.Request(
    base_url + "{{ call_path }}",
    headers={"Authorization": "Bearer " + access_token},
)
with urllib.request.urlopen(request, timeout=30) as answer:
    print(answer.read().decode())
