import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
import HummingbirdTLS
import NIOCore
import NIOSSL

/// How connections are spoken to: HTTP/1.1 in plain, or HTTP/1.1 and HTTP/2 over TLS.
struct Listener {
    let settings: ServerSettings
    let connections: OpenConnections

    /// What makes the server of each connection.
    /// - Throws: `ServerError` where the certificate cannot be used, or none is given where plain
    ///   HTTP could be read by others.
    func builder() throws(ServerError) -> HTTPServerBuilder {
        guard let tls = try Self.tls(of: settings) else {
            let connection = connection
            return HTTPServerBuilder { responder in
                door(HTTP1Channel(responder: responder, configuration: connection))
            }
        }
        let configuration = HTTP2ChannelConfiguration(
            idleTimeout: settings.idleTimeout,
            gracefulCloseTimeout: settings.stop,
            streamConfiguration: connection
        )
        return HTTPServerBuilder { responder in
            door(
                try HTTP2UpgradeChannel(
                    tlsConfiguration: tls,
                    configuration: configuration,
                    responder: responder
                )
            )
        }
    }

    private func door<Base: ServerChildChannel>(_ base: Base) -> Door<Base> {
        Door(
            base: base,
            connections: connections,
            first: TimeAmount(settings.headerTimeout),
            strangerIdle: TimeAmount(settings.strangerIdleTimeout)
        )
    }

    private var connection: HTTP1Channel.Configuration {
        let limits = ConnectionDeadlines.Limits(
            head: TimeAmount(settings.headerTimeout),
            body: TimeAmount(settings.bodyTimeout),
            idle: TimeAmount(settings.idleTimeout),
            strangerIdle: TimeAmount(settings.strangerIdleTimeout),
            bodyBytes: settings.bodyBytes
        )
        let connections = connections
        return HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionDeadlines(limits, connections)],
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: settings.headerBytes,
                maxHeaderListSize: settings.headerBytes,
                maxHeaderFieldCount: 100
            )
        )
    }

    /// The certificate, read and checked before anything is listened on; nil for plain HTTP.
    fileprivate static func tls(
        of settings: ServerSettings
    ) throws(ServerError) -> TLSConfiguration? {
        guard let files = settings.tls else {
            guard settings.isLoopback || settings.isBehindProxy else {
                throw .plainOutside(host: settings.host)
            }
            return nil
        }
        let tls = try tls(files)
        do {
            _ = try NIOSSLContext(configuration: tls)
        } catch {
            throw .certificate(path: files.key, why: "they do not belong together")
        }
        return tls
    }

    private static func tls(_ files: TLSFiles) throws(ServerError) -> TLSConfiguration {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(files.certificates)
            guard !chain.isEmpty else { throw NIOSSLError.failedToLoadCertificate }
        } catch {
            throw .certificate(path: files.certificates, why: "it is missing or no PEM")
        }
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: files.key, format: .pem)
        } catch {
            throw .certificate(path: files.key, why: "it is missing or no PEM")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv12
        return configuration
    }
}

extension ServerSettings {
    /// Looks at everything that would keep a server from beginning, but for its address.
    /// - Throws: `ServerError`, as the server would.
    package func check() throws(ServerError) { _ = try Listener.tls(of: self) }
}
