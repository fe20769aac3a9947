import Extraction
import HTTPTransport
import JSON
import NilusCore
import Synchronization

/// Asks Stripe one question and brings the answer, within the rate budget and through passing failures.
final class StripeClient: Sendable {
    private let connection: StripeConnection
    private let http: HTTPClient
    private let budget: RateBudget
    private let retry: RetryPolicy
    private let time: TimeSource
    private let parsers: JSONParserPool
    private let chance: @Sendable () -> Double

    init(
        _ connection: StripeConnection, http: HTTPClient, budget: RateBudget, retry: RetryPolicy, time: TimeSource,
        chance: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.connection = connection
        self.http = http
        self.budget = budget
        self.retry = retry
        self.time = time
        self.chance = chance
        parsers = JSONParserPool()
    }

    /// Asks until there is an answer that counts, or the patience is used up.
    ///
    /// - Throws: `NilusError` as ``Extraction/Source`` promises; `StripeSignal` for what only the asker can handle.
    func ask(_ question: StripeQuestion, meter: ExtractMeter) async throws -> StripeDocument {
        let start = time.monotonic()
        var failures = 0
        while true {
            switch try await attempt(question, meter: meter) {
            case .answer(let document): return document
            case .passing(let failure):
                failures += 1
                note(failure, question, meter)
                let elapsed = time.monotonic() - start
                let delay = retry.delay(
                    afterFailures: failures, elapsed: elapsed, requested: failure.retryAfter, chance: chance())
                guard let delay else {
                    throw NilusError.gaveUp(question.what, failure, attempts: failures, elapsed: elapsed)
                }
                meter.count { $0.retries += 1 }
                try await time.sleep(delay)
            }
        }
    }

    /// How one attempt ended, where asking may go on.
    private enum Attempt {
        case answer(StripeDocument)
        case passing(StripeFailure)
    }

    private func attempt(_ question: StripeQuestion, meter: ExtractMeter) async throws -> Attempt {
        let key = connection.key.current
        do {
            var response = try await send(question, key, meter)
            if response.status == 401, let newKey = try renewedKey(insteadOf: key, for: question) {
                response = try await send(question, newKey, meter)
            }
            return try judge(response, to: question)
        } catch let failure as HTTPFailure {
            return .passing(try judge(failure, of: question))
        }
    }

    private func renewedKey(
        insteadOf refused: Redacted<SecretBytes>, for question: StripeQuestion
    ) throws(NilusError) -> Redacted<SecretBytes>? {
        do throws(NilusError) {
            return try connection.key.renewed(insteadOf: refused)
        } catch {
            throw .keyNotRenewed(question.what, error)
        }
    }

    private func send(
        _ question: StripeQuestion, _ key: Redacted<SecretBytes>, _ meter: ExtractMeter
    ) async throws -> HTTPResponse {
        let request = HTTPRequest(
            url: connection.base + question.target, headers: connection.headers, bearer: key,
            maximumBodyBytes: StripeLimits.maximumPageBytes, timeout: StripeLimits.requestTimeout)
        return try await budget.spend(on: question.operation) {
            meter.count { $0.requests += 1 }
            return try await http.send(request)
        }
    }

    private func judge(_ response: HTTPResponse, to question: StripeQuestion) throws -> Attempt {
        switch StripeAnswer(response, to: question.what) {
        case .success: break
        case .failure(let failure): return .passing(failure)
        case .cursorLost: throw StripeSignal.cursorLost
        case .refusal(let error): throw error
        }
        budget.succeeded()
        do {
            let document = try parsers.parse(response.body)
            guard document.withRoot({ $0.kind == .object }) else {
                return .passing(StripeFailure(.notJSON("no JSON object")))
            }
            return .answer(StripeDocument(json: document, date: response.headers["date"]))
        } catch {
            return .passing(StripeFailure(.notJSON(error.description)))
        }
    }

    private func judge(_ failure: HTTPFailure, of question: StripeQuestion) throws -> StripeFailure {
        switch failure.kind {
        case .tooLarge: throw StripeSignal.pageTooLarge
        case .untrusted: throw NilusError.notTrusted(question.what, failure.description)
        case .unusable: throw NilusError.unusableRequest(question.what, failure.description)
        case .unreachable, .timedOut, .cut: return StripeFailure(.transport(failure.description))
        }
    }

    private func note(_ failure: StripeFailure, _ question: StripeQuestion, _ meter: ExtractMeter) {
        guard failure.kind == .throttled else { return }
        meter.count { $0.throttled += 1 }
        if let cause = failure.throttle { budget.throttled(cause, on: question.operation) }
    }
}

/// One GET: where to, counted as which operation, and its name in messages.
struct StripeQuestion {
    /// Path and query.
    let target: String
    /// Calls of one operation share a rate, whatever ids are in their paths.
    let operation: String
    /// For messages: `page 14 of endpoint 'charge'`.
    let what: String
}

/// An answer of 200 with a JSON object.
struct StripeDocument {
    let json: JSONDocument
    /// The `Date` header.
    let date: String?
}

/// What the asker must handle, because a repetition of the same question would not help.
enum StripeSignal: Error {
    case cursorLost
    case pageTooLarge
}
