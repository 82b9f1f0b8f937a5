#include "bus_keys.h"
#include "bus_certificate.h"
#include "check.h"
#include "utf8.h"
#include <czmq.h>
#include <dirent.h>
#include <sys/stat.h>

/* may_send: prefixes of full type names, separated by spaces; "fettle." is everything. */
const struct bus_role bus_roles [] = {
    { "operator", "fettle.", "all commands, all events", true, false },
    { "service", "fettle.", "a service of this deployment", true, false },
    { "system", "fettle.intake.v1.SubmitServiceRequest fettle.intake.v1.CancelServiceRequest "
      "fettle.intake.v1.ConfirmServiceRequest fettle.intake.v1.ReopenServiceRequest fettle.intake.v1.Identify "
      "fettle.dispatcher.v1.RecommendSlots fettle.scheduler.v1.HoldSlot fettle.scheduler.v1.ReleaseSlot "
      "fettle.scheduler.v1.ConfirmAppointment "
      "fettle.notifier.v1.RegisterWebhook", "another system: requests in, events out", true, false },
    { "engineer", "fettle.dispatcher.v1.AcceptVisit fettle.dispatcher.v1.RejectVisit fettle.dispatcher.v1.StartTravel "
      "fettle.dispatcher.v1.ArriveAtSite fettle.dispatcher.v1.StartWork fettle.dispatcher.v1.PauseWork "
      "fettle.dispatcher.v1.FinishWork fettle.dispatcher.v1.ReportNoAccess fettle.dispatcher.v1.RecordTimeEntry "
      "fettle.dispatcher.v1.CorrectTimeEntry fettle.dispatcher.v1.IssueServiceReport "
      "fettle.dispatcher.v1.SignServiceReport fettle.dispatcher.v1.RefuseSignature "
      "fettle.dispatcher.v1.ReportPosition fettle.dispatcher.v1.SetDuty "
      "fettle.dispatcher.v1.GetDecision fettle.scheduler.v1.RecordAbsence fettle.inventory.v1.ReturnParts "
      "fettle.scheduler.v1.IssueTool fettle.scheduler.v1.ReturnTool fettle.scheduler.v1.GetTool "
      "fettle.scheduler.v1.RecordMileage "
      "fettle.sla_watchdog.v1.AcknowledgeEscalation fettle.intake.v1.DeclareEmergency",
      "one engineer's device: his visits, positions, reports", false, true },
    { "provider", "fettle.dispatcher.v1.AcceptVisit fettle.dispatcher.v1.RejectVisit fettle.dispatcher.v1.StartTravel "
      "fettle.dispatcher.v1.ArriveAtSite fettle.dispatcher.v1.StartWork fettle.dispatcher.v1.PauseWork "
      "fettle.dispatcher.v1.FinishWork fettle.dispatcher.v1.ReportNoAccess fettle.dispatcher.v1.RecordTimeEntry "
      "fettle.dispatcher.v1.CorrectTimeEntry fettle.dispatcher.v1.IssueServiceReport "
      "fettle.dispatcher.v1.SignServiceReport fettle.dispatcher.v1.RefuseSignature fettle.dispatcher.v1.GetDecision",
      "one subcontractor: its visits and reports", false, true },
    { "gateway", "fettle.intake.v1.RaiseAlarm fettle.intake.v1.ClearAlarm", "an IoT gateway: alarms in", false, false },
    { "consumer", "", "follows and fetches events, sends nothing", true, false },
    { NULL, NULL, NULL, false, false }
};

enum { SETTLED_MS = 20 };

typedef struct { char name [64], role [32], speaker [80], public_key [41]; } entry_t;

struct bus_keys_t {
    char directory [400];
    char secret [41], public_key [41];
    entry_t *entries;
    int count, removals;
    struct timespec read_at;        /* mtime of the clients directory */
};

static bool
s_read_certificate (const char *file, char ret_public [41], char ret_secret [41], char error [512])
{
    zcert_t *certificate = bus_certificate_load (file);
    if (!certificate) {
        snprintf (error, 512, "%s is no certificate that can be read: make one with `fettle keys new NAME`", file);
        return false;
    }
    snprintf (ret_public, 41, "%s", zcert_public_txt (certificate));
    snprintf (ret_secret, 41, "%s", zcert_secret_txt (certificate));
    zcert_destroy (&certificate);
    return true;
}

