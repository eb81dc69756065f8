public import Accounts

/// A store that keeps accounts, runs, connections and keys alike.
public typealias WholeStore = AccountStore & RunStore & ConnectionStore & AccessStore

/// One thing that every store must do, whatever it keeps its rows in.
public struct ConformanceLaw: Sendable {
    /// The law as a sentence.
    public let name: String
    /// Whether it holds only where accounts and connections are kept together.
    let needsConnections: Bool
    private let body: @Sendable (Bench) async throws -> Void

    init(
        _ name: String,
        needsConnections: Bool = false,
        _ body: @escaping @Sendable (Bench) async throws -> Void
    ) {
        self.name = name
        self.needsConnections = needsConnections
        self.body = body
    }

    /// The same law, for stores that keep connections too.
    var besideConnections: ConformanceLaw {
        ConformanceLaw(name, needsConnections: true, body)
    }

    /// Tries a new, empty store that keeps everything.
    /// - Throws: `ConformanceFailure` where it breaks the law.
    public func check(_ makeStore: @Sendable () async throws -> any WholeStore) async throws {
        try await check(on: { try await Bench(makeStore()) })
    }

    /// Tries a new, empty store of accounts and runs whose connections are kept elsewhere.
    /// - Throws: `ConformanceFailure` where it breaks the law.
    public func check(
        accounts makeStore: @Sendable () async throws -> any AccountStore & RunStore
    ) async throws {
        try await check(on: { try await Bench(accounts: makeStore(), beside: MemoryStore()) })
    }

    /// Tries a new, empty store that keeps passwords beside everything else.
    /// - Throws: `ConformanceFailure` where it breaks the law.
    public func check(
        credentials makeStore: @Sendable () async throws -> any WholeStore & CredentialStore
    ) async throws {
        try await check(on: { try await Bench(credentials: makeStore()) })
    }

    private func check(on makeBench: () async throws -> Bench) async throws {
        do {
            try await body(try await makeBench())
        } catch var failure as ConformanceFailure {
            failure.law = name
            throw failure
        } catch {
            throw ConformanceFailure(law: name, reason: "The store threw \(error).", line: 0)
        }
    }
}

extension ConformanceLaw: CustomStringConvertible {
    /// The law as a sentence.
    public var description: String { name }
}

/// How a store broke a law.
public struct ConformanceFailure: Error, CustomStringConvertible {
    /// The law.
    public var law: String
    /// What was expected and what came, in plain words.
    public var reason: String
    /// The line of the suite that noticed.
    public var line: UInt

    /// The law, and how it was broken.
    public var description: String { "Law broken: \(law) (line \(line)). \(reason)" }
}

/// Fails with `what` where `isTrue` is not.
func require(_ isTrue: Bool, _ what: @autoclosure () -> String, line: UInt = #line) throws {
    guard isTrue else { throw ConformanceFailure(law: "", reason: what(), line: line) }
}

/// Fails where two values differ, and says in what.
func requireEqual<Value: Equatable>(
    _ found: Value,
    _ expected: Value,
    _ what: @autoclosure () -> String,
    line: UInt = #line
) throws {
    guard found != expected else { return }
    let places = Difference.lines(found, expected).joined(separator: "; ")
    throw ConformanceFailure(law: "", reason: "\(what()): found ≠ expected: \(places)", line: line)
}

/// Fails where two values differ in any scalar of any text; for values without sets.
func requireExact<Value: Equatable>(
    _ found: Value,
    _ expected: Value,
    _ what: @autoclosure () -> String,
    line: UInt = #line
) throws {
    try requireEqual(found, expected, what(), line: line)
    let (left, right) = ("\(found)".unicodeScalars, "\(expected)".unicodeScalars)
    try require(
        left.elementsEqual(right),
        "\(what()): a text came back in another form",
        line: line
    )
}

/// The value, or a failure where there is none.
func requirePresent<Value>(
    _ value: Value?,
    _ what: @autoclosure () -> String,
    line: UInt = #line
)
    throws -> Value
{
    guard let value else {
        throw ConformanceFailure(law: "", reason: "\(what()): nothing was found", line: line)
    }
    return value
}

/// Fails unless `body` throws `expected`.
func requireRefusal(
    _ expected: StoreError = .stale,
    _ what: String,
    line: UInt = #line,
    _ body: () async throws(StoreError) -> Void
) async throws {
    do throws(StoreError) {
        try await body()
    } catch {
        try requireEqual(error, expected, "\(what): the error", line: line)
        return
    }
    throw ConformanceFailure(law: "", reason: "\(what): it was not refused", line: line)
}
