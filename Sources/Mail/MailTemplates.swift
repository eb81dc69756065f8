internal import Foundation

/// The words of all mails, in all languages there are: the built-in ones, and the operator's.
///
/// An operator's folder has a folder for each language, and in it files such as
/// `en/reset.subject.mustache`, `en/reset.text.mustache` and `en/reset.html.mustache`. In English
/// each may replace a built-in one; another language has all three of a mail, or none of them, and
/// then that mail goes out in English.
package struct MailTemplates: Sendable {
    private struct Place: Hashable {
        let locale: String
        let kind: Kind
        let part: MailTemplate.Part
    }

    static let fallback = "en"
    private static let maximumFileBytes = 256 * 1024

    private var templates: [Place: MailTemplate] = [:]

    /// The files of the built-in templates by their paths below a folder, to begin own ones with.
    package static let builtIn: [String: String] = {
        var files: [String: String] = [:]
        for (kind, parts) in EnglishTemplates.all {
            for (part, source) in parts {
                files["\(fallback)/\(kind.rawValue).\(part.rawValue).mustache"] = source
            }
        }
        return files
    }()

    /// The built-in templates, and those in an operator's folder before them.
    package init(folder: String? = nil) throws(MailTemplateError) {
        for (path, source) in Self.builtIn {
            try add(source, path: path, shown: path)
        }
        if let folder { try add(folder: folder) }
    }

    /// A mail's words in its reader's language, or in English.
    package func text(for occasion: MailOccasion, reader: MailReader) -> MailText {
        let locale = locale(for: occasion.kind, wanted: reader.locale)
        let values = MailValues.of(occasion, reader, locale: locale)
        func part(_ part: MailTemplate.Part) -> String {
            templates[Place(locale: locale, kind: occasion.kind, part: part)]?.render(values) ?? ""
        }
        return MailText(
            subject: MailValues.oneLine(part(.subject)),
            text: part(.text),
            html: part(.html)
        )
    }

    /// The language itself, or it without its region, or English.
    private func locale(for kind: Kind, wanted: String) -> String {
        let normal = wanted.replacing("_", with: "-").lowercased()
        let language = String(normal.prefix { $0 != "-" })
        return [normal, language].first { locale in
            templates[Place(locale: locale, kind: kind, part: .subject)] != nil
        } ?? Self.fallback
    }

    // MARK: Reading

    private mutating func add(
        _ source: String,
        path: String,
        shown: String
    ) throws(MailTemplateError) {
        guard let place = Self.place(of: path) else { throw .unknownFile(path: shown) }
        templates[place] = try MailTemplate(
            source,
            path: shown,
            kind: place.kind,
            part: place.part
        )
    }

    private mutating func add(folder: String) throws(MailTemplateError) {
        for locale in try Self.names(in: folder) {
            let path = "\(folder)/\(locale)"
            guard locale.wholeMatch(of: /[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*/) != nil else {
                throw .unknownFile(path: path)
            }
            for file in try Self.names(in: path) {
                try add(
                    Self.read("\(path)/\(file)"),
                    path: "\(locale)/\(file)",
                    shown: "\(path)/\(file)"
                )
            }
            try checkIsComplete(locale.lowercased(), path: path)
        }
    }

    private func checkIsComplete(
        _ locale: String,
        path: String
    ) throws(MailTemplateError) {
        for kind in Kind.allCases {
            let missing = MailTemplate.Part.allCases.filter {
                templates[Place(locale: locale, kind: kind, part: $0)] == nil
            }
            guard missing.count < MailTemplate.Part.allCases.count, let part = missing.first else {
                continue
            }
            throw .incomplete(
                path: path,
                missing: "\(kind.rawValue).\(part.rawValue).mustache"
            )
        }
    }

    private static func place(of path: String) -> Place? {
        let names = path.split(separator: "/")
        guard names.count == 2, let locale = names.first, let file = names.last else { return nil }
        let words = file.split(separator: ".", omittingEmptySubsequences: false)
        guard words.count == 3, words[2] == "mustache",
            let kind = Kind(rawValue: "\(words[0])"),
            let part = MailTemplate.Part(rawValue: "\(words[1])")
        else { return nil }
        return Place(locale: locale.lowercased(), kind: kind, part: part)
    }

    /// What lies in a folder, without what systems and people leave beside it.
    private static func names(in folder: String) throws(MailTemplateError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
                .filter { !$0.hasPrefix(".") && !$0.hasPrefix("README") }
        } catch {
            throw .unreadable(path: folder, why: "it is no folder, or may not be looked into")
        }
    }

    private static func read(_ path: String) throws(MailTemplateError) -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .unreadable(path: path, why: "it is no file, or may not be read")
        }
        guard data.count <= maximumFileBytes else {
            throw .unreadable(path: path, why: "it is larger than \(maximumFileBytes) bytes")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw .unreadable(path: path, why: "it is not UTF-8")
        }
        return text
    }
}
