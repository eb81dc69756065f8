/// The people whose records no reader should trust.
enum OddPeople {
    /// What each of them is called in the answer of the control endpoint, and what is odd.
    private static func changes(domain: String) -> [(kind: String, change: EmployeeChange)] {
        func person(
            _ kind: String,
            _ forename: String,
            _ surname: String,
            oddity: Oddity? = nil
        ) -> (kind: String, change: EmployeeChange) {
            var change = EmployeeChange()
            change.forename = .set(forename)
            change.surname = .set(surname)
            change.title = "Ms"
            change.workEmail = .set("odd.\(kind.lowercased())@\(domain)")
            change.roles = ["Classroom Teacher"]
            if let oddity { change.oddity = .set(oddity) }
            return (kind, change)
        }
        let long = String(repeating: "Longname", count: 1_250)
        return [
            person("apostrophes", "D'Arcy", "O'Shaughnessy-\"Quote\" \\ Back"),
            person("rightToLeft", "\u{5E0}\u{5D5}\u{5E2}\u{5D4}", "\u{202E}\u{627}\u{644}\u{645}"),
            person("emoji", "\u{1F469}\u{200D}\u{1F3EB}", "\u{1F389} Party"),
            person("tenThousandCharacters", "Lang", long),
            person("nul", "Nul\u{0}l", "Before\u{0}After"),
            person("controlCharacters", "Tab\tNew\nLine", "Bell\u{7}Escape\u{1B}[31m"),
            person("combiningMarks", "Zoe\u{308}", "Nu\u{301}n\u{303}ez"),
            person("impossibleDate", "Feb", "Thirtieth", oddity: .impossibleDate),
            person("duplicateID", "Twice", "Listed", oddity: .duplicateID),
            person("missingID", "No", "Identity", oddity: .missingID),
            person("nullNames", "Null", "Name", oddity: .nullNames),
            person("wrongTypes", "Wrong", "Types", oddity: .wrongTypes),
            person("recordIsText", "No", "Record", oddity: .recordIsText),
        ]
    }

    /// Adds them all and returns their ids by kind, in order.
    static func add(
        to state: inout SchoolState,
        ids: IDSource,
        now: Timestamp
    ) throws(ControlError) -> [(kind: String, id: String)] {
        var added: [(kind: String, id: String)] = []
        for (kind, change) in changes(domain: state.profile.emailDomain) {
            let id = state.addEmployee(ids: ids, now: now).description
            try state.apply(change, toEmployee: id, ids: ids, now: now)
            added.append((kind, id))
        }
        return added
    }
}
