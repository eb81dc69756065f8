/// Writes one school's things as the service shows them.
struct Renderer {
    let school: SchoolState
    var out: JSONWriter
    private let dates: SchoolSwitches.DateShape
    let grants: Grants

    init(school: SchoolState, capacity: Int = 4_096) {
        self.school = school
        out = JSONWriter(escapesText: school.switches.escapesText, capacity: capacity)
        dates = school.switches.dates
        grants = school.grants
    }

    /// Writes a day, which the service sends as midnight in London.
    mutating func day(_ name: String, _ day: CalendarDay?) {
        out.key(name)
        guard let day, dates != .null else { return out.null() }
        switch dates {
        case .object: out.raw(Self.londonObject)
        case .string, .null: out.raw("\"0000-00-00\",")
        }
        let end = dates == .object ? Self.londonObject.utf8.count - Self.dateOffset : 12
        fill(day, at: out.count - end)
    }

    /// Writes a moment in UTC.
    mutating func moment(_ name: String, _ moment: Timestamp?) {
        out.key(name)
        guard let moment, dates != .null else { return out.null() }
        let template = dates == .object ? Self.utcObject : "\"0000-00-00 00:00:00\","
        let offset = dates == .object ? Self.dateOffset : 1
        out.raw(template)
        let start = out.count - template.utf8.count + offset
        let day = moment.day
        let rest = Int(moment.microseconds - Int64(day.days) * 86_400_000_000)
        let seconds = rest / 1_000_000
        fill(day, at: start)
        out.fill(seconds / 3_600, at: start + 11)
        out.fill(seconds / 60 % 60, at: start + 14)
        out.fill(seconds % 60, at: start + 17)
        guard dates == .object, rest % 1_000_000 != 0 else { return }
        out.fill(rest / 10_000 % 100, at: start + 20)
        out.fill(rest / 100 % 100, at: start + 22)
        out.fill(rest % 100, at: start + 24)
    }

    private static let utcObject =
        "{\"date\":\"0000-00-00 00:00:00.000000\",\"timezone_type\":3,\"timezone\":\"UTC\"},"
    private static let londonObject =
        "{\"date\":\"0000-00-00 00:00:00.000000\",\"timezone_type\":3,"
        + "\"timezone\":\"Europe/London\"},"
    /// Where the digits begin in the two texts above.
    private static let dateOffset = 9

    private mutating func fill(_ day: CalendarDay, at start: Int) {
        let (year, month, dayOfMonth) = day.civil
        out.fill(year / 100 % 100, at: start)
        out.fill(year % 100, at: start + 2)
        out.fill(month, at: start + 5)
        out.fill(dayOfMonth, at: start + 8)
    }

    /// Opens `"name":{"data":`.
    mutating func beginInclude(_ name: String) {
        out.key(name)
        out.beginObject()
        out.key("data")
    }

    mutating func endInclude() {
        out.endObject()
    }

    mutating func emptyList(_ name: String) {
        beginInclude(name)
        out.raw("[],")
        endInclude()
    }

    mutating func nullPart(_ name: String) {
        beginInclude(name)
        out.null()
        endInclude()
    }

    /// Writes a many-valued include, or an empty list if it was not granted.
    mutating func list<Element>(
        _ name: String,
        _ elements: some Sequence<Element>,
        granted: Bool = true,
        _ write: (inout Renderer, Element) -> Void
    ) {
        beginInclude(name)
        out.beginList()
        if granted {
            for element in elements { write(&self, element) }
        }
        out.endList()
        endInclude()
    }
}
