import Foundation
import Glibc
import Synchronization

/// A mail server on a real loopback socket that keeps what it gets and misbehaves as told.
///
/// One thread a connection. It shares no code with the sender.
package final class PostOffice: Sendable {
    /// How far a visit has come, named after what the client says next.
    package enum Stage: String, Sendable, CaseIterable {
        /// Nothing yet: the server speaks first.
        case greeting
        case hello
        case startTLS
        case signIn
        case sender
        case recipient
        case data
        /// The whole mail has come.
        case body
        case quit
    }

    /// What the server does at a stage.
    package enum Act: Sendable {
        /// What a server should do.
        case proceed
        /// Says this line instead, and stays where it is.
        case answer(String)
        /// Says nothing until the client goes.
        case stall
        /// Closes the connection.
        case drop
        /// Keeps the mail, and closes the connection without a word; for `body`.
        case keepAndDrop
    }

    /// How the server is to be.
    package struct Conduct: Sendable {
        /// How it is encrypted.
        package enum Security: Sendable {
            case none
            case startTLS(Certificate)
            case tls(Certificate)
        }

        package var security: Security
        /// Who may send; nil asks nobody.
        package var signIn: (name: String, secret: String)?
        /// What it offers to sign in by.
        package var mechanisms: [String]
        /// What it does at a stage, at the n-th time that any client comes to it, from 1.
        package var act: @Sendable (Stage, Int) -> Act

        package init(
            security: Security = .none,
            signIn: (name: String, secret: String)? = nil,
            mechanisms: [String] = ["PLAIN", "LOGIN"],
            act: @escaping @Sendable (Stage, Int) -> Act = { _, _ in .proceed }
        ) {
            self.security = security
            self.signIn = signIn
            self.mechanisms = mechanisms
            self.act = act
        }

        /// Misbehaves once at one stage.
        package static func once(_ act: Act, at stage: Stage) -> Conduct {
            Conduct { $0 == stage && $1 == 1 ? act : .proceed }
        }
    }

    private struct State {
        var mails: [ReceivedMail] = []
        var visits: [Stage: Int] = [:]
        var wires: [Int: Wire] = [:]
        var lastWire = 0
        var isClosed = false
    }

    package let port: Int
    /// Stages as clients come to them; for one reader.
    package let stages: AsyncStream<Stage>
    private let arrivals: AsyncStream<ReceivedMail>
    private let conduct: Conduct
    private let listener: Int32
    private let state = Mutex(State())
    private let reachedStage: AsyncStream<Stage>.Continuation
    private let arrived: AsyncStream<ReceivedMail>.Continuation

    /// Opens a server on a port of its own choice.
    package init(_ conduct: Conduct = Conduct()) throws {
        self.conduct = conduct
        (stages, reachedStage) = AsyncStream.makeStream()
        (arrivals, arrived) = AsyncStream.makeStream()
        (listener, port) = try Loopback.listen()
        Thread.detachNewThread { [listener, weak self] in
            while true {
                let socket = accept(listener, nil, nil)
                guard socket >= 0 else { break }
                guard let office = self else {
                    Glibc.close(socket)
                    break
                }
                office.admit(socket)
            }
            Glibc.close(listener)
        }
    }

    /// All mails so far.
    package var mails: [ReceivedMail] { state.withLock(\.mails) }

    /// How often clients came to a stage.
    package func visits(to stage: Stage) -> Int { state.withLock { $0.visits[stage] ?? 0 } }

    /// The next mail that nobody has asked for yet; nil once the office is closed.
    package func nextMail() async -> ReceivedMail? {
        var iterator = arrivals.makeAsyncIterator()
        return await iterator.next()
    }

    /// Returns when a client has come to a stage; a time limit of the test ends a wait in vain.
    package func waitForVisit(to stage: Stage) async {
        for await reached in stages where reached == stage { return }
    }

    /// Ends the listener and all connections.
    package func close() {
        // Under the lock, as a wire that has left the list may have given its number back; once
        // only, as the listener gives its own back soon.
        state.withLock { state in
            guard !state.isClosed else { return }
            state.isClosed = true
            shutdown(listener, Int32(SHUT_RDWR))
            for wire in state.wires.values { wire.hangUp() }
        }
        reachedStage.finish()
        arrived.finish()
    }

    deinit { close() }

    // MARK: For the visits

    func act(at stage: Stage) -> Act {
        let count = state.withLock { state in
            state.visits[stage, default: 0] += 1
            return state.visits[stage] ?? 0
        }
        reachedStage.yield(stage)
        return conduct.act(stage, count)
    }

    func keep(_ mail: ReceivedMail) {
        state.withLock { $0.mails.append(mail) }
        arrived.yield(mail)
    }

    private func admit(_ socket: Int32) {
        let wire = Wire(socket: socket)
        let number: Int? = state.withLock { state in
            guard !state.isClosed else { return nil }
            state.lastWire += 1
            state.wires[state.lastWire] = wire
            return state.lastWire
        }
        guard let number else { return wire.close() }
        Thread.detachNewThread { [self] in
            // OpenSSL's process may be gone when it is written to, which must not end this one.
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGPIPE)
            pthread_sigmask(SIG_BLOCK, &signals, nil)
            var visit = Visit(office: self, conduct: conduct, wire: wire)
            visit.serve()
            state.withLock { $0.wires[number] = nil }
            wire.close()
        }
    }
}

/// Sockets of this machine alone.
enum Loopback {
    static func listen() throws -> (socket: Int32, port: Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = address(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard bind(listener, address, length) == 0, Glibc.listen(listener, 64) == 0 else {
                    return Int32(-1)
                }
                return getsockname(listener, address, &length)
            }
        }
        guard status == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }

    static func connect(to port: Int) throws -> Int32 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = address(port: port)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            Glibc.close(socket)
            throw POSIXError(.ECONNREFUSED)
        }
        return socket
    }

    private static func address(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        return address
    }
}
