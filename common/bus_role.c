/* bus_role - what the role of a key allows. */
#include "bus.h"
#include "bus_keys.h"
#include <string.h>

bool
bus_may_send (const char *role, const char *type)
{
    const struct bus_role *r = bus_keys_role_named (role);
    for (const char *p = r ? r->may_send : ""; *p;) {
        size_t length = strcspn (p, " ");
        if (strncmp (p, type, length) == 0)
            return true;
        p += length + (p [length] == ' ');
    }
    return false;
}

bool
bus_may_follow (const char *role)
{
    const struct bus_role *r = bus_keys_role_named (role);
    return r && r->may_follow;
}

bool
bus_speaks (const char *role)
{
    const struct bus_role *r = bus_keys_role_named (role);
    return r && r->speaks;
}
