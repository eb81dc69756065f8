import Testing

@testable import MISEmulator

struct PagingTests {
    @Test(arguments: [1, 7, 50, 200], ["page", "cursor"])
    func `paging visits everybody once and in order`(_ size: Int, _ mode: String) throws {
        let sample = try Sample(EmulatorConfiguration(employees: 123, students: 0))
        let everybody = try sample.staff.map(\.id.description)
        let cursor = mode == "cursor" ? "&cursor=true" : ""
        #expect(try sample.ids("/employees?per_page=\(size)\(cursor)") == everybody)
    }

    @Test(arguments: ["page", "cursor"])
    func `paging passes over the removed and the filtered`(_ mode: String) throws {
        let sample = try Sample(EmulatorConfiguration(employees: 80, students: 0))
        let gone = try sample.staff[3].id.description
        _ = sample.control("DELETE", "schools/\(sample.school)/employees/\(gone)")
        let wanted = try sample.staff.filter { !$0.isRemoved && !$0.classes.isEmpty }
        let cursor = mode == "cursor" ? "&cursor=1" : ""
        let found = try sample.ids("/employees?has_class=true&per_page=9\(cursor)")
        #expect(found == wanted.map(\.id.description))
    }

    @Test func `the default page holds fifty`() throws {
        let sample = try Sample()
        let page = try sample.json("/employees")
        #expect(page["data"]?.elements.count == 50)
        #expect(page.at("meta.pagination.per_page") == .number(50))
    }

    @Test func `links are absolute and repeat the query as it was written`() throws {
        let sample = try Sample()
        let page = try sample.json(
            "/employees?include=classes%2Croles&has_class=1&per_page=2&page=2"
        )
        let path = "http://127.0.0.1:8808/v1.0/schools/\(sample.school)/employees"
        let query = "include=classes%2Croles&has_class=1&per_page=2"
        #expect(page.at("meta.pagination.next")?.string == "\(path)?\(query)&page=3")
        #expect(page.at("meta.pagination.previous")?.string == "\(path)?\(query)&page=1")
    }

    @Test func `cursor mode hides the page and its size`() throws {
        let sample = try Sample()
        let page = try sample.json("/employees?cursor=true&per_page=10")
        #expect(page.at("meta.pagination.per_page") == .null)
        #expect(page.at("meta.pagination.current_page") == .null)
        #expect(sample.ask("/employees?cursor=nonsense").status == 400)
    }

    @Test(arguments: [
        "0", "-5", "x", "99999999999999999999", "page=0", "page=-3", "page=9223372036854775807",
    ])
    func `senseless page numbers and sizes are answered`(_ text: String) throws {
        let sample = try Sample()
        let query = text.contains("=") ? text : "per_page=\(text)"
        #expect(sample.ask("/employees?\(query)").status == 200)
    }

    @Test func `the greatest page size clamps or refuses`() throws {
        let sample = try Sample()
        try sample.edit { $0.switches.perPageLimit = 20 }
        #expect(try sample.json("/employees?per_page=500")["data"]?.elements.count == 20)
        try sample.edit { $0.switches.perPageOverLimit = .refuse }
        #expect(sample.ask("/employees?per_page=500").status == 400)
    }

    @Test func `updated_after gives only what changed later`() throws {
        let sample = try Sample()
        let id = try sample.teacher.id.description
        let mark = "2026-09-01 12:00:00"
        #expect(try sample.ids("/employees?updated_after=\(mark.replacing(" ", with: "+"))") == [])
        _ = sample.control(
            "PATCH",
            "schools/\(sample.school)/employees/\(id)",
            #"{"surname":"Baker"}"#
        )
        #expect(try sample.ids("/employees?updated_after=2026-09-01T12%3A00%3A00.000Z") == [id])
        #expect(sample.ask("/employees?updated_after=yesterday").status == 400)
    }

