// What administrators do: pins, taking back, a person's own data, and what waits for a person.
extension OpenAPIDocument {
    private static let scope = "Needs the scope admin, and a key that sees all members."

    /// What belongs to one person's account or to one run, under `/v1` or under a school.
    static func persons(_ parameter: String?) -> String {
        let base = parameter == nil ? "/v1" : "/v1/schools/{school}"
        let suffix = parameter == nil ? "" : "OfSchool"
        func parameters(_ own: String...) -> String { references([parameter], own) }
        return """
            "\(base)/accounts/{account}/pins": {
              "parameters": \(parameters("account")),
              "get": {
                "operationId": "pins\(suffix)",
                "summary": "What of an account stays as it is, whatever the MIS says.",
                "description": "Needs the scope admin. Only of members that the key sees.",
                "responses": {
                  "200": \(json("The pins.", "Pins")),
                  \(troubles([401, 403, 404, 503]))
                }
              },
              "post": {
                "operationId": "pin\(suffix)",
                "summary": "Pin a member, or the whole person, in place of the pin it has.",
                "description": "Needs the scope admin, and a key that sees what is pinned.",
                "requestBody": \(body("PinWish")),
                "responses": {
                  "200": \(json("The pins afterwards.", "Pins")),
                  \(troubles([400, 401, 403, 404, 413, 415, 422, 503]))
                }
              },
              "delete": {
                "operationId": "unpinAll\(suffix)",
                "summary": "Lift every pin; 404 where there is none.",
                "description": "\(scope)",
                "responses": {
                  "200": \(json("The pins afterwards.", "Pins")),
                  \(troubles([401, 403, 404, 503]))
                }
              }
            },
            "\(base)/accounts/{account}/pins/{field}": {
              "parameters": \(parameters("account", "field")),
              "delete": {
                "operationId": "unpin\(suffix)",
                "summary": "Lift the pin of one member; 404 where it has none.",
                "description": "Needs the scope admin, and a key that sees the member.",
                "responses": {
                  "200": \(json("The pins afterwards.", "Pins")),
                  \(troubles([401, 403, 404, 503]))
                }
              }
            },
            "\(base)/accounts/{account}/export": {
              "parameters": \(parameters("account")),
              "get": {
                "operationId": "export\(suffix)",
                "summary": "Everything that is held of a person.",
                "description": "\(scope)",
                "responses": {
                  "200": \(json("All of it.", "Export")),
                  \(troubles([401, 403, 404, 503]))
                }
              }
            },
            "\(base)/accounts/{account}/erasure": {
              "parameters": \(parameters("account")),
              "post": {
                "operationId": "erase\(suffix)",
                "summary": "Take away for good everything that is held of a person.",
                "description": "\(scope) No sync and no login makes her again. 409 without confirm.",
                "requestBody": \(body("Confirmation")),
                "responses": {
                  "200": \(json("The ids of her records at the MIS.", "Erased")),
                  \(troubles([400, 401, 403, 404, 409, 413, 415, 503]))
                }
              }
            },
            "\(base)/accounts/{account}/undo": {
              "parameters": \(parameters("account")),
              "post": {
                "operationId": "undoPerson\(suffix)",
                "summary": "Take back what a run, or the latest one, did to one person.",
                "description": "\(scope) 409 where no login or sync ever changed her.",
                "requestBody": \(optionalBody("PersonUndo")),
                "responses": {
                  "200": \(json("What it came to.", "Undone")),
                  \(troubles([400, 401, 403, 404, 409, 413, 415, 422, 503]))
                }
              }
            },
            "\(base)/runs/{run}/undo": {
              "parameters": \(parameters("run")),
              "post": {
                "operationId": "undoRun\(suffix)",
                "summary": "Take back what a sync or a login did, but for what was changed since.",
                "description": "\(scope) Suspending more than five people needs confirm, else 409.",
                "requestBody": \(optionalBody("Confirmation")),
                "responses": {
                  "200": \(json("What it came to.", "Undone")),
                  \(troubles([400, 401, 403, 404, 409, 413, 415, 503]))
                }
              }
            }
            """
    }

