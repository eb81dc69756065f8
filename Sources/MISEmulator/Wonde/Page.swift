import Foundation

/// How a list is spoilt on purpose, once.
enum PageAlteration: Sendable {
    case half
    case empty
    case duplicateFirst
    case firstWithoutID
    case sameAgain
    case skipNext
}

/// Which part of a list was asked for.
struct PageWindow: Sendable {
    enum Start: Hashable, Sendable {
        case page(Int)
        /// The position of the first row.
        case cursor(Int)
    }

    var size: Int
    var start: Start

    init(_ query: QueryString, switches: SchoolSwitches?) throws(ServiceError) {
        let limit = switches?.perPageLimit ?? 500
        size = query["per_page"].flatMap { Int($0) } ?? 50
        if size > limit, switches?.perPageOverLimit == .refuse {
            throw ServiceError.invalidParameter("per_page")
        }
        size = min(max(1, size), limit)
        switch query["cursor"] {
        case nil, "false", "0", "": start = .page(max(1, query["page"].flatMap { Int($0) } ?? 1))
        case "true", "1": start = .cursor(0)
        case let token?:
            guard let position = Self.position(of: token) else {
                throw ServiceError.invalidParameter("cursor")
            }
            start = .cursor(position)
        }
    }

    /// A text that stands for a position and that nobody should look into.
    static func token(for position: Int) -> String {
        Data("row:\(position)".utf8).base64EncodedString()
            .replacingOccurrences(of: "=", with: "")
    }

    private static func position(of token: String) -> Int? {
        let padding = String(repeating: "=", count: (4 - token.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: token + padding),
            let text = String(data: data, encoding: .utf8), text.hasPrefix("row:"),
            let position = Int(text.dropFirst(4)), position >= 0
        else { return nil }
        return position
    }
}

/// The rows of one page and what follows them.
struct PageSlice: Sendable {
    var places: [Int] = []
    /// Where the page after this one begins; nil on the last page.
    var nextPlace: Int?

    /// Picks the rows of a window out of a list of `count` rows.
    ///
    /// A plain list is one where every row matches, so that a page is found by counting.
    init(_ window: PageWindow, count: Int, isPlain: Bool, matches: (Int) -> Bool) {
        var skip = 0
        var place = 0
        switch window.start {
        case .cursor(let first): place = first
        case .page(let number) where isPlain:
            place = (number - 1).multipliedReportingOverflow(by: window.size).partialValue
            if place < 0 { place = count }
        case .page(let number):
            skip = (number - 1).multipliedReportingOverflow(by: window.size).partialValue
        }
        places.reserveCapacity(window.size)
        while place < count {
            defer { place += 1 }
            guard isPlain || matches(place) else { continue }
            guard skip <= 0 else {
                skip -= 1
                continue
            }
            guard places.count < window.size else {
                nextPlace = place
                break
            }
            places.append(place)
        }
    }

    /// Spoils the choice of rows as a fault demands.
    mutating func alter(_ alteration: PageAlteration?) {
        switch alteration {
        case .half:
            places.removeLast(places.count - places.count / 2)
            nextPlace = nil
        case .empty:
            places = []
            nextPlace = nil
        case .duplicateFirst, .firstWithoutID, .sameAgain, .skipNext, nil: break
        }
    }
}

/// The `meta` of a list.
struct PageMeta {
    var request: ServiceRequest
    var window: PageWindow
    var slice: PageSlice
    var alteration: PageAlteration?
    var includes: [String]
    var perPageAs: SchoolSwitches.NumberShape = .integer

    func write(to out: inout JSONWriter) {
        out.key("meta")
        out.beginObject()
        out.key("pagination")
        out.beginObject()
        out.member("next", next)
        out.member("previous", previous)
        out.member("more", slice.nextPlace != nil)
        switch window.start {
        case .cursor:
            out.member("per_page", String?.none)
            out.member("current_page", String?.none)
        case .page(let number):
            if perPageAs == .string {
                out.member("per_page", String(window.size))
            } else {
                out.member("per_page", window.size)
            }
            out.member("current_page", number)
        }
        out.endObject()
        Self.write(includes: includes, to: &out)
        out.endObject()
    }

    static func write(includes: [String], to out: inout JSONWriter) {
        out.key("includes")
        out.beginList()
        for name in includes { out.value(name) }
        out.endList()
    }

    private var next: String? {
        guard let place = slice.nextPlace else { return nil }
        switch (window.start, alteration) {
        case (.page(let number), .sameAgain): return link("page", String(number))
        case (.page(let number), .skipNext): return link("page", String(number + 2))
        case (.page(let number), _): return link("page", String(number + 1))
        case (.cursor(let first), .sameAgain): return link("cursor", PageWindow.token(for: first))
        case (.cursor, .skipNext):
            return link("cursor", PageWindow.token(for: place + window.size))
        case (.cursor, _): return link("cursor", PageWindow.token(for: place))
        }
    }

    private var previous: String? {
        guard case .page(let number) = window.start, number > 1 else { return nil }
        return link("page", String(number - 1))
    }

    private func link(_ name: String, _ value: String) -> String {
        "\(request.url)?\(request.query.repeated(with: name, value))"
    }
}
