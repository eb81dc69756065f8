/// Returns once `isMet` is true of something that cannot be watched.
///
/// A test that waits in a loop of its own would hang where it fails: nothing ends it.
/// - Throws: `CancellationError` once the test's time is over, and what `isMet` throws.
package func until(_ isMet: () async throws -> Bool) async throws {
    while try await !isMet() {
        try Task.checkCancellation()
        await Task.yield()
    }
}
