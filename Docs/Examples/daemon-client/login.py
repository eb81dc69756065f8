#!/usr/bin/env python3
"""Signs somebody in against a Muster daemon, then reads what changed meanwhile.

    login.py URL SCHOOL EMAIL --key-file FILE [--cursor-file FILE] [--timeout SECONDS]

URL is the daemon's, as in http://127.0.0.1:8080. The key needs the scopes logins and accounts:

    muster keys create our-app --scopes logins,accounts > key

Prints the decision, the changes of this person, and every change in the school since the cursor.
Whatever goes wrong is one sentence on standard error. Ends with

    0  she may come in
    1  she may not
    2  the daemon could not be asked, or the command is used wrongly; a login hook then lets in whom
       it knows and has as active

Where only the changes cannot be read, the decision stands. Python's standard library only.
"""
import argparse
import http.client
import json
import pathlib
import sys
import urllib.parse

NEW_KEY = "make a key with `muster keys create NAME --scopes logins,accounts`."
ADVICE = {401: NEW_KEY, 403: NEW_KEY, 404: "check the school against `muster connections`."}


class Trouble(Exception):
    """What happened, to what, and what to do, in one sentence."""


class Daemon:
    """One connection to the daemon, kept open between requests."""

    def __init__(self, url, key, timeout):
        kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
        try:
            parts = urllib.parse.urlsplit(url)
            self.connection = kinds[parts.scheme](parts.hostname, parts.port, timeout=timeout)
        except (KeyError, ValueError, TypeError, AttributeError):
            raise Trouble(
                f"{url} is not the address of a daemon; give one as http://HOST:PORT."
            ) from None
        self.url = url
        self.headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def ask(self, method, path, wanted, body=None):
        """The answer, which has the member `wanted`."""
        try:
            text = json.dumps(body) if body is not None else None
            self.connection.request(method, path, text, self.headers)
            response = self.connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException) as error:
            why = " ".join(str(error).split()) or type(error).__name__
            raise Trouble(f"{self.url} does not answer ({why}); check that it runs.") from None
        try:
            answer = json.loads(answer)
        except ValueError:
            answer = None
        is_fine = response.status == 200
        if not isinstance(answer, dict) or (wanted if is_fine else "detail") not in answer:
            raise Trouble(
                f"{self.url} answered {response.status}, but not as Muster does; check the address."
            )
        if not is_fine:
            advice = ADVICE.get(response.status, answer["detail"])
            raise Trouble(f"{self.url} refused {path} with {response.status}: {advice}")
        return answer

    def login(self, school, email):
        path = f"/v1/schools/{urllib.parse.quote(school, safe='')}/logins"
        return self.ask("POST", path, "decision", {"email": email, "method": "sso"})

    def changes(self, school, cursor):
        """The pages of changes after `cursor`, each with the cursor to go on from."""
        base = f"/v1/schools/{urllib.parse.quote(school, safe='')}/changes"
        while True:
            after = urllib.parse.quote(cursor, safe="")
            page = self.ask("GET", f"{base}?after={after}&limit=1000", "next")
            if page["next"] == cursor:
                return
            cursor = page["next"]
            yield page["changes"], cursor


def read_key(path):
    key = path.read_text(errors="replace").strip()
    if not key.isascii() or not key.isprintable() or not key:
        raise Trouble(f"{path} holds no key; {NEW_KEY}")
    return key


def show(change):
    print(f"  {change['field'] or 'created'}: {change['from']} -> {change['to']}")


def seconds(text):
    """A time in seconds that a socket takes."""
    time = float(text)
    if not 0 < time < 3600:
        raise argparse.ArgumentTypeError(f"{text} is no time; give seconds from 0 to 3600")
    return time


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("url")
    parser.add_argument("school")
    parser.add_argument("email")
    parser.add_argument("--key-file", type=pathlib.Path, required=True)
    parser.add_argument("--cursor-file", type=pathlib.Path, default=pathlib.Path("cursor"))
    # The daemon's budget and 100 ms: it answers within the budget, whatever the MIS does.
    parser.add_argument("--timeout", type=seconds, default=0.9, metavar="SECONDS")
    options = parser.parse_args()
    status = 2
    try:
        daemon = Daemon(options.url, read_key(options.key_file), options.timeout)
        answer = daemon.login(options.school, options.email)
        status = 0 if answer["decision"] == "allow" else 1
        print(f"{answer['decision']}: {answer['outcome']}")
        for change in answer["changes"]:
            show(change)
        file = options.cursor_file
        cursor = file.read_text(errors="replace").strip() if file.exists() else "0"
        for page, cursor in daemon.changes(options.school, cursor):
            for change in page:
                print(f"account {change['account']} by {change['cause']}")
                show(change)
            # Kept once the page is dealt with: a crash repeats at most one page.
            file.write_text(cursor)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
    except OSError as error:
        print(f"{error.filename} cannot be used ({error.strerror}); change that.", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
