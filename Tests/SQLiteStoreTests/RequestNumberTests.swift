import Accounts
import Foundation
import GRDB
import Synchronization
import Testing

@testable import SQLiteStore

/// The numbers of requests, which do not wait for whoever writes to the store.
@Suite struct RequestNumberTests {
    @Test func `a number is given while another process writes to the store`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store { $0.busyTimeout = .zero }
        let first = try await store.nextSequence()
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: folder.file(), configuration: configuration)
        try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        await #expect(throws: StoreError.busy) { try await store.tryWriting() }
        #expect(try await store.nextSequence() > first)
    }

    @Test func `numbers grow from block to block, and whoever begins`() async throws {
        let folder = try TemporaryFolder()
        let stores = [try folder.store(), try folder.store()]
        var last: Int64 = 0
        for number in 0..<(2 * Int(RequestNumbers.block) + 10) {
            // A third process begins now and then.
            let store = number % 5000 == 4999 ? try folder.store() : stores[number % 2]
            let next = try await store.nextSequence()
            guard next > last else {
                Issue.record("\(next) follows \(last).")
                return
            }
            last = next
        }
    }

    @Test func `numbers grow though the file of traces is taken away`() async throws {
        let folder = try TemporaryFolder()
        let stores = [try folder.store(), try folder.store()]
        var last: Int64 = 0
        for round in 0..<3 {
            for store in stores + [try folder.store()] {
                let next = try await store.nextSequence()
                #expect(next > last, "round \(round)")
                last = next
            }
            for name in ["-traces", "-traces-wal", "-traces-shm"] {
                try? FileManager.default.removeItem(atPath: folder.file() + name)
            }
        }
    }

    @Test func `numbers grow beside traces of another store, or of an older day`() async throws {
        let folder = try TemporaryFolder()
        var last: Int64 = 0
        do {
            let store = try folder.store()
            for _ in 0..<3 { last = try await store.nextSequence() }
        }
        // The file of a store that is younger.
        let file = try DatabaseQueue(path: folder.file() + "-traces")
        try await file.write {
            try $0.execute(sql: "UPDATE request_number SET next = 1, last = 50")
        }
        #expect(try await folder.store().nextSequence() > last)
    }

    @Test func `numbers that the file of another store gave out are not given again without it`()
        async throws
    {
        let folder = try TemporaryFolder()
        _ = try await folder.store().nextSequence()
        let path = folder.file() + "-traces"
        let file = try DatabaseQueue(path: path)
        try await file.write {
            try $0.execute(sql: "UPDATE request_number SET next = 4990000, last = 5000000")
        }
        let last = try await folder.store().nextSequence()
        #expect(last > 5_000_000)
        try file.close()
        for name in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: path + name)
        }
        #expect(try await folder.store().nextSequence() > last)
    }

    @Test func `work of a task with threads of its own is done on them`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let executor = OwnThread()
        let threads = {
            try await withTaskExecutorPreference(executor) {
                (
                    try await store.read { _ in pthread_self() },
                    try await store.write(.survivesCrash) { _ in pthread_self() }
                )
            }
        }
        let (reading, writing) = try await OwnThreads.$mayWait.withValue(true, operation: threads)
        let own = executor.thread.withLock { $0 }
        #expect(reading == own && writing == own)
        #expect(try await store.read { _ in pthread_self() } != own)
        // An executor that must not wait, as a host's event loop.
        let (other, another) = try await threads()
        #expect(other != own && another != own)
        executor.end()
    }
}

/// One thread for one task.
private final class OwnThread: TaskExecutor {
    let thread = Mutex<pthread_t?>(nil)
    private let jobs = Mutex<[UnownedJob]>([])
    private let isReady = DispatchSemaphore(value: 0)

    init() {
        let thread = Thread { [self] in
            self.thread.withLock { $0 = pthread_self() }
            while true {
                isReady.wait()
                guard let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else {
                    return
                }
                job.runSynchronously(on: asUnownedTaskExecutor())
            }
        }
        thread.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        isReady.signal()
    }

    func end() { isReady.signal() }
}
