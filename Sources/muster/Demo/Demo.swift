import Accounts
import Foundation
import MISEmulator
import Muster
import Roster
import Sealing
import WondeSource

/// The demo step by step: the real store, the real source, the real way of a login.
struct Demo {
    private static let connectionName = "demo-school"
    private let school: DemoSchool
    private let assembly: Assembly
    private let isSilent: Bool

    /// - Parameters:
    ///   - school: The invented school.
    ///   - folder: Where store and key go.
    ///   - isSilent: Whether nothing is told on the way.
    /// - Throws: `Failure` where the store cannot be made.
    init(
        _ school: DemoSchool,
        in folder: TemporaryFolder,
        isSilent: Bool
    ) async throws(Failure) {
        let settings: Settings
        do throws(SettingsProblem) {
            // Settings of the machine do not matter here.
            settings = try await Settings.read(environment: [
                Setting.store.variable: "\(folder.path)/muster.sqlite",
                Setting.keyFile.variable: "\(folder.path)/secrets/key",
            ])
        } catch {
            throw .badConfiguration(error.sentence)
        }
        assembly = try Assembly(settings, makingStore: true)
        self.school = school
        self.isSilent = isSilent
    }

    func run() async throws(Failure) -> DemoResults {
        try await connect()
        let synced = try await sync()
        try changeInTheMIS()
        let refreshed = try await login()
        let fresh = try await loginAgain()
        let down = try await loginWithoutTheMIS()
        tell("\nDone. Everything the demo made is removed again.")
        return DemoResults(sync: synced, login: refreshed, fresh: fresh, sourceDown: down)
    }

    private func connect() async throws(Failure) {
        tell("1. Connect a school", isTitle: true)
        tell("$ muster connect wonde --name demo-school --school-id \(school.id) --token-file …")
        var settings = WondeSettings(schoolID: school.id)
        settings.baseURL = school.emulator.origin
        let connection = try await assembly.connect(
            Self.connectionName,
            of: .standard,
            by: settings,
            people: [.staff],
            token: Secret(school.emulator.token)
        )
        for line in GrantReport(connection, asked: settings.fields).lines { tell(line) }
    }

    private func sync() async throws(Failure) -> SyncResult {
        tell("2. Sync Data", isTitle: true)
        tell("$ muster sync demo-school")
        let connection = try await assembly.connection(Self.connectionName)
        let result = await BatchSync(assembly.workshop).run(connection)
        tell(SyncReport(result, connection: Self.connectionName).text)
        return result
    }

    private func changeInTheMIS() throws(Failure) {
        let cast = school.cast
        tell("3. Something changes in the MIS", isTitle: true)
        tell(
            "\(Self.name(cast.teacher)) marries and becomes Head of Year. She reports to"
                + " \(Self.name(cast.newManager)) now,\nand hands the class"
                + " \(cast.givenAway.name) over to \(Self.name(cast.colleague))."
        )
        try school.change()
    }

    private func login() async throws(Failure) -> LoginRefreshResult {
        tell("4. She logs in", isTitle: true)
        tell("$ muster login demo-school --email \(email)")
        let result = try await login(with: assembly.settings.login)
        tell(LoginReport(result).text)
        let added = result.time - result.lookUpTime
        tell(
            "The look-up took \(Self.text(result.lookUpTime)),"
                + " Muster added \(Self.text(added))."
        )
        return result
    }

    private func loginAgain() async throws(Failure) -> LoginRefreshResult {
        tell("5. She logs in again", isTitle: true)
        tell("$ muster login demo-school --email \(email)")
        let result = try await login(with: assembly.settings.login)
        tell(LoginReport(result).text)
        return result
    }

    private func loginWithoutTheMIS() async throws(Failure) -> LoginRefreshResult {
        tell("6. The MIS is down", isTitle: true)
        tell("$ MUSTER_LOGIN_FRESH_SECONDS=0 muster login demo-school --email \(email)")
        await school.stop()
        var settings = assembly.settings.login
        settings.freshness = .zero
        let result = try await login(with: settings)
        if let trouble = result.trouble { tell(trouble) }
        tell(LoginReport(result).text)
        return result
    }

    // MARK: Parts

    private var email: String { school.cast.teacher.workEmail ?? "" }

    private func login(with settings: LoginSettings) async throws(Failure) -> LoginRefreshResult {
        let event = LoginEvent(
            school: try await assembly.school(Self.connectionName),
            key: .email(email),
            method: .sso
        )
        let refresh = LoginRefresh(assembly.workshop, settings: settings)
        let result = await refresh.refresh(event)
        await refresh.finishDeferred()
        return result
    }

    private func tell(_ text: String, isTitle: Bool = false) {
        guard !isSilent else { return }
        if isTitle {
            Console.print("\n\(text)\n\(String(repeating: "─", count: text.count))")
        } else {
            Console.print(text)
        }
    }

    private static func name(_ person: EmployeeSummary) -> String {
        [person.title, person.forename, person.surname].compactMap(\.self)
            .joined(separator: " ")
    }

    private static func text(_ time: Duration) -> String {
        String(format: "%.1f ms", time.fractionalMilliseconds)
    }
}
