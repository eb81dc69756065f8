import Accounts
import Roster

/// One bounded read of who changed at a school since its last complete run, to find the people
/// who log in and whom nobody here knows.
struct Discovery {
    let workshop: Workshop
    let school: SchoolKey
    let settings: LoginSettings
    let login: LoginID

    /// What a discovery came to.
    struct Outcome: Sendable {
        /// What became of each newcomer who was listed.
        var found: [Newcomer: FlightResult] = [:]
        /// Who was looked for in what was read.
        var served: Set<Newcomer> = []
        /// What to answer everybody where the source could not be read.
        var failure: FlightResult?
    }

    /// Reads who changed, and lets in whoever is `wanted` by then.
    func run(_ wanted: () -> Set<Newcomer>) async -> Outcome {
        let start = workshop.clock.instant()
        var outcome = Outcome()
        var requests = 0
        do throws(DiscoveryFailure) {
            let (school, policy) = try await place()
            let reader = ChangesReader(workshop: workshop, school: school, settings: settings)
            let listed = try await reader.read(school.connection.kinds, &requests)
            let time = start.duration(to: workshop.clock.instant())
            // Whoever may be given an account comes first, so that her other logins find it; and
            // whoever came while others were served is served too.
            while let newcomer = wanted().subtracting(outcome.served)
                .max(by: { !$0.mayCreate && $1.mayCreate })
            {
                outcome.served.insert(newcomer)
                let matches = listed.people.filter { $0.claimedEmail == newcomer.email }
                guard !matches.isEmpty else { continue }
                var result = try await take(matches, of: listed, as: newcomer, at: school, policy)
                result.requests = requests
                result.lookUpTime = time
                outcome.found[newcomer] = result
            }
        } catch {
            outcome.failure = error.result
            outcome.failure?.requests = requests
        }
        return outcome
    }

    private func place() async throws(DiscoveryFailure) -> (ConnectedSchool, Policy) {
        do throws(StoreError) {
            guard let school = try await workshop.connections.connected(school) else {
                throw .unavailable(reason: "The school is connected no more.")
            }
            let policy = try await workshop.connections.policy(of: school.connection.tenant)
            return (school, policy)
        } catch {
            throw .store(error)
        }
    }

    private func take(
        _ matches: [Observation],
        of listed: RecentChanges,
        as newcomer: Newcomer,
        at school: ConnectedSchool,
        _ policy: Policy
    ) async throws(DiscoveryFailure) -> FlightResult {
        var step = RefreshStep(
            workshop: workshop,
            school: school,
            policy: policy,
            mayCreate: false,
            login: login
        )
        do throws(StoreError) {
            // Two newcomers with one address are neither made: a person decides.
            if newcomer.mayCreate, matches.count == 1, let only = matches.first {
                step.isPutOff = try await step.areTooManyNew(of: only.key.kind, in: listed)
                step.hasChangedIDs = try await !workshop.mayBeNew(only.key)
                step.mayCreate = !step.hasChangedIDs && !step.isPutOff
            }
            return try await step.take(matches, knowing: nil)
        } catch {
            throw .store(error)
        }
    }
}
