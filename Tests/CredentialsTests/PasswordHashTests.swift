import Testing

@testable import Credentials

@Suite struct PasswordHashTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let password: String
        let salt: [UInt8]
        let cost: (logRounds: Int, blockSize: Int, parallelism: Int)
        let hex: String
        var testDescription: String { "\(cost)" }
    }

    /// The first two are RFC 7914's; the others were computed by other programs.
    static let vectors = [
        Vector(
            password: "password",
            salt: Array("NaCl".utf8),
            cost: (10, 8, 16),
            hex: "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
        ),
        Vector(
            password: "pleaseletmein",
            salt: Array("SodiumChloride".utf8),
            cost: (14, 8, 1),
            hex: "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
                + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
        ),
        Vector(
            password: "correct horse battery staple",
            salt: Array(0..<16),
            cost: (17, 8, 1),
            hex: "1b2946da71f41179e83b99dc33842d15741b87c4121c8c7f3781c1df864fb58b"
        ),
        Vector(
            password: "correct horse battery staple",
            salt: Array(0..<16),
            cost: (14, 8, 5),
            hex: "0fb95226d24318b2d572bc4bedd5a39284716ecfa932f71560827e81bbb296d9"
        ),
    ]

    @Test(arguments: vectors)
    func `scrypt gives the known answers`(vector: Vector) throws {
        let (logRounds, blockSize, parallelism) = vector.cost
        let cost = try #require(
            PasswordHash.Cost(
                logRounds: logRounds,
                blockSize: blockSize,
                parallelism: parallelism
            )
        )
        let expected = try bytes(hex: vector.hex)
        let made = try PasswordHash.derive(
            Array(vector.password.utf8),
            vector.salt,
            cost,
            length: expected.count
        )
        #expect(made == expected)
    }

    @Test func `a hash written and read again matches the same password only`() throws {
        let hash = try PasswordHash.of(Password("four unlikely words"), at: .cheap)
        let read = try PasswordHash(parsing: hash.text)
        #expect(hash.text.hasPrefix("$scrypt$ln=4,r=1,p=1$"))
        #expect(!hash.text.contains("=" + "$") && !hash.text.hasSuffix("="))
        #expect(try read.matches(Password("four unlikely words")))
        #expect(try !read.matches(Password("four unlikely word")))
        #expect(try !read.matches(Password("Four unlikely words")))
    }

    @Test func `the same password has another salt each time`() throws {
        let password = try Password("four unlikely words")
        let texts = try (0..<20).map { _ in try PasswordHash.of(password, at: .cheap).text }
        #expect(Set(texts).count == 20)
    }

    @Test func `a known text is read as it is and written back`() throws {
        let text =
            "$scrypt$ln=14,r=8,p=5$AAECAwQFBgcICQoLDA0ODw"
            + "$D7lSJtJDGLLVcrxL7dWjkoRxbs+pMvcVYIJ+gbuyltk"
        let hash = try PasswordHash(parsing: text)
        #expect(hash.text == text)
        #expect(try hash.matches(Password("correct horse battery staple")))
    }

    @Test(arguments: [
        ("", PasswordHash.FormatError.notScrypt),
        ("$", .notScrypt),
        ("$$$$", .notScrypt),
        ("!unusable", .notScrypt),
        ("$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$AAAA", .notScrypt),
        ("$Scrypt$ln=15,r=8,p=3$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODw", .notScrypt),
        ("$scrypt$ln=15,r=8,p=3$AAECAwQFBgcICQoLDA0ODw", .notScrypt),
        ("$scrypt$ln=15,r=8,p=3$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODw$", .notScrypt),
        ("$scrypt$ln=63,r=8,p=3$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODw", .cost),
        ("$scrypt$ln=20,r=16,p=1$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODw", .cost),
        ("$scrypt$ln=0,r=8,p=3$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODw", .cost),
        ("$scrypt$ln=16,r=1,p=1$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODw", .cost),
        ("$scrypt$ln=15,r=0,p=3$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODw", .cost),
        ("$scrypt$ln=15,r=8,p=0$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODw", .cost),
        ("$scrypt$ln=15,r=8,p=9999999999999999999$AAECAwQFBgcICQoLDA0ODw$AAAA", .cost),
        ("$scrypt$ln=015,r=8,p=3$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODw", .cost),
        ("$scrypt$ln=+15,r=8,p=3$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODw", .cost),
        ("$scrypt$ln=-15,r=8,p=3$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODw", .cost),
        ("$scrypt$r=8,ln=15,p=3$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODw", .cost),
        ("$scrypt$ln=15,r=8$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODw", .cost),
        ("$scrypt$ln=15,r=8,p=3,x=1$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODw", .cost),
        ("$scrypt$ln=15,r=8,p=3$$AAECAwQFBgcICQoLDA0ODw", .bytes),
        ("$scrypt$ln=15,r=8,p=3$AAECAwQFBgcICQoLDA0ODw==$AAECAwQFBgcICQoLDA0ODw", .bytes),
        ("$scrypt$ln=15,r=8,p=3$AAECAwQFBgcICQoLDA0ODx$AAECAwQFBgcICQoLDA0ODw", .bytes),
        ("$scrypt$ln=15,r=8,p=3$AAECAwQFBgcICQoLDA0OD!$AAECAwQFBgcICQoLDA0ODw", .bytes),
        ("$scrypt$ln=15,r=8,p=3$AAECAwQFBgcICQoLDA0ODw$AAAA", .bytes),
        ("$scrypt$ln=15,r=8,p=3$A$A", .bytes),
        ("$scrypt$ln=15,r=8,p=3$\u{0}\u{0}$\u{0}", .bytes),
    ])
    func `a text that is no hash is told apart`(
        text: String,
        error: PasswordHash.FormatError
    ) throws {
        #expect(throws: error) { try PasswordHash(parsing: text) }
        #expect(!error.sentence.isEmpty)
    }

    @Test func `a huge text costs nothing`() {
        let text = "$scrypt$ln=15,r=8,p=3$" + String(repeating: "A", count: 50_000_000) + "$AAAA"
        #expect(throws: PasswordHash.FormatError.notScrypt) { try PasswordHash(parsing: text) }
    }

    @Test func `a changed text never crashes, and never matches`() throws {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SeededGenerator(seed: seed)
        let password = try Password("four unlikely words")
        let text = try PasswordHash.of(password, at: .cheap).text
        for _ in 0..<3000 {
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = .random(
                    in: .min ... .max,
                    using: &generator
                )
            }
            let changed = String(decoding: bytes, as: UTF8.self)
            guard changed != text, let hash = try? PasswordHash(parsing: changed) else { continue }
            #expect(hash.text == changed, "seed \(seed)")
            guard hash.cost == .cheap else { continue }
            #expect(try !hash.matches(password), "seed \(seed): \(changed)")
        }
    }

    @Test(arguments: [
        (15, 8, 3, false), (17, 8, 1, false), (16, 8, 2, false), (14, 8, 5, true), (15, 8, 2, true),
        (15, 8, 4, false), (16, 4, 3, false), (4, 1, 1, true),
    ])
    func `a hash is made again where it holds less or costs less than today's`(
        logRounds: Int,
        blockSize: Int,
        parallelism: Int,
        isWeak: Bool
    ) throws {
        let cost = try #require(
            PasswordHash.Cost(
                logRounds: logRounds,
                blockSize: blockSize,
                parallelism: parallelism
            )
        )
        let salt = [UInt8](repeating: 1, count: 16)
        let digest = [UInt8](repeating: 1, count: 32)
        let hash = PasswordHash(cost: cost, salt: salt, digest: digest)
        #expect(hash.needsRehash(under: .standard) == isWeak)
        let short = PasswordHash(cost: cost, salt: Array(salt.prefix(8)), digest: digest)
        #expect(short.needsRehash(under: .standard))
    }

    @Test func `the standard cost is the one decided on`() {
        #expect(PasswordHash.Cost.standard.logRounds == 15)
        #expect(PasswordHash.Cost.standard.blockSize == 8)
        #expect(PasswordHash.Cost.standard.parallelism == 3)
        #expect(PasswordHash.Cost.standard.memoryBytes == 32 << 20)
        #expect(PasswordHash.Cost(logRounds: 15, blockSize: 8, parallelism: 3) == .standard)
    }

    @Test func `every cost within the bounds can be worked with`() throws {
        // The largest block size is where swift-crypto's own memory limit is tightest.
        let cost = try #require(
            PasswordHash.Cost(logRounds: 10, blockSize: 16, parallelism: 1)
        )
        #expect(try PasswordHash.derive([1], [2], cost, length: 32).count == 32)
    }

    @Test func `comparing looks at every byte`() {
        let bytes = [UInt8](0..<32)
        #expect(PasswordHash.areEqual(bytes, bytes))
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 1
            #expect(!PasswordHash.areEqual(bytes, other))
        }
        #expect(!PasswordHash.areEqual(bytes, Array(bytes.dropLast())))
        #expect(!PasswordHash.areEqual([], bytes))
    }

    @Test func `a hash does not print itself`() throws {
        let hash = try PasswordHash.of(Password("four unlikely words"), at: .cheap)
        let salt = try #require(hash.text.split(separator: "$").dropFirst(2).first)
        #expect(!shown(hash).contains(salt))
        #expect(!shown([hash]).contains("\(hash.salt[0]), \(hash.salt[1])"))
    }
}
