import Accounts
import EmulatedSchool
import MISEmulator
import Muster
import MusterTesting
import Roster
import SQLiteStore
import StalledNames
import Testing

/// Whatever goes wrong while people log in, they are let in within the budget as they were, and it
/// heals by itself.
@Suite(.serialized, .timeLimit(.minutes(3))) struct LoginFaultTests {
    /// What goes wrong.
    enum Trouble: Sendable {
        case fault(Fault)
        /// The host takes connections and says nothing, so that the TLS handshake never ends.
        case silentHost
        /// The name server never answers.
        case stalledName
        /// Another connection holds the write lock of the store, which waits so long for it.
        case lockedStore(busyTimeout: Duration)
    }

    /// How the gate of the source stands meanwhile.
    enum Gate: Sendable {
        case asked
        /// As before or left alone: the gate blames the source for what the store takes.
        case any
        case leftAlone
        case paused
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let trouble: Trouble
        let gate: Gate
        let outcome: LoginOutcome

        /// What may be told, and one is told at least; a store that is locked a little later takes
        /// the note of a look-up, or does not.
        var usual: [LoginOutcome] {
            if case .lockedStore = trouble { [outcome, .unchanged] } else { [outcome] }
        }

        init(_ name: String, _ trouble: Trouble, _ gate: Gate, _ outcome: LoginOutcome) {
            testDescription = name
            self.trouble = trouble
            self.gate = gate
            self.outcome = outcome
        }

        init(_ name: String, _ fault: Fault, _ gate: Gate, _ outcome: LoginOutcome) {
            self.init(name, .fault(fault), gate, outcome)
        }
    }

    static let rows: [Row] = [
        Row("no answer", Fault(.hang), .leftAlone, .deferred),
        Row("stall in the body", Fault(.stall), .leftAlone, .deferred),
        Row("trickle", Fault(.trickle, milliseconds: 200, bytes: 16), .leftAlone, .deferred),
        Row("reset", Fault(.reset), .leftAlone, .sourceUnavailable),
        Row("reset in the body", Fault(.resetBody), .leftAlone, .sourceUnavailable),
        Row("429", Fault(.status, status: 429), .paused, .sourceUnavailable),
        Row(
            "429 with Retry-After",
            Fault(.status, status: 429, retryAfter: 2),
            .paused,
            .sourceUnavailable
        ),
        Row("500", Fault(.status, status: 500), .leftAlone, .sourceUnavailable),
        Row("a page for people", Fault(.html), .leftAlone, .sourceUnavailable),
        Row("wrong content type", Fault(.contentType), .asked, .unchanged),
        Row("slow TLS handshake", .silentHost, .leftAlone, .deferred),
        Row("slow DNS", .stalledName, .leftAlone, .deferred),
        Row("locked store", .lockedStore(busyTimeout: .seconds(60)), .any, .unchanged),
        Row(
            "locked store that is not waited for",
            .lockedStore(busyTimeout: .zero),
            .asked,
            .sourceUnavailable
        ),
    ]

    private static var settings: LoginSettings {
        var settings = LoginSettings()
        settings.budget = .milliseconds(300)
        settings.freshness = .zero
        settings.lookUpTimeout = .seconds(2)
        return settings
    }

    /// A gate that makes up its mind within a budget, and soon changes it.
    private static var limits: TrafficLimits {
        var limits = TrafficLimits()
        limits.slowAfter = .milliseconds(200)
        limits.firstProbe = .milliseconds(100)
        limits.longestProbe = .milliseconds(400)
        limits.probeTimeout = .milliseconds(500)
        limits.unstatedPause = .seconds(2)
        return limits
    }

    @Test(arguments: rows)
    func `people are let in on time, lose nothing, and the source is asked again by itself`(
        row: Row
    ) async throws {
        var store = SQLiteStore.Settings()
        if case .lockedStore(let timeout) = row.trouble { store.busyTimeout = timeout }
        try await LoginScene.run(login: Self.settings, store: store, limits: Self.limits) { scene in
            let people = try await scene.people(9)
            let before = try await scene.everybody()
            let content = try await scene.content()
            let mend = try begin(row.trouble, in: scene)
            let crowd = try await scene.logIn(Array(people.prefix(8)))
            scene.expectLetIn(crowd)
            for login in crowd {
                #expect(login.result.changes.isEmpty)
                #expect(
                    (row.usual + [.deferred, .sourceUnavailable]).contains(login.result.outcome),
                    "\(login.result)"
                )
            }
            #expect(crowd.contains { row.usual.contains($0.result.outcome) })
            await scene.becomes(row.gate)
            let wait = try await logInLast(people[8], row, scene)
            #expect(try await scene.everybody() == before)
            let after = try await scene.content()
            #expect(content == after, "\(content.difference(from: after) ?? "")")
            try scene.rename(people[0], to: "Recovered")
            try mend()
            try await SystemClock().sleep(for: wait)
            await scene.sourceIsAsked()
            // Or she might join a look-up that began before she was renamed.
            await scene.login.finishDeferred()
            scene.expectLetIn(try await scene.logIn([people[0]]))
            await scene.login.finishDeferred()
            #expect(try await scene.surname(of: people[0]) == "Recovered")
        }
    }

    /// Somebody who comes while the source is not asked is told when to come again, which is
    /// returned.
    private func logInLast(
        _ person: AccountSummary,
        _ row: Row,
        _ scene: LoginScene
    ) async throws -> Duration {
        let asked = scene.lookUps
        let last = try await scene.logIn([person])
        scene.expectLetIn(last)
        guard row.gate == .leftAlone || row.gate == .paused else { return .zero }
        #expect(last.first?.result.outcome == .sourceUnavailable)
        #expect(last.first?.result.trouble?.hasSuffix(".") == true)
        #expect(scene.lookUps == asked)
        let wait = try #require(last.first?.result.retryAfter)
        #expect(wait <= .seconds(2))
        return wait
    }

    /// Lets it go wrong.
    /// - Returns: What ends it.
    private func begin(
        _ trouble: Trouble,
        in scene: LoginScene
    ) throws -> () throws -> Void {
        let school = scene.school
        switch trouble {
        case .fault(let fault):
            school.emulator.add(fault)
            return { school.emulator.clearFaults() }
        case .silentHost:
            let port = try school.emulator.openSilentPort()
            try school.divert(to: "https://127.0.0.1:\(port)")
            return {
                try school.divert(to: nil)
                school.emulator.closeSilentPorts()
            }
        case .stalledName:
            try school.divert(to: "https://\(StalledResolver.loginName)")
            return {
                #expect(StalledResolver.asked(StalledResolver.loginName) > 0)
                try school.divert(to: nil)
                StalledResolver.release(StalledResolver.loginName)
            }
        case .lockedStore:
            let lock = try StoreLock(path: school.path)
            return { try lock.release() }
        }
    }

    @Test func `a store that is locked while the answer is on its way takes it afterwards`()
        async throws
    {
        try await LoginScene.run(login: Self.settings) { scene in
            let people = try await scene.people(8)
            for person in people { try scene.rename(person, to: "Later") }
            let before = try await scene.everybody()
            scene.school.emulator.clearRequests()
            scene.school.emulator.add(Fault(.hold))
            async let logins = scene.logIn(people)
            await scene.school.emulator.waitForRequests(8)
            let lock = try StoreLock(path: scene.school.path)
            scene.school.emulator.clearFaults()
            let answered = try await logins
            scene.expectLetIn(answered)
            #expect(answered.allSatisfy { $0.result.outcome == .deferred })
            #expect(try await scene.everybody() == before)
            try lock.release()
            await scene.login.finishDeferred()
            for person in people {
                #expect(try await scene.surname(of: person) == "Later")
            }
        }
    }
}

extension LoginScene {
    /// Requests for one person so far.
    fileprivate var lookUps: Int {
        school.emulator.requests.count { $0.path.contains("/employees/") }
    }

    fileprivate func content() async throws -> StoreContent {
        try await StoreContent.read(from: school.store, school: school.key, tenant: .standard)
    }

    /// Waits until the gate of the source stands like that.
    fileprivate func becomes(_ gate: LoginFaultTests.Gate) async {
        switch gate {
        case .asked: #expect(login.sources.allSatisfy { $0.isAsked && !$0.isPaused })
        case .any: break
        case .leftAlone: while login.sources.first?.isAsked != false { await Task.yield() }
        case .paused: while login.sources.first?.isPaused != true { await Task.yield() }
        }
    }
}
