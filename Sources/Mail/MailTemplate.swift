internal import Mustache

/// One file of a mail: its subject, its plain text or its HTML.
struct MailTemplate: Sendable {
    /// Which of the three.
    enum Part: String, Sendable, CaseIterable {
        case subject
        case text
        case html
    }

    private let template: MustacheTemplate

    /// Reads a template, and tries it out with everything there may be, and with nothing of it.
    init(
        _ source: String,
        path: String,
        kind: MailTemplates.Kind,
        part: Part
    ) throws(MailTemplateError) {
        if let line = Self.lineOfForbiddenTag(in: source) {
            throw .forbidden(path: path, line: line)
        }
        do {
            // Mustache escapes for HTML unless told otherwise.
            template = try MustacheTemplate(
                string: (part == .html ? "" : "{{% CONTENT_TYPE: TEXT}}") + source
            )
        } catch let error as MustacheTemplate.ParserError {
            throw .broken(
                path: path,
                line: error.context.lineNumber,
                why: Self.words(for: error.error)
            )
        } catch {
            throw .broken(path: path, line: 1, why: "it is no Mustache")
        }
        try tryOut(path: path, kind: kind, part: part)
    }

    func render(_ values: [MailKey: String]) -> String {
        template.render(
            Dictionary(uniqueKeysWithValues: values.map { ($0.key.rawValue, $0.value) })
        )
    }

    private func tryOut(
        path: String,
        kind: MailTemplates.Kind,
        part: Part
    ) throws(MailTemplateError) {
        let full = Probe(known: kind.keys, isFull: true)
        let rendered = template.render(full)
        let empty = Probe(known: kind.keys, isFull: false)
        _ = template.render(empty)
        let known = kind.keys.map(\.rawValue).sorted()
        if let key = full.unknown.union(empty.unknown).min() {
            throw .unknownKey(path: path, key: key, known: known)
        }
        // A dot stands for everything at once.
        guard !rendered.contains(Probe.everything) else {
            throw .unknownKey(path: path, key: ".", known: known)
        }
        guard part != .subject else { return }
        let missing = kind.neededKeys.filter { !rendered.contains(Probe.mark(for: $0, in: part)) }
        if let key = missing.map(\.rawValue).min() { throw .missingKey(path: path, key: key) }
        guard part == .html else { return }
        let unescaped = kind.keys.filter { rendered.contains(Probe.mark(for: $0, in: .text)) }
        if let key = unescaped.map(\.rawValue).min() { throw .unescaped(path: path, key: key) }
    }

    /// Partials, blocks, pragmas and other delimiters: they would get round the trial.
    private static func lineOfForbiddenTag(in source: String) -> Int? {
        for (index, line) in source.split(
            omittingEmptySubsequences: false,
            whereSeparator: \.isNewline
        ).enumerated() where line.contains(/\{\{\s*[><$%=*]/) {
            return index + 1
        }
        return nil
    }

    private static func words(for error: any Error) -> String {
        switch error as? MustacheTemplate.Error {
        case .sectionCloseNameIncorrect: "a section is closed by another name"
        case .unfinishedName: "a name has no }} behind it"
        case .expectedSectionEnd: "a section is never closed"
        default: "a tag is not understood or has no }} behind it"
        }
    }
}

/// Stands in for the values of a mail, and notes what a template asks for.
private final class Probe: MustacheParent, CustomStringConvertible {
    static let everything = "<probe of everything>"

    private let known: Set<MailKey>
    private let isFull: Bool
    private(set) var unknown: Set<String> = []

    init(known: Set<MailKey>, isFull: Bool) {
        self.known = known
        self.isFull = isFull
    }

    /// What a key shows as in the trial, which HTML must show otherwise.
    static func mark(for key: MailKey, in part: MailTemplate.Part) -> String {
        part == .html ? "&lt;probe of \(key.rawValue)&gt;" : "<probe of \(key.rawValue)>"
    }

    var description: String { Self.everything }

    func child(named name: String) -> Any? {
        guard let key = MailKey(rawValue: name), known.contains(key) else {
            unknown.insert(name)
            return nil
        }
        return isFull ? Self.mark(for: key, in: .text) : nil
    }
}
