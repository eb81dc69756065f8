/// Why a control request was refused.
package enum ControlError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The request makes no sense; the sentence says why.
    case badInput(String)
    /// There is no such thing here; the sentence says which.
    case notFound(String)

    package var description: String {
        switch self {
        case .badInput(let sentence), .notFound(let sentence): sentence
        }
    }

    var status: Int {
        switch self {
        case .badInput: 400
        case .notFound: 404
        }
    }
}
