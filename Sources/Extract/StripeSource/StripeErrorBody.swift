import JSON
import NilusCore

/// The `error` object of an answer, as far as it can be read.
struct StripeErrorBody {
    let type: String?
    let code: String?
    let parameter: String?
    /// Stripe's own words, shortened and without anything that looks like a key.
    let message: String?

    /// Longest message that is passed on, in characters.
    private static let longestMessage = 400
    /// Larger error bodies are not read, in bytes.
    private static let largestBody = 65_536

    init(_ body: GrowableBytes) {
        let value = body.withBytes { $0.count <= Self.largestBody ? try? JSONValue(parsing: $0) : nil }
        let error = value?["error"]
        type = error?["type"]?.string
        code = error?["code"]?.string
        parameter = error?["param"]?.string
        message = error?["message"]?.string.map(Self.presentable)
    }

    var isLostCursor: Bool {
        code == "resource_missing" && (parameter == "starting_after" || parameter == "ending_before")
    }

    /// Whether the account lacks the product behind the endpoint; such an endpoint is skipped.
    var isUnavailableFeature: Bool {
        guard let message else { return false }
        return Self.unavailableFeatures.contains { message.contains($0) }
    }

    /// - SeeAlso: the messages that Stripe's own sync engine skips.
    private static let unavailableFeatures = [
        "Your account is not set up to use", "Have you onboarded to", "This endpoint is only available in testmode",
        "API surface is not enabled", "Accounts v2 is not enabled", "isn't available in test mode",
        "not authorized to send Forwarding requests",
    ]

    private static func presentable(_ message: String) -> String {
        let safe = MessageText.withoutCredentials(message, limit: longestMessage)
        return safe.hasSuffix(".") ? String(safe.dropLast()) : safe
    }
}
