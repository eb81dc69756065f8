/// What every person has, whatever kind they are.
struct PersonBase: Sendable {
    var id: ObjectID
    var misID: String
    var upi: UPI
    var title: String?
    var initials: String?
    var surname: String?
    var forename: String?
    var middleNames: String?
    var legalSurname: String?
    var legalForename: String?
    var gender: String?
    var born: CalendarDay?
    var createdAt: Timestamp
    var updatedAt: Timestamp
    var restoredAt: Timestamp?
}

/// The service's second identifier of a person: 32 hexadecimal digits.
struct UPI: Hashable, Sendable, CustomStringConvertible {
    var high: UInt64
    var low: UInt64

    var description: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for word in [high, low] {
            for nibble in stride(from: 60, through: 0, by: -4) {
                text.append(digits[Int((word >> UInt64(nibble)) & 15)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// A postal address, as `contact_details.addresses` shows it.
package struct PostalAddress: Hashable, Sendable {
    package var houseNumber: String?
    package var houseName: String?
    package var street: String?
    package var town: String?
    package var county: String?
    package var postcode: String?

    package init(
        houseNumber: String? = nil,
        houseName: String? = nil,
        street: String? = nil,
        town: String? = nil,
        county: String? = nil,
        postcode: String? = nil
    ) {
        self.houseNumber = houseNumber
        self.houseName = houseName
        self.street = street
        self.town = town
        self.county = county
        self.postcode = postcode
    }
}

/// The ways to reach a person.
struct ContactDetails: Sendable {
    var workEmail: String?
    var primaryEmail: String?
    var homeEmail: String?
    var workPhone: String?
    var mobilePhone: String?
    var homePhone: String?
    var homeAddress: PostalAddress?
}

/// One post of a member of staff.
struct StaffRole: Sendable {
    var id: ObjectID
    var misID: String
    var text: String
    var code: String?
    var contract: ObjectID
    var start: CalendarDay?
    var end: CalendarDay?
}

/// Who manages a member of staff, and since when.
struct ManagerLink: Sendable {
    var manager: ObjectID
    var role: String?
    var start: CalendarDay?
    var end: CalendarDay?
}

/// A record the service sends in a way that no reader should trust.
package enum Oddity: String, CaseIterable, Sendable {
    case missingID
    case nullNames
    case wrongTypes
    case impossibleDate
    case duplicateID
    case recordIsText
}

/// A member of staff.
struct Employee: EmulatedRow {
    var base: PersonBase
    var contact = ContactDetails()
    var current: Bool?
    var teachingStaff: Bool?
    var staffCode: String?
    /// Seven digits that stay with a teacher wherever she works.
    var teacherNumber: String?
    var start: CalendarDay?
    var end: CalendarDay?
    var roles: [StaffRole] = []
    var managers: [ManagerLink] = []
    var classes: [ObjectID] = []
    var groups: [ObjectID] = []
    var oddity: Oddity?
    var isRemoved = false

    var id: ObjectID { base.id }
    var misID: String { base.misID }
    var updatedAt: Timestamp {
        get { base.updatedAt }
        set { base.updatedAt = newValue }
    }
    var restoredAt: Timestamp? {
        get { base.restoredAt }
        set { base.restoredAt = newValue }
    }
}

/// Who is a parent or carer of a pupil, and what she is to that pupil.
struct ContactLink: Sendable {
    /// The position in the table of contacts.
    var contact: Int32
    var relationship: String
    var parentalResponsibility: Bool
}

/// A pupil.
///
/// Classes and groups are positions in the school's tables.
struct Student: EmulatedRow {
    var base: PersonBase
    /// Nil for the address that follows from the MIS's id; a blank for none.
    var email: String?
    var year: Int
    var registration: Int32?
    var yearGroup: Int32?
    var classes: [Int32] = []
    var contacts: [ContactLink] = []
    var admitted: CalendarDay?
    /// The last day, while she is still on roll.
    var leaving: CalendarDay?
    /// The last day of a pupil who was moved to those who left.
    var left: CalendarDay?
    var isRemoved = false

    var id: ObjectID { base.id }
    var misID: String { base.misID }
    var updatedAt: Timestamp {
        get { base.updatedAt }
        set { base.updatedAt = newValue }
    }
    var restoredAt: Timestamp? {
        get { base.restoredAt }
        set { base.restoredAt = newValue }
    }
}

/// A parent or carer.
///
/// Students are positions in the school's table.
struct Contact: EmulatedRow {
    var base: PersonBase
    var contact = ContactDetails()
    var students: [Int32] = []
    var isRemoved = false

    var id: ObjectID { base.id }
    var misID: String { base.misID }
    var updatedAt: Timestamp {
        get { base.updatedAt }
        set { base.updatedAt = newValue }
    }
    var restoredAt: Timestamp? {
        get { base.restoredAt }
        set { base.restoredAt = newValue }
    }
}
