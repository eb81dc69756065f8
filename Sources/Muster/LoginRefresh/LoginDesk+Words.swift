import Accounts
import Roster

// What the desk is told, and what it answers.
extension LoginDesk {
    /// What local data says of a login.
    indirect enum Finding: Sendable, Hashable {
        /// Local data answers it.
        case settled
        /// It is fresh enough; past half of its life it is looked up behind the answer.
        case fresh(lookUpBehind: FlightKey?)
        /// The source must be asked for a record that is known.
        case ask(FlightKey)
        /// The same for the record of somebody who left; where she is gone still, her address may
        /// be somebody else's now, and `otherwise` is to be done.
        case askLeaver(FlightKey, otherwise: Finding)
        /// The same for the record of whoever is known by an address; where she gave that up, it may
        /// be somebody else's now, and `otherwise` is to be done, or what local data says then.
        case askHolder(FlightKey, of: String, otherwise: Finding?)
        /// The source must be asked for a record that nobody here has heard of.
        case askStranger(FlightKey)
        /// Nobody is known by that name, but the school may list somebody since the last run.
        case newcomer(Newcomer)
    }

    enum Action: Sendable, Hashable {
        /// Answer from local data; nothing was asked.
        case answerLocally(Number)
        /// The budget is over: answer from local data, the rest goes on behind.
        case answerDeferred(Number)
        /// Nobody is known by that name, and nothing is asked; it is worth trying again after
        /// `retryAfter`, where that is not nil.
        case answerUnknown(Number, retryAfter: Duration?)
        /// Nobody is known by that name, and the source could not be asked lately: it is worth
        /// trying again after `retryAfter`.
        case answerUnavailable(Number, retryAfter: Duration)
        /// Answer with what the look-up brought; it was another login's where `isShared`.
        case answerLanded(Number, isShared: Bool)
        /// The person behind the record is gone, or gave the address up: the login is somebody
        /// else's from now on.
        case goOn(Number)
        /// Read who else is known by the address of the login.
        case readAgain(Number)
        /// Look the record up, for this login first of all.
        case lookUp(FlightKey, for: Number)
        /// A login was told that its refresh goes on behind, and the source gave no answer: ask
        /// again when it is there, and `askAgain` before that.
        case promise(FlightKey)
        /// Read who changed at the school.
        case discover(SchoolKey)
    }

    /// What became of a look-up.
    enum Landing: Sendable, Hashable {
        case answered
        /// The source has no such record.
        case unknown
        /// Its person had left, and did not come back.
        case gone
        /// An account would have been made if it might.
        case parked
        /// There was no answer, or nowhere to put it; later there may be.
        case lost
    }
}
