// What is sent and answered. An answer has no member that is not here.
extension OpenAPIDocument {
    static let schemas = """
        {
        \([login, passwords, loginAnswer, account, accountPatch, runs, changes, persons, waiting, trouble].joined(separator: ",\n"))
        }
        """

    private static let login = """
        "Login": {
          "type": "object",
          "description": "Exactly one of email, sourceID and username, or a subject that was bound.",
          "additionalProperties": false,
          "properties": {
            "email": {"type": ["string", "null"], "description": "Her address, in any case."},
            "sourceID": {"type": ["string", "null"], "description": "Her record's id at the MIS."},
            "kind": {
              "type": ["string", "null"], "enum": ["staff", "student", "contact", null],
              "description": "Beside sourceID: of which kind she is, where an MIS gives ids of each kind anew."
            },
            "username": {"type": ["string", "null"], "description": "Looked up like an address."},
            "method": {
              "type": ["string", "null"], "enum": ["sso", "password", null], "default": "sso",
              "description": "How she proved who she is; with sso the host vouches for the address."
            },
            "issuer": {"type": ["string", "null"], "description": "Who gives the subject out."},
            "subject": {
              "type": ["string", "null"],
              "description": "What the identity provider calls her for good; bound at the first match."
            }
          }
        }
        """

    private static let passwords = """
        "PasswordCheck": {
          "type": "object",
          "description": "Exactly one of email, sourceID and username.",
          "additionalProperties": false,
          "required": ["password"],
          "properties": {
            "email": {"type": "string"},
            "sourceID": {"type": "string"},
            "kind": {"type": "string", "enum": ["staff", "student", "contact"]},
            "username": {"type": "string", "description": "Looked up like an address."},
            "password": {"type": "string"}
          }
        },
        "LinkRequest": {
          "type": "object",
          "additionalProperties": false,
          "required": ["email"],
          "properties": {"email": {"type": "string"}}
        },
        "LinkRequestTaken": {
          "type": "object",
          "additionalProperties": false,
          "required": ["accepted"],
          "properties": {"accepted": {"type": "boolean"}}
        },
        "Link": {
          "type": "object",
          "additionalProperties": false,
          "required": ["token"],
          "properties": {"token": {"type": "string", "description": "The last part of the link."}}
        },
        "NewPassword": {
          "type": "object",
          "additionalProperties": false,
          "required": ["token"],
          "properties": {"token": {"type": "string"}, "password": {"type": "string"}}
        },
        "LinkHolder": {
          "type": "object",
          "additionalProperties": false,
          "required": ["account"],
          "properties": {"account": {"type": "string", "description": "The id of the account."}}
        }
        """

    private static let loginAnswer = """
        "LoginAnswer": {
          "type": "object",
          "additionalProperties": false,
          "required": ["decision", "outcome", "run", "account", "changes", "lookup", "milliseconds"],
          "properties": {
            "decision": {"type": "string", "enum": ["allow", "deny", "resetPassword"]},
            "outcome": {
              "type": "string",
              "enum": ["refreshed", "unchanged", "fresh", "joined", "deferred", "notReturned",
                "unknownPerson", "disputed", "held", "sourceUnavailable", "left", "suspended",
                "wrongPassword"]
            },
            "run": {"type": ["string", "null"], "description": "What the changes belong to."},
            "account": {
              "anyOf": [{"$ref": "#/components/schemas/Account"}, {"type": "null"}]
            },
            "changes": {"type": "array", "items": {"$ref": "#/components/schemas/FieldChange"}},
            "lookup": {
              "type": "object",
              "additionalProperties": false,
              "required": ["requests", "milliseconds"],
              "properties": {
                "requests": {"type": "integer"},
                "milliseconds": {"type": "number"}
              }
            },
            "milliseconds": {"type": "number"},
            "retryAfterSeconds": {
              "type": "number", "description": "When it is worth trying again, if it is."
            },
            "stale": {
              "type": "boolean",
              "description": "True where the MIS has not confirmed the account for too long."
            }
          }
        },
        "FieldChange": {
          "type": "object",
          "additionalProperties": false,
          "required": ["field", "from", "to"],
          "properties": {
            "field": {"type": ["string", "null"], "description": "Null: the account was made."},
            "from": {"type": ["string", "null"]},
            "to": {"type": ["string", "null"]}
          }
        }
        """

