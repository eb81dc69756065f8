import Accounts
import HTTPTypes
import MusterTesting
import Roster
import Testing

@testable import MusterServer

@Suite(.timeLimit(.minutes(2))) struct PasswordPagesTests {
    /// A synced daemon that serves the pages.
    private static func daemon(_ url: String = PageVisitor.origin) async throws -> Daemon {
        let daemon = try await Daemon(pages: PageURL(url))
        try await daemon.syncAll()
        return daemon
    }

    /// A link for the person `E1`.
    private static func link(_ daemon: Daemon) async throws -> String {
        try await daemon.link(for: try await daemon.account("E1"))
    }

    @Test func `known, unknown and too many get one answer`() async throws {
        let daemon = try await Self.daemon()
        try await daemon.serve { client async throws in
            var outside: Set<[String]> = []
            for number in 0..<34 {
                var visitor = PageVisitor(client)
                let email = number % 2 == 0 ? "e1@school.example" : "x\(number)@school.example"
                outside.insert(try await visitor.ask(email).outside)
            }
            #expect(outside.count == 1)
            #expect(outside.first?.first == "202")
        }
        #expect(try await daemon.store.requests(limit: 100).count == 30, "thirty in a minute")
    }

    @Test func `opening a link does not use it up, and takes it out of the address`() async throws {
        let daemon = try await Self.daemon()
        let link = try await Self.link(daemon)
        try await daemon.serve { client async throws in
            // As scanners of mail do.
            for _ in 0..<3 {
                var scanner = PageVisitor(client)
                #expect(try await scanner.follow(link).status == 200)
            }
            var visitor = PageVisitor(client)
            let answer = try await visitor.get("/password/link/\(Daemon.school)/\(link)")
            #expect(answer.status == 303)
            #expect(answer.headers[.location] == PageVisitor.new)
            let cookie = answer.headers[.setCookie] ?? ""
            #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"))
            #expect(cookie.contains("Path=/password;") && !cookie.contains("Secure"))
            let page = try await visitor.get(PageVisitor.new)
            #expect(page.heading == "Choose a password")
            #expect(page.text.contains("e1@school.example") && !page.text.contains(link))
            let done = try await visitor.post(
                PageVisitor.new,
                [
                    ("form", try page.form()), ("password", PageVisitor.password),
                    ("again", PageVisitor.password),
                ]
            )
            #expect(done.status == 200 && done.heading == "Your password is set")
            #expect(visitor.cookies["muster_link"] == nil)
            #expect(!done.text.contains(PageVisitor.password))
            #expect(try await visitor.follow(link).status == 410)
        }
    }

    @Test func `where the pages are reached over TLS, cookies go over nothing else`() async throws {
        let daemon = try await Self.daemon("https://accounts.school.example/muster")
        try await daemon.serve { client async throws in
            let answer = try await client.send(.get, PageVisitor.forgot)
            let cookie = answer.headers[.setCookie] ?? ""
            #expect(cookie.contains("Secure") && cookie.contains("Path=/muster/password;"))
            #expect(answer.text.contains(#"href="/muster/password/style/"#))
        }
    }

    @Test func `links that count no more all look the same`() async throws {
        let daemon = try await Self.daemon()
        let person = try await daemon.account("E1")
        let old = try await daemon.link(for: person)
        daemon.clock.advance(by: .seconds(3600))
        let replaced = try await daemon.link(for: person)
        let living = try await daemon.link(for: person)
        try await daemon.serve { client async throws in
            var outside: Set<[String]> = []
            let unknown = String(repeating: "A", count: 43)
            for link in [old, replaced, unknown, "x", "%00", "%C3%A9", "a;b", living + "A"] {
                var visitor = PageVisitor(client)
                let answer = try await visitor.follow(link)
                #expect(answer.heading == "This link is no longer valid", "\(link)")
                outside.insert(answer.outside)
            }
            #expect(outside.count == 1)
            // At another tenant's school a link is none.
            var visitor = PageVisitor(client)
            let foreign = try await visitor.follow(living, at: Daemon.foreignSchool)
            #expect(foreign.status == 410 && !foreign.text.contains("e1@"))
            #expect(try await visitor.follow(living).status == 200)
        }
    }

    @Test(arguments: ["cookie", "proof", "no proof", "origin", "site", "same site"])
    func `a form from elsewhere does nothing`(_ flaw: String) async throws {
        let daemon = try await Self.daemon()
        let link = try await Self.link(daemon)
        var headers: HTTPFields = [.origin: PageVisitor.origin, .secFetchSite: "same-origin"]
        switch flaw {
        case "origin": headers[.origin] = "https://thief.example"
        case "site": headers[.secFetchSite] = "cross-site"
        case "same site": headers[.secFetchSite] = "same-site"
        default: break
        }
        let sent = headers
        try await daemon.serve { client async throws in
            var visitor = PageVisitor(client)
            for (path, page) in [
                (PageVisitor.forgot, try await visitor.get(PageVisitor.forgot)),
                (PageVisitor.new, try await visitor.follow(link)),
            ] {
                let proof = flaw == "proof" ? String(repeating: "0", count: 64) : try page.form()
                var fields = [
                    ("form", proof), ("email", "e1@school.example"),
                    ("password", PageVisitor.password), ("again", PageVisitor.password),
                ]
                if flaw == "no proof" { fields.removeFirst() }
                var sender = flaw == "cookie" ? PageVisitor(client) : visitor
                let answer = try await sender.post(path, fields, headers: sent)
                #expect([400, 410].contains(answer.status))
            }
            #expect(try await visitor.follow(link).status == 200, "the link was used up")
        }
        #expect(try await daemon.store.requests(limit: 9).isEmpty)
    }

    @Test func `what a client says of the host changes nothing`() async throws {
        let daemon = try await Self.daemon()
        let link = try await Self.link(daemon)
        try await daemon.serve { client async throws in
            for path in [PageVisitor.forgot, "/password/link/\(Daemon.school)/\(link)"] {
                let connection = try await RawConnection.open(port: client.port)
                connection.write(
                    "GET \(path) HTTP/1.1\r\nHost: thief.example\r\nX-Forwarded-Host: thief.example"
                        + "\r\nX-Forwarded-Proto: https\r\nForwarded: host=thief.example\r\n"
                        + "Connection: close\r\n\r\n"
                )
                let answer = await connection.rest()
                #expect(answer.hasPrefix("HTTP/1.1 "))
                #expect(!answer.contains("thief"))
            }
        }
    }

    @Test func `every page keeps to itself`() async throws {
        let daemon = try await Self.daemon()
        let link = try await Self.link(daemon)
        try await daemon.serve { client async throws in
            var visitor = PageVisitor(client)
            let forgot = try await visitor.get(PageVisitor.forgot)
            let form = try forgot.form()
            let pages = [
                forgot, try await visitor.follow(link),
                try await visitor.post(PageVisitor.forgot, [("form", form), ("email", "nobody")]),
                try await visitor.ask("e1@school.example"),
                try await visitor.get("/password/link/\(Daemon.school)/\(link)"),
                try await visitor.post(PageVisitor.forgot, []),
                try await visitor.post(PageVisitor.new, []),
                try await visitor.get("/password/forgot/nowhere"),
            ]
            #expect(pages.map(\.status) == [200, 200, 422, 202, 303, 400, 410, 404])
            for page in pages {
                let rules = page.headers[.contentSecurityPolicy] ?? ""
                #expect(rules.contains("default-src 'none'") && !rules.contains("unsafe"))
                #expect(rules.contains("frame-ancestors 'none'"))
                #expect(page.headers[.xContentTypeOptions] == "nosniff")
                #expect(page.headers[.cacheControl] == "no-store")
                #expect(page.headers[HTTPField.Name("Referrer-Policy") ?? .via] == "no-referrer")
                #expect(!page.text.contains("<script") && !page.text.contains("http:"))
            }
        }
    }

    @Test func `a megabyte is too much, and says so on a page`() async throws {
        let daemon = try await Self.daemon()
        let link = try await Self.link(daemon)
        try await daemon.serve { client async throws in
            var visitor = PageVisitor(client)
            let form = try await visitor.follow(link).form()
            let long = String(repeating: "a", count: 1 << 20)
            for path in [PageVisitor.new, PageVisitor.forgot] {
                let answer = try await visitor.post(path, [("form", form), ("password", long)])
                #expect(answer.status == 413 && answer.heading == "That did not work")
            }
            #expect(try await visitor.follow(link).status == 200)
        }
    }

    @Test(arguments: [
        "", "%00", "lantern%00copper%20meadow", "%zz", "lantern%2", "%", "%ff%fe%fd%fc",
        "%ed%a0%80copper+meadow+lantern", "short", "e1%40school.example", "passwordpassword",
        String(repeating: "a", count: 5000), "\u{0}", "=", "&", "lantern%0Acopper%0Ameadow",
    ])
    func `what is no password is refused, and the link stays`(_ coded: String) async throws {
        let daemon = try await Self.daemon()
        let link = try await Self.link(daemon)
        try await daemon.serve { client async throws in
            var visitor = PageVisitor(client)
            let form = try await visitor.follow(link).form()
            let answer = try await visitor.send(
                .post,
                PageVisitor.new,
                [:],
                "form=\(form)&password=\(coded)&again=\(coded)"
            )
            #expect(answer.status == 422, "\(coded) \(answer.text)")
            #expect(answer.text.contains(#"role="alert""#))
            #expect(try await visitor.follow(link).status == 200)
        }
    }

    @Test(arguments: [#"<script>alert("Oak")</script>"#, "Oak & 'Ash'", "{{colour}}", "\"><b>"])
    func `a tenant's name is text on a page, and its colour is hers`(_ name: String) async throws {
        let daemon = try await Self.daemon()
        var policy = Policy()
        policy.displayName = name
        policy.colour = "ffe680"
        try await daemon.store.setPolicy(policy, of: .standard)
        try await daemon.serve { client async throws in
            var visitor = PageVisitor(client)
            let page = try await visitor.get(PageVisitor.forgot)
            #expect(!page.text.contains("<script") && !page.text.contains("<b>"))
            let shown = page.text.firstMatch(of: /<header>([^<]*)<\/header>/)
                .map { String($0.output.1) }
            let plain = shown?.replacing("&lt;", with: "<").replacing("&gt;", with: ">")
                .replacing("&quot;", with: "\"").replacing("&#34;", with: "\"")
                .replacing("&#39;", with: "'").replacing("&amp;", with: "&")
            #expect(plain == name)
            #expect(page.text.contains("/password/style/ffe680.css"))
            let style = try await visitor.get("/password/style/ffe680.css")
            #expect(style.status == 200 && style.text.contains("#ffe680"))
            #expect(style.headers[.contentType] == "text/css; charset=utf-8")
        }
    }

    @Test(arguments: ["red", "zzzzzz", "+1f4e7", "1f4e7", "1f4e790", "%00%00%00%00%00%00"])
    func `what is no colour has no style`(_ colour: String) async throws {
        let daemon = try await Self.daemon()
        try await daemon.serve { client async throws in
            let answer = try await client.send(.get, "/password/style/\(colour).css")
            #expect(answer.status == 404)
        }
    }

    @Test func `of many who send the form at once, one sets the password`() async throws {
        let daemon = try await Self.daemon()
        let link = try await Self.link(daemon)
        try await daemon.serve { client async throws in
            var visitor = PageVisitor(client)
            let form = try await visitor.follow(link).form()
            let ready = visitor
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 1...8 {
                    group.addTask {
                        var visitor = ready
                        let password = "number \(number) \(PageVisitor.password)"
                        return try await visitor.post(
                            PageVisitor.new,
                            [("form", form), ("password", password), ("again", password)]
                        ).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200] + Array(repeating: 410, count: 7))
        }
    }

    @Test func `a flood from one place leaves room for the others`() {
        let throttle = Throttle(perPlace: 2, overall: 4)
        let admitted = (0..<100).filter { _ in throttle.admits("here", at: 1) }
        #expect(admitted.count == 2)
        #expect(throttle.admits("there", at: 2) && throttle.admits("there", at: 3))
        #expect(!throttle.admits("elsewhere", at: 59_999), "more than all together may")
        #expect(throttle.admits("here", at: 60_000))
    }
}
