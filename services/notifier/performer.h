/* performer.h - the world outside: how one delivery is made. Nothing here touches the turn;
 * everything may be called from several threads. Results are messages in the arena. */
#pragma once
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include "arena.h"
#include "messages.h"

enum { PERFORM_CONNECT_MS = 8 * 1000, PERFORM_ANSWER_MAX = 64 * 1024 };

/* ---- perform.c */

delivery_done_t *perform_done (arena_t *arena, const perform_delivery_t *delivery,
    delivery_outcome_t outcome, const char *error);
/* A handle with what every delivery has in common; the caller cleans it up. Neither the attempt nor
 * its end (the name that never resolves, the good-bye of a mail server) lasts longer than limit_ms
 * and a second, nor longer than the service may go on when it is told to stop. The limit's memory
 * is the arena's. */
CURL *perform_curl (arena_t *arena, const char *url, const char *protocols, long limit_ms);

/* ---- perform_mail.c, perform_http.c: make it, wait for the answer, say what came of it */

delivery_done_t *perform_mail (arena_t *arena, const perform_delivery_t *delivery);
delivery_done_t *perform_webhook (arena_t *arena, const perform_delivery_t *delivery);
delivery_done_t *perform_gateway (arena_t *arena, const perform_delivery_t *delivery);

/* ---- mail.c: the letter, RFC 5322 with the head's words by RFC 2047 */

/* Returns the text with CRLF line ends; from is the sender's address, message_id makes the
 * Message-ID. */
char *mail_letter (arena_t *arena, const perform_delivery_t *delivery, const char *from);
/* The address between < and >, or all of it. NULL: it is none, or would write into the head. */
char *mail_address (arena_t *arena, const char *text);

/* ---- signature.c: Standard Webhooks, https://github.com/standard-webhooks/standard-webhooks */

/* "v1,<base64>" over "<id>.<seconds>.<body>"; NULL when the secret is not "whsec_" and base64. */
char *signature_make (
    arena_t *arena, const char *secret, const char *id, int64_t timestamp_s, const char *body);

/* ---- private_address.c */

/* Whether an address is not one of the public internet: loopback, private, link-local, multicast,
 * reserved, or not IP at all. */
bool private_address_is (const struct sockaddr *address);
