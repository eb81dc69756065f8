import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of the keys of applications.
    static let accessLaws: [ConformanceLaw] = [
        ConformanceLaw("a key reads back as it was added, by its digest and in the list") {
            bench in
            let keys = AccessKey.odd(in: bench)
            for key in keys { try await bench.keys.addKey(key) }
            let listed = try await bench.keys.keys()
            try requireEqual(listed, keys.sorted { $0.name < $1.name }, "the list")
            for key in keys {
                guard case .bearer(let digest) = key.proof else { continue }
                let found = try await bench.keys.key(digest: digest)
                try requireEqual(found, key, "the key \(key.name)")
            }
        },
        ConformanceLaw("a key that sees no member of an account is not one that sees all") {
            bench in
            try await bench.keys.addKey(AccessKey.example("all", 1))
            try await bench.keys.addKey(AccessKey.example("none", 2) { $0.fields = [] })
            try await bench.keys.addKey(AccessKey.example("empty", 3) { $0.fields = [""] })
            let fields = try await bench.keys.keys().map(\.fields)
            try requireEqual(fields, [nil, [""], []], "the fields of all, empty and none")
        },
        ConformanceLaw("a key is found by the whole of its digest only") { bench in
            try await bench.keys.addKey(AccessKey.example("web", 7))
            let sealed = [UInt8](repeating: 9, count: 32)
            try await bench.keys.addKey(
                AccessKey.example("hook", 8) { $0.proof = .signature(sealed: sealed) }
            )
            let digest = AccessKey.digest(7)
            let strangers = [
                [], Array(digest.dropLast()), digest + [0], AccessKey.digest(8), sealed,
            ]
            for digest in strangers {
                let found = try await bench.keys.key(digest: digest)
                try requireEqual(found?.name, nil, "the key of \(digest)")
            }
        },
        ConformanceLaw("a name or a digest of a key that is taken is refused") { bench in
            let first = AccessKey.example("web", 1)
            try await bench.keys.addKey(first)
            let namesake = AccessKey.example("web", 2, tenant: bench.stranger)
            try await requireRefusal(.takenName(of: namesake), "the namesake") {
                () throws(StoreError) in try await bench.keys.addKey(namesake)
            }
            let twin = AccessKey.example("app", 1)
            try await requireRefusal(.takenProof(of: twin), "the twin") { () throws(StoreError) in
                try await bench.keys.addKey(twin)
            }
            try requireEqual(try await bench.keys.keys(), [first], "the keys")
        },
        ConformanceLaw("of keys that are added at once under one name exactly one is kept") {
            bench in
            let kept = await withTaskGroup(of: Bool.self) { group in
                for number in 1...8 as ClosedRange<UInt8> {
                    group.addTask {
                        do throws(StoreError) {
                            try await bench.keys.addKey(AccessKey.example("web", number))
                            return true
                        } catch { return false }
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            try requireEqual(kept, 1, "keys kept")
            try requireEqual(try await bench.keys.keys().count, 1, "keys in the list")
        },
        ConformanceLaw("a signed message is taken once, and again where it was signed later") {
            bench in
            let keys = bench.keys
            let oldest = Timestamp(milliseconds: 0)
            let takes: [(TenantID, String, Int64, Bool)] = [
                (.standard, "a", 1000, true), (.standard, "a", 1000, false),
                (.standard, "a", 999, false), (.standard, "a", 1001, true),
                (.standard, "a", 1000, false), (.standard, "A", 1000, true),
                (.standard, "a \u{0} \u{1F9EE}", 1000, true),
                (.standard, "a \u{0} \u{1F9EE}", 1000, false), (bench.stranger, "a", 1000, true),
                (bench.stranger, "a", 1000, false),
            ]
            let before = bench.store.stamp
            for (tenant, id, time, isTaken) in takes {
                let message = SignedMessage(
                    tenant: tenant,
                    id: id,
                    signedAt: Timestamp(milliseconds: time)
                )
                let taken = try await keys.take(message, forgettingBefore: oldest)
                try requireEqual(taken, isTaken, "\(tenant.name) \(id) at \(time)")
            }
            try requireEqual(bench.store.stamp, before, "the stamp")
        },
        ConformanceLaw("a signed message is forgotten once it is too old, and not before") {
            bench in
            let message = SignedMessage(
                tenant: .standard,
                id: "a",
                signedAt: Timestamp(milliseconds: 1000)
            )
            for (oldest, isTaken) in [(0, true), (1000, false), (1001, true)] as [(Int64, Bool)] {
                let taken = try await bench.keys.take(
                    message,
                    forgettingBefore: Timestamp(milliseconds: oldest)
                )
                try requireEqual(taken, isTaken, "where \(oldest) is the oldest")
            }
        },
        ConformanceLaw("of copies of a signed message that come at once exactly one is taken") {
            bench in
            let message = SignedMessage(tenant: .standard, id: "a", signedAt: .example)
            let taken = await withTaskGroup(of: Bool.self) { group in
                for _ in 1...8 {
                    group.addTask {
                        let isTaken = try? await bench.keys.take(
                            message,
                            forgettingBefore: Timestamp(milliseconds: 0)
                        )
                        return isTaken ?? false
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            try requireEqual(taken, 1, "copies taken")
        },
        ConformanceLaw("the latest use of a key is kept, and the stamp stays") { bench in
            try await bench.keys.addKey(AccessKey.example("web", 1))
            let before = bench.store.stamp
            try requireEqual(try await bench.keys.keyUses(), [:], "the uses at first")
            for time in [1000, 3000, 2000] as [Int64] {
                let time = Timestamp(milliseconds: time)
                try await bench.keys.noteUse(ofKeyNamed: "web", at: time)
            }
            try await bench.keys.tryWriting()
            let uses = try await bench.keys.keyUses()
            try requireEqual(uses, ["web": Timestamp(milliseconds: 3000)], "the uses")
            try requireEqual(bench.store.stamp, before, "the stamp")
        },
        ConformanceLaw("a key that was taken back opens nothing, and its name is free") { bench in
            for (name, number) in [("web", 1), ("app", 2)] as [(String, UInt8)] {
                try await bench.keys.addKey(AccessKey.example(name, number))
            }
            try requireEqual(try await bench.keys.removeKey(named: "web"), true, "the first time")
            try requireEqual(try await bench.keys.removeKey(named: "web"), false, "the second")
            let gone = try await bench.keys.key(digest: AccessKey.digest(1))
            try requireEqual(gone, nil, "the key")
            try requireEqual(try await bench.keys.keys().map(\.name), ["app"], "the names")
            let again = AccessKey.example("web", 1)
            try await bench.keys.addKey(again)
            let found = try await bench.keys.key(digest: AccessKey.digest(1))
            try requireEqual(found, again, "the new key")
        },
    ]
}

extension AccessKey {
    /// A key with a digest of which every byte is `number`.
    static func example(
        _ name: String,
        _ number: UInt8,
        tenant: TenantID = .standard,
        _ change: (inout AccessKey) -> Void = { _ in }
    ) -> AccessKey {
        var key = AccessKey(
            name: name,
            tenant: tenant,
            scopes: [.logins],
            createdAt: .example,
            proof: .bearer(digest: digest(number))
        )
        change(&key)
        return key
    }

    static func digest(_ number: UInt8) -> [UInt8] { [UInt8](repeating: number, count: 32) }

    /// Keys with something in every place.
    fileprivate static func odd(in bench: Bench) -> [AccessKey] {
        [
            example("web", 0, tenant: bench.stranger) { key in
                key.scopes = Set(AccessScope.allCases)
                key.fields = ["email", "a\nb", "c\\d", ""]
                key.expiresAt = Timestamp(milliseconds: -1)
            },
            example("O'Hara \u{0} \u{1F9EE}", 255) { key in
                key.scopes = []
                key.expiresAt = Timestamp(milliseconds: 253_402_300_799_999)
            },
            example("hook", 1) { $0.proof = .signature(sealed: [0, 255, 0]) },
            example("hook 2", 1) { $0.proof = .signature(sealed: [0, 255, 0]) },
        ]
    }
}
