import Accounts
import InMemoryLogging
import Logging
import MetricsTestKit
import Muster
import MusterTesting
import Roster
import Testing

/// What one process told, kept to be looked at.
private struct Listener {
    let metrics = TestMetrics()
    let lines = InMemoryLogHandler()
    let telemetry: Telemetry

    init(level: Logger.Level = .trace) {
        let lines = lines
        var logger = Logger(label: "muster") { _ in lines }
        logger.logLevel = level
        telemetry = Telemetry(logger: logger, metrics: metrics, seed: 7)
    }

    func count(_ name: String, _ labels: (String, String)...) throws -> Int64 {
        try metrics.expectCounter(name, labels).totalValue
    }

    func gauge(_ name: String, _ labels: (String, String)...) throws -> Double? {
        try metrics.expectMeter(name, labels).lastValue
    }

    /// All that was written, as one text.
    var text: String {
        lines.entries.map { "\($0.level) \($0.message) \($0.metadata)" }.joined(separator: "\n")
    }
}

@Suite(.timeLimit(.minutes(3))) struct TelemetryTests {
    private let ada = LoginEvent(
        school: ConnectedSchool(connection: .alder, school: .example),
        key: .email("ada.okafor@school.example"),
        method: .sso
    )

    @Test func `an answered login is counted, timed and written as one line`() throws {
        let listener = Listener()
        var result = LoginRefreshResult(.allow, .refreshed)
        result.time = .milliseconds(12.5)
        result.requests = 1
        let login = listener.telemetry.newLogin()
        listener.telemetry.answered(result, to: ada, as: login)
        #expect(
            try listener.count(
                "muster_logins_total",
                ("outcome", "refreshed"),
                ("decision", "allow"),
                ("method", "sso")
            ) == 1
        )
        let timer = try listener.metrics.expectTimer(
            "muster_login_duration_seconds",
            [("outcome", "refreshed")]
        )
        #expect(timer.values == [12_500_000])
        let line = try #require(listener.lines.entries.first)
        #expect(listener.lines.entries.count == 1)
        #expect(line.level == .info && line.message == "Login answered")
        #expect(
            line.metadata.mapValues(\.description) == [
                "login.id": "\(login)", "outcome": "refreshed", "decision": "allow",
                "ms": "12.5", "requests": "1", "school": "A1000000001",
            ]
        )
    }

    @Test(arguments: LoginOutcome.allCases)
    func `every outcome and decision has its own counter`(outcome: LoginOutcome) throws {
        for decision in [LoginDecision.allow, .deny, .resetPassword] {
            for method in LoginMethod.allCases {
                let listener = Listener()
                var event = ada
                event.method = method
                let result = LoginRefreshResult(decision, outcome)
                listener.telemetry.answered(result, to: event, as: LoginID(1))
                let told = listener.metrics.counters.filter { $0.totalValue > 0 }
                #expect(told.count == 1)
                #expect(
                    try listener.count(
                        "muster_logins_total",
                        ("outcome", outcome.rawValue),
                        ("decision", decision.rawValue),
                        ("method", method.rawValue)
                    ) == 1
                )
            }
        }
    }

    @Test func `the ids of logins differ, in a process and between two`() {
        let telemetry = Telemetry(metrics: TestMetrics(), seed: 1)
        let other = Telemetry(metrics: TestMetrics(), seed: 2)
        var ids = Set((0..<10_000).map { _ in telemetry.newLogin() })
        ids.formUnion((0..<10_000).map { _ in other.newLogin() })
        #expect(ids.count == 20_000)
        #expect(LoginID(0xA).description == "000000000000000a")
        #expect(LoginID(.max).description == "ffffffffffffffff")
    }

    @Test func `a look-up is counted, timed and written with the id of its login`() throws {
        let listener = Listener()
        let lookUp = LookUp(.failed(.overloaded(retryAfter: nil)), requests: 2)
        let connection = Connection.alder
        listener.telemetry.lookedUp(lookUp, from: connection, in: .milliseconds(3), as: LoginID(1))
        #expect(
            try listener.count(
                "muster_source_requests_total",
                ("provider", "wonde"),
                ("purpose", "login"),
                ("result", "overloaded")
            ) == 2
        )
        let timer = try listener.metrics.expectTimer(
            "muster_lookup_duration_seconds",
            [("provider", "wonde"), ("result", "overloaded")]
        )
        #expect(timer.values == [3_000_000])
        let line = try #require(listener.lines.entries.first)
        #expect(line.metadata["login.id"]?.description == "\(LoginID(1))")
        #expect(line.level == .debug)
    }

    @Test(arguments: [
        (BreakerState.closed, 0, Logger.Level.notice), (.probing, 0.5, .debug),
        (.open, 1, .warning),
    ])
    func `a breaker shows its state`(
        state: BreakerState,
        value: Double,
        level: Logger.Level
    ) throws {
        let listener = Listener()
        listener.telemetry.breaker(of: .alder, became: state)
        #expect(try listener.gauge("muster_breaker_open", ("connection", "alder")) == value)
        #expect(
            try listener.count(
                "muster_breaker_changes_total",
                ("connection", "alder"),
                ("state", state.rawValue)
            ) == 1
        )
        #expect(listener.lines.entries.map(\.level) == [level])
    }

    @Test func `queues, deferred refreshes and unknown names are gauges`() throws {
        let listener = Listener()
        listener.telemetry.lookUps(of: .alder, inFlight: 3, waiting: 4)
        listener.telemetry.unfinished(5)
        listener.telemetry.unknownNames(6)
        #expect(try listener.gauge("muster_lookups_in_flight", ("connection", "alder")) == 3)
        #expect(try listener.gauge("muster_lookups_waiting", ("connection", "alder")) == 4)
        #expect(try listener.gauge("muster_refreshes_unfinished") == 5)
        #expect(try listener.gauge("muster_unknown_names") == 6)
    }

    @Test func `changes of accounts are counted by field`() throws {
        let listener = Listener()
        let id = AccountID(1)
        let history = [nil, Field.surname, .surname].map {
            HistoryEntry(account: id, field: $0, from: "Okafor", to: "Bello", reason: "changed")
        }
        listener.telemetry.changed(history, by: .login)
        let name = "muster_account_changes_total"
        #expect(try listener.count(name, ("field", "surname"), ("cause", "login")) == 2)
        #expect(try listener.count(name, ("field", "created"), ("cause", "login")) == 1)
        #expect(listener.lines.entries.isEmpty)
    }

    @Test func `a loss that is held is counted by what it would have taken`() throws {
        let listener = Listener()
        for loss in [Loss.access, .field(.phone)] {
            listener.telemetry.held(loss, at: ada.school, as: LoginID(1))
            let name = "muster_login_losses_held_total"
            #expect(try listener.count(name, ("loss", loss.word)) == 1)
        }
        #expect(listener.lines.entries.map(\.level) == [.warning, .warning])
    }

    @Test func `a sync is counted, and only a complete one is a success`() throws {
        let listener = Listener()
        var result = SyncResult(run: RunID(9), state: .failed)
        result.trouble = "The MIS did not answer."
        listener.telemetry.synced(result, of: .alder, at: .example)
        #expect(listener.metrics.meters.allSatisfy { $0.values.isEmpty })
        result = SyncResult(run: RunID(10), state: .completed)
        (result.seen, result.changed) = (80, 3)
        result.time = .seconds(2)
        listener.telemetry.synced(result, of: .alder, at: .example)
        result.state = .preview
        listener.telemetry.synced(result, of: .alder, at: .example)
        #expect(try listener.count("muster_sync_runs_total", ("state", "failed")) == 1)
        #expect(try listener.count("muster_sync_runs_total", ("state", "completed")) == 1)
        #expect(try listener.count("muster_sync_people_total", ("result", "changed")) == 3)
        #expect(
            try listener.gauge(
                "muster_sync_last_success_timestamp_seconds",
                ("connection", "alder")
            ) == 1_788_768_000
        )
        #expect(listener.lines.entries.map(\.level) == [.warning, .info, .warning])
    }

    @Test func `a sync whose lists cannot tell who left says so once, whatever else it came to`()
        async throws
    {
        let listener = Listener()
        let premises = try await Premises()
        for number in 1...6 { premises.source.put(.staff("\(number)")) }
        premises.source.script { $0.countTrouble = .unavailable(reason: "It has trouble.") }
        let result = try await premises.syncAll()
        #expect(result.state == .completed && !result.isCounted)
        let run = try #require(try await premises.store.run(result.run))
        listener.telemetry.synced(result, of: .alder, at: .example)
        #expect(listener.lines.entries.map(\.level) == [.info, .warning])
        let line = try #require(listener.lines.entries.last)
        #expect(line.message == "A list cannot tell who left")
        #expect(line.metadata["run"] == "\(result.run.value)")
        #expect(line.metadata["reason"].map { "\($0)" } == run.shortList)
        #expect(run.shortList?.contains("did not say how many staff") == true)
        premises.source.script { $0.countTrouble = nil }
        let whole = try await premises.syncAll()
        listener.telemetry.synced(whole, of: .alder, at: .example)
        #expect(listener.lines.entries.count == 3)
        #expect(try await premises.store.run(whole.run)?.shortList == nil)
    }

    @Test func `a read for newcomers is counted with its requests`() throws {
        let listener = Listener()
        listener.telemetry.discovered(2, from: .alder, requests: 3)
        listener.telemetry.discovered(0, from: .alder, requests: 1, error: .cancelled)
        let name = "muster_discovery_reads_total"
        #expect(try listener.count(name, ("provider", "wonde"), ("result", "found")) == 1)
        #expect(try listener.count(name, ("provider", "wonde"), ("result", "cancelled")) == 1)
        #expect(
            try listener.count(
                "muster_source_requests_total",
                ("provider", "wonde"),
                ("purpose", "discovery"),
                ("result", "found")
            ) == 3
        )
    }

    @Test func `connections beyond the limit share a counter and have no gauge`() throws {
        let listener = Listener()
        for number in 0..<300 {
            var connection = Connection.alder
            connection.name = "school-\(number)"
            listener.telemetry.breaker(of: connection, became: .open)
        }
        let gauges = listener.metrics.meters.filter { $0.label == "muster_breaker_open" }
        #expect(gauges.count == 64)
        #expect(
            try listener.count(
                "muster_breaker_changes_total",
                ("connection", "other"),
                ("state", "other")
            ) == 108
        )
    }

    @Test func `every metric has a name with its unit, a help text and no other label`() throws {
        for metric in MetricDescription.telemetry {
            #expect(metric.name.hasPrefix("muster_"))
            #expect((metric.kind == .counter) == metric.name.hasSuffix("_total"), "\(metric.name)")
            #expect(metric.help.hasSuffix(".") && !metric.help.contains("\n"), "\(metric.name)")
            if metric.kind == .histogram { #expect(metric.name.hasSuffix("_seconds")) }
        }
        let names = MetricDescription.telemetry.map(\.name)
        #expect(Set(names).count == names.count)
    }
}