    /// What of a school waits for a person, and what she decides.
    static let review: String = {
        let record = "/v1/schools/{school}/review/{kind}/{record}"
        let named = references(["school", "kind", "record"], [])
        return """
            "/v1/schools/{school}/review": {
              "parameters": \(references(["school", "all"], [])),
              "get": {
                "operationId": "review",
                "summary": "The records of a school that wait for a person, and what is held back.",
                "description": "\(scope)",
                "responses": {
                  "200": \(json("What waits.", "Review")),
                  \(troubles([400, 401, 403, 404, 503]))
                }
              }
            },
            "\(record)": {
              "parameters": \(named),
              "get": {
                "operationId": "reviewRecord",
                "summary": "A record that waits, and what each choice would change.",
                "description": "\(scope)",
                "responses": {
                  "200": \(json("The record.", "ReviewDetail")),
                  \(troubles([401, 403, 404, 503]))
                }
              }
            },
            "\(record)/link": {
              "parameters": \(named),
              "post": {
                "operationId": "linkRecord",
                "summary": "Give a record to an account, in place of its other records of the school.",
                "description": "\(scope)",
                "requestBody": \(body("AccountName")),
                "responses": {
                  "200": \(json("What changed.", "Decision")),
                  \(troubles([400, 401, 403, 404, 413, 415, 422, 503]))
                }
              }
            },
            "\(record)/create": {
              "parameters": \(named),
              "post": {
                "operationId": "createFromRecord",
                "summary": "Make an account of its own for a record.",
                "description": "\(scope)",
                "responses": {
                  "200": \(json("What changed.", "Decision")),
                  \(troubles([401, 403, 404, 422, 503]))
                }
              }
            },
            "\(record)/ignore": {
              "parameters": \(named),
              "post": {
                "operationId": "ignoreRecord",
                "summary": "Neither list nor count a record until a day, or while its reason stays.",
                "description": "\(scope)",
                "requestBody": \(body("Ignoring")),
                "responses": {
                  "200": \(json("What is kept of it.", "Ignored")),
                  \(troubles([400, 401, 403, 404, 413, 415, 422, 503]))
                }
              },
              "delete": {
                "operationId": "heedRecord",
                "summary": "List and count a record again; 404 where it is not ignored.",
                "description": "\(scope)",
                "responses": {
                  "200": \(json("The record.", "Ignored")),
                  \(troubles([401, 403, 404, 503]))
                }
              }
            },
            "/v1/schools/{school}/merges": {
              "parameters": \(references(["school"], [])),
              "post": {
                "operationId": "merge",
                "summary": "Make two accounts of one person one: the first is suspended, the second stays.",
                "description": "\(scope)",
                "requestBody": \(body("Merge")),
                "responses": {
                  "200": \(json("What changed.", "Decision")),
                  \(troubles([400, 401, 403, 404, 413, 415, 422, 503]))
                }
              }
            },
            "/v1/schools/{school}/approvals": {
              "parameters": \(references(["school"], [])),
              "post": {
                "operationId": "approve",
                "summary": "Begin to carry out what a preview showed or a sync held back.",
                "description": "\(scope) Location names the run. Where another run goes on, joined names that one, and the plan waits on.",
                "requestBody": \(body("PlanName")),
                "responses": {
                  "202": \(json("The run.", "RunBegun")),
                  \(troubles([400, 401, 403, 404, 413, 415, 422, 503]))
                }
              }
            }
            """
    }()

    private static func references(_ first: [String?], _ more: [String]) -> String {
        let all = first.compactMap(\.self) + more
        let references = all.map { "{\"$ref\": \"#/components/parameters/\($0)\"}" }
        return "[\(references.joined(separator: ", "))]"
    }

    static func optionalBody(_ schema: String) -> String {
        body(schema).replacing("\"required\": true", with: "\"required\": false")
    }

