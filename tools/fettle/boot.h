/* boot - from nothing to a running company on this machine, under a supervisor: servers, migrations, services,
 * defaults. */
#pragma once
#include <stdbool.h>

/* Ends what an earlier start left over. */
bool boot_clear (char error [512]);
/* Private servers that are not set from outside, then migrations. */
bool boot_servers (char error [512]);
/* All services, until each says that it is ready. */
bool boot_services (char error [512]);
/* Loads the defaults, once for each home. A failure is said and does not stop the start. */
void boot_defaults (void);
/* Runs this program with a command, watching meanwhile: its exit code, -1 with a sentence. */
int boot_command (const char *const *arguments, char error [512]);
