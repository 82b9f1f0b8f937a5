/* keys - certificates for the tcp doors. */
#include "bus_keys.h"
#include "config.h"
#include "fettle.h"
#include "home.h"
#include "json.h"
#include "options.h"
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    const char *directory, *role, *speaker, *out;
    bool json;
} keys_t;

typedef int (verb_fn) (keys_t *self, const char *name);

static bool
s_is_name (const char *name)
{
    static const char allowed [] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t length = strlen (name);
    return length >= 1 && length <= 48 && strspn (name, allowed) == length && name [0] != '.'
        && strcmp (name, "server") != 0
        && strcmp (name, "service") != 0;
}

static bool
s_is_id (const char *id)
{
    static const char allowed [] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-";
    size_t length = strlen (id);
    return length >= 1 && length <= 64 && strspn (id, allowed) == length;
}

/* ---- new */

/* The secret leaves the directory of the deployment for the client's own. */
static bool
s_hand_over (keys_t *self, const char *name, char error [512])
{
    char from [PATH_MAX], to [PATH_MAX], text [4096];
    snprintf (from, sizeof from, "%s/%s.key_secret", self->directory, name);
    snprintf (to, sizeof to, "%s/%s.key_secret", self->out, name);
    FILE *source = fopen (from, "re");
    size_t size = source ? fread (text, 1, sizeof text, source) : 0;
    if (source)
        fclose (source);
    mode_t old_mask = umask (0077);
    FILE *target = size ? fopen (to, "we") : NULL;
    umask (old_mask);
    bool is_written = target && fwrite (text, 1, size, target) == size;
    if (target && fclose (target) != 0)
        is_written = false;
    if (is_written && unlink (from) == 0)
        return true;
    snprintf (error, 512, "%.300s can not be written: %s. The secret is still in %.100s.", to, strerror (errno),
        self->directory);
    return false;
}

static int
s_new (keys_t *self, const char *name)
{
    char error [512];
    if (!s_is_name (name))
        return fettle_usage ("keys", "%.80s: a name is 1 to 48 characters of A-Z a-z 0-9 . _ - and not server or "
            "service.", name);
    if (!self->role || !bus_keys_role_named (self->role))
        return fettle_usage ("keys", "give --role, one of those that `fettle keys roles` shows.");
    if (bus_keys_role_named (self->role)->speaks != (self->speaker != NULL))
        return fettle_usage ("keys", self->speaker ? "a key of role %s speaks for anybody: leave --for out."
            : "give the id of the %s for whom it speaks with --for.", self->role);
    if (self->speaker && !s_is_id (self->speaker))
        return fettle_usage ("keys", "%.80s: an id is 1 to 64 characters of A-Z a-z 0-9 . _ : -", self->speaker);
    if (self->out && access (self->out, W_OK | X_OK) != 0)
        return fettle_fail (EXIT_USAGE, "keys", "%s is no directory that can be written: %s.", self->out,
            strerror (errno));
    if (!bus_keys_make_client (self->directory, name, self->role, self->speaker ? self->speaker : "", error))
        return fettle_fail (EXIT_NO, "keys", "%s", error);
    if (self->out && !s_hand_over (self, name, error))
        return fettle_fail (EXIT_NO, "keys", "%s", error);
    printf ("%s may connect as %s. Give these two files to it, the first is secret:\n  %s/%s.key_secret\n  "
        "%s/server.key\n", name,
            self->role, self->out ? self->out : self->directory, name, self->directory);
    return EXIT_OK;
}

/* ---- list, roles, revoke */

static int
s_is_key (const struct dirent *entry)
{
    size_t length = strlen (entry->d_name);
    return entry->d_name [0] != '.' && length > 4 && strcmp (entry->d_name + length - 4, ".key") == 0;
}

static void
s_print_key (keys_t *self, bus_keys_t *keys, const char *name, json_t *list)
{
    char file [PATH_MAX], made_on [32] = "";
    struct stat status;
    const char *role = bus_keys_role (keys, name), *speaker = bus_keys_speaker (keys, name);
    snprintf (file, sizeof file, "%s/clients/%s.key", self->directory, name);
    if (stat (file, &status) == 0) {
        struct tm local;
        localtime_r (&status.st_mtime, &local);
        strftime (made_on, sizeof made_on, "%Y-%m-%d", &local);
    }
    if (self->json)
        json_array_append_new (list, json_pack ("{s:s, s:s, s:s, s:s}", "name", name, "role", role, "for", speaker,
            "madeOn", made_on));
    else
        printf ("%-48s  %-10s  %s%s%s%s\n", name, role, made_on, *speaker ? "  for " : "", speaker,
            *role ? "" : "  can not be read, and lets nobody in: revoke it, make another");
}

