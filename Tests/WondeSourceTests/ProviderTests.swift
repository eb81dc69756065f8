import Roster
import Testing

@testable import WondeSource

@Suite struct `A provider's gaps` {
    private static let noClasses: Set<SourceField> = [.classes, .subjects]

    @Test(
        arguments: [
            ("Capita SIMS", []), ("Arbor MIS", []),
            ("RM Integris", noClasses.union([.roles, .managers])),
            ("rm-integris g2", noClasses.union([.roles, .managers])),
            ("Facility CMIS", []), ("Advanced Learning", []), ("PupilAsset", []),
            ("Pupil Asset", []),
            ("iSAMS", noClasses.union([.roles, .managers])),
            ("ScholarPack", noClasses.union([.roles])),
            ("Scholar Pack", noClasses.union([.roles])), ("Bromcom", noClasses.union([.managers])),
            ("WCBS", [.roles, .managers]), ("engage", [.roles, .managers]), ("Progresso", []),
        ] as [(String, Set<SourceField>)]
    )
    func `a name is recognised however it is written`(name: String, gaps: Set<SourceField>) {
        #expect(Provider(named: name)?.lacks == gaps)
    }

    @Test(arguments: [nil, "", "Something new"])
    func `an unknown system is not said to lack anything`(name: String?) {
        #expect(Provider(named: name) == nil)
    }

    @Test func `there are eleven systems`() {
        #expect(Provider.all.count == 11)
    }
}
