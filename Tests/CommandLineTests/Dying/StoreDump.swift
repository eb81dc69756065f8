import Foundation
import Testing

/// What stores hold, read by SQLite alone: without ids, numbers and times, and everything that there
/// must not be two of as often as it is there.
enum StoreDump {
    /// The lines by which each of `others` differs from `store`, by the name of its file; none where it
    /// does not.
    static func differences(
        of others: [String],
        from store: String,
        in folder: String
    ) async throws -> [String: [String]] {
        let outcome = try await Invocation(
            ["-c", script, store] + others,
            of: "/usr/bin/python3",
            environment: [:],
            folder: folder
        ).outcome()
        try #require(outcome.status == 0, "\(outcome.messages)")
        let all = try JSONDecoder().decode([String: [String]].self, from: Data(outcome.output.utf8))
        return all.filter { !$0.value.isEmpty }
    }

    /// How far the run that was cut off in each of `stores` had come.
    static func progress(of stores: [String], in folder: String) async throws -> [Progress] {
        let script = #"""
            import json, sqlite3, sys
            def written(store, run):
                people = dict(created=set(), restored=set(), suspended=set(), changed=set())
                for account, field, old, new in store.execute(
                    "SELECT account, field, old, new FROM history WHERE run = ?", run):
                    what = "changed"
                    if field is None: what = "created"
                    if field == "status" and old != new:
                        what = "restored" if new == "active" else "suspended"
                    people[what].add(account)
                people["changed"] -= people["created"] | people["restored"] | people["suspended"]
                return {what: len(some) for what, some in people.items()}
            found = []
            for path in sys.argv[1:]:
                store = sqlite3.connect(path)
                run = store.execute("SELECT id FROM run WHERE state = 'running'").fetchone() or (0,)
                counts = ["SELECT count(*) FROM %s WHERE run = ?" % t for t in ("staged", "history")]
                numbers = [store.execute(question, run).fetchone()[0] for question in counts]
                numbers.append(store.execute("SELECT count(*) FROM mail").fetchone()[0])
                progress = dict(zip(("staged", "changed", "mails"), numbers))
                said = store.execute("SELECT counts FROM run WHERE id = ?", run).fetchone() or ("",)
                said = dict(pair.split("=") for pair in said[0].split())
                progress["written"] = written(store, run)
                progress["said"] = {w: int(said.get(w, 0)) for w in progress["written"]}
                # Those who changed because of somebody else are counted apart.
                progress["said"]["changed"] += int(said.get("followed", 0))
                found.append(progress)
            print(json.dumps(found))
            """#
        let outcome = try await Invocation(
            ["-c", script] + stores,
            of: "/usr/bin/python3",
            environment: [:],
            folder: folder
        ).outcome()
        try #require(outcome.status == 0, "\(outcome.messages)")
        return try JSONDecoder().decode([Progress].self, from: Data(outcome.output.utf8))
    }

    /// What a run that goes on has in its store.
    struct Progress: Decodable, Hashable {
        /// Records that were read and are not applied.
        var staged: Int
        /// Rows of history that it wrote.
        var changed: Int
        /// Mails that wait to be sent.
        var mails: Int
        /// How many people it created, changed, restored and suspended by its own counts.
        var said: [String: Int]
        /// The same by the history.
        var written: [String: Int]
    }

    private static let script = #"""
        import collections, json, re, sqlite3, sys

        def content(path):
            db = sqlite3.connect(path)
            db.row_factory = sqlite3.Row
            rows = lambda table: db.execute("SELECT * FROM " + table).fetchall()
            record = {0: "by hand", None: None}
            for row in rows("record"): record[row["id"]] = row["kind"] + " " + row["source_id"]
            account = {None: None}
            for row in rows("account"): account[row["id"]] = record[row["home"]] or row["email"]
            of_class = {}
            for row in rows("class"):
                of_class[row["id"]] = "%s of %s" % (row["source_id"], row["academic_year"])
            by_id = {str(id): name for id, name in account.items() if id}
            by_id.update({str(id): name for id, name in of_class.items()})
            natural = lambda text: text and re.sub(
                r"\d{6,}", lambda number: by_id.get(number.group(), number.group()), text)
            lines = []
            def add(table, names, without):
                for row in rows(table):
                    said = []
                    for column in row.keys():
                        if column in without: continue
                        value = row[column]
                        if column in names: value = names[column].get(value, value)
                        elif isinstance(value, str): value = natural(value)
                        said.append("%s=%s" % (column, value))
                    lines.append(table + ": " + ", ".join(said))
            people = {"account": account, "record": record, "given_by": record, "class": of_class}
            add("account", {"home": record, "line_manager": account}, {"id", "version"})
            add("class", {}, {"id", "sequence", "exact_id", "exact_year"})
            add("link", people | {"manager": record},
                {"linked_at", "sequence", "fingerprint", "planned_on", "last", "missing_since"})
            add("membership", people, set())
            add("privilege", people, set())
            add("guardianship", people | {"contact": record}, set())
            add("former_email", people, {"at"})
            add("unlinked", people, {"sequence", "observation"})
            add("history", people | {"old_account": account, "new_account": account},
                {"id", "at", "run", "given"})
            add("mail", people, {"rowid", "id", "token", "sealed", "written_at", "due_at"})
            add("loss", people, {"at"})
            add("capability", {}, set())
            add("password_token", people, {"digest", "issued_at", "expires_at", "run", "voided_at"})
            held = db.execute("SELECT id FROM run WHERE plan IS NOT NULL ORDER BY started_at").fetchall()
            if held:
                for row in db.execute("SELECT record FROM planned WHERE run = ?", held[-1]):
                    lines.append("planned: " + str(record[row[0]]))
            for state, count in db.execute(
                "SELECT state, count(*) FROM run WHERE state = 'running' GROUP BY state"):
                lines.append("%d runs are %s" % (count, state))
            left = db.execute("SELECT count(*) FROM staged").fetchone()[0]
            lines.append("%d records are staged" % left)
            return collections.Counter(lines)

        whole = content(sys.argv[1])
        found = {}
        for path in sys.argv[2:]:
            here = content(path)
            found[path.split("/")[-1]] = [
                "only here, %d times: %s" % (n, line) for line, n in sorted((here - whole).items())
            ] + ["not here, %d times: %s" % (n, line) for line, n in sorted((whole - here).items())]
        print(json.dumps(found))
        """#
}
