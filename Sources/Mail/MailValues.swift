internal import Foundation

/// What a template's names stand for in one mail.
enum MailValues {
    private static let maximumLength = 200

    static func of(
        _ occasion: MailOccasion,
        _ reader: MailReader,
        locale: String
    ) -> [MailKey: String] {
        var values: [MailKey: String] = [
            .tenant: oneLine(reader.tenant), .colour: reader.colour.text,
            .onColour: reader.colour.readable,
        ]
        values[.name] = reader.name.map(oneLine)
        values[.contact] = reader.contact.map(oneLine)
        switch occasion {
        case .invitation(let link, let validFor, let loginName):
            values[.link] = page(link)
            values[.loginName] = oneLine(loginName)
            values.merge(span(validFor)) { $1 }
        case .reset(let link, let validFor):
            values[.link] = page(link)
            values.merge(span(validFor)) { $1 }
        case .changed(let time):
            values[.time] = written(time, reader, locale)
        case .addressChanged(let time, let newAddress):
            values[.time] = written(time, reader, locale)
            values[.newAddress] = oneLine(newAddress)
        case .signInThroughSchool(let address):
            values[.page] = address.map(page)
        }
        // What says nothing is as good as absent.
        return values.filter { !$0.value.isEmpty }
    }

    /// A text as one line of bounded length: blanks instead of control characters, and nothing
    /// that turns the direction of what stands behind it.
    static func oneLine(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(4 * maximumLength).map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: " " as Unicode.Scalar
            default: scalar
            }
        }.filter { !turning.contains($0) }
        let line = String(String.UnicodeScalarView(scalars)).split(separator: " ")
            .joined(separator: " ")
        return String(line.prefix(maximumLength))
    }

    /// An address of a page, in the ASCII that every reader makes a link of.
    private static func page(_ address: String) -> String {
        address.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? address : ""
    }

    /// The marks that make text run the other way.
    private static let turning = Set(
        "\u{202A}\u{202B}\u{202C}\u{202D}\u{202E}\u{2066}\u{2067}\u{2068}\u{2069}".unicodeScalars
    )

    /// The largest unit of which there are two or more, so that no language needs a singular.
    private static func span(_ duration: Duration) -> [MailKey: String] {
        let minutes = Int(max(duration.components.seconds, 0) / 60)
        if minutes >= 2 * 24 * 60 { return [.days: "\(minutes / (24 * 60))"] }
        if minutes >= 2 * 60 { return [.hours: "\(minutes / 60)"] }
        return [.minutes: "\(max(minutes, 2))"]
    }

    private static func written(_ time: Date, _ reader: MailReader, _ locale: String) -> String {
        let formatter = DateFormatter()
        // Schools that read these mails in English are British, and write days before months.
        formatter.locale = Locale(identifier: locale == MailTemplates.fallback ? "en-GB" : locale)
        formatter.timeZone = reader.timeZone
        formatter.dateStyle = .long
        formatter.timeStyle = .short
        return oneLine(formatter.string(from: time))
    }
}
