import Accounts
import HTTPTypes
import Hummingbird
import Logging
import Muster
import NIOCore
import NIOHTTP1

/// Turns whatever went wrong into problem details, with nothing of the inside in them.
struct ProblemMiddleware: RouterMiddleware {
    let headerBytes: Int
    let logger: Logger
    let clock: any MusterClock
    let watch: ServerWatch

    func handle(
        _ request: Request,
        context: ServerContext,
        next: @concurrent (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        let start = clock.instant()
        let response = await answer(request, context, next)
        let route = context.endpointPath ?? "other"
        watch.answered(route, response.status.code, start.duration(to: clock.instant()))
        return response
    }

    private func answer(
        _ request: Request,
        _ context: ServerContext,
        _ next: @concurrent (Request, ServerContext) async throws -> Response
    ) async -> Response {
        do {
            guard request.headBytes <= headerBytes else {
                throw Problem(
                    .headTooLarge,
                    "The head of a request may have \(headerBytes) bytes; send fewer headers."
                )
            }
            return try await next(request, context)
        } catch let problem as Problem {
            watch.rejected(problem.kind.rawValue)
            return problem.response
        } catch let error as StoreError {
            logger.error("The store failed a request", metadata: ["reason": "\(error.sentence)"])
            watch.rejected(Problem.Kind.unavailable.rawValue)
            return Problem.storeUnavailable.response
        } catch let error as HTTPError where error.status == .notFound {
            watch.rejected(Problem.Kind.notFound.rawValue)
            return Problem.notFound.response
        } catch  where error.isOfConnection {
            // A client that goes away, or that speaks no HTTP, is no trouble of ours.
            watch.rejected(Problem.Kind.badRequest.rawValue)
            return Problem.malformed.response
        } catch {
            // What the error says may hold what the client sent: its type is enough for the log.
            logger.error("A request failed", metadata: ["error.type": "\(type(of: error))"])
            watch.rejected(Problem.Kind.broken.rawValue)
            return Problem.broken.response
        }
    }
}

extension Error {
    /// Whether the client went away, or sends a body that is no HTTP.
    fileprivate var isOfConnection: Bool {
        self is CancellationError || self is ChannelError || self is IOError
            || self is HTTPParserError
    }
}

extension Request {
    /// The bytes of its head, as HTTP/1.1 writes them.
    fileprivate var headBytes: Int {
        var count = 16 + (head.path?.utf8.count ?? 0) + (head.authority?.utf8.count ?? 0)
        for field in headers {
            count += field.name.rawName.utf8.count + field.value.utf8.count + 4
        }
        return count
    }
}
