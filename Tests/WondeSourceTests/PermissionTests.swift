import Roster
import Testing

@testable import WondeSource

@Suite struct `A school's permissions` {
    private func grants(
        _ records: [PermissionRecord],
        of kind: PersonKind = .staff,
        hasClasses: Bool = true
    ) throws -> [SourceField: Grant] {
        Permissions(records, today: try #require(Scene.today))
            .grants(of: kind, hasClasses: hasClasses)
    }

    @Test(
        arguments: [
            ("employee.contact_details.emails", .email), ("employees.email_address", .email),
            ("employeeContactDetailsPhones", .phone), ("staff.telephone.read", .phone),
            ("employee.contact_details.addresses", .address), ("employee.title", .title),
            ("read:employee.initials", .initials), ("employee.roles", .roles),
            ("employee.job_title", .roles), ("employees.hierarchy.read", .managers),
            ("employee.line_manager", .managers), ("employee.classes", .classes),
            ("classes.read", .classes), ("subjects.read", .subjects),
            ("employee.surname", .surname),
            ("employee.forename", .forename), ("employee.employment_details.current", .standing),
            ("employee.employment_details.teaching_staff", .teachingStaff),
        ] as [(String, SourceField)]
    )
    func `are recognised by the words of their identity`(
        identity: String,
        field: SourceField
    ) throws {
        for verdict in [true, false] {
            let grants = try grants([PermissionRecord(identity: identity, approved: verdict)])
            #expect(grants == [field: verdict ? .granted : .denied])
        }
    }

    @Test(arguments: [
        "student.contact_details.emails", "contact.contact_details", "contacts.read",
        "pupils.names", "employee.legal_names", "employee.date_of_birth", "employee.absences",
        "lessons.read", "students.classes", "employee.employment_details.dates", "",
        "employee.salary", "photos.read",
    ])
    func `about something else say nothing`(identity: String) throws {
        #expect(try grants([PermissionRecord(identity: identity, approved: true)]) == [:])
    }

    @Test(
        arguments: [
            ("student.contact_details.emails", .student, .email),
            ("pupils.forename", .student, .forename),
            ("student.education_details", .student, .standing),
            ("student.education_details.leaving_date", .student, .standing),
            ("student.classes", .student, .classes), ("student.contacts", .student, .contacts),
            ("classes.read", .student, .classes), ("contact.surname", .contact, .surname),
            ("contact.contact_details.emails", .contact, .email),
            ("parents.telephone.read", .contact, .phone),
        ] as [(String, PersonKind, SourceField)]
    )
    func `of pupils and contacts are recognised likewise`(
        identity: String,
        kind: PersonKind,
        field: SourceField
    ) throws {
        for verdict in [true, false] {
            let record = PermissionRecord(identity: identity, approved: verdict)
            let expected: Grant = verdict ? .granted : .denied
            #expect(try grants([record], of: kind) == [field: expected])
            for other in PersonKind.allCases where other != kind {
                let isShared = identity == "classes.read" && other == .staff
                #expect(try grants([record], of: other) == (isShared ? [field: expected] : [:]))
            }
        }
    }

    @Test(arguments: [
        "student.contacts.contact_details.emails", "student.emergency_contact.phone",
        "contact.students", "contact_details.emails", "student.extended_details",
    ])
    func `of somebody behind somebody are nobody's`(identity: String) throws {
        for kind in PersonKind.allCases {
            let record = PermissionRecord(identity: identity, approved: true)
            #expect(try grants([record], of: kind) == [:])
        }
    }

    @Test func `of a whole part hold for its members, and one refusal refuses`() throws {
        let all = try grants([
            PermissionRecord(identity: "employees.read", approved: true),
            PermissionRecord(identity: "employee.contact_details", approved: true),
            PermissionRecord(identity: "employee.contact_details.phones", approved: false),
            PermissionRecord(identity: "employee.employment_details", approved: true),
        ])
        #expect(all[.email] == .granted)
        #expect(all[.phone] == .denied)
        #expect(all[.standing] == .granted)
        #expect(all[.surname] == .granted)
        #expect(all[.roles] == nil)
        let none = try grants([
            PermissionRecord(identity: "employees.read", approved: false),
            PermissionRecord(identity: "employee.roles", approved: true),
        ])
        #expect(PersonKind.staff.fields.allSatisfy { none[$0] == .denied })
    }

    @Test func `of groups hold for classes only where groups stand in`() throws {
        let records = [PermissionRecord(identity: "employee.groups", approved: true)]
        #expect(try grants(records, hasClasses: false) == [.classes: .granted])
        #expect(try grants(records) == [:])
    }

    @Test func `that are not decided or not yet in force say nothing`() throws {
        var later = PermissionRecord(identity: "employee.roles", approved: true)
        later.activeFrom = WireDate("2026-09-16")
        #expect(try grants([later]) == [:])
        later.activeFrom = WireDate("2026-09-15")
        #expect(try grants([later]) == [.roles: .granted])
        #expect(try grants([PermissionRecord(identity: "employee.roles")]) == [:])
        let declined = PermissionRecord(identity: "employee.roles", declined: true)
        #expect(try grants([declined]) == [.roles: .denied])
    }
}
