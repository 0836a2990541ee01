# The Redis that tests start for themselves, one each, on a free loopback port. To be sourced.

# Debian's package. Valkey, which only Debian's backports have, is tested as well where it is installed.
redis_install() {
    if command -v redis-server >/dev/null; then return 0; fi
    if [ "$(id -u)" != 0 ]; then
        echo "Redis is not installed and only root can install it: apt-get install redis-server" >&2
        return 1
    fi
    # As in single-user mode, in which no package starts a server of its own.
    apt-get update -q && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends redis-server
}
