/* Source of the format: ZeroMQ RFC 4 (ZPL). */
#include "bus_certificate.h"
#include "utf8.h"
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIZE_MAX_BYTES = 16384, INDENT = 4 };

static const char s_name_characters [] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789$-_@.&+/";

static bool
s_is_over (const char *rest)
{
    rest += strspn (rest, " ");
    return *rest == '\0' || *rest == '#';
}

static bool
s_is_value (const char *value)
{
    value += strspn (value, " ");
    if (*value != '"' && *value != '\'')
        return true;
    const char *end = strchr (value + 1, *value);
    return end && s_is_over (end + 1);
}

/* Nothing, a comment, a name, or a name with a value. Sections stand at the left, members one step to the right. */
static bool
s_is_line (const char *line, bool *in_section)
{
    const char *name = line + strspn (line, " "), *rest = name + strspn (name, s_name_characters);
    if (name == rest)
        return s_is_over (rest);
    if (name != line && (name != line + INDENT || !*in_section))
        return false;
    *in_section = true;
    if (*name == '/' || rest [-1] == '/' || s_is_over (rest))
        return *name != '/' && rest [-1] != '/';
    rest += strspn (rest, " ");
    return *rest == '=' && s_is_value (rest + 1);
}

/* Ends the lines of the text as it goes. */
static bool
s_is_certificate (char *text)
{
    bool in_section = false;
    for (char *line = text, *next; line; line = next) {
        next = strchr (line, '\n');
        size_t length = next ? (size_t) (next - line) : strlen (line);
        length -= length > 0 && line [length - 1] == '\r';
        char tame [SIZE_MAX_BYTES + 1];
        snprintf (tame, sizeof tame, "%.*s", (int) length, line);
        if (memcmp (utf8_tame (tame), line, length) != 0 || strchr (tame, '\t') || !s_is_line (tame, &in_section))
            return false;
        next += next != NULL;
    }
    return true;
}

/* A pipe would be waited for. */
static bool
s_is_file (const char *path)
{
    struct stat status;
    return stat (path, &status) == 0 && S_ISREG (status.st_mode);
}

static bool
s_is_good (const char *path)
{
    char text [SIZE_MAX_BYTES + 1];
    FILE *file = s_is_file (path) ? fopen (path, "re") : NULL;
    size_t size = file ? fread (text, 1, SIZE_MAX_BYTES, file) : 0;
    bool is_whole = file && feof (file);
    if (file)
        fclose (file);
    text [size] = '\0';
    return is_whole && size && strlen (text) == size && s_is_certificate (text);
}

/* czmq reads the file's secret instead, where there is one beside it. */
zcert_t *
bus_certificate_load (const char *path)
{
    char secret [PATH_MAX];
    snprintf (secret, sizeof secret, "%s_secret", path);
    return s_is_good (path) && (access (secret, F_OK) != 0 || s_is_good (secret)) ? zcert_load (path) : NULL;
}
