import Testing

@testable import Credentials

@Suite struct TokenTests {
    @Test func `a token has the known text and digest`() throws {
        let token = Token(bytes: Array(0..<32))
        #expect(token.revealed() == "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
        #expect(
            try token.digest
                == bytes(hex: "ea866a757e4c38babfa8127cbe9a409d3e1f93a00ff1488ff735fcf917afffd0")
        )
    }

    @Test func `new tokens differ, and each is read back from its text`() throws {
        let tokens = (0..<200).map { _ in Token() }
        #expect(Set(tokens).count == 200)
        for token in tokens {
            let text = token.revealed()
            #expect(text.utf8.count == 43)
            #expect(
                text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
            )
            #expect(Token(parsing: text) == token)
            #expect(Token(parsing: text)?.digest == token.digest)
        }
    }

    @Test(arguments: [
        "", "A", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh+",
        " AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdH\u{0}8",
        "ＡAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHé8",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n",
        "0001020304050607080910111213141516171819202122",
    ])
    func `a text that is no token is none`(text: String) {
        #expect(Token(parsing: text) == nil)
    }

    @Test func `each token has one text only`() {
        let text = Token(bytes: Array(repeating: 0, count: 32)).revealed()
        let ways = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= ".filter {
            Token(parsing: text.dropLast() + String($0)) == Token(parsing: text)
        }
        #expect(ways == "A")
    }

    @Test func `a megabyte is no token`() {
        #expect(Token(parsing: String(repeating: "A", count: 1 << 20)) == nil)
    }

    @Test func `a token does not print itself`() {
        let token = Token(bytes: Array(0..<32))
        #expect(!shown(token).contains("AAEC"))
        #expect(!shown(["link": token]).contains("30, 31"))
        #expect("\(token)" == "a token")
    }
}
