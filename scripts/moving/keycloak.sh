# The real Keycloak, for the scripts beside this one. To be sourced after place.sh.

keycloak_version=26.5.6

keycloak_unpack() {
    local archive=${KEYCLOAK-$folder/keycloak.tar.gz}
    [ -e "$archive" ] ||
        curl -sf -o "$archive" "https://repo1.maven.org/maven2/org/keycloak/keycloak-quarkus-dist/$keycloak_version/keycloak-quarkus-dist-$keycloak_version.tar.gz"
    tar xzf "$archive" -C "$folder"
    keycloak=$folder/keycloak-$keycloak_version/bin
}

# Serves; sets $keycloak_url.
keycloak_start() {
    local port management
    port=$(free_port)
    management=$(free_port)
    echo "Keycloak $keycloak_version: starting"
    KC_BOOTSTRAP_ADMIN_USERNAME=admin KC_BOOTSTRAP_ADMIN_PASSWORD=of-a-minute nice -n 19 "$keycloak/kc.sh" start-dev \
        --http-host 127.0.0.1 --http-port "$port" --http-management-port "$management" >"$folder/keycloak.log" 2>&1 &
    keycloak_process=$!
    started+=("$keycloak_process")
    keycloak_url=http://127.0.0.1:$port
    keycloak_token=$keycloak_url/realms/${realm-}/protocol/openid-connect/token
    local tries=0
    until curl -sf -o /dev/null "$keycloak_url/realms/master"; do
        tries=$((tries + 1))
        [ "$tries" -lt 2400 ] || { echo "Keycloak does not start" >&2; return 1; }
        sleep 0.5
    done
}

keycloak_stop() {
    kill -TERM -- "-$keycloak_process"
    wait "$keycloak_process" || true
}

# keycloak_api METHOD PATH [JSON]: its management interface.
keycloak_api() {
    local bearer
    bearer=$(curl -sf "$keycloak_url/realms/master/protocol/openid-connect/token" -d grant_type=password -d client_id=admin-cli -d username=admin -d password=of-a-minute |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')
    curl -sf -X "$1" "$keycloak_url/admin/realms$2" -H "authorization: Bearer $bearer" -H 'content-type: application/json' ${3+-d "$3"}
}

# keycloak_realm NAME: makes one; sets $keycloak_token.
keycloak_realm() {
    realm=$1
    keycloak_api POST '' "{\"realm\": \"$1\", \"enabled\": true}"
    keycloak_api POST "/$realm/client-scopes" '{"name": "orders", "protocol": "openid-connect"}'
    keycloak_token=$keycloak_url/realms/$1/protocol/openid-connect/token
}

# keycloak_client ID SECRET
keycloak_client() {
    keycloak_api POST "/$realm/clients" "$(python3 -c '
import json, sys
name, secret = sys.argv[1:]
print(json.dumps({
    "clientId": name, "name": f"{name} export", "serviceAccountsEnabled": True, "standardFlowEnabled": False, "publicClient": False,
    "defaultClientScopes": ["orders"], "attributes": {"customer": "Acme"}, **({"secret": secret} if secret else {}),
}))' "$1" "$2")"
}

# keycloak_secret ID
keycloak_secret() {
    keycloak_api GET "/$realm/clients?clientId=$1" | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["secret"])'
}

# keycloak_export REALM FILE: as its own command writes it, with the server stopped.
keycloak_export() {
    nice -n 19 "$keycloak/kc.sh" export --realm "$1" --file "$2" >"$folder/export.log" 2>&1
}
