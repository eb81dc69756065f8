// The addresses: each with what it takes and every status that it gives of its own.
extension OpenAPIDocument {
    static let logins = """
        "/v1/schools/{school}/logins": {
          "parameters": [{"$ref": "#/components/parameters/school"}],
          "post": {
            "operationId": "logIn",
            "summary": "Somebody logs in: look her up, bring her account up to date, answer in time.",
            "description": "Needs the scope logins.",
            "security": [{"bearer": []}, {"signature": []}],
            "requestBody": \(body("Login")),
            "responses": {
              "200": \(json("What the host is to do.", "LoginAnswer")),
              \(troubles([400, 401, 403, 404, 413, 415, 503]))
            }
          }
        }
        """

    static let verification = """
        "/v1/schools/{school}/passwords/verify": {
          "parameters": [{"$ref": "#/components/parameters/school"}],
          "post": {
            "operationId": "verifyPassword",
            "summary": "Somebody logs in with a password that Muster keeps: check it, then log her in.",
            "description": "Needs the scope passwords. A wrong password, none and a stranger are answered alike.",
            "requestBody": \(body("PasswordCheck")),
            "responses": {
              "200": \(json("What the host is to do.", "LoginAnswer")),
              \(troubles([400, 401, 403, 404, 413, 415, 503]))
            }
          }
        }
        """

    static let syncs = """
        "/v1/schools/{school}/syncs": {
          "parameters": [{"$ref": "#/components/parameters/school"}],
          "post": {
            "operationId": "sync",
            "summary": "Begin to bring everybody's account up to date, or join the run that goes on.",
            "description": "Needs the scope admin. Location names the run.",
            "requestBody": \(optionalBody("SyncOrder")),
            "responses": {
              "202": \(json("The run.", "RunBegun")),
              \(troubles([400, 401, 403, 404, 413, 415, 503]))
            }
          }
        },
        "/v1/schools/{school}/runs": {
          "parameters": [
            {"$ref": "#/components/parameters/school"}, {"$ref": "#/components/parameters/limit"}
          ],
          "get": {
            "operationId": "runs",
            "summary": "The syncs of the school's connection, the newest first.",
            "description": "Needs the scope admin. Without limit, the last twenty.",
            "responses": {
              "200": \(json("The runs.", "Runs")),
              \(troubles([400, 401, 403, 404, 503]))
            }
          }
        }
        """

    /// What belongs to a tenant, under `/v1` or under a school.
    static func tenant(_ parameter: String?) -> String {
        let base = parameter == nil ? "/v1" : "/v1/schools/{school}"
        let suffix = parameter == nil ? "" : "OfSchool"
        func parameters(_ own: String...) -> String {
            let all = [parameter].compactMap(\.self) + own
            let references = all.map { "{\"$ref\": \"#/components/parameters/\($0)\"}" }
            return "[\(references.joined(separator: ", "))]"
        }
        return """
            "\(base)/runs/{run}": {
              "parameters": \(parameters("run")),
              "get": {
                "operationId": "run\(suffix)",
                "summary": "How a sync stands, or what it came to.",
                "description": "Needs the scope admin.",
                "responses": {
                  "200": \(json("The run.", "Run")),
                  \(troubles([401, 403, 404, 503]))
                }
              },
              "delete": {
                "operationId": "cancelRun\(suffix)",
                "summary": "Stop a sync at its next safe point; what was applied stays.",
                "description": "Needs the scope admin. The answer does not wait for its end.",
                "responses": {
                  "200": \(json("The run as it stood.", "Run")),
                  \(troubles([401, 403, 404, 503]))
                }
              }
            },
            "\(base)/runs/{run}/events": {
              "parameters": \(parameters("run")),
              "get": {
                "operationId": "runEvents\(suffix)",
                "summary": "A sync as it happens: events progress, and result at its end.",
                "description": "Needs the scope admin. The data of each event is a Run.",
                "responses": {
                  "200": {
                    "description": "Server-Sent Events.",
                    "content": {"text/event-stream": {"schema": {"type": "string"}}}
                  },
                  \(troubles([401, 403, 404, 503]))
                }
              }
            },
            "\(base)/accounts": {
              "parameters": \(parameters("email")),
              "get": {
                "operationId": "findAccount\(suffix)",
                "summary": "The account that has an e-mail address.",
                "description": "Needs the scope accounts, and a key that sees addresses.",
                "responses": {
                  "200": \(json("A list of one account, or of none.", "Accounts")),
                  \(troubles(parameter == nil ? [400, 401, 403, 503] : [400, 401, 403, 404, 503]))
                }
              }
            },
            "\(base)/accounts/{account}": {
              "parameters": \(parameters("account")),
              "get": {
                "operationId": "account\(suffix)",
                "summary": "An account.",
                "description": "Needs the scope accounts.",
                "responses": {
                  "200": \(json("The account.", "Account")),
                  \(troubles([401, 403, 404, 503]))
                }
              },
              "patch": {
                "operationId": "editAccount\(suffix)",
                "summary": "Edit an account by hand, as a person in the application does.",
                "description": "Needs the scope accounts. All of it is done or nothing.",
                "requestBody": \(body("AccountPatch")),
                "responses": {
                  "200": \(json("The account afterwards.", "Account")),
                  \(troubles([400, 401, 403, 404, 409, 413, 415, 422, 503]))
                }
              }
            },
            "\(base)/passwords/requests": {
              "parameters": \(parameters()),
              "post": {
                "operationId": "requestLink\(suffix)",
                "summary": "Send a link to set a password, if there is such a person.",
                "description": "Needs the scope passwords. The answer is the same whoever is named.",
                "requestBody": \(body("LinkRequest")),
                "responses": {
                  "202": \(json("It was taken.", "LinkRequestTaken")),
                  \(troubles(parameter == nil ? [400, 401, 403, 413, 415, 503] : [400, 401, 403, 404, 413, 415, 503]))
                }
              }
            },
            "\(base)/passwords/links": {
              "parameters": \(parameters()),
              "post": {
                "operationId": "lookAtLink\(suffix)",
                "summary": "Whose link it is, without using it up.",
                "description": "Needs the scope passwords. Used, expired, void and unknown are answered alike.",
                "requestBody": \(body("Link")),
                "responses": {
                  "200": \(json("Whose it is.", "LinkHolder")),
                  \(troubles(parameter == nil ? [400, 401, 403, 413, 415, 422, 503] : [400, 401, 403, 404, 413, 415, 422, 503]))
                }
              }
            },
            "\(base)/passwords": {
              "parameters": \(parameters()),
              "post": {
                "operationId": "setPassword\(suffix)",
                "summary": "Set the password of whoever holds the link, which is used up then.",
                "description": "Needs the scope passwords. Where the host keeps the passwords, send none.",
                "requestBody": \(body("NewPassword")),
                "responses": {
                  "200": \(json("Whose it is.", "LinkHolder")),
                  \(troubles(parameter == nil ? [400, 401, 403, 413, 415, 422, 503] : [400, 401, 403, 404, 413, 415, 422, 503]))
                }
              }
            },
            "\(base)/changes": {
              "parameters": \(parameters("after", "limit")),
              "get": {
                "operationId": "changes\(suffix)",
                "summary": "What logins, syncs and administrators changed since a cursor.",
                "description": "Needs the scope accounts.",
                "responses": {
                  "200": \(json("Changes, the oldest first.", "Changes")),
                  \(troubles(parameter == nil ? [400, 401, 403, 503] : [400, 401, 403, 404, 503]))
                }
              }
            }
            """
    }

