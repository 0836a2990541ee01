# The real Hydra, for the scripts beside this one. To be sourced after place.sh.

hydra_version=v2.3.0

# Sets $hydra: the one that is named by HYDRA, or one that is built from the Go module proxy.
hydra_build() {
    hydra=${HYDRA-}
    [ -z "$hydra" ] || return 0
    echo "Hydra $hydra_version: building"
    local module
    module=$(cd "$folder" && go mod download -json "github.com/ory/hydra/v2@$hydra_version" | python3 -c 'import json, sys; print(json.load(sys.stdin)["Dir"])')
    cp -r "$module" "$folder/hydra-source"
    chmod -R u+w "$folder/hydra-source"
    # That module is not in the archive; it is published by itself, too.
    sed -i '/^replace github.com\/ory\/hydra-client-go/d' "$folder/hydra-source/go.mod"
    (cd "$folder/hydra-source" && CGO_ENABLED=1 go build -mod=mod -p 1 -tags sqlite,sqlite_omit_load_extension,json1 -o "$folder/hydra" .) \
        >"$folder/build.log" 2>&1
    rm -rf "$folder/hydra-source"
    hydra=$folder/hydra
}

# hydra_start DATABASE HASHER: migrated and serving; sets $hydra_admin and $hydra_token.
hydra_start() {
    local public admin
    public=$(free_port)
    admin=$(free_port)
    cat >"$folder/hydra.yml" <<END
dsn: sqlite://$1?_fk=true
serve:
  public: { port: $public, host: 127.0.0.1 }
  admin: { port: $admin, host: 127.0.0.1 }
urls:
  self: { issuer: http://127.0.0.1:$public }
secrets:
  system: [of-a-server-that-ends-in-a-minute]
oauth2:
  hashers: { algorithm: $2 }
sqa: { opt_out: true }
END
    "$hydra" migrate sql -c "$folder/hydra.yml" --yes -e >"$folder/hydra.log" 2>&1 ||
        DSN="sqlite://$1?_fk=true" "$hydra" migrate sql --yes -e >>"$folder/hydra.log" 2>&1
    "$hydra" serve all --dev -c "$folder/hydra.yml" >>"$folder/hydra.log" 2>&1 &
    hydra_process=$!
    started+=("$hydra_process")
    hydra_admin=http://127.0.0.1:$admin
    hydra_token=http://127.0.0.1:$public/oauth2/token
    until_answers "$hydra_admin/health/ready"
}

hydra_stop() {
    kill -TERM "$hydra_process"
    wait "$hydra_process" || true
}
