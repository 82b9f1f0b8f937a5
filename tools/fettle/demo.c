/* demo - loads the company, plays the scenes, says how they ended. */
#include "demo.h"
#include "command_file.h"
#include "fettle.h"
#include "home.h"
#include "moment.h"
#include "options.h"
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A scene is played to its end, so that no engineer is left on the road. */
static volatile sig_atomic_t s_is_interrupted;

static void
s_on_signal (int number)
{
    (void) number;
    s_is_interrupted = 1;
}

/* ---- the company */

/* What a command registers under which id: its first text and its details, for names on the
 * terminal. */
static void
s_remember (json_t *data, const json_t *command)
{
    const json_t *content = json_object_get (command, "data");
    json_t *details = json_object_get (content, "details");
    void *first = json_object_iter ((json_t *) content);
    const char *id = first ? json_string_value (json_object_iter_value (first)) : NULL;
    if (id && details && !json_object_get (data, id))
        json_object_set (data, id, details);
}

static void
s_count_kind (demo_t *self, const char *type)
{
    const char *dot = strrchr (type ? type : "", '.'), *kind = dot ? dot + 1 : "";
    json_object_set_new (self->kinds, kind,
        json_integer (json_integer_value (json_object_get (self->kinds, kind)) + 1));
}

static void
s_read_file (demo_t *self, const char *path)
{
    json_t *root = json_load_file (path, 0, NULL), *command;
    size_t i;
    json_array_foreach (json_object_get (root, "commands"), i, command) {
        s_count_kind (self, json_string_value (json_object_get (command, "type")));
        s_remember (self->data, command);
    }
    json_decref (root);
}

static bool
s_read_directory (demo_t *self, const char *directory)
{
    struct dirent **entries;
    int count = scandir (directory, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        const char *dot = strrchr (entries [i]->d_name, '.');
        if (dot && strcmp (dot, ".json") == 0)
            s_read_file (self, arena_printf (self->arena, "%s/%s", directory, entries [i]->d_name));
        free (entries [i]);
    }
    if (count >= 0)
        free (entries);
    return json_object_size (self->data) > 0;
}

static void
s_print_company (const demo_t *self, int64_t took_ms)
{
    static const char *const kinds [] [2] = { { "RegisterTerritory", "territories" },
        { "RegisterCustomer", "customers" },
        { "RegisterSite", "sites" }, { "RegisterAsset", "assets" },
        { "RegisterEngineer", "engineers" }, { "RegisterItem", "items" },
        { "RegisterContract", "contracts" }, { "PublishMaintenancePlan", "maintenance plans" } };
    printf ("The company:");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        printf (" %lld %s,", (long long) json_integer_value (json_object_get (self->kinds,
            kinds [i] [0])), kinds [i] [1]);
    printf (" all there after %lld ms.\n", (long long) took_ms);
}

/* Commands that were sent before are duplicates and change nothing. */
static int
s_load_company (demo_t *self)
{
    if (!home_share ())
        return fettle_fail (EXIT_NO, "demo",
            "the data files are not found: set FETTLE_SHARE to the directory that holds demo/.");
    char *directory = arena_printf (self->arena, "%s/demo", home_share ());
    char *arguments [] = { "load", "--quiet", "--patience=20000", directory, NULL };
    if (!s_read_directory (self, directory))
        return fettle_fail (EXIT_NO, "demo",
            "%s holds no demo company: set FETTLE_SHARE to another directory.", directory);
    int64_t began = moment_steady ();
    int code = command_load (4, arguments);
    if (code == EXIT_OK && !self->is_silent)
        s_print_company (self, moment_steady () - began);
    return code;
}

/* ---- scenes */

/* Whatever a scene that went wrong left open would stand in the way of the next run. */
static void
s_clean_up (demo_t *self)
{
    for (int i = self->scene_root; i < self->root_count; i++)
        demo_send (self, NULL, cancel_service_request (.request_id = (char *) self->roots [i],
            .reason = "the demonstration did not go as told"));
    for (size_t i = (size_t) self->scene_event; i < watch_count (self->watch); i++) {
        const watched_t *event = watch_at (self->watch, i);
        if (event->message->descriptor == &work_order_created_descriptor
            && demo_is_ours (self, event->envelope))
            demo_send (self, NULL, cancel_work_order (.work_order_id = event->envelope->subject,
                .reason = "the demonstration did not go as told"));
    }
}

