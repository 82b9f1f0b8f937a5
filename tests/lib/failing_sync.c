/* failing_sync - a disk that can not write, for a program that is started with this in LD_PRELOAD: while the file named
 * by FAILING_SYNC exists, fsync and fdatasync answer EIO. libfiu's preload would do, but Postgres dies of it where
 * OpenSSL reads its configuration. */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

int fsync (int file);
int fdatasync (int file);

static int
s_sync (const char *name, int file)
{
    const char *sign = getenv ("FAILING_SYNC");
    if (sign && access (sign, F_OK) == 0) {
        errno = EIO;
        return -1;
    }
    int (*real) (int) = (int (*) (int)) dlsym (RTLD_NEXT, name);
    return real (file);
}

int
fsync (int file)
{
    return s_sync ("fsync", file);
}

int
fdatasync (int file)
{
    return s_sync ("fdatasync", file);
}
