/* bus_certificate - a certificate's file, read by czmq only when it is one: of others its reader prints the bytes on
 * standard output, and loses memory. */
#pragma once
#include <czmq.h>

/* NULL when it can not be read, or is no certificate. */
zcert_t *bus_certificate_load (const char *path);
