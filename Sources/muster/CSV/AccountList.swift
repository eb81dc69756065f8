import Accounts
import Foundation
import Muster

/// A host's list of its accounts, as CSV with a header row.
struct AccountList {
    /// The lines that can be imported.
    private(set) var accounts: [ImportedAccount] = []
    /// The lines that cannot, with the reason.
    private(set) var failed: [ImportResult.FailedLine] = []

    private static let rights = "roles"
    private static let fields: [Field] = [
        .email, .title, .forename, .surname, .initials, .jobTitle, .teachingStaff, .phone,
        .address,
    ]
    private static var columns: [String] { fields.map(\.rawValue) + [rights] }
    private static let sizeLimit = 64 * 1024 * 1024

    /// Reads the file at `path`.
    /// - Throws: `badFile` where the file or its header cannot be used; a line that cannot be used
    ///   is in `failed` instead.
    init(path: String) throws(Failure) {
        try self.init(text: Self.text(of: path), name: path)
    }

    init(text: String, name: String) throws(Failure) {
        let rows = CSVReader.rows(text)
        guard let first = rows.first else {
            throw .badFile("The file \(name) is empty; give it a header row and accounts.")
        }
        let header = try Self.header(first, name)
        for row in rows.dropFirst() {
            if let problem = row.problem {
                failed.append(.init(line: row.line, reason: problem))
            } else if row.fields.count != header.count {
                failed.append(
                    ImportResult.FailedLine(
                        line: row.line,
                        reason: "The line has \(row.fields.count) fields and the header"
                            + " \(header.count); give it as many."
                    )
                )
            } else {
                accounts.append(Self.account(row, header))
            }
        }
    }

    private static func text(of path: String) throws(Failure) -> String {
        guard let handle = FileHandle(forReadingAtPath: path),
            let bytes = try? handle.read(upToCount: sizeLimit + 1)
        else { throw .badFile("The file \(path) cannot be read; check its name and its mode.") }
        guard bytes.count <= sizeLimit else {
            throw .badFile("The file \(path) is larger than 64 MiB; split it.")
        }
        guard let text = String(bytes: bytes, encoding: .utf8) else {
            throw .badFile("The file \(path) is not UTF-8; save it as CSV UTF-8.")
        }
        return text
    }

    /// The header's columns by their own spelling, in the file's order.
    private static func header(_ row: CSVRow, _ name: String) throws(Failure) -> [String] {
        if let problem = row.problem {
            throw .badFile("The header of \(name) cannot be read. \(problem)")
        }
        var header: [String] = []
        for field in row.fields {
            let word = field.trimmingCharacters(in: .whitespaces)
            guard let column = columns.first(where: { $0.lowercased() == word.lowercased() })
            else {
                throw .badFile(
                    "The header of \(name) has the column '\(word.brief)', which nothing here knows;"
                        + " use \(columns.joined(separator: ", "))."
                )
            }
            guard !header.contains(column) else {
                throw .badFile("The header of \(name) has \(column) twice; keep one of them.")
            }
            header.append(column)
        }
        guard header.contains(Field.email.rawValue) else {
            throw .badFile("The header of \(name) has no column email; add it.")
        }
        return header
    }

    private static func account(_ row: CSVRow, _ header: [String]) -> ImportedAccount {
        var account = ImportedAccount(line: row.line, texts: [:])
        for (column, text) in zip(header, row.fields) {
            let text = text.trimmingCharacters(in: .whitespaces)
            if column == rights {
                let names = text.split { $0 == "," || $0 == ";" }
                    .map { $0.trimmingCharacters(in: .whitespaces) }
                account.privileges = Set(names.filter { !$0.isEmpty })
            } else if let field = Field(rawValue: column), !text.isEmpty {
                account.texts[field] = text
            }
        }
        return account
    }
}