/// Nothing of a person may be in a line or a label, whatever happens at her login.
@Suite(.timeLimit(.minutes(3))) struct TelemetrySecrecyTests {
    private let person = Observation.staff(
        "person-4711",
        forename: "Adaeze",
        surname: "Okafor-Bello",
        email: "ada.okafor@school.example"
    )

    @Test(arguments: [
        LookUpAnswer.failed(
            .malformed(
                reason:
                    "The answer for person-4711 says ada.okafor@school.example, Adaeze Okafor-Bello."
            )
        ),
        .failed(.unavailable(reason: "https://x.example/employees/person-4711 is away.")),
        .refused(reason: "Nobody may read Ada.Okafor@school.example."),
        .notReturned(reason: "There is no person-4711."),
    ])
    func `a line names nobody`(answer: LookUpAnswer) async throws {
        let listener = Listener()
        let premises = try await Premises()
        premises.source.put(person)
        try await premises.syncAll()
        premises.letFreshnessPass()
        let school = try await premises.school()
        let secrets = [
            "person-4711", "ada", "okafor", "bello", "subject-1", "@",
        ]
        for key in [
            LoginKey.email("ada.okafor@school.example"), .sourceID("person-4711"),
            .username("ADA.OKAFOR@school.example"), .email("nobody.ada@school.example"),
        ] {
            let event = LoginEvent(
                school: school,
                key: key,
                method: .sso,
                subject: HostSubject(issuer: "https://login.example", subject: "subject-1")
            )
            var result = await premises.login.refresh(event)
            result.trouble = answer.sentence
            let login = listener.telemetry.newLogin()
            listener.telemetry.answered(result, to: event, as: login)
            listener.telemetry.deferredEnded(result, to: event, as: login)
            listener.telemetry.held(.loginEmail, at: school, as: login)
            listener.telemetry.lookedUp(
                LookUp(answer, requests: 1),
                from: school.connection,
                in: .seconds(1),
                as: login
            )
            listener.telemetry.changed(result.changes, by: .login)
        }
        #expect(listener.lines.entries.count == 16)
        for secret in secrets {
            #expect(!listener.text.lowercased().contains(secret), "\(secret) is in a line")
        }
        let labels =
            (listener.metrics.counters.map(\.dimensions)
            + listener.metrics.meters.map(\.dimensions)
            + listener.metrics.timers.map(\.dimensions)).joined()
        for label in labels {
            for secret in secrets { #expect(!label.1.lowercased().contains(secret)) }
        }
    }

    @Test func `a short id does not blank the numbers of a sentence`() throws {
        let listener = Listener()
        var result = LoginRefreshResult(.allow, .sourceUnavailable)
        result.trouble = "The MIS answers 401 to 4; wait 14 s."
        let event = LoginEvent(
            school: ConnectedSchool(connection: .alder, school: .example),
            key: .sourceID("4"),
            method: .sso
        )
        listener.telemetry.answered(result, to: event, as: LoginID(1))
        let line = try #require(listener.lines.entries.first)
        #expect(line.metadata["trouble"]?.description == "The MIS answers 401 to …; wait 14 s.")
        #expect(line.level == .warning)
    }
}

extension Connection {
    fileprivate static let alder = Connection(
        id: .example,
        tenant: .standard,
        name: "alder",
        kind: "wonde",
        schools: [.example],
        people: [.staff],
        settings: [:],
        capabilities: .everything
    )
}

extension LookUpAnswer {
    fileprivate var sentence: String {
        switch self {
        case .found: ""
        case .notReturned(let reason), .refused(let reason): reason
        case .failed(let error): error.sentence
        }
    }
}