static bool
s_is_as_told (const json_t *steps)
{
    size_t i;
    json_t *step;
    json_array_foreach (steps, i, step)
        if (!json_is_true (json_object_get (step, "told")))
            return false;
    return json_array_size (steps) > 0;
}

static json_t *
s_play (demo_t *self, const scene_t *scene, int number)
{
    self->scene = scene;
    self->scene_root = self->root_count;
    self->scene_event = (int) demo_mark (self);
    self->steps = json_array ();
    if (!self->is_silent)
        printf (self->has_colours ? "\n\033[1;4m%d. %s\033[0m\n" : "\n%d. %s\n", number,
            scene->title);
    int64_t began = moment_steady ();
    scene->play (self);
    demo_settle (self);
    bool is_as_told = s_is_as_told (self->steps);
    if (!is_as_told)
        s_clean_up (self);
    demo_pause (self, 1200);
    return json_pack ("{s:s, s:s, s:b, s:I, s:o}", "scene", scene->name, "title", scene->title,
        "as_told", is_as_told, "took_ms",
                      (json_int_t) (moment_steady () - began), "steps", self->steps);
}

/* ---- the end */

typedef struct { const char *what; const ProtobufCMessageDescriptor *type; } counted_t;

static const counted_t s_counted [] = {
    { "requests", &service_request_accepted_descriptor },
        { "work orders", &work_order_created_descriptor },
    { "decisions", &dispatch_decided_descriptor }, { "visits offered", &visit_offered_descriptor },
    { "visits accepted", &visit_accepted_descriptor },
    { "reports signed", &service_report_signed_descriptor },
    { "parts used", &part_consumed_descriptor }, { "cost lines", &cost_line_posted_descriptor },
    { "invoices", &invoice_issued_descriptor },
    { "notifications", &message_queued_descriptor },
    { "clocks started", &sla_clock_started_descriptor },
    { "clocks met", &sla_clock_met_descriptor }, { "clocks warned", &sla_warned_descriptor },
    { "clocks breached", &sla_breached_descriptor },
    { "breaches taken back", &sla_breach_retracted_descriptor }, { NULL, NULL } };

static int
s_count (const demo_t *self, const ProtobufCMessageDescriptor *type)
{
    int count = 0;
    for (size_t i = 0; i < watch_count (self->watch); i++) {
        const watched_t *event = watch_at (self->watch, i);
        count += event->message->descriptor == type && demo_is_ours (self, event->envelope);
    }
    return count;
}

static json_t *
s_totals (const demo_t *self)
{
    json_t *totals = json_object ();
    for (const counted_t *c = s_counted; c->what; c++)
        json_object_set_new (totals, c->what, json_integer (s_count (self, c->type)));
    return totals;
}

static void
s_print_scenes (const demo_t *self, const json_t *scenes)
{
    size_t i, j;
    json_t *scene, *step;
    printf ("\n%-4s%-68s%8s  %s\n", "", "scene", "steps", "");
    json_array_foreach (scenes, i, scene) {
        int good = 0;
        json_array_foreach (json_object_get (scene, "steps"), j, step)
            good += json_is_true (json_object_get (step, "told"));
        bool is_as_told = json_is_true (json_object_get (scene, "as_told"));
        printf ("%2zu. %-68.68s%4d/%-3zu  %s%s%s\n", i + 1,
            json_string_value (json_object_get (scene, "title")), good,
                json_array_size (json_object_get (scene, "steps")), self->has_colours
                ? (is_as_told ? "\033[32m" : "\033[1;31m") : "",
                is_as_told ? "as told" : "NOT AS TOLD", self->has_colours ? "\033[0m" : "");
    }
}

