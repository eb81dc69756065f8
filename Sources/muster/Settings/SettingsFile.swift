import Foundation
import Yams

/// A settings file as it is written: which keys it has and on which lines.
struct SettingsFile {
    let path: String
    private static let sizeLimit = 1_000_000
    private static let groups = Set(
        Setting.all.compactMap { $0.key.split(separator: ".").dropLast().first.map(String.init) }
    )
    /// The line of each key, counted from 1.
    private(set) var lines: [String: Int] = [:]

    /// Reads the keys of the file at `path`, and refuses any that no setting has: a misspelt key
    /// would otherwise do nothing, silently.
    init(path: String) throws(SettingsProblem) {
        self.path = path
        let text = try Self.text(of: path)
        let root: Node?
        do {
            root = try compose(yaml: text)
        } catch {
            throw SettingsProblem(
                sentence: "The settings file \(path) is not YAML\(Self.place(of: error));"
                    + " correct it."
            )
        }
        switch root {
        case nil: return
        case .mapping(let mapping)?: add(mapping, under: "")
        default:
            throw SettingsProblem(
                sentence: "The settings file \(path) does not hold keys with values; correct it."
            )
        }
        try refuseUnknownKeys()
    }

    private static func text(of path: String) throws(SettingsProblem) -> String {
        // Opening a pipe would otherwise wait for somebody to write to it.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw SettingsProblem(
                sentence: "The settings file \(path) cannot be read; check --config and"
                    + " MUSTER_CONFIG."
            )
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw SettingsProblem(
                sentence: "The settings file \(path) is not a regular file; name another one with"
                    + " --config."
            )
        }
        guard let bytes = try? handle.read(upToCount: sizeLimit + 1) ?? Data(),
            bytes.count <= sizeLimit
        else {
            throw SettingsProblem(
                sentence: "The settings file \(path) is larger than 1 MB, as no settings are; name"
                    + " another one with --config."
            )
        }
        guard let text = String(bytes: bytes, encoding: .utf8) else {
            throw SettingsProblem(
                sentence: "The settings file \(path) is not UTF-8; name another one with --config."
            )
        }
        return text
    }

    private mutating func add(_ mapping: Node.Mapping, under prefix: String) {
        for (key, value) in mapping {
            let name = prefix + (key.string ?? "?")
            // Elsewhere nothing is looked into: with references a short file has endless depths.
            if case .mapping(let inner) = value, Self.groups.contains(name) {
                add(inner, under: "\(name).")
            } else {
                lines[name] = key.mark?.line ?? 0
            }
        }
    }

    private func refuseUnknownKeys() throws(SettingsProblem) {
        let known = Set(Setting.all.map(\.key))
        let unknown = lines.filter { !known.contains($0.key) }.min { $0.value < $1.value }
        guard let unknown else { return }
        throw SettingsProblem(
            sentence:
                "There is no setting \(unknown.key.brief) (\(path), line \(unknown.value)); see"
                + " Config/muster.yaml for those there are."
        )
    }

    private static func place(of error: any Error) -> String {
        switch error {
        case YamlError.scanner(_, _, let mark, _), YamlError.parser(_, _, let mark, _),
            YamlError.composer(_, _, let mark, _):
            " (line \(mark.line))"
        default: ""
        }
    }
}

/// A setting that cannot be used.
struct SettingsProblem: Error {
    /// One sentence that names the variable, or the key and its line.
    let sentence: String
}
