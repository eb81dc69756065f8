internal import CCurl

/// The owner of curl's multi handle; only the driver thread has one.
@safe
struct MultiHandle: ~Copyable {
    private let handle: UnsafeMutableRawPointer

    init?(connectionsPerHost: Int) {
        guard let handle = unsafe curl_multi_init() else { return nil }
        unsafe self.handle = handle
        _ = unsafe ccurl_multi_set_long(
            handle,
            CURLMOPT_MAX_HOST_CONNECTIONS,
            max(1, connectionsPerHost)
        )
        // Without this, curl keeps four idle connections for each request under way.
        _ = unsafe ccurl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, 256)
    }

    deinit { _ = unsafe curl_multi_cleanup(handle) }

    var bell: MultiBell { unsafe MultiBell(handle) }

    func add(_ easy: EasyHandle) -> Bool {
        unsafe curl_multi_add_handle(handle, easy.pointer) == CURLM_OK
    }

    func remove(_ easy: EasyHandle) {
        _ = unsafe curl_multi_remove_handle(handle, easy.pointer)
    }

    /// Moves every transfer on as far as it goes; false means curl cannot go on at all.
    func perform() -> Bool {
        var running: Int32 = 0
        return unsafe curl_multi_perform(handle, &running) == CURLM_OK
    }

    /// Sleeps until a socket is ready, the bell rings or the time is over.
    func poll(milliseconds: Int32) -> Bool {
        unsafe curl_multi_poll(handle, nil, 0, milliseconds, nil) == CURLM_OK
    }

    /// The next finished transfer: its key and curl's verdict.
    func nextFinished() -> (id: UInt64, code: CURLcode)? {
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(handle, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE else { continue }
            let code = unsafe ccurl_message_result(message)
            var key: UnsafeMutableRawPointer?
            _ = unsafe ccurl_get_pointer(message.pointee.easy_handle, CURLINFO_PRIVATE, &key)
            return (UInt64(UInt(bitPattern: key)), code)
        }
        return nil
    }
}

/// Wakes the driver from its poll.
///
/// Sendable though it holds a pointer: `curl_multi_wakeup` is the one call documented as safe from
/// any thread. The mailbox rings only under its lock, and the driver takes the bell down under the
/// same lock before it frees the handle.
@safe
struct MultiBell: @unchecked Sendable {
    private let handle: UnsafeMutableRawPointer

    init(_ handle: UnsafeMutableRawPointer) {
        unsafe self.handle = handle
    }

    func ring() {
        _ = unsafe curl_multi_wakeup(handle)
    }
}
