import Foundation
import UnixSignals

/// Lets people and the system stop what a subcommand does: Ctrl-C, or a signal to end.
enum Interruption {
    /// Does `work`, which the first signal cancels, so that it ends at its next safe point; the
    /// second ends the process.
    static func cancelling<Value: Sendable>(
        _ work: @escaping @Sendable () async -> Value
    ) async -> Value {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        // Unstructured on purpose, both of them: a signal cancels the work and nothing else, and
        // nobody waits for a signal once the work is done.
        let working = Task { await work() }
        let listening = Task {
            var count = 0
            for await _ in signals {
                count += 1
                if count > 1 { Foundation.exit(ExitStatus.no) }
                Console.say("Stopping after what is going on; stop it again to end at once.")
                working.cancel()
            }
        }
        defer { listening.cancel() }
        return await working.value
    }
}
