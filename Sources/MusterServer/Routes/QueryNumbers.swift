import Hummingbird

extension Request {
    /// The numbers in the query, by their names, each sent once at most and within its limits.
    /// - Parameter allowed: The names that the address takes: the limits of each, and what to send
    ///   instead of what is wrong.
    /// - Returns: Those that were sent.
    /// - Throws: `Problem` where the query has another name, one twice, or another value.
    func numbers(
        _ allowed: [String: (limits: ClosedRange<Int64>, wanted: String)]
    ) throws(Problem) -> [String: Int64] {
        var numbers: [String: Int64] = [:]
        for part in uri.query?.split(separator: "&") ?? [] {
            let name = String(part.prefix { $0 != "=" })
            let value = part.dropFirst(name.count + 1)
            guard let (limits, wanted) = allowed[name] else {
                throw Problem(
                    .badRequest,
                    "There is no parameter \(name.quoted); leave it out."
                )
            }
            guard numbers[name] == nil else {
                throw Problem(.badRequest, "Send the parameter \(name.quoted) once.")
            }
            guard let number = Int64(value), limits.contains(number), value.first != "+" else {
                throw Problem(.badRequest, "The parameter \(name) must be \(wanted).")
            }
            numbers[name] = number
        }
        return numbers
    }
}
