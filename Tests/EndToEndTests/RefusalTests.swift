import Accounts
import EmulatedSchool
import MISEmulator
import Muster
import MusterTesting
import Roster
import SQLiteStore
import Testing

/// What a school hides of its pupils overnight readmits nobody, and takes no parent from anybody.
@Suite(.timeLimit(.minutes(5))) struct RefusalTests {
    /// How a part is hidden.
    enum Way: String, CaseIterable {
        /// The request that asks for it is refused.
        case refused
        /// The permission is gone, and the request is refused.
        case ungranted
        /// The permission is gone, and every value is null.
        case nulls
    }

    /// How it is noticed.
    enum Path: String, CaseIterable { case login, everybody, changes }

    private func hide(
        _ part: String,
        _ way: Way?,
        at school: EmulatedSchool
    ) throws {
        try school.emulator.setSwitches(school: school.key.school) {
            $0.deniedIncludes = way == .refused ? [part] : []
            $0.ungranted = way == .ungranted || way == .nulls ? ["student.\(part)"] : []
            $0.ungrantedAnswer = way == .ungranted ? .invalidInclude : .null
        }
    }

    private func look(_ path: Path, at id: String, of school: EmulatedSchool) async throws {
        switch path {
        case .login: _ = try await school.login(id: id)
        case .everybody: #expect(try await school.sync().state == .completed)
        case .changes:
            let connection = try await school.store.connections()[0]
            let result = await BatchSync(school.workshop).run(connection, onlyChanges: true)
            #expect(result.state == .completed, "\(result)")
        }
    }

    private func summary(_ id: String, of school: EmulatedSchool) async throws -> AccountSummary {
        let all = try await school.store.accounts(in: school.key, of: .standard)
        return try #require(all.first { $0.links.contains { $0.key.id == id } })
    }

    @Test(arguments: Way.allCases, Path.allCases)
    func `a pupil whose last day has passed stays out though that day is hidden`(
        way: Way,
        path: Path
    ) async throws {
        try await withFamilies { school in
            let id = try await school.pupil().links[0].key.id
            func change(_ edit: (inout PersonChange) -> Void) throws {
                try school.emulator.change(school: school.key.school, student: id, edit)
            }
            try change {
                $0.admissionDate = "2020-09-01"
                $0.leavingDate = "2026-07-17"
            }
            #expect(try await school.sync().suspended == 1)
            try hide("education_details", way, at: school)
            for turn in 1...2 {
                try change { $0.surname = .set("Turn\(turn)") }
                try await look(path, at: id, of: school)
                let pupil = try await summary(id, of: school)
                #expect(pupil.account.status == .suspended(by: .sync))
            }
            // Shown again, without that day.
            try hide("education_details", nil, at: school)
            try change { $0.leavingDate = .clear }
            try await look(.everybody, at: id, of: school)
            #expect(try await summary(id, of: school).account.status == .active)
        }
    }

    @Test(arguments: Way.allCases, Path.allCases)
    func `a pupil keeps her parents though they are hidden, and loses them when they are shown`(
        way: Way,
        path: Path
    ) async throws {
        try await withFamilies { school in
            let all = try await school.store.accounts(in: school.key, of: .standard)
            let before = try #require(all.first { $0.account.guardianships.count == 2 })
            let id = before.links[0].key.id
            func change(_ edit: (inout PersonChange) -> Void) throws {
                try school.emulator.change(school: school.key.school, student: id, edit)
            }
            try hide("contacts", way, at: school)
            for turn in 1...2 {
                try change { $0.surname = .set("Turn\(turn)") }
                try await look(path, at: id, of: school)
                let now = try await summary(id, of: school)
                #expect(now.account.guardianships == before.account.guardianships)
                #expect(now.account.surname == "Turn\(turn)")
            }
            try hide("contacts", nil, at: school)
            let one = try #require(before.account.guardianships.first?.contact.id)
            try change { $0.contacts = .set([ContactLinkChange(one)]) }
            // A login that met the refusal asks for them again; what a run found, a run forgets.
            try await look(path == .login ? .login : .everybody, at: id, of: school)
            let after = try await summary(id, of: school)
            #expect(after.account.guardianships.map(\.contact.id) == [one])
        }
    }

    @Test(arguments: Path.allCases)
    func `a pupil who was among those who left is back on roll, whatever else is hidden`(
        path: Path
    ) async throws {
        try await withFamilies { school in
            let id = try await school.pupil().links[0].key.id
            try school.leave(id)
            #expect(try await school.sync().suspended == 1)
            try hide("education_details", .refused, at: school)
            try school.emulator.change(school: school.key.school, student: id) { $0.left = .clear }
            try await look(path, at: id, of: school)
            #expect(try await summary(id, of: school).account.status == .active)
        }
    }
}
