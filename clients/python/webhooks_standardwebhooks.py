#!/usr/bin/env python3
"""A receiver of webhooks, as the documentation of `standardwebhooks` shows it, against the real binary.

    GRANTOR_BIN=target/debug/grantor target/clients/python/bin/python clients/python/webhooks_standardwebhooks.py

Starts `grantor serve` with a configuration in a temporary folder and a receiver on loopback, makes a credential, and lets
the library judge what arrives: signature and time, under either secret during a change, and not when a byte was changed.
"""

import base64
import json
import os
import queue
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from standardwebhooks import Webhook, WebhookVerificationError

GRANTOR = os.environ.get("GRANTOR_BIN", "target/debug/grantor")
PATIENCE = 30  # seconds

arrived = queue.Queue()


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        arrived.put(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def secret():
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def refused(webhook, body, headers):
    try:
        webhook.verify(body, headers)
    except WebhookVerificationError:
        return True
    return False


def main():
    new, old = secret(), secret()
    receiver = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        public, admin = free_port(), free_port()
        (Path(folder) / "webhook.secret").write_text(f"{new}\n{old}\n")
        config = Path(folder) / "grantor.toml"
        config.write_text(f"""
[server]
listen = ["127.0.0.1:{public}"]
admin = "127.0.0.1:{admin}"
[environments.production]
url = "http://127.0.0.1:{public}"
[[webhooks]]
name = "crm"
url = "http://127.0.0.1:{receiver.server_port}/hook"
secret_file = "webhook.secret"
events = ["credential.*"]
""")
        config.chmod(0o600)
        server = subprocess.Popen([GRANTOR, "serve", "--config", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            end = time.monotonic() + PATIENCE
            while True:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{admin}/readyz", timeout=5).read()
                    break
                except (urllib.error.URLError, OSError):
                    if time.monotonic() > end or server.poll() is not None:
                        sys.exit("the server is not ready")
                    time.sleep(0.05)
            made = json.loads(subprocess.run(
                [GRANTOR, "credentials", "create", "--config", config, "--json", "--environment", "production",
                 "--account", "Acme", "--name", "Löner ✓", "--description", "for a webhook"],
                check=True, capture_output=True).stdout)
            headers, body = arrived.get(timeout=PATIENCE)

            event = Webhook(new).verify(body, headers)
            assert event["type"] == "credential.created", event
            assert event["data"]["credential"]["uuid"] == made["uuid"], event
            assert event["data"]["credential"]["name"] == "Löner ✓", event
            print("ok the library takes the event under the new secret")
            Webhook(old).verify(body, headers)
            print("ok and under the old one")
            assert refused(Webhook(secret()), body, headers)
            print("ok under no other")
            assert refused(Webhook(new), body.replace(b"Acme", b"Evil"), headers)
            print("ok a changed body is refused")
            assert refused(Webhook(new), body, headers | {"webhook-timestamp": str(int(time.time()) - 3600)})
            print("ok a changed time is refused")
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
