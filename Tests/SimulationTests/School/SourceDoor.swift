import Accounts
import Muster
import MusterTesting
import Roster

/// The door through which one process asks the simulated MIS: it counts and delays.
final class SourceDoor: RosterSource, SourceDirectory, @unchecked Sendable {
    // Proof: only the thread of its simulation touches it, see `StepQueue`.
    let mis: SimulatedMIS
    let process: Int
    let cap: Int
    private let clock: OwnedClock
    /// Tells what the gate of the process knows, for the laws of traffic.
    var gate: () -> SourceGateView = { SourceGateView() }
    /// Whether no question that was let through waits for its number from the store.
    var isStoreStill: () -> Bool = { true }
    /// A look-up was answered with what is true.
    var answered: (SourceKey, Int64) -> Void = { _, _ in }

    private(set) var inFlight = 0
    private var counted = 0
    private var records: [SourceKey: Int] = [:]
    private(set) var lookUps: [SourceKey: Int] = [:]
    private var restUntil = Duration.zero
    private var restAsked = Duration.zero

    var sharesIDsAmongKinds: Bool { false }
    func requestsPerLookUp(of kind: PersonKind) -> Int { 1 }
    var readsChanges: Bool { mis.readsChanges }

    init(_ mis: SimulatedMIS, process: Int, cap: Int) {
        self.mis = mis
        self.process = process
        self.cap = cap
        clock = OwnedClock(clock: mis.clock, owner: process)
    }

    private enum Kind: String {
        case describe, lookUp, page, count
    }

    func source(of connection: Connection) async throws(SourceError) -> any RosterSource {
        if mis.weather == .withoutCredential, !mis.isHealed {
            mis.chronicle.cover("fault withoutCredential")
            throw .refused(reason: "The credential of the connection cannot be read.")
        }
        return self
    }
}

// Every question goes this way.
extension SourceDoor {
    private func put<Answer>(
        _ kind: Kind,
        _ what: @autoclosure () -> String,
        isBatch: Bool = false,
        by deadline: ContinuousClock.Instant,
        _ answer: (Fate) throws(SourceError) -> Answer
    ) async throws(SourceError) -> Answer {
        let fate = mis.fate()
        mis.chronicle.happen("p\(process) asks \(what()), \(fate.fault.rawValue)")
        arrive(kind, isBatch)
        defer {
            inFlight -= 1
            if kind != .describe { counted -= 1 }
        }
        if fate.fault == .hanging {
            try await wait(.seconds(100_000), by: deadline)
        }
        try await wait(fate.before, by: deadline)
        if let error = fate.error {
            // A count has no words for it.
            if case .overloaded(let pause) = error, kind != .count { rest(pause ?? .seconds(15)) }
            throw error
        }
        let result = try answer(fate)
        try await wait(fate.after, by: deadline)
        // After a look-up the permissions may have to be read first.
        if let pause = fate.pause, kind == .page { rest(pause) }
        return result
    }

    private func wait(
        _ time: Duration,
        by deadline: ContinuousClock.Instant
    ) async throws(SourceError) {
        let left = max(.zero, clock.instant().duration(to: deadline))
        guard (try? await clock.sleep(for: min(time, left))) != nil else { throw .cancelled }
        if left < time { throw .unavailable(reason: "The MIS did not answer in time.") }
    }

    private func rest(_ wait: Duration) {
        // Another question that was on its way already counts as well.
        restAsked = mis.clock.elapsed
        restUntil = max(restUntil, mis.clock.elapsed + min(wait, .seconds(300)))
    }

    private func arrive(_ kind: Kind, _ isBatch: Bool) {
        inFlight += 1
        if kind != .describe { counted += 1 }
        let now = mis.clock.elapsed
        if counted > cap || inFlight > cap + 1 {
            mis.chronicle.broken(.cap, "\(inFlight) of process \(process) are in flight")
        }
        if kind != .describe, restAsked < now, now < restUntil, isStoreStill() {
            mis.chronicle.broken(
                .patience,
                "process \(process) asks by \(kind.rawValue) before \(restUntil.brief)"
            )
        }
        if isBatch, let oldest = gate().waitedBefore, oldest == gate().waitsNow {
            mis.chronicle.broken(.order, "a batch of process \(process) asks while a login waits")
        }
    }
}

