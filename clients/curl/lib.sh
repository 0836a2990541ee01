# The steps that every curl script shares: a request, what came back, and a sentence when it is not what the documentation says.
# Each script is the platform's documented request; this file holds no parameter of any of them.

body=$(mktemp)
trap 'rm -f "$body"' EXIT

fail() {
    printf 'not ok %s\n' "$*"
    sed 's/^/    /' "$body"
    exit 1
}

# answer CURL-ARGUMENTS…: makes the request; the status stands in $status, the body in the file $body.
answer() {
    status=$(curl --silent --show-error --max-time 20 --output "$body" --write-out '%{http_code}' "$@") || fail "curl ended with $?"
}

# expect STATUS WHAT
expect() {
    [ "$status" = "$1" ] || fail "$2: status $status, not $1"
    echo "ok $2"
}

# member NAME: the value of a member of the JSON body, empty when it is not there.
member() {
    python3 -c 'import json, sys; print(json.load(open(sys.argv[1])).get(sys.argv[2], ""))' "$body" "$1"
}

# members: the names in the body, sorted.
members() {
    python3 -c 'import json, sys; print(*sorted(json.load(open(sys.argv[1]))))' "$body"
}

# expect_member NAME VALUE
expect_member() {
    local value
    value=$(member "$1")
    [ "$value" = "$2" ] || fail "$1 is '$value', not '$2'"
    echo "ok $1 is $2"
}

# call_the_api TOKEN: with the token the upstream answers, without it or with another nothing does.
call_the_api() {
    answer --header "Authorization: Bearer $1" "$API_URL"
    expect 200 "the API lets the token in"
    answer "$API_URL"
    expect 401 "the API refuses a call without a token"
    answer --header "Authorization: Bearer $(printf %s "$1" | tr 'a-z' 'b-za')" "$API_URL"
    expect 401 "the API refuses a token that was not issued"
}
