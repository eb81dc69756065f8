/// The built-in mails.
enum EnglishTemplates {
    static let all: [MailTemplates.Kind: [MailTemplate.Part: String]] = [
        .invitation: [
            .subject: "Choose your password for {{tenant}}\n",
            .text: text(
                """
                Your account with {{tenant}} is ready. To use it, choose a password:

                {{link}}

                The link works once, and for \(span). After that you can ask for a new one on the
                page where you sign in, with "Forgot password".

                You sign in as {{loginName}}.
                """
            ),
            .html: html(
                title: "Choose your password",
                """
                <p>Your account with {{tenant}} is ready. To use it, choose a password.</p>
                \(button("Choose a password"))
                <p>The link works once, and for \(span). After that you can ask for a new one on the
                page where you sign in, with &ldquo;Forgot password&rdquo;.</p>
                <p>You sign in as <strong>{{loginName}}</strong>.</p>
                """
            ),
        ],
        .reset: [
            .subject: "Set a new password for {{tenant}}\n",
            .text: text(
                """
                Somebody, probably you, asked for a new password for your account with {{tenant}}.
                To set one, open this page:

                {{link}}

                The link works once, and for \(span).

                If it was not you, do nothing: your password stays as it is.
                """
            ),
            .html: html(
                title: "Set a new password",
                """
                <p>Somebody, probably you, asked for a new password for your account with
                {{tenant}}.</p>
                \(button("Set a new password"))
                <p>The link works once, and for \(span).</p>
                <p>If it was not you, do nothing: your password stays as it is.</p>
                """
            ),
        ],
        .changed: [
            .subject: "Your password for {{tenant}} was changed\n",
            .text: text(
                """
                The password of your account with {{tenant}} was changed on {{time}}.

                If it was you, there is nothing to do.

                If it was not you, set a new password at once, with "Forgot password" on the page
                where you sign in, and tell {{contactWords}}.
                """
            ),
            .html: html(
                title: "Your password was changed",
                """
                <p>The password of your account with {{tenant}} was changed on {{time}}.</p>
                <p>If it was you, there is nothing to do.</p>
                <p>If it was not you, set a new password at once, with &ldquo;Forgot
                password&rdquo; on the page where you sign in, and tell {{contactWords}}.</p>
                """
            ),
        ],
        .addressChanged: [
            .subject: "Your address for {{tenant}} was changed\n",
            .text: text(
                """
                The e-mail address of your account with {{tenant}} was changed on {{time}}.
                It is now {{newAddress}}, and mails about your account go there.

                Links to set a password that were sent before no longer work.

                If you did not expect this, tell {{contactWords}}.
                """
            ),
            .html: html(
                title: "Your address was changed",
                """
                <p>The e-mail address of your account with {{tenant}} was changed on {{time}}. It is
                now <strong>{{newAddress}}</strong>, and mails about your account go there.</p>
                <p>Links to set a password that were sent before no longer work.</p>
                <p>If you did not expect this, tell {{contactWords}}.</p>
                """
            ),
        ],
        .signInThroughSchool: [
            .subject: "Signing in to {{tenant}}\n",
            .text: text(
                """
                Somebody, probably you, asked for a new password for your account with {{tenant}}.
                This account has no password: you sign in through your school.
                {{#page}}

                {{page}}
                {{/page}}

                If you cannot sign in there, ask {{contactWords}}.
                """
            ),
            .html: html(
                title: "You sign in through your school",
                """
                <p>Somebody, probably you, asked for a new password for your account with
                {{tenant}}. This account has no password: you sign in through your school.</p>
                {{#page}}
                <p><a href="{{page}}">{{page}}</a></p>
                {{/page}}
                <p>If you cannot sign in there, ask {{contactWords}}.</p>
                """
            ),
        ],
    ]

    private static let span =
        "{{#days}}{{days}} days{{/days}}{{#hours}}{{hours}} hours{{/hours}}"
        + "{{#minutes}}{{minutes}} minutes{{/minutes}}"

    private static let contact =
        "{{#contact}}{{contact}}{{/contact}}{{^contact}}your school{{/contact}}"

    private static func text(_ body: String) -> String {
        """
        Hello{{#name}} {{name}}{{/name}},

        \(body.replacing("{{contactWords}}", with: contact))

        {{tenant}}
        {{#contact}}
        {{contact}}
        {{/contact}}

        """
    }

    private static func button(_ label: String) -> String {
        """
        <p style="margin:24px 0"><a href="{{link}}" style="display:inline-block;padding:12px 20px;\
        border-radius:4px;background-color:{{colour}};color:{{onColour}};text-decoration:none;\
        font-weight:bold">\(label)</a></p>
        <p>If the button does nothing, copy this address into your browser:<br>
        <a href="{{link}}" style="color:#1a1a1a;word-break:break-all">{{link}}</a></p>
        """
    }

    /// A page without anything from elsewhere: no picture, no font, no script.
    private static func html(title: String, _ body: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(title)</title>
        </head>
        <body style="margin:0;padding:16px;background-color:#f2f2f2;color:#1a1a1a;\
        font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5">
        <div style="max-width:560px;margin:0 auto;padding:8px 24px;background-color:#ffffff;\
        border-top:6px solid {{colour}}">
        <p style="margin-bottom:0;font-weight:bold">{{tenant}}</p>
        <h1 style="font-size:22px;line-height:1.3">\(title)</h1>
        <p>Hello{{#name}} {{name}}{{/name}},</p>
        \(body.replacing("{{contactWords}}", with: contact))
        <p style="border-top:1px solid #d0d0d0;padding-top:12px;color:#4d4d4d;font-size:14px">\
        {{tenant}}{{#contact}}<br>{{contact}}{{/contact}}</p>
        </div>
        </body>
        </html>

        """
    }
}
