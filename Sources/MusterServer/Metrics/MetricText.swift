import Muster

/// Prometheus' text format, version 0.0.4, as it is written.
package struct MetricText: Sendable {
    /// The media type of what is written.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var bytes: [UInt8] = []

    /// Begins the lines of a metric.
    mutating func begin(_ name: String, _ kind: MetricDescription.Kind, _ help: String?) {
        if let help { line("# HELP \(name) \(Self.escaped(help, isLabel: false))") }
        line("# TYPE \(name) \(kind.rawValue)")
    }

    /// Writes one value; `labels` is what `labels(_:reservingBound:)` made.
    mutating func sample(_ name: String, _ labels: String, _ value: Double) {
        line("\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(Self.number(value))")
    }

    private mutating func line(_ text: String) {
        bytes.append(contentsOf: text.utf8)
        bytes.append(0x0A)
    }

    /// A number as Go writes it.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // A count without a fraction: as far as every whole number has a Double of its own.
        if value == value.rounded(), value.magnitude < 9_007_199_254_740_992 {
            return String(Int64(value))
        }
        return value.description
    }

    /// A name that Prometheus takes, with the suffix that its unit or kind asks for.
    static func name(_ label: String, endingIn suffix: String = "") -> String {
        let name = identifier(label, alsoAllowing: ":")
        return name.hasSuffix(suffix) ? name : name + suffix
    }

    /// Labels as they stand between the braces, by name and each once, so that the same labels are
    /// the same text; a histogram keeps `le` for its bounds.
    static func labels(_ pairs: [(String, String)], reservingBound: Bool) -> String {
        var values: [String: String] = [:]
        for (label, value) in pairs {
            var name = identifier(label)
            if reservingBound, name == "le" { name = "exported_le" }
            values[name] = escaped(String(value.prefix(longestValue)), isLabel: true)
        }
        return values.sorted { $0.key < $1.key }.map { "\($0)=\"\($1)\"" }.joined(separator: ",")
    }

    /// In characters: what is longer is no label of ours.
    private static let longestValue = 128

    private static func identifier(_ text: String, alsoAllowing other: Character = "_") -> String {
        var name = String(
            text.map { character in
                let isPlain = character.isASCII && (character.isLetter || character.isNumber)
                return isPlain || character == "_" || character == other ? character : "_"
            }
        )
        if name.isEmpty || name.first?.isNumber == true { name = "_" + name }
        return name
    }

    private static func escaped(_ text: String, isLabel: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where isLabel: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
