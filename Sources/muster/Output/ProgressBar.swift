import Accounts
import Foundation
import Muster
import Synchronization

/// A line on the terminal that shows how far a sync has come; nothing where nobody watches.
final class ProgressBar: Sendable {
    private static let width = 30
    private let isShown = isatty(STDERR_FILENO) == 1
    private let shown = Mutex((line: "", pace: Pace()))

    /// Draws the line anew where it differs from what is there.
    func show(_ progress: SyncProgress) {
        guard isShown else { return }
        let now = ContinuousClock.now
        shown.withLock { shown in
            shown.pace.note(progress, at: now)
            Self.draw(Self.line(progress, shown.pace), over: &shown.line)
        }
    }

    /// Shows how far the run of another process has come, as the store tells.
    func show(_ run: Run) {
        guard isShown else { return }
        shown.withLock { Self.draw(Self.line(run), over: &$0.line) }
    }

    private static func draw(_ line: String, over shown: inout String) {
        guard shown != line else { return }
        shown = line
        Console.write(Array("\r\u{1B}[K\(line)".utf8), to: STDERR_FILENO)
    }

    /// Takes the line away.
    func clear() {
        guard isShown else { return }
        Console.write(Array("\r\u{1B}[K".utf8), to: STDERR_FILENO)
    }

    static func line(_ run: Run) -> String {
        let counts = run.counts
        let done = counts.changed + counts.created + counts.restored + counts.suspended
        return "Waiting for run \(run.id.value)  \(counts.seen) seen, \(done) changed"
    }

    static func line(_ progress: SyncProgress, _ pace: Pace) -> String {
        let stage =
            switch progress.stage {
            case .reading: "Reading "
            case .applying: "Applying"
            }
        let rate = pace.perSecond.map { "  \(Int($0.rounded())) people/s" } ?? ""
        guard let total = progress.total, total > 0 else {
            return "\(stage)  \(progress.done)\(rate)"
        }
        let done = min(progress.done, total)
        let filled = width * done / total
        let bar =
            String(repeating: "█", count: filled)
            + String(repeating: "░", count: width - filled)
        let left = pace.left.map { ", \(words($0)) left" } ?? ""
        return "\(stage)  \(bar)  \(done) of \(total)\(rate)\(left)"
    }

    /// Minutes and seconds, rounded up, so that the end is never promised too early.
    private static func words(_ time: Duration) -> String {
        let seconds = (time.milliseconds + 999) / 1000
        return seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min \(seconds % 60) s"
    }
}
