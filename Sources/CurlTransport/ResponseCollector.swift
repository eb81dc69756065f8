/// Turns the header lines and body bytes of one transfer into an answer, within its limits.
///
/// Pure: lines and bytes in, "go on" or "stop" out.
struct ResponseCollector {
    /// Why the transfer was stopped from here.
    enum Stop: Equatable {
        case bodyTooLarge
        case headersTooLarge
    }

    private enum Phase {
        /// Next: `head`.
        case expectingStatus
        /// Lines of one block come in. Next: `body`, or `expectingStatus` after a 1xx block.
        case head
        /// Bytes come in, and trailers, which are dropped. Next: `head`, if nothing came in yet.
        case body
    }

    static let maximumHeaderBytes = 256 * 1024

    private(set) var status = 0
    private(set) var headers = HTTPHeaders()
    private(set) var body: [UInt8] = []
    private(set) var stop: Stop?
    private var phase = Phase.expectingStatus
    private var headerBytes = 0
    private let limitBytes: Int
    private let announcesOnly: Bool

    /// `announcesOnly` is true for HEAD, whose Content-Length announces a body that never comes.
    init(limitBytes: Int, announcesOnly: Bool) {
        self.limitBytes = limitBytes
        self.announcesOnly = announcesOnly
    }

    /// Whether a final head came to its blank line; curl calls a head that is cut complete.
    var hasHead: Bool {
        if case .body = phase { true } else { false }
    }

    /// Takes one header line with its line end; false means the transfer must stop.
    mutating func take(headerLine: String) -> Bool {
        headerBytes += headerLine.utf8.count
        guard headerBytes <= Self.maximumHeaderBytes else {
            stop = .headersTooLarge
            return false
        }
        let line = headerLine.utf8.drop(whileLast: { $0 == 0x0D || $0 == 0x0A })
        switch phase {
        case .expectingStatus:
            beginBlock(line)
        case .head where line.isEmpty:
            return endBlock()
        case .head:
            takeField(line)
        case .body where body.isEmpty && isStatusLine(line):
            // curl asked again by itself, for instance after a stale connection.
            beginBlock(line)
        case .body:
            break
        }
        return true
    }

    /// Takes decompressed bytes; false means the transfer must stop.
    mutating func take(body bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= limitBytes - body.count else {
            stop = .bodyTooLarge
            return false
        }
        unsafe body.append(contentsOf: bytes)
        return true
    }

    private mutating func beginBlock(_ line: Substring.UTF8View) {
        guard isStatusLine(line) else { return }
        let code = line.split(separator: 0x20).dropFirst().first.flatMap { Int(Substring($0)) }
        status = code ?? 0
        headers = HTTPHeaders()
        phase = .head
    }

    private mutating func endBlock() -> Bool {
        guard !(100..<200).contains(status) else {
            status = 0
            phase = .expectingStatus
            return true
        }
        phase = .body
        let hasBody = !announcesOnly && status != 204 && status != 304
        guard hasBody, let announced = headers["Content-Length"].flatMap({ Int($0) }) else {
            return true
        }
        guard announced <= limitBytes else {
            stop = .bodyTooLarge
            return false
        }
        // A length is only a claim, so little is reserved on its word.
        body.reserveCapacity(min(announced, 1024 * 1024))
        return true
    }

    private mutating func takeField(_ line: Substring.UTF8View) {
        if line.first == 0x20 || line.first == 0x09 {
            headers.extendLast(with: trimmed(line))
        } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
            let name = String(Substring(line[..<colon]))
            headers.append(name: name, value: trimmed(line[line.index(after: colon)...]))
        }
    }

    private func isStatusLine(_ line: Substring.UTF8View) -> Bool {
        line.starts(with: "HTTP/".utf8)
    }

    private func trimmed(_ text: Substring.UTF8View) -> String {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        return String(Substring(text.drop(while: isBlank).drop(whileLast: isBlank)))
    }
}

extension BidirectionalCollection where SubSequence: BidirectionalCollection {
    fileprivate func drop(whileLast matches: (Element) -> Bool) -> SubSequence {
        guard let last = lastIndex(where: { !matches($0) }) else {
            return self[startIndex..<startIndex]
        }
        return self[startIndex...last]
    }
}
