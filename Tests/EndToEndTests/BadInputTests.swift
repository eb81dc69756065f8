import Accounts
import Foundation
import Muster
import MusterTesting
import Roster
import SQLiteStore
import Testing

/// Bad input, bad disks and bad clocks: a clear message, a consistent store, and a second run that
/// comes to what an undisturbed one would have come to.
@Suite struct BadInputTests {
    // MARK: The list

    @Test func `an id that a member of staff and a student share is two people`() async throws {
        let scene = try await BadInputScene(people: [.staff, .student])
        let teacher = Observation.staff("500", email: "teacher@school.example")
        var pupil = Observation.staff("500", surname: "Brown", email: "pupil@school.example")
        pupil.key = .student("500")
        scene.source.put(teacher, pupil)
        let result = try await scene.sync()
        #expect(result.state == .completed && result.created == 2, "\(result)")
        let content = try await scene.content()
        #expect(content.entries.keys.count { $0.hasPrefix("account ") } == 2)
        let again = try await scene.sync()
        #expect(again.unchanged == 2 && again.changed == 0, "\(again)")
        // The one's leaving is not the other's.
        scene.source.change(teacher.key) { $0.standing = .left(.notCurrent) }
        #expect(try await scene.sync().suspended == 1)
        let statuses = try await scene.content().entries.filter { $0.key.hasPrefix("account ") }
            .mapValues { $0["status"] }
        #expect(statuses["account pupil@school.example"] == "active")
        #expect(statuses["account teacher@school.example"] != "active")
    }

    @Test func `an id and an address that staff and student share are never one account`()
        async throws
    {
        let scene = try await BadInputScene(people: [.staff, .student])
        scene.source.put(.staff("500", email: "one@school.example"))
        #expect(try await scene.sync().created == 1)
        var pupil = Observation.staff("500", email: "one@school.example")
        pupil.key = .student("500")
        scene.source.put(pupil)
        let before = try await scene.account("one@school.example")
        let result = try await scene.sync()
        #expect(result.state == .completed && result.disputed == 1, "\(result)")
        #expect(result.remarks.map(\.reason) == [UnlinkedReason.otherKind.rawValue])
        #expect(try await scene.account("one@school.example") == before)
        scene.source.change(pupil.key) { $0.email = .value("two@school.example") }
        #expect(try await scene.sync().created == 1)
        #expect(try await scene.account("one@school.example") == before)
    }

    /// `MUSTER_BAD_RECORDS` sets how many people there are; `make soak` asks for 100,000.
    @Test func `three in a hundred records that cannot be read stop nobody else`() async throws {
        let asked = ProcessInfo.processInfo.environment["MUSTER_BAD_RECORDS"].flatMap(Int.init)
        let people = asked ?? 20_000
        let bad = people * 3 / 100
        let scene = try await BadInputScene(pageSize: max(50, people / 40))
        for number in 1...people { scene.source.put(.staff("\(1_000_000 + number)")) }
        let unreadable = (1...bad).map { number in
            UnreadableRecord(
                id: "\(1_000_000 + number * 33)",
                reason: "The surname is a number; correct the record in the MIS."
            )
        }
        let unnamed: PageFault = .unreadable([
            UnreadableRecord(id: nil, reason: "The record has no id; correct it in the MIS.")
        ])
        scene.source.script { script in
            let size = script.pageSize
            let ids = script.listed(.staff, in: .example).map(\.key.id)
            for page in 1...(people + size - 1) / size {
                let here = Set(ids[((page - 1) * size)..<min(people, page * size)])
                let spoilt = unreadable.filter { $0.id.map(here.contains) ?? false }
                script.pageFaults[page] = [.unreadable(spoilt)]
            }
        }
        let first = try await scene.sync()
        #expect(first.state == .completed && first.failed == bad, "\(first.counts)")
        #expect(first.created == people - bad && first.seen == people, "\(first.counts)")
        #expect(first.remarks.count == min(101, bad))
        #expect(first.remarks.allSatisfy { $0.reason.hasSuffix(".") })
        #expect(first.remarks.prefix(100).allSatisfy { $0.record != nil })
        scene.source.script { $0.pageFaults = [:] }
        let mended = try await scene.sync()
        #expect(mended.state == .completed && mended.created == bad, "\(mended.counts)")
        #expect(mended.unchanged == people - bad, "\(mended.counts)")
        let content = try await scene.content()
        // Of people who are known nothing is taken, nor are they missing, however often.
        scene.source.script { $0.pageFaults = [1: [.unreadable(unreadable), unnamed]] }
        for _ in 1...2 {
            let spoilt = try await scene.sync()
            #expect(spoilt.state == .completed && spoilt.suspended == 0, "\(spoilt.counts)")
            scene.clock.advance(by: .seconds(13 * 3600))
        }
        let end = try await scene.content()
        #expect(end == content, "\(end.difference(from: content)?.prefix(500) ?? "")")
    }

    // MARK: The store

