import Foundation

/// One client's visit to a post office, from the greeting to the goodbye.
struct Visit {
    private let office: PostOffice
    private let conduct: PostOffice.Conduct
    private let wire: Wire
    private var isSecure = false
    private var hello = ""
    private var signedInAs: String?
    private var sender: String?
    private var recipients: [String] = []

    init(office: PostOffice, conduct: PostOffice.Conduct, wire: Wire) {
        self.office = office
        self.conduct = conduct
        self.wire = wire
    }

    mutating func serve() {
        if case .tls(let certificate) = conduct.security {
            guard (try? wire.secure(with: certificate)) != nil else { return }
            isSecure = true
        }
        guard at(.greeting, otherwise: { $0.say("220 mail.school.example ESMTP") }) else { return }
        while let line = wire.readLine() {
            let text = String(decoding: line, as: UTF8.self)
            guard take(text) else { return }
        }
    }

    /// Does what the conduct wants at a stage; false ends the visit.
    private mutating func at(
        _ stage: PostOffice.Stage,
        otherwise proceed: (inout Visit) -> Void
    ) -> Bool {
        switch office.act(at: stage) {
        case .proceed:
            proceed(&self)
            return stage != .quit
        case .answer(let line):
            say(line)
            return true
        case .stall:
            while wire.readLine() != nil {}
            return false
        case .drop, .keepAndDrop:
            return false
        }
    }

    private func say(_ line: String) { wire.send(line) }

    private mutating func take(_ line: String) -> Bool {
        let verb = line.prefix { $0 != " " && $0 != ":" }.uppercased()
        switch verb {
        case "EHLO", "HELO":
            return at(.hello) { visit in
                visit.hello = String(line.dropFirst(5))
                visit.sayHello(verb)
            }
        case "STARTTLS":
            return at(.startTLS) { $0.startTLS() }
        case "AUTH":
            return at(.signIn) { $0.signIn(line) }
        case "MAIL":
            return at(.sender) { $0.takeSender(line) }
        case "RCPT":
            return at(.recipient) { visit in
                visit.recipients.append(Self.path(in: line))
                visit.say("250 2.1.5 ok")
            }
        case "DATA":
            return takeData()
        case "RSET", "NOOP":
            say("250 ok")
            return true
        case "QUIT":
            return at(.quit) { $0.say("221 bye") }
        default:
            // OpenSSL's own words come before the first decrypted line.
            if !isSecure { say("500 5.5.1 unknown") }
            return true
        }
    }

    private func sayHello(_ verb: String) {
        var lines = ["mail.school.example"]
        if verb == "EHLO" {
            lines += ["8BITMIME", "SIZE 1000000", "ENHANCEDSTATUSCODES"]
            if case .startTLS = conduct.security, !isSecure { lines.append("STARTTLS") }
            if conduct.signIn != nil {
                lines.append("AUTH \(conduct.mechanisms.joined(separator: " "))")
            }
        }
        for line in lines.dropLast() { say("250-\(line)") }
        say("250 \(lines.last ?? "")")
    }

    private mutating func startTLS() {
        guard case .startTLS(let certificate) = conduct.security, !isSecure else {
            return say("502 5.5.1 not here")
        }
        say("220 2.0.0 go on")
        isSecure = (try? wire.secure(with: certificate)) != nil
    }

    private mutating func signIn(_ line: String) {
        let words = line.split(separator: " ").map(String.init)
        guard let expected = conduct.signIn, words.count > 1,
            conduct.mechanisms.contains(words[1].uppercased())
        else { return say("504 5.5.4 not this way") }
        var given: (name: String, secret: String)?
        switch words[1].uppercased() {
        case "PLAIN":
            let parts = decoded(words.count > 2 ? words[2] : ask(""))
                .split(separator: "\0", omittingEmptySubsequences: false)
            if parts.count == 3 { given = (String(parts[1]), String(parts[2])) }
        case "LOGIN":
            let name = decoded(words.count > 2 ? words[2] : ask("Username:"))
            given = (name, decoded(ask("Password:")))
        default:
            break
        }
        guard let given, given == expected else { return say("535 5.7.8 who?") }
        signedInAs = given.name
        say("235 2.7.0 welcome")
    }

    private func ask(_ question: String) -> String {
        say("334 \(Data(question.utf8).base64EncodedString())")
        return String(decoding: wire.readLine() ?? [], as: UTF8.self)
    }

    private func decoded(_ text: String) -> String {
        String(decoding: Data(base64Encoded: text) ?? Data(), as: UTF8.self)
    }

    private mutating func takeSender(_ line: String) {
        guard conduct.signIn == nil || signedInAs != nil else {
            return say("530 5.7.0 sign in first")
        }
        sender = Self.path(in: line)
        recipients = []
        say("250 2.1.0 ok")
    }

    private mutating func takeData() -> Bool {
        guard let sender, !recipients.isEmpty else {
            say("503 5.5.1 not yet")
            return true
        }
        var begins = false
        guard
            at(
                .data,
                otherwise: { visit in
                    visit.say("354 go on")
                    begins = true
                }
            )
        else { return false }
        guard begins else { return true }
        guard let content = readBody() else { return false }
        let mail = ReceivedMail(
            sender: sender,
            recipients: recipients,
            hello: hello,
            signedInAs: signedInAs,
            wasEncrypted: isSecure,
            content: content
        )
        self.sender = nil
        switch office.act(at: .body) {
        case .proceed:
            office.keep(mail)
            say("250 2.0.0 kept")
            return true
        case .answer(let line):
            say(line)
            return true
        case .stall:
            while wire.readLine() != nil {}
            return false
        case .keepAndDrop:
            office.keep(mail)
            return false
        case .drop:
            return false
        }
    }

    /// The mail without its doubled dots, or nil where the client went before its end.
    private func readBody() -> [UInt8]? {
        var content: [UInt8] = []
        while let line = wire.readLine() {
            if line == [UInt8(ascii: ".")] { return content }
            content += line.first == UInt8(ascii: ".") ? Array(line.dropFirst()) : line
            content += [0x0D, 0x0A]
        }
        return nil
    }

    /// What stands between the brackets.
    private static func path(in line: String) -> String {
        String(line.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" })
    }
}
