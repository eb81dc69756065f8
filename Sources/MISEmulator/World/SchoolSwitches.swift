import Foundation

/// How awkward one school is.
///
/// Every switch can be set at start and changed while running.
package struct SchoolSwitches: Codable, Hashable, Sendable {
    /// How a date is written.
    package enum DateShape: String, Codable, Sendable {
        case object
        case string
        case null
    }

    /// How `meta.pagination.per_page` is written.
    package enum NumberShape: String, Codable, Sendable {
        case integer
        case string
    }

    /// Whom the `hierarchy` include lists.
    package enum Hierarchy: String, Codable, Sendable {
        case managers
        case reports
        case absent
    }

    /// Whether people who no longer work here are in the data.
    package enum Visibility: String, Codable, Sendable {
        case listed
        case hidden
    }

    /// What an include or list answers that the school did not grant.
    package enum UngrantedAnswer: String, Codable, Sendable {
        case null
        case invalidInclude
    }

    /// Where the school stands with this application.
    package enum State: String, Codable, Sendable {
        case approved
        case audited
        case pending
        case declined
        case revoked
        case unknown
    }

    /// What happens to a `per_page` above the greatest allowed.
    package enum OverLimit: String, Codable, Sendable {
        case clamp
        case refuse
    }

    package var dates: DateShape = .object
    package var perPageAs: NumberShape = .integer
    package var metaMissing = false
    package var hierarchy: Hierarchy = .managers
    package var rolesAbsent = false
    package var classesAbsent = false
    package var nonCurrentStaff: Visibility = .listed
    /// Ids of people the school hides from the application.
    package var hidden: [String] = []
    /// The status of a single read of a hidden person: 403 or 404.
    package var hiddenAnswer = 404
    /// Includes that answer 400 `invalid_include` although the catalogue names them.
    package var deniedIncludes: [String] = []
    /// Resources that answer 403, such as `students`.
    package var deniedResources: [String] = []
    /// Identities of permissions that the school did not grant.
    package var ungranted: [String] = []
    package var ungrantedAnswer: UngrantedAnswer = .null
    /// Lists everybody whatever `updated_after` says.
    package var updatedAfterIgnored = false
    package var offline = false
    package var state: State = .audited
    package var mis = "SIMS"
    /// A foreign host for `region.domain`; empty means the address the caller used.
    package var regionDomain = ""
    package var errorCodeMember = "error"
    package var errorMessageMember = "message"
    package var perPageLimit = 500
    package var perPageOverLimit: OverLimit = .clamp
    /// Writes everything beyond ASCII as `\uXXXX` and `/` as `\/`, as PHP does.
    package var escapesText = false

    package init() {}

    /// Reads a JSON object of some switches; the others stay as they are by default.
    package init(json: String) throws(ControlError) {
        let patch = try JSONValue.members(of: Array(json.utf8))
        self = try SchoolSwitches().overlaid(with: patch)
    }

    /// The switches after laying a JSON object of some of them over these.
    func overlaid(with patch: [String: JSONValue]) throws(ControlError) -> SchoolSwitches {
        do {
            guard case .object(var members) = try JSONValue(encoding: self) else { return self }
            for (name, value) in patch {
                guard members[name] != nil else {
                    throw ControlError.badInput(
                        "'\(name)' is no switch of a school; there are "
                            + members.keys.sorted().joined(separator: ", ") + "."
                    )
                }
                members[name] = value
            }
            let switches = try JSONValue.object(members).decoded(as: SchoolSwitches.self)
            try switches.check()
            return switches
        } catch let error as ControlError {
            throw error
        } catch let error as DecodingError {
            throw ControlError.badInput("A switch has a wrong value: \(error.sentence)")
        } catch {
            throw ControlError.badInput("The switches could not be read: \(error).")
        }
    }

    private func check() throws(ControlError) {
        let known = Set(Permission.allCases.map(\.identity))
        if let unknown = ungranted.first(where: { !known.contains($0) }) {
            throw .badInput("'\(unknown)' is no permission; see meta/schools/ID/permissions.")
        }
        guard hiddenAnswer == 403 || hiddenAnswer == 404 else {
            throw .badInput("'hiddenAnswer' is 403 or 404, not \(hiddenAnswer).")
        }
        guard (1...100_000).contains(perPageLimit) else {
            throw .badInput("'perPageLimit' lies between 1 and 100000, not at \(perPageLimit).")
        }
    }
}
