/* private_address.c - which addresses a stranger's URL must not lead to: the name may be public and
 * the address not. Source: IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890 and
 * updates). */
#include "performer.h"
#include <arpa/inet.h>
#include <string.h>

typedef struct {
    uint32_t network;
    int bits;
} block_t;

static const block_t s_blocks [] = {
    { 0x00000000, 8 },
    { 0x0A000000, 8 },
    { 0x64400000, 10 },
    { 0x7F000000, 8 },
    { 0xA9FE0000, 16 },
    { 0xAC100000, 12 },
    { 0xC0000000, 24 },
    { 0xC0000200, 24 },
    { 0xC0586300, 24 },
    { 0xC0A80000, 16 },
    { 0xC6120000, 15 },
    { 0xC6336400, 24 },
    { 0xCB007100, 24 },
    { 0xE0000000, 4 },
    { 0xF0000000, 4 },
};

static bool
s_is_private_v4 (uint32_t address)
{
    for (size_t i = 0; i < sizeof s_blocks / sizeof *s_blocks; i++)
        if ((address ^ s_blocks [i].network) >> (32 - s_blocks [i].bits) == 0)
            return true;
    return false;
}

static uint32_t
s_v4_at (const uint8_t *bytes)
{
    return (uint32_t) bytes [0] << 24 | (uint32_t) bytes [1] << 16 | (uint32_t) bytes [2] << 8
        | bytes [3];
}

/* Only 2000::/3 is handed out; inside it are documentation, tunnels and carriers of an IPv4
 * address. */
static bool
s_is_private_v6 (const uint8_t *bytes)
{
    static const uint8_t mapped [12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF };
    static const uint8_t nat64 [12] = { 0, 0x64, 0xFF, 0x9B };
    if (memcmp (bytes, mapped, 12) == 0 || memcmp (bytes, nat64, 12) == 0)
        return s_is_private_v4 (s_v4_at (bytes + 12));
    if (bytes [0] >> 5 != 1)
        return true;
    if (bytes [0] == 0x20 && bytes [1] == 0x02) /* 6to4 */
        return s_is_private_v4 (s_v4_at (bytes + 2));
    bool is_2001 = bytes [0] == 0x20 && bytes [1] == 0x01;
    return (is_2001 && bytes [2] < 0x02) /* 2001::/23: Teredo, ORCHID, benchmarks */
        || (is_2001 && bytes [2] == 0x0D && bytes [3] == 0xB8)
        || (bytes [0] == 0x3F && bytes [1] == 0xFF && bytes [2] < 0x10);
}

bool
private_address_is (const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return s_is_private_v4 (ntohl (((const struct sockaddr_in *) address)->sin_addr.s_addr));
    if (address->sa_family == AF_INET6)
        return s_is_private_v6 (((const struct sockaddr_in6 *) address)->sin6_addr.s6_addr);
    return true;
}