    static let persons = """
        "PinWish": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "field": {"type": ["string", "null"], "description": "Null: the whole person."},
            "against": {
              "type": ["string", "null"], "enum": ["everything", "value", null],
              "description": "Null: everything. A pin against one value ends once the MIS says another."
            },
            "value": {
              "type": ["string", "null"],
              "description": "What the MIS says now, where the pin is against a value; null: nothing."
            },
            "until": {
              "type": ["string", "null"], "format": "date",
              "description": "The first day on which it holds no more; null for ever."
            },
            "because": {"type": ["string", "null"]}
          }
        },
        "Pins": {
          "type": "object",
          "additionalProperties": false,
          "required": ["pins"],
          "properties": {
            "pins": {"type": "array", "items": {"$ref": "#/components/schemas/Pin"}}
          }
        },
        "Pin": {
          "type": "object",
          "additionalProperties": false,
          "required": ["field", "against", "until", "because"],
          "properties": {
            "field": {"type": ["string", "null"], "description": "Null: the whole person."},
            "against": {"type": "string", "enum": ["everything", "value"]},
            "value": {
              "type": ["string", "null"],
              "description": "Against which statement of the MIS it holds, where only one."
            },
            "until": {"type": ["string", "null"], "format": "date"},
            "because": {"type": ["string", "null"]}
          }
        },
        "Confirmation": {
          "type": "object",
          "additionalProperties": false,
          "properties": {"confirm": {"type": ["boolean", "null"]}}
        },
        "PersonUndo": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "run": {"type": ["string", "null"], "description": "Null: the latest that changed her."}
          }
        },
        "Undone": {
          "type": "object",
          "additionalProperties": false,
          "required": ["run", "undone", "restored", "fields", "skipped", "left", "more", "undoneBefore"],
          "properties": {
            "run": {"type": "string", "description": "The undo itself, which can be undone."},
            "undone": {"type": "string"},
            "restored": {"type": "integer", "description": "People of whom something was put back."},
            "fields": {"type": "integer"},
            "skipped": {
              "type": "integer", "description": "People of whom something was changed since."
            },
            "left": {
              "type": "array", "description": "The first twenty of them.",
              "items": {
                "type": "object", "additionalProperties": false,
                "required": ["account", "person", "fields"],
                "properties": {
                  "account": {"type": "string"},
                  "person": {"type": "string"},
                  "fields": {
                    "type": "array",
                    "items": {
                      "type": "object", "additionalProperties": false,
                      "required": ["field", "why"],
                      "properties": {"field": {"type": "string"}, "why": {"type": "string"}}
                    }
                  }
                }
              }
            },
            "more": {"type": "integer", "description": "How many of them are not in left."},
            "undoneBefore": {
              "type": ["object", "null"], "additionalProperties": false,
              "description": "The undo that had taken something of the run back already.",
              "required": ["run", "at", "people"],
              "properties": {
                "run": {"type": "string"},
                "at": {"type": "string", "format": "date-time"},
                "people": {"type": "integer"}
              }
            }
          }
        },
        "Erased": {
          "type": "object",
          "additionalProperties": false,
          "required": ["erased", "records"],
          "properties": {
            "erased": {"type": "integer"},
            "records": {"type": "array", "items": {"type": "string"}}
          }
        },
        "Export": {
          "type": "object",
          "additionalProperties": false,
          "required": ["account", "pins", "editedHere", "links", "history", "formerEmails", "subjects",
            "losses", "review"],
          "properties": {
            "account": {"$ref": "#/components/schemas/Account"},
            "pins": {"type": "array", "items": {"$ref": "#/components/schemas/Pin"}},
            "editedHere": {"type": "array", "items": {"type": "string"}},
            "links": {"type": "array", "items": {"type": "object"}},
            "history": {"type": "array", "items": {"type": "object"}},
            "formerEmails": {"type": "array", "items": {"type": "object"}},
            "subjects": {"type": "array", "items": {"type": "object"}},
            "losses": {"type": "array", "items": {"type": "object"}},
            "review": {"type": "array", "items": {"type": "object"}}
          }
        }
        """

