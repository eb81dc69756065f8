// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// The language mode of every room: see `Docs/Decisions/0001-one-package.md`.
let house: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
    .treatWarning("DeprecatedDeclaration", as: .warning),
]

/// Rooms that touch bytes or decide about people also name every unsafe call.
let strict: [SwiftSetting] = house + [.strictMemorySafety()]

let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle",
    package: "swift-service-lifecycle"
)
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "muster",
    products: [
        .library(name: "Muster", targets: ["Roster", "Accounts", "Muster", "SQLiteStore"]),
        .library(name: "WondeSource", targets: ["WondeSource", "CurlTransport", "Sealing"]),
        .library(name: "MusterHummingbird", targets: ["MusterHummingbird"]),
        .library(name: "MusterTesting", targets: ["MusterTesting"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(
            url: "https://github.com/apple/swift-configuration",
            from: "1.4.0",
            traits: [.defaults, "YAML"]
        ),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.32.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird",
            from: "2.28.1",
            traits: []
        ),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // What an MIS says, what we hold, and what follows from the two.
        .target(name: "Roster", swiftSettings: strict),
        .target(name: "Accounts", dependencies: ["Roster"], swiftSettings: strict),
        .target(
            name: "Reconciliation",
            dependencies: ["Roster", "Accounts"],
            swiftSettings: strict
        ),
        .target(
            name: "Muster",
            dependencies: [
                "Roster", "Accounts", "Reconciliation", "JSON", "CProcessors", logging, metrics,
            ],
            swiftSettings: house
        ),

        // The outside: the kernel, services and the store.
        .target(name: "CProcessors"),
        .target(name: "JSON", swiftSettings: strict),
        .systemLibrary(
            name: "CCurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]
        ),
        .target(name: "CurlTransport", dependencies: ["CCurl"], swiftSettings: strict),
        .target(
            name: "WondeSource",
            dependencies: ["Roster", "CurlTransport", "JSON"],
            swiftSettings: strict
        ),
        .target(
            name: "SQLiteStore",
            dependencies: [
                "Roster", "Accounts", "CProcessors", grdb, sqlite,
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: house
        ),

        .target(
            name: "Sealing",
            dependencies: [
                "Roster", "Accounts", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: house
        ),

        // Passwords and the mail that goes with them; neither knows an account.
        .target(
            name: "Credentials",
            dependencies: [
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Mail",
            dependencies: ["CCurl", .product(name: "Mustache", package: "swift-mustache")],
            swiftSettings: strict
        ),

        .target(
            name: "Passwords",
            dependencies: [
                "Roster", "Accounts", "Muster", "Sealing", "Credentials", "Mail", logging,
            ],
            swiftSettings: house
        ),

        // For applications: the daemon, and the middleware of those that are Hummingbird.
        .target(
            name: "MusterServer",
            dependencies: [
                "Roster", "Accounts", "Reconciliation", "Muster", "JSON", "Sealing", "Credentials",
                "Passwords", hummingbird,
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "HummingbirdHTTP2", package: "hummingbird"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                httpTypes, lifecycle, logging, metrics,
            ],
            swiftSettings: house
        ),
        .target(
            name: "MusterHummingbird",
            dependencies: ["Roster", "Accounts", "Muster", hummingbird, httpTypes],
            swiftSettings: house
        ),

        // The command.
        .executableTarget(
            name: "muster",
            dependencies: [
                "Roster", "Accounts", "Reconciliation", "Muster", "JSON", "CurlTransport",
                "WondeSource", "SQLiteStore", "Sealing", "Credentials", "Mail", "Passwords",
                "MusterServer", "MISEmulator", arguments,
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                lifecycle, logging, metrics,
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: house
        ),

        // Stand-ins to try an integration and to test a host's own store.
        .target(
            name: "MISEmulator",
            dependencies: [
                hummingbird, httpTypes, logging, lifecycle,
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: house
        ),
        .executableTarget(
            name: "mis-emulator",
            dependencies: [
                "MISEmulator", arguments,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: house
        ),
        .target(
            name: "MusterTesting",
            dependencies: ["Roster", "Accounts", "Muster"],
            swiftSettings: strict
        ),

        // Hosts to learn from; a test runs them.
        .executableTarget(
            name: "LoginForm",
            dependencies: [
                "Roster", "Accounts", "Muster", "MusterHummingbird", "SQLiteStore", "Sealing",
                "CurlTransport", "WondeSource", hummingbird, httpTypes,
            ],
            path: "Docs/Examples/LoginForm",
            swiftSettings: house
        ),

        // What tests of several rooms and the benchmarks stand on.
        .target(
            name: "EmulatedSchool",
            dependencies: [
                "Roster", "Accounts", "Muster", "SQLiteStore", "CurlTransport", "WondeSource",
                "MISEmulator",
            ],
            path: "Tests/EmulatedSchool",
            swiftSettings: house
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "EmulatedSchool", "Roster", "Accounts", "Muster", "SQLiteStore", "MISEmulator",
                "MusterTesting", "StalledNames", grdb,
            ],
            swiftSettings: house
        ),
        .testTarget(
            name: "MISEmulatorTests",
            dependencies: ["MISEmulator"],
            swiftSettings: house
        ),
        .testTarget(
            name: "SQLiteStoreTests",
            dependencies: ["Roster", "Accounts", "SQLiteStore", "MusterTesting", grdb],
            swiftSettings: house
        ),
        .testTarget(
            name: "ReconciliationTests",
            dependencies: ["Reconciliation", "Roster", "Accounts", "MusterTesting"],
            swiftSettings: house
        ),
        .testTarget(
            name: "MusterTests",
            dependencies: [
                "Muster", "Reconciliation", "Roster", "Accounts", "MusterTesting", logging, metrics,
                .product(name: "InMemoryLogging", package: "swift-log"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ],
            swiftSettings: house
        ),
        .testTarget(
            name: "SealingTests",
            dependencies: ["Sealing", "Accounts", "Roster"],
            swiftSettings: house
        ),
        .testTarget(
            name: "PasswordsTests",
            dependencies: [
                "Passwords", "Roster", "Accounts", "Reconciliation", "Muster", "Sealing",
                "Credentials", "Mail", "PostOffice", "SQLiteStore", "MusterTesting", logging,
            ],
            swiftSettings: house
        ),
        .testTarget(
            name: "CredentialsTests",
            dependencies: ["Credentials"],
            swiftSettings: house
        ),
        .target(name: "PostOffice", path: "Tests/PostOffice", swiftSettings: house),
        .testTarget(
            name: "MailTests",
            dependencies: ["Mail", "PostOffice", "StalledNames"],
            swiftSettings: house,
            // As in CurlTransportTests.
            linkerSettings: [
                .unsafeFlags(["-Xlinker", "--export-dynamic-symbol=getaddrinfo"])
            ]
        ),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "muster", "mis-emulator", "LoginForm", "MISEmulator", "Muster", "Sealing",
                "CurlTransport", "PostOffice", "SQLiteStore", "Accounts", "Roster",
            ],
            swiftSettings: house
        ),
        .testTarget(
            name: "MusterServerTests",
            dependencies: [
                "MusterServer", "Muster", "Accounts", "Roster", "JSON", "Sealing", "MusterTesting",
                "CurlTransport", "Credentials", "Passwords", lifecycle, hummingbird, httpTypes,
                logging, metrics,
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: house
        ),
        .testTarget(
            name: "MusterHummingbirdTests",
            dependencies: [
                "MusterHummingbird", "Muster", "Accounts", "Roster", "MusterTesting", hummingbird,
                httpTypes, .product(name: "HummingbirdTesting", package: "hummingbird"),
            ],
            swiftSettings: house
        ),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "Muster", "Reconciliation", "Roster", "Accounts", "MusterTesting",
            ],
            swiftSettings: house
        ),
        .testTarget(name: "TidyTests", swiftSettings: house),
        .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: house),
        .testTarget(
            name: "CurlTransportTests",
            dependencies: ["CurlTransport", "StalledNames"],
            swiftSettings: house,
            // Lets libcurl find the tests' own name look-up: see StalledResolver.swift.
            linkerSettings: [
                .unsafeFlags(["-Xlinker", "--export-dynamic-symbol=getaddrinfo"])
            ]
        ),
        .target(name: "StalledNames", path: "Tests/StalledNames", swiftSettings: house),
        .testTarget(
            name: "WondeSourceTests",
            dependencies: ["WondeSource", "Roster", "CurlTransport", "JSON", "MISEmulator"],
            swiftSettings: house
        ),
        .testTarget(
            name: "MusterTestingTests",
            dependencies: ["MusterTesting", "Roster", "Accounts"],
            swiftSettings: house
        ),
    ],
    swiftLanguageModes: [.v6]
)

// Built only when asked for, so that nobody else pays for an optimised build.
if ProcessInfo.processInfo.environment["MUSTER_BENCH"] != nil {
    package.targets.append(
        .executableTarget(
            name: "bench",
            dependencies: [
                "EmulatedSchool", "Roster", "Accounts", "Muster", "MISEmulator", "SQLiteStore",
                "CurlTransport", "WondeSource", grdb,
            ],
            path: "Tests/Benchmarks",
            swiftSettings: house
        )
    )
}
