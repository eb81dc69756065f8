import HTTPTypes
package import Hummingbird
package import Muster

/// Tells the metrics of every request, by the pattern of its route; the outermost middleware.
package struct HTTPMetricsMiddleware<Context: RequestContext>: RouterMiddleware {
    private let metrics: HTTPMetrics
    private let clock: any MusterClock

    /// Tells `metrics`, with the times of `clock`.
    package init(_ metrics: HTTPMetrics, clock: any MusterClock) {
        self.metrics = metrics
        self.clock = clock
    }

    package func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let start = clock.instant()
        do {
            let response = try await next(request, context)
            tell(context, response.status.code, since: start)
            return response
        } catch {
            tell(context, (error as? any HTTPResponseError)?.status.code ?? 500, since: start)
            throw error
        }
    }

    private func tell(_ context: Context, _ status: Int, since start: ContinuousClock.Instant) {
        // A path that no route has is anybody's choice, and must not become a label.
        metrics.answered(
            context.endpointPath ?? "unknown",
            status: status,
            in: start.duration(to: clock.instant())
        )
    }
}
