"""Takes every sample program off the documentation page and runs it against the server, in its own language.

The first of each pair prints a token (curl: the answer), the second calls the API with it. Each must also fail with a wrong secret.
A language whose tools this machine does not have is named and left out.
"""

import html.parser
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from steps import step

# What runs a file of each language, and whether it must be there.
RUNNERS = {
    "curl": (["sh"], "curl", True),
    "javascript": (["node"], "node", True),
    "python": ([sys.executable], sys.executable, True),
    "java": (["java", "-XX:TieredStopAtLevel=1"], "java", True),
    "go": (["go", "run"], "go", True),
    "csharp": (["dotnet", "run"], "dotnet", False),
    "php": (["php"], "php", False),
    "ruby": (["ruby"], "ruby", False),
}


class Samples(html.parser.HTMLParser):
    """Every `<pre data-sample data-language data-file>` of a page, with the text in it."""

    def __init__(self):
        super().__init__()
        self.found = {}
        self.within = None

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "pre" and "data-sample" in attributes:
            self.within = (attributes["data-language"], attributes["data-sample"])
            self.found[self.within] = [attributes["data-file"], ""]

    def handle_endtag(self, tag):
        if tag == "pre":
            self.within = None

    def handle_data(self, data):
        if self.within:
            self.found[self.within][1] += data


def run(folder, command, sample, variables):
    name, text = sample
    file = Path(folder) / name
    file.write_text(text + "\n")
    return subprocess.run(
        [*command, str(file)], cwd=folder, env={**os.environ, **variables}, capture_output=True, text=True, timeout=100,
        check=False,
    )


def main():
    issuer = os.environ["ISSUER"]
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{issuer}/docs", timeout=20) as answer:
        page = Samples()
        page.feed(answer.read().decode())
    step("every language has both programs", len(page.found) == 2 * len(RUNNERS), sorted(page.found))
    told = {
        "BASE_URL": issuer, "CLIENT_ID": os.environ["CLIENT_ID"], "CLIENT_SECRET": os.environ["CLIENT_SECRET"],
        "GOFLAGS": "-mod=mod", "GO111MODULE": "off", "DOTNET_CLI_TELEMETRY_OPTOUT": "1",
    }
    for language, (command, tool, needed) in RUNNERS.items():
        if not shutil.which(tool):
            step(f"{language}: this machine has no {tool}, not run", not needed, "it must be there")
            continue
        with tempfile.TemporaryDirectory() as folder:
            got = run(folder, command, page.found[language, "token"], told)
            step(f"{language} gets a token", got.returncode == 0, got.stderr + got.stdout)
            token = got.stdout.strip()
            if token.startswith("{"):
                token = json.loads(token)["access_token"]
            step(f"{language} prints the token alone", len(token) >= 32 and " " not in token, got.stdout)
            called = run(folder, command, page.found[language, "call"], {**told, "ACCESS_TOKEN": token})
            step(f"{language} calls the API", called.returncode == 0 and '"shifts"' in called.stdout, called.stderr + called.stdout)
            wrong = run(folder, command, page.found[language, "token"], {**told, "CLIENT_SECRET": "wrong"})
            step(f"{language} fails with a wrong secret", wrong.returncode != 0, wrong.stdout)
            dead = run(folder, command, page.found[language, "call"], {**told, "ACCESS_TOKEN": "wrong"})
            step(f"{language} fails with a wrong token", dead.returncode != 0, dead.stdout)


main()
