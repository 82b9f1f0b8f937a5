#include "command_file.h"
#include "delivery.h"
#include "fettle.h"
#include "map.h"
#include "writer.h"
#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_MAX_BYTES = 256 * 1024 * 1024 };

/* ---- text */

char *
command_text_read (arena_t *arena, const char *path, size_t *ret_size, char error [512])
{
    bool is_standard = strcmp (path, "-") == 0;
    FILE *file = is_standard ? stdin : fopen (path, "re");
    if (!file) {
        snprintf (error, 512, "%.300s can not be read: %s.", path, strerror (errno));
        return NULL;
    }
    writer_t writer = writer_new (arena, FILE_MAX_BYTES);
    char buffer [16384];
    for (size_t size; (size = fread (buffer, 1, sizeof buffer, file)) > 0;)
        writer_add (&writer, buffer, size);
    bool is_read = !ferror (file) && !writer.is_overfull;
    if (!is_read)
        snprintf (error, 512, "%.300s can not be read: %s.", path, writer.is_overfull
            ? "more than 256 MiB" : strerror (errno));
    if (!is_standard)
        fclose (file);
    *ret_size = writer.size;
    return is_read ? writer_text (&writer) : NULL;
}

static int
s_line_of (const char *text, size_t at)
{
    int line = 1;
    for (size_t i = 0; i < at; i++)
        line += text [i] == '\n';
    return line;
}

static void
s_add_value (json_t *list, json_t *value)
{
    if (json_is_array (value))
        json_array_extend (list, value);
    else
        json_array_append (list, value);
    json_decref (value);
}

json_t *
command_values_read (const char *text, size_t size, char error [512])
{
    json_t *list = json_array ();
    size_t at = 0;
    while (at < size && (at += strspn (text + at, " \t\r\n"), at < size)) {
        json_error_t found;
        json_t *value = json_loadb (text + at, size - at, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &found);
        if (!value) {
            snprintf (error, 512, "not JSON at line %d, column %d: %.200s", s_line_of (text, at) + found.line - 1,
                found.column, found.text);
            json_decref (list);
            return NULL;
        }
        s_add_value (list, value);
        at += (size_t) found.position;
    }
    return list;
}

/* ---- commands */

typedef struct {
    command_list_t *list;
    arena_t *arena;
    const char *file, *actor;
    map_t said;             /* how often this file has said the same: hash -> a count */
    int index;
} reader_t;

static void
s_mistake (reader_t *self, const char *sentence)
{
    self->list->wrong++;
    if (self->index)
        fettle_say ("%s, command %d: %s\n", self->file, self->index, sentence);
    else
        fettle_say ("%s: %s\n", self->file, sentence);
}

static char *
s_hash (arena_t *arena, const bus_command_t *command, int nth)
{
    unsigned char hash [16];
    char text [33];
    crypto_generichash_state state;
    crypto_generichash_init (&state, NULL, 0, sizeof hash);
    crypto_generichash_update (&state, (const unsigned char *) command->type, strlen (command->type) + 1);
    crypto_generichash_update (&state, command->data.data, command->data.len);
    crypto_generichash_update (&state, (const unsigned char *) &nth, nth ? sizeof nth : 0);
    crypto_generichash_final (&state, hash, sizeof hash);
    return arena_strdup (arena, sodium_bin2hex (text, sizeof text, hash, sizeof hash));
}

/* The same command twice in a file is meant twice: work is started, paused, and started again. */
static char *
s_id (reader_t *self, const bus_command_t *command)
{
    char *plain = s_hash (self->arena, command, 0);
    int **count = (int **) map_at (&self->said, self->arena, plain);
    if (!*count)
        *count = arena_alloc (self->arena, sizeof **count);
    char *id = s_hash (self->arena, command, (**count)++);
    return arena_printf (self->arena, "load-%s", id);
}

static void
s_push (reader_t *self, bus_command_t *command, const char *given_id)
{
    command_list_t *list = self->list;
    char service [64];
    client_service_of (command->type, service);
    command->id = given_id ? arena_strdup (self->arena, given_id) : s_id (self, command);
    if (list->count == list->capacity) {
        listed_command_t *more = arena_array (self->arena, (size_t) list->capacity * 2 + 64, sizeof *more);
        if (list->count)
            memcpy (more, list->commands, (size_t) list->count * sizeof *more);
        list->commands = more;
        list->capacity = list->capacity * 2 + 64;
    }
    list->commands [list->count++] = (listed_command_t) {
        .file = self->file, .service = arena_strdup (self->arena, service), .type = command->type, .id = command->id,
            .index = self->index,
        .command = command };
}

