// swift-tools-version: 6.2
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

let package = Package(
    name: "muster",
    targets: [
        .target(name: "Roster", swiftSettings: strict),
        .target(name: "Accounts", dependencies: ["Roster"], swiftSettings: strict),
        .target(
            name: "Reconciliation",
            dependencies: ["Roster", "Accounts"],
            swiftSettings: strict
        ),
        .target(
            name: "Muster",
            dependencies: ["Roster", "Accounts", "Reconciliation"],
            swiftSettings: house
        ),
        .target(
            name: "MusterTesting",
            dependencies: ["Roster", "Accounts"],
            swiftSettings: house
        ),
        .target(name: "JSON", swiftSettings: strict),
        .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: house),
    ],
    swiftLanguageModes: [.v6]
)
