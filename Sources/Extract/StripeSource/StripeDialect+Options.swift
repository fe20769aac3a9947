import NilusCore
import WorkflowManifest

extension StripeDialect {
    /// Options that mean something else for Stripe than they say, or that this version does not carry out.
    static func optionFaults(_ options: SourceOptions) -> [ManifestFault] {
        var faults: [ManifestFault] = []
        if let key = options.primaryKey, key.value != ["id"] {
            faults.append(
                .warning(
                    "every Stripe object is identified by 'id'; with this 'primary-key' a merge lets rows replace "
                        + "others that agree in it", at: key.location))
        }
        if let key = options.incrementalKey, key.value != "created" {
            faults.append(
                .error("Stripe can only be read by 'created'; remove 'incremental-key'", at: key.location))
        }
        if let rate = options.requestsPerSecond, case .perSecond(let number) = rate.value, number > StripeRates.liveKey
        {
            faults.append(
                .warning(
                    "'requests-per-second' is above Stripe's published limit of \(Int(StripeRates.liveKey)); keep it only "
                        + "if Stripe raised the limit of this account", at: rate.location))
        }
        if let size = options.pageSize, size.value > StripeLimits.largestPage {
            faults.append(
                .warning(
                    "'page-size' is cut to \(StripeLimits.largestPage), the most that Stripe puts on a page",
                    at: size.location))
        }
        return faults + unsupported(options)
    }

    private static func unsupported(_ options: SourceOptions) -> [ManifestFault] {
        var found: [(String, SourceLocation)] = []
        if let nesting = options.maxTableNesting, nesting.value > 0 {
            return [
                .error(
                    "'max-table-nesting' above 0 is not supported by this version; nested values stay JSON text",
                    at: nesting.location)
            ]
        }
        if let hint = options.typeHints.first { found.append(("type-hints", hint.location)) }
        if let mask = options.masks.first { found.append(("mask", mask.location)) }
        if let excluded = options.excludedColumns { found.append(("sql-exclude-columns", excluded.location)) }
        return found.map {
            ManifestFault.error("option '\($0.0)' is not supported by this version; remove it", at: $0.1)
        }
    }
}
