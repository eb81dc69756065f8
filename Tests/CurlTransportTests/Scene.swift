import CurlTransport
import Foundation
import Testing

/// Runs a test body with a server and a transport, and ends both.
func withServer(
    settings: CurlTransport.Settings = .init(),
    _ behave: @escaping @Sendable (Peer, LoopbackServer.Asked) -> LoopbackServer.Next,
    run body: (LoopbackServer, CurlTransport) async throws -> Void
) async throws {
    let server = try LoopbackServer(behave)
    try await withTransport(settings: settings) { try await body(server, $0) }
    server.close()
}

/// Runs a test body with a transport and stops it.
func withTransport(
    settings: CurlTransport.Settings = .init(),
    _ body: (CurlTransport) async throws -> Void
) async throws {
    let transport = CurlTransport(settings: settings)
    do {
        try await body(transport)
    } catch {
        await transport.stop()
        throw error
    }
    await transport.stop()
}

extension HTTPRequest {
    /// A request with time enough for a slow machine.
    static func patient(
        _ url: String,
        method: String = "GET",
        headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil,
        limit: Int = 64 * 1024 * 1024
    ) -> HTTPRequest {
        HTTPRequest(
            method: method,
            url: url,
            headers: headers,
            body: body,
            deadline: .now + .seconds(40),
            maximumResponseBytes: limit
        )
    }
}

extension CurlTransport {
    /// The error a request ends with; an answer instead is a failure of the test.
    func failure(
        of request: HTTPRequest,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async -> TransportError? {
        do throws(TransportError) {
            let response = try await send(request)
            Issue.record("answered with \(response)", sourceLocation: sourceLocation)
            return nil
        } catch {
            return error
        }
    }
}

extension CurlTransport {
    /// The error of a request that runs into its deadline once `isUnderWay`.
    ///
    /// A busy machine may use up a short time before the request has left, so more is allowed
    /// until it did.
    func failureAtDeadline(_ url: String, until isUnderWay: () -> Bool) async -> TransportError? {
        var allowed = Duration.milliseconds(100)
        var failure: TransportError?
        repeat {
            let start = ContinuousClock.now
            failure = await self.failure(of: HTTPRequest(url: url, deadline: start + allowed))
            let taken = start.duration(to: .now)
            #expect(taken >= allowed)
            #expect(taken < allowed + .seconds(10))
            allowed *= 2
        } while !isUnderWay() && allowed < .seconds(20)
        #expect(isUnderWay())
        return failure
    }
}

/// A command's standard output; it must succeed.
func output(
    of command: String,
    _ arguments: String...,
    in folder: URL? = nil
) async throws -> [UInt8] {
    // On a thread of its own, as it blocks.
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
            continuation.resume(with: Result { try run(command, arguments, in: folder) })
        }
    }
}

private func run(_ command: String, _ arguments: [String], in folder: URL?) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [command] + arguments
    process.currentDirectoryURL = folder
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw POSIXError(.ECHILD) }
    return Array(bytes)
}
