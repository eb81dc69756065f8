import Foundation
import Testing

/// Arrows between rooms point one way: see `Docs/Architecture.md`.
@Suite struct DirectionTests {
    /// What each room may import besides the standard library, Foundation and Synchronization.
    static let allowed: [String: Set<String>] = [
        "Roster": [],
        "Accounts": ["Roster"],
        "Reconciliation": ["Roster", "Accounts"],
        "Muster": [
            "Roster", "Accounts", "Reconciliation", "JSON", "CProcessors", "Logging", "Metrics",
        ],
        "JSON": [],
        "CCurl": [],
        "CurlTransport": ["CCurl"],
        "WondeSource": ["Roster", "CurlTransport", "JSON"],
        "CProcessors": [],
        "SQLiteStore": ["Roster", "Accounts", "CProcessors", "Crypto", "GRDB", "GRDBSQLite"],
        "Sealing": ["Accounts", "Crypto", "Roster"],
        "Credentials": ["Crypto", "CryptoExtras"],
        "Mail": ["CCurl", "Mustache"],
        "Passwords": [
            "Roster", "Accounts", "Muster", "Sealing", "Credentials", "Mail", "Logging",
        ],
        "MusterTesting": ["Roster", "Accounts", "Muster"],
        "MISEmulator": [
            "Hummingbird", "HTTPTypes", "Logging", "NIOCore", "ServiceLifecycle",
        ],
        "MusterServer": [
            "Roster", "Accounts", "Reconciliation", "Muster", "JSON", "Sealing", "Passwords",
            "Hummingbird", "Mustache",
            "HummingbirdTLS", "HummingbirdHTTP2", "Crypto", "HTTPTypes", "ServiceLifecycle",
            "Logging", "Metrics", "CoreMetrics", "NIOCore", "NIOSSL", "HummingbirdCore", "NIOHTTP1",
            "NIOHTTPTypes", "NIOHTTPTypesHTTP1",
        ],
        "MusterHummingbird": ["Roster", "Accounts", "Muster", "Hummingbird", "HTTPTypes"],
        "mis-emulator": ["MISEmulator", "ArgumentParser", "UnixSignals"],
        "muster": [
            "Roster", "Accounts", "Reconciliation", "Muster", "JSON", "CurlTransport",
            "WondeSource", "SQLiteStore", "Sealing", "Credentials", "Mail", "Passwords",
            "MusterServer", "MISEmulator",
            "ArgumentParser", "Configuration", "Yams", "UnixSignals", "ServiceLifecycle",
            "Logging", "Metrics",
        ],
    ]

    /// Rooms that decide and must not look outside: no module at all but our own.
    static let pure: Set<String> = ["Roster", "Accounts", "Reconciliation", "JSON"]

    @Test func `every room has its line and imports nothing else`() throws {
        for room in try Checkout.rooms() {
            let allowed = try #require(Self.allowed[room], "\(room) has no line in this table")
            let free: Set<String> =
                Self.pure.contains(room)
                ? [] : ["Foundation", "Synchronization", "Glibc", "Musl", "Darwin", "Dispatch"]
            for file in try Checkout.swiftFiles(in: "Sources/\(room)") {
                let strangers = Set(file.imports).subtracting(allowed).subtracting(free)
                    .subtracting(["Swift"])
                #expect(strangers.isEmpty, "\(file) imports \(strangers.sorted())")
            }
        }
    }

    @Test func `an example imports what every host can`() throws {
        let products: Set<String> = [
            "Roster", "Accounts", "Muster", "SQLiteStore", "WondeSource", "CurlTransport",
            "Sealing", "MusterHummingbird", "Hummingbird", "HTTPTypes", "Foundation",
            "Synchronization",
        ]
        let files = try Checkout.swiftFiles(in: "Docs/Examples")
        #expect(!files.isEmpty)
        for file in files {
            let strangers = Set(file.imports).subtracting(products)
            #expect(strangers.isEmpty, "\(file) imports \(strangers.sorted())")
        }
    }

    @Test func `the pure rooms look at no clock and no chance`() throws {
        for room in Self.pure.union(["Muster"]) {
            for file in try Checkout.swiftFiles(in: "Sources/\(room)") {
                guard !file.path.hasSuffix("SystemClock.swift") else { continue }
                for call in ["Date()", "UUID()", ".random(", "ContinuousClock()", "Task.sleep"] {
                    #expect(!file.text.contains(call), "\(file) has \(call)")
                }
            }
        }
    }

    @Test func `the pure rooms wait for nobody`() throws {
        for file in try Checkout.swiftFiles(in: "Sources/Reconciliation") {
            let code = file.lines.filter {
                !$0.trimmingPrefix(while: \.isWhitespace).hasPrefix("//")
            }
            #expect(!code.contains { $0.contains("await ") || $0.contains(" async") }, "\(file)")
        }
    }

    @Test func `shipped code imports no test kit`() throws {
        for room in try Checkout.rooms() where room != "MusterTesting" {
            for file in try Checkout.swiftFiles(in: "Sources/\(room)") {
                let kits = Set(file.imports).intersection(["Testing", "XCTest", "MusterTesting"])
                #expect(kits.isEmpty, "\(file) imports \(kits)")
            }
        }
    }
}
