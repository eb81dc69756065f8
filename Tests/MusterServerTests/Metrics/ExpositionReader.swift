/// Reads Prometheus' text format by its rules, and knows nothing of how it was written.
struct ExpositionReader {
    struct Sample: Equatable {
        var name: String
        var labels: [String: String]
        var value: Double
    }
    struct Metric {
        var type: String
        var help: String?
        var samples: [Sample] = []
    }
    struct Problem: Error {
        let line: String
        let what: String
    }

    private(set) var metrics: [String: Metric] = [:]
    private(set) var names: [String] = []

    init(_ bytes: [UInt8]) throws {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problem(line: "", what: "not UTF-8")
        }
        guard text.isEmpty || text.hasSuffix("\n") else {
            throw Problem(line: String(text.suffix(40)), what: "the last line has no end")
        }
        var help: (name: String, text: String)?
        var current: String?
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3).map(String.init)
            if line.hasPrefix("# HELP ") {
                guard help == nil, metrics[words[2]] == nil else {
                    throw Problem(line: String(line), what: "a second help text")
                }
                help = (words[2], words.count > 3 ? words[3] : "")
            } else if line.hasPrefix("# TYPE ") {
                let name = words[2]
                guard metrics[name] == nil, help == nil || help?.name == name else {
                    throw Problem(line: String(line), what: "a second type, or another's help")
                }
                metrics[name] = Metric(type: words[3], help: help?.text)
                names.append(name)
                (current, help) = (name, nil)
            } else {
                let sample = try Self.sample(line)
                guard let name = current, metrics[name]?.owns(sample.name, name) == true else {
                    throw Problem(line: String(line), what: "a value outside its metric")
                }
                let isNew = metrics[name]?.samples.allSatisfy {
                    $0.name != sample.name || $0.labels != sample.labels
                }
                guard isNew == true else {
                    throw Problem(line: String(line), what: "a value that is there twice")
                }
                metrics[name]?.samples.append(sample)
            }
        }
    }

    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        metrics.values.flatMap(\.samples).first { $0.name == name && $0.labels == labels }?.value
    }

    private static func sample(_ line: Substring) throws -> Sample {
        var rest = line
        let name = rest.prefix {
            $0 == "_" || $0 == ":" || ($0.isASCII && ($0.isLetter || $0.isNumber))
        }
        rest = rest.dropFirst(name.count)
        guard let first = name.first, !first.isNumber else {
            throw Problem(line: String(line), what: "no name")
        }
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest = rest.dropFirst()
            while rest.first != "}" {
                let label = rest.prefix {
                    $0 == "_" || ($0.isASCII && ($0.isLetter || $0.isNumber))
                }
                rest = rest.dropFirst(label.count)
                guard rest.hasPrefix("=\""), !label.isEmpty, label.first?.isNumber == false else {
                    throw Problem(line: String(line), what: "no label")
                }
                rest = rest.dropFirst(2)
                guard labels.updateValue(try quoted(&rest), forKey: String(label)) == nil else {
                    throw Problem(line: String(line), what: "a label twice")
                }
                if rest.first == "," { rest = rest.dropFirst() }
            }
            rest = rest.dropFirst()
        }
        guard rest.first == " ", let value = number(rest.dropFirst()) else {
            throw Problem(line: String(line), what: "no number")
        }
        return Sample(name: String(name), labels: labels, value: value)
    }

    private static func quoted(_ rest: inout Substring) throws -> String {
        var text = ""
        // By scalars: a quote and a mark that combines with it are one character.
        var scalars = rest.unicodeScalars
        while let scalar = scalars.popFirst() {
            if scalar == "\"" {
                rest = Substring(scalars)
                return text
            }
            guard scalar == "\\" else {
                text.unicodeScalars.append(scalar)
                continue
            }
            switch scalars.popFirst() {
            case "n": text += "\n"
            case "\\": text += "\\"
            case "\"": text += "\""
            default: throw Problem(line: String(rest), what: "an unknown escape")
            }
        }
        throw Problem(line: String(rest), what: "no closing quote")
    }

    private static func number(_ text: Substring) -> Double? {
        switch text {
        case "+Inf": .infinity
        case "-Inf": -.infinity
        case "NaN": .nan
        default: text.contains { $0.isLetter && $0 != "e" } ? nil : Double(text)
        }
    }
}

extension ExpositionReader.Metric {
    fileprivate func owns(_ sample: String, _ name: String) -> Bool {
        guard type == "histogram" else { return sample == name }
        return ["_bucket", "_sum", "_count"].contains { sample == name + $0 }
    }

    /// What a histogram must keep: bounds that grow, counts that never fall, the last of them the
    /// count of all.
    func problems(_ name: String) -> [String] {
        guard type == "histogram" else { return [] }
        var found: [String] = []
        let groups = Dictionary(grouping: samples) { $0.labels.filter { $0.key != "le" } }
        for (labels, group) in groups {
            let buckets = group.filter { $0.name.hasSuffix("_bucket") }
            let bounds = buckets.map { bucket in
                bucket.labels["le"].flatMap { $0 == "+Inf" ? .infinity : Double($0) } ?? .nan
            }
            let counts = buckets.map(\.value)
            let total = group.first { $0.name.hasSuffix("_count") }?.value
            if !zip(bounds, bounds.dropFirst()).allSatisfy(<) { found.append("bounds \(labels)") }
            if !zip(counts, counts.dropFirst()).allSatisfy(<=) { found.append("counts \(labels)") }
            if bounds.last != .infinity { found.append("no +Inf \(labels)") }
            if counts.last != total || total == nil { found.append("count \(labels)") }
            if group.filter({ $0.name.hasSuffix("_sum") }).count != 1 {
                found.append("sum \(labels)")
            }
        }
        return found
    }
}
