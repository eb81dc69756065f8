import Synchronization

/// What kind of thing an id belongs to; each kind has its own range of numbers.
enum ObjectKind: Int, CaseIterable, Sendable {
    case school
    case student
    case employee
    case role
    case contract
    case schoolClass
    case subject
    case group
    case photo
    case contact

    /// The first number of the kind's range of a hundred million.
    var base: UInt64 {
        1_000_000_000 + UInt64(rawValue) * 100_000_000
    }
}

/// An id of the emulated service: the letter A and ten digits.
struct ObjectID: Hashable, Comparable, Sendable, CustomStringConvertible {
    let number: UInt64

    init(number: UInt64) {
        self.number = number
    }

    init?(_ text: some StringProtocol) {
        guard text.first == "A", (9...11).contains(text.utf8.count),
            let number = UInt64(text.dropFirst()), text.dropFirst().first != "+"
        else { return nil }
        self.number = number
    }

    var description: String { "A\(number)" }

    static func < (left: ObjectID, right: ObjectID) -> Bool {
        left.number < right.number
    }
}

/// Hands out ids that were never used before, in an order that depends on the seed only.
final class IDSource: Sendable {
    private let nextNumbers: Mutex<[UInt64]>

    init(seed: UInt64) {
        var random = SeededRandom(seed: seed ^ 0x1D5)
        nextNumbers = Mutex(
            ObjectKind.allCases.map { $0.base + 1_000_000 + UInt64(random.below(29_000_000)) }
        )
    }

    func next(_ kind: ObjectKind) -> ObjectID {
        nextNumbers.withLock { numbers in
            let number = numbers[kind.rawValue]
            numbers[kind.rawValue] = number + 1
            return ObjectID(number: number)
        }
    }
}
