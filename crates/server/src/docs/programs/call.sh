#!/bin/sh
# sh call.sh: calls the API with the token that token.sh printed
BASE_URL="${BASE_URL:-{{ base_url }}}"
ACCESS_TOKEN="${ACCESS_TOKEN:-ACCESS_TOKEN}"

curl -sS --fail-with-body -H "Authorization: Bearer $ACCESS_TOKEN" "$BASE_URL{{ call_path }}"
