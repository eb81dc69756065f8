import Accounts
import JSON
import Muster
import MusterServer
import Reconciliation
import Roster
import Sealing
import WondeSource

/// What the process ends with; outside programs rely on these.
enum ExitStatus {
    /// It is done; a login: allowed.
    static let done: Int32 = 0
    /// The answer is no, or the work did not complete.
    static let no: Int32 = 1
    /// Bad usage, a missing file, a bad configuration.
    static let badUse: Int32 = 2
}

/// Why a subcommand did not do what it was asked: a word for programs, a sentence for people.
struct Failure: Error {
    let code: String
    let sentence: String
    let status: Int32

    static func usage(_ sentence: String) -> Failure {
        Failure(code: "usage", sentence: sentence, status: ExitStatus.badUse)
    }

    static func badFile(_ sentence: String) -> Failure {
        Failure(code: "badFile", sentence: sentence, status: ExitStatus.badUse)
    }

    static func badConfiguration(_ sentence: String) -> Failure {
        Failure(code: "badConfiguration", sentence: sentence, status: ExitStatus.badUse)
    }

    static func unknownSchool(_ name: String) -> Failure {
        Failure(
            code: "unknownSchool",
            sentence:
                "There is no school or connection called \(name.brief); see which there are with"
                + " `muster connections`.",
            status: ExitStatus.badUse
        )
    }

    static func ambiguousSchool(_ sentence: String) -> Failure {
        Failure(code: "ambiguousSchool", sentence: sentence, status: ExitStatus.badUse)
    }

    /// A name or an id that something else has.
    static func taken(_ sentence: String) -> Failure {
        Failure(.conflict(reason: sentence))
    }

    static func planWaits(_ plan: String, _ connection: String) -> Failure {
        Failure(
            code: "planWaits",
            sentence:
                "The plan \(plan.brief) was not carried out, because a sync of \(connection.brief) is going"
                + " on; approve it again when that has ended, if the plan still waits then.",
            status: ExitStatus.no
        )
    }

    static func stoppedWaiting(_ run: RunID, _ connection: String) -> Failure {
        let number = run.value
        return Failure(
            code: "stoppedWaiting",
            sentence:
                "The sync of \(connection.brief) that was waited for goes on (run \(number)); `muster runs"
                + " \(number)` tells how it ends, and `muster runs \(number) --cancel` stops it.",
            status: ExitStatus.no
        )
    }

    static func unknownPlan(_ plan: String) -> Failure {
        Failure(
            code: "unknownPlan",
            sentence:
                "No plan \(plan.brief) waits for a decision: no sync made one of that name, or a later"
                + " sync took its place; see what waits with `muster runs SCHOOL`.",
            status: ExitStatus.no
        )
    }

    static func planApproved(_ plan: String, by run: Run) -> Failure {
        Failure(
            code: "planApproved",
            sentence:
                "The plan \(plan.brief) was carried out already, at \(run.startedAt.iso8601); see what"
                + " that came to with `muster runs \(run.id.value)`.",
            status: ExitStatus.no
        )
    }

    static func planLapsed(_ plan: String, _ run: Run, of connection: String) -> Failure {
        Failure(
            code: "planLapsed",
            sentence:
                "The plan \(plan.brief) of sync \(run.id.value) is more than a day old and was not"
                + " carried out; run `muster sync \(connection.brief)\(run.state == .preview ? " --preview" : "")`, and approve what that"
                + " \(run.state == .preview ? "shows" : "holds").",
            status: ExitStatus.no
        )
    }

    static func unknownConnection(_ name: String) -> Failure {
        Failure(
            code: "unknownConnection",
            sentence:
                "There is no connection called \(name.brief); see which there are with"
                + " `muster connections`.",
            status: ExitStatus.badUse
        )
    }

    /// Tells people on standard error and, if asked, programs on standard output.
    func report(asJSON isJSON: Bool) {
        let sentence = Echo.ofProcess.cut(sentence)
        Console.say(sentence)
        guard isJSON else { return }
        Console.print(json: { member in
            member.object("error") { error in
                error.member("code", code)
                error.member("message", sentence)
            }
        })
    }
}

// What went wrong in the rooms below, as the command says it.
extension Failure {
    init(_ error: StoreError) {
        switch error {
        case .stale, .busy:
            self.init(code: "busy", sentence: error.sentence, status: ExitStatus.no)
        case .conflict:
            self.init(code: "conflict", sentence: error.sentence, status: ExitStatus.no)
        case .full:
            self.init(code: "store", sentence: error.sentence, status: ExitStatus.no)
        case .unavailable:
            self.init(code: "store", sentence: error.sentence, status: ExitStatus.badUse)
        }
    }

    init(_ error: AdministrationError) {
        switch error {
        case .nobody:
            self.init(code: "nobody", sentence: error.sentence, status: ExitStatus.no)
        case .store(let error): self.init(error)
        case .edit(let error):
            switch error {
            case .addressTaken:
                self.init(code: "conflict", sentence: error.sentence, status: ExitStatus.no)
            case .notPinned:
                self.init(code: "notPinned", sentence: error.sentence, status: ExitStatus.no)
            default:
                self.init(code: "badValue", sentence: error.sentence, status: ExitStatus.badUse)
            }
        }
    }

    init(_ error: UndoError) {
        switch error {
        case .unknownRun:
            self.init(code: "unknownRun", sentence: error.sentence, status: ExitStatus.badUse)
        case .neverChanged:
            self.init(code: "neverChanged", sentence: error.sentence, status: ExitStatus.no)
        case .madeAccount(let run, let email):
            let sentence = error.sentence.replacing(
                "name that run if you mean it",
                with: "to do it, say `muster undo \(run.value) --person \(email)`"
            )
            self.init(code: "notConfirmed", sentence: sentence, status: ExitStatus.badUse)
        case .notConfirmed:
            let sentence = error.sentence.replacing(
                "say that you mean it",
                with: "say --yes to do it"
            )
            self.init(code: "notConfirmed", sentence: sentence, status: ExitStatus.badUse)
        case .store(let error): self.init(error)
        }
    }

    init(_ error: SourceError) {
        let code =
            switch error {
            case .unavailable: "unreachable"
            case .overloaded: "overloaded"
            case .malformed: "malformed"
            case .refused: "refused"
            case .unknown: "unknownSchool"
            case .cancelled: "cancelled"
            }
        self.init(code: code, sentence: error.sentence, status: ExitStatus.no)
    }

    init(_ error: SealError) {
        self.init(code: "key", sentence: error.sentence, status: ExitStatus.badUse)
    }

    init(_ error: ServerError) {
        let code =
            switch error {
            case .plainOutside: "plainOutside"
            case .certificate: "badFile"
            case .address: "address"
            }
        // Another program on the port is no fault of the configuration: it may be gone next time.
        let isTaken = code == "address"
        self.init(
            code: code,
            sentence: error.sentence,
            status: isTaken ? ExitStatus.no : ExitStatus.badUse
        )
    }

    init(_ error: WondeSettingsError) {
        self = .usage(error.sentence)
    }
}
