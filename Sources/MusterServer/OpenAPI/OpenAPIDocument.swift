import Hummingbird
import NIOCore

/// What the daemon's addresses take and give, for programs: OpenAPI 3.1.
///
/// Written by hand, in JSON; what belongs to a tenant is there twice, because it can be reached
/// through a school too. A test holds it against the server.
enum OpenAPIDocument {
    /// The whole document.
    static let text = """
        {
          "openapi": "3.1.0",
          "info": {
            "title": "Muster",
            "version": "1",
            "description": \(description.quotedJSON)
          },
          "security": [{"bearer": []}],
          "paths": {
        \(paths.joined(separator: ",\n"))
          },
          "components": {
            "securitySchemes": \(securitySchemes),
            "parameters": \(parameters),
            "responses": \(responses),
            "schemas": \(schemas)
          }
        }
        """

    private static let paths = [
        logins, verification, syncs, review, tenant(nil), tenant("school"), persons(nil),
        persons("school"),
        operations,
    ]

    static var response: Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }

    private static let description =
        "Keeps the accounts of a school application true to the school's MIS. A login is always"
        + " answered with 200 and a decision; any other status means that the request could not"
        + " be taken. Unknown and foreign schools, accounts and runs answer alike. Whoever may"
        + " not see a member of an account does not get it."

    private static let securitySchemes = """
        {
          "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "A key made with `muster keys create`."
          },
          "signature": {
            "type": "apiKey",
            "in": "header",
            "name": "webhook-signature",
            "description": "Standard Webhooks, with webhook-id and webhook-timestamp beside it, by a key made with `muster keys create --signing`. A message is taken once; a retry is signed anew."
          }
        }
        """

    private static let parameters = """
        {
          "school": {
            "name": "school", "in": "path", "required": true, "schema": {"type": "string"},
            "description": "The school's id at the MIS, or the name of a connection with one school."
          },
          "run": {
            "name": "run", "in": "path", "required": true, "schema": {"type": "string"},
            "description": "The id of a sync."
          },
          "account": {
            "name": "account", "in": "path", "required": true, "schema": {"type": "string"},
            "description": "The id of an account."
          },
          "field": {
            "name": "field", "in": "path", "required": true, "schema": {"type": "string"},
            "description": "A member of an account."
          },
          "kind": {
            "name": "kind", "in": "path", "required": true,
            "schema": {"type": "string", "enum": ["staff", "student", "contact"]},
            "description": "The kind of person."
          },
          "record": {
            "name": "record", "in": "path", "required": true, "schema": {"type": "string"},
            "description": "The id of a record at the MIS, percent-encoded."
          },
          "all": {
            "name": "all", "in": "query", "schema": {"type": "integer", "enum": [0, 1], "default": 0},
            "description": "1 for records that need nobody, too."
          },
          "email": {
            "name": "email", "in": "query", "required": true, "schema": {"type": "string"},
            "description": "An e-mail address, percent-encoded; + stands for itself."
          },
          "after": {
            "name": "after", "in": "query", "schema": {"type": "string", "default": "0"},
            "description": "The cursor of the last change that was read: next of the answer before."
          },
          "limit": {
            "name": "limit", "in": "query",
            "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100},
            "description": "The most changes to be read."
          },
          "verbose": {
            "name": "verbose", "in": "query", "allowEmptyValue": true, "schema": {"type": "string"},
            "description": "Says why; for callers on the same machine, or with a key."
          }
        }
        """

    private static let responses: String = {
        let answers: [(name: String, description: String)] = [
            ("badRequest", "The request cannot be understood."),
            ("unauthorized", "No key, an unknown one, or a signature that does not hold."),
            ("forbidden", "The key lacks the scope."),
            ("notFound", "Nothing that this key can reach."),
            ("conflict", "Something else stands in the way."),
            ("tooLarge", "The body is too large."),
            ("notJSON", "The body is said to be something else than JSON."),
            ("unusable", "A value cannot be used."),
            ("unavailable", "The server cannot answer now."),
            ("other", "Any other trouble: 405, 431 or 500."),
        ]
        let members = answers.map { answer in
            """
            "\(answer.name)": {"description": "\(answer.description)", "content": \
            {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
            """
        }
        return "{\(members.joined(separator: ",\n"))}"
    }()
}

extension String {
    fileprivate var quotedJSON: String { "\"\(self)\"" }
}