    @Test func `a disk that fills up at any point of a sync is said to be full`() async throws {
        let scene = try await CutScene()
        let whole = try scene.fresh(for: .firstLoad, "whole")
        let ended = await scene.run(.firstLoad, on: whole)
        let content = try await scene.content(of: whole)
        var fullAt: [Int] = []
        var pages = try scene.pages(of: "connected")
        while true {
            let name = "full \(pages)"
            let full = try scene.fresh(for: .firstLoad, name) { $0.maximumPages = pages }
            let result = await scene.run(.firstLoad, on: full)
            guard result.state == .failed else { break }
            fullAt.append(pages)
            #expect(result.trouble?.contains("no room left for the store") == true, "\(result)")
            #expect(result.trouble?.contains("make room on its disk") == true, "\(result)")
            let roomy = try scene.reopened(name)
            let again = await scene.run(.firstLoad, on: roomy, later: .seconds(660))
            #expect(again == ended, "full at \(pages) pages")
            let difference = try await scene.content(of: roomy).difference(from: content)
            #expect(difference == nil, "full at \(pages) pages")
            pages += 1
        }
        #expect(fullAt.count > 5, "\(fullAt)")
    }

    @Test(arguments: [1, 3, 5])
    func `a store that another process locks while page n is on its way is named`(
        page: Int
    ) async throws {
        let scene = try await BadInputScene(pageSize: 10)
        for number in 101...145 { scene.source.put(.staff("\(number)")) }
        let gate = Gate()
        scene.source.script { $0.pageFaults[page] = [.held(gate)] }
        async let running = scene.sync()
        try await gate.arrival()
        let lock = try StoreLock(path: scene.path)
        gate.open()
        let result = try await running
        #expect(result.state == .failed)
        #expect(result.trouble?.contains("locked by another process") == true, "\(result)")
        try lock.release()
        #expect(try await scene.content().entries.isEmpty)
        scene.source.script { $0.pageFaults = [:] }
        // Nobody tells the store that the run is over: only silence does.
        scene.clock.advance(by: .seconds(660))
        let again = try await scene.sync()
        #expect(again.state == .completed && again.created == 45, "\(again)")
    }

    // MARK: The clock

    @Test func `a clock that jumps back a day loses no change and infers no leaving`() async throws
    {
        let scene = try await BadInputScene()
        for number in 101...130 { scene.source.put(.staff("\(number)")) }
        #expect(try await scene.sync().created == 30)
        scene.clock.advance(by: .seconds(86_400))
        scene.source.remove(.staff("101"))
        scene.source.change(.staff("102")) { $0.surname = .value("Tomorrow") }
        #expect(try await scene.sync().changed == 1)
        scene.clock.setWall(scene.clock.now().advanced(by: .seconds(-86_400)))
        scene.source.change(.staff("102")) { $0.surname = .value("Yesterday") }
        let back = try await scene.sync()
        #expect(back.state == .completed && back.suspended == 0, "\(back)")
        let link = "account 102@school.example"
        #expect(try await scene.content().entries[link]?["surname"] == "Yesterday")
        let again = try await scene.sync()
        #expect(again.unchanged == 29 && again.changed == 0 && again.suspended == 0, "\(again)")
        scene.clock.advance(by: .seconds(86_400 + 13 * 3600))
        #expect(try await scene.sync().suspended == 1, "once the time has come again")
    }

    @Test func `a run that was cut off tomorrow, by a clock that was set back, blocks nobody`()
        async throws
    {
        let scene = try await CutScene()
        let cut = CutStore(try scene.fresh(for: .sync, "cut"), before: 9)
        #expect(await scene.run(.sync, on: cut, later: .seconds(86_400)).state == .failed)
        let next = await scene.run(.sync, on: try scene.reopened("cut"))
        #expect(next.state == .held, "\(next)")
    }

    @Test func `what ends with 31 December is held that day and gone on 1 January`() async throws {
        let scene = try await BadInputScene()
        let old = Term(start: nil, end: Day(year: 2026, month: 12, day: 31))
        let new = Term(start: Day(year: 2027, month: 1, day: 1), end: nil)
        let person = Observation.staff("101").with {
            $0.roles = .value([
                StaffRole(title: "Tutor", term: old), StaffRole(title: "Head", term: new),
            ])
        }
        scene.source.put(person)
        scene.source.put(.staff("102"))
        for (time, title, changed) in [
            ("2026-12-30T12:00:00Z", "Tutor", 0), ("2026-12-31T23:59:59Z", "Tutor", 0),
            ("2027-01-01T00:00:00Z", "Head", 1), ("2027-01-01T00:00:01Z", "Head", 0),
        ] {
            let moment = try #require(ISO8601DateFormatter().date(from: time))
            let milliseconds = Int64(moment.timeIntervalSince1970 * 1000)
            scene.clock.setWall(Timestamp(milliseconds: milliseconds))
            let result = try await scene.sync()
            #expect(result.state == .completed && result.changed == changed, "\(time): \(result)")
            let facts = try await scene.content().entries["account 101@school.example"]
            #expect(facts?["jobTitle"] == title, "\(time)")
        }
    }
}
