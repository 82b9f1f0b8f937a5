/* file_storm - hands spoilt files to a command of `fettle` and counts what becomes of them.
 *
 *     file_storm --seed N --count N --examples DIR --keep DIR [--file PATH] [--says REGEX] [--rows] COMMAND ... [@ ...]
 *
 * @ is where the path of the file stands, and every other file comes by standard input, as "-"; without @ the command
 * finds it at PATH. The program is the real one, all of it, forked rather than started anew, and a process takes
 * sixteen files, one with sanitizers: starting is most of what a file costs. A file must end with exit code 0, 1 or 2
 * in time and within memory, with text that a terminal may show; what is refused must be answered with a sentence that
 * fits REGEX. --rows: what `load --json` and `send --json` answer is added up and must be as many as the file holds.
 * The last line is JSON with the sums. Exit code 1: something was wrong; its file is kept, and a line says how to
 * repeat it. */
#include "spoil.h"
#include "utf8.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <regex.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { EXAMPLES_MAX = 400, ARGUMENTS_MAX = 40, CODES = 3, WRONG_MAX = 20, PATIENCE_S = 60, CPU_S = 60 };
enum { SAID_MAX = 1 << 20 };
#define MEMORY_MAX (1ul << 30)

/* What the process that takes files leaves, also when it dies. */
typedef struct {
    uint64_t state;                 /* of the next file's chance */
    long number;                    /* of the file at hand, from 0 */
    bool is_at_it;
    long codes [CODES], rows, accepted, duplicate, rejected, longest_ms;
    int wrong;
} sums_t;

typedef struct {
    const char *examples, *keep, *says;
    uint64_t seed;
    long count;
    bool has_rows;
    char *command [ARGUMENTS_MAX];
    int argument_count;
    spoil_text_t good [EXAMPLES_MAX];
    regex_t sentence;
    const char *path;
    bool is_named;                  /* its path is an argument */
    int input, said, nothing;       /* the file, what the command writes, /dev/null */
    int complaints;                 /* our own standard error */
    char text [SAID_MAX + 1];
    size_t text_size;
    sums_t *sums;                   /* shared with the processes */
    long most_kb;
} storm_t;

int fettle_main (int argc, char **argv);

#if defined (__SANITIZE_ADDRESS__)
enum { IS_SANITIZED = 1, BATCH = 1 };       /* its shadow is larger than any limit, its report comes at the end */
#else
enum { IS_SANITIZED = 0, BATCH = 16 };
#endif

/* ---- one file */

static void
s_limit (int what, rlim_t most)
{
    struct rlimit limit = { most, most };
    setrlimit (what, &limit);
}

/* "@:Rome" with the path in it. */
static char *
s_argument (char *argument, const char *path)
{
    char *whole = argument;
    if (*argument == '@' && asprintf (&whole, "%s%s", path, argument + 1) < 0)
        abort ();
    return whole;
}

/* The exit code. */
static int
s_run (storm_t *self, bool by_input)
{
    char *arguments [ARGUMENTS_MAX + 1] = { "fettle" };
    for (int i = 0; i < self->argument_count; i++)
        arguments [i + 1] = s_argument (self->command [i], by_input ? "-" : self->path);
    dup2 (by_input ? self->input : self->nothing, STDIN_FILENO);
    rewind (stdin);
    int code = fettle_main (self->argument_count + 1, arguments);
    fflush (NULL);
    return code;
}

/* The wait status; a child that takes too long is killed. */
static int
s_wait (storm_t *self, pid_t child)
{
    int status = 0;
    sigset_t ended;
    struct rusage usage = { 0 };
    struct timespec patience = { PATIENCE_S, 0 };
    sigemptyset (&ended);
    sigaddset (&ended, SIGCHLD);
    pid_t found = 0;
    while ((found = wait4 (child, &status, WNOHANG, &usage)) == 0 && sigtimedwait (&ended, NULL, &patience) > 0)
        continue;
    if (found == 0) {
        kill (child, SIGKILL);
        wait4 (child, &status, 0, &usage);
    }
    self->most_kb = usage.ru_maxrss > self->most_kb ? usage.ru_maxrss : self->most_kb;
    return status;
}

