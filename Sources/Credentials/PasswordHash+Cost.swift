extension PasswordHash {
    /// What one hash costs: scrypt's three parameters, within bounds that no text can talk us out of.
    package struct Cost: Sendable, Hashable {
        /// The binary logarithm of N, scrypt's number of rounds.
        package let logRounds: Int
        /// r, in units of 128 bytes.
        package let blockSize: Int
        /// p, how often all of it is done, one after the other.
        package let parallelism: Int

        /// N = 2^15, r = 8, p = 3: 32 MiB, and as much work for a guesser as OWASP asks for.
        package static let standard = Cost(uncheckedLogRounds: 15, 8, 3)

        private static let maximumMemoryBytes = 256 << 20
        private static let maximumWork = 1 << 22

        /// Parameters, or nil where scrypt or this machine could not work with them.
        package init?(logRounds: Int, blockSize: Int, parallelism: Int) {
            // Of a block size above 16, swift-crypto reserves too little room for its own limit.
            guard (1...20).contains(logRounds), (1...16).contains(blockSize),
                (1...64).contains(parallelism), logRounds < 16 * blockSize
            else { return nil }
            self.init(uncheckedLogRounds: logRounds, blockSize, parallelism)
            guard memoryBytes <= Self.maximumMemoryBytes, work <= Self.maximumWork else {
                return nil
            }
        }

        private init(uncheckedLogRounds: Int, _ blockSize: Int, _ parallelism: Int) {
            logRounds = uncheckedLogRounds
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        /// Memory for one hash at a time; p does not add to it, as swift-crypto goes one by one.
        package var memoryBytes: Int { 128 * blockSize << logRounds }

        /// Blocks that are mixed, in proportion to the time it takes.
        var work: Int { blockSize * parallelism << logRounds }
    }
}
