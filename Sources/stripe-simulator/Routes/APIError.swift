/// An error as Stripe's API words it.
struct APIError: Error, Equatable {
    let status: Int
    var type = "invalid_request_error"
    var code: String?
    let message: String
    var parameter: String?
    /// Headers that come with the error, such as the reason of a rate limit.
    var headers: [Header] = []

    init(_ status: Int, _ message: String, code: String? = nil, parameter: String? = nil) {
        self.status = status
        self.message = message
        self.code = code
        self.parameter = parameter
    }

    /// The envelope in which the error is sent.
    func body(requestID: String, isLive: Bool, now: Int) -> String {
        var members: [(name: String, value: String)] = []
        if let code {
            members.append(("code", JSONWriting.string(code)))
            let page = code.map { $0 == "_" ? "-" : $0 }
            members.append(("doc_url", JSONWriting.string("https://stripe.com/docs/error-codes/" + String(page))))
        }
        members.append(("message", JSONWriting.string(message)))
        if let parameter { members.append(("param", JSONWriting.string(parameter))) }
        let log = "https://dashboard.stripe.com/\(isLive ? "" : "test/")logs/\(requestID)?t=\(now)"
        members.append(("request_log_url", JSONWriting.string(log)))
        members.append(("type", JSONWriting.string(type)))
        return JSONWriting.object([("error", JSONWriting.object(members))])
    }
}

/// One header line.
struct Header: Equatable, Sendable {
    let name: String
    let value: String
}

// MARK: - Requests

extension APIError {
    static func unrecognizedURL(_ method: String, _ path: String) -> APIError {
        let hint =
            path.hasSuffix("/")
            ? " If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object,"
                + " make sure you passed a valid (non-empty) identifier in your code." : ""
        return APIError(
            404,
            "Unrecognized request URL (\(method): \(path)).\(hint) Please see https://stripe.com/docs or we can help"
                + " at https://support.stripe.com/.")
    }

    static func missing(_ kind: ObjectKind, id: String, parameter: String, status: Int) -> APIError {
        APIError(status, "No such \(kind.schemaName): '\(id)'", code: "resource_missing", parameter: parameter)
    }

    static func unknownParameters(_ names: [String]) -> APIError {
        let noun = names.count == 1 ? "parameter" : "parameters"
        return APIError(
            400, "Received unknown \(noun): \(names.joined(separator: ", "))", code: "parameter_unknown",
            parameter: names.first)
    }

    static func missingParameter(_ name: String) -> APIError {
        APIError(400, "Missing required param: \(name).", code: "parameter_missing", parameter: name)
    }

    static let bothCursors = APIError(
        400, "Received both starting_after and ending_before parameters. Please pass in only one.")

    static let bothEventTypes = APIError(
        400, "You may only specify one of these parameters: type, types.", code: "parameters_exclusive",
        parameter: "type")

    static func tooManyTypes(_ count: Int) -> APIError {
        APIError(400, "Array types exceeded maximum 20 allowed elements, but you sent \(count).", parameter: "types")
    }

    static func empty(_ name: String) -> APIError {
        APIError(
            400,
            "You passed an empty string for '\(name)'. We assume empty values are an attempt to unset a parameter;"
                + " however '\(name)' cannot be unset. You should remove '\(name)' from your request or supply a"
                + " non-empty value.", code: "parameter_invalid_empty", parameter: name)
    }

    static func invalidInteger(_ name: String, _ value: String) -> APIError {
        APIError(400, "Invalid integer: \(value)", code: "parameter_invalid_integer", parameter: name)
    }

    static func outOfRange(_ name: String, _ value: Int, _ range: ClosedRange<Int>) -> APIError {
        let bound =
            value > range.upperBound
            ? "less than or equal to \(range.upperBound)" : "greater than or equal to \(range.lowerBound)"
        return APIError(
            400, "This value must be \(bound) (value given: \(value)).", code: "parameter_invalid_integer",
            parameter: name)
    }

    static func invalidBoolean(_ name: String, _ value: String) -> APIError {
        APIError(400, "Invalid boolean: \(value)", parameter: name)
    }

    static func notOneOf(_ name: String, _ values: [String]) -> APIError {
        let last = values.last ?? ""
        let list = values.count > 1 ? values.dropLast().joined(separator: ", ") + ", or " + last : last
        return APIError(400, "Invalid \(name): must be one of \(list)", parameter: name)
    }

    static func cannotExpand(_ path: String) -> APIError {
        path.split(separator: ".").last == "total_count"
            ? APIError(400, "Expanding total_count is not allowed.", code: "property_forbidden", parameter: "expand")
            : APIError(400, "This property cannot be expanded (\(path)).", parameter: "expand")
    }
}

// MARK: - What the simulator does not do

extension APIError {
    static func unsupportedFilter(_ name: String, _ path: String) -> APIError {
        APIError(
            400, "stripe-simulator does not implement the filter '\(name)' of \(path); leave it out",
            parameter: name)
    }

    static func scanTooLong(_ limit: Int) -> APIError {
        APIError(
            400,
            "stripe-simulator examined \(limit) objects and did not fill the page; filter by something less rare")
    }
}
