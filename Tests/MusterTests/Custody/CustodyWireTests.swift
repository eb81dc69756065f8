import Accounts
import JSON
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// What hosts read of who is responsible for whom.
@Suite struct CustodyWireTests {
    private func text(_ members: (inout JSONObjectWriter) -> Void) -> String {
        var writer = JSONWriter()
        writer.object(members)
        return String(decoding: writer.finish(), as: UTF8.self)
    }

    @Test func `a pupil shows her contacts, a contact her pupils, both by name and id alone`()
        async throws
    {
        let families = try await Families(2, contacts: 1)
        families.withdraw([1])
        try await families.sync().expectCompleted()
        let (pupil, carer) = (try await families.summary("k1"), try await families.summary("c1"))
        let carerID = carer.account.id.value
        #expect(
            text { $0.account(pupil, showing: ["contacts", "students"]) }
                == #"{"id":"\#(pupil.account.id.value)","contacts":["#
                + #"{"id":null,"name":null,"relationship":"Father","#
                + #""parentalResponsibility":false,"confirmed":true},"#
                + #"{"id":"\#(carerID)","name":"Siân Carer1","relationship":"Mother","#
                + #""parentalResponsibility":true,"confirmed":true}]}"#
        )
        let second = try await families.summary("k2").account.id.value
        let shown = text { $0.account(carer, showing: ["contacts", "students"]) }
        #expect(
            shown
                == #"{"id":"\#(carerID)","students":["#
                + #"{"id":"\#(pupil.account.id.value)","name":"Niamh Pupil1","relationship":"Mother","#
                + #""parentalResponsibility":true,"confirmed":true},"#
                + #"{"id":"\#(second)","name":"Niamh Pupil2","relationship":"Mother","#
                + #""parentalResponsibility":true,"confirmed":true}]}"#
        )
        #expect(!text { $0.account(carer) }.contains("k1@school.example"))
        #expect(!text { $0.account(pupil, showing: ["email"]) }.contains("contacts"))
    }

    @Test func `the account of a member of staff is what it was, to the byte`() async throws {
        let premises = try await Premises()
        premises.source.put(.staff("1"))
        try await premises.syncAll()
        let account = try #require(try await premises.account("1"))
        let summary = try #require(try await premises.store.summary(of: account.id))
        #expect(
            text { $0.account(summary) }
                == #"{"id":"\#(account.id.value)","email":"1@school.example","title":null,"#
                + #""forename":"Amara","surname":"Abdi","initials":null,"jobTitle":null,"#
                + #""teachingStaff":false,"phone":null,"address":null,"lineManager":null,"#
                + #""classes":[],"subjects":[],"roles":[],"status":"active","credential":"none","#
                + #""kinds":["staff"]}"#
        )
        let export = text { $0.export(Dossier(summary: summary)) }
        #expect(!export.contains("contacts") && !export.contains("students"))
    }

    @Test func `an export of each says of the other what she may see`() async throws {
        let families = try await Families(1)
        let store = families.premises.store
        let pupil = try await families.summary("k1").account.id
        let carer = try await families.summary("c1").account.id
        let ofPupil = try #require(try await store.dossier(of: pupil))
        let ofCarer = try #require(try await store.dossier(of: carer))
        let (first, second) = (text { $0.export(ofPupil) }, text { $0.export(ofCarer) })
        #expect(first.contains("contact c1 (Mother, parental responsibility)"))
        #expect(first.contains(#""name":"Siân Carer1""#) && !first.contains("home.example"))
        #expect(second.contains(#""name":"Niamh Pupil1""#) && !second.contains("k1@school"))
    }

    @Test func `a held relation is shown as unconfirmed, also by a login and in the changes`()
        async throws
    {
        let families = try await Families()
        families.withdraw(1...8)
        try #expect(await families.sync().state == .held)
        families.premises.letFreshnessPass()
        let login = try await families.premises.login(.sourceID("c2"))
        let shown = try #require(login.account)
        #expect(
            text { $0.account(shown) }.ranges(of: #""confirmed":false"#).count == 8
        )
        let changes = try await families.premises.store.changes(
            after: 0,
            of: .standard,
            in: nil,
            limit: 1000
        )
        let marks = changes.map(\.change.entry).filter { $0.field == .contacts }
        #expect(marks.count == 8)
        let responsible = "Siân Carer2 (Father, parental responsibility"
        #expect(marks.allSatisfy { $0.from == "\(responsible))" })
        #expect(marks.allSatisfy { $0.to == "\(responsible), unconfirmed)" })
    }

    @Test func `an erased pupil is nobody's pupil any more`() async throws {
        let families = try await Families(2)
        let pupil = try await families.summary("k1").account
        _ = try await Administration(families.premises.workshop).erase(pupil)
        #expect(try await families.summary("c1").students.map(\.name) == ["Niamh Pupil2"])
    }
}
