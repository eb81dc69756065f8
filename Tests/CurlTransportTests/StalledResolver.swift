import Glibc
import Synchronization

/// A name server that never answers, for one name: libcurl calls this process's `getaddrinfo`.
///
/// The test target's linker setting exports the symbol, which makes the loader prefer it to the C
/// library's. All other names go on to the C library.
enum StalledResolver {
    static let name = "stalled.school.example"

    /// How many look-ups of the name hang, and whether they may go on.
    private static let state = Mutex((asked: 0, isOpen: true))
    private static let door = Door()

    /// How often the name was asked for.
    static var asked: Int { state.withLock(\.asked) }

    /// From now on look-ups of the name hang until `release`.
    static func stall() { state.withLock { $0.isOpen = false } }

    static func release() {
        state.withLock { $0.isOpen = true }
        door.open()
    }

    fileprivate static func wait() {
        let isOpen = state.withLock { state in
            state.asked += 1
            return state.isOpen
        }
        if !isOpen { door.wait() }
    }
}

@c(getaddrinfo)
func lookUp(
    _ node: UnsafePointer<CChar>?,
    _ service: UnsafePointer<CChar>?,
    _ hints: UnsafePointer<addrinfo>?,
    _ result: UnsafeMutablePointer<UnsafeMutablePointer<addrinfo>?>?
) -> Int32 {
    if let node, strcmp(node, StalledResolver.name) == 0 {
        StalledResolver.wait()
        return EAI_NONAME
    }
    typealias LookUp =
        @convention(c) (
            UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<addrinfo>?,
            UnsafeMutablePointer<UnsafeMutablePointer<addrinfo>?>?
        ) -> Int32
    // RTLD_NEXT, whose cast Swift cannot import.
    guard let real = dlsym(UnsafeMutableRawPointer(bitPattern: -1), "getaddrinfo") else {
        return EAI_FAIL
    }
    return unsafeBitCast(real, to: LookUp.self)(node, service, hints, result)
}
