/* test_bus_certificate - files that are no certificate, or lead to one that is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "bus_certificate.h"
#include "bus_keys.h"

enum { PATIENCE_S = 60 };

typedef struct { char directory [64], file [128], secret [160]; } place_t;

/* A key that has just been made. */
static place_t
s_begin (void)
{
    place_t self = { .directory = "/tmp/fettle-certificate.XXXXXX" };
    char error [512];
    assert_non_null (mkdtemp (self.directory));
    assert_true (bus_keys_make_client (self.directory, "gate", "gateway", "", error));
    snprintf (self.file, sizeof self.file, "%s/clients/gate.key", self.directory);
    snprintf (self.secret, sizeof self.secret, "%s_secret", self.file);
    return self;
}

static void
s_end (place_t *self)
{
    char command [128];
    snprintf (command, sizeof command, "rm -r %s", self->directory);
    assert_int_equal (system (command), 0);
}

static bool
s_loads (const char *path)
{
    zcert_t *certificate = bus_certificate_load (path);
    bool is_one = certificate != NULL;
    zcert_destroy (&certificate);
    return is_one;
}

/* czmq reads FILE_secret instead of FILE when there is one. */
static void
test_f12_a_secret_that_is_no_certificate_is_not_read_in_place_of_one_that_is (void **state)
{
    (void) state;
    place_t place = s_begin ();
    assert_true (s_loads (place.file));
    FILE *file = fopen (place.secret, "w");
    assert_non_null (file);
    fputs ("curve\n  \033[31mjunk\n", file);
    fclose (file);
    assert_false (s_loads (place.file));
    s_end (&place);
}

static void
test_f12_nobody_waits_for_a_pipe_that_is_named_like_a_certificate (void **state)
{
    (void) state;
    place_t place = s_begin ();
    assert_int_equal (unlink (place.file), 0);
    assert_int_equal (mkfifo (place.file, 0600), 0);
    alarm (PATIENCE_S);
    assert_false (s_loads (place.file));
    alarm (0);
    s_end (&place);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_f12_a_secret_that_is_no_certificate_is_not_read_in_place_of_one_that_is),
        cmocka_unit_test (test_f12_nobody_waits_for_a_pipe_that_is_named_like_a_certificate),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
