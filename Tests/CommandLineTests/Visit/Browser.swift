import Foundation
import Synchronization
import Testing

/// A real browser without a window, steered by the DevTools protocol over two pipes.
final class Browser: Sendable {
    /// What the browser did not do.
    struct Refusal: Error {
        let method: String
        let answer: JSONValue
    }

    private struct State {
        var lastID = 0
        var replies: [Int: JSONValue] = [:]
        /// How often each event has come.
        var events: [String: Int] = [:]
        var session: String?
        var isEnded = false
        var version = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// Where a browser of this family is on this machine; nil where there is none.
    static let path: String? = {
        let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let names = ["chromium", "chromium-browser", "google-chrome"]
        return names.flatMap { name in folders.split(separator: ":").map { "\($0)/\(name)" } }
            .first { access($0, X_OK) == 0 }
    }()

    private let process: pid_t
    private let commands: Int32
    private let folder: String
    private let state = Mutex(State())

    /// Starts a browser with one empty page.
    init() async throws {
        folder = try Scene.makeFolder()
        let (commandsIn, commandsOut) = try Self.pipe()
        let (answersIn, answersOut) = try Self.pipe()
        commands = commandsOut
        process = try Self.spawn(
            try #require(Self.path),
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
                "--no-first-run", "--disable-background-networking", "--disable-sync",
                "--disable-dev-shm-usage", "--hide-scrollbars", "--user-data-dir=\(folder)",
                "about:blank",
            ],
            home: folder,
            reading: commandsIn,
            writing: answersOut
        )
        close(commandsIn)
        close(answersOut)
        read(answersIn)
        let target = try await call("Target.createTarget", ["url": "about:blank"])
        let attached = try await call(
            "Target.attachToTarget",
            ["targetId": target["targetId"], "flatten": true]
        )
        let session = try #require(attached["sessionId"].text)
        state.withLock { $0.session = session }
        for domain in ["Page", "Runtime", "Accessibility"] { try await call("\(domain).enable") }
    }

    deinit {
        // Its own group: the browser and the processes that it has started.
        kill(-process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        close(commands)
        try? FileManager.default.removeItem(atPath: folder)
    }

    // MARK: Asking

    /// Has the browser do something, and waits for its answer.
    @discardableResult
    func call(_ method: String, _ parameters: JSONValue = [:]) async throws -> JSONValue {
        let (id, session) = state.withLock { state in
            state.lastID += 1
            return (state.lastID, state.session)
        }
        var message: [String: JSONValue] = [
            "id": .number(Double(id)), "method": .text(method), "params": parameters,
        ]
        message["sessionId"] = session.map(JSONValue.text)
        let bytes = Array(JSONValue.object(message).written.utf8) + [0]
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(commands, $0.baseAddress, $0.count) }
            guard count > 0 else { throw POSIXError(.EPIPE) }
            rest = rest.dropFirst(count)
        }
        let reply = try await wait { $0.replies.removeValue(forKey: id) }
        guard case .object = reply["result"] else { throw Refusal(method: method, answer: reply) }
        return reply["result"]
    }

    /// Does something that makes the page load another one, and waits for that.
    func load(_ act: () async throws -> Void) async throws {
        let event = "Page.loadEventFired"
        let before = state.withLock { $0.events[event] ?? 0 }
        try await act()
        try await wait { ($0.events[event] ?? 0) > before ? true : nil }
    }

    /// Waits until `look` finds something; throws where the browser has ended.
    @discardableResult
    private func wait<Value>(_ look: (inout State) -> Value?) async throws -> Value {
        while true {
            let (found, version, isEnded) = state.withLock { state in
                (look(&state), state.version, state.isEnded)
            }
            if let found { return found }
            guard !isEnded else { throw POSIXError(.EPIPE) }
            await withCheckedContinuation { continuation in
                let isNow = state.withLock { state in
                    if state.isEnded || state.version > version { return true }
                    state.waiters.append(continuation)
                    return false
                }
                if isNow { continuation.resume() }
            }
        }
    }

    // MARK: Hearing

    private func read(_ answers: Int32) {
        // The thread must not keep the browser: it ends when the browser does.
        Thread.detachNewThread { [weak self] in
            var message: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = Foundation.read(answers, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                for byte in buffer.prefix(count) {
                    if byte == 0 {
                        self?.take(message)
                        message = []
                    } else {
                        message.append(byte)
                    }
                }
            }
            close(answers)
            self?.change { $0.isEnded = true }
        }
    }

    private func take(_ message: [UInt8]) {
        let value = try? JSONDecoder().decode(JSONValue.self, from: Data(message))
        guard let value else { return }
        change { state in
            if let id = value["id"].number {
                state.replies[Int(id)] = value
            } else if let method = value["method"].text {
                state.events[method, default: 0] += 1
            }
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let waiters = state.withLock { state in
            body(&state)
            state.version += 1
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    // MARK: Starting

    /// Both ends of a new pipe, away from the numbers that the browser uses, which no other child
    /// inherits.
    private static func pipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        guard Foundation.pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
        let moved = ends.map { end in
            defer { close(end) }
            return fcntl(end, F_DUPFD_CLOEXEC, 16)
        }
        return (moved[0], moved[1])
    }

    /// Texts as C has them, with nothing behind the last.
    private static func copies(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        texts.map { strdup($0) } + [nil]
    }

    /// Starts a command whose descriptors 3 and 4 are the ends of our pipes.
    private static func spawn(
        _ path: String,
        _ arguments: [String],
        home: String,
        reading: Int32,
        writing: Int32
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for output in [0, 1, 2] as [Int32] {
            posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_RDWR, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, reading, 3)
        posix_spawn_file_actions_adddup2(&actions, writing, 4)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        let words = copies([path] + arguments)
        let variables = copies(["HOME=\(home)", "PATH=/usr/bin:/bin", "LANG=C.UTF-8"])
        defer { for word in words + variables { free(word) } }
        var process: pid_t = 0
        let status = posix_spawn(&process, path, &actions, &attributes, words, variables)
        guard status == 0 else { throw POSIXError(POSIXErrorCode(rawValue: status) ?? .EIO) }
        return process
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
    init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { $1 })
    }

    /// The value as JSON.
    var written: String {
        switch self {
        case .null: "null"
        case .bool(let value): String(value)
        case .number(let value): value == value.rounded() ? String(Int(value)) : String(value)
        case .text(let text): Self.quoted(text)
        case .array(let elements): "[\(elements.map(\.written).joined(separator: ","))]"
        case .object(let members):
            "{\(members.map { "\(Self.quoted($0)):\($1.written)" }.joined(separator: ","))}"
        }
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case " "...: String(scalar)
            default: "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            }
        }
        return "\"\(escaped.joined())\""
    }
}
