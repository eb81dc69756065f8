/// Text as a terminal may have it: nothing in it moves the cursor, rings or turns the direction.
enum TerminalText {
    /// `text` on one line.
    static func line(_ text: String) -> String { clean(text, keepingLineBreaks: false) }

    /// `text` with its line breaks.
    static func lines(_ text: String) -> String { clean(text, keepingLineBreaks: true) }

    /// `text` with a space for whatever a terminal would take for a command.
    private static func clean(_ text: String, keepingLineBreaks: Bool) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control where scalar == "\n" && keepingLineBreaks: scalar
                    case .control, .lineSeparator, .paragraphSeparator: " "
                    case .format where scalar.properties.isBidiControl: " "
                    default: scalar
                    }
                }
            )
        )
    }
}
