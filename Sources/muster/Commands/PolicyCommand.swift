import Accounts
import ArgumentParser
import JSON
import Muster

/// `muster policy`: what a tenant wants done.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Show or change what a school's tenant wants done.",
        discussion: Self.keys
    )

    @Argument(help: "A school's id or a connection's name.")
    var school: String

    @Option(
        name: .customLong("set"),
        parsing: .upToNextOption,
        help: "KEY=VALUE, several with spaces."
    )
    var settings: [String] = []

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let assignments = try settings.map { try Assignment($0) }
        let assembly = try await Assembly.open(common)
        let tenant = try await assembly.school(school).connection.tenant
        var policy = try await assembly.stored { () throws(StoreError) in
            try await assembly.store.policy(of: tenant)
        }
        if !assignments.isEmpty {
            try Self.set(assignments, in: &policy)
            let changed = policy
            try await assembly.stored { () throws(StoreError) in
                try await assembly.store.setPolicy(changed, of: tenant)
            }
        }
        answer(PolicyText.entries(of: policy), tenant)
    }

    /// What --set takes; the owners of fields are one entry.
    private static var keys: String {
        var lines = ["Keys for --set:"]
        if let owner = PolicyText.keys.first(where: { $0.key.hasPrefix("owner.") }) {
            let fields = Field.owned.map(\.rawValue).joined(separator: ", ")
            lines.append("  owner.FIELD: \(owner.meaning). FIELD is one of \(fields).")
        }
        for entry in PolicyText.keys where !entry.key.hasPrefix("owner.") {
            lines.append("  \(entry.key): \(entry.meaning).")
        }
        lines.append("The value `default` takes a setting back.")
        return lines.joined(separator: "\n")
    }

    private static func set(
        _ assignments: [Assignment],
        in policy: inout Policy
    ) throws(Failure) {
        for assignment in assignments {
            do throws(PolicyProblem) {
                try PolicyText.set(assignment.key, to: assignment.value, in: &policy)
            } catch {
                throw .usage(error.sentence)
            }
        }
    }

    private func answer(_ entries: [(key: String, value: String)], _ tenant: TenantID) {
        common.answer(
            json: { member in
                member.member("tenant", tenant.name)
                member.object("policy") { policy in
                    for entry in entries { policy.member(entry.key, entry.value) }
                }
            },
            text: {
                var table = TextTable()
                for entry in entries { table.add([entry.key, entry.value]) }
                return table.text
            }
        )
    }
}
