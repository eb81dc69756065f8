import Accounts
import Muster
import Roster

/// Who logs in and how, as a client sends it.
struct LoginBody: Hashable {
    /// How the client names the person; nil where nobody can have that name.
    var key: LoginKey?
    var method = LoginMethod.sso
    var subject: HostSubject?

    private enum Name: String, CaseIterable {
        case email
        case sourceID
        case kind
        case username
        case method
        case issuer
        case subject
    }

    /// The login in a JSON object.
    init(_ bytes: [UInt8]) throws(Problem) {
        var texts: [Name: String] = [:]
        for member in try FlatObject(bytes).members {
            guard let name = Name(rawValue: member.name) else {
                throw Problem(
                    .badRequest,
                    "There is no member \(member.name.quoted) in a login; leave it out."
                )
            }
            switch member.value {
            case .text(let text): texts[name] = text
            case .null: break
            case .bool, .other:
                throw Problem(.badRequest, "The member \(name.rawValue) must be a text.")
            }
        }
        try takeSubject(texts)
        try takeKey(texts)
        try takeMethod(texts)
    }

    private mutating func takeKey(_ texts: [Name: String]) throws(Problem) {
        let keys = try LoginKey.all(
            email: texts[.email],
            sourceID: texts[.sourceID],
            kind: texts[.kind],
            username: texts[.username]
        )
        // A subject that is bound already names her well enough.
        if keys.isEmpty, let subject {
            key = .subject(subject)
            return
        }
        guard keys.count == 1 else {
            throw Problem(
                .badRequest,
                "Send one of email, sourceID and username; a subject may stand beside or alone."
            )
        }
        key = keys[0].isPossible ? keys[0] : nil
    }

    private mutating func takeMethod(_ texts: [Name: String]) throws(Problem) {
        guard let text = texts[.method] else { return }
        guard let method = LoginMethod(rawValue: text) else {
            throw Problem(.badRequest, "The member method must be sso or password.")
        }
        self.method = method
    }

    private mutating func takeSubject(_ texts: [Name: String]) throws(Problem) {
        guard let text = texts[.subject] else {
            guard texts[.issuer] == nil else {
                throw Problem(.badRequest, "The member issuer needs a subject beside it.")
            }
            return
        }
        let issuer = texts[.issuer] ?? ""
        guard !text.isEmpty, text.isPlain(limit: 1024), issuer.isPlain(limit: 1024) else {
            throw Problem(
                .badRequest,
                "The members issuer and subject may have 1024 characters and no control characters."
            )
        }
        subject = HostSubject(issuer: issuer, subject: text)
    }
}

extension LoginKey {
    /// The names in what a client sent.
    static func all(
        email: String?,
        sourceID: String?,
        kind: String?,
        username: String?
    ) throws(Problem) -> [LoginKey] {
        let stated = kind.flatMap(PersonKind.init)
        guard kind == nil || stated != nil else {
            throw Problem(.badRequest, "The member kind must be staff, student or contact.")
        }
        guard stated == nil || sourceID != nil else {
            throw Problem(.badRequest, "The member kind needs a sourceID beside it.")
        }
        return [
            email.map { .email($0) }, sourceID.map { .sourceID($0, kind: stated) },
            username.map { .username($0) },
        ].compactMap(\.self)
    }

    /// Whether anybody can have this name.
    ///
    /// An address is never longer than 320 characters, and no name has control characters; neither
    /// store nor source need be asked for such a one.
    var isPossible: Bool {
        switch self {
        case .email(let text), .sourceID(let text, _), .username(let text):
            !text.isEmpty && text.isPlain(limit: 320)
        case .subject: true
        }
    }
}

extension String {
    /// Whether it has at most `limit` characters and no control characters.
    fileprivate func isPlain(limit: Int) -> Bool {
        guard utf8.count <= 4 * limit, unicodeScalars.count <= limit else { return false }
        var previous: UInt8 = 0
        for byte in utf8 {
            let isControl =
                byte < 0x20 || byte == 0x7F
                // U+0080 to U+009F, the control characters beyond ASCII.
                || previous == 0xC2 && (0x80...0x9F).contains(byte)
            if isControl { return false }
            previous = byte
        }
        return true
    }
}