    @Test func `a change of a class is one of its teachers' records`() throws {
        let sample = try Sample()
        let id = try #require(try sample.teacher.classes.first).description
        let teachers = Set(
            try sample.staff.filter { $0.classes.contains { $0.description == id } }
                .map(\.id.description)
        )
        let path = "schools/\(sample.school)/classes/\(id)"
        for (method, action, body) in [
            ("PATCH", "", #"{"name":"11B/Sc1"}"#), ("DELETE", "", ""), ("POST", "/restore", ""),
        ] {
            let mark = try sample.world.read(sample.school) { $0.lastChange }
            #expect(sample.control(method, path + action, body).status == 200)
            #expect(try Set(changed(since: mark, sample)) == teachers, "\(method)")
        }
        let mark = try sample.world.read(sample.school) { $0.lastChange }
        _ = sample.control("PATCH", path, #"{"name":"11C/Sc1","touches":false}"#)
        #expect(try changed(since: mark, sample) == [])
    }

    @Test func `a removed person is in no list of changes, a restored one is`() throws {
        let sample = try Sample()
        let id = try sample.teacher.id.description
        let mark = try sample.world.read(sample.school) { $0.lastChange }
        let path = "schools/\(sample.school)/employees/\(id)"
        _ = sample.control("DELETE", path)
        #expect(try changed(since: mark, sample) == [])
        _ = sample.control("POST", path + "/restore")
        #expect(try changed(since: mark, sample) == [id])
    }

    @Test func `a manager's record changes with his reports where it lists them`() throws {
        let sample = try Sample()
        let person = try sample.teacher
        let old = try #require(person.managers.last).manager.description
        let new = try #require(
            try sample.staff.last { $0.id != person.id && $0.id.description != old }
        ).id.description
        try sample.edit { $0.switches.hierarchy = .reports }
        let mark = try sample.world.read(sample.school) { $0.lastChange }
        _ = sample.control(
            "PATCH",
            "schools/\(sample.school)/employees/\(person.id)",
            #"{"lineManager":"\#(new)"}"#
        )
        #expect(try Set(changed(since: mark, sample)) == [old, new, person.id.description])
    }

    @Test func `all staff can be touched, and the question be ignored`() throws {
        let sample = try Sample()
        let everybody = try sample.ids("/employees")
        let mark = try sample.world.read(sample.school) { $0.lastChange }
        #expect(try changed(since: mark, sample) == [])
        try sample.edit { $0.switches.updatedAfterIgnored = true }
        #expect(try changed(since: mark, sample) == everybody)
        try sample.edit { $0.switches.updatedAfterIgnored = false }
        #expect(sample.control("POST", "schools/\(sample.school)/touch").status == 200)
        #expect(try changed(since: mark, sample) == everybody)
    }

    /// The ids in a list of changes after `mark`, with the moment to the second.
    private func changed(since mark: Timestamp, _ sample: Sample) throws -> [String] {
        let seconds = Int((mark.microseconds / 1_000_000) % 86_400)
        let (year, month, day) = mark.day.civil
        let clock = [seconds / 3_600, seconds / 60 % 60, seconds % 60]
            .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: "%3A")
        let date = "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
        // The second after the mark, as changes lie one second apart at least.
        return try sample.ids("/employees?per_page=500&updated_after=\(date)%20\(clock).999999")
    }

    @Test(arguments: [
        (PageAlteration.half, 5), (.empty, 0), (.duplicateFirst, 11), (.firstWithoutID, 10),
    ])
    func `a spoilt page is spoilt as asked`(_ alteration: PageAlteration, _ count: Int) throws {
        let sample = try Sample()
        let page = try sample.json("/employees?per_page=10&include=roles", alteration: alteration)
        let rows = page["data"]?.elements ?? []
        #expect(rows.count == count)
        #expect(page.at("meta.pagination.more")?.flag == (count >= 10))
        switch alteration {
        case .duplicateFirst: #expect(rows.first == rows.dropFirst().first)
        case .firstWithoutID:
            #expect(rows.first?["id"] == nil)
            #expect(rows.dropFirst().first?["id"] != nil)
        default: break
        }
    }

    @Test(arguments: ["", "&cursor=true"])
    func `a page can lead to itself or past the next one`(_ cursor: String) throws {
        let sample = try Sample()
        let target = "/employees?per_page=5\(cursor)"
        let first = try sample.json(target)
        func follow(_ alteration: PageAlteration?) throws -> [JSONValue] {
            let page = try sample.json(target, alteration: alteration)
            let next = try #require(page.at("meta.pagination.next")?.string)
            let path = next.replacing("http://127.0.0.1:8808/v1.0/", with: "")
            return try sample.json(path)["data"]?.elements ?? []
        }
        #expect(try follow(.sameAgain) == first["data"]?.elements)
        let everybody = try sample.staff.map(\.id.description)
        #expect(try follow(nil).first?["id"]?.string == everybody[5])
        #expect(try follow(.skipNext).first?["id"]?.string == everybody[10])
    }
}
