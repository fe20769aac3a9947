/// Which API versions the simulator accepts; it answers in the shapes of one.
enum VersionCheck {
    /// Versions whose names are documented; a version is accepted by name, never by form.
    private static let known: Set<String> = [
        StripeDescription.version,
        "2020-08-27", "2022-08-01", "2022-11-15", "2023-08-16", "2023-10-16", "2024-04-10", "2024-06-20",
        "2024-09-30.acacia", "2024-10-28.acacia", "2024-11-20.acacia", "2024-12-18.acacia", "2025-01-27.acacia",
        "2025-02-24.acacia", "2025-03-31.basil", "2025-04-30.basil", "2025-05-28.basil", "2025-06-30.basil",
        "2025-07-30.basil", "2025-08-27.basil", "2025-09-30.clover", "2025-10-29.clover", "2025-11-17.clover",
        "2025-12-15.clover", "2026-03-25.dahlia", "2026-08-26.dahlia", "2026-09-30.endive", "2026-10-28.endive",
    ]

    /// The version of the answer.
    static func check(_ request: Request) throws(APIError) -> String {
        guard let version = request.header("Stripe-Version") else { return StripeDescription.version }
        guard known.contains(version) else { throw APIError(400, "Invalid Stripe API version: \(version)") }
        return version
    }
}
