import Testing

@testable import MISEmulator

struct GenerationTests {
    private func everything(_ configuration: EmulatorConfiguration) throws -> [[UInt8]] {
        let sample = try Sample(configuration)
        return try [
            "/employees?per_page=500&include=roles,hierarchy,classes.subject,contact_details",
            "/students?per_page=500&include=contacts,classes,year", "/groups", "/deletions",
        ].map { target in
            let answer = sample.ask(target)
            try #require(answer.status == 200)
            return answer.body
        }
    }

    @Test(arguments: [UInt64(0), 1, 0xFFFF_FFFF_FFFF_FFFF])
    func `the same seed makes the same bytes and another seed others`(_ seed: UInt64) throws {
        let first = try everything(EmulatorConfiguration(seed: seed))
        #expect(try everything(EmulatorConfiguration(seed: seed)) == first)
        #expect(try everything(EmulatorConfiguration(seed: seed &+ 1)) != first)
    }

    @Test(arguments: [0, 1, 2, 3, 4, 5, 9, 10, 11, 30, 400])
    func `a school of any size hangs together`(_ count: Int) throws {
        let sample = try Sample(EmulatorConfiguration(employees: count, students: count * 3))
        let staff = try sample.staff
        #expect(staff.count == count)
        let ids = Set(staff.map(\.id))
        #expect(ids.count == count)
        for person in staff.dropFirst() {
            let manager = try #require(person.managers.first?.manager)
            #expect(ids.contains(manager) && manager != person.id)
        }
        for person in staff {
            var seen: Set<ObjectID> = []
            var here: ObjectID? = person.id
            while let id = here, seen.insert(id).inserted {
                here = staff.first { $0.id == id }?.managers.first?.manager
            }
            #expect(here == nil, "a loop of managers")
        }
    }

    @Test func `ids, e-mails and UPIs are unique over schools`() throws {
        let world = try EmulatedWorld(
            EmulatorConfiguration(schools: 12, employees: 400, students: 100)
        )
        var ids: Set<ObjectID> = []
        var emails: Set<String> = []
        var upis: Set<UPI> = []
        var people = 0
        for school in world.schools {
            for person in try world.read(school.id.description, { $0.employees.rows }) {
                people += 1
                ids.insert(person.id)
                upis.insert(person.base.upi)
                let email = person.contact.workEmail ?? "none\(people)"
                emails.insert(email)
                let isPlain = email.utf8.allSatisfy { $0 > 32 && $0 < 127 }
                #expect(isPlain, "\(email)")
                #expect(person.contact.workEmail == nil || email.hasSuffix(".example"))
            }
        }
        #expect(ids.count == people && emails.count == people && upis.count == people)
    }

    @Test func `classes and people name each other`() throws {
        let sample = try Sample()
        let state = try sample.world.read(sample.school) { state in
            (state.classes.rows, state.employees.rows, state.students.rows)
        }
        for row in state.0 {
            for link in row.teachers {
                let person = try #require(state.1.first { $0.id == link.employee })
                #expect(person.classes.contains(row.id))
            }
            #expect(Set(row.students).count == row.students.count)
        }
        for (place, student) in state.2.enumerated() {
            for row in student.classes {
                #expect(state.0[Int(row)].students.contains(Int32(place)))
            }
        }
    }

    @Test func `a school has leavers, people without e-mail and ended roles`() throws {
        let sample = try Sample(EmulatorConfiguration(employees: 1_000, students: 0))
        let staff = try sample.staff
        #expect(staff.contains { $0.current == false && $0.end != nil })
        #expect(staff.contains { $0.contact.workEmail == nil })
        #expect(staff.contains { $0.roles.contains { $0.end != nil } })
        #expect(staff.contains { $0.roles.count { $0.end == nil } == 2 })
        #expect(staff.contains { $0.base.surname?.contains("'") == true })
    }

    @Test(arguments: [
        ("1970-01-01", 0), ("2000-02-29", 11_016), ("2026-09-01", 20_697), ("1969-12-31", -1),
    ])
    func `days are counted rightly`(_ text: String, _ days: Int) throws {
        let day = try #require(CalendarDay(text))
        #expect(day.days == days)
        #expect(
            CalendarDay(year: day.civil.year, month: day.civil.month, day: day.civil.day) == day
        )
    }

    @Test(arguments: [
        "2026-02-30", "2026-13-01", "2026-1-1", "x", "", "2026-09-01T00:00:00", "+026-09-01",
    ])
    func `what is no day is no day`(_ text: String) {
        #expect(CalendarDay(text) == nil)
    }

    @Test func `a page of a large school is made and its cost is shown`() throws {
        let clock = ContinuousClock()
        #if DEBUG
        let people = 10_000
        #else
        let people = 100_000
        #endif
        var sample: Sample?
        let start = try clock.measure {
            sample = try Sample(EmulatorConfiguration(employees: people, students: 0))
        }
        let school = try #require(sample)
        let names = "contact_details,employment_details,roles,hierarchy,classes.subject,groups"
        var bytes = 0
        let spent = try clock.measure {
            for page in 1...20 {
                let target = "/employees?per_page=200&page=\(page * 2)&include=\(names)"
                let answer = school.ask(target)
                try #require(answer.status == 200)
                bytes += answer.body.count
            }
        }
        print(
            "\(people) people made in \(start); a page of 200 in \(spent / 20), \(bytes / 20) bytes"
        )
    }
}
