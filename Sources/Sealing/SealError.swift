/// Why a secret could not be sealed or opened.
public enum SealError: Error, Sendable, Hashable {
    /// There is no key file.
    case keyMissing(path: String)
    /// Other users of the machine may read the key.
    case keyOpenToOthers(path: String)
    /// The key file cannot be read or made.
    case keyUnreadable(path: String, why: String)
    /// What the key file holds is no key.
    case keyMalformed(path: String)
    /// The secret was sealed with another key.
    case otherKey(path: String)
    /// The sealed bytes were changed, or belong to another connection.
    case damaged

    /// One sentence for people: what happened, to what, what to do.
    public var sentence: String {
        switch self {
        case .keyMissing(let path):
            "The key file \(path) is missing; bring it back from a backup, or name it with"
                + " MUSTER_KEY_FILE."
        case .keyOpenToOthers(let path):
            "The key file \(path) can be read by other users of this machine; run"
                + " `chmod 600 \(path)`."
        case .keyUnreadable(let path, let why):
            "The key file \(path) cannot be used (\(why)); change that, or name another one with"
                + " MUSTER_KEY_FILE."
        case .keyMalformed(let path):
            "The key file \(path) does not hold a key; bring it back from a backup, or move it"
                + " away and rotate the token of every connection."
        case .otherKey(let path):
            "The connection's secret was sealed with another key than that in \(path); name the"
                + " right file with MUSTER_KEY_FILE, or give the token again with `muster"
                + " connections rotate`."
        case .damaged:
            "The connection's sealed secret is damaged or belongs to another connection; give the"
                + " token again with `muster connections rotate`."
        }
    }
}
