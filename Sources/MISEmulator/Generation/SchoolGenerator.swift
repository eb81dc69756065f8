/// Fills one school with people, classes and groups from a seed.
struct SchoolGenerator {
    let configuration: EmulatorConfiguration
    let today: CalendarDay
    let ids: IDSource
    var random: SeededRandom
    var state: SchoolState
    var usedEmails: [String: Int] = [:]
    var nextMISID: Int
    /// The place of the first head of department, from whom the subjects are dealt out.
    var firstHeadPlace = 0

    /// The years that pupils are in.
    static let years = Array(7...11)

    init(configuration: EmulatorConfiguration, today: CalendarDay, index: Int, ids: IDSource) {
        self.configuration = configuration
        self.today = today
        self.ids = ids
        random = SeededRandom(seed: configuration.seed &* 1_000_003 &+ UInt64(index))
        nextMISID = 1_000 + random.below(4_000)
        let sample = Names.schools[index % Names.schools.count]
        let round = index / Names.schools.count
        let suffix = round == 0 ? "" : String(round + 1)
        let night = Timestamp(day: today.adding(days: -1), secondOfDay: 7_200)
        state = SchoolState(
            profile: SchoolProfile(
                id: ids.next(.school),
                name: sample.name + (round == 0 ? "" : " \(round + 1)"),
                emailDomain: "\(sample.slug)\(suffix).example",
                establishmentNumber: String(4_000 + index),
                urn: 100_000 + index,
                laCode: "999",
                phase: "SECONDARY",
                addressLine: "1 School Lane",
                town: sample.town,
                postcode: "ZZ\(1 + index % 99) \(random.below(10))ZZ",
                auditedAt: Timestamp(day: today.adding(days: -500), secondOfDay: 56_710)
            ),
            switches: configuration.switches,
            start: night
        )
    }

    /// The filled school.
    static func generate(
        _ configuration: EmulatorConfiguration,
        today: CalendarDay,
        index: Int,
        ids: IDSource
    ) -> SchoolState {
        var generator = SchoolGenerator(
            configuration: configuration,
            today: today,
            index: index,
            ids: ids
        )
        generator.addSubjects()
        generator.addStaff()
        generator.addGroups()
        generator.addClasses()
        generator.addStudents()
        generator.addDeletions()
        return generator.state
    }

    mutating func takeMISID() -> String {
        nextMISID += 1
        return String(nextMISID)
    }

    mutating func upi() -> UPI {
        UPI(high: random.next(), low: random.next())
    }

    /// A moment in the last few years, in the night when records are copied.
    mutating func recentMoment(within days: Int) -> Timestamp {
        Timestamp(
            day: today.adding(days: -1 - random.below(days)),
            secondOfDay: random.below(14_400)
        )
    }

    mutating func personBase(_ kind: ObjectKind, born years: ClosedRange<Int>) -> PersonBase {
        let (forename, gender) = random.pick(Names.forenames)
        let surname = random.pick(Names.surnames)
        let middle = random.percent(40) ? random.pick(Names.forenames).name : nil
        let updated = recentMoment(within: 400)
        return PersonBase(
            id: ids.next(kind),
            misID: takeMISID(),
            upi: upi(),
            title: nil,
            initials: nil,
            surname: surname,
            forename: forename,
            middleNames: middle,
            legalSurname: surname,
            legalForename: forename,
            gender: gender,
            born: today.adding(days: -365 * random.within(years) - random.below(365)),
            createdAt: Timestamp(
                microseconds: updated.microseconds - Int64(random.below(800)) * 86_400_000_000
            ),
            updatedAt: updated
        )
    }

    /// An address nobody in the school has yet.
    mutating func newEmail(for base: PersonBase) -> String {
        let forename = Names.folded(base.forename ?? "").prefix(1)
        let local = "\(forename).\(Names.folded(base.surname ?? ""))"
        let count = usedEmails[local, default: 0] + 1
        usedEmails[local] = count
        return "\(local)\(count == 1 ? "" : String(count))@\(state.profile.emailDomain)"
    }

    private mutating func addSubjects() {
        for subject in Names.subjects {
            let moment = recentMoment(within: 900)
            state.subjects.add(
                Subject(
                    id: ids.next(.subject),
                    misID: takeMISID(),
                    name: subject.name,
                    code: subject.code,
                    createdAt: moment,
                    updatedAt: moment
                )
            )
        }
    }

    private mutating func addDeletions() {
        for _ in 0..<min(3, configuration.employees) {
            let deletion = Deletion(
                id: ids.next(.employee),
                misID: takeMISID(),
                type: "employee",
                deletedAt: recentMoment(within: 300)
            )
            state.deletions.append(deletion)
        }
    }
}
