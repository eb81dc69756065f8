import Foundation
import Muster
import Synchronization

/// A line on the terminal that shows how far a sync has come; nothing where nobody watches.
final class ProgressBar: Sendable {
    private static let width = 30
    private let isShown = isatty(STDERR_FILENO) == 1
    private let shown = Mutex("")

    /// Draws the line anew where it differs from what is there.
    func show(_ progress: SyncProgress) {
        guard isShown else { return }
        let line = Self.line(progress)
        shown.withLock { shown in
            guard shown != line else { return }
            shown = line
            Console.write(Array("\r\u{1B}[K\(line)".utf8), to: STDERR_FILENO)
        }
    }

    /// Takes the line away.
    func clear() {
        guard isShown else { return }
        Console.write(Array("\r\u{1B}[K".utf8), to: STDERR_FILENO)
    }

    static func line(_ progress: SyncProgress) -> String {
        let stage =
            switch progress.stage {
            case .reading: "Reading "
            case .applying: "Applying"
            }
        guard let total = progress.total, total > 0 else { return "\(stage)  \(progress.done)" }
        let done = min(progress.done, total)
        let filled = width * done / total
        let bar =
            String(repeating: "█", count: filled)
            + String(repeating: "░", count: width - filled)
        return "\(stage)  \(bar)  \(done) of \(total)"
    }
}
