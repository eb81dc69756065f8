internal import CCurl

/// One mail inside curl: its handle, what is left to hand over, and what was said so far.
///
/// Lives on one thread. curl holds its address as callback argument, for as long as `run` lasts.
@safe
final class SMTPTransfer {
    /// curl wants this once in a process, before anything else.
    private static let isCurlReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private let settings: SMTPSettings
    private let farewell: Duration
    private let delivery: Delivery
    private let mail: [UInt8]
    private let pointer: UnsafeMutableRawPointer?
    private let errorText: UnsafeMutablePointer<CChar>
    private var recipients: UnsafeMutablePointer<curl_slist>?
    private var refused = false
    private var position = 0
    private var dialogue = SMTPDialogue()
    private var settledAt: ContinuousClock.Instant?

    init(
        _ message: MailMessage,
        _ settings: SMTPSettings,
        _ farewell: Duration,
        _ delivery: Delivery
    ) {
        self.settings = settings
        self.farewell = farewell
        self.delivery = delivery
        mail = message.encoded()
        unsafe pointer = Self.isCurlReady ? curl_easy_init() : nil
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        unsafe recipients = curl_slist_append(nil, "<\(message.to.mailbox)>")
        set(CURLOPT_MAIL_FROM, "<\(message.from.mailbox)>")
        unsafe set(CURLOPT_MAIL_RCPT, pointer: recipients)
        applySettings()
        applyCallbacks()
    }

    deinit {
        // In this order: the handle may still use the others while it closes.
        unsafe curl_easy_cleanup(pointer)
        unsafe curl_slist_free_all(recipients)
        unsafe errorText.deallocate()
    }

    /// Does all of it; blocks until curl has ended.
    ///
    /// The delivery is settled as soon as the server has answered, before it says goodbye.
    func run() -> MailOutcome {
        guard unsafe pointer != nil, unsafe recipients != nil, !refused else {
            return dialogue.outcome(.other(Int(CURLE_FAILED_INIT.rawValue)), host: settings.host)
        }
        let code = unsafe curl_easy_perform(pointer)
        return dialogue.outcome(ending(of: code), host: settings.host)
    }

    // MARK: Options

    private func applySettings() {
        unsafe set(CURLOPT_ERRORBUFFER, pointer: errorText)
        set(CURLOPT_NOSIGNAL, 1)
        // Without this a stalled resolver is joined, and the timeouts with it.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        // The environment's proxies are for the web.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_URL, settings.url)
        set(CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeout.curlMilliseconds)
        set(CURLOPT_TIMEOUT_MS, settings.timeout.curlMilliseconds)
        set(CURLOPT_SERVER_RESPONSE_TIMEOUT, (settings.timeout.curlMilliseconds + 999) / 1000)
        // Says goodbye while our callbacks are there to end it, and not when the handle closes,
        // where curl would wait two minutes.
        set(CURLOPT_FORBID_REUSE, 1)
        if settings.security != .none { applyTLS() }
        if let signIn = settings.signIn {
            set(CURLOPT_USERNAME, signIn.name)
            set(CURLOPT_PASSWORD, signIn.secret)
        }
    }

    private func applyTLS() {
        set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        guard let caFile = settings.caFile else { return }
        set(CURLOPT_CAINFO, caFile)
        unsafe set(CURLOPT_CAPATH, pointer: nil)
    }

