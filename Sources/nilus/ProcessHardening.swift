import Glibc

/// What the process does before anything else, because it will hold a secret.
enum ProcessHardening {
    static func apply() {
        // No core dump, and no attaching by other processes of the same user.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
        // A closed pipe is an error of the write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        // One arena serves the few threads there are; more of them only fragment the memory budget.
        mallopt(M_ARENA_MAX, 2)
        mallopt(M_MMAP_THRESHOLD, 262_144)
        mallopt(M_TRIM_THRESHOLD, 262_144)
    }
}