static void
s_print_keys (keys_t *self, bus_keys_t *keys, struct dirent **entries, int count)
{
    json_t *list = json_array ();
    arena_t *arena = arena_new ();
    for (int i = 0; i < count; i++) {
        char *name = arena_copy (arena, entries [i]->d_name, strlen (entries [i]->d_name) - 4);
        if (!self->role || strcmp (self->role, bus_keys_role (keys, name)) == 0)
            s_print_key (self, keys, name, list);
    }
    if (self->json)
        printf ("%s\n", json_print (arena, list, JSON_PRETTY_PRINT));
    else if (count <= 0)
        printf ("nobody has a key yet: `fettle keys new NAME --role ROLE`\n");
    arena_destroy (&arena);
    json_decref (list);
}

static int
s_list (keys_t *self, const char *name)
{
    char error [512], folder [PATH_MAX];
    struct dirent **entries = NULL;
    (void) name;
    if (self->role && !bus_keys_role_named (self->role))
        return fettle_usage ("keys", "there is no role %s: `fettle keys roles` shows all.", self->role);
    bus_keys_t *keys = bus_keys_open (self->directory, error);
    if (!keys)
        return fettle_fail (EXIT_NO, "keys", "there are no keys in %s yet: `fettle keys new NAME --role ROLE` makes "
            "them.", self->directory);
    snprintf (folder, sizeof folder, "%s/clients", self->directory);
    int count = scandir (folder, &entries, s_is_key, alphasort);
    s_print_keys (self, keys, entries, count);
    for (int i = 0; i < count; i++)
        free (entries [i]);
    free (entries);
    bus_keys_close (&keys);
    return EXIT_OK;
}

static int
s_roles (keys_t *self, const char *name)
{
    json_t *list = json_array ();
    (void) name;
    for (const struct bus_role *role = bus_roles; role->name; role++)
        if (self->json)
            json_array_append_new (list, json_pack ("{s:s, s:s, s:s, s:b}", "name", role->name, "about", role->about,
                "maySend",
                role->may_send, "mayFollow", role->may_follow));
        else
            printf ("%-10s %s\n%-10s sends %s\n%-10s %s events\n", role->name, role->about, "", *role->may_send
            ? role->may_send : "nothing",
                    "", role->may_follow ? "reads" : "reads no");
    if (self->json) {
        arena_t *arena = arena_new ();
        printf ("%s\n", json_print (arena, list, JSON_PRETTY_PRINT));
        arena_destroy (&arena);
    }
    json_decref (list);
    return EXIT_OK;
}

static int
s_revoke (keys_t *self, const char *name)
{
    char error [512], file [PATH_MAX];
    snprintf (file, sizeof file, "%s/clients/%s.key", self->directory, name);
    if (!s_is_name (name) || access (file, F_OK) != 0)
        return fettle_fail (EXIT_NO, "keys", "nobody named %.80s has a key in %s: `fettle keys list` shows who has.",
            name, self->directory);
    if (!bus_keys_revoke (self->directory, name, error))
        return fettle_fail (EXIT_NO, "keys", "%s", error);
    printf ("%s may not connect any more; what it sends over an open connection is refused.\n", name);
    return EXIT_OK;
}

int
command_keys (int argc, char **argv)
{
    static const struct { const char *name; verb_fn *run; bool takes_name; } verbs [] = {
        { "new", s_new, true }, { "list", s_list, false }, { "roles", s_roles, false }, { "revoke", s_revoke,
            true } };
    keys_t self = { .directory = config_text ("FETTLE_KEYS", home_file ("keys")) };
    const option_t options [] = {
        { "--role", OPTION_TEXT, &self.role, 0, 0 }, { "--for", OPTION_TEXT, &self.speaker, 0, 0 },
        { "--out", OPTION_TEXT, &self.out, 0, 0 }, { "--json", OPTION_FLAG, &self.json, 0, 0 }, { 0 } };
    int count = options_take (argc, argv, options);
    if (count < 0)
        return EXIT_USAGE;
    const char *verb = count ? argv [1] : "list";
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp (verbs [i].name, verb) == 0)
            return count > 1 + verbs [i].takes_name || (verbs [i].takes_name && count < 2)
                ? fettle_usage ("keys", verbs [i].takes_name ? "%s takes one name." : "%s takes no name.", verb)
                : verbs [i].run (&self, count > 1 ? argv [2] : NULL);
    return fettle_usage ("keys", "%s is neither new, list, revoke nor roles.", verb);
}
