/// What an emulator holds and where it listens.
package struct EmulatorConfiguration: Sendable {
    /// The token used when none is given.
    ///
    /// It is invented and opens nothing else.
    package static let sampleToken = "5a3e1c0de4b7f2968d1a4c7e90b3f6a2d5e8c1b4"

    /// Everything generated follows from this number.
    package var seed: UInt64
    package var schools: Int
    /// Members of staff in each school.
    package var employees: Int
    /// Pupils in each school.
    package var students: Int
    /// Classes that a teacher has, about.
    package var classesPerTeacher: Int
    /// Of a hundred staff, how many no longer work here.
    package var leaversPercent: Int
    /// Of a hundred staff, how many have no e-mail address.
    package var withoutEmailPercent: Int
    package var host: String
    /// 0 takes any free port.
    package var port: Int
    package var token: String
    /// The day on which the generated history ends, `YYYY-MM-DD`.
    package var today: String
    /// How awkward every school is from the start.
    package var switches: SchoolSwitches

    package init(
        seed: UInt64 = 1,
        schools: Int = 1,
        employees: Int = 60,
        students: Int = 300,
        classesPerTeacher: Int = 6,
        leaversPercent: Int = 3,
        withoutEmailPercent: Int = 2,
        host: String = "127.0.0.1",
        port: Int = 0,
        token: String = EmulatorConfiguration.sampleToken,
        today: String = "2026-09-01",
        switches: SchoolSwitches = SchoolSwitches()
    ) {
        self.seed = seed
        self.schools = schools
        self.employees = employees
        self.students = students
        self.classesPerTeacher = classesPerTeacher
        self.leaversPercent = leaversPercent
        self.withoutEmailPercent = withoutEmailPercent
        self.host = host
        self.port = port
        self.token = token
        self.today = today
        self.switches = switches
    }

    /// Refuses numbers that make no school.
    func checkedToday() throws(EmulatorError) -> CalendarDay {
        let limits: [(name: String, value: Int, range: ClosedRange<Int>)] = [
            ("schools", schools, 1...10_000),
            ("employees", employees, 0...2_000_000),
            ("students", students, 0...2_000_000),
            ("classes per teacher", classesPerTeacher, 0...50),
            ("leavers of a hundred", leaversPercent, 0...100),
            ("people without e-mail of a hundred", withoutEmailPercent, 0...100),
            ("port", port, 0...65_535),
        ]
        for limit in limits where !limit.range.contains(limit.value) {
            throw .badConfiguration(
                "The number of \(limit.name) is \(limit.value); it must lie between "
                    + "\(limit.range.lowerBound) and \(limit.range.upperBound)."
            )
        }
        guard (employees + students) * schools <= 5_000_000 else {
            throw .badConfiguration("More than 5000000 people do not fit; ask for fewer.")
        }
        guard !token.isEmpty else {
            throw .badConfiguration("The token is empty; give one or leave it out.")
        }
        guard let day = CalendarDay(today) else {
            throw .badConfiguration("'\(today)' is no date; write it as YYYY-MM-DD.")
        }
        return day
    }
}

/// Why an emulator did not start.
package enum EmulatorError: Error, Hashable, Sendable, CustomStringConvertible {
    case badConfiguration(String)
    case notListening(String)

    package var description: String {
        switch self {
        case .badConfiguration(let sentence), .notListening(let sentence): sentence
        }
    }
}
