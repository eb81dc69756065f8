import Accounts
import Roster
import Testing

@testable import SQLiteStore

@Suite struct `What is known of a source` {
    @Test func `in a store of an earlier version is known of staff`() throws {
        let rows = [
            ("hasClasses", "no"), ("hierarchyContradicts", "yes"), ("provider", "Arbor"),
            ("never.managers", "yes"), ("grant.email", "granted"), ("grant.phone", "denied"),
            ("filled.email", "120"), ("refused.classes.subject", "yes"),
        ]
        let known = try Capabilities(
            rows: rows.map { (key: $0.0, value: $0.1) },
            of: ConnectionID(1)
        )
        #expect(known.provider == "Arbor" && known.hierarchyContradicts)
        #expect(known.neverByProvider == [.managers])
        for school in [nil, "A1000000001"] {
            let staff = known[.staff, in: school]
            #expect(staff.grants == [.email: .granted, .phone: .denied])
            #expect(staff.filled == [.email: 120])
            #expect(staff.refusedParts == ["classes.subject"])
            #expect(!staff.hasClasses)
            #expect(known[.student, in: school] == KindCapabilities())
        }
    }

    @Test(arguments: ["A1000000001", "a.b", "~d", "a~t.~", "", "\u{1F3EB}.é"])
    func `is kept by school and kind, whatever the school's id is`(school: String) throws {
        var known = Capabilities()
        known[.student, in: school].grants[.email] = .denied
        known[.student, in: school].refusedParts = ["a.b.c"]
        known[.contact, in: school + "."].hasClasses = false
        let again = try Capabilities(rows: known.rows, of: ConnectionID(1))
        #expect(again[.student, in: school] == known[.student, in: school])
        #expect(again[.contact, in: school + "."] == known[.contact, in: school + "."])
        if !school.isEmpty { #expect(again == known) }
    }

    @Test(arguments: [
        "of.pupil.A1.grant.email", "of.staff.A1.grant.shoes", "of.staff.~x.grant.email",
        "of.staff.A~.grant.email", "of.staff", "shoes", "grant.shoes",
    ])
    func `that makes no sense is damaged`(key: String) {
        #expect(throws: (any Error).self) {
            _ = try Capabilities(rows: [(key: key, value: "granted")], of: ConnectionID(1))
        }
    }
}
