import Accounts
import Reconciliation
import Roster

/// What local data says of one login.
struct LoginFacts: Sendable {
    /// The tenant's policy; nil where it cannot be read, which is not the default policy.
    var policy: Policy?
    /// The person; nil where nobody is known by that name.
    var person: KnownPerson?
    /// Whether the host's own name for her led to the person: it is bound to her account.
    var isBound = false
    /// A record without an account that the login names.
    var unlinked: UnlinkedRecord?
    /// The school that has her record; nil where it is connected no more.
    var recordSchool: ConnectedSchool?
    /// Why the id of the login names nobody though people have it; nil where that is not so.
    var ambiguity: String?
    /// Why the store could not say.
    var trouble: String?

    /// Reads what a login needs, of anybody but `former`.
    static func read(
        _ event: LoginEvent,
        from workshop: Workshop,
        besides former: AccountID? = nil,
        formerEmailLife: Duration
    ) async -> LoginFacts {
        let tenant = event.school.connection.tenant
        async let policy = try? await workshop.connections.policy(of: tenant)
        var facts = LoginFacts()
        do throws(StoreError) {
            try await facts.findPerson(event, in: workshop, besides: former, formerEmailLife)
        } catch {
            facts.trouble = error.sentence
        }
        facts.policy = await policy
        return facts
    }

    private mutating func findPerson(
        _ event: LoginEvent,
        in workshop: Workshop,
        besides former: AccountID?,
        _ formerEmailLife: Duration
    ) async throws(StoreError) {
        let formerSince = workshop.clock.now().advanced(by: .zero - formerEmailLife)
        for key in [event.subject.map(LoginKey.subject), event.key].compactMap(\.self)
        where person == nil {
            person = try await workshop.store.person(
                key,
                in: event.school.key,
                of: event.school.connection.tenant,
                formerSince: formerSince
            )
            if let former, person?.account.id == former { person = nil }
            isBound = person != nil && key != event.key
        }
        let link = link(of: event)
        if link == nil || isLeaver(of: event) || isFormerHolder(of: event) {
            unlinked = try await workshop.store.unlinkedRecord(event.key, in: event.school.key)
        }
        guard let link else {
            recordSchool = event.school
            if person == nil, unlinked == nil { try await findSharers(of: event, in: workshop) }
            return
        }
        recordSchool =
            link.key.school == event.school.key
            ? event.school
            : try await workshop.connections.connected(link.key.school)
    }

    /// Finds whether people of several kinds have the id of the login, so that nobody is meant by it.
    private mutating func findSharers(
        of event: LoginEvent,
        in workshop: Workshop
    ) async throws(StoreError) {
        guard case .sourceID(let id, nil) = event.key else { return }
        var request = ViewRequest(tenant: event.school.connection.tenant)
        request.keys = Set(
            PersonKind.allCases.map { SourceKey(school: event.school.key, kind: $0, id: id) }
        )
        let view = try await workshop.store.view(request)
        let kinds = request.keys.filter { view.links[$0] != nil || view.unlinked[$0] != nil }
            .map(\.kind.rawValue).sorted()
        guard kinds.count > 1 else { return }
        ambiguity = LoginEvent.sharedID(at: event.school.school, kinds)
    }

    /// Whether the address of the login leads to somebody who left, so that it may be somebody
    /// else's now.
    private func isLeaver(of event: LoginEvent) -> Bool {
        !isBound && event.key.address != nil && person?.account.status == .suspended(by: .sync)
    }

    /// Whether the address of the login leads to somebody active who gave it up.
    private func isFormerHolder(of event: LoginEvent) -> Bool {
        guard !isBound, let address = event.key.address, let summary = person?.summary,
            summary.account.status == .active
        else { return false }
        return !summary.has(address)
    }

    /// What is known of whoever has the address of the login now, its former holder being gone.
    func withoutLeaver(of event: LoginEvent) -> LoginFacts {
        var facts = self
        facts.person = nil
        facts.recordSchool = event.school
        return facts
    }

    /// The link that answers for the person: one at the school she logs in to before her home's.
    func link(of event: LoginEvent) -> Link? {
        person.flatMap { $0.link(in: event.school.key) ?? $0.homeLink }
    }
}

// What follows from it.
extension LoginFacts {
    /// As which kinds the id of a login is looked up besides `kind`: none where it is known whose
    /// it is.
    func otherKinds(than kind: PersonKind, for event: LoginEvent) -> [PersonKind] {
        guard case .sourceID(_, nil) = event.key, person == nil, unlinked == nil else { return [] }
        return event.school.connection.kinds.filter { $0 != kind }
    }

    /// What there is to be done, and how local data answers where nothing is.
    ///
    /// Of a login that turned out to be somebody else's, `isLast`, nobody else is looked for again.
    func finding(
        _ event: LoginEvent,
        _ settings: LoginSettings,
        isLast: Bool = false,
        at now: Timestamp
    ) -> (LoginDesk.Finding, LoginOutcome) {
        guard let policy else { return (.settled, .sourceUnavailable) }
        if trouble != nil { return (.settled, .sourceUnavailable) }
        if ambiguity != nil { return (.settled, .disputed) }
        let budget = policy.loginBudget ?? settings.budget
        guard let person else { return findingOfUnknown(event, policy, settings) }
        if person.account.status == .suspended(by: .administrator) {
            return (.settled, .suspended)
        }
        guard let link = link(of: event) else {
            let isDisputed = unlinked?.reason.standing == .disputed
            return (.settled, isDisputed ? .disputed : .notReturned)
        }
        if budget == .zero { return (.settled, .fresh) }
        guard recordSchool != nil else { return (.settled, .notReturned) }
        let key = FlightKey(record: link.key, mayCreate: false)
        let isUnclear =
            isFormerHolder(of: event)
            && (event.key.isHeld(by: person.summary)
                || findingOfUnknown(event, policy, settings).0 != .settled)
        let freshness = policy.freshness ?? settings.freshness
        // Whom she is responsible for is asked at each login of hers.
        let isResponsible = !person.summary.students.isEmpty
        if !isUnclear, !isResponsible, let age = age(of: link, at: now, in: event.school.school),
            age < freshness
        {
            return (.fresh(lookUpBehind: age * 2 > freshness ? key : nil), .fresh)
        }
        let finding = isLast ? .ask(key) : asking(key, event, policy, settings)
        return (finding, .sourceUnavailable)
    }

