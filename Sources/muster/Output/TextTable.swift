/// Rows in columns as wide as their longest text, two spaces apart.
struct TextTable {
    private var rows: [[String]] = []

    init(header: [String] = []) {
        if !header.isEmpty { rows.append(header.map { $0.uppercased() }) }
    }

    mutating func add(_ row: [String]) { rows.append(row.map(Self.printable)) }

    var text: String {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell
                if column < row.count - 1 {
                    line += String(repeating: " ", count: widths[column] - cell.count + 2)
                }
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }

    /// `text` as it may be printed, cut where it is long.
    static func printable(_ text: String) -> String {
        let plain = TerminalText.line(text)
        return plain.count > 80 ? "\(plain.prefix(79))…" : plain
    }
}
