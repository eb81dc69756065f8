import Hummingbird
import NIOCore

/// The fields of a form as browsers send it.
struct Form {
    /// There is more of it than any of our forms has.
    struct TooLarge: Error {}

    private var fields: [String: String] = [:]

    /// The form in the body of `request`; what cannot be read is left out.
    init(_ request: Request, upTo limit: Int) async throws {
        var request = request
        let body: ByteBuffer
        do {
            body = try await request.collectBody(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw TooLarge()
        } catch let error as HTTPError where error.status == .contentTooLarge {
            throw TooLarge()
        }
        for part in Array(buffer: body).split(separator: UInt8(ascii: "&")).prefix(16) {
            let sides = part.split(
                separator: UInt8(ascii: "="),
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard let name = sides.first.flatMap(Self.plain), fields[name] == nil else { continue }
            fields[name] = sides.count == 2 ? Self.plain(sides[1]) : ""
        }
    }

    subscript(_ name: String) -> String? { fields[name] }

    /// The text behind plus and percent signs; nil where it is no text.
    private static func plain(_ coded: ArraySlice<UInt8>) -> String? {
        var bytes: [UInt8] = []
        var rest = coded
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit),
                    let low = rest.popFirst().flatMap(digit)
                else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init)
    }
}
