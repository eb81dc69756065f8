@_spi(_Unicode) import Swift

extension String {
    /// The text in Unicode's composed form NFC, in which stores compare it byte by byte.
    ///
    /// The standard library has this form but does not show it; Foundation would be the other way,
    /// and the pure rooms import nothing.
    package var composed: String {
        if utf8.allSatisfy({ $0 < 0x80 }) { return self }
        var composed = ""
        for scalar in _nfc { composed.unicodeScalars.append(scalar) }
        return composed
    }
}
