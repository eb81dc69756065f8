import Accounts
import MISEmulator
import Testing

@testable import Muster
@testable import muster

@Suite struct SyncTests {
    private static let members: Set = [
        "run", "state", "seen", "unchanged", "changed", "created", "restored", "suspended", "held",
        "skipped", "disputed", "failed", "ignored", "requests", "missing", "followed", "seconds",
        "plan",
        "kind", "why", "trouble",
    ]

    @Test func `a first sync makes everybody, a second finds nothing to do`() async throws {
        let scene = try await Scene.connected(
            EmulatorConfiguration(leaversPercent: 10, withoutEmailPercent: 10)
        )
        let first = try await scene.json("sync", "acorn")
        #expect(first.names == Self.members)
        #expect(first["state"] == "completed")
        #expect(first["run"].text != nil)
        #expect(first["plan"] == nil)
        let ignored = first["ignored"].elements
        #expect(ignored.contains { $0["reason"] == "noWorkEmail" })
        #expect(ignored.allSatisfy { $0.names == ["reason", "count"] })
        let passedOver = ignored.compactMap { $0["count"].number }.reduce(0, +)
        #expect(first["created"].number.map { $0 + passedOver } == first["seen"].number)
        let second = try await scene.json("sync", scene.school, "--full", "--compare")
        #expect(second["changed"] == 0)
        #expect(second["created"] == 0)
        #expect(second["unchanged"] == first["created"])
    }