static void
s_write (storm_t *self, const spoil_text_t *file)
{
    if (ftruncate (self->input, 0) != 0 || ftruncate (self->said, 0) != 0
        || pwrite (self->input, file->bytes, file->size, 0) != (ssize_t) file->size)
        exit ((perror ("the file can not be written"), 2));
    lseek (self->input, 0, SEEK_SET);
    lseek (self->said, 0, SEEK_SET);
}

/* ---- was it answered as it should be? */

static bool
s_is_plain (const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((unsigned char) text [i] < ' ' && text [i] != '\n' && text [i] != '\t')
            return false;
    return utf8_is_valid (text, size);
}

static const char *
s_wrong_end (storm_t *self, int code)
{
    if (code < 0 || code >= CODES)
        return "its exit code is none of 0, 1 and 2";
    if (strstr (self->text, "is a bug"))
        return "it calls it a bug itself";
    if (!s_is_plain (self->text, self->text_size))
        return "it says what is no text";
    if (code != 0 && regexec (&self->sentence, self->text, 0, NULL, 0) != 0)
        return "it does not say what is wrong and where";
    return NULL;
}

static long
s_member (const json_t *summary, const char *name)
{
    return (long) json_integer_value (json_object_get (summary, name));
}

/* Of `load`: the summary; of `send`: a line for each. */
static long
s_add_answers (storm_t *self)
{
    long answered = 0;
    for (char *line = strtok_r (self->text, "", &line); line && *line;) {
        json_error_t wrong;
        json_t *answer = json_loads (line, JSON_DISABLE_EOF_CHECK, &wrong);
        if (!answer)
            break;
        line += wrong.position;
        const char *status = json_string_value (json_object_get (answer, "status"));
        const char *first = json_string_value (json_object_get (answer, "firstStatus"));
        bool refused = strcmp (first ? first : status ? status : "", "STATUS_REJECTED") == 0;
        long accepted = status ? !refused && !first : s_member (answer, "accepted");
        long duplicate = status ? !refused && first != NULL : s_member (answer, "duplicate");
        long rejected = status ? refused : s_member (answer, "rejected");
        self->sums->accepted += accepted;
        self->sums->duplicate += duplicate;
        self->sums->rejected += rejected;
        answered += accepted + duplicate + rejected;
        json_decref (answer);
        line += strspn (line, " \r\n");
    }
    return answered;
}

/* What the file holds, by another reader. */
static long
s_rows_of (const spoil_text_t *file)
{
    long rows = 0;
    for (size_t at = 0; at < file->size;) {
        json_error_t wrong;
        json_t *value = json_loadb (file->bytes + at, file->size - at, JSON_DISABLE_EOF_CHECK, &wrong);
        const json_t *commands = json_object_get (value, "commands");
        rows += commands ? (long) json_array_size (commands)
            : json_is_array (value) ? (long) json_array_size (value) : value != NULL;
        json_decref (value);
        at = value ? at + (size_t) wrong.position : file->size;
        while (at < file->size && strchr (" \t\r\n", file->bytes [at]))
            at++;
    }
    return rows;
}

static const char *
s_wrong_rows (storm_t *self, int code, const spoil_text_t *file)
{
    if (!self->has_rows || code == 2)
        return NULL;
    long rows = s_rows_of (file);
    self->sums->rows += rows;
    return s_add_answers (self) == rows ? NULL : "not every row is answered once";
}

static void
s_read_said (storm_t *self)
{
    ssize_t size = pread (self->said, self->text, SAID_MAX, 0);
    self->text_size = size > 0 ? (size_t) size : 0;
    self->text [self->text_size] = '\0';
}

