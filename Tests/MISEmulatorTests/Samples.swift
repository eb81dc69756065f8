import Testing

@testable import MISEmulator

extension JSONValue {
    subscript(name: String) -> JSONValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    subscript(place: Int) -> JSONValue? {
        guard case .list(let elements) = self, elements.indices.contains(place) else { return nil }
        return elements[place]
    }

    /// Follows names and places, as in `at("meta.pagination.next")`.
    func at(_ path: String) -> JSONValue? {
        var value: JSONValue? = self
        for part in path.split(separator: ".") {
            value = Int(part).map { value?[$0] } ?? value?[String(part)]
        }
        return value
    }

    var string: String? {
        if case .text(let text) = self { text } else { nil }
    }

    var flag: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    var elements: [JSONValue] {
        if case .list(let elements) = self { elements } else { [] }
    }

    var keys: Set<String> {
        if case .object(let members) = self { Set(members.keys) } else { [] }
    }

    init(parsing bytes: [UInt8]) throws {
        self = .object(try JSONValue.members(of: bytes))
    }

    /// Where this value differs in shape from an example; null in the example stands for anything.
    func differences(from example: JSONValue, at path: String = "") -> [String] {
        switch (example, self) {
        case (.null, _), (.text, .text), (.number, .number), (.bool, .bool): return []
        case (.list(let wanted), .list(let found)):
            guard let first = wanted.first else { return [] }
            if found.isEmpty { return ["\(path) is empty"] }
            return found.enumerated().flatMap { place, element in
                element.differences(from: first, at: "\(path).\(place)")
            }
        case (.object(let wanted), .object(let found)):
            return wanted.keys.sorted().flatMap { name -> [String] in
                guard let here = found[name] else { return ["\(path).\(name) is missing"] }
                return here.differences(from: wanted[name] ?? .null, at: "\(path).\(name)")
            }
        default: return ["\(path) has another type"]
        }
    }
}

/// A world without a server, asked as the service is asked.
struct Sample {
    let world: EmulatedWorld
    let service: WondeService
    let school: String

    init(_ configuration: EmulatorConfiguration = EmulatorConfiguration()) throws {
        world = try EmulatedWorld(configuration)
        service = WondeService(world: world)
        school = try #require(world.schools.first?.id.description)
    }

    /// The members of staff as the world holds them.
    var staff: [Employee] {
        get throws { try world.read(school) { $0.employees.rows } }
    }

    /// Somebody who teaches, has a manager, classes and an e-mail.
    var teacher: Employee {
        get throws {
            try #require(
                try staff.first {
                    !$0.classes.isEmpty && !$0.managers.isEmpty && !$0.groups.isEmpty
                        && $0.contact.workEmail != nil && $0.base.initials != nil
                }
            )
        }
    }

    func edit(_ change: (inout SchoolState) -> Void) throws {
        try world.edit(school) { state in change(&state) }
    }

    /// Asks below `/v1.0`; a path that begins with `/` is meant below the school.
    func ask(
        _ target: String,
        method: String = "GET",
        authorization: String? = nil,
        body: String = "",
        alteration: PageAlteration? = nil
    ) -> ServiceAnswer {
        let full = target.hasPrefix("/") ? "schools/\(school)\(target)" : target
        let parts = full.split(separator: "?", maxSplits: 1)
        let request = ServiceRequest(
            method: method,
            path: parts[0].split(separator: "/").map { String($0) },
            query: QueryString(parts.count > 1 ? String(parts[1]) : nil),
            authorization: authorization ?? "Bearer \(world.token)",
            host: "127.0.0.1:8808",
            body: Array(body.utf8)
        )
        return service.answer(request, alteration: alteration)
    }

    func json(_ target: String, alteration: PageAlteration? = nil) throws -> JSONValue {
        let answer = ask(target, alteration: alteration)
        #expect(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
        return try JSONValue(parsing: answer.body)
    }

    func control(_ method: String, _ target: String, _ body: String = "") -> ServiceAnswer {
        let parts = target.split(separator: "?", maxSplits: 1)
        return ControlEndpoints(world: world).answer(
            ControlRequest(
                method: method,
                path: parts.first?.split(separator: "/").map { String($0) } ?? [],
                query: QueryString(parts.count > 1 ? String(parts[1]) : nil),
                body: Array(body.utf8)
            )
        )
    }

    /// Follows the links from page to page and gives each page's rows.
    func pages(_ target: String) throws -> [JSONValue] {
        var pages: [JSONValue] = []
        var next: String? = target
        while let here = next, pages.count < 10_000 {
            let page = try json(here)
            pages.append(page)
            next = page.at("meta.pagination.next")?.string.map { link in
                link.replacing("http://127.0.0.1:8808/v1.0/", with: "", maxReplacements: 1)
            }
        }
        return pages
    }

    func ids(_ target: String) throws -> [String] {
        try pages(target).flatMap { page in
            (page["data"]?.elements ?? []).compactMap { $0["id"]?.string }
        }
    }
}
