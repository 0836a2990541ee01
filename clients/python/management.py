"""The management API against its own description: schemathesis makes requests out of it, fitting and unfitting ones, and holds every
answer against what it says: status, media type, headers, schema; who has no token gets nothing, what does not fit is refused.

Reads ADMIN_URL and OPERATOR_TOKEN. It makes what its requests are to find, and everything on that server may be gone afterwards.
"""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

API = os.environ["ADMIN_URL"] + "/admin/v1"
TOKEN = os.environ["OPERATOR_TOKEN"]

# Left out: positive_data_acceptance, since no schema can say that an environment is in the configuration or a password good enough;
# ensure_resource_availability and object_level_authorization, which follow the links of descriptions, and this one has none.
CHECKS = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "missing_required_header", "unsupported_method",
    "allow_header_conformance", "use_after_free", "ignored_auth",
]
# Left out: stateful, whose calls feed each other and would revoke the token they are made with.
PHASES = ["examples", "coverage", "fuzzing"]
EXAMPLES = "4"  # for each operation, in the last phase


def call(path, body=None):
    """The JSON that a call answers."""
    request = urllib.request.Request(
        API + path, data=body and json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20) as answer:
        return json.load(answer)


def known():
    """For operations that name something: what there is to be named."""
    place = {"environment": "production", "account": "Acme"}
    credential = call("/credentials", {**place, "name": "Payroll", "description": "Reads shifts", "allow": ["shifts=read"]})
    person = call("/people", {**place, "username": "anna@acme.example"})
    spare = call("/operators/tokens", {"name": "spare", "scopes": ["audit:read"]})
    return {
        "/credentials/": {"path.id": credential["uuid"]},
        "/people/": {"path.id": person["id"]},
        "/accounts/": {"path.account": "Acme"},
        "/keys/": {"path.kid": call("/keys")[0]["kid"]},
        "/operators/tokens/": {"path.id": spare["id"]},
    }


def configuration():
    """schemathesis.toml: half of the requests name what is there."""
    lines = []
    for prefix, parameters in known().items():
        lines += ["[[operations]]", f'include-path-regex = "^/admin/v1{prefix}[{{]"']
        values = (f'"{name}" = {json.dumps(value)}' for name, value in parameters.items())
        lines.append(f"parameters = {{ {', '.join(values)} }}")
    return "\n".join(lines) + "\n"


def main():
    with tempfile.TemporaryDirectory(prefix="grantor-management-") as folder:
        file = Path(folder) / "schemathesis.toml"
        file.write_text(configuration())
        command = [
            str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(file), "run", API + "/openapi.json",
            "--header", f"Authorization: Bearer {TOKEN}", "--checks", ",".join(CHECKS), "--phases", ",".join(PHASES),
            "--max-examples", EXAMPLES, "--generation-deterministic", "--continue-on-failure", "--warnings", "off", "--no-color",
        ]
        status = subprocess.run(command, cwd=folder, check=False).returncode
    print("ok the description holds" if status == 0 else "not ok the description does not hold: see above")
    sys.exit(status)


if __name__ == "__main__":
    main()
