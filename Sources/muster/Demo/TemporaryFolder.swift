import Foundation

/// A folder for its owner alone, to be removed again.
struct TemporaryFolder {
    let path: String

    init() throws(Failure) {
        let parent = FileManager.default.temporaryDirectory.path
        var template = Array("\(parent)/muster-demo-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure(
                code: "badFile",
                sentence: "No temporary folder can be made in \(parent)"
                    + " (\(String(cString: strerror(errno)))); set TMPDIR to another one.",
                status: ExitStatus.badUse
            )
        }
        let bytes = template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        path = String(decoding: bytes, as: UTF8.self)
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