/* The sentence that says what is wrong with the frame, or NULL. */
static const char *
s_wrong_frame (arena_t *arena, const json_t *value)
{
    const char *name;
    json_t *member;
    if (!json_is_object (value))
        return "is no object: write {\"type\": ..., \"data\": {...}}.";
    json_object_foreach ((json_t *) value, name, member)
        if (strcmp (name, "type") != 0 && strcmp (name, "data") != 0 && strcmp (name, "id") != 0)
            return arena_printf (arena, "%s is not known: there are type, data and id.", name);
    if (!json_is_string (json_object_get (value, "type")))
        return "has no type: give the name of a command, \"RegisterSite\".";
    if (json_object_get (value, "data") && !json_is_object (json_object_get (value, "data")))
        return "data is no object.";
    json_t *id = json_object_get (value, "id");
    if (id && (!json_is_string (id) || json_string_length (id) < 1 || json_string_length (id) > 58))
        return "the id must be a text of 1 to 58 characters.";
    return NULL;
}

static void
s_read_command (reader_t *self, const json_t *value)
{
    char error [512];
    const char *wrong = s_wrong_frame (self->arena, value);
    if (wrong)
        return s_mistake (self, wrong);
    const json_t *data = json_object_get (value, "data");
    client_command_t asked = { .type = json_string_value (json_object_get (value, "type")), .actor = self->actor,
                               .json = data ? json_print (self->arena, data, 0) : "{}" };
    bus_command_t *command = (bus_command_t *) client_command_new (self->arena, &asked, error);
    if (!command || !delivery_fits (command, error))
        return s_mistake (self, error);
    s_push (self, command, json_string_value (json_object_get (value, "id")));
}

static json_t *
s_parse (reader_t *self, char error [512])
{
    size_t size;
    json_error_t found;
    const char *text = command_text_read (self->arena, self->file, &size, error);
    json_t *root = text ? json_loadb (text, size, JSON_REJECT_DUPLICATES, &found) : NULL;
    if (text && !root)
        snprintf (error, 512, "not JSON at line %d, column %d: %.200s", found.line, found.column, found.text);
    if (root && !json_is_array (json_object_get (root, "commands"))) {
        snprintf (error, 512, "has no list of commands: write {\"commands\": [...]}.");
        json_decref (root);
        return NULL;
    }
    return root;
}

static void
s_read_file (command_list_t *list, arena_t *arena, const char *path, const char *actor)
{
    char error [512];
    reader_t reader = { .list = list, .arena = arena, .file = arena_strdup (arena, path), .actor = actor };
    json_t *root = s_parse (&reader, error);
    if (!root)
        return s_mistake (&reader, error);
    size_t i;
    json_t *value;
    json_array_foreach (json_object_get (root, "commands"), i, value) {
        reader.index = (int) i + 1;
        s_read_command (&reader, value);
    }
    json_decref (root);
}

static int
s_is_json (const struct dirent *entry)
{
    size_t length = strlen (entry->d_name);
    return entry->d_name [0] != '.' && length > 5 && strcmp (entry->d_name + length - 5, ".json") == 0;
}

static bool
s_read_directory (command_list_t *list, arena_t *arena, const char *path, const char *actor)
{
    struct dirent **entries;
    int count = scandir (path, &entries, s_is_json, alphasort);
    for (int i = 0; i < count; i++) {
        s_read_file (list, arena, arena_printf (arena, "%s/%s", path, entries [i]->d_name), actor);
        free (entries [i]);
    }
    if (count >= 0)
        free (entries);
    if (count <= 0)
        fettle_say ("%s: %s\n", path, count < 0 ? strerror (errno) : "there is no *.json in it.");
    return count > 0;
}

bool
command_list_read (command_list_t *self, arena_t *arena, const char *path, const char *actor)
{
    struct stat status = { 0 };
    if (strcmp (path, "-") != 0 && stat (path, &status) != 0) {
        fettle_say ("%s can not be read: %s.\n", path, strerror (errno));
        return false;
    }
    if (strcmp (path, "-") != 0 && S_ISDIR (status.st_mode))
        return s_read_directory (self, arena, path, actor);
    s_read_file (self, arena, path, actor);
    return true;
}
