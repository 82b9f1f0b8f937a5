/* explain - the whole story of a thing, over all services. */
#include "fettle.h"
#include "options.h"
#include "show.h"
#include "standing.h"
#include "story.h"
#include "timeline.h"
#include <stdio.h>

static bool
s_print_json (db_t *db, arena_t *arena, const char *id, const story_t *story)
{
    json_t *standing = standing_json (db, arena, story);
    if (!standing)
        return false;
    json_t *roots = json_array (), *events = json_array ();
    for (int i = 0; i < story->root_count; i++)
        json_array_append_new (roots, json_string (story->roots [i]));
    for (int i = 0; i < story->count; i++)
        json_array_append_new (events, show_cloud_event (arena, story->nodes [i].event));
    json_t *whole = json_pack ("{s:s, s:o, s:i, s:o, s:o}", "id", id, "stories", roots, "storiesFound",
        story->root_total, "events", events,
                               "standing", standing);
    printf ("%s\n", json_print (arena, whole, JSON_PRETTY_PRINT));
    json_decref (whole);
    return true;
}

static bool
s_print (db_t *db, arena_t *arena, const char *id, const story_t *story)
{
    int64_t from = story->nodes [0].event->recorded, to = story->nodes [story->count - 1].event->recorded;
    printf ("%s: %d events in %s", id, story->count, show_span (arena, to - from));
    if (story->root_total > 1)
        printf (", of %d stories%s", story->root_count, story->root_total > story->root_count ? ", the newest" : "");
    for (const char **known = story->known; *known; known++)
        printf ("%s%s", known == story->known ? "\nabout " : ", ", *known);
    printf ("\n\n");
    timeline_print (story, arena);
    printf ("\nHOW IT STANDS\n");
    return standing_print (db, arena, story);
}

static int
s_explain (db_t *db, arena_t *arena, const char *id, bool as_json)
{
    char error [512];
    story_t story;
    bool is_lost;
    if (!story_read (db, arena, id, &story, &is_lost, error))
        return fettle_fail (is_lost ? EXIT_UNREACHABLE : EXIT_NO, "explain", "%s", error);
    if (as_json ? s_print_json (db, arena, id, &story) : s_print (db, arena, id, &story))
        return EXIT_OK;
    return fettle_fail (EXIT_UNREACHABLE, "explain", "The tables can not be read: %s.", db_error (db));
}

int
command_explain (int argc, char **argv)
{
    bool as_json = false;
    char error [512];
    const option_t options [] = { { "--json", OPTION_FLAG, &as_json, 0, 0 }, { 0 } };
    int count = options_take (argc, argv, options);
    if (count < 0)
        return EXIT_USAGE;
    if (count != 1)
        return fettle_usage ("explain", "give one id.");
    db_t *db = client_database (error);
    if (!db)
        return fettle_fail (EXIT_UNREACHABLE, "explain", "%s", error);
    arena_t *arena = arena_new ();
    int code = s_explain (db, arena, argv [1], as_json);
    arena_destroy (&arena);
    db_close (&db);
    return code;
}
