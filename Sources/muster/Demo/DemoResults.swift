import JSON
import Muster

/// What the steps of the demo came to.
struct DemoResults {
    let sync: SyncResult
    let login: LoginRefreshResult
    let fresh: LoginRefreshResult
    let sourceDown: LoginRefreshResult

    func write(to member: inout JSONObjectWriter) {
        member.object("sync") { $0.sync(sync) }
        member.object("login") { $0.login(login) }
        member.object("fresh") { $0.login(fresh) }
        member.object("sourceDown") { $0.login(sourceDown) }
    }
}
