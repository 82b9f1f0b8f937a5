/* service - the loop: receive, turn, publish. */
#include "service.h"

int
service_main (int argc, char **argv, const service_t *service)
{
    (void) argc, (void) argv, (void) service;
    return 1;
}
