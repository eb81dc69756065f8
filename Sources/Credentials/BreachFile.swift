internal import Crypto
internal import Foundation

/// An operator's file of passwords that became known: one password, or one SHA-1 in hex with or
/// without `:count`, in each line.
///
/// A small file is read whole, in any order. A large one must be sorted by bytes and stays on
/// disk: a look-up reads about as many places as the size has binary digits.
package final class BreachFile: Sendable {
    private enum Content: Sendable {
        /// The first eight bytes of each SHA-1, ascending.
        case loaded([UInt64])
        case sorted(SortedLines)
    }

    /// Up to this size a file is read whole: a few million lines in a few dozen megabytes.
    package static let maximumLoadedBytes = 32 << 20

    private let content: Content

    /// Opens a file and looks at whether it is one to search, all of it or in samples.
    package convenience init(path: String) throws(BreachFileError) {
        try self.init(path: path, maximumLoadedBytes: Self.maximumLoadedBytes)
    }

    init(path: String, maximumLoadedBytes: Int) throws(BreachFileError) {
        let file = try LineFile(path: path)
        content =
            if file.size <= maximumLoadedBytes {
                .loaded(try Self.load(file))
            } else {
                .sorted(try SortedLines(file))
            }
    }

    /// Whether the password is in the file, as typed, in NFKC, or in small letters.
    func contains(_ password: Password) throws(BreachFileError) -> Bool {
        // As bytes: two texts that Swift calls equal may have different hashes.
        let forms = Set(
            [password.typed, password.normalised, password.normalised.lowercased()]
                .map { Array($0.utf8) }
        )
        for form in forms {
            let isListed =
                switch content {
                case .loaded(let keys): Self.search(keys, for: Self.key(of: form))
                case .sorted(let lines): try lines.contain(form)
                }
            if isListed { return true }
        }
        return false
    }

    private static func load(_ file: LineFile) throws(BreachFileError) -> [UInt64] {
        let lines = try file.bytes(at: 0, count: file.size)
            .split(separator: 0x0A, omittingEmptySubsequences: false)
            .map(\.withoutCarriageReturn)
        guard let first = lines.first(where: { !$0.isEmpty }) else {
            throw .empty(path: file.path)
        }
        let isHashed = HashLine(first) != nil
        var keys: [UInt64] = []
        keys.reserveCapacity(lines.count)
        for (index, line) in lines.enumerated() where !line.isEmpty {
            guard isHashed else {
                try LineFile.checkText(line, in: file.path)
                keys.append(key(of: line))
                continue
            }
            guard let hash = HashLine(line) else {
                throw .malformed(path: file.path, place: "line \(index + 1)")
            }
            keys.append(hash.key)
        }
        keys.sort()
        return keys
    }

    private static func key(of password: some Collection<UInt8>) -> UInt64 {
        Insecure.SHA1.hash(data: Array(password)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func search(_ keys: [UInt64], for key: UInt64) -> Bool {
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = low + (high - low) / 2
            if keys[middle] == key { return true }
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return false
    }
}

/// A line with a SHA-1 in hex, and maybe how often it was seen.
struct HashLine {
    static let digits = 40

    /// In capitals.
    let hex: [UInt8]

    init?(_ line: some Collection<UInt8>) {
        let hex = line.prefix(Self.digits).map { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte) ? byte & 0xDF : byte
        }
        let rest = line.dropFirst(Self.digits)
        let isCounted =
            rest.first == UInt8(ascii: ":") && rest.count > 1
            && rest.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
        guard hex.count == Self.digits, hex.allSatisfy({ Self.value(of: $0) != nil }),
            rest.isEmpty || isCounted
        else { return nil }
        self.hex = hex
    }

    /// The line that the file would have for a password.
    init(hashing password: some Collection<UInt8>) {
        let digits = Array("0123456789ABCDEF".utf8)
        hex = Insecure.SHA1.hash(data: Array(password)).flatMap { byte in
            [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }

    /// The first eight bytes as a number.
    var key: UInt64 {
        hex.prefix(16).reduce(0) { $0 << 4 | UInt64(Self.value(of: $1) ?? 0) }
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x41 + 10
        default: nil
        }
    }
}

extension Collection<UInt8> where SubSequence: BidirectionalCollection {
    /// Without the first half of a line end as Windows writes it.
    var withoutCarriageReturn: SubSequence {
        let all = self[...]
        return all.last == 0x0D ? all.dropLast() : all
    }
}
