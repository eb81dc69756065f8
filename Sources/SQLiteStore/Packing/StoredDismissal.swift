import Accounts
import Roster

extension Dismissal {
    /// All of it in one column.
    var stored: String {
        StoredList.encode([because, until?.description ?? "", String(at.milliseconds)])
    }

    /// Reads `stored` back; nil where it is none.
    init?(stored: String) {
        let texts = StoredList.decode(stored)
        guard texts.count == 3, let at = Int64(texts[2]) else { return nil }
        let until = texts[1].isEmpty ? nil : Day(texts[1])
        guard (until == nil) == texts[1].isEmpty else { return nil }
        self.init(because: texts[0], until: until, at: Timestamp(milliseconds: at))
    }
}
