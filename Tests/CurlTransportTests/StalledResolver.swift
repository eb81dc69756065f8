import Glibc
import Synchronization

/// A name server that never answers, for one name: libcurl calls this process's `getaddrinfo`.
///
/// The test target's linker setting exports the symbol, which makes the loader prefer it to the C
/// library's. A second name has no address, without asking anybody. All others go on to the C
/// library.
enum StalledResolver {
    static let name = "stalled.school.example"
    static let unknownName = "nowhere.school.example"

    private struct State {
        var asked = 0
        var door = Door()
    }

    private static let state = Mutex(State())

    /// How often the name was asked for.
    static var asked: Int { state.withLock(\.asked) }

    /// Lets the look-ups end that hang now; later ones hang again.
    static func release() {
        state.withLock { state in
            state.door.open()
            state.door = Door()
        }
    }

    fileprivate static func wait() {
        let door = state.withLock { state in
            state.asked += 1
            return state.door
        }
        door.wait()
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
    if let node, strcmp(node, StalledResolver.unknownName) == 0 { return EAI_NONAME }
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
