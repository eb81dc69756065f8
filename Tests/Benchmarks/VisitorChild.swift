import Accounts
import CurlTransport
import Foundation
import Muster
import Roster
import SQLiteStore
import Synchronization

/// What a process of logins found.
struct Visits: Codable {
    /// What each login took, in nanoseconds.
    var nanoseconds: [UInt32]
    /// How many of them came before a batch beside them began to apply.
    var early = 0
    /// What the batch came to.
    var note = ""

    var times: Times { Times(nanoseconds) }
    /// Those while the batch read.
    var whileReading: Times { Times(Array(nanoseconds.prefix(early))) }
    /// Those while it applied.
    var whileApplying: Times { Times(Array(nanoseconds.dropFirst(early))) }
}

/// The logins of `BesideBench`, one after another, in a process of their own.
struct VisitorChild {
    /// The argument that asks for it.
    static let word = "visitors"

    private let login: LoginRefresh
    private let school: ConnectedSchool
    private let emails: [String]

    /// `arguments`: origin, token, school, kinds of people, store, occasion, milliseconds of a look-up, addresses.
    static func run(_ arguments: [String]) async throws {
        guard arguments.count == 8 else { throw BenchTrouble("The visitors were not told enough.") }
        let desk = try Desk(arguments[0..<4])
        let store = try SQLiteStore(path: arguments[4])
        guard let connection = try await store.connections().first else {
            throw BenchTrouble("The store keeps no connection.")
        }
        let source = RecordedSource(desk.source)
        let workshop = desk.workshop(store, source)
        var settings = LoginSettings()
        settings.freshness = .zero
        settings.budget = .seconds(10)
        let child = VisitorChild(
            login: LoginRefresh(workshop, settings: settings),
            school: ConnectedSchool(connection: connection, school: connection.schools[0]),
            emails: arguments[7].split(separator: ",").map(String.init)
        )
        // Everybody once, so that the answers are recorded.
        _ = try await child.visits { $0 >= child.emails.count }
        source.delay = .milliseconds(Int(arguments[6]) ?? 0)
        var visits = Visits(nanoseconds: [])
        switch arguments[5] {
        case "alone":
            let count = source.delay == .zero ? 3000 : 500
            visits.nanoseconds = try await child.visits { $0 >= count }
        case "batch": visits = try await child.visits(beside: connection, in: workshop)
        default:
            let isDone = Atomic(false)
            let listener = Thread {
                _ = try? FileHandle.standardInput.readToEnd()
                isDone.store(true, ordering: .relaxed)
            }
            listener.start()
            visits.nanoseconds = try await child.visits { _ in isDone.load(ordering: .relaxed) }
        }
        await desk.transport.stop()
        print(String(decoding: try JSONEncoder().encode(visits), as: UTF8.self))
    }

    /// Logs people in for as long as Sync Data takes.
    private func visits(beside connection: Connection, in workshop: Workshop) async throws -> Visits
    {
        let isDone = Atomic(false)
        let isApplying = Atomic(false)
        async let note = {
            defer { isDone.store(true, ordering: .relaxed) }
            return try await Desk.sync(connection, in: workshop) {
                isApplying.store($0.stage == .applying, ordering: .relaxed)
            }.note
        }()
        var early = 0
        let times = try await visits { count in
            if !isApplying.load(ordering: .relaxed), early == count - 1 { early = count }
            return isDone.load(ordering: .relaxed)
        }
        return Visits(nanoseconds: times, early: early, note: try await note)
    }

    /// Logs people in, one after another, until `isEnough` of so many logins.
    private func visits(until isEnough: (Int) -> Bool) async throws -> [UInt32] {
        var times: [UInt32] = []
        while !isEnough(times.count) {
            let event = LoginEvent(
                school: school,
                key: .email(emails[times.count % emails.count]),
                method: .sso
            )
            let start = ContinuousClock.now
            let result = await login.refresh(event)
            let time = ContinuousClock.now - start
            times.append(UInt32(clamping: time.components.attoseconds / 1_000_000_000))
            guard result.decision == .allow else {
                throw BenchTrouble("A login was denied: \(result.outcome.rawValue).")
            }
        }
        return times
    }
}
