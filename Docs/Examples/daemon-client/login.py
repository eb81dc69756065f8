#!/usr/bin/env python3
"""Signs somebody in against a Muster daemon, then reads what changed meanwhile.

    login.py URL SCHOOL EMAIL --key-file FILE [--cursor-file FILE] [--timeout SECONDS]

Prints the decision, the changes of this person, and every change in the school since the cursor.
Ends with 0 if the person may come in, 1 if not, 2 if the daemon could not be asked.
Python's standard library only.
"""
import argparse
import http.client
import json
import pathlib
import sys
import urllib.parse


class Daemon:
    """One connection to the daemon, kept open between requests."""

    def __init__(self, url, key, timeout):
        parts = urllib.parse.urlsplit(url)
        kind = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
        self.connection = kind[parts.scheme](parts.netloc, timeout=timeout)
        self.headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def ask(self, method, path, body=None):
        self.connection.request(
            method, path, json.dumps(body) if body is not None else None, self.headers
        )
        response = self.connection.getresponse()
        answer = json.loads(response.read() or b"{}")
        if response.status != 200:
            raise OSError(f"{response.status} {answer.get('detail') or answer.get('title')}")
        return answer

    def login(self, school, email):
        path = f"/v1/schools/{urllib.parse.quote(school, safe='')}/logins"
        return self.ask("POST", path, {"email": email, "method": "sso"})

    def changes(self, school, cursor):
        """Every change after `cursor`, with the cursor to go on from."""
        base = f"/v1/schools/{urllib.parse.quote(school, safe='')}/changes"
        while True:
            page = self.ask("GET", f"{base}?after={cursor}&limit=1000")
            yield from page["changes"]
            if page["next"] == cursor:
                return
            cursor = page["next"]


def show(change):
    print(f"  {change['field'] or 'created'}: {change['from']} -> {change['to']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("school")
    parser.add_argument("email")
    parser.add_argument("--key-file", type=pathlib.Path, required=True)
    parser.add_argument("--cursor-file", type=pathlib.Path, default=pathlib.Path("cursor"))
    # A bit more than the daemon's own budget: it answers within that, whatever the MIS does.
    parser.add_argument("--timeout", type=float, default=2.0, metavar="SECONDS")
    options = parser.parse_args()
    try:
        key = options.key_file.read_text().strip()
        daemon = Daemon(options.url, key, options.timeout)
        answer = daemon.login(options.school, options.email)
        print(f"{answer['decision']}: {answer['outcome']}")
        for change in answer["changes"]:
            show(change)
        cursor = options.cursor_file.read_text().strip() if options.cursor_file.exists() else "0"
        for change in daemon.changes(options.school, cursor):
            print(f"account {change['account']} by {change['cause']}")
            show(change)
            # Kept after each one that was dealt with: a crash repeats at most the last.
            options.cursor_file.write_text(change["cursor"])
    except (OSError, ValueError, KeyError, http.client.HTTPException) as trouble:
        # A login hook lets known people in by its own data when the daemon cannot be asked.
        print(f"The daemon could not be asked: {trouble}", file=sys.stderr)
        return 2
    return 0 if answer["decision"] == "allow" else 1


if __name__ == "__main__":
    sys.exit(main())
