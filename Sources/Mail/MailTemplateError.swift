/// Why the operator's mail templates cannot be used.
package enum MailTemplateError: Error, Sendable, Hashable {
    /// The folder or a file in it cannot be read.
    case unreadable(path: String, why: String)
    /// A file or folder that stands for no template.
    case unknownFile(path: String)
    /// A language other than English has only some of a mail's three files.
    case incomplete(path: String, missing: String)
    /// The template breaks the rules of Mustache.
    case broken(path: String, line: Int, why: String)
    /// The template uses a name that this mail does not have.
    case unknownKey(path: String, key: String, known: [String])
    /// The template does not use a name that the mail is of no use without.
    case missingKey(path: String, key: String)
    /// The HTML takes a name over without making it safe.
    case unescaped(path: String, key: String)
    /// The template uses a part of Mustache that mails do not have.
    case forbidden(path: String, line: Int)

    /// One sentence for the operator.
    package var sentence: String {
        switch self {
        case .unreadable(let path, let why):
            "The mail templates in \(path) cannot be read (\(why)); change that, or leave the"
                + " setting out."
        case .unknownFile(let path):
            "\(path) is no mail template; name it like en/reset.text.mustache, or take it away."
        case .incomplete(let path, let missing):
            "The mail templates in \(path) lack \(missing); add it, or take its companions away."
        case .broken(let path, let line, let why):
            "The mail template \(path) cannot be read at line \(line) (\(why)); correct it, or take"
                + " it away to use the built-in one."
        case .unknownKey(let path, let key, let known):
            "The mail template \(path) uses {{\(key)}}, which this mail does not have; it has"
                + " \(known.joined(separator: ", "))."
        case .missingKey(let path, let key):
            "The mail template \(path) does not use {{\(key)}}, without which the mail is of no"
                + " use; add it."
        case .unescaped(let path, let key):
            "The mail template \(path) puts {{{\(key)}}} into HTML as it is, which lets names become"
                + " code; write {{\(key)}}."
        case .forbidden(let path, let line):
            "The mail template \(path) uses a partial, a pragma or other delimiters at line"
                + " \(line), which mails do not have; write the text out."
        }
    }
}
