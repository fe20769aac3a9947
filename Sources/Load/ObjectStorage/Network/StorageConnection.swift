package import HTTPTransport
package import NilusCore

/// How storages are reached: the client, the clock, how patient to be, and what uploads may take.
package struct StorageConnection: Sendable {
    let http: HTTPClient
    let time: TimeSource
    let retry: StorageRetry
    let uploads: UploadMemory
    /// A random number in 0 ..< 1.
    let chance: @Sendable () -> Double

    package init(
        http: HTTPClient, time: TimeSource, retry: StorageRetry = StorageRetry(),
        uploads: UploadMemory = UploadMemory(),
        chance: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.http = http
        self.time = time
        self.retry = retry
        self.uploads = uploads
        self.chance = chance
    }
}

extension StorageConnection {
    /// Sends a request until it is answered with success, an expected status, or something that no retry mends.
    func send(_ request: StorageRequest, to service: any StorageService) async throws -> StorageAnswer {
        let start = time.monotonic()
        var failures = 0
        var mayHaveLanded = false
        var hasRenewed = false
        while true {
            let (proven, identity) = try await service.proven(request, at: time.utc())
            var requested: Duration?
            let problem: NilusError
            do {
                let response = try await http.send(proven)
                if response.isSuccess || request.expectedStatuses.contains(response.status) {
                    return StorageAnswer(response: response, mayBeRepetition: mayHaveLanded)
                }
                let refusal = service.refusal(in: response)
                if refusal.kind == .credentialOver, !hasRenewed, await service.renewCredential() {
                    hasRenewed = true
                    continue
                }
                let refused = NilusError.storageRefused(request, refusal, of: service, identity: identity)
                guard refusal.kind == .busy else { throw refused }
                problem = refused
                // A storage that says it is busy may have got further than it knows.
                mayHaveLanded = true
                requested = response.headers["retry-after"].flatMap { Int64($0) }.map { .seconds($0) }
            } catch let failure as HTTPFailure {
                if failure.kind == .tooLarge { throw failure }
                mayHaveLanded = mayHaveLanded || failure.mayHaveArrived
                let unreachable = NilusError.storageUnreachable(request, failure, at: service.endpoint)
                guard failure.isTransient else { throw unreachable }
                problem = unreachable
            }
            failures += 1
            let elapsed = time.monotonic() - start
            guard
                let delay = retry.delay(
                    afterFailures: failures, elapsed: elapsed, requested: requested, chance: chance())
            else { throw problem.afterAttempts(failures, in: elapsed) }
            try await time.sleep(delay)
        }
    }
}
