package import NilusCore

// The words of what is wrong with a secret; places are named, values never. Where the name itself looks like a key,
// because someone wrote the one for the other, it is not shown either.

extension NilusError {
    /// No place holds a secret that the job needs.
    package static func secretMissing(_ name: String, lookedIn places: [String]) -> NilusError {
        NilusError(
            .secret, .secretMissing,
            "cannot find secret \(MessageText.quoted(name)): looked in \(places.joined(separator: ", ")); "
                + "mount it there or set the variable")
    }

    static func secretsDiffer(_ name: String, _ first: SecretOrigin, _ second: SecretOrigin) -> NilusError {
        let found = first == second ? "\(first) stands there twice and differs" : "\(first) and \(second) differ"
        return NilusError(
            .secret, .secretRefused,
            "cannot choose a value for secret \(MessageText.quoted(name)): \(found); remove one of them")
    }

    static func secretEmpty(_ origin: SecretOrigin) -> NilusError {
        refused(origin, "it is empty; put the key there")
    }

    static func secretBlank(_ origin: SecretOrigin) -> NilusError {
        refused(origin, "it holds only white space; put the key there")
    }

    static func secretOfSeveralLines(_ origin: SecretOrigin) -> NilusError {
        refused(origin, "it has several lines; expected one line with the value, or lines of 'key=value'")
    }

    static func secretFileUnreadable(_ name: String, _ path: String, _ error: SystemError) -> NilusError {
        let advice = error.isTooLarge ? "expected at most 64 KiB" : "let the job's user read it"
        return NilusError(
            .secret, .secretRefused,
            "cannot read secret \(MessageText.quoted(name)) from file '\(path)': \(error); \(advice)")
    }

    static func secretFolderUnreadable(_ path: String, _ error: SystemError) -> NilusError {
        NilusError(
            .secret, .secretRefused,
            "cannot list the secrets in folder '\(path)': \(error); let the job's user read it")
    }

    private static func refused(_ origin: SecretOrigin, _ found: String) -> NilusError {
        NilusError(.secret, .secretRefused, "cannot use the secret in \(origin): \(found)")
    }
}