    private static let recordMembers = """
        "record": {"type": "string"},
        "kind": {"type": "string", "enum": ["staff", "student", "contact"]},
        "standing": {"type": "string", "enum": ["ignored", "failed", "disputed"]},
        "reason": {"type": "string"},
        "words": {"type": "string"},
        "forename": {"type": ["string", "null"]},
        "surname": {"type": ["string", "null"]},
        "email": {"type": ["string", "null"]},
        "candidates": {
          "type": "array",
          "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["id", "email", "name"],
            "properties": {
              "id": {"type": "string"},
              "email": {"type": ["string", "null"]},
              "name": {"type": "string"}
            }
          }
        },
        "ignored": {"type": ["object", "null"], "description": "What a person said of it."}
        """

    static let waiting = """
        "Review": {
          "type": "object",
          "additionalProperties": false,
          "required": ["records", "held", "accountsWithoutRecord", "moreAccountsWithoutRecord",
            "remarks"],
          "properties": {
            "records": {"type": "array", "items": {"$ref": "#/components/schemas/ReviewRecord"}},
            "held": {"type": "array", "items": {"type": "object"}},
            "accountsWithoutRecord": {
              "type": "array",
              "description": "Accounts that are active though the MIS lists their record no more.",
              "items": {
                "type": "object",
                "additionalProperties": false,
                "required": ["account", "email", "name", "kind", "record", "since"],
                "properties": {
                  "account": {"type": "string"},
                  "email": {"type": ["string", "null"]},
                  "name": {"type": "string"},
                  "kind": {"type": "string", "enum": ["staff", "student", "contact"]},
                  "record": {"type": "string"},
                  "since": {"type": ["string", "null"], "format": "date-time"}
                }
              }
            },
            "moreAccountsWithoutRecord": {
              "type": "integer",
              "description": "How many more of these a change of MIS left, of whom only the number is kept."
            },
            "remarks": {"type": "array", "items": {"type": "object"}}
          }
        },
        "ReviewRecord": {
          "type": "object",
          "additionalProperties": false,
          "required": ["record", "kind", "standing", "reason", "words", "forename", "surname", "email",
            "candidates", "ignored"],
          "properties": {\(recordMembers)}
        },
        "ReviewDetail": {
          "type": "object",
          "additionalProperties": false,
          "required": ["record", "kind", "reason", "school", "last", "choices"],
          "properties": {
            \(recordMembers),
            "school": {"type": "string"},
            "last": {"type": "object", "description": "What the MIS said, member by member."},
            "choices": {"type": "array", "items": {"type": "object"}}
          }
        },
        "AccountName": {
          "type": "object",
          "additionalProperties": false,
          "required": ["account"],
          "properties": {
            "account": {"type": "string", "description": "The id of an account."},
            "samePerson": {
              "type": ["boolean", "null"],
              "description": "The account is hers, though its record has another name."
            }
          }
        },
        "Ignoring": {
          "type": "object",
          "additionalProperties": false,
          "required": ["because"],
          "properties": {
            "because": {"type": "string"},
            "until": {"type": ["string", "null"], "format": "date"}
          }
        },
        "Ignored": {
          "type": "object",
          "additionalProperties": false,
          "required": ["record", "ignored"],
          "properties": {
            "record": {"type": "string"},
            "ignored": {"type": ["object", "null"]}
          }
        },
        "Merge": {
          "type": "object",
          "additionalProperties": false,
          "required": ["from", "into"],
          "properties": {
            "from": {"type": "string", "description": "The account that is given up."},
            "into": {"type": "string", "description": "The account that stays."},
            "samePerson": {
              "type": ["boolean", "null"], "description": "The MIS has her twice at one school."
            }
          }
        },
        "PlanName": {
          "type": "object",
          "additionalProperties": false,
          "required": ["plan"],
          "properties": {"plan": {"type": "string"}}
        },
        "Decision": {
          "type": "object",
          "additionalProperties": false,
          "required": ["run", "account", "changes"],
          "properties": {
            "run": {"type": "string", "description": "What to take it back by."},
            "account": {"$ref": "#/components/schemas/Account"},
            "changes": {"type": "array", "items": {"type": "object"}}
          }
        }
        """
}
