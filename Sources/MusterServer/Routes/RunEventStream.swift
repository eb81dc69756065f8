import HTTPTypes
import Hummingbird
import JSON
import Muster
import NIOCore

/// The Server-Sent Events of one run: `progress` as it goes on, and `result` at its end.
///
/// A run that ended long ago gets its result at once. Where a server that stops ends the stream,
/// no result came: the client asks again.
struct RunEventStream: Sendable {
    let events: AsyncStream<RunEvent>
    let caller: Caller
    let clock: any MusterClock
    let keepAlive: Duration

    var response: Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream", .cacheControl: "no-store",
                // Proxies of the nginx kind would otherwise keep the events to themselves.
                .accelBuffering: "no",
            ],
            body: ResponseBody { writer in
                try await write(to: &writer)
                try await writer.finish(nil)
            }
        )
    }

    @concurrent
    private func write(to writer: inout any ResponseBodyWriter) async throws {
        let (stream, merged) = AsyncStream.makeStream(of: RunEvent.self)
        let watching = watch(merged)
        defer { watching.cancel() }
        for await event in stream {
            switch event {
            case .keepAlive: try await writer.write(ByteBuffer(string: ": still here\n\n"))
            case .state(let report):
                let name = report.endedAt == nil ? "progress" : "result"
                try await writer.write(Self.event(name, report.shown(to: caller)))
            }
        }
    }

    /// Hands the run's events on, and a sign of life after each silence.
    ///
    /// Unstructured, because the writer cannot be handed to a group's task; the caller cancels it.
    private func watch(_ merged: AsyncStream<RunEvent>.Continuation) -> Task<Void, Never> {
        Task {
            await withTaskGroup { group in
                group.addTask {
                    while (try? await clock.sleep(for: keepAlive)) != nil {
                        merged.yield(.keepAlive)
                    }
                }
                for await event in events { merged.yield(event) }
                group.cancelAll()
            }
            merged.finish()
        }
    }

    private static func event(_ name: String, _ report: RunReport) -> ByteBuffer {
        var writer = JSONWriter()
        writer.object { $0.run(report) }
        var buffer = ByteBuffer(string: "event: \(name)\ndata: ")
        buffer.writeBytes(writer.finish())
        buffer.writeString("\n\n")
        return buffer
    }
}

extension HTTPField.Name {
    fileprivate static let accelBuffering: HTTPField.Name = {
        guard let name = HTTPField.Name("X-Accel-Buffering") else {
            preconditionFailure("X-Accel-Buffering is a name of a header.")
        }
        return name
    }()
}
