internal import CCurl
internal import Glibc

extension Transfer {
    /// Whether the host answered by HTTP/2, if it answered.
    var spokeMultiplexed: Bool? {
        let version = easy.long(CURLINFO_HTTP_VERSION)
        return version == 0 ? nil : version >= Int(CURL_HTTP_VERSION_2_0)
    }

    /// What the waiting task gets, from curl's verdict.
    func outcome(of code: CURLcode, settings: CurlTransport.Settings) -> Reply.Outcome {
        let host = exchange.request.host
        switch collector.stop {
        case .bodyTooLarge:
            return .failure(.tooLarge(limitBytes: exchange.request.limitBytes))
        case .headersTooLarge:
            return .failure(.protocol(host: host, reason: "its headers are too large"))
        case nil:
            break
        }
        guard code == CURLE_OK else {
            return .failure(error(for: code, host: host, settings))
        }
        guard collector.hasHead else { return .failure(.cut(host: host)) }
        guard collector.status >= 200 else {
            return .failure(.protocol(host: host, reason: "it has no status"))
        }
        let timing = HTTPResponse.Timing(
            total: easy.duration(CURLINFO_TOTAL_TIME_T),
            firstByte: easy.duration(CURLINFO_STARTTRANSFER_TIME_T),
            reusedConnection: easy.long(CURLINFO_NUM_CONNECTS) == 0,
            multiplexed: spokeMultiplexed ?? false
        )
        return .success(
            HTTPResponse(
                status: collector.status,
                headers: collector.headers,
                body: collector.body,
                timing: timing
            )
        )
    }

    private func error(
        for code: CURLcode,
        host: String,
        _ settings: CurlTransport.Settings
    ) -> TransportError {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST:
            return .nameNotFound(host: host)
        case CURLE_COULDNT_RESOLVE_PROXY:
            return .unreachable(host: host, reason: "the proxy's name has no address")
        case CURLE_COULDNT_CONNECT, CURLE_PROXY:
            return .unreachable(host: host, reason: connectReason)
        case CURLE_OPERATION_TIMEDOUT:
            let reason = "no connection within \(settings.connectMilliseconds) ms"
            return .unreachable(host: host, reason: reason)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_USE_SSL_FAILED:
            return .tls(host: host, reason: tlsReason(code))
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR,
            CURLE_HTTP2_STREAM, CURLE_HTTP2:
            return proxyRefusal(host: host) ?? .cut(host: host)
        case CURLE_BAD_CONTENT_ENCODING:
            return .protocol(host: host, reason: "its compression is broken")
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP_RETURNED_ERROR:
            return .protocol(host: host, reason: "it is not HTTP")
        default:
            return .protocol(host: host, reason: "curl stopped with code \(code.rawValue)")
        }
    }

    private var connectReason: String {
        if let refusal = proxyStatus { return "the proxy answered \(refusal)" }
        switch Int32(easy.long(CURLINFO_OS_ERRNO)) {
        case ECONNREFUSED: return "connection refused"
        case ENETUNREACH, EHOSTUNREACH: return "no route to it"
        case ETIMEDOUT: return "no answer to the connection"
        case ECONNRESET: return "connection reset"
        case EMFILE, ENFILE: return "this process has too many files open"
        default: return "no connection"
        }
    }

    private func proxyRefusal(host: String) -> TransportError? {
        proxyStatus.map { .unreachable(host: host, reason: "the proxy answered \($0)") }
    }

    private var proxyStatus: Int? {
        let status = easy.long(CURLINFO_HTTP_CONNECTCODE)
        return status == 0 || (200..<300).contains(status) ? nil : status
    }

    /// curl's words about a certificate are the only text of curl that is shown: it is written
    /// before any request line or header is sent.
    private func tlsReason(_ code: CURLcode) -> String {
        let words = easy.detail.unicodeScalars.filter { $0.isASCII && $0.value >= 0x20 }
        guard !words.isEmpty else { return "TLS error \(code.rawValue)" }
        return String(String.UnicodeScalarView(words.prefix(160)))
    }
}
