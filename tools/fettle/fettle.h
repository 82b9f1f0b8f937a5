/* fettle - the command line: a table of commands, a file each. argv [0] is the command's name. */
#pragma once

/* Documented for scripts in `fettle help`. */
enum { EXIT_OK = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_UNREACHABLE = 3 };

typedef int (command_fn) (int argc, char **argv);

command_fn command_up, command_down, command_status, command_migrate, command_doctor;
command_fn command_send, command_tail, command_fetch, command_explain, command_dead, command_keys,
    command_load, command_demo, command_audit, command_sla, command_why, command_calendar, command_plan, command_replan,
    command_backup, command_restore, command_resync, command_prune;

/* How this program is to be called again: as it was invoked when that names a file, else "fettle". */
const char *fettle_program (void);

/* To standard error. What it quotes may be a stranger's: a terminal shows it and obeys none of it. */
void fettle_say (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
/* Prints "fettle NAME: sentence" and where help is; returns EXIT_USAGE. */
int fettle_usage (const char *command, const char *format, ...) __attribute__ ((format (printf, 2, 3)));
/* Prints "fettle NAME: sentence"; returns exit_code. */
int fettle_fail (int exit_code, const char *command, const char *format, ...) __attribute__ ((format (printf, 3, 4)));
