/* redis_server - a private Redis in the home: a Unix socket, no port, nothing saved (all of it can be rebuilt). */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

/* The path of the program; NULL: not installed. */
const char *redis_server_program (void);
bool redis_server_prepare (char error [512]);
pid_t redis_server_start (char error [512]);
bool redis_server_is_ready (void);
