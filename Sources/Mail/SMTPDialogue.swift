/// What was said between us and a mail server, and what became of the mail by it.
///
/// Pure: reply lines and progress in, the outcome out.
struct SMTPDialogue {
    /// The last line of a reply, without its words.
    struct Reply: Equatable {
        let code: Int
        /// As in `5.1.1`, where the server gives one.
        let status: String?

        /// Both, as an operator can look them up.
        var words: String { status.map { "\(code) \($0)" } ?? "\(code)" }
    }

    /// How curl's part of it ended.
    enum Ending: Equatable {
        case completed
        case cancelled
        case timedOut
        /// The server's name has no address.
        case noName
        case noConnection(String)
        case noTLS(String)
        /// Neither name and secret nor a way of giving them was taken.
        case noSignIn
        /// A command was refused, or the connection broke.
        case broken
        /// Whatever else curl stumbles over.
        case other(Int)
    }

    private(set) var lastReply: Reply?
    private(set) var isBodyHandedOver = false
    private var isOver = false
    /// The reply to the whole mail.
    private(set) var finalReply: Reply?

    /// Takes a line of the server's.
    mutating func take(line: some Collection<UInt8>) {
        let code = line.prefix(3).reduce(0) { $0 * 10 + Int($1) - 0x30 }
        guard !isOver, line.count >= 3, line.prefix(3).allSatisfy({ (0x30...0x39).contains($0) }),
            // A hyphen after the code announces another line.
            line.dropFirst(3).first != UInt8(ascii: "-")
        else { return }
        let reply = Reply(code: code, status: Self.status(in: line.dropFirst(4), of: code))
        lastReply = reply
        if isBodyHandedOver, finalReply == nil { finalReply = reply }
    }

    /// Notes that curl has all of the mail; from now on the server may have it too.
    mutating func handOverBody() { isBodyHandedOver = true }

    /// Notes that we say goodbye: what is answered to that says nothing of the mail.
    mutating func sayGoodbye() { isOver = true }

    func outcome(_ ending: Ending, host: String) -> MailOutcome {
        if let finalReply { return outcome(ofFinal: finalReply, host) }
        if ending == .completed { return .sent }
        guard !isBodyHandedOver else {
            return .uncertain(
                sentence: "\(host) got the mail but did not say that it took it; it may arrive"
                    + " twice when it is sent again."
            )
        }
        return notTaken(ending, host)
    }

    private func outcome(ofFinal reply: Reply, _ host: String) -> MailOutcome {
        switch reply.code {
        case 200..<300: .sent
        case 500..<600: refusal(reply, host)
        case 400..<500: delay(reply, host)
        default:
            .uncertain(
                sentence: "\(host) answered the mail with \(reply.words), which says neither yes"
                    + " nor no; it may arrive twice when it is sent again."
            )
        }
    }

    private func notTaken(_ ending: Ending, _ host: String) -> MailOutcome {
        let reply = lastReply.flatMap { $0.code >= 400 ? $0 : nil }
        switch ending {
        case .completed, .broken:
            guard let reply else {
                return later("The connection to \(host) broke before the mail was handed over")
            }
            // These are about us and the server, not about this mail.
            let isAboutSignIn = [530, 534, 535, 538].contains(reply.code)
            guard !isAboutSignIn else { return signInRefused(reply, host) }
            return reply.code >= 500 ? refusal(reply, host) : delay(reply, host)
        case .noSignIn:
            return signInRefused(reply, host)
        case .cancelled:
            return later("The mail was not handed over because its sender was stopped")
        case .timedOut:
            return later("\(host) did not answer in time")
        case .noName:
            return later("The mail server's name \(host) has no address")
        case .noConnection(let reason):
            return later("\(host) could not be reached (\(reason))")
        case .noTLS(let reason):
            return later("No secure connection to \(host) (\(reason))", reply?.code)
        case .other(let code):
            guard let reply else { return later("\(host) could not be talked to (curl \(code))") }
            return later("\(host) takes no mail now (\(reply.words))", reply.code)
        }
    }

    private func refusal(_ reply: Reply, _ host: String) -> MailOutcome {
        .permanent(
            code: reply.code,
            sentence: "\(host) refused the mail (\(reply.words)); check the address it goes to and"
                + " the one it comes from."
        )
    }

    private func delay(_ reply: Reply, _ host: String) -> MailOutcome {
        later("\(host) put the mail off (\(reply.words))", reply.code)
    }

    private func signInRefused(_ reply: Reply?, _ host: String) -> MailOutcome {
        .temporary(
            code: reply?.code,
            sentence:
                "\(host) does not accept our user name and secret\(reply.map { " (\($0.words))" } ?? "");"
                + " correct them, and the mail is tried again."
        )
    }

    private func later(_ what: String, _ code: Int? = nil) -> MailOutcome {
        .temporary(code: code, sentence: "\(what); it is tried again later.")
    }

    /// An enhanced status code (RFC 3463) of the same class as the reply, and nothing else.
    private static func status(in words: some Collection<UInt8>, of code: Int) -> String? {
        let word = words.prefix { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
        let parts = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ (1...3).contains($0.count) }),
            parts[0].elementsEqual("\(code / 100)".utf8)
        else { return nil }
        return String(decoding: word, as: UTF8.self)
    }
}
