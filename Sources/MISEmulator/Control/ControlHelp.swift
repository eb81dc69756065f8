/// The page that `GET /_control` shows.
enum ControlHelp {
    /// The page, with the id of a school for the examples.
    static func text(school: String) -> String {
        head + people(school) + schools(school) + faults + log
    }

    private static let head = """
        mis-emulator: a stand-in for the Wonde REST service
        ===================================================

        The service answers under /v1.0 and wants the token. The endpoints on this page change
        what the service holds and how it behaves; they want no token and answer callers on this
        machine only. Bodies are JSON objects. A wrong body is answered with 400 and a sentence.

        In the examples, C stands for http://127.0.0.1:8808/_control, say:
          C=http://127.0.0.1:8808/_control

        What there is
          GET    $C                this page
          GET    $C/state          schools, how many of what they hold, their switches
            curl $C/state

        """

    private static func people(_ school: String) -> String {
        """

        People (S is a school's id: S=\(school))
          GET    $C/schools/$S/employees?email=…|surname=…&limit=…    staff, 50 unless limited
            curl "$C/schools/$S/employees?limit=5"
          GET    $C/schools/$S/employees/ID                           one person
          PATCH  $C/schools/$S/employees/ID                           change a person
            curl -X PATCH $C/schools/$S/employees/ID -d '{"surname":"Baker","workEmail":"b@x.example"}'
            curl -X PATCH $C/schools/$S/employees/ID -d '{"lineManager":"A1201234567"}'
            curl -X PATCH $C/schools/$S/employees/ID \\
              -d '{"roles":[{"role":"Head of Year","start":"2026-09-01","end":null}]}'
            curl -X PATCH $C/schools/$S/employees/ID \\
              -d '{"classes":[{"id":"A1601234567","role":"mainTeacher"}]}'
            Members: title initials surname forename middleNames legalSurname legalForename gender
            dateOfBirth workEmail primaryEmail homeEmail phone mobilePhone homePhone address
            {houseNumber houseName street town county postcode} current teachingStaff staffCode
            teacherNumber startDate endDate misID roles lineManager lineManagers classes groups
            oddity touches.
            null empties a member; what is not named stays. Days are YYYY-MM-DD. Roles in a class
            are mainTeacher, teacher, supervisor. "touches":false leaves updated_at as it was.
          POST   $C/schools/$S/employees                              add a person, same members
            curl $C/schools/$S/employees -d '{"forename":"Jo","surname":"New","workEmail":"j@x.example"}'
          DELETE $C/schools/$S/employees/ID                           remove; adds a deletion row
            curl -X DELETE $C/schools/$S/employees/ID
          POST   $C/schools/$S/employees/ID/restore                   bring back
            curl -X POST $C/schools/$S/employees/ID/restore
          GET    $C/schools/$S/students?email=…|surname=…&limit=…     pupils, 50 unless limited
          GET    $C/schools/$S/contacts?email=…|surname=…&limit=…     contacts, likewise
          PATCH  $C/schools/$S/students/ID    title surname forename middleNames email classes left
                                              leavingDate admissionDate contacts
            curl -X PATCH $C/schools/$S/students/ID -d '{"left":"2026-07-17"}'
            curl -X PATCH $C/schools/$S/students/ID \\
              -d '{"contacts":[{"id":"A1301234567","relationship":"Mother"}]}'
            "left" moves a pupil to those who left, and null back; "leavingDate" is a last day while
            she is on roll. "contacts" names all of them, each with "parentalResponsibility" unless
            that is false; who is left out is taken from the pupil.
          PATCH  $C/schools/$S/contacts/ID    title surname forename middleNames email phone
                                              parentalResponsibility, of all her children
            curl -X PATCH $C/schools/$S/contacts/ID -d '{"parentalResponsibility":false}'
            Students and contacts can be removed and restored like staff.
          POST   $C/schools/$S/odd-people     people with names and records that break programs
            curl -X POST $C/schools/$S/odd-people

        Classes
          GET    $C/schools/$S/classes?limit=…            list
          GET    $C/schools/$S/classes/ID                 one class
          PATCH  $C/schools/$S/classes/ID                 change: name code description subject
                                                          academicYear yearGroup misID teachers
                                                          students touches
            curl -X PATCH $C/schools/$S/classes/ID -d '{"name":"11B/Sc1"}'
          POST   $C/schools/$S/classes                    add, same members
            curl $C/schools/$S/classes -d '{"name":"12A/Ma1","teachers":["A1201234567"]}'
          DELETE $C/schools/$S/classes/ID                 remove
          POST   $C/schools/$S/classes/ID/restore         bring back

        """
    }

