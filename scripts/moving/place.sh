# A fresh Grantor to move into, for the scripts beside this one. To be sourced, from the repository's folder: makes a temporary
# folder ($folder), and ends and removes everything on the way out.

grantor=$(realpath "${GRANTOR:-target/debug/grantor}")
here=$PWD
folder=$(mktemp -d /tmp/grantor-moving.XXXXXX)
started=()

leave() {
    status=$?
    trap - EXIT
    if [ "$status" != 0 ]; then
        echo "FAILED: $0" >&2
        for log in "$folder"/*.log; do
            echo "--- $log" >&2
            tail -n 15 "$log" >&2
        done
    fi
    for process in "${started[@]}"; do
        # A program that started others is a process group of its own.
        kill -TERM -- "-$process" 2>/dev/null || kill -TERM "$process" 2>/dev/null || true
    done
    [ -n "${KEEP-}" ] || rm -rf "$folder"
    exit "$status"
}
trap leave EXIT
trap 'exit 130' INT TERM HUP
set -m

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# until_answers URL: waits until a server answers there, whatever it says.
until_answers() {
    local tries=0
    until curl -s -o /dev/null "$1"; do
        tries=$((tries + 1))
        [ "$tries" -lt 1200 ] || { echo "nobody answers at $1" >&2; return 1; }
        sleep 0.1
    done
}

# grantor_start [LINE…]: a server with one environment, to which the lines are added. Its token endpoint stands in $token.
grantor_start() {
    local public admin
    public=$(free_port)
    admin=$(free_port)
    cat >"$folder/grantor.toml" <<END
[server]
listen = ["127.0.0.1:$public"]
admin = "127.0.0.1:$admin"

[[versions]]
name = "v1"
scopes = ["Orders"]

[environments.production]
url = "http://127.0.0.1:$public"
# Reads JSON as well as forms.
dialect = "doorkeeper"
$(printf '%s\n' "$@")
END
    "$grantor" serve --config "$folder/grantor.toml" >"$folder/grantor.log" 2>&1 &
    started+=($!)
    until_answers "http://127.0.0.1:$admin/readyz"
    token=http://127.0.0.1:$public/oauth/token
}

# run ARGUMENT…: a command of Grantor's.
run() {
    "$grantor" "$@" --config "$folder/grantor.toml"
}

# ask WAY ID SECRET [URL]: the status of a token request.
ask() {
    local url=${4:-$token}
    case $1 in
    basic) curl -s -o "$folder/answer" -w '%{http_code}' -u "$2:$3" -d grant_type=client_credentials "$url" ;;
    form)
        curl -s -o "$folder/answer" -w '%{http_code}' -d grant_type=client_credentials \
            --data-urlencode "client_id=$2" --data-urlencode "client_secret=$3" "$url"
        ;;
    json)
        python3 -c 'import json, sys; print(json.dumps(dict(grant_type="client_credentials", client_id=sys.argv[1], client_secret=sys.argv[2])))' "$2" "$3" |
            curl -s -o "$folder/answer" -w '%{http_code}' -H 'content-type: application/json' -d @- "$url"
        ;;
    esac
}

# expect STATUS WAY ID SECRET [URL]
expect() {
    local status
    status=$(ask "$2" "$3" "$4" "${5-}")
    if [ "$status" != "$1" ]; then
        echo "a token for $3 by $2: $status, not $1: $(cat "$folder/answer")" >&2
        return 1
    fi
    printf '  %s  %-5s %s\n' "$status" "$2" "$3"
}

# moved ID SECRET [STORED]: the old secret opens in each way; neither another one nor what the old server stored does.
moved() {
    local way
    for way in basic form json; do
        expect 401 "$way" "$1" "not-$2"
        [ -z "${3-}" ] || [ "$3" = "$2" ] || expect 401 "$way" "$1" "$3"
        expect 200 "$way" "$1" "$2"
    done
}

# made NAME: a credential made here; prints its id and its secret.
made() {
    run credentials create --environment production --account Acme --name "$1" --description 'For the way back' --allow orders --json |
        python3 -c 'import json, sys; made = json.load(sys.stdin); print(made["client_id"], made["client_secret"])'
}

# rotated ID: a new secret for one that came; prints it.
rotated() {
    run credentials rotate "$1" --environment production --overlap 0d --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["client_secret"])'
}

# back FORMAT FILE: what was made here since.
back() {
    run export "$1" --environment production --output "$2"
}

# apply DATABASE FILE: statements on a file of SQLite.
apply() {
    python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(open(sys.argv[2]).read())' "$1" "$2"
}
