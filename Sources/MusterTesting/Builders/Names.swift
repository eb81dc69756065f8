/// Names of people who do not exist, from many cultures and with every mark a name may carry.
public enum Names {
    /// First names.
    public static let forenames = [
        "Amara", "Björn", "Chiamaka", "Deirdre", "Emre", "Farida", "Gwenllian", "Hòa", "Ìfẹ́olúwa",
        "José María", "Kateřina", "Łucja", "Mei-Ling", "Niamh", "Óscar", "Parveen", "Quách",
        "Róisín",
        "Siân", "Tāwhiri", "Uðr", "Véronique", "Wanjiru", "Xóchitl", "Yusuf", "Zoë", "Δήμητρα",
        "Ольга",
        "נועה", "ليلى", "陽子", "지민",
    ]

    /// Surnames.
    public static let surnames = [
        "Abdi", "Brânză", "Çelik", "D'Souza", "Eze-Okafor", "Fitzgerald", "Güneş", "Hughes-Parry",
        "İnal", "Jørgensen", "Kovačević", "Lê", "MacGillivray", "Ní Bhriain", "O'Hara", "Patel",
        "Quispe", "Ramírez de la Cruz", "Śliwa", "Tūhoe", "Ugochukwu", "van der Meer", "Wójcik",
        "Xu",
        "Yıldız", "Żak", "Παππάς", "Соколова", "כהן", "النجار", "山本", "박",
    ]

    /// A first name and a surname.
    public static func person(
        using generator: inout SeededGenerator
    ) -> (
        forename: String, surname: String
    ) {
        (generator.pick(forenames) ?? "Amara", generator.pick(surnames) ?? "Abdi")
    }

    /// An address at `school.example` made of plain letters and `number`.
    public static func email(_ number: Int) -> String { "person\(number)@school.example" }
}
