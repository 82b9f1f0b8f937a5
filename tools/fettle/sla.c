/* sla - what was promised and until when: checked against a file of cases, computed for one, explained for a case that
 * runs, summed up for a contract. */
#include "sla.h"
#include "fettle.h"
#include <string.h>

int
command_sla (int argc, char **argv)
{
    static const struct { const char *name; command_fn *run; } commands [] = {
        { "check", sla_check }, { "due", sla_due }, { "explain", sla_explain }, { "compliance", sla_months } };
    if (argc < 2)
        return fettle_usage ("sla", "say what to do: check, due, explain or compliance.");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp (argv [1], commands [i].name) == 0) {
            argv [1] = argv [0];
            return commands [i].run (argc - 1, argv + 1);
        }
    return fettle_usage ("sla", "there is no sla %s: it is check, due, explain or compliance.", argv [1]);
}
