"""Schemathesis makes requests out of an environment's own description and holds every answer against it: status, headers, body.

Without a credential, then with one where the dialect reads it from the header.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from steps import AUTH_METHOD, CLIENT_ID, CLIENT_SECRET, ISSUER, step

CHECKS = (
    "status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance,"
    "not_a_server_error"
)


def asked(*more):
    """Status 0 when no answer differs, and what was said."""
    command = [
        str(Path(sys.executable).parent / "schemathesis"), "run", f"{ISSUER}/openapi.json", "--url", ISSUER,
        "--max-examples", "15", "--seed", "6749", "--phases", "examples,coverage,fuzzing", "--checks", CHECKS, "--no-color", *more,
    ]
    # It keeps what it found in the folder it is started in.
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=140, check=False)


rounds = [("without a credential", [])]
if AUTH_METHOD == "client_secret_basic":
    rounds.append(("with one", ["--auth", f"{CLIENT_ID}:{CLIENT_SECRET}"]))
for what, more in rounds:
    ended = asked(*more)
    print(ended.stdout[-6000:].replace(CLIENT_SECRET, "…"))
    step(f"no answer differs from the description, {what}", ended.returncode == 0, ended.stderr[-500:])