    @Test func `a record without an id is told by school, kind and page`() async throws {
        let scene = try await Scene.synced()
        scene.emulator.add(Fault(.missingID, pathContains: "employees?"))
        let outcome = try await scene.run("sync", "acorn")
        let place = "Page 1 of the staff of "
        let line = try #require(outcome.output.split(separator: "\n").first { $0.contains(place) })
        #expect(
            line.contains(" has a record without an id, so nobody of them was taken for absent")
        )
        #expect(line.contains("ask Wonde to look at it."))
        #expect(!outcome.output.contains("Look at record without an id"))
        let review = try await scene.run("review", "acorn").output
        #expect(review.contains("Of the last sync: \(place)"))
    }

    @Test func `text output is a table without a progress bar`() async throws {
        let scene = try await Scene.connected()
        let outcome = try await scene.run("sync", "acorn")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("seen"))
        #expect(outcome.messages.isEmpty)
        #expect(!outcome.output.contains("\u{1B}"))
        let listed = try await scene.json("runs", "acorn")["runs"][0]
        let run = try #require(listed["run"].text)
        #expect(outcome.output.contains("Sync of acorn is done (run \(run)): "))
        #expect(outcome.output.contains("muster undo \(run)"))
        let runs = try await scene.run("runs", "acorn").output.split(separator: "\n")
        let (seen, made) = (listed["seen"].number ?? 0, listed["created"].number ?? 0)
        #expect(runs[0].contains(/SEEN +CREATED +CHANGED/) && made > 0)
        let cells = runs[1].split(separator: " ").map(String.init)
        let after = try #require(cells.firstIndex(of: "completed"))
        #expect(cells[(after + 1)...(after + 3)] == ["\(Int(seen))", "\(Int(made))", "0"])
        // Where nothing was done there is nothing to take back.
        #expect(!(try await scene.run("sync", "acorn").output.contains("muster undo")))
    }

    @Test func `on a terminal a bar shows how far it is, and goes away`() async throws {
        let scene = try await Scene.connected()
        let outcome = try await scene.start(["sync", "acorn", "--json"], onTerminal: true)
            .outcome()
        #expect(outcome.messages.contains("Reading "))
        #expect(outcome.messages.contains("█"))
        #expect(outcome.messages.hasSuffix("\r\u{1B}[K"))
        #expect(try outcome.json()["state"] == "completed")
    }

    @Test(arguments: [
        ["--sideways"], ["--delta", "--full"], ["--delta", "--preview"], ["--delta", "--compare"],
    ])
    func `options that do not exist or go together are bad usage`(options: [String]) async throws {
        let scene = try await Scene.connected()
        let outcome = try await scene.run(["sync", "acorn", "--json"] + options)
        #expect(outcome.status == 2)
        #expect(try outcome.json()["error"]["code"] == "usage")
    }

    @Test func `a sync of changes brings what changed, and says where it reads everybody`()
        async throws
    {
        let scene = try await Scene.connected()
        let first = try await scene.json("sync", "acorn", "--delta")
        #expect(first["kind"] == "full" && first["why"] == "noMark")
        #expect(first["state"] == "completed")
        let teacher = try scene.teacher()
        try scene.emulator.change(school: scene.school, employee: teacher.id) {
            $0.surname = "Changed"
        }
        let second = try await scene.json("sync", "acorn", "--delta")
        #expect(second["kind"] == "delta" && second["why"] == nil)
        #expect(second["changed"] == 1)
        let account = try await scene.json("show", "acorn", teacher.email)
        #expect(account["surname"] == "Changed")
        let text = try await scene.run("sync", "acorn", "--delta").output
        #expect(text.contains("Only people whose record changed"))
        let runs = try await scene.json("runs", "acorn")["runs"].elements
        #expect(runs.map { $0["kind"] } == ["delta", "delta", "full"])
    }

    @Test func `an unknown school is bad usage`() async throws {
        let scene = try await Scene.connected()
        let json = try await scene.json("sync", "nowhere", status: 2)
        #expect(json["error"]["code"] == "unknownSchool")
    }

    @Test func `a store that is not there is not made`() async throws {
        let scene = try await Scene()
        let json = try await scene.json("sync", "acorn", status: 2)
        #expect(json["error"]["code"] == "noStore")
        let again = try await scene.json("list", "acorn", status: 2)
        #expect(again["error"]["code"] == "noStore")
    }

    @Test(
        arguments: [
            Fault(.html), Fault(.truncate), Fault(.malformed), Fault(.emptyList), Fault(.hugeBody),
            Fault(.hugeBody, chunked: true), Fault(.reset), Fault(.status, status: 500),
            Fault(.status, status: 401), Fault(.repeatPage),
        ].map { fault in
            var fault = fault
            fault.pathContains = "/employees"
            return fault
        }
    )
    func `a list that cannot be read changes nothing`(fault: Fault) async throws {
        let scene = try await Scene.synced()
        try scene.emulator.setSwitches(school: scene.school) { $0.perPageLimit = 20 }
        let before = try await scene.json("list", "acorn")
        try scene.emulator.change(school: scene.school, employee: try scene.teacher().id) {
            $0.surname = "Changed"
        }
        scene.emulator.add(fault)
        let json = try await scene.json("sync", "acorn", status: 1)
        #expect(json["state"] == "failed")
        #expect(json["trouble"].text?.hasSuffix(".") == true)
        #expect(json.names.subtracting(["remarks"]) == Self.members)
        #expect(try await scene.json("list", "acorn") == before)
        scene.emulator.clearFaults()
        #expect(try await scene.json("sync", "acorn")["changed"] == 1)
    }

    @Test(arguments: [Fault.Kind.halfList, .missingID, .duplicateID])
    func `a list that is not whole removes nobody`(kind: Fault.Kind) async throws {
        let scene = try await Scene.synced()
        let before = try await scene.json("list", "acorn")
        scene.emulator.add(Fault(kind, pathContains: "/employees"))
        let json = try await scene.json("sync", "acorn")
        #expect(json["suspended"] == 0)
        let isTold = json["remarks"].elements.contains {
            $0["reason"].text?.contains("nobody") == true
        }
        #expect(isTold == (kind != .duplicateID))
        #expect(try await scene.json("list", "acorn") == before)
    }

    @Test func `a record that cannot be read stops no other`() async throws {
        let scene = try await Scene.connected()
        let odd = try scene.emulator.addOddPeople(school: scene.school)
        let json = try await scene.json("sync", "acorn")
        #expect(json["state"] == "completed")
        #expect(try #require(json["failed"].number) > 0)
        #expect(try #require(json["created"].number) >= 55)
        let accounts = try await scene.json("list", "acorn")["accounts"].elements
        let names = accounts.compactMap { $0["surname"].text }
        #expect(names.contains("O'Shaughnessy-\"Quote\" \\ Back"))
        #expect(names.contains("N\u{FA}\u{F1}ez"))
        #expect(accounts.allSatisfy { ($0["surname"].text?.count ?? 0) < 1_000 })
        #expect(!accounts.contains { $0["surname"].text?.contains("\u{0}") == true })
        #expect(odd.count == 13)
        // Nothing that a record says reaches a terminal as a command.
        let text = try await scene.run("list", "acorn").output
        #expect(!text.contains("\u{1B}"))
        #expect(!text.contains("\u{202E}"))
    }

    @Test func `a remark keeps its advice`() {
        let reason =
            "The record has a surname of more than a thousand characters, which nobody has;"
            + " correct it in the MIS."
        var result = SyncResult(run: RunID(1))
        result.remarks = [SyncResult.Remark(record: "A1", reason: reason)]
        let report = SyncReport(result, connection: "acorn")
        #expect(report.text.contains("Look at record A1: \(reason)"))
    }

    @Test func `people who share an address wait for a decision`() async throws {
        let scene = try await Scene.connected()
        let first = try scene.teacher()
        let second = try scene.teacher(1)
        try scene.emulator.change(school: scene.school, employee: second.id) {
            $0.workEmail = .set(first.email)
        }
        let json = try await scene.json("sync", "acorn")
        #expect(json["disputed"] == 2)
        let records = try await scene.json("review", "acorn")["records"].elements
        let disputed = records.filter { $0["reason"] == "sharedEmail" }
        #expect(Set(disputed.compactMap { $0["record"].text }) == [first.id, second.id])
        #expect(disputed.allSatisfy { $0["standing"] == "disputed" })
        let text = try await scene.run("review", "acorn").output
        #expect(text.contains("another record has the same e-mail address"))
        // Leavers and people without an address wait for nobody.
        #expect(records.count == 2 && text.contains("see them with --all"))
        let all = try await scene.json("review", "acorn", "--all")["records"].elements
        #expect(all.count > 2)
    }
}
