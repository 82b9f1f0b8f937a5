/* migrate - bringing the database to this version, for the command of that name and for `up`. */
#pragma once
#include <stdbool.h>

/* Prints a line for each migration applied. False with a sentence ("Postgres can not be reached ..." if so). */
bool migrate_run (int *ret_applied, char error [512]);
