import Foundation
import Testing

@testable import Credentials

extension PasswordHash.Cost {
    /// As cheap as scrypt goes, for tests of what happens around it.
    static let cheap: PasswordHash.Cost = {
        guard let cost = PasswordHash.Cost(logRounds: 4, blockSize: 1, parallelism: 1) else {
            preconditionFailure("The cheapest cost is out of bounds.")
        }
        return cost
    }()
}

/// The bytes that a text of hex digits stands for.
func bytes(hex: String) throws -> [UInt8] {
    let digits = try hex.map { try #require($0.hexDigitValue) }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// A random generator whose seed a failing test can print.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Runs `body` with a file of these bytes, and takes it away again.
func withFile<Result>(
    _ content: some Sequence<UInt8>,
    _ body: (String) throws -> Result
) throws
    -> Result
{
    let file = FileManager.default.temporaryDirectory.appending(path: "list-\(UUID())")
    try Data(content).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try body(file.path)
}

/// All the ways in which a value shows itself.
func shown(_ value: Any) -> String {
    var dumped = ""
    dump(value, to: &dumped)
    return "\(value) \(String(reflecting: value)) \(dumped)"
}
