#ifndef MUSTER_PROCESSORS_H
#define MUSTER_PROCESSORS_H

#include <stdbool.h>

/// Keeps the calling thread off the first of the processors that it may use, or lets it use all of
/// them again.
///
/// Returns false, and changes nothing, where there is only one or the system does not say.
bool muster_leave_first_processor(bool leave);

/// Lets another thread have the processor where one waits for it, if the calling thread was told to
/// leave the first one; returns at once otherwise.
void muster_give_way(void);

#endif
