/// Whether the task's executor is made of threads that may wait: then a store does the work of the
/// task on them, with their priority, and not on those of everybody.
///
/// An executor alone does not say so: a host's own may be an event loop. Tasks that begin apart from
/// it have no executor, so that nothing is done on threads that are not meant.
public enum OwnThreads {
    /// Set by whoever brought the threads.
    @TaskLocal public static var mayWait = false
}
