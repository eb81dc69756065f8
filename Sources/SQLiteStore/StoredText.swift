import Roster

/// The form in which texts are kept.
///
/// SQLite's functions and its shell stop at NUL, so none is ever stored: NUL becomes `\0` and a
/// backslash `\\`. Nearly every text is stored as it is.
enum StoredText {
    private static let backslash = UInt8(ascii: "\\")

    /// The stored form of `text`.
    static func encode(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0 || $0 == backslash }) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 8)
        for byte in text.utf8 {
            switch byte {
            case 0: bytes.append(contentsOf: [backslash, UInt8(ascii: "0")])
            case backslash: bytes.append(contentsOf: [backslash, backslash])
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text that is stored as `stored`; what `encode` never writes is taken as it is.
    static func decode(_ stored: String) -> String {
        guard stored.utf8.contains(backslash) else { return stored }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(stored.utf8.count)
        var isEscaped = false
        for byte in stored.utf8 {
            if isEscaped {
                bytes.append(byte == UInt8(ascii: "0") ? 0 : byte)
                isEscaped = false
            } else if byte == backslash {
                isEscaped = true
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The stored form of a text that is looked up or unique: one for all texts that are equal in
    /// Swift, which compares by canonical equivalence, while SQLite compares bytes.
    static func key(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 >= 0x80 }) else { return encode(text) }
        return encode(text.composed)
    }

    /// The stored form of `text` if it is not the one that `key` looks up.
    static func exact(_ text: String) -> String? {
        guard text.utf8.contains(where: { $0 >= 0x80 }) else { return nil }
        let stored = encode(text)
        return stored.utf8.elementsEqual(key(text).utf8) ? nil : stored
    }
}

/// Lists of texts in one column, one a line; a line break in a text becomes `\n`.
enum StoredList {
    private static let lineBreak = UInt8(ascii: "\n")

    /// The stored form of `texts`: each ends with a line break, so that none is not one empty text.
    static func encode(_ texts: some Sequence<String>) -> String {
        var bytes: [UInt8] = []
        for text in texts {
            for byte in StoredText.encode(text).utf8 {
                if byte == lineBreak {
                    bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
                } else {
                    bytes.append(byte)
                }
            }
            bytes.append(lineBreak)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The texts that are stored as `stored`.
    static func decode(_ stored: String) -> [String] {
        var texts: [String] = []
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in stored.utf8 {
            switch (isEscaped, byte) {
            case (false, UInt8(ascii: "\\")):
                isEscaped = true
                continue
            case (false, lineBreak):
                texts.append(String(decoding: bytes, as: UTF8.self))
                bytes.removeAll(keepingCapacity: true)
            case (true, UInt8(ascii: "0")): bytes.append(0)
            case (true, UInt8(ascii: "n")): bytes.append(lineBreak)
            default: bytes.append(byte)
            }
            isEscaped = false
        }
        return texts
    }
}
