/// Where records come from: reads endpoints, page by page.
package protocol Source: Sendable {
    /// Learns whose data this is, as far as the credential allows.
    ///
    /// - Throws: `keyRefused` (terminal) when the source does not accept the credential.
    func identify(meter: ExtractMeter) async throws -> SourceIdentity

    /// Reads an endpoint and delivers every object of the window exactly once, page by page.
    ///
    /// The next page may be requested while one is delivered; deliveries never overlap.
    ///
    /// - Throws: `keyRefused`, `permissionMissing`, `sourceRefused` (terminal), `featureUnavailable`
    ///   when the account does not have the endpoint at all, `sourceThrottled`, `sourceUnavailable`,
    ///   `ledgerOpen` (transient), and whatever `deliver` throws.
    func read(
        _ request: ReadRequest, meter: ExtractMeter, deliver: (Page) async throws -> Void
    ) async throws -> ReadResult
}

/// Whose data a source gives.
package struct SourceIdentity: Sendable, Hashable {
    package let account: String?
    /// Whether the data is live or test data.
    package let isLive: Bool?

    package init(account: String?, isLive: Bool?) {
        self.account = account
        self.isLive = isLive
    }
}

/// What to read of an endpoint.
package struct ReadRequest: Sendable {
    package let endpoint: Endpoint
    package let window: Window
    /// Objects in one page, 1 … 100.
    package let pageSize: Int
    /// At most so many pages, for trial runs.
    package let pageLimit: Int?

    package init(endpoint: Endpoint, window: Window, pageSize: Int, pageLimit: Int? = nil) {
        self.endpoint = endpoint
        self.window = window
        self.pageSize = pageSize
        self.pageLimit = pageLimit
    }
}

/// How a read ended.
package struct ReadResult: Sendable, Hashable {
    /// First second that was not read: the end of the window or the server's clock when the read began.
    package let cut: Int64
    /// The source's clock when the read began, in seconds since the epoch.
    package let moment: Int64
    /// Whether everything up to the cut was read; false when a page limit ended the read early.
    package let isComplete: Bool

    package init(cut: Int64, moment: Int64, isComplete: Bool) {
        self.cut = cut
        self.moment = moment
        self.isComplete = isComplete
    }
}
