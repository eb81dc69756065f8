import Foundation
import Glibc

/// A thread that answers every request with the same bytes: what loopback alone costs here.
///
/// It serves one run: its thread ends when the last connection is closed.
enum BareResponder {
    /// Begins to answer with `answer`; gives the port.
    static func start(answering answer: [UInt8]) throws(BenchTrouble) -> UInt16 {
        let (socket, port) = try Loopback.listen()
        let thread = Thread { serve(socket, answer) }
        thread.name = "bare responder"
        thread.start()
        return port
    }

    private static func serve(_ listener: Int32, _ answer: [UInt8]) {
        var watched = [watch(listener)]
        var buffer = [UInt8](repeating: 0, count: 65_536)
        repeat {
            guard poll(&watched, nfds_t(watched.count), -1) > 0 else { continue }
            for index in watched.indices where watched[index].revents != 0 {
                let socket = watched[index].fd
                if socket == listener {
                    watched.append(watch(accept(listener, nil, nil)))
                } else if recv(socket, &buffer, buffer.count, 0) > 0 {
                    // A request was sent at once and nothing else is on its way: it is whole.
                    send(socket, answer, answer.count, Int32(MSG_NOSIGNAL))
                } else {
                    close(socket)
                    // A negative socket is not looked at.
                    watched[index].fd = -1
                }
            }
        } while watched.count == 1 || watched.dropFirst().contains { $0.fd >= 0 }
        close(listener)
    }

    private static func watch(_ socket: Int32) -> pollfd {
        pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    }
}