    private static func schools(_ school: String) -> String {
        """

        How awkward a school is
          GET    $C/schools/$S                            the switches as they stand
          PATCH  $C/schools/$S                            change some of them
            curl -X PATCH $C/schools/$S -d '{"dates":"string","deniedIncludes":["hierarchy"]}'
            curl -X PATCH $C/schools/$S -d '{"ungranted":["employee.roles"]}'
            dates              object | string | null
            perPageAs          integer | string
            perPageLimit       the greatest per_page;  perPageOverLimit  clamp | refuse
            metaMissing        true leaves out `meta`
            hierarchy          managers | reports | absent
            rolesAbsent        true: no roles, as from some MISs
            classesAbsent      true: no classes; groups of type REGISTRATION and YEAR stand in
            nonCurrentStaff    listed | hidden
            hidden             ids of people the school hides;  hiddenAnswer  403 | 404
            deniedIncludes     includes that answer 400 invalid_include
            deniedResources    resources that answer 403, such as students
            ungranted          permissions not granted (see meta/schools/$S/permissions)
            ungrantedAnswer    null: empty fields | invalidInclude: 400
            state              audited | approved | pending | declined | revoked | unknown
            updatedAfterIgnored  true: lists have everybody, whatever updated_after says
            offline            true: the connection to the MIS is down
            mis                the provider's name
            regionDomain       a foreign host for region.domain; "" for the caller's own address
            errorCodeMember, errorMessageMember    the names of the members of an error
            escapesText        true writes \\u00e9 and \\/ as PHP does
          POST   $C/schools/$S/migration                  another MIS: staff and classes get new ids
            curl -X POST $C/schools/$S/migration -d '{"mis":"Arbor"}'
          POST   $C/schools/$S/touch                      a later updated_at for all staff, no change

        """
    }

    private static let faults = """

        Faults
          GET    $C/faults                                those that are set
          DELETE $C/faults                                end all; held requests go on
          POST   $C/faults                                add one
            curl $C/faults -d '{"kind":"status","status":429,"retryAfter":2,"times":3}'
            curl $C/faults -d '{"kind":"truncate","pathContains":"/employees","skip":1,"times":1}'
            Members: kind; pathContains, a part of path and query; skip, how many pass unharmed
            first; times, how many are harmed (otherwise until DELETE); milliseconds; status;
            retryAfter in seconds; bytes; chunked, true for a body of unsaid length; contentType;
            style and resetAfter (20 s) for headers that say that nothing remains: rateLimit,
            rateLimitFields, xRateLimit, xRateLimitEpoch.
            delay       the answer comes `milliseconds` late
            hold        the answer waits until DELETE $C/faults
            status      a refusal with `status` (500), `retryAfter` and headers in `style`
            exhausted   the answer as it should be, with headers in `style` and `retryAfter`
            truncate    the body ends in the middle, the connection closes
            resetBody   the body ends in the middle, the connection is reset
            stall       the body stops in the middle, the connection stays open
            hang        no answer, the connection stays open
            trickle     the body comes `bytes` (64) at a time, `milliseconds` (100) apart
            reset       the connection is reset
            html        a page for people, with `status` (200)
            contentType the right body, called `contentType` (text/plain)
            malformed   JSON that breaks off in a complete body
            hugeBody    a body of `bytes` (2147483648)
            halfList    half of the page, and no further page
            emptyList   nobody, and no further page
            duplicateID the first record of the page twice
            missingID   the first record of the page without its id
            repeatPage  the link to the next page leads to the same page
            missingPage the link to the next page passes over one

        """

    private static let log = """

        Requests to the service
          GET    $C/requests?limit=…                      the latest, with their number in all
            curl $C/requests
          DELETE $C/requests                              forget them and count from 0
            curl -X DELETE $C/requests
          GET    $C/traffic                               how many in all, to each path, in flight
                                                          now, and the most at once
            curl $C/traffic

        Silent ports
          POST   $C/silent-ports     a port that takes connections and never answers, as a host that
                                     hangs in the TLS handshake: {"port":…}
            curl -X POST $C/silent-ports
          DELETE $C/silent-ports     close them; whoever waits there is reset

        """
}
