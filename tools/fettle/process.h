/* process - programs that are started, watched and ended.
 *
 * Each is in a process group of its own (Ctrl-C on the terminal reaches only who started it) and gets a signal
 * when the one who started it dies, however that happens. It holds a lock on its pid file until it and all its
 * children are gone: so a later start knows for certain whether something was left over. */
#pragma once
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct {
    const char *name;               /* of the pid file run/NAME.pid; NULL: none */
    const char *const *arguments;   /* [0] is the program's path; ends with NULL */
    const char *log_file;           /* where what it prints goes; NULL: where ours goes */
    const char *directory;          /* where it runs; NULL: here */
    const struct passwd *user;      /* NULL: the same as ours */
    int death_signal;               /* when we die */
    bool reads_all;                 /* needs to enter directories that its user may not: see process_may_reach */
} process_spec_t;

/* -1 with a sentence when it can not be started. That the program does not run shows as its end with code 127. */
pid_t process_start (const process_spec_t *spec, char error [512]);
/* Starts it and waits: its exit code, 128 + n when signal n ended it, -1 with a sentence. */
int process_run (const process_spec_t *spec, char error [512]);

/* "exit code 1", "killed by signal 9 (Killed)"; a static buffer. */
const char *process_end (int wait_status);

/* Waits until nobody holds the lock of run/NAME.pid; false: still held after timeout_ms. */
bool process_wait_unlocked (const char *file, int timeout_ms);
/* Who holds the lock of a pid file: its pid; 0: nobody; -1: somebody, but the pid can not be read. */
pid_t process_holder (const char *file);
/* Ends what an earlier start left over: signal, SIGKILL after patience_ms. False with a sentence: it does not end. */
bool process_end_leftover (const char *name, int signal, int patience_ms, char error [512]);

/* May this user enter all directories above path? */
bool process_may_reach (const struct passwd *user, const char *path);
/* Keeps NAME.1 of a log that has grown beyond 10 MB. */
void process_rotate_log (const char *file);
