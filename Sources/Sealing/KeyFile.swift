internal import Crypto
internal import Foundation

/// The file with the key that secrets are sealed with: 32 random bytes as one line of base64.
///
/// It is made on first need, for its owner alone, and belongs in another backup than the store.
public struct KeyFile: Sendable, Hashable {
    /// Where it lies.
    public let path: String

    /// The key file at `path`; nothing is read or made yet.
    public init(path: String) { self.path = path }

    /// Whether there is such a file.
    public var exists: Bool { access(path, F_OK) == 0 }

    /// A seal with the key in the file.
    /// - Throws: `keyMissing` where there is no file.
    public func seal() throws(SealError) -> SecretSeal {
        SecretSeal(key: try key(), path: path)
    }

    /// A seal with the key in the file, which is made where there is none.
    public func sealMakingKey() throws(SealError) -> SecretSeal {
        if !exists { try make() }
        return try seal()
    }

    // MARK: Reading

    private func key() throws(SealError) -> SymmetricKey {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? .keyMissing(path: path) : unreadable(errno)
        }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw unreadable(errno) }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw .keyUnreadable(path: path, why: "it is not a regular file")
        }
        guard facts.st_mode & 0o077 == 0 else { throw .keyOpenToOthers(path: path) }
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw unreadable(errno) }
        let line = String(decoding: buffer.prefix(count), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        guard let bytes = Data(base64Encoded: line), bytes.count == 32 else {
            throw .keyMalformed(path: path)
        }
        return SymmetricKey(data: bytes)
    }

    // MARK: Making

    /// Makes the file whole or not at all: the key is written beside it and linked into place, so
    /// that of two processes one wins and the other finds a complete key.
    private func make() throws(SealError) {
        try makeFolders(of: path)
        let draft = "\(path).\(getpid()).\(UInt32.random(in: .min ... .max))"
        let descriptor = open(draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unreadable(errno) }
        defer { unlink(draft) }
        let key = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        let line = Array("\(key.base64EncodedString())\n".utf8)
        let isWritten =
            fchmod(descriptor, 0o600) == 0 && write(descriptor, line, line.count) == line.count
            && fsync(descriptor) == 0
        let code = errno
        close(descriptor)
        guard isWritten else { throw unreadable(code) }
        guard link(draft, path) == 0 || errno == EEXIST else { throw unreadable(errno) }
    }

    private func makeFolders(of path: String) throws(SealError) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard access(folder, F_OK) != 0 else { return }
        try makeFolders(of: folder)
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw unreadable(errno) }
    }

    private func unreadable(_ code: Int32) -> SealError {
        .keyUnreadable(path: path, why: String(cString: strerror(code)))
    }
}
