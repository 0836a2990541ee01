# The Redis and the Valkey that tests start for themselves, one each, on a free loopback port. To be sourced.

# Debian's package.
redis_install() {
    if command -v redis-server >/dev/null; then return 0; fi
    if [ "$(id -u)" != 0 ]; then
        echo "Redis is not installed and only root can install it: apt-get install redis-server" >&2
        return 1
    fi
    # As in single-user mode, in which no package starts a server of its own.
    apt-get update -q && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends redis-server
}

# Debian 12 has Valkey in its backports alone: fetched from there and unpacked into target/valkey, so that the machine gets no
# other source of packages. Where that cannot be done, the tests with Valkey say that they were not run.
valkey_unpack() {
    if command -v valkey-server >/dev/null; then return 0; fi
    local folder=$PWD/target/valkey
    if [ ! -x "$folder/usr/bin/valkey-server" ]; then
        rm -rf "$folder"
        mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
        echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm-backports main" \
            >"$folder/sources.list"
        (
            cd "$folder"
            set -- -q -o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=/dev/null \
                -o Dir::State::lists="$folder/lists" -o Dir::Cache="$folder/cache" -o APT::Sandbox::User=
            apt-get "$@" update && apt-get "$@" download valkey-server valkey-tools &&
                for package in ./*.deb; do dpkg -x "$package" .; done && usr/bin/valkey-server --version
        ) || { echo "Valkey could not be fetched; its tests are not run."; return 0; }
    fi
}

# Puts it where tests look for it.
valkey_path() {
    if [ -x "$PWD/target/valkey/usr/bin/valkey-server" ]; then
        export PATH="$PATH:$PWD/target/valkey/usr/bin"
    fi
}
