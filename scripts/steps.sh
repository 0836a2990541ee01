# Steps of a script: each has a log, a line when it begins and a line with its duration when it ends. To be sourced.
# A step runs as a process group of its own, so that an interrupted script can end all of it.

logs=target/test-logs
mkdir -p "$logs"
failed_steps=0
running=()
set -m

# begin NAME COMMAND…: starts a step in the background; its process id stands in $begun.
begin() {
    local name=$1
    shift
    echo "...     $name"
    (
        started=$SECONDS
        status=0
        "$@" </dev/null >"$logs/$name.log" 2>&1 || status=$?
        echo "$((SECONDS - started))" >"$logs/$name.seconds"
        exit "$status"
    ) </dev/null &
    begun=$!
    running+=("$begun")
}

# What is shown of a failed step's log; a step can name another function in $excerpt.
excerpt() {
    tail -n "${tail_lines:-40}" "$1"
}

# What cargo says of the tests that failed: each one's output, bounded, and their names; the tail where it is none of that.
failed_tests() {
    if ! grep -q '^test .* FAILED$' "$1"; then
        excerpt "$1"
        return
    fi
    awk '
        /^---- .* stdout ----$/ { shown = 1; lines = 0 }
        /^failures:$/ { shown = 0 }
        shown && lines++ < 30 { print }
    ' "$1"
    grep '^test .* FAILED$' "$1"
}

# finish NAME PROCESS: waits for a step and says how it ended; an excerpt of the log when it failed.
finish() {
    local name=$1 status=0
    wait "$2" || status=$?
    if [ "$status" = 0 ]; then
        printf 'ok      %-22s %4s s\n' "$name" "$(cat "$logs/$name.seconds")"
    else
        printf 'FAILED  %-22s %4s s   %s\n' "$name" "$(cat "$logs/$name.seconds" 2>/dev/null || echo '?')" "$logs/$name.log"
        "${excerpt:-excerpt}" "$logs/$name.log" | sed 's/^/    | /'
    fi
    return "$status"
}

# step NAME COMMAND…: begin and finish.
step() {
    begin "$@"
    finish "$1" "$begun"
}

# check NAME COMMAND…: a step whose failure counts as one, and the script goes on.
check() {
    step "$@" || failed_steps=$((failed_steps + 1))
}

# Ends what still runs; for the way out.
stop_steps() {
    local process
    for process in "${running[@]}"; do
        kill -TERM -- "-$process" 2>/dev/null || true
    done
}