/// What the gate of a process knows about logins that wait for their turn.
struct SourceGateView {
    /// The oldest when the clock moved last.
    var waitedBefore: Int?
    /// The oldest now.
    var waitsNow: Int?
}

extension SourceDoor {
    func describe(
        _ kinds: Set<PersonKind>,
        by deadline: ContinuousClock.Instant
    ) async throws(SourceError) -> SourceDescription {
        try await put(.describe, "what it is", by: deadline) { _ in
            SourceDescription(
                schools: [],
                capabilities: .granting(mis.grants),
                requests: 1
            )
        }
    }

    func lookUp(
        _ key: SourceKey,
        knowing capabilities: Capabilities,
        sequence: Int64,
        by deadline: ContinuousClock.Instant
    ) async -> LookUp {
        records[key, default: 0] += 1
        lookUps[key, default: 0] += 1
        defer { records[key, default: 0] -= 1 }
        if records[key, default: 0] > 1 {
            mis.chronicle.broken(.oneLookUp, "process \(process) asks for \(key.id) twice at once")
        }
        do throws(SourceError) {
            return try await put(.lookUp, "\(key.id) #\(sequence)", by: deadline) { fate in
                lookUp(key, capabilities, sequence, fate)
            }
        } catch {
            if case .refused(let reason) = error {
                return LookUp(.refused(reason: reason), requests: 1)
            }
            return LookUp(.failed(error), requests: 1)
        }
    }

    private func lookUp(
        _ key: SourceKey,
        _ capabilities: Capabilities,
        _ sequence: Int64,
        _ fate: Fate
    ) -> LookUp {
        guard fate.fault != .notReturning,
            let told = mis.tell(
                key,
                knowing: capabilities,
                sequence: sequence,
                isRevoked: mis.isRevoked(fate)
            )
        else {
            return LookUp(
                .notReturned(reason: "The MIS did not return it."),
                requests: 1,
                pause: fate.pause
            )
        }
        if fate.fault.isFair { answered(key, sequence) }
        return LookUp(.found(told), requests: 1, pause: fate.pause)
    }

    func page(
        of kind: PersonKind,
        in school: SchoolKey,
        at cursor: PageCursor?,
        changedSince: Timestamp?,
        knowing capabilities: Capabilities,
        sequence: Int64,
        by deadline: ContinuousClock.Instant
    ) async throws(SourceError) -> RosterPage {
        // Only a read of changes has a policy about its priority that differs: see `Discovery`.
        let isBatch = deadline - clock.instant() > .seconds(45)
        return try await put(
            .page,
            "a page after \(cursor?.text ?? "-") #\(sequence)",
            isBatch: isBatch,
            by: deadline
        ) { fate in
            let keys = mis.listed(in: school, after: cursor?.text, changedSince: changedSince)
            var page = RosterPage(observations: [], next: nil, pause: fate.pause)
            for (index, key) in keys.prefix(mis.pageSize).enumerated() {
                if fate.fault == .unreadable, index % 3 == 0 {
                    page.unreadable.append(
                        UnreadableRecord(id: index == 0 ? nil : key.id, reason: "Cut.")
                    )
                } else if let told = mis.tell(
                    key,
                    knowing: capabilities,
                    sequence: sequence,
                    isRevoked: mis.isRevoked(fate)
                ) {
                    page.observations.append(told)
                }
            }
            if keys.count > mis.pageSize { page.next = PageCursor(keys[mis.pageSize - 1].id) }
            if fate.fault == .halfLists { page.next = nil }
            return page
        }
    }

    func count(
        of kind: PersonKind,
        in school: SchoolKey,
        by deadline: ContinuousClock.Instant
    ) async throws(SourceError) -> Int? {
        try await put(.count, "how many there are", isBatch: true, by: deadline) {
            fate throws(SourceError) in
            mis.listed(in: school).count
        }
    }

    func question(for key: SourceKey, knowing capabilities: Capabilities) -> [String] { [] }
}
