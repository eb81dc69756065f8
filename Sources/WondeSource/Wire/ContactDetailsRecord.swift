internal import JSON
internal import Roster

/// How to reach a person, as `contact_details` says.
struct ContactDetailsRecord {
    var email = Stated<String>.missing
    var phone = Stated<String>.missing
    var address = Stated<String>.missing

    init() {}

    /// Reads the object of a person of `kind`, and the postal address only where it is wanted.
    init(
        _ reader: inout JSONReader,
        of kind: PersonKind,
        withAddress: Bool
    ) throws(JSONError) {
        var contact = ContactDetailsRecord()
        try reader.objectOrNothing { key, value throws(JSONError) in
            switch key {
            case "emails": contact.email = try value.readReach().chosen(for: kind)
            case "phones": contact.phone = try value.readReach().chosen(for: kind)
            case "addresses" where withAddress: contact.address = try value.readAddresses()
            default: break
            }
        }
        self = contact
    }
}

/// The numbers or e-mail addresses of a person, by what they are for.
private struct Reach {
    var work: String?
    var primary: String?
    var plain: String?
    var home: String?

    /// The one by which the school reaches the person.
    ///
    /// Of staff and pupils the one for work, else the main one; one that is also the home's is never
    /// taken. A parent is reached at home, and what she has for her own work comes last. A mobile
    /// number that is called nothing else is not among them: it may be private.
    func chosen(for kind: PersonKind) -> Stated<String> {
        if kind == .contact {
            return (primary ?? plain ?? home ?? work).map { .value($0) } ?? .blank
        }
        if let work { return .value(work) }
        let home = self.home?.lowercased()
        let other = [primary, plain].compactMap(\.self).first { $0.lowercased() != home }
        return other.map { .value($0) } ?? .blank
    }
}

extension JSONReader {
    fileprivate mutating func readReach() throws(JSONError) -> Reach {
        var reach = Reach()
        try objectOrNothing { key, value throws(JSONError) in
            switch key {
            case "work": reach.work = try value.statedText().value
            case "primary": reach.primary = try value.statedText().value
            case "email", "phone": reach.plain = try value.statedText().value
            case "home": reach.home = try value.statedText().value
            default: break
            }
        }
        return reach
    }

    /// The address at work, else the one for letters, else the home.
    fileprivate mutating func readAddresses() throws(JSONError) -> Stated<String> {
        var work: String?
        var postal: String?
        var home: String?
        try objectOrNothing { key, value throws(JSONError) in
            switch key {
            case "work": work = try value.readAddress()
            case "postal": postal = try value.readAddress()
            case "home": home = try value.readAddress()
            default: break
            }
        }
        return (work ?? postal ?? home).map { .value($0) } ?? .blank
    }

    /// One address on one line.
    private mutating func readAddress() throws(JSONError) -> String? {
        var name: String?
        var number: String?
        var street: String?
        var town: String?
        var county: String?
        var postcode: String?
        try objectOrNothing { key, value throws(JSONError) in
            switch key {
            case "house_name": name = try value.statedText().value
            case "house_number": number = try value.statedText().value
            case "street": street = try value.statedText().value
            case "town": town = try value.statedText().value
            case "county": county = try value.statedText().value
            case "postcode": postcode = try value.statedText().value
            default: break
            }
        }
        let road = [number, street].compactMap(\.self).joined(separator: " ")
        let lines = [name, road.isEmpty ? nil : road, town, county, postcode].compactMap(\.self)
        return lines.isEmpty ? nil : lines.joined(separator: ", ")
    }
}
