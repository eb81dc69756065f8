// The calls are not part of C's standard names, so Swift does not see them.
#define _GNU_SOURCE
#include "processors.h"

#include <sched.h>
#include <unistd.h>

bool muster_leave_first_processor(bool leave) {
    // By the process's first thread, which nobody keeps off anything.
    cpu_set_t processors;
    if (sched_getaffinity(getpid(), sizeof processors, &processors) != 0) return false;
    if (leave) {
        if (CPU_COUNT(&processors) < 2) return false;
        for (int first = 0; first < CPU_SETSIZE; first++) {
            if (!CPU_ISSET(first, &processors)) continue;
            CPU_CLR(first, &processors);
            break;
        }
    }
    return sched_setaffinity(0, sizeof processors, &processors) == 0;
}
