/// One row of a CSV text.
struct CSVRow: Sendable, Hashable {
    /// The line on which it begins, counted from 1.
    var line: Int
    var fields: [String]
    /// Why it cannot be read, in one sentence; its fields are then not to be used.
    var problem: String?
}

/// Reads CSV as RFC 4180 and spreadsheets write it: quotes, commas and line breaks inside quotes,
/// any line ending, a byte order mark.
///
/// A row that cannot be read is returned as such, with its line, and the next one is read.
struct CSVReader {
    private let scalars: [Unicode.Scalar]
    private var place = 0
    private var line = 1

    init(_ text: String) {
        scalars = Array(text.unicodeScalars.drop { $0 == "\u{FEFF}" })
    }

    /// All rows; lines without anything on them are passed over.
    static func rows(_ text: String) -> [CSVRow] {
        var reader = CSVReader(text)
        var rows: [CSVRow] = []
        while let row = reader.row() {
            if row.problem != nil || row.fields.contains(where: { !$0.isEmpty }) {
                rows.append(row)
            }
        }
        return rows
    }

    private mutating func row() -> CSVRow? {
        guard place < scalars.count else { return nil }
        var row = CSVRow(line: line, fields: [])
        let start = (place, line)
        while true {
            switch field() {
            case .text(let text): row.fields.append(text)
            case .open:
                // The quote would swallow the rest: only its own line is given up.
                (place, line) = start
                row.problem = "A quote on this line is never closed; close it."
                skipLine()
                return row
            case .trailing:
                row.problem = "Something follows a closing quote; double the quotes inside it."
                skipLine()
                return row
            }
            guard place < scalars.count else { return row }
            if scalars[place] != "," {
                skipLineBreak()
                return row
            }
            place += 1
        }
    }

    private enum Reading {
        case text(String)
        /// A quote that is not closed.
        case open
        /// Something other than a comma or a line break after a closing quote.
        case trailing
    }

    private mutating func field() -> Reading {
        guard place < scalars.count, scalars[place] == "\"" else {
            let start = place
            while place < scalars.count, !Self.endsField(scalars[place]) { place += 1 }
            return .text(Self.text(scalars[start..<place]))
        }
        place += 1
        var text: [Unicode.Scalar] = []
        while place < scalars.count {
            let scalar = scalars[place]
            if scalar == "\n" || (scalar == "\r" && peek(1) != "\n") { line += 1 }
            place += 1
            guard scalar == "\"" else {
                text.append(scalar)
                continue
            }
            if place < scalars.count, scalars[place] == "\"" {
                text.append(scalar)
                place += 1
                continue
            }
            guard place == scalars.count || Self.endsField(scalars[place]) else {
                return .trailing
            }
            return .text(Self.text(text[...]))
        }
        return .open
    }

    private func peek(_ distance: Int) -> Unicode.Scalar? {
        place + distance < scalars.count ? scalars[place + distance] : nil
    }

    private mutating func skipLine() {
        while place < scalars.count, !Self.isLineBreak(scalars[place]) { place += 1 }
        skipLineBreak()
    }

    private mutating func skipLineBreak() {
        guard place < scalars.count else { return }
        place += scalars[place] == "\r" && peek(1) == "\n" ? 2 : 1
        line += 1
    }

    private static func endsField(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "," || isLineBreak(scalar)
    }

    private static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n" || scalar == "\r"
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }
}
