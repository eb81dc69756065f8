// The calls are not part of C's standard names, so Swift does not see them.
#define _GNU_SOURCE
#include "processors.h"

#include <sched.h>

static _Thread_local bool makes_way = false;

bool muster_leave_first_processor(bool leave) {
    makes_way = leave;
    static _Thread_local bool is_known = false;
    static _Thread_local cpu_set_t own;
    if (!is_known) {
        // What the thread may use before anybody asks is what it gets back.
        if (sched_getaffinity(0, sizeof own, &own) != 0) return false;
        is_known = true;
    }
    cpu_set_t processors = own;
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

void muster_give_way(void) {
    if (makes_way) sched_yield();
}
