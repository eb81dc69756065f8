import Foundation
import NIOCore
import Synchronization

/// The connections that are open: where there is no room for another, whoever only holds one makes
/// it.
///
/// Of those that wait for nothing but a next request, the one that has waited longest is closed;
/// those on which nobody has shown who she is go before all others.
final class OpenConnections: Sendable {
    /// One open connection.
    final class Member: Sendable {
        fileprivate let channel: any Channel
        fileprivate let peer: String
        private let known = Atomic<Bool>(false)
        private let asked = Atomic<Int>(0)
        private let waitingSince: Atomic<UInt64>

        fileprivate init(_ channel: any Channel, peer: String) {
            self.channel = channel
            self.peer = peer
            waitingSince = Atomic(NIODeadline.now().uptimeNanoseconds)
        }

        /// Whether somebody showed on it who she is.
        var isKnown: Bool { known.load(ordering: .relaxed) }

        /// Since when nothing is to be answered on it; nil while something is.
        var idleSince: NIODeadline? {
            guard asked.load(ordering: .acquiring) == 0 else { return nil }
            return .uptimeNanoseconds(waitingSince.load(ordering: .relaxed))
        }

        /// Notes that somebody showed who she is.
        func know() { known.store(true, ordering: .relaxed) }

        /// Notes a whole request that is to be answered.
        func beginAnswer() { asked.add(1, ordering: .relaxed) }

        /// Notes that it was answered.
        func endAnswer() {
            waitingSince.store(NIODeadline.now().uptimeNanoseconds, ordering: .relaxed)
            asked.subtract(1, ordering: .releasing)
        }
    }

    private struct State {
        var members: [ObjectIdentifier: Member] = [:]
        var counts: [String: Int] = [:]

        mutating func drop(_ member: Member) {
            let name = ObjectIdentifier(member.channel)
            guard members[name] === member else { return }
            members[name] = nil
            let count = counts[member.peer, default: 1] - 1
            counts[member.peer] = count > 0 ? count : nil
        }

        /// Who makes room: strangers first, then those who have waited longest.
        func longestIdle(of peer: String?) -> Member? {
            var best: (member: Member, isKnown: Bool, since: NIODeadline)?
            for member in members.values where peer == nil || member.peer == peer {
                guard let since = member.idleSince else { continue }
                let isKnown = member.isKnown
                if let best, (best.isKnown ? 1 : 0, best.since) <= (isKnown ? 1 : 0, since) {
                    continue
                }
                best = (member, isKnown, since)
            }
            return best?.member
        }
    }
    private let state = Mutex(State())
    private let limit: Int
    private let peerLimit: Int

    /// - Parameters:
    ///   - limit: Connections at once.
    ///   - peerLimit: Connections at once from one address.
    init(limit: Int, peerLimit: Int) {
        self.limit = limit
        self.peerLimit = peerLimit
    }

    /// The number of connections.
    var count: Int { state.withLock { $0.members.count } }

    /// Takes a new connection in, and closes another where that takes one too many.
    /// - Returns: The connection; nil where everybody else is being answered and there is no room.
    func enter(_ channel: any Channel) -> Member? {
        let member = Member(channel, peer: Self.peer(of: channel))
        let (isIn, leaving) = state.withLock { state -> (Bool, Member?) in
            var leaving: Member?
            let isPeerFull = state.counts[member.peer, default: 0] >= peerLimit
            if isPeerFull || state.members.count >= limit {
                leaving = state.longestIdle(of: isPeerFull ? member.peer : nil)
                guard let leaving else { return (false, nil) }
                state.drop(leaving)
            }
            state.members[ObjectIdentifier(channel)] = member
            state.counts[member.peer, default: 0] += 1
            return (true, leaving)
        }
        leaving?.channel.close(promise: nil)
        guard isIn else { return nil }
        channel.closeFuture.whenComplete { [self] _ in state.withLock { $0.drop(member) } }
        return member
    }

    /// The connection of a channel, or the one that a stream belongs to.
    func member(of channel: any Channel) -> Member? {
        state.withLock { state in
            state.members[ObjectIdentifier(channel)]
                ?? channel.parent.flatMap { state.members[ObjectIdentifier($0)] }
        }
    }

    /// The address of the other end; of IPv6, the network that one customer gets.
    private static func peer(of channel: any Channel) -> String {
        guard let text = channel.remoteAddress?.ipAddress else { return "" }
        var bytes = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, text, &bytes) == 1 else { return text }
        // ::ffff:0:0/96 is IPv4 in another dress, and each of those stands for itself.
        let isFour = bytes.prefix(10).allSatisfy { $0 == 0 }
        return bytes.prefix(isFour ? 16 : 8).map { String($0, radix: 16) }.joined(separator: ":")
    }
}
