/* postgres - a private Postgres cluster in the home: data in postgres/, a Unix socket in pg/, no network. */
#pragma once
#include "process.h"

/* The user that servers run as: postgres when we are root, which Postgres refuses; NULL: ourselves.
 * False with a sentence. */
bool postgres_user (const struct passwd **ret_user, char error [512]);
/* The directory with the newest installed postgres and initdb, or with version major unless that is 0. NULL: none. */
const char *postgres_binaries (int major);
/* The newest installed pg_dump, pg_restore or psql; a static buffer. NULL: none. */
const char *postgres_client (const char *program);
/* The major version that the data in the home is of; 0: there is no data. */
int postgres_data_version (void);
/* Directories, initdb the first time, settings each time. False with a sentence. Says what takes long. */
bool postgres_prepare (char error [512]);
pid_t postgres_start (char error [512]);
/* Does it answer on its socket? */
bool postgres_is_ready (void);
