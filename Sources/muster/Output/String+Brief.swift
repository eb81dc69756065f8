extension String {
    /// The text as a sentence may repeat it, which need not hold all that somebody sent.
    var brief: String { cut(to: 40) }

    /// A path as a sentence may repeat it: people need more of it than of a name, above all its end.
    var briefPath: String { contains("/") ? cut(to: 200, keepingEnd: true) : brief }

    /// Counted in scalars: one visible character may be made of any number of them.
    private func cut(to limit: Int, keepingEnd: Bool = false) -> String {
        let scalars = unicodeScalars
        guard
            scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex)
                .map({ $0 < scalars.endIndex }) == true
        else { return self }
        return keepingEnd
            ? "…\(String(scalars.suffix(limit - 1)))" : "\(String(scalars.prefix(limit - 1)))…"
    }
}
