extension SchoolGenerator {
    /// The posts of a school, from the top, and who manages whom.
    private struct Plan {
        var deputies: Int
        var heads: Int
        var teachers: Int
        var total: Int

        init(total: Int) {
            self.total = total
            deputies = min(max(1, total / 25), max(0, total - 1))
            heads = min(max(1, total / 10), max(0, total - 1 - deputies))
            teachers = max(0, (total - 1 - deputies - heads) * 7 / 10)
        }

        var firstHead: Int { 1 + deputies }
        var firstTeacher: Int { firstHead + heads }
        var firstSupport: Int { firstTeacher + teachers }

        /// The place of the manager of the person in a place.
        func manager(of place: Int) -> Int? {
            switch place {
            case 0: nil
            case 1..<firstHead: 0
            case firstHead..<firstTeacher: 1 + (place - firstHead) % deputies
            case firstTeacher..<firstSupport: firstHead + (place - firstTeacher) % heads
            case firstSupport: 0
            default: firstSupport
            }
        }

        func teaches(_ place: Int) -> Bool {
            place > 0 && place < firstSupport
        }
    }

    mutating func addStaff() {
        let plan = Plan(total: configuration.employees)
        firstHeadPlace = plan.firstHead
        state.employees.reserve(plan.total)
        for place in 0..<plan.total {
            state.employees.add(member(at: place, of: plan))
        }
        for place in 0..<plan.total {
            guard let manager = plan.manager(of: place) else { continue }
            let start = state.employees.rows[place].start ?? today
            let link = ManagerLink(
                manager: state.employees.rows[manager].id,
                role: "Line Manager",
                start: start.adding(days: random.below(60)),
                end: nil
            )
            state.setManagers([link], ofEmployeeAt: place)
        }
    }

    private mutating func member(at place: Int, of plan: Plan) -> Employee {
        var base = personBase(.employee, born: 23...62)
        base.title =
            base.gender == "MALE"
            ? random.pick(["Mr", "Mr", "Mr", "Dr"]) : random.pick(["Mrs", "Ms", "Miss", "Dr"])
        let first = base.forename?.first.map { String($0) } ?? ""
        let last = base.surname?.first.map { String($0) } ?? ""
        base.initials = random.percent(93) ? first + last : nil
        if random.percent(5) { base.legalForename = random.pick(Names.forenames).name }
        var person = Employee(base: base)
        person.teachingStaff = plan.teaches(place)
        person.current = true
        person.start = today.adding(days: -30 - random.below(4_000))
        person.staffCode = (first + (base.surname ?? "").prefix(2)).uppercased()
        if place < plan.firstSupport {
            // Not drawn, so that a seed gives the people that it always gave.
            person.teacherNumber = String(1_000_000 + base.upi.low % 8_000_000)
        }
        addReach(to: &person, mustHaveEmail: place <= plan.deputies)
        addRoles(to: &person, at: place, of: plan)
        if place > plan.deputies, random.percent(configuration.leaversPercent) {
            person.current = false
            person.end = today.adding(days: -1 - random.below(300))
        }
        return person
    }

    private mutating func addReach(to person: inout Employee, mustHaveEmail: Bool) {
        if mustHaveEmail || !random.percent(configuration.withoutEmailPercent) {
            person.contact.workEmail = newEmail(for: person.base)
        }
        if random.percent(60) {
            person.contact.workPhone = "01632 960\(100 + random.below(900))"
        }
        if random.percent(30) {
            person.contact.mobilePhone = "07700 900\(100 + random.below(900))"
        }
        person.contact.homeAddress = PostalAddress(
            houseNumber: String(1 + random.below(180)),
            street: random.pick(Names.streets),
            town: state.profile.town,
            county: nil,
            postcode: state.profile.postcode
        )
    }

    private mutating func addRoles(to person: inout Employee, at place: Int, of plan: Plan) {
        let subject = Names.subjects[subjectIndex(ofPlace: place)].name
        switch place {
        case 0:
            person.roles = [role("Headteacher", "HDTR", from: person.start)]
        case 1..<plan.firstHead:
            person.roles = [role("Deputy Headteacher", "DPHT", from: person.start)]
        case plan.firstHead..<plan.firstTeacher:
            person.roles = [
                role("Classroom Teacher", "TCHR", from: person.start),
                role("Head of \(subject)", "HDEP", from: person.start?.adding(days: 20)),
            ]
        case plan.firstTeacher..<plan.firstSupport:
            person.roles = [role("Classroom Teacher", "TCHR", from: person.start)]
            if random.percent(10) {
                let ended = role(
                    "Cover Supervisor",
                    "COVR",
                    from: person.start?.adding(days: -200),
                    to: person.start?.adding(days: -1)
                )
                person.roles.insert(ended, at: 0)
            }
        case plan.firstSupport:
            person.roles = [role("Business Manager", "BSMG", from: person.start)]
        default:
            let support = random.pick(Names.supportRoles)
            person.roles = [role(support.text, support.code, from: person.start)]
        }
    }

    /// What the teacher in a place teaches.
    func subjectIndex(ofPlace place: Int) -> Int {
        max(0, place - firstHeadPlace) % Names.subjects.count
    }

    private mutating func role(
        _ text: String,
        _ code: String,
        from start: CalendarDay?,
        to end: CalendarDay? = nil
    ) -> StaffRole {
        StaffRole(
            id: ids.next(.role),
            misID: String(1 + random.below(60)),
            text: text,
            code: code,
            contract: ids.next(.contract),
            start: start,
            end: end
        )
    }
}
