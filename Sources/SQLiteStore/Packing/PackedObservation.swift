import Roster

/// An observation as bytes in one column: a byte for the version of the form, then field by field.
///
/// The numbers in it are never given another meaning. What a new version writes differently gets a
/// new first byte, and the old form stays readable.
enum PackedObservation {
    /// The form of whoever has no contacts, which is every member of staff.
    static let plain: UInt8 = 1
    /// The same, and then the contacts.
    static let withContacts: UInt8 = 2

    /// Packs `observation`, to be kept beside `key`, which is nearly always its own.
    static func pack(_ observation: Observation, beside key: SourceKey) -> [UInt8] {
        var writer = ObservationWriter(school: key.school)
        let hasContacts = observation.contacts != .notSupplied(.notAskedFor)
        writer.bytes.write(byte: hasContacts ? withContacts : plain)
        writer.write(observation, beside: key)
        if hasContacts { writer.writeContacts(observation.contacts) }
        return writer.bytes.bytes
    }

    /// The observation that was packed beside `key`.
    static func unpack(_ bytes: [UInt8], beside key: SourceKey) throws(DamagedBytes) -> Observation
    {
        var reader = ObservationReader(bytes: ByteReader(bytes), school: key.school)
        let version = try reader.bytes.byte()
        guard version == plain || version == withContacts else { throw DamagedBytes() }
        var observation = try reader.observation(beside: key)
        if version == withContacts { observation.contacts = try reader.contacts() }
        try reader.bytes.finish()
        return observation
    }
}
