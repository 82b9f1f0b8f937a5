#include "redis_server.h"
#include "config.h"
#include "home.h"
#include "postgres.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char s_settings [] =
    "# Written by `fettle up` at each start.\n"
    "port 0\n"
    "unixsocket %1$s/redis/redis.sock\n"
    "unixsocketperm 700\n"
    "dir %1$s/redis\n"
    "save \"\"\n"
    "appendonly no\n"
    "daemonize no\n"
    "maxmemory 256mb\n"
    "maxmemory-policy noeviction\n"
    "%2$s%3$s\n";

const char *
redis_server_program (void)
{
    static const char *const paths [] = { "/usr/bin/redis-server", "/usr/local/bin/redis-server",
                                          "/usr/bin/valkey-server" };
    for (int i = 0; i < 3; i++)
        if (access (paths [i], X_OK) == 0)
            return paths [i];
    return NULL;
}

static void
s_socket_file (const char *name, char ret_path [128])
{
    snprintf (ret_path, 128, "%s/redis%s", home.sockets, name);
}

static bool
s_write_settings (const struct passwd *user, const char *file)
{
    char text [1024];
    const char *password = config_text ("FETTLE_REDIS_PASSWORD", "");
    snprintf (text, sizeof text, s_settings, home.sockets, *password ? "requirepass " : "", password);
    return home_write (file, false, text, user);
}

bool
redis_server_prepare (char error [512])
{
    char directory [128], file [128];
    const struct passwd *user;
    s_socket_file ("", directory);
    s_socket_file ("/redis.conf", file);
    if (!redis_server_program ()) {
        snprintf (error, 512, "Redis is not installed (no /usr/bin/redis-server): install redis-server, or set "
                  "FETTLE_REDIS.");
        return false;
    }
    if (!postgres_user (&user, error))
        return false;
    if ((mkdir (directory, 0700) == 0 || errno == EEXIST)
        && (!user || chown (directory, user->pw_uid, user->pw_gid) == 0)
        && s_write_settings (user, file))
        return true;
    snprintf (error, 512, "%s can not be written: %s.", directory, strerror (errno));
    return false;
}

pid_t
redis_server_start (char error [512])
{
    char file [128];
    const struct passwd *user;
    s_socket_file ("/redis.conf", file);
    if (!postgres_user (&user, error))
        return -1;
    const char *arguments [] = { redis_server_program (), file, NULL };
    process_spec_t spec = {
        .name = "redis", .arguments = arguments, .log_file = home_file ("log/redis.log"), .directory = "/",
        .user = user,
        .death_signal = SIGTERM, .reads_all = user && !process_may_reach (user, file),
    };
    return process_start (&spec, error);
}

bool
redis_server_is_ready (void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    snprintf (address.sun_path, sizeof address.sun_path, "%.80s/redis/redis.sock", home.sockets);
    int opened = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_ready = opened >= 0 && connect (opened, (struct sockaddr *) &address, sizeof address) == 0;
    if (opened >= 0)
        close (opened);
    return is_ready;
}
