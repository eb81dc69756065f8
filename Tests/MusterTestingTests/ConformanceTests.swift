import MusterTesting
import Testing

@Suite struct ConformanceTests {
    @Test(arguments: AccountStoreConformance.laws)
    func `the memory store keeps the law`(_ law: ConformanceLaw) async throws {
        try await law.check { MemoryStore() }
    }

    @Test(arguments: AccountStoreConformance.credentialLaws)
    func `the memory store keeps the law of passwords`(_ law: ConformanceLaw) async throws {
        try await law.check(credentials: { MemoryStore() })
    }

    @Test(arguments: AccountStoreConformance.hostLaws)
    func `accounts beside connections in another store keep the law`(
        _ law: ConformanceLaw
    ) async throws {
        try await law.check(accounts: { MemoryStore() })
    }

    @Test func `a host's laws leave out those of connections only`() {
        let (all, host) = (AccountStoreConformance.laws, AccountStoreConformance.hostLaws)
        #expect(host.count > 80)
        let left = Set(all.map(\.name)).subtracting(host.map(\.name))
        #expect(left.contains("a connection whose secret cannot be sealed is not kept"))
        #expect(
            left.allSatisfy { name in
                [
                    "connection", "polic", "secret", "key", "name", "school", "source", "digest",
                    "message",
                ]
                .contains { name.contains($0) }
            }
        )
    }

    @Test func `laws have names of their own`() {
        let names = (AccountStoreConformance.laws + AccountStoreConformance.credentialLaws)
            .map(\.name)
        #expect(Set(names).count == names.count)
    }

    @Test func `a broken law says where and in what the store differs`() async throws {
        let fault = try #require(Fault.all.first { $0.law.hasPrefix("a write planned") })
        let law = try #require(AccountStoreConformance.laws.first { $0.name == fault.law })
        let failure = await #expect(throws: ConformanceFailure.self) {
            try await law.check { fault.make() }
        }
        let text = try #require(failure?.description)
        #expect(text.hasPrefix("Law broken: a write planned on another version is refused (line "))
        #expect(text.hasSuffix("a write planned on version 0: it was not refused"))
    }

    @Test(arguments: Fault.all)
    func `a store with a fault breaks its law`(_ fault: Fault) async throws {
        let law = try #require(AccountStoreConformance.laws.first { $0.name == fault.law })
        let failure = await #expect(throws: ConformanceFailure.self) {
            try await law.check { fault.make() }
        }
        #expect(failure?.law == fault.law)
    }

    @Test(arguments: CredentialFault.all)
    func `a store with a fault of passwords breaks its law`(_ fault: CredentialFault) async throws {
        let laws = AccountStoreConformance.credentialLaws
        let law = try #require(laws.first { $0.name == fault.law })
        let failure = await #expect(throws: ConformanceFailure.self) {
            try await law.check(credentials: { fault.make() })
        }
        #expect(failure?.law == fault.law)
        // Not because the store threw something else.
        #expect(failure?.line != 0)
    }

    @Test(arguments: Fault.all.filter(\.isMetByChance))
    func `random histories notice a fault`(_ fault: Fault) async throws {
        let law = AccountStoreConformance.differential(seeds: 1...12, steps: 150)
        let failure = await #expect(throws: ConformanceFailure.self) {
            try await law.check { fault.make() }
        }
        #expect(failure?.reason.hasPrefix("Seed ") == true)
    }
}
