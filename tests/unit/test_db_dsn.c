/* Connection strings, as administrators write them. */
#include "db_dsn.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void
s_assert_has (const char *dsn, const char *keyword, const char *expected)
{
    char value [128];
    assert_true (db_dsn_get (dsn, keyword, value, sizeof value));
    assert_string_equal (value, expected);
}

static void
test_the_database_is_found_in_keywords_and_in_a_uri (void **state)
{
    (void) state;
    s_assert_has ("host=/run/pg dbname=fettle user=postgres", "dbname", "fettle");
    s_assert_has ("host='/a b/pg' dbname = 'my db'", "dbname", "my db");
    s_assert_has ("postgresql://admin@db:5433/service?sslmode=require", "dbname", "service");
    s_assert_has ("postgresql:///?host=/run/pg&dbname=other", "dbname", "other");
}

static void
test_what_is_not_mentioned_or_no_connection_string_has_no_value (void **state)
{
    char value [128];
    (void) state;
    assert_false (db_dsn_get ("host=/run/pg", "dbname", value, sizeof value));
    assert_false (db_dsn_get ("host=/run/pg dbname", "dbname", value, sizeof value));
    assert_false (db_dsn_get ("", "dbname", value, sizeof value));
}

static void
test_another_database_on_the_same_server_keeps_all_the_rest (void **state)
{
    static const char *const dsns [] = { "host=db port=5433 dbname=fettle user=admin",
                                         "postgresql://admin@db:5433/fettle",
                                         "postgres://admin@db:5433/fettle?sslmode=require" };
    char changed [256];
    (void) state;
    for (int i = 0; i < 3; i++) {
        db_dsn_set (dsns [i], "dbname", "postgres", changed, sizeof changed);
        s_assert_has (changed, "dbname", "postgres");
        s_assert_has (changed, "host", "db");
        s_assert_has (changed, "port", "5433");
        s_assert_has (changed, "user", "admin");
    }
    s_assert_has (changed, "sslmode", "require");
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_the_database_is_found_in_keywords_and_in_a_uri),
        cmocka_unit_test (test_what_is_not_mentioned_or_no_connection_string_has_no_value),
        cmocka_unit_test (test_another_database_on_the_same_server_keeps_all_the_rest),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
