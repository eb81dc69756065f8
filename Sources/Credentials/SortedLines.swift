/// A large file of passwords or hashes in order, searched by bisection.
struct SortedLines: Sendable {
    /// Places that are looked at before the order is believed.
    private static let samples = 256

    private let file: LineFile
    private let isHashed: Bool

    init(_ file: LineFile) throws(BreachFileError) {
        self.file = file
        isHashed = HashLine(try file.line(around: 0).bytes) != nil
        var last: [UInt8] = []
        for sample in 0..<Self.samples {
            let line = try file.line(around: (file.size - 1) * sample / (Self.samples - 1))
            let key = try key(of: line)
            guard !key.lexicographicallyPrecedes(last) else { throw .unsorted(path: file.path) }
            last = key
        }
    }

    func contain(_ password: [UInt8]) throws(BreachFileError) -> Bool {
        let wanted = isHashed ? HashLine(hashing: password).hex : password
        var (low, high) = (0, file.size)
        while low < high {
            let line = try file.line(around: low + (high - low) / 2)
            let key = try key(of: line)
            if key == wanted { return true }
            if key.lexicographicallyPrecedes(wanted) { low = line.next } else { high = line.start }
        }
        return false
    }

    private func key(of line: LineFile.Line) throws(BreachFileError) -> [UInt8] {
        guard isHashed else { return Array(line.bytes) }
        guard let hash = HashLine(line.bytes) else {
            throw .malformed(path: file.path, place: "byte \(line.start)")
        }
        return hash.hex
    }
}
