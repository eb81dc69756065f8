import MusterTesting
import Roster

/// How the source does for a while.
enum Weather: String, CaseIterable, Sendable {
    case clear, slow, hanging, failing, refusing, malformed, notReturning
    case overloadedWithRetryAfter, overloaded, pausing
    case revoked, halfLists, unreadable, withoutCredential

    /// Whether an answer can be what the MIS holds.
    var isFair: Bool { self == .clear || self == .slow || self == .pausing }
}

/// How the store does for a while.
enum StoreWeather: String, CaseIterable, Sendable {
    /// At once; within milliseconds; within a second; the same and locked by others now and then.
    case still, brisk, slow, busy

    /// Whether it may keep a login waiting beyond its budget, or fail.
    var isSteady: Bool { self == .still || self == .brisk }
}

/// What becomes of one question to the source.
struct Fate: Sendable {
    /// The time before the source looks, and until the answer is there.
    var before = Duration.zero
    var after = Duration.zero
    var fault: Weather = .clear
    /// How long the source asks to be left alone, where it says.
    var pause: Duration?
}

extension SimulatedMIS {
    /// Decides what becomes of a question that arrives now.
    func fate() -> Fate {
        var fate = Fate(before: .milliseconds(roll(1...40)), after: .milliseconds(roll(0...60)))
        // Now and then something goes wrong in fair weather, and well in foul.
        fate.fault = chance.oneIn(25) ? pick(Weather.allCases) : weather
        if chance.oneIn(6) { fate.fault = .clear }
        if isHealed { fate.fault = .clear }
        switch fate.fault {
        case .slow: fate.after = .milliseconds(roll(200...6000))
        case .overloadedWithRetryAfter: fate.pause = .seconds(roll(1...400))
        case .pausing: fate.pause = .seconds(roll(1...40))
        case .revoked where weather != .revoked: fate.fault = .clear
        default: break
        }
        chronicle.cover("fault \(fate.fault.rawValue)")
        return fate
    }

    private func roll(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &chance) }

    private func pick(_ choices: [Weather]) -> Weather { chance.pick(choices) ?? .clear }
}

extension Fate {
    /// The error that the question ends with, if it ends with one.
    var error: SourceError? {
        switch fault {
        case .failing: .unavailable(reason: "The MIS did not answer.")
        case .refusing: .refused(reason: "The MIS refuses the token.")
        case .malformed: .malformed(reason: "The answer of the MIS is no JSON.")
        case .overloaded, .overloadedWithRetryAfter: .overloaded(retryAfter: pause)
        default: nil
        }
    }
}