    /// How a person's record is asked for: where it says that the address of the login is hers no
    /// more, whoever has it now is looked for.
    private func asking(
        _ key: FlightKey,
        _ event: LoginEvent,
        _ policy: Policy,
        _ settings: LoginSettings
    ) -> LoginDesk.Finding {
        guard !isBound, person != nil, let address = event.key.address else { return .ask(key) }
        let other = findingOfUnknown(event, policy, settings).0
        guard other != .settled else { return .ask(key) }
        if isLeaver(of: event) { return .askLeaver(key, otherwise: other) }
        // The password that was checked is hers, whoever has the address now.
        guard event.method == .sso else { return .ask(key) }
        let isFormer = isFormerHolder(of: event)
        return .askHolder(key, of: address, otherwise: isFormer ? other : nil)
    }

    private func findingOfUnknown(
        _ event: LoginEvent,
        _ policy: Policy,
        _ settings: LoginSettings
    ) -> (LoginDesk.Finding, LoginOutcome) {
        guard policy.loginBudget ?? settings.budget != .zero, policy.newcomers != .refuse else {
            return (.settled, .unknownPerson)
        }
        let mayCreate = policy.newcomers == .create && event.method == .sso
        let school = event.school.key
        if let unlinked {
            let key = FlightKey(record: unlinked.observation.key, mayCreate: mayCreate)
            return (.ask(key), .unknownPerson)
        }
        switch event.key {
        case .sourceID(let id, let stated):
            let kinds = event.school.connection.kinds
            guard LoginEvent.isUsable(id),
                let kind = kinds.first(where: { stated == nil || $0 == stated })
            else { return (.settled, .unknownPerson) }
            let record = SourceKey(school: school, kind: kind, id: id)
            return (.askStranger(FlightKey(record: record, mayCreate: mayCreate)), .unknownPerson)
        case .email(let text), .username(let text):
            guard settings.discoveryPages > 0, LoginEvent.isUsable(text),
                let email = EmailAddress.compared(text),
                email.contains("@")
            else { return (.settled, .unknownPerson) }
            let newcomer = Newcomer(school: school, email: email, mayCreate: mayCreate)
            return (.newcomer(newcomer), .unknownPerson)
        case .subject: return (.settled, .unknownPerson)
        }
    }

    /// How old the last look-up is; nil where it does not count.
    private func age(
        of link: Link,
        at now: Timestamp,
        in school: SchoolDescription
    ) -> Duration? {
        guard let person, person.account.status == .active, let checkedAt = person.checkedAt,
            // A clock that went back makes nobody fresh.
            now >= checkedAt
        else { return nil }
        if let day = link.replanOn, SchoolCalendar.day(at: now, in: school.timeZone) >= day {
            return nil
        }
        return now.since(checkedAt)
    }
}

extension LoginEvent {
    /// Why an id lets nobody in that people of several kinds have.
    static func sharedID(at school: SchoolDescription, _ kinds: [String]) -> String {
        let whose = kinds.isEmpty ? "" : " (\(kinds.joined(separator: ", ")))"
        return
            "The id of this login is that of several people of \(school.name)\(whose), so it let nobody in; send the kind of person with it, or log her in by her address."
    }

    /// Whether a source may be asked for such a name at all.
    static func isUsable(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 320
            && !name.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}

extension AccountSummary {
    /// The addresses that are hers: those that her records state, and that of her account unless her
    /// home record asks for another, which somebody else holds here.
    var addresses: Set<String> {
        var addresses = Set(links.lazy.filter(\.state.isPresent).compactMap(\.last.claimedEmail))
        if let email = account.email, !waitsForAddress { addresses.insert(email) }
        return addresses
    }

    /// Whether `address` is one of hers.
    func has(_ address: String) -> Bool {
        address == account.email && !waitsForAddress || addresses.contains(address)
    }

    /// Whether her home record asks for an address that somebody else holds here.
    private var waitsForAddress: Bool {
        links.contains { $0.awaitedEmail != nil && $0.key == account.home }
    }
}

extension KnownPerson {
    /// The link that answers for the person at `school`: a present one before one that ended, of
    /// those her home's, else one that no list missed.
    func link(in school: SchoolKey) -> Link? {
        let here = links.filter { $0.key.school == school }
        let present = here.filter(\.state.isPresent)
        return present.first { $0.key == account.home }
            ?? present.first { $0.missingSince == nil } ?? present.first ?? here.first
    }

    /// The link that single-valued fields come from, or else any.
    fileprivate var homeLink: Link? {
        links.first { $0.key == account.home } ?? links.first
    }
}

extension ConnectionStore {
    /// A school that is connected now.
    func connected(_ key: SchoolKey) async throws(StoreError) -> ConnectedSchool? {
        guard let connection = try await connections().first(where: { $0.id == key.connection }),
            let school = connection.schools.first(where: { $0.id == key.school })
        else { return nil }
        return ConnectedSchool(connection: connection, school: school)
    }
}