    private static let account = """
        "Account": {
          "type": "object",
          "additionalProperties": false,
          "required": ["id"],
          "properties": {
            "id": {"type": "string"},
            "email": {"type": ["string", "null"]},
            "title": {"type": ["string", "null"]},
            "forename": {"type": ["string", "null"]},
            "surname": {"type": ["string", "null"]},
            "initials": {"type": ["string", "null"]},
            "jobTitle": {"type": ["string", "null"]},
            "teachingStaff": {"type": ["boolean", "null"]},
            "phone": {"type": ["string", "null"]},
            "address": {"type": ["string", "null"]},
            "lineManager": {
              "anyOf": [{"$ref": "#/components/schemas/LineManager"}, {"type": "null"}]
            },
            "classes": {"type": "array", "items": {"$ref": "#/components/schemas/Place"}},
            "subjects": {"type": "array", "items": {"type": "string"}},
            "contacts": {
              "type": "array", "items": {"$ref": "#/components/schemas/Relative"},
              "description": "Who is responsible for her; of a student only."
            },
            "students": {
              "type": "array", "items": {"$ref": "#/components/schemas/Relative"},
              "description": "For whom she is responsible; of a contact only."
            },
            "roles": {"type": "array", "items": {"type": "string"}},
            "status": {"type": "string", "enum": ["active", "suspended"]},
            "credential": {"type": "string"},
            "kinds": {
              "type": "array",
              "items": {"type": "string", "enum": ["staff", "student", "contact"]}
            }
          }
        },
        "Relative": {
          "type": "object",
          "additionalProperties": false,
          "required": ["id", "name", "relationship", "parentalResponsibility", "confirmed"],
          "properties": {
            "id": {"type": ["string", "null"], "description": "Null while she has no account."},
            "name": {"type": ["string", "null"]},
            "relationship": {
              "type": ["string", "null"], "description": "What the contact is to the student."
            },
            "parentalResponsibility": {
              "type": ["boolean", "null"], "description": "Null where the MIS does not say."
            },
            "confirmed": {
              "type": "boolean",
              "description": "False where the MIS took it away and a guard holds that back, and in the answer to a parent's login where the student's record did not come."
            }
          }
        },
        "LineManager": {
          "type": "object",
          "additionalProperties": false,
          "required": ["id", "email", "name"],
          "properties": {
            "id": {"type": "string"},
            "email": {"type": ["string", "null"]},
            "name": {"type": "string"}
          }
        },
        "Place": {
          "type": "object",
          "additionalProperties": false,
          "required": ["id", "name", "description", "role"],
          "properties": {
            "id": {"type": "string"},
            "name": {"type": "string"},
            "description": {"type": ["string", "null"]},
            "role": {
              "type": "string", "enum": ["mainTeacher", "teacher", "supervisor", "student"]
            }
          }
        }
        """

    private static let accountPatch = """
        "AccountPatch": {
          "type": "object",
          "description": "The members to be set; null takes a value away.",
          "additionalProperties": false,
          "properties": {
            "email": {"type": "string"},
            "title": {"type": ["string", "null"]},
            "forename": {"type": ["string", "null"]},
            "surname": {"type": ["string", "null"]},
            "initials": {"type": ["string", "null"]},
            "jobTitle": {"type": ["string", "null"]},
            "teachingStaff": {"type": ["boolean", "null"]},
            "phone": {"type": ["string", "null"]},
            "address": {"type": ["string", "null"]},
            "lineManager": {"type": ["string", "null"], "description": "The id of an account."},
            "status": {"type": "string", "enum": ["active", "suspended"]}
          }
        }
        """