    static let operations = """
        "/livez": {
          "get": {
            "operationId": "live", "security": [],
            "summary": "Whether the process lives.",
            "responses": {"200": \(plain("It does.")), \(other)}
          }
        },
        \(readiness("/readyz", "ready")),
        \(readiness("/healthz", "health")),
        "/metrics": {
          "get": {
            "operationId": "metrics",
            "summary": "The figures of the process, in Prometheus' text format.",
            "description": "For callers on the same machine, or with a key that has the scope admin.",
            "security": [{}, {"bearer": []}],
            "responses": {"200": \(plain("The figures.")), \(troubles([401, 403]))}
          }
        },
        "/openapi.json": {
          "get": {
            "operationId": "document", "security": [],
            "summary": "This document.",
            "responses": {
              "200": {
                "description": "OpenAPI 3.1.",
                "content": {"application/json": {"schema": {"type": "object"}}}
              },
              \(other)
            }
          }
        }
        """

    private static func readiness(_ path: String, _ name: String) -> String {
        func answer(_ description: String) -> String {
            """
            {
              "description": "\(description)",
              "content": {
                "text/plain": {"schema": {"type": "string"}},
                "application/json": {"schema": {"$ref": "#/components/schemas/Readiness"}}
              }
            }
            """
        }
        return """
            "\(path)": {
              "parameters": [{"$ref": "#/components/parameters/verbose"}],
              "get": {
                "operationId": "\(name)",
                "summary": "Whether it should get requests; an MIS that is away does not matter.",
                "security": [{}, {"bearer": []}],
                "responses": {
                  "200": \(answer("It should.")),
                  "503": \(answer("It should not.")),
                  \(troubles([401]))
                }
              }
            }
            """
    }

    static func body(_ schema: String) -> String {
        """
        {"required": true, "content": \
        {"application/json": {"schema": {"$ref": "#/components/schemas/\(schema)"}}}}
        """
    }

    static func json(_ description: String, _ schema: String) -> String {
        """
        {"description": "\(description)", "content": \
        {"application/json": {"schema": {"$ref": "#/components/schemas/\(schema)"}}}}
        """
    }

    private static func plain(_ description: String) -> String {
        """
        {"description": "\(description)", "content": \
        {"text/plain": {"schema": {"type": "string"}}}}
        """
    }

    private static let other = ##""default": {"$ref": "#/components/responses/other"}"##

    static func troubles(_ statuses: [Int]) -> String {
        let names = [
            400: "badRequest", 401: "unauthorized", 403: "forbidden", 404: "notFound",
            409: "conflict", 413: "tooLarge", 415: "notJSON", 422: "unusable", 503: "unavailable",
        ]
        let members = statuses.map { status in
            "\"\(status)\": {\"$ref\": \"#/components/responses/\(names[status] ?? "other")\"}"
        }
        return (members + [other]).joined(separator: ", ")
    }
}
