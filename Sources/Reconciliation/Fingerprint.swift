public import Accounts
public import Roster

/// A digest of what a source said and of the rules that read it.
///
/// Two answers with one fingerprint are planned alike, so that an unchanged person costs nothing.
/// The digest is the same in every process and on every day; it is no protection against somebody
/// who wants two answers to collide.
public enum Fingerprint {
    /// Raised whenever the reading of observations changes, so that everybody is planned anew.
    private static let mappingVersion: UInt64 = 1

    /// The digest of the rules in `policy` and of the mapping.
    public static func rules(_ policy: Policy) -> UInt64 {
        var digest = Digest(seed: mappingVersion)
        for field in Field.owned {
            digest.add(policy.owner(of: field).rawValue)
        }
        digest.add(policy.departedManager.rawValue)
        for (title, rights) in policy.privileges.sorted(by: { $0.key < $1.key }) {
            digest.add(title)
            for right in rights.sorted() { digest.add(right) }
            digest.add(1)
        }
        return digest.value
    }

    /// The digest of everything besides the record itself on which its reading depends: what the
    /// school states that it grants, the rules, and what the adapter was told.
    public static func terms(
        _ capabilities: Capabilities,
        _ policy: Policy,
        _ settings: [String: String]
    ) -> UInt64 {
        var digest = Digest(seed: rules(policy))
        digest.add(policy.trustsEmail ? 1 : 2)
        digest.add(capabilities.provider ?? "")
        for field in SourceField.allCases {
            digest.add(capabilities.neverByProvider.contains(field) ? 1 : 2)
        }
        for (kind, school, known) in capabilities.all {
            digest.add(kind.rawValue)
            digest.add(school ?? "")
            digest.add(known)
        }
        for (key, value) in settings.sorted(by: { $0.key < $1.key }) {
            digest.add(key)
            digest.add(value)
        }
        return digest.value
    }

    /// The digest of `observation` as read by `rules`, without its request number.
    public static func of(_ observation: Observation, rules: UInt64) -> UInt64 {
        var digest = Digest(seed: rules)
        digest.add(observation.standing)
        for text in [
            observation.title, observation.forename, observation.surname, observation.initials,
            observation.email, observation.phone, observation.address,
        ] {
            digest.add(text) { $0.add($1) }
        }
        digest.add(observation.teachingStaff) { $0.add($1 ? 1 : 0) }
        digest.add(observation.roles) { digest, roles in
            for role in roles {
                digest.add(role.title)
                digest.add(role.term)
            }
        }
        digest.add(observation.managers) { digest, managers in
            for manager in managers {
                digest.add(manager.key.id)
                digest.add(manager.term)
            }
        }
        digest.add(observation.classes) { digest, memberships in
            for membership in memberships { digest.add(membership) }
        }
        // Nothing for none: what was kept before there were numbers still stands for such people.
        for number in observation.neutralKeys.sorted() {
            digest.add(number.kind.rawValue)
            digest.add(number.text)
        }
        // Whoever is asked for no contacts keeps the digest that she always had.
        if observation.contacts != .notSupplied(.notAskedFor) {
            digest.add(observation.contacts) { digest, contacts in
                for contact in contacts { digest.add(contact) }
            }
        }
        return digest.value
    }
}

/// FNV-1a over 64 bits, eight bytes a step, with a final mix.
private struct Digest {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    init(seed: UInt64) { add(seed) }

    var value: UInt64 {
        var mixed = state
        mixed ^= mixed >> 33
        mixed &*= 0xff51_afd7_ed55_8ccd
        mixed ^= mixed >> 33
        mixed &*= 0xc4ce_b9fe_1a85_ec53
        return mixed ^ (mixed >> 33)
    }

    mutating func add(_ word: UInt64) {
        state = (state ^ word) &* 0x100_0000_01b3
        state ^= state >> 29
    }

    /// The bytes as they are: two spellings of one text may differ, which costs a planning only.
    mutating func add(_ text: String) {
        var word: UInt64 = 0
        var count: UInt64 = 0
        for byte in text.utf8 {
            word = word << 8 | UInt64(byte)
            count += 1
            if count % 8 == 0 { add(word) }
        }
        add(word)
        add(count)
    }

    mutating func add<Value>(_ observed: Observed<Value>, _ each: (inout Digest, Value) -> Void) {
        switch observed {
        case .value(let value):
            add(1)
            each(&self, value)
        case .empty: add(2)
        case .notSupplied(let why):
            add(3)
            add(why.rawValue)
        }
    }

    mutating func add(_ known: KindCapabilities) {
        add(known.hasClasses ? 1 : 2)
        for field in SourceField.allCases {
            // What was only seen changes from run to run.
            let grant = known.grants[field, default: .unknown]
            add(grant == .granted ? 1 : grant == .denied ? 2 : 3)
        }
        for part in known.refusedParts.sorted() { add(part) }
    }

    mutating func add(_ day: Day?) {
        add(UInt64(day?.number ?? 0))
    }

    mutating func add(_ term: Term) {
        add(term.start)
        add(term.end)
    }

    mutating func add(_ standing: Standing) {
        switch standing {
        case .current: add(1)
        case .unstated: add(2)
        case .left(let evidence): add(evidence.rawValue)
        case .notYetStarted(let day): add(day)
        }
    }

    mutating func add(_ contact: ContactEntry) {
        add(contact.key.id)
        add(contact.relationship ?? "")
        add(contact.parentalResponsibility.map { $0 ? 1 : 2 } ?? 3)
    }

    mutating func add(_ membership: ClassMembership) {
        let taught = membership.teachingClass
        add(taught.key.id)
        add(taught.key.academicYear ?? "")
        add(taught.name)
        add(taught.description ?? "")
        add(taught.subject ?? "")
        add(membership.role.rawValue)
    }
}
