/// A metric that Muster emits, as its reader needs to know it.
package struct MetricDescription: Sendable, Hashable {
    /// How its values behave.
    package enum Kind: String, Sendable, Hashable {
        /// Only grows while the process lives.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts by size.
        case histogram
    }

    /// Its name, in base units.
    package let name: String
    /// How its values behave.
    package let kind: Kind
    /// Its labels; never anything about a person.
    package let labels: [String]
    /// What it tells, in one line.
    package let help: String
    /// The upper bounds of a histogram's buckets; nil for the usual ones.
    package let buckets: [Double]?

    /// A metric called `name`.
    package init(
        _ name: String,
        _ kind: Kind,
        labels: [String] = [],
        buckets: [Double]? = nil,
        _ help: String
    ) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.help = help
        self.buckets = buckets
    }
}

// The metrics of `Telemetry`. `Docs/Operations.md` names each of them; a test compares the two.
extension MetricDescription {
    static let logins = MetricDescription(
        "muster_logins_total",
        .counter,
        labels: ["outcome", "decision", "method"],
        "Logins answered."
    )
    static let loginDuration = MetricDescription(
        "muster_login_duration_seconds",
        .histogram,
        labels: ["outcome"],
        "Time to answer a login, the source's own time included."
    )
    static let loginsHeld = MetricDescription(
        "muster_login_losses_held_total",
        .counter,
        labels: ["loss"],
        "Removals that a guard held back at a login, by what the person would have lost."
    )
    static let unfinished = MetricDescription(
        "muster_refreshes_unfinished",
        .gauge,
        "Refreshes that go on, before or behind the answers to their logins."
    )
    static let deferredEnded = MetricDescription(
        "muster_deferred_refreshes_ended_total",
        .counter,
        labels: ["outcome"],
        "Refreshes that ended behind their login."
    )
    static let lookUpDuration = MetricDescription(
        "muster_lookup_duration_seconds",
        .histogram,
        labels: ["provider", "result"],
        "Time of one look-up of one person at an MIS."
    )
    static let lookUpsInFlight = MetricDescription(
        "muster_lookups_in_flight",
        .gauge,
        labels: ["connection"],
        "Look-ups that an MIS is answering."
    )
    static let lookUpsWaiting = MetricDescription(
        "muster_lookups_waiting",
        .gauge,
        labels: ["connection"],
        "Look-ups that wait for their turn at an MIS."
    )
    static let sourceRequests = MetricDescription(
        "muster_source_requests_total",
        .counter,
        labels: ["provider", "purpose", "result"],
        "Requests sent to an MIS."
    )
    static let breakerOpen = MetricDescription(
        "muster_breaker_open",
        .gauge,
        labels: ["connection"],
        "1 while the breaker keeps logins from an MIS, 0.5 while it tries again, else 0."
    )
    static let breakerChanges = MetricDescription(
        "muster_breaker_changes_total",
        .counter,
        labels: ["connection", "state"],
        "How often the breaker of a connection took a state."
    )
    static let discoveryReads = MetricDescription(
        "muster_discovery_reads_total",
        .counter,
        labels: ["provider", "result"],
        "Reads of what changed at an MIS, made for logins of people who are not known yet."
    )
    static let unknownNames = MetricDescription(
        "muster_unknown_names",
        .gauge,
        "Names remembered as unknown, so that guessing does not reach an MIS."
    )
    static let accountChanges = MetricDescription(
        "muster_account_changes_total",
        .counter,
        labels: ["field", "cause"],
        "Changes of accounts by field; a new account counts as `created`."
    )
    static let syncRuns = MetricDescription(
        "muster_sync_runs_total",
        .counter,
        labels: ["state"],
        "Batch syncs that ended in this process."
    )
    static let syncDuration = MetricDescription(
        "muster_sync_duration_seconds",
        .histogram,
        labels: ["state"],
        buckets: [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600],
        "Time of one batch sync."
    )
    static let syncPeople = MetricDescription(
        "muster_sync_people_total",
        .counter,
        labels: ["result"],
        "People whom batch syncs saw, by what became of them."
    )
    static let syncLastSuccess = MetricDescription(
        "muster_sync_last_success_timestamp_seconds",
        .gauge,
        labels: ["connection"],
        "When a batch sync of the connection last completed in this process."
    )

    /// All that `Telemetry` emits.
    package static let telemetry = [
        logins, loginDuration, loginsHeld, unfinished, deferredEnded, lookUpDuration,
        lookUpsInFlight, lookUpsWaiting, sourceRequests, breakerOpen, breakerChanges,
        discoveryReads, unknownNames, accountChanges, syncRuns, syncDuration, syncPeople,
        syncLastSuccess,
    ]
}
