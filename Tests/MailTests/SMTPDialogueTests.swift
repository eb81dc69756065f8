import Testing

@testable import Mail

@Suite struct SMTPDialogueTests {
    private func dialogue(
        _ lines: [String],
        thenBody: Bool,
        _ after: [String] = []
    )
        -> SMTPDialogue
    {
        var dialogue = SMTPDialogue()
        for line in lines { dialogue.take(line: "\(line)\r\n".utf8) }
        if thenBody { dialogue.handOverBody() }
        for line in after { dialogue.take(line: "\(line)\r\n".utf8) }
        return dialogue
    }

    @Test(arguments: [
        (["250-more", "250 2.0.0 kept"], "sent"), (["250 kept"], "sent"), (["250"], "sent"),
        (["451 later"], "temporary"), (["550 no"], "permanent"), (["354 what"], "uncertain"),
        (["250-more"], "uncertain"), (["hello"], "uncertain"), ([""], "uncertain"),
        (["25"], "uncertain"), (["999 x"], "uncertain"), ([], "uncertain"),
        (["250 kept", "421 bye"], "sent"), (["550 no", "250 ok"], "permanent"),
    ])
    func `the first whole reply behind the mail counts`(lines: [String], kind: String) {
        let dialogue = dialogue(["220 hi", "354 go on"], thenBody: true, lines)
        #expect(dialogue.outcome(.broken, host: "mail.school.example").kind == kind)
    }

    @Test(arguments: [
        SMTPDialogue.Ending.cancelled, .timedOut, .noName, .noConnection("refused"),
        .noTLS("no certificate"), .noSignIn, .broken, .other(7),
    ])
    func `before the mail every trouble is for later`(ending: SMTPDialogue.Ending) {
        for lines in [[], ["220 hi"], ["220 hi", "250 ok"], ["garbage"]] {
            let outcome = dialogue(lines, thenBody: false)
                .outcome(ending, host: "mail.school.example")
            #expect(outcome.kind == "temporary")
            #expect(outcome.sentence.hasSuffix("again later.") || ending == .noSignIn)
        }
    }

    @Test(arguments: [
        ("550 5.1.1 who", "550 5.1.1"), ("550 who", "550"), ("550 4.1.1 who", "550"),
        ("550 5.1 who", "550"), ("550 5.1.1.1 who", "550"), ("550 5.1.1234 who", "550"),
        ("550 5..1 who", "550"), ("550", "550"), ("550 192.0.2.7 blocked", "550"),
    ])
    func `a status is shown where it is one`(line: String, words: String) {
        let outcome = dialogue([line], thenBody: false)
            .outcome(.broken, host: "mail.school.example")
        #expect(outcome.sentence.contains("(\(words))"))
    }

    @Test func `what is answered to our goodbye says nothing of the mail`() {
        var dialogue = dialogue(["354 go on"], thenBody: true)
        dialogue.sayGoodbye()
        dialogue.take(line: "250 bye\r\n".utf8)
        #expect(dialogue.outcome(.timedOut, host: "mail.school.example").kind == "uncertain")
        var refused = self.dialogue(["550 5.1.1 no"], thenBody: false)
        refused.sayGoodbye()
        refused.take(line: "221 bye\r\n".utf8)
        #expect(refused.outcome(.broken, host: "mail.school.example").code == 550)
    }

    @Test func `completed without any reply is what curl says`() {
        #expect(dialogue([], thenBody: true).outcome(.completed, host: "x") == .sent)
    }
}
