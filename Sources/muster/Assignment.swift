/// `KEY=VALUE`, as operators write settings and edits.
struct Assignment {
    let key: String
    let value: String

    init(_ text: String) throws(Failure) {
        guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
            throw .usage("'\(text.brief)' is not KEY=VALUE; write it as name=value.")
        }
        key = String(text[..<sign])
        value = String(text[text.index(after: sign)...])
    }
}
