/* migration - numbered SQL files, carried in the programs; applied once each, up only, under an advisory lock. */
#pragma once
#include <stddef.h>

typedef struct {
    const char *service;    /* "" for the tables that every service's schema has */
    const char *name;       /* "0001_turn.sql" */
    const char *text;
} migration_t;

extern const migration_t migrations_all [];     /* in order; ends with NULL */