    private static let runs = """
        "SyncOrder": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "delta": {
              "type": ["boolean", "null"],
              "description": "Read only who changed, where the MIS can list that; else everybody."
            }
          }
        },
        "RunBegun": {
          "type": "object",
          "additionalProperties": false,
          "required": ["run", "state"],
          "properties": {
            "run": {"type": "string"},
            "state": {"type": "string", "enum": ["running", "joined"]}
          }
        },
        "Runs": {
          "type": "object",
          "additionalProperties": false,
          "required": ["runs"],
          "properties": {
            "runs": {"type": "array", "items": {"$ref": "#/components/schemas/Run"}}
          }
        },
        "Run": {
          "type": "object",
          "additionalProperties": false,
          "required": ["run", "state", "kind", "why", "seen", "unchanged", "changed", "created", "restored",
            "suspended", "held", "skipped", "disputed", "failed", "ignored", "missing", "followed",
            "requests", "seconds", "plan", "startedAt", "endedAt", "trouble", "progress"],
          "properties": {
            "run": {"type": "string"},
            "state": {
              "type": "string",
              "enum": ["running", "completed", "held", "preview", "failed", "cancelled", "joined"]
            },
            "kind": {"type": "string", "enum": ["full", "delta", "approval"]},
            "why": {
              "type": ["string", "null"],
              "description": "Why everybody was read although changes were asked for.",
              "enum": ["notOffered", "noMark", "due", "termsChanged", "oddAnswer", "manyChanged",
                "idsChanged", null]
            },
            "seen": {"type": "integer"},
            "unchanged": {"type": "integer"},
            "changed": {"type": "integer"},
            "created": {"type": "integer"},
            "restored": {"type": "integer"},
            "suspended": {"type": "integer"},
            "held": {"type": "integer"},
            "skipped": {"type": "integer"},
            "disputed": {"type": "integer"},
            "failed": {"type": "integer"},
            "ignored": {
              "type": "array",
              "items": {
                "type": "object",
                "additionalProperties": false,
                "required": ["reason", "count"],
                "properties": {"reason": {"type": "string"}, "count": {"type": "integer"}}
              }
            },
            "missing": {
              "type": "integer",
              "description": "Who is not in the list any more and would be suspended by a complete sync twelve hours later."
            },
            "followed": {
              "type": "integer",
              "description": "Accounts, besides those counted, whose line manager or address followed from what became of somebody else."
            },
            "requests": {"type": "integer"},
            "seconds": {"type": "number"},
            "plan": {"type": ["string", "null"]},
            "withdrawn": {
              "type": "array",
              "description": "What people of a kind showed before and nobody shows any more.",
              "items": {"type": "object"}
            },
            "renumbered": {
              "type": "array",
              "description": "After a change of MIS, how people are told, and who has which record.",
              "items": {"type": "object"}
            },
            "remarks": {
              "type": "array",
              "description": "What needs somebody's eye, by record where it is about one.",
              "items": {"type": "object"}
            },
            "startedAt": {"type": "string", "format": "date-time"},
            "endedAt": {"type": ["string", "null"], "format": "date-time"},
            "trouble": {"type": ["string", "null"], "description": "One sentence for people."},
            "progress": {
              "anyOf": [{"$ref": "#/components/schemas/Progress"}, {"type": "null"}]
            }
          }
        },
        "Progress": {
          "type": "object",
          "additionalProperties": false,
          "required": ["stage", "done", "total"],
          "properties": {
            "stage": {"type": "string", "enum": ["reading", "applying"]},
            "done": {"type": "integer"},
            "total": {"type": ["integer", "null"]}
          }
        }
        """

    private static let changes = """
        "Accounts": {
          "type": "object",
          "additionalProperties": false,
          "required": ["accounts"],
          "properties": {
            "accounts": {"type": "array", "items": {"$ref": "#/components/schemas/Account"}}
          }
        },
        "Changes": {
          "type": "object",
          "additionalProperties": false,
          "required": ["changes", "next"],
          "properties": {
            "changes": {"type": "array", "items": {"$ref": "#/components/schemas/Change"}},
            "next": {"type": "string"}
          }
        },
        "Change": {
          "type": "object",
          "additionalProperties": false,
          "required": ["cursor", "at", "run", "cause", "account", "field", "from", "to"],
          "properties": {
            "cursor": {"type": "string"},
            "at": {"type": "string", "format": "date-time"},
            "run": {"type": ["string", "null"]},
            "cause": {"type": "string", "enum": ["login", "batch", "administrator", "import", "undo", "person"]},
            "account": {"type": "string"},
            "field": {"type": ["string", "null"], "description": "Null: the account was made."},
            "from": {"type": ["string", "null"]},
            "to": {"type": ["string", "null"]}
          }
        }
        """

    private static let trouble = """
        "Problem": {
          "type": "object",
          "description": "RFC 9457.",
          "additionalProperties": false,
          "required": ["type", "title", "status", "detail"],
          "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"}
          }
        },
        "Readiness": {
          "type": "object",
          "additionalProperties": false,
          "required": ["status", "store", "keyFile", "stopping", "sources"],
          "properties": {
            "status": {"type": "string", "enum": ["ok", "degraded", "notReady"]},
            "store": {"type": "string", "enum": ["ok", "readOnly", "unavailable"]},
            "keyFile": {"type": "string", "enum": ["ok", "unusable"]},
            "stopping": {"type": "boolean"},
            "sources": {
              "type": "array",
              "items": {
                "type": "object",
                "additionalProperties": false,
                "required": ["connection", "status", "detail"],
                "properties": {
                  "connection": {"type": "string"},
                  "status": {"type": "string", "enum": ["ok", "degraded"]},
                  "detail": {"type": ["string", "null"]}
                }
              }
            }
          }
        }
        """
}
