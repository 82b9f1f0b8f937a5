/* test_config - settings from the environment and from files; instants as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "bus.h"
#include "bus_address.h"
#include "config.h"
#include "map.h"
#include "moment.h"

static void
test_a_setting_comes_from_the_environment_or_its_default (void **state)
{
    (void) state;
    unsetenv ("FETTLE_T");
    assert_string_equal (config_text ("FETTLE_T", "default"), "default");
    setenv ("FETTLE_T", "", 1);
    assert_string_equal (config_text ("FETTLE_T", "default"), "default");
    setenv ("FETTLE_T", "given", 1);
    assert_string_equal (config_text ("FETTLE_T", "default"), "given");
    assert_false (config_is_on ("FETTLE_T"));
    setenv ("FETTLE_T", "Yes", 1);
    assert_true (config_is_on ("FETTLE_T"));
    unsetenv ("FETTLE_T");
}

static void
test_a_secret_comes_from_the_first_line_of_a_file (void **state)
{
    (void) state;
    char path [] = "/tmp/fettle-config.XXXXXX";
    int file = mkstemp (path);
    assert_int_equal (write (file, "secret\r\nmore\n", 13), 13);
    close (file);
    setenv ("FETTLE_S_FILE", path, 1);
    assert_string_equal (config_text ("FETTLE_S", "none"), "secret");
    setenv ("FETTLE_S", "wins", 1);
    assert_string_equal (config_text ("FETTLE_S", "none"), "wins");
    unsetenv ("FETTLE_S");
    unsetenv ("FETTLE_S_FILE");
    unlink (path);
}

static void
test_a_number_is_read_whole (void **state)
{
    (void) state;
    unsetenv ("FETTLE_N");
    assert_int_equal (config_int ("FETTLE_N", 7, 0, 10), 7);
    setenv ("FETTLE_N", "3", 1);
    assert_int_equal (config_int ("FETTLE_N", 7, 0, 10), 3);
    unsetenv ("FETTLE_N");
}

static void
test_an_instant_is_printed_and_read_back (void **state)
{
    (void) state;
    static const int64_t instants [] = { 0, 1, 999, 1780905600123, 4102444800000, -1, -86400001 };
    for (size_t i = 0; i < sizeof instants / sizeof *instants; i++) {
        char text [MOMENT_SIZE];
        int64_t back;
        moment_print (instants [i], text);
        assert_true (moment_read (text, &back));
        assert_int_equal (back, instants [i]);
    }
}

static void
test_an_instant_may_have_any_offset_and_no_impossible_date (void **state)
{
    (void) state;
    int64_t at;
    assert_true (moment_read ("2026-06-08T10:00:00+02:00", &at));
    assert_int_equal (at, INT64_C (1780905600000));
    assert_true (moment_read ("2026-06-08 08:00:00.5Z", &at));
    assert_int_equal (at, INT64_C (1780905600500));
    static const char *const wrong [] = { "", "2026-02-30T00:00:00Z", "2026-06-08T25:00:00Z", "2026-06-08T08:00:00",
        "2026-06-08T08:00:00+2",
                                          "yesterday", "2026-06-08T08:00:75Z", "2026-06-08T08:00:00Zx" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false (moment_read (wrong [i], &at));
}

static void
test_an_address_is_filled_from_its_template (void **state)
{
    (void) state;
    char address [256];
    setenv ("FETTLE_BUS", "tcp://{service}:{port}", 1);
    bus_address ("intake", DOOR_PUB, address);
    assert_string_equal (address, "tcp://intake:7110");
    bus_address ("sla-watchdog", DOOR_CMD, address);
    assert_string_equal (address, "tcp://sla-watchdog:7171");
    setenv ("FETTLE_BUS", "ipc:///run/{service}.{door}", 1);
    bus_address ("billing", DOOR_CMD, address);
    assert_string_equal (address, "ipc:///run/billing.cmd");
    unsetenv ("FETTLE_BUS");
}

static void
test_a_role_may_send_what_it_is_for_and_nothing_else (void **state)
{
    (void) state;
    assert_true (bus_may_send ("operator", "fettle.billing.v1.RegisterContract"));
    assert_true (bus_may_send ("gateway", "fettle.intake.v1.RaiseAlarm"));
    assert_false (bus_may_send ("gateway", "fettle.intake.v1.SubmitServiceRequest"));
    assert_true (bus_may_send ("system", "fettle.intake.v1.SubmitServiceRequest"));
    assert_false (bus_may_send ("system", "fettle.dispatcher.v1.AcceptVisit"));
    assert_false (bus_may_send ("consumer", "fettle.intake.v1.SubmitServiceRequest"));
    assert_false (bus_may_send ("", "fettle.intake.v1.SubmitServiceRequest"));
}

static void
test_a_map_finds_each_of_many_keys_and_no_other (void **state)
{
    (void) state;
    arena_t *arena = arena_new ();
    map_t map = { 0 };
    assert_null (map_get (&map, "nothing"));
    for (intptr_t i = 1; i <= 1000; i++)
        *map_at (&map, arena, arena_printf (arena, "key %d", (int) i)) = (void *) i;
    for (intptr_t i = 1; i <= 1000; i++)
        assert_ptr_equal (map_get (&map, arena_printf (arena, "key %d", (int) i)), (void *) i);
    map_forget (&map, "key 500");
    assert_null (map_get (&map, "key 500"));
    assert_null (map_get (&map, "key 1001"));
    arena_destroy (&arena);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_a_setting_comes_from_the_environment_or_its_default),
        cmocka_unit_test (test_a_secret_comes_from_the_first_line_of_a_file),
        cmocka_unit_test (test_a_number_is_read_whole),
        cmocka_unit_test (test_an_instant_is_printed_and_read_back),
        cmocka_unit_test (test_an_instant_may_have_any_offset_and_no_impossible_date),
        cmocka_unit_test (test_an_address_is_filled_from_its_template),
        cmocka_unit_test (test_a_role_may_send_what_it_is_for_and_nothing_else),
        cmocka_unit_test (test_a_map_finds_each_of_many_keys_and_no_other),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
