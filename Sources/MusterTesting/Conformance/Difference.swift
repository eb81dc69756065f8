/// Finds where two values of one type differ, by what a mirror shows of them.
enum Difference {
    /// A line for each place, at most a dozen.
    static func lines(_ left: Any, _ right: Any) -> [String] {
        var lines: [String] = []
        compare(left, right, at: "", into: &lines)
        return lines.count > 12 ? lines.prefix(12) + ["and \(lines.count - 12) more"] : lines
    }

    private static func compare(
        _ left: Any,
        _ right: Any,
        at path: String,
        into lines: inout [String]
    ) {
        let (first, second) = (parts(of: left), parts(of: right))
        guard !first.isEmpty, !second.isEmpty else {
            let (leftText, rightText) = (shown(left), shown(right))
            if leftText != rightText { lines.append("\(path) \(leftText) ≠ \(rightText)") }
            return
        }
        for key in Set(first.keys).union(second.keys).sorted() {
            let place = path.isEmpty ? key : "\(path).\(key)"
            switch (first[key], second[key]) {
            case (let left?, let right?): compare(left, right, at: place, into: &lines)
            case (let left?, nil): lines.append("\(place) \(shown(left)) ≠ nothing")
            case (nil, let right?): lines.append("\(place) nothing ≠ \(shown(right))")
            case (nil, nil): break
            }
        }
    }

    /// The labelled parts of a value; elements of sets and dictionaries are labelled by themselves.
    private static func parts(of value: Any) -> [String: Any] {
        let mirror = Mirror(reflecting: value)
        var parts: [String: Any] = [:]
        for (index, child) in mirror.children.enumerated() {
            switch mirror.displayStyle {
            case .dictionary:
                let pair = Array(Mirror(reflecting: child.value).children)
                guard let key = pair.first, let value = pair.last else { continue }
                parts["[\(shown(key.value))]"] = value.value
            case .set: parts["{\(shown(child.value))}"] = child.value
            default: parts[child.label ?? "[\(index)]"] = child.value
            }
        }
        return parts
    }

    private static func shown(_ value: Any) -> String {
        let text = "\(value)"
        return text.count > 300 ? text.prefix(300) + "…" : text
    }
}
