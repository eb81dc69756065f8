import Foundation
import Synchronization

/// Reads one pipe to its end on a thread of its own.
final class Pump: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var isEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())

    func read(_ handle: FileHandle) {
        Thread.detachNewThread { [self] in
            while true {
                let data = Self.next(handle.fileDescriptor)
                let waiters = state.withLock { state in
                    state.bytes += data
                    state.isEnded = data.isEmpty
                    let waiters = state.waiters
                    state.waiters = []
                    return waiters
                }
                for waiter in waiters { waiter.resume() }
                if data.isEmpty { return }
            }
        }
    }

    /// More bytes; none at the end.
    private static func next(_ descriptor: Int32) -> ArraySlice<UInt8> {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            if count >= 0 { return buffer.prefix(count) }
            if errno != EINTR { return [] }
        }
    }

    /// Waits for the first line; empty where there is none.
    func firstLine() async -> String {
        _ = await holds("\n")
        return text.split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init)
            ?? ""
    }

    /// Waits until the text holds `words`; false where it ended without them.
    func holds(_ words: String) async -> Bool {
        while true {
            let (seen, isEnded) = state.withLock { state in
                (state.bytes.count, state.isEnded)
            }
            if text.contains(words) { return true }
            if isEnded { return false }
            await change(since: seen)
        }
    }

    /// Waits for a whole line that begins with `words`; nil where the text ended without one.
    func line(beginningWith words: String) async -> String? {
        while true {
            let (seen, isEnded) = state.withLock { ($0.bytes.count, $0.isEnded) }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            if let line = lines.first(where: { $0.hasPrefix(words) }) { return String(line) }
            if isEnded { return nil }
            await change(since: seen)
        }
    }

    private var text: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }

    /// Waits for the end.
    func all() async -> String {
        while true {
            let (seen, isEnded) = state.withLock { ($0.bytes.count, $0.isEnded) }
            if isEnded { return text }
            await change(since: seen)
        }
    }

    /// Waits until there is more than `seen` bytes, or an end.
    private func change(since seen: Int) async {
        await withCheckedContinuation { continuation in
            let isNow = state.withLock { state in
                if state.isEnded || state.bytes.count > seen { return true }
                state.waiters.append(continuation)
                return false
            }
            if isNow { continuation.resume() }
        }
    }
}
