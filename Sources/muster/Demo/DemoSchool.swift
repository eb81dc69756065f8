import MISEmulator

/// An invented school behind a stand-in for its MIS, and what happens in it during the demo.
struct DemoSchool {
    /// Who it is all about, and who else is touched by it.
    struct Cast {
        var teacher: EmployeeSummary
        /// Who becomes her line manager.
        var newManager: EmployeeSummary
        /// The class she hands over.
        var givenAway: ClassSummary
        /// Who takes it over.
        var colleague: EmployeeSummary
    }

    let emulator: WondeEmulator
    let id: String
    let name: String
    let cast: Cast

    /// Starts the stand-in on a free port of this machine; the same people every time.
    static func start() async throws(Failure) -> DemoSchool {
        do {
            let emulator = try await WondeEmulator.start(
                EmulatorConfiguration(seed: 7, leaversPercent: 0)
            )
            guard let school = emulator.schools.first else { throw Failure.noCast }
            return DemoSchool(
                emulator: emulator,
                id: school.id,
                name: school.name,
                cast: try cast(emulator, school: school.id)
            )
        } catch let error as Failure {
            throw error
        } catch {
            throw Failure(code: "demo", sentence: "\(error)", status: ExitStatus.no)
        }
    }

    /// Ends the stand-in: from then on the MIS is down.
    func stop() async { await emulator.stop() }

    /// A wedding, a promotion, another line manager, and a class handed over.
    func change() throws(Failure) {
        do throws(ControlError) {
            try emulator.change(school: id, employee: cast.teacher.id) { change in
                change.surname = "Fairweather"
                change.title = "Mrs"
                change.roles = ["Classroom Teacher", "Head of Year"]
                change.setLineManager(cast.newManager.id)
            }
            try emulator.change(school: id, schoolClass: cast.givenAway.id) { change in
                change.teachers = [MembershipChange(cast.colleague.id)]
            }
        } catch {
            throw Failure(code: "demo", sentence: "\(error)", status: ExitStatus.no)
        }
    }

    private static func cast(
        _ emulator: WondeEmulator,
        school: String
    ) throws -> Cast {
        let staff = try emulator.employees(school: school).filter {
            $0.current != false && $0.workEmail != nil
        }
        let classes = try emulator.classes(school: school)
        let teachers = staff.filter {
            $0.title == "Miss" && $0.classIDs.count > 2 && $0.lineManagerIDs.count == 1
        }
        guard let teacher = teachers.first,
            // Somebody who reports to nobody cannot report to the teacher.
            let manager = staff.first(where: {
                $0.lineManagerIDs.isEmpty && !teacher.lineManagerIDs.contains($0.id)
                    && $0.id != teacher.id
            }),
            let colleague = staff.first(where: {
                $0.id != teacher.id && !$0.classIDs.isEmpty
            }),
            let given = classes.first(where: { $0.teacherIDs == [teacher.id] })
        else { throw Failure.noCast }
        return Cast(
            teacher: teacher,
            newManager: manager,
            givenAway: given,
            colleague: colleague
        )
    }
}

extension Failure {
    fileprivate static let noCast = Failure(
        code: "demo",
        sentence: "The invented school has nobody whom the demo could be about; report that.",
        status: ExitStatus.no
    )
}
