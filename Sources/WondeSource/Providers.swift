internal import Roster

/// A school's MIS and what it never delivers through Wonde.
struct Provider: Sendable, Hashable {
    /// The name it is sold by.
    let name: String
    /// Words of which one occurs in the name as Wonde or an operator writes it, letters and digits
    /// only, in lower case.
    let marks: [String]
    /// The fields it never delivers.
    let lacks: Set<SourceField>

    private static let taughtByNobody: Set<SourceField> = [.classes, .subjects]

    /// The systems whose gaps are known, from a vendor's published table.
    static let all: [Provider] = [
        Provider(name: "SIMS", marks: ["sims"], lacks: []),
        Provider(name: "Arbor", marks: ["arbor"], lacks: []),
        Provider(
            name: "RM Integris",
            marks: ["integris"],
            lacks: taughtByNobody.union([.roles, .managers])
        ),
        Provider(
            name: "Facility CMIS | Advanced Learning",
            marks: ["cmis", "facility", "advancedlearning"],
            lacks: []
        ),
        Provider(name: "Pupil Asset", marks: ["pupilasset"], lacks: []),
        Provider(
            name: "iSAMS",
            marks: ["isams"],
            lacks: taughtByNobody.union([.roles, .managers])
        ),
        Provider(
            name: "ScholarPack",
            marks: ["scholarpack"],
            lacks: taughtByNobody.union([.roles])
        ),
        Provider(name: "Bromcom", marks: ["bromcom"], lacks: taughtByNobody.union([.managers])),
        Provider(name: "WCBS", marks: ["wcbs"], lacks: [.roles, .managers]),
        Provider(name: "engage", marks: ["engage"], lacks: [.roles, .managers]),
        Provider(name: "Progresso", marks: ["progresso"], lacks: []),
    ]

    /// The system that `text` names, however it is written; nil where it is none of these.
    init?(named text: String?) {
        guard let text else { return nil }
        let letters = text.lowercased().filter { $0.isLetter || $0.isNumber }
        guard
            let provider = Self.all.first(where: { provider in
                provider.marks.contains { letters.contains($0) }
            })
        else { return nil }
        self = provider
    }

    private init(name: String, marks: [String], lacks: Set<SourceField>) {
        self.name = name
        self.marks = marks
        self.lacks = lacks
    }
}