bool
bus_keys_read_client (const char *file, char ret_public [41], char ret_secret [41], char error [512])
{
    return s_read_certificate (file, ret_public, ret_secret, error);
}

bus_keys_t *
bus_keys_open (const char *directory, char error [512])
{
    bus_keys_t *self = calloc (1, sizeof *self);
    check (self);
    snprintf (self->directory, sizeof self->directory, "%s", directory);
    char file [512];
    snprintf (file, sizeof file, "%s/server.key_secret", directory);
    if (!s_read_certificate (file, self->public_key, self->secret, error))
        bus_keys_close (&self);
    return self;
}

void
bus_keys_close (bus_keys_t **self)
{
    if (*self) {
        free ((*self)->entries);
        free (*self);
        *self = NULL;
    }
}

const char *bus_keys_server_secret (const bus_keys_t *self) { return self->secret; }
const char *bus_keys_server_public (const bus_keys_t *self) { return self->public_key; }

static void
s_read_entry (bus_keys_t *self, const char *folder, const char *file_name)
{
    size_t length = strlen (file_name);
    char file [800];
    if (length < 5 || strcmp (file_name + length - 4, ".key") != 0)
        return;
    snprintf (file, sizeof file, "%s/%s", folder, file_name);
    zcert_t *certificate = bus_certificate_load (file);
    if (!certificate)
        return;
    self->entries = realloc (self->entries, (size_t) (self->count + 1) * sizeof *self->entries);
    check (self->entries);
    entry_t *entry = &self->entries [self->count++];
    const char *role = zcert_meta (certificate, "role"), *speaker = zcert_meta (certificate, "for");
    snprintf (entry->name, sizeof entry->name, "%.*s", (int) (length - 4), file_name);
    snprintf (entry->role, sizeof entry->role, "%s", role ? role : "consumer");
    snprintf (entry->speaker, sizeof entry->speaker, "%s", speaker ? speaker : "");
    utf8_tame (entry->role);
    utf8_tame (entry->speaker);
    snprintf (entry->public_key, sizeof entry->public_key, "%s", zcert_public_txt (certificate));
    zcert_destroy (&certificate);
}

static void
s_read_folder (bus_keys_t *self, const char *folder)
{
    DIR *files = opendir (folder);
    for (struct dirent *file; files && (file = readdir (files));)
        s_read_entry (self, folder, file->d_name);
    if (files)
        closedir (files);
}

static bool
s_is_among (const entry_t *entry, const entry_t *entries, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp (entries [i].public_key, entry->public_key) == 0 && strcmp (entries [i].role, entry->role) == 0
            && strcmp (entries [i].speaker, entry->speaker) == 0)
            return true;
    return false;
}

static void
s_read_again (bus_keys_t *self, const char *folder)
{
    entry_t *before = self->entries;
    int count = self->count;
    self->entries = NULL;
    self->count = 0;
    s_read_folder (self, folder);
    for (int i = 0; i < count; i++)
        self->removals += !s_is_among (&before [i], self->entries, self->count);
    free (before);
}

/* A folder that changed just now may change again within the same tick of the file system's clock. */
static bool
s_is_settled (struct timespec changed_at)
{
    struct timespec now;
    clock_gettime (CLOCK_REALTIME, &now);
    int64_t age_ms = (int64_t) (now.tv_sec - changed_at.tv_sec) * 1000 + (now.tv_nsec - changed_at.tv_nsec) / 1000000;
    return age_ms < 0 || age_ms > SETTLED_MS;
}

static void
s_refresh (bus_keys_t *self)
{
    char folder [512];
    struct stat status = { 0 };
    snprintf (folder, sizeof folder, "%s/clients", self->directory);
    if (stat (folder, &status) == 0 && status.st_mtim.tv_sec == self->read_at.tv_sec
        && status.st_mtim.tv_nsec == self->read_at.tv_nsec)
        return;
    self->read_at = s_is_settled (status.st_mtim) ? status.st_mtim : (struct timespec) { 0 };
    s_read_again (self, folder);
}

bool
bus_keys_find (bus_keys_t *self, const char *public_key, const char **ret_name, const char **ret_role,
    const char **ret_speaker)
{
    s_refresh (self);
    *ret_name = *ret_role = "service";
    *ret_speaker = "";
    if (strcmp (public_key, self->public_key) == 0)
        return true;
    for (int i = 0; i < self->count; i++)
        if (strcmp (self->entries [i].public_key, public_key) == 0) {
            *ret_name = self->entries [i].name;
            *ret_role = self->entries [i].role;
            *ret_speaker = self->entries [i].speaker;
            return true;
        }
    return false;
}

