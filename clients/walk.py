#!/usr/bin/env python3
"""Walks a person through sign-in and consent without a browser, and prints where the client is told.

    clients/walk.py URL        (PERSON and PASSWORD in the environment)

Knows nothing of the pages but what a browser knows: links, cookies and the first form.
"""

import html
import http.cookiejar
import os
import re
import sys
import urllib.error
import urllib.parse
import urllib.request


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def walk(url):
    opener = urllib.request.build_opener(
        Stay, urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    )
    home, data = urllib.parse.urlsplit(url).netloc, None
    for _ in range(10):
        try:
            answer = opener.open(url, data, timeout=20)
        except urllib.error.HTTPError as error:
            answer = error
        location = answer.headers.get("Location")
        if location:
            url, data = urllib.parse.urljoin(url, location), None
            if urllib.parse.urlsplit(url).netloc != home:
                return url
            continue
        page = answer.read().decode()
        form = re.search(r'<form method="post" action="([^"]+)"(.*?)</form>', page, re.S)
        if answer.status != 200 or not form:
            raise SystemExit(f"the walk ends with status {answer.status}: {page}")
        inputs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[2])
        fields = {name: html.unescape(value) for name, value in inputs}
        if 'id="password"' in form[2]:
            fields |= {"username": os.environ["PERSON"], "password": os.environ["PASSWORD"]}
        else:
            fields["decision"] = "allow"
        url, data = urllib.parse.urljoin(url, form[1]), urllib.parse.urlencode(fields).encode()
    raise SystemExit("the walk does not end")


if __name__ == "__main__":
    print(walk(sys.argv[1]))
