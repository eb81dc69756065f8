/// The changes that the control endpoints and the functions in process share.
extension EmulatedWorld {
    func read<Result: Sendable>(
        _ id: String,
        _ body: (borrowing SchoolState) throws(ControlError) -> Result
    ) throws(ControlError) -> Result {
        try known(id).withState { (state) throws(ControlError) in try body(state) }
    }

    @discardableResult
    func edit<Result: Sendable>(
        _ id: String,
        _ body: (inout SchoolState) throws(ControlError) -> Result
    ) throws(ControlError) -> Result {
        try known(id).withState { (state) throws(ControlError) in try body(&state) }
    }

    private func known(_ id: String) throws(ControlError) -> EmulatedSchool {
        guard let school = school(id) else {
            throw .notFound("There is no school with the id '\(id)'.")
        }
        return school
    }

    func change(
        school: String,
        employee: String,
        _ change: EmployeeChange
    ) throws(ControlError) {
        try edit(school) { (state) throws(ControlError) in
            try state.apply(change, toEmployee: employee, ids: ids, now: .now)
        }
    }

    func addEmployee(school: String, _ change: EmployeeChange) throws(ControlError) -> String {
        try edit(school) { (state) throws(ControlError) in
            var copy = state
            let id = copy.addEmployee(ids: ids, now: .now).description
            try copy.apply(change, toEmployee: id, ids: ids, now: .now)
            state = copy
            return id
        }
    }

    func change(
        school: String,
        schoolClass: String,
        _ change: ClassChange
    ) throws(ControlError) {
        try edit(school) { (state) throws(ControlError) in
            try state.apply(change, toClass: schoolClass, now: .now)
        }
    }

    func addClass(school: String, _ change: ClassChange) throws(ControlError) -> String {
        try edit(school) { (state) throws(ControlError) in
            var copy = state
            let id = copy.addClass(ids: ids, now: .now).description
            try copy.apply(change, toClass: id, now: .now)
            state = copy
            return id
        }
    }

    func addOddPeople(school: String) throws(ControlError) -> [(kind: String, id: String)] {
        try edit(school) { (state) throws(ControlError) in
            try OddPeople.add(to: &state, ids: ids, now: .now)
        }
    }
}
