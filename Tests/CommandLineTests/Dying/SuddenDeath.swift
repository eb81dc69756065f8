import Foundation
import Testing

/// Ends a process by SIGKILL right before the n-th time that it commits anything to its store.
///
/// A small library, made with the compiler that came with Swift, is loaded before the C library and
/// sees what SQLite writes: the last frame of each transaction in the write-ahead log says, in its
/// header of 24 bytes, how large the store is after it. The command itself knows nothing of this.
struct SuddenDeath {
    private let library: String

    /// Makes the library in `folder`.
    init(in folder: String) async throws {
        let code = "\(folder)/sudden-death.c"
        library = "\(folder)/sudden-death.so"
        try Self.code.write(toFile: code, atomically: true, encoding: .utf8)
        let compiled = try await Invocation(
            [
                "sh", "-c",
                "$(command -v clang || echo cc) -shared -fPIC -o \(library) \(code) -ldl",
            ],
            of: "/usr/bin/env",
            environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"],
            folder: folder
        ).outcome()
        try #require(compiled.status == 0, "\(compiled.messages)")
    }

    /// What a process must be told to die before that commit.
    func before(commit: Int) -> [String: String] {
        ["LD_PRELOAD": library, "DIE_BEFORE_COMMIT": "\(commit)"]
    }

    private static let code = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <signal.h>
        #include <stdatomic.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>

        static atomic_int commits;

        static int is_log(int file) {
            char link[64], name[4096];
            snprintf(link, sizeof link, "/proc/self/fd/%d", file);
            ssize_t length = readlink(link, name, sizeof name);
            return length > 4 && memcmp(name + length - 4, "-wal", 4) == 0;
        }

        static void watch(int file, const unsigned char *bytes, size_t count) {
            if (count != 24 || !(bytes[4] | bytes[5] | bytes[6] | bytes[7]) || !is_log(file)) return;
            const char *last = getenv("DIE_BEFORE_COMMIT");
            if (last && atomic_fetch_add(&commits, 1) + 1 == atoi(last)) kill(getpid(), SIGKILL);
        }

        ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t place) {
            static ssize_t (*next)(int, const void *, size_t, off64_t);
            if (!next) next = dlsym(RTLD_NEXT, "pwrite64");
            watch(file, bytes, count);
            return next(file, bytes, count, place);
        }

        ssize_t pwrite(int file, const void *bytes, size_t count, off_t place) {
            return pwrite64(file, bytes, count, place);
        }

        """
}
