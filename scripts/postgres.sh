# A PostgreSQL of one's own for tests: an unprivileged user, a free loopback port, a temporary folder, gone afterwards.
# To be sourced. postgres_start sets GRANTOR_TEST_POSTGRES; whoever calls it calls postgres_stop on every way out.

postgres_folder=

# The folder of the newest PostgreSQL's programs: Debian keeps them out of PATH.
postgres_programs() {
    local newest
    newest=$(find /usr/lib/postgresql -maxdepth 2 -name bin -type d 2>/dev/null | sort -V | tail -1)
    if [ -n "$newest" ] && [ -x "$newest/initdb" ]; then
        echo "$newest"
    elif command -v initdb >/dev/null; then
        dirname "$(readlink -f "$(command -v initdb)")"
    fi
}

# Debian's package, without the cluster that it would make and start.
postgres_install() {
    [ -z "$(postgres_programs)" ] || return 0
    if [ "$(id -u)" != 0 ]; then
        echo "PostgreSQL is not installed and only root can install it: apt-get install postgresql" >&2
        return 1
    fi
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] ||
        echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    export DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1
    apt-get update -q &&
        apt-get install -q -y --no-install-recommends -o Dpkg::Options::=--force-confold postgresql
}

# Runs a program as the user who owns the database: postgres refuses to be root.
postgres_as() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

postgres_start() {
    local programs port password
    programs=$(postgres_programs)
    if [ "$(id -u)" = 0 ] && ! id postgres >/dev/null 2>&1; then
        useradd --system --no-create-home --shell /usr/sbin/nologin postgres
    fi
    # In /tmp whatever TMPDIR says: a Unix socket's path has room for 107 bytes.
    postgres_folder=$(mktemp -d /tmp/grantor-postgres.XXXXXX)
    [ "$(id -u)" != 0 ] || chown postgres: "$postgres_folder"
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    password=$(python3 -c 'import secrets; print(secrets.token_hex(16))')
    printf '%s\n' "$password" >"$postgres_folder/password"
    [ "$(id -u)" != 0 ] || chown postgres: "$postgres_folder/password"

    postgres_as "$programs/initdb" --pgdata "$postgres_folder/data" --username grantor --pwfile "$postgres_folder/password" \
        --auth scram-sha-256 --encoding UTF8 --locale C.UTF-8 >"$postgres_folder/initdb.log"
    rm "$postgres_folder/password"
    # fsync stays on: durability is among the things under test.
    postgres_as "$programs/pg_ctl" start --wait --silent --pgdata "$postgres_folder/data" --log "$postgres_folder/data/server.log" \
        --options "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$postgres_folder -c max_connections=300"
    export GRANTOR_TEST_POSTGRES="postgres://grantor:$password@127.0.0.1:$port/postgres"
}

postgres_stop() {
    [ -n "$postgres_folder" ] || return 0
    if [ -e "$postgres_folder/data/postmaster.pid" ]; then
        postgres_as "$(postgres_programs)/pg_ctl" stop --wait --silent --mode immediate --pgdata "$postgres_folder/data" || true
    fi
    rm -rf "$postgres_folder"
    postgres_folder=
}
