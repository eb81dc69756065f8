import Foundation
import Mustache
import Passwords

/// The pages that people see, as HTML that works without scripts.
enum PageText {
    /// Asks for an address.
    case forgot(email: String, form: String, trouble: String?)
    /// Says that a mail is on its way, whether or not it is.
    case asked
    /// Asks for a new password.
    case new(email: String, minimum: Int, form: String, trouble: String?)
    /// Says that the password is set.
    case done
    /// Says that the link counts no more.
    case expired
    /// Says that there is no such page.
    case missing
    /// Says that it does not work now.
    case broken(String)

    /// The page in the look of a tenant, below `base`.
    func html(_ look: PageLook, under base: String) -> String {
        let values: [String: String?] = [
            "name": look.name, "colour": look.colour, "title": title, "base": base,
            "again": look.school.map { "\(base)/password/forgot/\($0.inPath)" },
        ].merging(values) { $1 }
        let body = Self.library.render(values.compactMapValues(\.self), withTemplate: template)
        return body ?? ""
    }

    /// What people are told of trouble: of the inside, such as the store and its path, nothing.
    static func broken(ofTrouble trouble: PasswordTrouble) -> PageText {
        switch trouble {
        case .linkNotValid, .refused, .keptElsewhere, .hashing, .missing: .broken(trouble.sentence)
        case .store, .seal, .unwritable:
            .broken("It does not work at this moment; try again in a minute.")
        }
    }

    private var template: String {
        switch self {
        case .forgot: "forgot"
        case .asked: "asked"
        case .new: "new"
        case .done: "done"
        case .expired: "expired"
        case .missing, .broken: "message"
        }
    }

    private var title: String {
        switch self {
        case .forgot: "Forgot your password?"
        case .asked: "Look into your mail"
        case .new: "Choose a password"
        case .done: "Your password is set"
        case .expired: "This link is no longer valid"
        case .missing: "There is no such page"
        case .broken: "That did not work"
        }
    }

    private var values: [String: String?] {
        switch self {
        case .forgot(let email, let form, let trouble):
            ["email": email, "form": form, "trouble": trouble]
        case .new(let email, let minimum, let form, let trouble):
            ["email": email, "minimum": "\(minimum)", "form": form, "trouble": trouble]
        case .missing: ["text": "Check the address, or open the link in your mail again."]
        case .broken(let text): ["text": text]
        case .asked, .done, .expired: [:]
        }
    }

    private static let library: MustacheLibrary = {
        var library = MustacheLibrary()
        for (name, text) in texts {
            // A template of ours that cannot be read shows in every test of the pages.
            try? library.register("\(head)\(text)\(foot)", named: name)
        }
        return library
    }()

    private static let head = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{title}} – {{name}}</title>
        <link rel="stylesheet" href="{{base}}/password/style/{{colour}}.css">
        </head>
        <body>
        <header>{{name}}</header>
        <main>
        <h1>{{title}}</h1>
        {{#trouble}}<p class="trouble" id="trouble" role="alert">{{.}}</p>{{/trouble}}

        """

    private static let foot = """

        </main>
        </body>
        </html>

        """

    private static let texts = [
        "forgot": """
        <p>Write your work e-mail address. You get a link with which you can set a password, also
        if you never had one here.</p>
        <form method="post">
        <input type="hidden" name="form" value="{{form}}">
        <label for="email">E-mail address</label>
        <input id="email" name="email" type="email" value="{{email}}" autocomplete="username"
         required maxlength="320"{{#trouble}} aria-invalid="true" aria-describedby="trouble"{{/trouble}}>
        <button type="submit">Send me a link</button>
        </form>
        """,
        "asked": """
        <p>If there is an account with that address, a mail with a link is on its way. The link
        works for a short time and once.</p>
        <p>Nothing came? Look into your spam folder, wait five minutes and
        {{#again}}<a href="{{again}}">ask again</a>{{/again}}{{^again}}ask again{{/again}}, or ask
        your school’s office whether your address is right.</p>
        """,
        "new": """
        <form method="post">
        <input type="hidden" name="form" value="{{form}}">
        <label for="email">E-mail address</label>
        <input id="email" name="email" type="email" value="{{email}}" autocomplete="username" readonly>
        <label for="password">New password</label>
        <p class="hint" id="hint">At least {{minimum}} characters. Four words that have nothing to
        do with one another are a good one. You may paste.</p>
        <input id="password" name="password" type="password" autocomplete="new-password" required
         aria-describedby="hint{{#trouble}} trouble{{/trouble}}"{{#trouble}} aria-invalid="true"{{/trouble}}>
        <label for="again">New password again</label>
        <input id="again" name="again" type="password" autocomplete="new-password" required>
        <button type="submit">Set the password</button>
        </form>
        """,
        "done": """
        <p>You can sign in with it now. Everywhere else where you were signed in, you may be asked
        to sign in again.</p>
        """,
        "expired": """
        <p>It was used, is too old, or was replaced by a newer one.</p>
        {{#again}}<p><a href="{{again}}">Send me a new link</a></p>{{/again}}
        """,
        "message": "<p>{{text}}</p>",
    ]
}
