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
        guard dates == .object else {
            out.raw("\"")
            civil(day)
            return out.raw("\",")
        }
        out.raw("{\"date\":\"")
        civil(day)
        out.raw(" 00:00:00.000000\",\"timezone_type\":3,\"timezone\":\"Europe/London\"},")
    }

    /// Writes a moment in UTC.
    mutating func moment(_ name: String, _ moment: Timestamp?) {
        out.key(name)
        guard let moment, dates != .null else { return out.null() }
        let day = moment.day
        let rest = Int(moment.microseconds - Int64(day.days) * 86_400_000_000)
        let seconds = rest / 1_000_000
        out.raw(dates == .object ? "{\"date\":\"" : "\"")
        civil(day)
        out.raw(" ")
        out.twoDigits(seconds / 3_600)
        out.raw(":")
        out.twoDigits(seconds / 60 % 60)
        out.raw(":")
        out.twoDigits(seconds % 60)
        guard dates == .object else { return out.raw("\",") }
        out.raw(".")
        out.twoDigits(rest / 10_000)
        out.twoDigits(rest / 100)
        out.twoDigits(rest)
        out.raw("\",\"timezone_type\":3,\"timezone\":\"UTC\"},")
    }

    private mutating func civil(_ day: CalendarDay) {
        let (year, month, dayOfMonth) = day.civil
        out.twoDigits(year / 100)
        out.twoDigits(year)
        out.raw("-")
        out.twoDigits(month)
        out.raw("-")
        out.twoDigits(dayOfMonth)
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
