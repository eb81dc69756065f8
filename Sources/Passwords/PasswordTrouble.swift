package import Accounts
package import Credentials
package import Sealing

/// Why a password was not checked or set.
package enum PasswordTrouble: Error, Sendable, Hashable {
    /// The link counts no more: unknown, used, expired or void are not told apart.
    case linkNotValid
    /// The new password cannot be taken.
    case refused(PasswordRefusal)
    /// The tenant's passwords are not kept where they were asked for.
    case keptElsewhere
    /// It could not be hashed now.
    case hashing(HashingError)
    /// The store failed.
    case store(StoreError)
    /// A mail cannot be written, with what is wrong with it.
    case unwritable(String)
    /// What was sent lacks a member of this name.
    case missing(String)
    /// The text of a link could not be sealed or opened.
    case seal(SealError)

    /// One sentence for people.
    package var sentence: String {
        switch self {
        case .linkNotValid: "The link is no longer valid; ask for a new one."
        case .refused(let refusal): refusal.sentence
        case .keptElsewhere:
            "Passwords of this school are not set here; ask its administrator where to sign in."
        case .hashing(let error): error.sentence
        case .store(let error): error.sentence
        case .unwritable(let what): "A mail cannot be written: \(what)"
        case .missing(let name): "The member \(name) is missing; send it."
        case .seal(let error): error.sentence
        }
    }
}

extension PasswordTrouble {
    /// What the store says, with its trouble as one of passwords.
    static func kept<Value>(
        _ work: () async throws(StoreError) -> Value
    ) async throws(PasswordTrouble) -> Value {
        do { return try await work() } catch { throw .store(error) }
    }
}
