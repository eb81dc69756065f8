internal import Foundation

/// A file of lines, open for reading at any place.
final class LineFile: Sendable {
    /// A line with the places where it and the next one begin.
    struct Line {
        let start: Int
        let next: Int
        let bytes: ArraySlice<UInt8>
    }

    /// A password that is longer is not taken anyway.
    static let maximumLineBytes = 8192

    let path: String
    let size: Int
    private let descriptor: Int32

    init(path: String) throws(BreachFileError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw errno == ENOENT
                ? .missing(path: path) : .unreadable(path: path, why: Self.words(errno))
        }
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .unreadable(path: path, why: "it is not a regular file")
        }
        self.path = path
        self.descriptor = descriptor
        size = Int(facts.st_size)
    }

    deinit { close(descriptor) }

    /// The bytes from a place on; fewer than asked for are an error, as the file was larger.
    func bytes(at place: Int, count: Int) throws(BreachFileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let more = unsafe bytes.withUnsafeMutableBytes { buffer in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                return unsafe pread(descriptor, rest.baseAddress, rest.count, place + filled)
            }
            if more < 0, errno == EINTR { continue }
            guard more >= 0 else { throw .unreadable(path: path, why: Self.words(errno)) }
            guard more > 0 else {
                throw .unreadable(path: path, why: "it became shorter while it was in use")
            }
            filled += more
        }
        return bytes
    }

    /// The line that has a byte, or its end, at `place`.
    func line(around place: Int) throws(BreachFileError) -> Line {
        let from = max(0, place - Self.maximumLineBytes)
        let to = min(size, place + Self.maximumLineBytes)
        let window = try bytes(at: from, count: to - from)
        let middle = place - from
        let start = window[..<middle].lastIndex(of: 0x0A).map { $0 + 1 }
        let end = window[middle...].firstIndex(of: 0x0A)
        guard start != nil || from == 0, end != nil || to == size else {
            throw .malformed(path: path, place: "byte \(place)")
        }
        let line = window[(start ?? 0)..<(end ?? window.count)]
        try Self.checkText(line, in: path)
        return Line(
            start: from + (start ?? 0),
            next: from + (end.map { $0 + 1 } ?? window.count),
            bytes: line.withoutCarriageReturn
        )
    }

    /// Text in any encoding has no zero byte.
    static func checkText(
        _ line: some Collection<UInt8>,
        in path: String
    ) throws(BreachFileError) {
        guard !line.contains(0) else { throw .notText(path: path) }
    }

    private static func words(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
