import Accounts
import Muster
import Roster
import Sealing
import WondeSource

extension Assembly {
    /// Asks a Wonde school what it is and grants, and keeps it as a connection.
    func connect(
        _ name: String,
        of tenant: TenantID,
        by wanted: WondeSettings,
        people: Set<PersonKind>,
        token: Secret
    ) async throws(Failure) -> Connection {
        let names = try await schools()
        try names.refuse(name: name)
        try names.refuse(schoolID: wanted.schoolID)
        let (description, settings) = try await describe(wanted, people, token)
        let draft = ConnectionDraft(
            tenant: tenant,
            name: name,
            kind: WondeConnection.kind,
            schools: description.schools,
            people: people,
            settings: settings.stored,
            capabilities: description.capabilities
        )
        let seal = try seal()
        return try await stored { () throws(StoreError) in
            try await store.addConnection(draft) { id throws(StoreError) in
                do throws(SealError) {
                    return try seal.seal(token, tenant: tenant, connection: id)
                } catch {
                    throw .unavailable(reason: error.sentence)
                }
            }
        }
    }

    /// Gives a connection another token, once its school has taken that.
    func rotate(_ connection: Connection, to token: Secret) async throws(Failure) {
        let settings: WondeSettings
        do throws(WondeSettingsError) {
            settings = try WondeSettings(stored: connection.settings)
        } catch {
            throw Failure(error)
        }
        _ = try await describe(settings, connection.people, token)
        let seal = try seal()
        let sealed: [UInt8]
        do throws(SealError) {
            sealed = try seal.seal(token, tenant: connection.tenant, connection: connection.id)
        } catch {
            throw Failure(error)
        }
        try await stored { () throws(StoreError) in
            try await store.setSealedSecret(sealed, of: connection.id)
        }
    }

    /// Refuses to go on where what opens the secret of `connection` cannot be used: that is a fault
    /// here and none of its school.
    func requireKey(of connection: Connection) async throws(Failure) {
        let sealed = try await stored { () throws(StoreError) in
            try await store.sealedSecret(of: connection.id)
        }
        guard sealed != nil else { return }
        do throws(SealError) { _ = try keyFile.seal() } catch { throw Failure(error) }
    }

    private func seal() throws(Failure) -> SecretSeal {
        do throws(SealError) { return try keyFile.sealMakingKey() } catch { throw Failure(error) }
    }

    private func describe(
        _ wanted: WondeSettings,
        _ people: Set<PersonKind>,
        _ token: Secret
    ) async throws(Failure) -> (SourceDescription, WondeSettings) {
        let source: WondeSource
        do throws(WondeSettingsError) {
            source = try sources.wonde(wanted, token: token, id: ConnectionID(0))
        } catch {
            throw Failure(error)
        }
        do throws(SourceError) {
            let deadline = workshop.clock.instant() + settings.sync.pageTimeout
            let description = try await source.describe(people, by: deadline)
            return (description, source.settings)
        } catch {
            throw Failure(error)
        }
    }
}
