/// The closed set of things that can go wrong; the only part of an error used as a label.
///
/// The README lists each with its meaning and what to do; `ErrorCodeTests` holds the two together.
package enum ErrorCode: String, Sendable, CaseIterable {
    case usageInvalid
    case manifestInvalid
    case secretMissing
    case secretRefused
    case configurationInvalid
    case envelopeTooSmall
    case keyRefused
    case permissionMissing
    case sourceRefused
    case sourceThrottled
    case sourceUnavailable
    case featureUnavailable
    case ledgerOpen
    case schemaConflict
    case tableConflict
    case checkpointMissing
    case runConflict
    case sinkRefused
    case sinkUnavailable
    case commitConflict
    case commitUnknown
    case dependencyFailed
    case clusterRefused
    case clusterUnavailable
    case interrupted
    case internalDefect

    /// The status reason: one CamelCase word, as Kubernetes conditions want it.
    package var reason: String {
        rawValue.prefix(1).uppercased() + rawValue.dropFirst()
    }

    /// The exit code of a run that ends with this error.
    package var exitCode: ExitCode {
        switch self {
        case .usageInvalid: .usage
        case .schemaConflict, .tableConflict, .checkpointMissing, .runConflict: .dataRefused
        case .sourceRefused, .sinkRefused, .clusterRefused: .serviceRefused
        // An endpoint that the account does not have is skipped, which is no failure.
        case .featureUnavailable: .done
        case .internalDefect: .defect
        case .sourceThrottled, .sourceUnavailable, .ledgerOpen, .sinkUnavailable, .commitConflict, .commitUnknown,
            .dependencyFailed, .clusterUnavailable, .interrupted:
            .tryAgain
        case .keyRefused, .permissionMissing: .keyRefused
        case .manifestInvalid, .secretMissing, .secretRefused, .configurationInvalid, .envelopeTooSmall: .configuration
        }
    }

    /// The disposition of an error with this code, unless its maker knows better.
    package var usualDisposition: Disposition {
        switch self {
        case .commitUnknown: .outcomeUnknown
        case _ where exitCode == .tryAgain: .transient()
        default: .terminal
        }
    }
}

/// The process exit codes (a subset of sysexits.h), which a Job's `podFailurePolicy` maps.
package enum ExitCode: Int32, Sendable, CaseIterable {
    case done = 0
    case usage = 64
    case dataRefused = 65
    case serviceRefused = 69
    case defect = 70
    case tryAgain = 75
    case keyRefused = 77
    case configuration = 78

    /// Returns the exit code of a run in which several nodes failed.
    ///
    /// A defect outranks everything; "try again" is said only when every failure is transient.
    package static func combined(_ codes: some Sequence<ExitCode>) -> ExitCode {
        let gravity: [ExitCode] = [
            .defect, .configuration, .keyRefused, .dataRefused, .serviceRefused, .usage, .tryAgain,
        ]
        let present = Set(codes)
        return gravity.first(where: present.contains) ?? .done
    }
}
