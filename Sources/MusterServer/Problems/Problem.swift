import HTTPTypes
import Hummingbird
import JSON
import NIOCore

/// Why a request was not taken, as RFC 9457 puts it: the same words for everybody to whom it
/// happens, and nothing about who or what exists.
struct Problem: Error, Sendable, Hashable {
    let kind: Kind
    /// One sentence for people about this request.
    let detail: String
    /// The methods that the address takes, where that is what is wrong.
    var allowed: [HTTPRequest.Method] = []

    init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }

    /// What can be wrong; the title of each is constant.
    enum Kind: String, Sendable, Hashable, CaseIterable {
        case badRequest
        case unauthorized
        case forbidden
        case notFound
        case methodNotAllowed
        case conflict
        case tooLarge
        case notJSON
        case unusable
        case headTooLarge
        case broken
        case notImplemented
        case unavailable

        var status: HTTPResponse.Status {
            switch self {
            case .badRequest: .badRequest
            case .unauthorized: .unauthorized
            case .forbidden: .forbidden
            case .notFound: .notFound
            case .methodNotAllowed: .methodNotAllowed
            case .conflict: .conflict
            case .tooLarge: .contentTooLarge
            case .notJSON: .unsupportedMediaType
            case .unusable: .unprocessableContent
            case .headTooLarge: .requestHeaderFieldsTooLarge
            case .broken: .internalServerError
            case .notImplemented: .notImplemented
            case .unavailable: .serviceUnavailable
            }
        }

        var title: String {
            switch self {
            case .badRequest: "The request cannot be understood"
            case .unauthorized: "The request does not show who asks"
            case .forbidden: "The key does not give this right"
            case .notFound: "There is nothing here"
            case .methodNotAllowed: "The address does not take this method"
            case .conflict: "Something else stands in the way"
            case .tooLarge: "The body is too large"
            case .notJSON: "The body is not JSON"
            case .unusable: "A value cannot be used"
            case .headTooLarge: "The head of the request is too large"
            case .broken: "The server failed"
            case .notImplemented: "There is no such method"
            case .unavailable: "The server cannot answer now"
            }
        }
    }
}

// The answers that must not differ, whatever their cause was.
extension Problem {
    /// No key, an unknown one, one that expired, a signature that does not hold: all alike.
    static let unauthorized = Problem(
        .unauthorized,
        "Send a valid key as `Authorization: Bearer KEY`, or sign the request with a signing key."
    )
    static let forbidden = Problem(
        .forbidden,
        "The key is known but lacks the scope that this address needs; make another with"
            + " `muster keys create`."
    )
    /// Unknown and foreign schools, accounts and runs, and addresses that are no routes: all alike.
    static let notFound = Problem(
        .notFound,
        "The address names nothing that this key can reach; check it against /openapi.json."
    )
    static let broken = Problem(
        .broken,
        "Something went wrong in the server; try again, and look into its log if that does not help."
    )
    static let storeUnavailable = Problem(
        .unavailable,
        "The server cannot read its store now; try again shortly, and look into its log."
    )

    static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> Problem {
        let names = allowed.map(\.rawValue).joined(separator: ", ")
        var problem = Problem(.methodNotAllowed, "Ask this address with \(names).")
        problem.allowed = allowed
        return problem
    }
}

extension Problem {
    /// The members as JSON.
    var body: [UInt8] {
        var writer = JSONWriter()
        writer.object { member in
            member.member("type", "about:blank")
            member.member("title", kind.title)
            member.member("status", kind.status.code)
            member.member("detail", detail)
        }
        return writer.finish()
    }

    var response: Response {
        var response = Response(
            status: kind.status,
            headers: [.contentType: "application/problem+json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        )
        switch kind {
        case .unauthorized: response.headers[.wwwAuthenticate] = "Bearer realm=\"muster\""
        case .methodNotAllowed:
            response.headers[.allow] = allowed.map(\.rawValue).joined(separator: ", ")
        case .unavailable: response.headers[.retryAfter] = "5"
        default: break
        }
        return response
    }
}