static const char *
s_a_request (const demo_t *self)
{
    for (size_t i = 0; i < watch_count (self->watch); i++) {
        const watched_t *event = watch_at (self->watch, i);
        if (event->message->descriptor == &invoice_issued_descriptor
            && demo_is_ours (self, event->envelope))
            return event->envelope->correlation_id;
    }
    return self->root_count ? self->roots [0] : "ID";
}

static void
s_print_next (const demo_t *self)
{
    const char *const next [] [2] = {
        { arena_printf (self->arena, "explain %s", s_a_request (self)),
          "the whole story of one request, with its causes" },
        { "tail fettle.notifier.", "what people are told, as it happens" },
        { arena_printf (self->arena, "send Identify '{\"phone\": \"%s\"}'", demo_data (self, "mi-p04", "phone")),
          "who is calling?" },
        { "audit", "what must always be true" },
        { "status", "how the services are" },
    };
    printf ("\nTry next:\n");
    for (size_t i = 0; i < sizeof next / sizeof *next; i++)
        printf ("  %s %-47s %s\n", fettle_program (), next [i] [0], next [i] [1]);
}

static void
s_print_end (const demo_t *self, const json_t *scenes, const json_t *totals)
{
    const char *what;
    json_t *count;
    int column = 0;
    s_print_scenes (self, scenes);
    printf ("\n");
    json_object_foreach ((json_t *) totals, what, count)
        printf ("  %-20s%5lld%s", what, (long long) json_integer_value (count), ++column % 3 ? ""
            : "\n");
    printf ("%s", column % 3 ? "\n" : "");
    s_print_next (self);
}

static int
s_finish (demo_t *self, json_t *scenes)
{
    size_t i;
    json_t *scene, *totals = s_totals (self);
    bool is_as_told = json_array_size (scenes) > 0 && !s_is_interrupted;
    json_array_foreach (scenes, i, scene)
        is_as_told = is_as_told && json_is_true (json_object_get (scene, "as_told"));
    if (self->is_silent) {
        json_t *all = json_pack ("{s:b, s:O, s:O}", "as_told", is_as_told, "scenes", scenes,
            "totals", totals);
        printf ("%s\n", json_print (self->arena, all, JSON_PRETTY_PRINT));
        json_decref (all);
    } else
        s_print_end (self, scenes, totals);
    json_decref (totals);
    return is_as_told ? EXIT_OK : EXIT_NO;
}

static int
s_demo (demo_t *self)
{
    char error [512];
    int code = s_load_company (self);
    if (code != EXIT_OK)
        return code;
    self->watch = watch_open (self->arena, error);
    if (!self->watch)
        return fettle_fail (EXIT_UNREACHABLE, "demo", "%s", error);
    json_t *scenes = json_array ();
    for (int i = 0; demo_scenes [i].name && !s_is_interrupted; i++)
        json_array_append_new (scenes, s_play (self, &demo_scenes [i], i + 1));
    code = s_finish (self, scenes);
    json_decref (scenes);
    watch_close (&self->watch);
    return code;
}

int
command_demo (int argc, char **argv)
{
    demo_t self = { .speed = 1 };
    bool is_once = false;
    const option_t options [] = { { "--once", OPTION_FLAG, &is_once, 0, 0 },
        { "--json", OPTION_FLAG, &self.is_silent, 0, 0 },
        { "--speed", OPTION_INT, &self.speed, 1, 1000 }, { 0 } };
    int operands = options_take (argc, argv, options);
    if (operands != 0)
        return operands < 0 ? EXIT_USAGE : fettle_usage ("demo", "%s is not known here.", argv [1]);
    self.has_pauses = !is_once && !self.is_silent && isatty (STDOUT_FILENO);
    self.has_colours = self.has_pauses && !getenv ("NO_COLOR");
    self.arena = arena_new ();
    self.data = json_object ();
    self.kinds = json_object ();
    self.run = arena_printf (self.arena, "%llx", (unsigned long long) moment_now ());
    sigaction (SIGINT, &(struct sigaction) { .sa_handler = s_on_signal }, NULL);
    int code = s_demo (&self);
    json_decref (self.kinds);
    json_decref (self.data);
    arena_destroy (&self.arena);
    return code;
}
