/// A text that nobody may see: no way of printing it shows what it is.
public struct Secret: Sendable, Hashable {
    private let text: String

    /// Takes `text` into keeping.
    public init(_ text: String) { self.text = text }

    /// The text itself, for the one place that must have it.
    public func revealed() -> String { text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Never the text.
    public var description: String { "a secret" }
    /// Never the text.
    public var debugDescription: String { description }
    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
