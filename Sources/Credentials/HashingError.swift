/// Why a password was neither hashed nor compared.
package enum HashingError: Error, Sendable, Hashable {
    /// Too many wait already, or this one waited too long.
    case busy
    /// The task that waited was cancelled.
    case cancelled
    /// scrypt got no memory.
    case failed

    /// One sentence for people.
    package var sentence: String {
        switch self {
        case .busy:
            "Too many passwords are being checked at this moment; try again in a few seconds."
        case .cancelled:
            "The password was not checked because its request ended; send it again."
        case .failed:
            "The password could not be checked for want of memory; try again, and tell the"
                + " operator if it stays so."
        }
    }
}
