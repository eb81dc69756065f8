import Foundation
import JSON
import Testing

/// Where Foundation and we differ on purpose, and one document is no evidence for either.
private enum KnownDifference {
    /// Foundation takes `[1,]`; the standard does not.
    static func isTrailingComma(_ bytes: [UInt8], _ error: JSONError) -> Bool {
        guard [.unexpected(byte: 0x5D), .unexpected(byte: 0x7D)].contains(error.fact) else {
            return false
        }
        let white: [UInt8] = [0x20, 0x0A, 0x0D, 0x09]
        return bytes[..<error.offset].last { !white.contains($0) } == 0x2C
    }

    /// Foundation guesses UTF-16 and UTF-32 from zeros and marks among the first bytes.
    static func isOtherEncoding(_ bytes: [UInt8]) -> Bool {
        bytes.prefix(4).contains(0) || bytes.starts(with: [0xFF, 0xFE])
            || bytes.starts(with: [0xFE, 0xFF])
    }

    /// Foundation refuses half of a surrogate pair; we replace it.
    static func hasReplacedSurrogate(_ value: JSONValue) -> Bool {
        value.contains { text in text.unicodeScalars.contains("\u{FFFD}") }
    }

    /// Foundation refuses a number too large for a `Double`; we leave its digits to the caller.
    static func hasHugeNumber(_ value: JSONValue) -> Bool {
        switch value {
        case .number(let digits): Double(digits)?.isInfinite ?? true
        case .array(let elements): elements.contains(where: hasHugeNumber)
        case .object(let members): members.contains { hasHugeNumber($0.value) }
        case .string, .bool, .null: false
        }
    }
}

/// Says how the two readers disagree about `bytes`; nil when they do not.
private func disagreement(_ bytes: [UInt8]) -> String? {
    if KnownDifference.isOtherEncoding(bytes) { return nil }
    let ours = readValue(bytes)
    let theirs = try? JSONSerialization.jsonObject(
        with: Data(bytes),
        options: [.fragmentsAllowed]
    )
    switch (ours, theirs) {
    case (.failure, nil):
        return nil
    case (.failure(let error), .some):
        return KnownDifference.isTrailingComma(bytes, error) ? nil : "only we refuse: \(error)"
    case (.success(let value), nil):
        let isKnown =
            KnownDifference.hasReplacedSurrogate(value)
            || KnownDifference.hasHugeNumber(value)
        return isKnown ? nil : "only Foundation refuses"
    case (.success(let value), .some(let object)):
        return value.agrees(with: object) ? nil : "we read \(value), Foundation \(object)"
    }
}

private func report(_ problem: String, _ bytes: [UInt8], seed: UInt64, round: Int) -> Comment {
    let text = String(decoding: bytes, as: UTF8.self)
    return "seed \(seed), round \(round): \(problem); the bytes: \(bytes), as text: \(text)"
}

private let seeds: [UInt64] = [1, 2, 3, 4, 5, 6, 7, 8]

@Test(arguments: seeds)
func `a document is read as it was meant, however it is spelt`(seed: UInt64) {
    var generator = DocumentGenerator(seed: seed)
    for round in 0..<400 {
        let value = generator.value()
        let bytes = Array(generator.spell(value).utf8)
        let read = readValue(bytes)
        #expect(read == .success(value), report("misread", bytes, seed: seed, round: round))
        if let problem = disagreement(bytes) {
            Issue.record(report(problem, bytes, seed: seed, round: round))
        }
    }
}

@Test(arguments: seeds)
func `a damaged document is taken or refused as Foundation does`(seed: UInt64) {
    var generator = DocumentGenerator(seed: seed &+ 1_000)
    for round in 0..<200 {
        let sound = Array(generator.spell(generator.value()).utf8)
        for _ in 0..<5 {
            let bytes = generator.damage(sound)
            if let problem = disagreement(bytes) {
                Issue.record(report(problem, bytes, seed: seed, round: round))
            }
        }
    }
}

@Test(arguments: seeds)
func `skipping finds the same fault at the same byte as reading`(seed: UInt64) {
    var generator = DocumentGenerator(seed: seed &+ 2_000)
    for round in 0..<500 {
        let sound = Array(generator.spell(generator.value()).utf8)
        for _ in 0..<5 {
            let bytes = generator.damage(sound)
            let fault: JSONError? =
                if case .failure(let error) = readValue(bytes) { error } else { nil }
            #expect(
                skipError(bytes) == fault,
                report("they differ", bytes, seed: seed, round: round)
            )
        }
    }
}

extension JSONValue {
    fileprivate func contains(_ isWanted: (String) -> Bool) -> Bool {
        switch self {
        case .string(let text): isWanted(text)
        case .array(let elements): elements.contains { $0.contains(isWanted) }
        case .object(let members):
            members.contains { isWanted($0.name) || $0.value.contains(isWanted) }
        case .number, .bool, .null: false
        }
    }
}
