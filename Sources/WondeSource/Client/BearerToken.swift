/// The school's token; no way of printing it shows what it is.
struct BearerToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let text: String

    /// Takes a token without the white space a file may end with.
    /// - Throws: An error that does not repeat the token, where it cannot be one.
    init(_ text: String) throws(WondeSettingsError) {
        let trimmed = text.split(whereSeparator: \.isWhitespace)
        let printable = UInt8(ascii: "!")...UInt8(ascii: "~")
        guard trimmed.count == 1, let token = trimmed.first,
            token.utf8.allSatisfy({ printable.contains($0) })
        else {
            throw WondeSettingsError(
                sentence: "The Wonde token is empty or not one word of plain characters;"
                    + " check the token file."
            )
        }
        self.text = String(token)
    }

    /// The value of the `Authorization` line.
    var authorization: String { "Bearer \(text)" }

    var description: String { "a token" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}