    /// curl calls back on this thread, within `perform`, while the caller of `run` holds `self`.
    private func applyCallbacks() {
        let address = unsafe UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
        set(CURLOPT_UPLOAD, 1)
        unsafe note(ccurl_set_size(pointer, CURLOPT_INFILESIZE_LARGE, curl_off_t(mail.count)))
        unsafe set(CURLOPT_READDATA, pointer: address)
        unsafe set(CURLOPT_HEADERDATA, pointer: address)
        unsafe set(CURLOPT_XFERINFODATA, pointer: address)
        set(CURLOPT_NOPROGRESS, 0)
        unsafe set(
            CURLOPT_READFUNCTION,
            transferring: { buffer, size, count, address in
                guard let transfer = unsafe SMTPTransfer.at(address) else { return 0 }
                return unsafe transfer.handOver(
                    UnsafeMutableRawBufferPointer(start: buffer, count: size * count)
                )
            }
        )
        unsafe set(
            CURLOPT_HEADERFUNCTION,
            transferring: { bytes, size, count, address in
                guard let transfer = unsafe SMTPTransfer.at(address) else { return 0 }
                unsafe transfer.take(UnsafeRawBufferPointer(start: bytes, count: size * count))
                return size * count
            }
        )
        // Nothing but replies comes in, and those come as headers; curl would print the rest.
        unsafe set(CURLOPT_WRITEFUNCTION, transferring: { _, size, count, _ in size * count })
        // curl's own record of the connection, which is looked at for one command only.
        set(CURLOPT_VERBOSE, 1)
        unsafe set(CURLOPT_DEBUGDATA, pointer: address)
        unsafe note(
            ccurl_set_debug(pointer) { _, kind, bytes, count, address in
                guard let transfer = unsafe SMTPTransfer.at(address),
                    kind == CURLINFO_HEADER_OUT
                else { return 0 }
                unsafe transfer.note(sent: UnsafeRawBufferPointer(start: bytes, count: count))
                return 0
            }
        )
        unsafe note(
            ccurl_set_progress(pointer) { address, _, _, _, _ in
                guard let transfer = unsafe SMTPTransfer.at(address) else { return 1 }
                return transfer.shouldEnd ? 1 : 0
            }
        )
    }

    // MARK: What curl calls

    private func handOver(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, mail.count - position)
        unsafe buffer.copyBytes(from: mail[position..<position + count])
        position += count
        if position == mail.count { dialogue.handOverBody() }
        return count
    }

    private func take(_ line: UnsafeRawBufferPointer) {
        unsafe dialogue.take(line: Array(line))
        guard dialogue.finalReply != nil, settledAt == nil else { return }
        settledAt = .now
        delivery.settle(dialogue.outcome(.completed, host: settings.host))
    }

    private func note(sent command: UnsafeRawBufferPointer) {
        if unsafe command.starts(with: "QUIT".utf8) { dialogue.sayGoodbye() }
    }

    /// Asked by curl once a second at least.
    private var shouldEnd: Bool {
        if let settledAt { return settledAt.duration(to: .now) >= farewell }
        return delivery.isCancelled
    }

    private static func at(_ address: UnsafeMutableRawPointer?) -> SMTPTransfer? {
        guard let address = unsafe address else { return nil }
        return unsafe Unmanaged<SMTPTransfer>.fromOpaque(address).takeUnretainedValue()
    }

    // MARK: Setting

    private func set(_ option: CURLoption, _ value: Int) {
        unsafe note(ccurl_set_long(pointer, option, value))
    }

    /// Copied by curl.
    private func set(_ option: CURLoption, _ value: String) {
        unsafe note(ccurl_set_pointer(pointer, option, value))
    }

    private func set(_ option: CURLoption, pointer value: UnsafeRawPointer?) {
        unsafe note(ccurl_set_pointer(pointer, option, value))
    }

    private func set(
        _ option: CURLoption,
        transferring:
            @convention(c) (
                UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?
            ) -> Int
    ) {
        unsafe note(ccurl_set_writer(pointer, option, transferring))
    }

    private func note(_ code: CURLcode) {
        if code != CURLE_OK { refused = true }
    }

    // MARK: The end

    private func ending(of code: CURLcode) -> SMTPDialogue.Ending {
        switch code {
        case CURLE_OK:
            return .completed
        case CURLE_ABORTED_BY_CALLBACK:
            return .cancelled
        case CURLE_OPERATION_TIMEDOUT:
            return .timedOut
        case CURLE_COULDNT_RESOLVE_HOST:
            return .noName
        case CURLE_COULDNT_CONNECT:
            return .noConnection("no connection")
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_USE_SSL_FAILED:
            return .noTLS(tlsReason(code))
        case CURLE_LOGIN_DENIED, CURLE_AUTH_ERROR:
            return .noSignIn
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_UPLOAD_FAILED:
            return .broken
        default:
            return .other(Int(code.rawValue))
        }
    }

    /// curl's words about a certificate are the only text of curl that is shown: at that time
    /// nothing of the mail has been said.
    private func tlsReason(_ code: CURLcode) -> String {
        let words = unsafe String(cString: errorText).unicodeScalars
            .filter { $0.isASCII && $0.value >= 0x20 }
        guard !words.isEmpty else { return "TLS error \(code.rawValue)" }
        return String(String.UnicodeScalarView(words.prefix(160)))
    }
}