static const entry_t *
s_entry (bus_keys_t *self, const char *name)
{
    s_refresh (self);
    for (int i = 0; i < self->count; i++)
        if (strcmp (self->entries [i].name, name) == 0)
            return &self->entries [i];
    return NULL;
}

const char *
bus_keys_role (bus_keys_t *self, const char *name)
{
    const entry_t *entry = s_entry (self, name);
    return strcmp (name, "service") == 0 ? "service" : entry ? entry->role : "";
}

const char *
bus_keys_speaker (bus_keys_t *self, const char *name)
{
    const entry_t *entry = s_entry (self, name);
    return entry ? entry->speaker : "";
}

int
bus_keys_removals (bus_keys_t *self)
{
    s_refresh (self);
    return self->removals;
}

bool
bus_keys_has (bus_keys_t *self, const char *name)
{
    return *bus_keys_role (self, name) != '\0';
}

/* ---- making them */

static bool
s_make_folder (const char *path, char error [512])
{
    char parent [600];
    for (const char *slash = strchr (path + 1, '/'); slash; slash = strchr (slash + 1, '/')) {
        snprintf (parent, sizeof parent, "%.*s", (int) (slash - path), path);
        mkdir (parent, 0755);           /* what can not be made shows below */
    }
    if (mkdir (path, 0700) == 0 || errno == EEXIST)
        return true;
    snprintf (error, 512, "%s can not be made: %s", path, strerror (errno));
    return false;
}

/* The public file appears whole: services look into its folder at any time. */
static bool
s_save (zcert_t *certificate, const char *public_file, const char *secret_file, char error [512])
{
    char unfinished [640];
    snprintf (unfinished, sizeof unfinished, "%s.new", public_file);
    if (zcert_save_secret (certificate, secret_file) == 0 && chmod (secret_file, 0600) == 0
        && zcert_save_public (certificate, unfinished) == 0 && rename (unfinished, public_file) == 0)
        return true;
    snprintf (error, 512, "%s can not be written: %s", secret_file, strerror (errno));
    return false;
}

bool
bus_keys_make_server (const char *directory, char error [512])
{
    char public_file [512], secret_file [512], clients [512];
    snprintf (public_file, sizeof public_file, "%s/server.key", directory);
    snprintf (secret_file, sizeof secret_file, "%s/server.key_secret", directory);
    snprintf (clients, sizeof clients, "%s/clients", directory);
    if (!s_make_folder (directory, error) || !s_make_folder (clients, error))
        return false;
    if (access (secret_file, F_OK) == 0)
        return true;
    zcert_t *certificate = zcert_new ();
    zcert_set_meta (certificate, "role", "service");
    bool saved = s_save (certificate, public_file, secret_file, error);
    zcert_destroy (&certificate);
    return saved;
}

const struct bus_role *
bus_keys_role_named (const char *role)
{
    for (const struct bus_role *r = bus_roles; r->name; r++)
        if (strcmp (r->name, role) == 0)
            return r;
    return NULL;
}

bool
bus_keys_make_client (const char *directory, const char *name, const char *role, const char *speaker,
    char error [512])
{
    char public_file [600], secret_file [600];
    snprintf (public_file, sizeof public_file, "%s/clients/%s.key", directory, name);
    snprintf (secret_file, sizeof secret_file, "%s/%s.key_secret", directory, name);
    if (!bus_keys_make_server (directory, error))
        return false;
    if (access (public_file, F_OK) == 0) {
        snprintf (error, 512, "a key named %s exists: revoke it first, or choose another name", name);
        return false;
    }
    zcert_t *certificate = zcert_new ();
    zcert_set_meta (certificate, "role", "%s", role);
    zcert_set_meta (certificate, "name", "%s", name);
    if (*speaker)
        zcert_set_meta (certificate, "for", "%s", speaker);
    bool saved = s_save (certificate, public_file, secret_file, error);
    zcert_destroy (&certificate);
    return saved;
}

bool
bus_keys_revoke (const char *directory, const char *name, char error [512])
{
    char file [600];
    snprintf (file, sizeof file, "%s/clients/%s.key", directory, name);
    if (unlink (file) == 0)
        return true;
    snprintf (error, 512, "%s: %s", file, strerror (errno));
    return false;
}
