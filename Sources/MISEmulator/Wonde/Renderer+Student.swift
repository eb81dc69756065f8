extension Renderer {
    /// Writes the pupil at a position, unless the pupil is gone.
    mutating func student(at place: Int32, _ include: IncludeTree) {
        let row = school.students.rows[Int(place)]
        guard !row.isRemoved, row.left == nil else { return }
        student(row, include)
    }

    mutating func student(_ row: Student, _ include: IncludeTree) {
        out.beginObject()
        base(row.base, restored: true, isStudent: true)
        if !include.isEmpty {
            studentDetails(row, include)
            studentLinks(row, include)
        }
        out.endObject()
    }

    private mutating func studentDetails(_ row: Student, _ include: IncludeTree) {
        if include["education_details"] != nil { education(row) }
        if include["contact_details"] != nil {
            var contact = ContactDetails()
            contact.primaryEmail = school.email(of: row)
            let granted = grants.allows(.studentContact)
            contactDetails(
                contact,
                emails: grants.allows(.studentEmails),
                phones: granted,
                addresses: granted
            )
        }
        if include["extended_details"] != nil {
            beginInclude("extended_details")
            out.beginObject()
            for name in [
                "sen_status", "premium_pupil_indicator", "english_as_additional_language_status",
                "free_school_meals", "first_language", "home_language",
            ] {
                out.member(name, String?.none)
            }
            out.endObject()
            endInclude()
        }
        for name in IncludeCatalogue.emptyStudentLists where include[name] != nil {
            emptyList(name)
        }
        for name in IncludeCatalogue.nullStudentParts where include[name] != nil { nullPart(name) }
        if include["photo"] != nil { nullPart("photo") }
        if include["identifiers"] != nil { nullPart("identifiers") }
    }

    private mutating func education(_ row: Student) {
        let granted = grants.allows(.studentEducation)
        beginInclude("education_details")
        out.beginObject()
        out.member("admission_number", granted ? row.misID : nil)
        out.member("upn", granted ? UPN.text(of: row.id) : nil)
        out.member("local_upn", String?.none)
        out.member("former_upn", String?.none)
        out.member("learner_number", String?.none)
        out.member("current_nc_year", granted ? String(row.year) : nil)
        out.member("part_time", granted ? false : nil)
        out.member("part_time_rate", String?.none)
        day("admission_date", granted ? row.admitted : nil)
        day("leaving_date", granted ? row.left ?? row.leaving : nil)
        out.endObject()
        endInclude()
    }

    private mutating func studentLinks(_ row: Student, _ include: IncludeTree) {
        if include["year"] != nil {
            beginInclude("year")
            out.beginObject()
            out.member("code", String(row.year))
            out.member("name", "Year \(row.year)")
            out.endObject()
            endInclude()
        }
        if include["registration"] != nil {
            beginInclude("registration")
            if let place = row.registration {
                group(school.groups.rows[Int(place)], IncludeTree())
            } else {
                out.null()
            }
            endInclude()
        }
        if let below = include["classes"] {
            let granted = grants.allows(.studentClasses) && !school.switches.classesAbsent
            list("classes", row.classes, granted: granted) { renderer, place in
                let row = renderer.school.classes.rows[Int(place)]
                if !row.isRemoved { renderer.schoolClass(row, below) }
            }
        }
        if let below = include["groups"] {
            let places = [row.registration, row.yearGroup].compactMap { $0 }
            list("groups", places, granted: grants.allows(.groups)) { renderer, place in
                let row = renderer.school.groups.rows[Int(place)]
                if !row.isRemoved { renderer.group(row, below) }
            }
        }
        if let below = include["contacts"] {
            list("contacts", row.contacts, granted: grants.allows(.studentContacts)) {
                renderer,
                link in
                let row = renderer.school.contacts.rows[Int(link.contact)]
                if !row.isRemoved { renderer.contact(row, below, as: link) }
            }
        }
    }

    /// Writes a parent or carer; below a pupil with the relationship to that pupil.
    mutating func contact(_ row: Contact, _ include: IncludeTree, as link: ContactLink? = nil) {
        out.beginObject()
        base(row.base, restored: true, isStudent: true)
        if let link {
            out.key("relationship")
            out.beginObject()
            out.member("relationship", link.relationship)
            out.member("parental_responsibility", link.parentalResponsibility)
            out.member("priority", 1)
            out.endObject()
        }
        if include["contact_details"] != nil {
            let granted = grants.allows(.contactContact)
            contactDetails(
                row.contact,
                emails: grants.allows(.contactEmails),
                phones: granted,
                addresses: granted
            )
        }
        if include["students"] != nil {
            list("students", row.students, granted: grants.allows(.students)) { renderer, place in
                renderer.student(at: place, IncludeTree())
            }
        }
        out.endObject()
    }
}
