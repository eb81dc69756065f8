import Glibc
import Synchronization

/// A name server that never answers, for some names: libcurl calls this process's `getaddrinfo`.
///
/// A linker setting of the tests exports the symbol, which makes the loader prefer it to the C
/// library's. Another name has no address, without asking anybody. All others go on to the C
/// library.
package enum StalledResolver {
    /// For the tests of the transport.
    package static let name = "stalled.school.example"
    /// For the tests of logins, which may run at the same time.
    package static let loginName = "stalled.login.school.example"
    /// For the tests of mail, likewise.
    package static let mailName = "stalled.mail.school.example"
    package static let unknownName = "nowhere.school.example"

    private struct State {
        var asked = 0
        var door = Door()
    }

    private static let states = Mutex([
        name: State(), loginName: State(), mailName: State(),
    ])

    /// How often the name was asked for.
    package static func asked(_ name: String = name) -> Int {
        states.withLock { $0[name]?.asked ?? 0 }
    }

    /// Lets the look-ups of the name end that hang now; later ones hang again.
    package static func release(_ name: String = name) {
        states.withLock { states in
            states[name]?.door.open()
            states[name]?.door = Door()
        }
    }

    /// Waits where the name is one that hangs.
    /// - Returns: Whether it is.
    fileprivate static func stalls(_ name: String) -> Bool {
        let door: Door? = states.withLock { states in
            states[name]?.asked += 1
            return states[name]?.door
        }
        door?.wait()
        return door != nil
    }
}

@c(getaddrinfo)
func lookUp(
    _ node: UnsafePointer<CChar>?,
    _ service: UnsafePointer<CChar>?,
    _ hints: UnsafePointer<addrinfo>?,
    _ result: UnsafeMutablePointer<UnsafeMutablePointer<addrinfo>?>?
) -> Int32 {
    if let node, StalledResolver.stalls(String(cString: node)) { return EAI_NONAME }
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
