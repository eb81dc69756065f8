internal import CCurl

/// One request inside curl: its handle, its header list and what has come in so far.
///
/// Lives on the driver thread only. curl holds its address as callback argument, so the driver
/// keeps it until the handle has left the multi handle.
@safe
final class Transfer {
    let exchange: Exchange
    let easy: EasyHandle
    private(set) var collector: ResponseCollector
    private var headerList: UnsafeMutablePointer<curl_slist>?

    init(_ exchange: Exchange, on easy: EasyHandle, settings: CurlTransport.Settings) {
        self.exchange = exchange
        self.easy = easy
        collector = ResponseCollector(
            limitBytes: exchange.request.limitBytes,
            announcesOnly: exchange.request.method == .head
        )
        unsafe headerList = nil
        applyLimits(settings)
        applyTLS(settings)
        applyRequest()
        applyCallbacks()
    }

    deinit { unsafe curl_slist_free_all(headerList) }

    /// Lets the handle forget this transfer, whose addresses it holds.
    func release() -> EasyHandle {
        easy.reset()
        return easy
    }

    private func applyLimits(_ settings: CurlTransport.Settings) {
        easy.collectErrorText()
        unsafe easy.set(
            CURLOPT_PRIVATE,
            pointer: UnsafeRawPointer(bitPattern: UInt(exchange.id))
        )
        easy.set(CURLOPT_NOSIGNAL, 1)
        // Without this a stalled resolver is joined, and with it every transfer stands still.
        easy.set(CURLOPT_QUICK_EXIT, 1)
        easy.set(CURLOPT_CONNECTTIMEOUT_MS, settings.connectMilliseconds)
        easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        easy.set(CURLOPT_FOLLOWLOCATION, 0)
        easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        easy.set(CURLOPT_USERAGENT, settings.userAgent)
        // Every encoding this curl was built with.
        easy.set(CURLOPT_ACCEPT_ENCODING, "")
        // A proxy would carry what is meant for this machine over the network.
        if exchange.request.target.origin.isLoopback { easy.set(CURLOPT_PROXY, "") }
    }

    private func applyTLS(_ settings: CurlTransport.Settings) {
        guard exchange.request.target.origin.scheme == "https" else { return }
        easy.set(CURLOPT_SSL_VERIFYPEER, 1)
        easy.set(CURLOPT_SSL_VERIFYHOST, 2)
        easy.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        // The first connection tells whether the host takes many requests on one.
        easy.set(CURLOPT_PIPEWAIT, 1)
        guard let caFile = settings.caFile else { return }
        easy.set(CURLOPT_CAINFO, caFile)
        unsafe easy.set(CURLOPT_CAPATH, pointer: nil)
    }

    private func applyRequest() {
        let request = exchange.request
        easy.set(CURLOPT_URL, request.target.url)
        for line in request.headerLines {
            guard let longer = unsafe curl_slist_append(headerList, line) else { continue }
            unsafe headerList = longer
        }
        unsafe easy.set(CURLOPT_HTTPHEADER, pointer: headerList)
        switch request.method {
        case .get:
            easy.set(CURLOPT_HTTPGET, 1)
        case .head:
            easy.set(CURLOPT_NOBODY, 1)
        case .delete where request.body == nil:
            easy.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        case .post, .put, .patch, .delete:
            easy.set(CURLOPT_POST, 1)
            easy.setBody(request.body ?? [])
            easy.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        }
    }

    /// curl calls back on the driver thread, within `perform`, while the driver holds `self`.
    private func applyCallbacks() {
        let address = unsafe UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
        unsafe easy.set(CURLOPT_HEADERDATA, pointer: address)
        unsafe easy.set(CURLOPT_WRITEDATA, pointer: address)
        unsafe easy.set(
            CURLOPT_HEADERFUNCTION,
            writer: { bytes, size, count, address in
                guard let transfer = unsafe Transfer.at(address), let bytes = unsafe bytes else {
                    return 0
                }
                let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
                let text = unsafe String(decoding: line, as: UTF8.self)
                return transfer.collector.take(headerLine: text) ? size * count : 0
            }
        )
        unsafe easy.set(
            CURLOPT_WRITEFUNCTION,
            writer: { bytes, size, count, address in
                guard let transfer = unsafe Transfer.at(address), let bytes = unsafe bytes else {
                    return 0
                }
                let body = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
                return unsafe transfer.collector.take(body: body) ? size * count : 0
            }
        )
    }

    private static func at(_ address: UnsafeMutableRawPointer?) -> Transfer? {
        guard let address = unsafe address else { return nil }
        return unsafe Unmanaged<Transfer>.fromOpaque(address).takeUnretainedValue()
    }
}
