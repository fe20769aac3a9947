#pragma once

#include <gnu/libc-version.h>
#include <malloc.h>
#include <sys/prctl.h>

// prctl is variadic and the options are macros: neither is visible to Swift.

/// Keeps the process from being dumped or attached to by others of its user.
static inline int linux_refuse_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

/// Bounds the allocator's arenas and makes it give large blocks back at once. Does nothing in other C libraries.
static inline void linux_bound_allocator(int arenas, int large_bytes) {
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, arenas);
    mallopt(M_MMAP_THRESHOLD, large_bytes);
    mallopt(M_TRIM_THRESHOLD, large_bytes);
#else
    (void)arenas;
    (void)large_bytes;
#endif
}
