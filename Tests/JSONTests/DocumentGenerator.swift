/// Makes documents of which the value is known, in every spelling JSON allows, and damages them.
struct DocumentGenerator {
    var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func value(depth: Int = 0) -> JSONValue {
        switch Int.random(in: 0..<(depth > 4 ? 5 : 9), using: &random) {
        case 0: return .null
        case 1: return .bool(random.chance(50))
        case 2: return .number(number())
        case 3, 4: return .string(text())
        case 5, 6: return .array((0..<count()).map { _ in value(depth: depth + 1) })
        default:
            // A number in front keeps names apart: Foundation keeps one of each.
            return .object(
                (0..<count()).map { place in
                    ("\(place)\(text())", value(depth: depth + 1))
                }
            )
        }
    }

    private mutating func count() -> Int {
        Int.random(in: 0..<5, using: &random)
    }

    private mutating func number() -> String {
        let sign = random.chance(30) ? "-" : ""
        let whole =
            random.chance(50)
            ? String(Int.random(in: 0...999, using: &random))
            : String(Int.random(in: 0...Int.max, using: &random))
        let fraction = random.chance(30) ? ".\(Int.random(in: 0...99_999, using: &random))" : ""
        let exponent =
            random.chance(20)
            ? random.pick(["e", "E", "e+", "E-"])
                + String(Int.random(in: 0...30, using: &random)) : ""
        return sign + whole + fraction + exponent
    }

    private mutating func text() -> String {
        let alphabet: [Unicode.Scalar] = [
            "a", "Z", "0", " ", "'", "/", "\"", "\\", "\n", "\t", "\r", "\u{8}", "\u{C}", "\0",
            "\u{1F}", "\u{7F}", "\u{80}", "é", "\u{301}", "\u{7FF}", "\u{800}", "\u{2028}", "€",
            "\u{D7FF}", "\u{E000}", "\u{FEFF}", "\u{FFFF}", "😀", "\u{10FFFF}",
        ]
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<20, using: &random) {
            scalars.append(random.chance(60) ? "m" : random.pick(alphabet))
        }
        return String(scalars)
    }
}

// Spelling a value.
extension DocumentGenerator {
    mutating func spell(_ value: JSONValue) -> String {
        let core: String
        switch value {
        case .null: core = "null"
        case .bool(let truth): core = truth ? "true" : "false"
        case .number(let digits): core = digits
        case .string(let text): core = spell(text)
        case .array(let elements):
            core = "[" + elements.map { spell($0) }.joined(separator: ",") + space() + "]"
        case .object(let members):
            let spelt = members.map { space() + spell($0.name) + space() + ":" + spell($0.value) }
            core = "{" + spelt.joined(separator: ",") + space() + "}"
        }
        return space() + core + space()
    }

    private mutating func space() -> String {
        guard random.chance(20) else { return "" }
        return (0..<Int.random(in: 1...3, using: &random))
            .map { _ in random.pick([" ", "\n", "\t", "\r"]) }.joined()
    }

    private mutating func spell(_ text: String) -> String {
        let short: [Unicode.Scalar: String] = [
            "\"": #"\""#, "\\": #"\\"#, "/": #"\/"#, "\n": #"\n"#, "\t": #"\t"#, "\r": #"\r"#,
            "\u{8}": #"\b"#, "\u{C}": #"\f"#,
        ]
        var spelt = ""
        for scalar in text.unicodeScalars {
            let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            if !mustEscape, random.chance(80) {
                spelt.unicodeScalars.append(scalar)
            } else if let letter = short[scalar], random.chance(70) {
                spelt += letter
            } else {
                spelt += scalar.utf16Escapes(uppercase: random.chance(50))
            }
        }
        return "\"" + spelt + "\""
    }
}

// Damaging a document.
extension DocumentGenerator {
    mutating func damage(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[place] = interestingByte()
            case 2: bytes.insert(interestingByte(), at: place)
            case 3: bytes.remove(at: place)
            case 4: bytes.removeLast(bytes.count - place)
            default:
                let end = min(bytes.count, place + Int.random(in: 1...6, using: &random))
                let target = Int.random(in: 0..<bytes.count, using: &random)
                bytes.insert(contentsOf: bytes[place..<end], at: target)
            }
        }
        return bytes
    }

    private mutating func interestingByte() -> UInt8 {
        random.pick(
            Array("\"\\{}[]:,0123456789-+.eEutfn \n/dD8".utf8)
                + [0x00, 0x1F, 0x7F, 0x80, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xFF]
        )
    }
}

extension Unicode.Scalar {
    /// The scalar as one `\u` escape, or two for a surrogate pair.
    func utf16Escapes(uppercase: Bool) -> String {
        String(self).utf16.map { unit in
            let digits = String(unit, radix: 16, uppercase: uppercase)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }
}
