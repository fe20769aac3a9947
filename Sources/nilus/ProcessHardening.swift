import CLinux
import Glibc

/// What the process does before anything else, because it will hold a secret.
enum ProcessHardening {
    static func apply() {
        // No core dump, and no attaching by other processes of the same user.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        linux_refuse_dumps()
        // A closed pipe is an error of the write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        // One arena serves the few threads there are; more of them only fragment the memory budget. A page of rows and its
        // index come and go below the bound: taking each from the kernel anew costs an eighth of a load's CPU time.
        linux_bound_allocator(1, 524_288)
    }
}
