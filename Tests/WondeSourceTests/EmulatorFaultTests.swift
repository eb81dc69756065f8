import CurlTransport
import MISEmulator
import Roster
import Testing

@testable import WondeSource

@Suite(.timeLimit(.minutes(2))) struct `Faults over a real socket` {
    @Test(arguments: [
        (Fault(.status, status: 500), "unavailable"), (Fault(.status, status: 503), "overloaded"),
        (Fault(.status, status: 401), "refused"), (Fault(.status, status: 403), "notReturned"),
        (Fault(.status, status: 404), "notReturned"), (Fault(.html), "malformed"),
        (Fault(.html, status: 503), "overloaded"), (Fault(.truncate), "unavailable"),
        (Fault(.malformed), "malformed"), (Fault(.reset), "unavailable"),
        (Fault(.hugeBody), "malformed"), (Fault(.hugeBody, chunked: true), "malformed"),
    ])
    func `a look-up says what went wrong and never the token`(
        fault: Fault,
        kind: String
    ) async throws {
        try await EmulatorScene.run { scene in
            let id = try #require(try scene.emulator.employees(school: scene.schoolID).first?.id)
            scene.emulator.add(fault)
            let look = await scene.lookUp(id)
            #expect(look.requests == 1)
            #expect("\(look.answer)".contains(kind), "\(look.answer)")
            #expect(!"\(look)".contains(scene.emulator.token))
        }
    }

    @Test(arguments: [
        (Fault(.status, status: 500), "unavailable"), (Fault(.status, status: 401), "refused"),
        (Fault(.status, status: 403), "refused"), (Fault(.status, status: 404), "unknown"),
        (Fault(.html), "malformed"), (Fault(.truncate), "unavailable"),
        (Fault(.malformed), "malformed"), (Fault(.hugeBody), "malformed"),
        (Fault(.repeatPage), "malformed"), (Fault(.missingPage), "malformed"),
    ])
    func `a page is read whole or not at all`(fault: Fault, kind: String) async throws {
        try await EmulatorScene.run(pageSize: 10) { scene in
            scene.emulator.add(fault)
            do throws(SourceError) {
                let page = try await scene.page()
                Issue.record("read as \(page)")
            } catch {
                #expect("\(error)".contains(kind), "\(error)")
                #expect(!"\(error)".contains(scene.emulator.token))
            }
        }
    }

    @Test func `an overloaded service's wait is passed on, five minutes at most`() async throws {
        try await EmulatorScene.run { scene in
            let id = try #require(try scene.emulator.employees(school: scene.schoolID).first?.id)
            for (asked, wait) in [(2, 2), (9_999, 300)] {
                scene.emulator.setFaults([Fault(.status, status: 429, retryAfter: asked)])
                let answer = await scene.lookUp(id).answer
                #expect(answer == .failed(.overloaded(retryAfter: .seconds(wait))))
            }
            scene.emulator.setFaults([Fault(.status, status: 429)])
            #expect(await scene.lookUp(id).answer == .failed(.overloaded(retryAfter: nil)))
        }
    }

    @Test(arguments: [Fault(.stall), Fault(.hang), Fault(.hold)])
    func `a service that does not answer is given up at the deadline`(fault: Fault) async throws {
        try await EmulatorScene.run { scene in
            let id = try #require(try scene.emulator.employees(school: scene.schoolID).first?.id)
            // A server that ends while a connection is coming in may bring the process down, so the
            // connection is there before anything goes wrong.
            _ = await scene.lookUp(id)
            scene.emulator.add(fault)
            guard
                case .failed(.unavailable) = await scene.lookUp(
                    id,
                    within: .milliseconds(150)
                ).answer
            else {
                Issue.record("not given up")
                return
            }
        }
    }

    @Test func `a cancelled look-up ends at once`() async throws {
        try await EmulatorScene.run { scene in
            let id = try #require(try scene.emulator.employees(school: scene.schoolID).first?.id)
            scene.emulator.add(Fault(.hang))
            let key = SourceKey(school: scene.school, kind: .staff, id: id)
            let look = Task { [source = scene.source] in
                await source.lookUp(key, knowing: Scene.granted, sequence: 1, by: Scene.soon)
            }
            await scene.emulator.waitForRequests(1)
            look.cancel()
            #expect(await look.value.answer == .failed(.cancelled))
        }
    }

    @Test func `an empty list is an empty page, whatever that may mean`() async throws {
        try await EmulatorScene.run { scene in
            scene.emulator.add(Fault(.emptyList))
            let page = try await scene.page()
            #expect(page == RosterPage(observations: [], next: nil, statedAt: page.statedAt))
            #expect(page.statedAt != nil, "the emulator says what its clock shows")
        }
    }

    @Test func `half a list is not what Wonde counts`() async throws {
        try await EmulatorScene.run { scene in
            scene.emulator.add(Fault(.halfList, pathContains: "/employees"))
            let half = try await scene.everybody()
            let count = try await scene.source.count(of: .staff, in: scene.school, by: Scene.soon)
            #expect(try #require(count) > half.observations.count)
        }
    }

    @Test(arguments: [Fault(.duplicateID), Fault(.missingID)])
    func `a spoilt record costs nobody else`(fault: Fault) async throws {
        try await EmulatorScene.run { scene in
            let whole = try await scene.everybody()
            scene.emulator.add(fault)
            let spoilt = try await scene.everybody()
            #expect(spoilt.unreadable.count == (fault.kind == .missingID ? 1 : 0))
            #expect(spoilt.observations.suffix(50) == whole.observations.suffix(50))
        }
    }

    @Test func `a list that goes on at a foreign host is not followed`() async throws {
        // The emulator writes the address it was asked at, so another name of it is foreign.
        try await EmulatorScene.run(pageSize: 10) { scene in
            let transport = CurlTransport()
            let redirected = try WondeSource(
                connection: scene.school.connection,
                settings: scene.source.settings,
                token: scene.emulator.token,
                send: { request throws(TransportError) in
                    var request = request
                    request.url = request.url.replacing("127.0.0.1", with: "localhost")
                    return try await transport.send(request)
                },
                today: scene.source.today,
                now: { Roster.Timestamp(milliseconds: Scene.now * 1000) }
            )
            let error = await #expect(throws: SourceError.self) {
                try await redirected.page(
                    of: .staff,
                    in: scene.school,
                    at: nil,
                    changedSince: nil,
                    knowing: Scene.granted,
                    sequence: 1,
                    by: Scene.soon
                )
            }
            #expect(error?.sentence.contains("not followed") == true)
            await transport.stop()
        }
    }

    @Test func `a wrong token is told from an unknown school and an unreachable host`()
        async throws
    {
        let wrong = "wrongwrongwrong"
        try await EmulatorScene.run(token: wrong) { scene in
            await expect(scene, .refused(reason: ""), "token", not: wrong)
        }
        try await EmulatorScene.run(schoolID: "A999") { scene in
            await expect(scene, .unknown(reason: ""), "A999", not: scene.emulator.token)
        }
        try await EmulatorScene.run { scene in
            await scene.emulator.stop()
            await expect(scene, .unavailable(reason: ""), "127.0.0.1", not: scene.emulator.token)
        }
    }

    @Test(arguments: [SchoolSwitches.State.pending, .declined, .revoked])
    func `a school that has not approved says so`(state: SchoolSwitches.State) async throws {
        var configuration = EmulatorConfiguration()
        configuration.switches.state = state
        try await EmulatorScene.run(configuration) { scene in
            await expect(scene, .refused(reason: ""), "approved", not: scene.emulator.token)
        }
    }

    private func expect(
        _ scene: EmulatorScene,
        _ kind: SourceError,
        _ word: String,
        not secret: String
    ) async {
        do throws(SourceError) {
            _ = try await scene.source.describe([.staff], by: Scene.soon)
            Issue.record("was described")
        } catch {
            #expect("\(error)".prefix(6) == "\(kind)".prefix(6), "\(error)")
            #expect(error.sentence.contains(word), "\(error)")
            #expect(!"\(error)".contains(secret))
        }
    }
}
