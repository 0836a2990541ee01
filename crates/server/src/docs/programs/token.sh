#!/bin/sh
# sh token.sh: prints the answer, which holds the access token
BASE_URL="${BASE_URL:-{{ base_url }}}"
CLIENT_ID="${CLIENT_ID:-CLIENT_ID}"
CLIENT_SECRET="${CLIENT_SECRET:-CLIENT_SECRET}"

{% if shape == "query" %}
curl -sS --fail-with-body -X POST -u "$CLIENT_ID:$CLIENT_SECRET" \
    "$BASE_URL{{ token_path }}?grant_type=client_credentials"
{% elif shape == "json" %}
curl -sS --fail-with-body "$BASE_URL{{ token_path }}" \
    -H 'Content-Type: application/json' \
    -d "{\"client_id\":\"$CLIENT_ID\",\"client_secret\":\"$CLIENT_SECRET\",\"grant_type\":\"client_credentials\"}"
{% elif shape == "basic" %}
curl -sS --fail-with-body -u "$CLIENT_ID:$CLIENT_SECRET" "$BASE_URL{{ token_path }}" \
    -d grant_type=client_credentials
{% else %}
curl -sS --fail-with-body "$BASE_URL{{ token_path }}" \
    -d grant_type=client_credentials \
    --data-urlencode "client_id=$CLIENT_ID" \
    --data-urlencode "client_secret=$CLIENT_SECRET"
{% endif %}
