import Roster

/// An observation as bytes in one column: a byte for the version of the form, then field by field.
///
/// The numbers in it are never given another meaning. What a new version writes differently gets a
/// new first byte, and the old form stays readable.
enum PackedObservation {
    /// The form of whoever has neither contacts nor numbers, which is nearly every member of staff.
    static let plain: UInt8 = 1
    /// The same, and then the contacts.
    static let withContacts: UInt8 = 2
    /// The plain form, and then the numbers that are the person's in any MIS.
    static let withNumbers: UInt8 = 3
    /// The plain form, then the contacts, then the numbers.
    static let withBoth: UInt8 = 4

    /// Packs `observation`, to be kept beside `key`, which is nearly always its own.
    static func pack(_ observation: Observation, beside key: SourceKey) -> [UInt8] {
        var writer = ObservationWriter(school: key.school)
        let hasContacts = observation.contacts != .notSupplied(.notAskedFor)
        let hasNumbers = !observation.neutralKeys.isEmpty
        switch (hasContacts, hasNumbers) {
        case (false, false): writer.bytes.write(byte: plain)
        case (true, false): writer.bytes.write(byte: withContacts)
        case (false, true): writer.bytes.write(byte: withNumbers)
        case (true, true): writer.bytes.write(byte: withBoth)
        }
        writer.write(observation, beside: key)
        if hasContacts { writer.writeContacts(observation.contacts) }
        if hasNumbers { writer.write(observation.neutralKeys) }
        return writer.bytes.bytes
    }

    /// The observation that was packed beside `key`.
    static func unpack(_ bytes: [UInt8], beside key: SourceKey) throws(DamagedBytes) -> Observation
    {
        var reader = ObservationReader(bytes: ByteReader(bytes), school: key.school)
        let version = try reader.bytes.byte()
        guard (plain...withBoth).contains(version) else { throw DamagedBytes() }
        var observation = try reader.observation(beside: key)
        if version == withContacts || version == withBoth {
            observation.contacts = try reader.contacts()
        }
        if version == withNumbers || version == withBoth {
            observation.neutralKeys = try reader.neutralKeys()
        }
        try reader.bytes.finish()
        return observation
    }
}
