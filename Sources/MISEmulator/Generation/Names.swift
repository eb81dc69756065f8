/// The invented people's names, from many languages, with the marks that break programs.
enum Names {
    static let forenames: [(name: String, gender: String)] = [
        ("Amelia", "FEMALE"), ("Oliver", "MALE"), ("Aisha", "FEMALE"), ("Mohammed", "MALE"),
        ("Siân", "FEMALE"), ("Rhys", "MALE"), ("Zoë", "FEMALE"), ("Seán", "MALE"),
        ("Priya", "FEMALE"), ("Arjun", "MALE"), ("Chloe", "FEMALE"), ("José", "MALE"),
        ("Magdalena", "FEMALE"), ("Łukasz", "MALE"), ("Mei-Ling", "FEMALE"), ("Jun", "MALE"),
        ("Ngozi", "FEMALE"), ("Chinedu", "MALE"), ("Niamh", "FEMALE"), ("Callum", "MALE"),
        ("Yasmin", "FEMALE"), ("Hassan", "MALE"), ("Anaïs", "FEMALE"), ("François", "MALE"),
        ("Ingrid", "FEMALE"), ("Bjørn", "MALE"), ("Katarzyna", "FEMALE"), ("Tomáš", "MALE"),
        ("Gwen", "FEMALE"), ("Owain", "MALE"), ("Deborah", "FEMALE"), ("Samuel", "MALE"),
        ("Fatima", "FEMALE"), ("Ibrahim", "MALE"), ("Sofia", "FEMALE"), ("Mateo", "MALE"),
        ("Nadia", "FEMALE"), ("Viktor", "MALE"), ("Thuý", "FEMALE"), ("Minh", "MALE"),
        ("Ruth", "FEMALE"), ("Graham", "MALE"), ("Shanice", "FEMALE"), ("Dwayne", "MALE"),
        ("Mary-Anne", "FEMALE"), ("Jean-Luc", "MALE"), ("Ebru", "FEMALE"), ("Çağlar", "MALE"),
        ("Harpreet", "FEMALE"), ("Gurdeep", "MALE"), ("Isla", "FEMALE"), ("Angus", "MALE"),
        ("Leila", "FEMALE"), ("Darius", "MALE"), ("Abena", "FEMALE"), ("Kwame", "MALE"),
        ("D'Arcy", "FEMALE"), ("Jack", "MALE"), ("Eleni", "FEMALE"), ("Nikos", "MALE"),
    ]

    static let surnames: [String] = [
        "Baker", "O'Neill", "Patel", "Smith-Jones", "Núñez", "Khan", "Williams", "D'Souza",
        "Kowalski", "Nguyễn", "Ó Briain", "Al-Masri", "van der Berg", "Dale", "Okafor", "Chen",
        "Hughes", "García", "Müller", "Söderström", "MacLeod", "Adeyemi", "Singh", "Kaur",
        "Fraser", "Novák", "Wójcik", "Türkoğlu", "Papadopoulos", "Rossi", "Lefèvre", "Hassan",
        "Ahmed", "Begum", "Evans", "Davies", "Griffiths", "Morgan", "O'Connor", "Fitzgerald",
        "de la Cruz", "Fernandes", "Silva", "Ivanova", "Petrov", "Horváth", "Ångström", "Østby",
        "Mensah", "Osei", "Abebe", "Tesfaye", "Takahashi", "Yamamoto", "Kim", "Park",
        "Wong", "Leung", "Rahman", "Chowdhury", "Sharma", "Gupta", "Reddy", "Iyer",
        "Cohen", "Levy", "Friedman", "Schäfer", "Weiß", "Dubois", "Moreau", "Nowak",
        "Thompson", "Robinson", "Wright", "Walker", "Hall", "Green", "Clarke", "Wood",
        "Turner", "Cooper", "Ward", "Brooks", "Bell", "Murphy", "Kelly", "Byrne",
        "St. John", "Featherstonehaugh", "Llewellyn-Bowen", "N'Diaye", "Traoré", "Diallo",
        "Marlowe", "Ashdown", "Penhaligon", "Trelawny", "Quayle", "Kinvig",
    ]

    static let schools: [(name: String, slug: String, town: String)] = [
        ("Oakfield Academy", "oakfield", "Oakfield"),
        ("St Brigid's High School", "stbrigids", "Carrow"),
        ("Harbour View School", "harbourview", "Wexcombe"),
        ("Millbrook Community College", "millbrook", "Millbrook"),
        ("King's Ferry School", "kingsferry", "Ferryden"),
        ("Redhill Grammar School", "redhill", "Redhill Cross"),
        ("Ysgol Bryn Glas", "brynglas", "Bryn Glas"),
        ("The Meadows School", "meadows", "Long Meadow"),
        ("Northgate Academy", "northgate", "Northgate"),
        ("Queen Eleanor School", "queeneleanor", "Eleanor Cross"),
    ]

    static let subjects: [(name: String, code: String)] = [
        ("English", "En"), ("Mathematics", "Ma"), ("Science", "Sc"), ("History", "Hi"),
        ("Geography", "Gg"), ("French", "Fr"), ("Spanish", "Sp"), ("Art and Design", "Ar"),
        ("Music", "Mu"), ("Physical Education", "Pe"), ("Computing", "Co"), ("Drama", "Dr"),
        ("Religious Studies", "Rs"), ("Design and Technology", "Dt"),
    ]

    static let supportRoles: [(text: String, code: String)] = [
        ("Teaching Assistant", "TASS"), ("Cover Supervisor", "COVR"), ("Librarian", "LIBR"),
        ("Science Technician", "TECH"), ("Receptionist", "RECP"), ("Exams Officer", "EXAM"),
        ("Site Supervisor", "SITE"), ("IT Technician", "ITTE"), ("Pastoral Lead", "PAST"),
    ]

    static let streets = [
        "Church Lane", "High Street", "Mill Road", "Station Road", "Orchard Close", "The Green",
        "Victoria Terrace", "Elm Grove", "Ffordd y Môr", "Queen's Drive",
    ]

    /// The letters a to z of a name, for an e-mail address.
    static func folded(_ name: String) -> String {
        var text = ""
        for scalar in name.lowercased().unicodeScalars {
            if let plain = marks[scalar] {
                text += plain
            } else if ("a"..."z").contains(Character(scalar)) || scalar == "-" {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private static let marks: [Unicode.Scalar: String] = {
        let table: [(plain: String, marked: String)] = [
            ("a", "áàâäãåă"), ("c", "çćč"), ("e", "éèêëễě"), ("g", "ğ"), ("i", "íìîïı"),
            ("l", "ł"), ("n", "ñń"), ("o", "óòôöõøőơ"), ("s", "śš"), ("ss", "ß"), ("u", "úùûüůű"),
            ("y", "ýÿ"), ("z", "źżž"),
        ]
        var marks: [Unicode.Scalar: String] = [:]
        for row in table {
            for scalar in row.marked.unicodeScalars { marks[scalar] = row.plain }
        }
        return marks
    }()
}
