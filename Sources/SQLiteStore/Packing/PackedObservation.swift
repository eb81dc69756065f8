import Roster

/// An observation as bytes in one column: a byte for the version of the form, then field by field.
///
/// The numbers in it are never given another meaning. What a new version writes differently gets a
/// new first byte, and the old form stays readable.
enum PackedObservation {
    /// The version that is written.
    static let version: UInt8 = 1

    /// Packs `observation`, to be kept beside `key`, which is nearly always its own.
    static func pack(_ observation: Observation, beside key: SourceKey) -> [UInt8] {
        var writer = ObservationWriter(school: key.school)
        writer.bytes.write(byte: version)
        writer.write(observation, beside: key)
        return writer.bytes.bytes
    }

    /// The observation that was packed beside `key`.
    static func unpack(_ bytes: [UInt8], beside key: SourceKey) throws(DamagedBytes) -> Observation
    {
        var reader = ObservationReader(bytes: ByteReader(bytes), school: key.school)
        switch try reader.bytes.byte() {
        case 1:
            let observation = try reader.observation(beside: key)
            try reader.bytes.finish()
            return observation
        default: throw DamagedBytes()
        }
    }
}
