/// Why a file of known passwords cannot be used.
package enum BreachFileError: Error, Sendable, Hashable {
    /// There is no such file.
    case missing(path: String)
    /// The system does not let us read it.
    case unreadable(path: String, why: String)
    /// It holds no line.
    case empty(path: String)
    /// It holds bytes that no text has, as a compressed file does.
    case notText(path: String)
    /// A line is none of what the file otherwise holds.
    case malformed(path: String, place: String)
    /// It is too large to be read whole, and not in order.
    case unsorted(path: String)

    /// One sentence for the operator.
    package var sentence: String {
        switch self {
        case .missing(let path):
            "There is no breach file \(path); correct its path, or leave the setting out."
        case .unreadable(let path, let why):
            "The breach file \(path) cannot be read (\(why)); change that, or leave the setting"
                + " out."
        case .empty(let path):
            "The breach file \(path) holds no line; put one password or SHA-1 in each line, or"
                + " leave the setting out."
        case .notText(let path):
            "The breach file \(path) is not a text file; unpack it if it is compressed."
        case .malformed(let path, let place):
            "The breach file \(path) has something else than its first line at \(place); it takes"
                + " one password or one SHA-1, with or without `:count`, in each line."
        case .unsorted(let path):
            "The breach file \(path) is large and not sorted; sort it with `LC_ALL=C sort`."
        }
    }
}
