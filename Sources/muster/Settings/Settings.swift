import Configuration
import Credentials
import CurlTransport
import Foundation
import Logging
import Mail
import Muster
import MusterServer
import Passwords
import Roster
import SQLiteStore
import Sealing

/// The settings of the process, read once at its start: environment, settings file, defaults.
struct Settings: Sendable, Hashable {
    private let numbers: [String: Int]
    private let texts: [String: String]
    private let home: String?

    /// Reads and checks every setting, so that a bad one is found before anything is done.
    /// - Parameters:
    ///   - store: The store that the command line names; it beats the rest.
    ///   - config: The settings file that the command line names.
    ///   - environment: The variables.
    /// - Returns: The settings, all of them usable.
    /// - Throws: `SettingsProblem`, which names the variable, or the key and its line.
    static func read(
        store: String? = nil,
        config: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws(SettingsProblem) -> Settings {
        let path = config ?? environment["MUSTER_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        let file: SettingsFile? = if let path { try SettingsFile(path: path) } else { nil }
        let reader = try await reader(environment, file)
        var numbers: [String: Int] = [:]
        var texts: [String: String] = [:]
        for setting in Setting.all {
            let key = ConfigKey(setting.key)
            do {
                switch setting.value {
                case .text:
                    let text = try reader.requiredString(forKey: key)
                    guard text.utf8.count <= longestText else { throw OutOfRange() }
                    texts[setting.key] = text
                case .number(_, let range):
                    let number = try reader.requiredInt(forKey: key)
                    guard range.contains(number) else { throw OutOfRange() }
                    numbers[setting.key] = number
                }
            } catch {
                throw setting.problem(environment, file)
            }
        }
        if let store { texts[Setting.store.key] = store }
        return Settings(numbers: numbers, texts: texts, home: environment["HOME"])
    }

    private struct OutOfRange: Error {}

    /// In bytes; no path is longer on Linux.
    fileprivate static let longestText = 4096

    private static func reader(
        _ environment: [String: String],
        _ file: SettingsFile?
    ) async throws(SettingsProblem) -> ConfigReader {
        var providers: [any ConfigProvider] = [
            EnvironmentVariablesProvider(environmentVariables: environment)
                .prefixKeys(with: "muster")
        ]
        if let file {
            do {
                let place = InMemoryProvider(values: ["filePath": .init(stringLiteral: file.path)])
                providers.append(
                    try await FileProvider<YAMLSnapshot>(config: ConfigReader(provider: place))
                )
            } catch {
                // What the error says may hold the file's content.
                throw SettingsProblem(
                    sentence: "The settings file \(file.path) cannot be used; correct it."
                )
            }
        }
        let defaults = Setting.all.map { setting in
            let content: ConfigContent =
                switch setting.value {
                case .number(let number, _): .int(number)
                case .text(let text): .string(text)
                }
            return (
                AbsoluteConfigKey(ConfigKey(setting.key)),
                ConfigValue(content, isSecret: false)
            )
        }
        providers.append(
            InMemoryProvider(values: Dictionary(defaults) { first, _ in first })
        )
        return ConfigReader(providers: providers)
    }

    /// Variables that look like settings and are none.
    static func unknownVariables(
        in environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> [String] {
        let known = Set(Setting.all.map(\.variable)).union(["MUSTER_CONFIG"])
        return environment.keys.filter { $0.hasPrefix("MUSTER_") && !known.contains($0) }.sorted()
    }
}

// The settings in the form in which the rooms take them.
extension Settings {
    var storePath: String { text(.store) }

    var keyFile: KeyFile {
        let path = text(.keyFile)
        guard path.hasPrefix("~/"), let home else { return KeyFile(path: path) }
        return KeyFile(path: home + path.dropFirst())
    }

    var storeSettings: SQLiteStore.Settings {
        var settings = SQLiteStore.Settings()
        settings.busyTimeout = .seconds(number(.storeWaitSeconds))
        return settings
    }

    var login: LoginSettings {
        var settings = LoginSettings()
        settings.budget = .milliseconds(number(.loginBudgetMS))
        settings.freshness = .seconds(number(.loginFreshSeconds))
        settings.lookUpTimeout = .seconds(number(.loginLookUpSeconds))
        settings.formerEmailLife = .seconds(number(.loginFormerEmailDays) * 86_400)
        settings.discoveryPages = number(.loginDiscoveryPages)
        settings.recalled = number(.loginRecalled)
        settings.desk.unknownLife = .seconds(number(.loginUnknownSeconds))
        settings.desk.unknownNames = number(.loginUnknownNames)
        settings.desk.strangers = number(.loginStrangersPerMinute)
        settings.desk.retries = number(.loginRetries)
        settings.desk.discoveryInterval = .seconds(number(.loginDiscoverySeconds))
        settings.desk.logins = number(.loginConcurrent)
        return settings
    }

    var traffic: TrafficLimits {
        var limits = TrafficLimits()
        limits.inFlight = number(.sourceInFlight)
        limits.waiting = number(.sourceWaiting)
        limits.failures = number(.sourceFailures)
        limits.slowAfter = .milliseconds(number(.sourceSlowMS))
        limits.firstProbe = .seconds(number(.sourceProbeSeconds))
        limits.longestProbe = .seconds(number(.sourceLongestProbeSeconds))
        limits.longestPause = .seconds(number(.sourceLongestPauseSeconds))
        return limits
    }

    var sync: SyncSettings {
        var settings = SyncSettings()
        settings.pageTimeout = .seconds(number(.syncPageSeconds))
        settings.attempts = number(.syncAttempts)
        settings.backOff = .milliseconds(number(.syncBackOffMS))
        settings.chunk = number(.syncChunk)
        let days: Int = number(.historyKeep)
        settings.historyKept = days == 0 ? nil : .seconds(days * 86_400)
        // A page may wait five minutes for its turn before its own time begins.
        settings.silence = .seconds(max(600, number(.syncPageSeconds) + 420))
        return settings
    }

    var transport: CurlTransport.Settings {
        let authorities = text(.httpCAFile)
        return CurlTransport.Settings(
            caFile: authorities.isEmpty ? nil : authorities,
            maximumConnectionsPerHost: number(.httpConnectionsPerHost),
            connectTimeout: .seconds(number(.httpConnectSeconds))
        )
    }

    /// The least level that the daemon logs.
    /// - Throws: `Failure` where there is no such level.
    func logLevel() throws(Failure) -> Logger.Level {
        guard let level = Logger.Level(rawValue: text(.serveLogLevel)) else {
            throw .badConfiguration(
                "serve.logLevel cannot be \(text(.serveLogLevel).brief); choose debug, info, notice,"
                    + " warning or error."
            )
        }
        return level
    }

    /// How the daemon serves.
    /// - Throws: `Failure` where a certificate is named without its key, or the other way round.
    func serve() throws(Failure) -> ServerSettings {
        var settings = ServerSettings()
        settings.host = text(.serveHost)
        settings.port = number(.servePort)
        let files = (text(.serveTLSCertificateFile), text(.serveTLSKeyFile))
        guard files.0.isEmpty == files.1.isEmpty else {
            throw .badConfiguration(
                "serve.tlsCertificateFile and serve.tlsKeyFile go together; set both or neither."
            )
        }
        if !files.0.isEmpty { settings.tls = TLSFiles(certificates: files.0, key: files.1) }
        settings.isBehindProxy = number(.serveBehindProxy) == 1
        settings.connections = number(.serveConnections)
        settings.connectionsPerPeer = number(.serveConnectionsPerPeer)
        settings.bodyBytes = number(.serveBodyBytes)
        settings.headerBytes = number(.serveHeaderBytes)
        settings.headerTimeout = .seconds(number(.serveHeaderSeconds))
        settings.bodyTimeout = .seconds(number(.serveBodySeconds))
        settings.idleTimeout = .seconds(number(.serveIdleSeconds))
        settings.strangerIdleTimeout = .seconds(number(.serveStrangerIdleSeconds))
        settings.keepsSchedules = number(.serveSchedules) == 1
        settings.drain = .seconds(number(.serveDrainSeconds))
        settings.stop = .seconds(number(.serveStopSeconds))
        return settings
    }

    /// How passwords are limited.
    var passwords: PasswordSettings {
        var settings = PasswordSettings()
        settings.resetLifetime = .seconds(number(.passwordsResetMinutes) * 60)
        settings.invitationLifetime = .seconds(number(.passwordsInvitationHours) * 3600)
        settings.invitationsPerMinute = number(.mailInvitationsPerMinute)
        return settings
    }

    /// What a new password must be.
    /// - Throws: `Failure` where the list of known passwords cannot be used.
    func passwordRules() throws(Failure) -> PasswordRules {
        let path = text(.passwordsBreachFile)
        guard !path.isEmpty else { return PasswordRules(minimum: number(.passwordsMinimum)) }
        do throws(BreachFileError) {
            return PasswordRules(
                minimum: number(.passwordsMinimum),
                breachFile: try BreachFile(path: path)
            )
        } catch {
            throw .badConfiguration(error.sentence)
        }
    }

    /// Where people reach the pages; nil: there are none.
    /// - Throws: `Failure` where the address is none.
    func pageURL() throws(Failure) -> PageURL? {
        guard !text(.pagesURL).isEmpty else { return nil }
        guard let url = PageURL(text(.pagesURL)) else {
            throw .badConfiguration(
                "pages.url cannot be \(text(.pagesURL).brief); write it as https://HOST or"
                    + " https://HOST/PATH."
            )
        }
        return url
    }

    /// What hands mails over, and how they are written; nil where no mail is sent.
    /// - Throws: `Failure` where a setting of mails cannot be used.
    func mail() throws(Failure) -> (mailer: SMTPMailer, writing: MailWriting)? {
        guard !text(.mailHost).isEmpty else { return nil }
        guard let url = try pageURL() else {
            throw .badConfiguration(
                "Mails hold links, so mail.host needs pages.url; set it to where people reach the"
                    + " daemon."
            )
        }
        let smtp = try smtp()
        let writing = try mailWriting(url)
        do throws(SMTPSettingsError) {
            return (try SMTPMailer(settings: smtp), writing)
        } catch {
            throw .badConfiguration(error.sentence)
        }
    }

    /// What should be better about passwords and mails.
    var passwordWarnings: [String] {
        var warnings: [String] = []
        if number(.passwordsInvitationHours) > 24 {
            warnings.append(
                "Links in invitations count for more than a day, against NIST's advice; lower"
                    + " passwords.invitationHours unless people are away."
            )
        }
        if text(.mailHost).isEmpty, !text(.mailFrom).isEmpty {
            warnings.append("No mail is sent, because mail.host is not set; set it.")
        }
        if text(.mailUser).isEmpty, !text(.mailPasswordFile).isEmpty {
            warnings.append(
                "mail.passwordFile is not used without mail.user; set that, or take it away."
            )
        }
        return warnings
    }

    private func smtp() throws(Failure) -> SMTPSettings {
        let securities: [String: SMTPSettings.Security] = [
            "starttls": .startTLS, "tls": .tls, "none": .none,
        ]
        guard let security = securities[text(.mailSecurity)] else {
            throw .badConfiguration(
                "mail.security cannot be \(text(.mailSecurity).brief); choose starttls, tls or none."
            )
        }
        let port: Int = number(.mailPort)
        var smtp = SMTPSettings(host: text(.mailHost), port: port == 0 ? nil : port)
        smtp.security = security
        if !text(.mailUser).isEmpty {
            let secret = try TokenFile(path: text(.mailPasswordFile)).token()
            smtp.signIn = SMTPSettings.SignIn(name: text(.mailUser), secret: secret.revealed())
        }
        if !text(.mailCAFile).isEmpty { smtp.caFile = text(.mailCAFile) }
        smtp.helloName = text(.mailFrom).split(separator: "@").last.map(String.init) ?? "localhost"
        return smtp
    }

    private func mailWriting(_ url: PageURL) throws(Failure) -> MailWriting {
        let folder = text(.mailTemplates)
        let templates: MailTemplates
        do throws(MailTemplateError) {
            templates = try MailTemplates(folder: folder.isEmpty ? nil : folder)
        } catch {
            throw .badConfiguration(error.sentence)
        }
        do throws(MailFault) {
            return try MailWriting(
                from: text(.mailFrom),
                templates: templates,
                pages: url.text,
                settings: passwords
            )
        } catch {
            throw .badConfiguration(
                "mail.from cannot be \(text(.mailFrom).brief); write one e-mail address."
            )
        }
    }

    private func number(_ setting: Setting) -> Int { numbers[setting.key] ?? 0 }
    private func text(_ setting: Setting) -> String { texts[setting.key] ?? "" }
}

extension Setting {
    /// What is wrong with the value that was read, and where it stands.
    fileprivate func problem(
        _ environment: [String: String],
        _ file: SettingsFile?
    ) -> SettingsProblem {
        let wanted =
            switch value {
            case .number(_, let range):
                "give a whole number from \(range.lowerBound) to \(range.upperBound)"
            case .text: "give a text of at most \(Settings.longestText) bytes"
            }
        if let text = environment[variable] {
            return SettingsProblem(sentence: "\(variable) cannot be '\(text.brief)'; \(wanted).")
        }
        let place = file.map { "\($0.path), line \($0.lines[key] ?? 0)" } ?? "the default"
        return SettingsProblem(
            sentence: "The setting \(key) cannot be used (\(place)); \(wanted)."
        )
    }
}
