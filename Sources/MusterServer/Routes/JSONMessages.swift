import HTTPTypes
import Hummingbird
import JSON
import NIOCore

extension Response {
    /// An answer with one JSON object, which nobody on the way may keep.
    static func json(
        status: HTTPResponse.Status = .ok,
        _ members: (inout JSONObjectWriter) -> Void
    ) -> Response {
        var writer = JSONWriter()
        writer.object(members)
        return Response(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: writer.finish()))
        )
    }
}

extension Request {
    /// The body's bytes, which are said to be JSON.
    ///
    /// A client that says nothing of them is believed, and so is one that says what curl and
    /// Python's urllib say of their own accord.
    mutating func json(upTo limit: Int) async throws -> [UInt8] {
        guard headers[.contentEncoding] == nil, isJSON else {
            throw Problem(.notJSON, "Send the body as application/json, not compressed.")
        }
        return Array(buffer: try await collected(upTo: limit))
    }

    private var isJSON: Bool {
        guard let text = headers[.contentType] else { return true }
        let media = text.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        return media == "application/json"
            || media.hasPrefix("application/") && media.hasSuffix("+json")
            || media == "application/x-www-form-urlencoded"
    }
}
