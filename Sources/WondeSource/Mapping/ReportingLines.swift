internal import JSON
internal import Roster

/// Who manages whom, turned round from lists of the people who report to each.
///
/// Holds ids and dates only. A list that cannot be read may name anybody, so that nothing is said
/// of anybody then; an entry that cannot be read silences the person whom it names.
struct ReportingLines: Sendable, Hashable {
    /// What is wrong with the list of a manager, by her id.
    private(set) var faults: [String: RecordFault] = [:]
    private var managers: [String: [ManagerEntry]] = [:]
    private var unclear: Set<String> = []
    private var isComplete = true

    /// The lines of a school that refuses to show its hierarchy.
    static let refused = ReportingLines(isComplete: false)

    init() {}

    private init(isComplete: Bool) {
        self.isComplete = isComplete
    }

    /// What all lists together state of the managers of `id`.
    func managers(of id: String) -> Stated<[ManagerEntry]> {
        guard isComplete, !unclear.contains(id) else { return .missing }
        return managers[id].map { .value($0) } ?? .blank
    }

    /// Adds the lists of a page of staff of `school`.
    /// - Returns: How many records it has and what it says of the next; nil where it has no list.
    mutating func add(
        page body: [UInt8],
        of school: SchoolKey
    ) throws(JSONError) -> (rows: Int, pagination: Pagination?)? {
        var rows = 0
        var hasData = false
        var pagination: Pagination?
        try JSONReader.read(body) { document throws(JSONError) in
            try document.object { key, value throws(JSONError) in
                switch key {
                case "data":
                    hasData = true
                    try value.array { row throws(JSONError) in
                        rows += 1
                        try add(&row, of: school)
                    }
                case "meta": pagination = try Pagination.read(meta: &value)
                default: break
                }
            }
        }
        return hasData ? (rows, pagination) : nil
    }

    /// Adds one record; only broken JSON is an error.
    private mutating func add(
        _ row: inout JSONReader,
        of school: SchoolKey
    ) throws(JSONError) {
        let start = row.position
        var manager: String?
        var reports = Stated<[HierarchyRecord]>.missing
        do throws(JSONError) {
            try row.object { key, value throws(JSONError) in
                switch key {
                case "id" where try value.kind() == .string: manager = try value.statedID()
                case "hierarchy": reports = try value.includedList(HierarchyRecord.init)
                default: break
                }
            }
        } catch {
            guard !error.isMalformed else { throw error }
            row.rewind(to: start)
            miss(.wrongShape("hierarchy"), of: try row.idAlone())
            return
        }
        switch reports {
        case .missing: isComplete = false
        case .blank: break
        case .value(let entries):
            for entry in entries { add(entry, of: manager, in: school) }
        }
    }

    private mutating func add(
        _ entry: HierarchyRecord,
        of manager: String?,
        in school: SchoolKey
    ) {
        guard let report = entry.id else { return miss(.noEntryID("hierarchy"), of: manager) }
        // Whoever has no id is counted as unreadable when people are read.
        guard let manager else {
            unclear.insert(report)
            return
        }
        do throws(RecordFault) {
            let line = ManagerEntry(
                key: SourceKey(school: school, kind: .staff, id: manager),
                term: try Term(entry.start, entry.end, of: "hierarchy")
            )
            // A record that moved on to the next page while reading is met twice.
            if managers[report]?.contains(line) != true {
                managers[report, default: []].append(line)
            }
        } catch {
            unclear.insert(report)
            faults[manager] = error
        }
    }

    /// Whom the list of `manager` names is not known.
    private mutating func miss(_ fault: RecordFault, of manager: String?) {
        isComplete = false
        if let manager { faults[manager] = fault }
    }
}
