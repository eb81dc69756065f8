internal import CCurl

/// The one thread's work: takes commands, moves transfers, ends what is overdue, settles replies.
///
/// Everything here is confined to that thread; other threads reach it only through the mailbox.
final class Driver {
    private let settings: CurlTransport.Settings
    private let mailbox: Mailbox
    private let multi: MultiHandle
    private var line: WaitingLine
    private var waiting: [UInt64: Exchange] = [:]
    private var running: [UInt64: Transfer] = [:]
    private var spare: [EasyHandle] = []
    private var nextDeadline: ContinuousClock.Instant?

    private static let maximumSpareHandles = 64

    init?(settings: CurlTransport.Settings, mailbox: Mailbox) {
        guard let multi = MultiHandle(connectionsPerHost: settings.maximumConnectionsPerHost) else {
            return nil
        }
        self.settings = settings
        self.mailbox = mailbox
        self.multi = multi
        line = WaitingLine(connectionsPerHost: settings.maximumConnectionsPerHost)
    }

    /// Works until the mailbox says to end, then settles everything left with `stopped`.
    func run() {
        mailbox.hang(multi.bell)
        while let commands = mailbox.take() {
            for command in commands { obey(command) }
            endOverdue()
            guard multi.perform() else { break }
            while let (id, code) = multi.nextFinished() { finish(id, code) }
            guard multi.poll(milliseconds: millisecondsToSleep()) else { break }
        }
        mailbox.hang(nil)
        for exchange in waiting.values { exchange.reply.settle(.failure(.stopped)) }
        for transfer in running.values {
            multi.remove(transfer.easy)
            transfer.exchange.reply.settle(.failure(.stopped))
        }
        waiting = [:]
        running = [:]
    }

    private func obey(_ command: Command) {
        switch command {
        case .start(let exchange):
            // It may have been cancelled on its way here.
            guard !exchange.reply.isSettled else { return }
            let deadline = exchange.request.deadline
            nextDeadline = min(nextDeadline ?? deadline, deadline)
            waiting[exchange.id] = exchange
            let request = exchange.request
            if line.arrived(exchange.id, for: request.target.origin, request.priority) {
                admit([exchange.id])
            }
        case .withdraw(let id):
            drop(id)
        }
    }

    private func admit(_ ids: [UInt64]) {
        var ids = Array(ids.reversed())
        while let id = ids.popLast() {
            guard let exchange = waiting.removeValue(forKey: id), !begin(exchange) else { continue }
            let request = exchange.request
            let reason = "curl refused to begin"
            exchange.reply.settle(.failure(.protocol(host: request.host, reason: reason)))
            ids += line.departed(from: request.target.origin, multiplexed: nil)
        }
    }

    private func begin(_ exchange: Exchange) -> Bool {
        guard let easy = spare.popLast() ?? EasyHandle() else { return false }
        let transfer = Transfer(exchange, on: easy, settings: settings)
        guard easy.isComplete, multi.add(easy) else { return false }
        running[exchange.id] = transfer
        return true
    }

    private func finish(_ id: UInt64, _ code: CURLcode) {
        guard let transfer = running.removeValue(forKey: id) else { return }
        let multiplexed = transfer.spokeMultiplexed
        let outcome = transfer.outcome(of: code, settings: settings)
        multi.remove(transfer.easy)
        let easy = transfer.release()
        if code == CURLE_OK, spare.count < Self.maximumSpareHandles { spare.append(easy) }
        transfer.exchange.reply.settle(outcome)
        admit(
            line.departed(from: transfer.exchange.request.target.origin, multiplexed: multiplexed)
        )
    }

    /// Ends a request whose task no longer waits; its connection closes, or its stream is reset.
    private func drop(_ id: UInt64) {
        if waiting.removeValue(forKey: id) != nil {
            line.withdrew(id)
        } else if let transfer = running.removeValue(forKey: id) {
            multi.remove(transfer.easy)
            admit(line.departed(from: transfer.exchange.request.target.origin, multiplexed: nil))
        }
    }

    /// Deadlines are kept here, not by curl, whose clock does not run while a transfer waits for a
    /// connection.
    private func endOverdue() {
        let now = ContinuousClock.now
        guard let nextDeadline, nextDeadline <= now else { return }
        for exchange in open where exchange.request.deadline <= now {
            exchange.reply.settle(.failure(.timedOut(host: exchange.request.host)))
            drop(exchange.id)
        }
        self.nextDeadline = open.lazy.map(\.request.deadline).min()
    }

    /// Every request that still waits for its answer.
    private var open: [Exchange] { Array(waiting.values) + running.values.map(\.exchange) }

    private func millisecondsToSleep() -> Int32 {
        let longest = 60_000
        guard let nextDeadline else { return Int32(longest) }
        let wait = ContinuousClock.now.duration(to: nextDeadline)
        guard wait > .zero else { return 0 }
        return wait < .seconds(60) ? Int32(wait.wholeMilliseconds) : Int32(longest)
    }
}