/* The file is still where the command found it. */
static void
s_report (storm_t *self, const char *wrong, int code)
{
    char kept [600];
    static char bytes [SPOIL_SIZE_MAX];
    ssize_t size = pread (self->input, bytes, sizeof bytes, 0);
    self->sums->wrong++;
    snprintf (kept, sizeof kept, "%s/%s-%llu-%ld", self->keep, self->command [0], (unsigned long long) self->seed,
              self->sums->number);
    FILE *copy = fopen (kept, "we");
    if (copy && fwrite (bytes, 1, (size_t) size, copy) == (size_t) size)
        fclose (copy);
    dprintf (self->complaints, "%s (%#x): fettle", wrong, code);
    for (int i = 0; i < self->argument_count; i++)
        dprintf (self->complaints, " '%s'", s_argument (self->command [i], kept));
    dprintf (self->complaints, "%s%s\n    %.1500s\n", self->is_named ? "" : " with its file from ",
             self->is_named ? "" : kept, self->text);
}

static void
s_judge (storm_t *self, int code, const spoil_text_t *file)
{
    s_read_said (self);
    const char *wrong = s_wrong_end (self, code);
    if (!wrong) {
        self->sums->codes [code]++;
        wrong = s_wrong_rows (self, code, file);
    }
    if (wrong)
        s_report (self, wrong, code);
}

