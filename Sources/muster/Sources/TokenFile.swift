import Foundation
import Sealing

/// A file with a token in it; tokens never come as arguments, which others can see.
struct TokenFile {
    let path: String

    /// The token without the white space around it.
    func token() throws(Failure) -> Secret {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw .badFile("The token file \(path) cannot be read; check its name and its mode.")
        }
        // A token is short; a huge file is a mistake and need not be read to its end.
        guard let bytes = try? handle.read(upToCount: 65_536), bytes.count < 65_536,
            let text = String(bytes: bytes, encoding: .utf8)
        else {
            throw .badFile("The token file \(path) does not hold a token; check its name.")
        }
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty else {
            throw .badFile("The token file \(path) is empty; put the school's token into it.")
        }
        return Secret(token)
    }
}
