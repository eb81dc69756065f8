/// What a connection may be called.
enum ConnectionName {
    private static let limit = 200

    /// Whether people can read and write `name` on one line.
    static func isUsable(_ name: String) -> Bool {
        !name.isEmpty && name.unicodeScalars.count <= limit
            && TerminalText.line(name).unicodeScalars.elementsEqual(name.unicodeScalars)
    }

    /// What to say where it is not usable.
    static func rule(for subject: String) -> String {
        "\(subject) cannot be empty, longer than \(limit) characters or hold control characters;"
            + " give a short name."
    }
}