static void
s_give (storm_t *self, spoil_t *spoil)
{
    struct timespec from, to;
    spoil_text_t file = spoil_next (spoil);
    self->sums->state = spoil->state;
    s_write (self, &file);
    clock_gettime (CLOCK_MONOTONIC, &from);
    self->sums->is_at_it = true;
    int code = s_run (self, self->is_named && self->sums->number % 2);
    self->sums->is_at_it = false;
    clock_gettime (CLOCK_MONOTONIC, &to);
    long took_ms = (to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000;
    self->sums->longest_ms = took_ms > self->sums->longest_ms ? took_ms : self->sums->longest_ms;
    s_judge (self, code, &file);
    self->sums->number++;
}

/* In the child. */
static void
s_take_batch (storm_t *self, spoil_t *spoil)
{
    sigset_t none;
    sigemptyset (&none);
    sigprocmask (SIG_SETMASK, &none, NULL);
    dup2 (self->said, STDOUT_FILENO);
    dup2 (self->said, STDERR_FILENO);
    s_limit (RLIMIT_CPU, CPU_S);
    s_limit (RLIMIT_CORE, 0);
    if (!IS_SANITIZED)
        s_limit (RLIMIT_AS, MEMORY_MAX);
    for (int i = 0; i < BATCH && self->sums->number < self->count && self->sums->wrong < WRONG_MAX; i++)
        s_give (self, spoil);
    if (IS_SANITIZED)
        exit (0);
    _exit (0);                      /* the farewell of thirty libraries takes longer than a file */
}

/* A process that ended before its time was ended by the file at hand. */
static void
s_bury (storm_t *self, int status)
{
    bool ended = WIFEXITED (status) && WEXITSTATUS (status) == 0 && !self->sums->is_at_it;
    if (ended)
        return;
    s_read_said (self);
    int number = WIFSIGNALED (status) ? WTERMSIG (status) : 0;
    s_report (self, number == SIGKILL || number == SIGXCPU ? "it did not end in time" : number ? "it died"
              : self->sums->is_at_it ? "it ended the process" : "its end was not clean", status);
    self->sums->number += self->sums->is_at_it;
    self->sums->is_at_it = false;
}

/* ---- the whole */

static void
s_read_examples (storm_t *self, spoil_t *spoil)
{
    struct dirent **entries;
    int count = scandir (self->examples, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char path [1024];
        snprintf (path, sizeof path, "%s/%s", self->examples, entries [i]->d_name);
        FILE *file = *entries [i]->d_name != '.' && spoil->good_count < EXAMPLES_MAX ? fopen (path, "re") : NULL;
        free (entries [i]);
        if (!file)
            continue;
        char *bytes = malloc (SPOIL_SIZE_MAX);
        self->good [spoil->good_count++] = (spoil_text_t) { bytes, fread (bytes, 1, SPOIL_SIZE_MAX, file) };
        fclose (file);
    }
    if (count >= 0)
        free (entries);
    spoil->good = self->good;
}

static bool
s_take (storm_t *self, int argc, char **argv)
{
    int i = 1;
    for (; i < argc && strncmp (argv [i], "--", 2) == 0; i++) {
        if (strcmp (argv [i], "--rows") == 0)
            self->has_rows = true;
        else if (i + 1 == argc)
            return false;
        else if (strcmp (argv [i], "--seed") == 0)
            self->seed = strtoull (argv [++i], NULL, 10);
        else if (strcmp (argv [i], "--count") == 0)
            self->count = strtol (argv [++i], NULL, 10);
        else if (strcmp (argv [i], "--examples") == 0)
            self->examples = argv [++i];
        else if (strcmp (argv [i], "--keep") == 0)
            self->keep = argv [++i];
        else if (strcmp (argv [i], "--file") == 0)
            self->path = argv [++i];
        else if (strcmp (argv [i], "--says") == 0)
            self->says = argv [++i];
        else
            return false;
    }
    for (; i < argc && self->argument_count < ARGUMENTS_MAX - 1; i++) {
        self->command [self->argument_count++] = argv [i];
        self->is_named |= *argv [i] == '@';
    }
    return self->argument_count && self->examples && self->keep && self->count > 0;
}

static void
s_print_sums (const sums_t *sums, long most_mb)
{
    printf ("{\"files\": %ld, \"taken\": %ld, \"no\": %ld, \"refused\": %ld, ", sums->codes [0] + sums->codes [1]
            + sums->codes [2], sums->codes [0], sums->codes [1], sums->codes [2]);
    printf ("\"rows\": %ld, \"accepted\": %ld, \"duplicate\": %ld, \"rejected\": %ld, ", sums->rows, sums->accepted,
            sums->duplicate, sums->rejected);
    printf ("\"longest_ms\": %ld, \"most_mb\": %ld}\n", sums->longest_ms, most_mb);
}

int
main (int argc, char **argv)
{
    static storm_t self = { .says = "." };
    sigset_t ended;
    if (!s_take (&self, argc, argv) || regcomp (&self.sentence, self.says, REG_EXTENDED | REG_NOSUB) != 0)
        return fprintf (stderr, "file_storm --seed N --count N --examples DIR --keep DIR [--file PATH] "
                        "[--says REGEX] [--rows] COMMAND ... [@ ...]\n"), 2;
    spoil_t spoil = { 0 };
    s_read_examples (&self, &spoil);
    if (!spoil.good_count)
        return fprintf (stderr, "there is no example in %s.\n", self.examples), 2;
    sigemptyset (&ended);
    sigaddset (&ended, SIGCHLD);
    sigprocmask (SIG_BLOCK, &ended, NULL);
    char path [512];
    snprintf (path, sizeof path, "%s/%d.file", self.keep, (int) getpid ());
    self.path = self.path ? self.path : path;
    self.input = open (self.path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    self.said = memfd_create ("said", MFD_CLOEXEC);
    self.nothing = open ("/dev/null", O_RDONLY | O_CLOEXEC);
    self.complaints = fcntl (STDERR_FILENO, F_DUPFD_CLOEXEC, 10);
    self.sums = mmap (NULL, sizeof *self.sums, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (self.input < 0 || self.said < 0 || self.sums == MAP_FAILED)
        return perror (self.path), 2;
    self.sums->state = self.seed;
    while (self.sums->number < self.count && self.sums->wrong < WRONG_MAX) {
        spoil.state = self.sums->state;
        pid_t child = fork ();
        if (child == 0)
            s_take_batch (&self, &spoil);
        s_bury (&self, s_wait (&self, child));
    }
    unlink (self.path);
    s_print_sums (self.sums, self.most_kb / 1024);
    return self.sums->wrong != 0;
}
