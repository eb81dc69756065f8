internal import CCurl

/// The owner of one curl easy handle and its error text; only the driver thread has any.
///
/// A class, because handles lie in a pool; whoever holds one must have removed it from the multi
/// handle before letting go, as curl demands.
@safe
final class EasyHandle {
    let pointer: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var refused = false

    init?() {
        guard let pointer = unsafe curl_easy_init() else { return nil }
        unsafe self.pointer = pointer
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        // In this order: the handle may still write to its error text while it closes.
        unsafe curl_easy_cleanup(pointer)
        unsafe errorText.deallocate()
    }

    /// Forgets the last request; open connections and TLS sessions stay.
    func reset() {
        unsafe curl_easy_reset(pointer)
        unsafe errorText.pointee = 0
        refused = false
    }

    /// Whether curl took every option since the last reset.
    var isComplete: Bool { !refused }

    /// What curl wrote about the last failure.
    var detail: String { unsafe String(cString: errorText) }

    func collectErrorText() {
        note(unsafe ccurl_set_pointer(pointer, CURLOPT_ERRORBUFFER, errorText))
    }

    func set(_ option: CURLoption, _ value: Int) {
        note(unsafe ccurl_set_long(pointer, option, value))
    }

    /// Copied by curl, except for the options that are documented otherwise.
    func set(_ option: CURLoption, _ value: String) {
        note(unsafe ccurl_set_pointer(pointer, option, value))
    }

    func set(_ option: CURLoption, pointer value: UnsafeRawPointer?) {
        note(unsafe ccurl_set_pointer(pointer, option, value))
    }

    func set(
        _ option: CURLoption,
        writer:
            @convention(c) (
                UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?
            ) -> Int
    ) {
        note(unsafe ccurl_set_writer(pointer, option, writer))
    }

    /// Copies the body into curl; the size must be known to curl before the bytes.
    func setBody(_ bytes: [UInt8]) {
        note(unsafe ccurl_set_size(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count)))
        guard !bytes.isEmpty else { return set(CURLOPT_COPYPOSTFIELDS, "") }
        unsafe bytes.withUnsafeBytes { buffer in
            unsafe set(CURLOPT_COPYPOSTFIELDS, pointer: buffer.baseAddress)
        }
    }

    func long(_ info: CURLINFO) -> Int {
        var value = 0
        _ = unsafe ccurl_get_long(pointer, info, &value)
        return value
    }

    /// One of curl's times.
    func duration(_ info: CURLINFO) -> Duration {
        var microseconds: curl_off_t = 0
        _ = unsafe ccurl_get_size(pointer, info, &microseconds)
        return .microseconds(microseconds)
    }

    private func note(_ code: CURLcode) {
        if code != CURLE_OK { refused = true }
    }
}
