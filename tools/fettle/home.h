/* home - the directory of everything on this machine (FETTLE_HOME, ./var): data, sockets, logs. And what
 * follows from it: the defaults of FETTLE_DSN, FETTLE_ADMIN_DSN, FETTLE_BUS, FETTLE_REDIS and FETTLE_KEYS.
 *
 *   postgres/  data of the private Postgres     pg/ redis/ bus/  sockets      log/  a file for each process
 *   run/       a locked pid file for each       fettle.pid       of `fettle up`
 *
 * A Unix socket's path has room for 107 bytes. When the home's path is too long (or has characters that a DSN would
 * need quoted) the sockets are in a short directory named by a hash of the path; the file `sockets` says which. */
#pragma once
#include <pwd.h>
#include <stdbool.h>

typedef struct {
    char path [1024];           /* absolute */
    char sockets [96];          /* where pg/, redis/, bus/ are */
    bool is_short;              /* sockets is not the home itself */
    bool has_postgres, has_redis, has_bus;  /* private ones: not set from outside */
} home_t;

extern home_t home;

/* Finds the home (directory NULL: FETTLE_HOME or ./var) and puts what follows into the environment. Makes nothing. */
bool home_init (const char *directory, char error [512]);
/* Makes the directories. False with a sentence. */
bool home_make (char error [512]);
/* "log/intake.log" -> its absolute path, in one of eight buffers that take turns. */
const char *home_file (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
/* Writes a file that only its owner may read; never through a symbolic link. owner: NULL is us. False: errno tells. */
bool home_write (const char *file, bool append, const char *text, const struct passwd *owner);
/* The directory of this program's own binary. */
const char *home_binaries (void);
/* The directory with defaults/: FETTLE_SHARE, ./deploy/data, beside the binaries, PREFIX/share/fettle. NULL: none. */
const char *home_share (void);
