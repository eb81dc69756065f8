import Crypto

/// Ties a form to the browser that was shown it: the text is in a cookie, its proof in the form.
///
/// Another site can make a browser send the cookie, but can neither read it nor work out the proof.
struct FormSecret {
    /// The cookie of forms that carry no link.
    static let cookie = "muster_form"

    let text: String

    /// A new one.
    init() {
        var generator = SystemRandomNumberGenerator()
        text = (0..<4).map { _ in String(generator.next(), radix: 36) }.joined()
    }

    /// The one whose text came in a cookie; nil where that is none.
    init?(_ text: String) {
        guard (20...100).contains(text.utf8.count) else { return nil }
        self.text = text
    }

    /// What the form carries.
    var proof: String {
        SHA256.hash(data: Array("muster form \(text)".utf8)).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }

    /// Whether the form carried the proof.
    func isProved(by sent: String?) -> Bool {
        guard let sent else { return false }
        let (left, right) = (Array(proof.utf8), Array(sent.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
