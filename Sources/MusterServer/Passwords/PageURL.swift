import Foundation
import HTTPTypes

/// Where people reach the pages, as the operator set it: nothing a client sends has a say in it.
package struct PageURL: Sendable, Hashable {
    /// The origin, such as `https://accounts.school.example`.
    package let origin: String
    /// What stands before `/password` in the path; empty, or with a slash before and none behind.
    package let path: String

    /// The address in `text`; nil where it is no address of `https`, or of `http` on this machine.
    package init?(_ text: String) {
        guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty,
            let scheme = parts.scheme?.lowercased(), parts.query == nil, parts.fragment == nil,
            parts.user == nil, parts.password == nil
        else { return nil }
        let isHere = ["localhost", "127.0.0.1", "[::1]", "::1"].contains(host.lowercased())
        guard scheme == "https" || scheme == "http" && isHere else { return nil }
        // Browsers leave out the port that goes without saying.
        let port = parts.port == (scheme == "https" ? 443 : 80) ? nil : parts.port
        origin = "\(scheme)://\(host.lowercased())" + (port.map { ":\($0)" } ?? "")
        var path = parts.percentEncodedPath
        while path.hasSuffix("/") { path.removeLast() }
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ";") }) else {
            return nil
        }
        self.path = path
    }

    /// The whole address that pages lie under.
    package var text: String { origin + path }

    /// A cookie for the pages alone.
    func cookie(_ name: String, _ value: String, seconds: Int) -> String {
        "\(name)=\(value); Path=\(path)/password; Max-Age=\(seconds); HttpOnly; SameSite=Lax"
            + (origin.hasPrefix("https:") ? "; Secure" : "")
    }

    /// Whether a form was sent from a page of ours, as far as the browser says.
    func isOwn(_ headers: HTTPFields) -> Bool {
        if let site = headers[.secFetchSite], !["same-origin", "none"].contains(site) {
            return false
        }
        // Without a referrer, browsers that do not say the site say `null`.
        guard let sent = headers[.origin], sent != "null" else { return true }
        return sent.lowercased() == origin
    }
}

extension HTTPField.Name {
    /// Says whether a page of the same place sent the request.
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .origin
}
