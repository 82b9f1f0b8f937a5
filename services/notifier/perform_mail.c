/* perform_mail.c - hands a letter to the company's mail server. */
#include "performer.h"
#include "delivery_config.h"
#include <string.h>

typedef struct {
    const char *rest;
    size_t size;
    bool is_read;
} letter_t;

static size_t
s_on_read (char *buffer, size_t size, size_t count, void *closure)
{
    letter_t *letter = closure;
    size_t given = size * count < letter->size ? size * count : letter->size;
    memcpy (buffer, letter->rest, given);
    letter->rest += given;
    letter->size -= given;
    letter->is_read = letter->size == 0;
    return given;
}

/* The server's last word, if it had one: 4xx is later, 5xx is never. Without it the letter may have
 * been taken only if the server had all of it. A wrong password, or TLS that the server does not
 * know, is an operator's mistake, and his letters wait until it is mended. */
static delivery_outcome_t
s_meaning (CURLcode code, long status, const letter_t *letter)
{
    if (code == CURLE_OK)
        return DELIVERY_OUTCOME_SENT;
    if (code == CURLE_LOGIN_DENIED || code == CURLE_USE_SSL_FAILED)
        return DELIVERY_OUTCOME_NOT_NOW;
    if (status >= 500 && status < 600)
        return DELIVERY_OUTCOME_REFUSED;
    if (status >= 400 && status < 500)
        return DELIVERY_OUTCOME_NOT_NOW;
    return letter->is_read ? DELIVERY_OUTCOME_UNKNOWN : DELIVERY_OUTCOME_NOT_NOW;
}

static void
s_set_up (CURL *curl, const delivery_config_t *config, letter_t *letter)
{
    curl_easy_setopt (curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt (curl, CURLOPT_READFUNCTION, s_on_read);
    curl_easy_setopt (curl, CURLOPT_READDATA, letter);
    /* TLS where the server has it; a password never without. */
    curl_easy_setopt (
        curl, CURLOPT_USE_SSL, *config->smtp_user ? (long) CURLUSESSL_ALL : (long) CURLUSESSL_TRY);
    if (!*config->smtp_user)
        return;
    curl_easy_setopt (curl, CURLOPT_USERNAME, config->smtp_user);
    curl_easy_setopt (curl, CURLOPT_PASSWORD, config->smtp_password);
}

static delivery_done_t *
s_send (arena_t *arena, const perform_delivery_t *delivery, const char *from, const char *to)
{
    const delivery_config_t *config = delivery_config ();
    letter_t letter = { .rest = mail_letter (arena, delivery, from) };
    letter.size = strlen (letter.rest);
    CURL *curl = perform_curl (arena, config->smtp_url, "smtp,smtps", config->mail_timeout_ms);
    if (!curl)
        return perform_done (
            arena, delivery, DELIVERY_OUTCOME_NOT_NOW, "no memory for a connection");
    s_set_up (curl, config, &letter);
    struct curl_slist *recipients = curl_slist_append (NULL, to);
    curl_easy_setopt (curl, CURLOPT_MAIL_FROM, from);
    curl_easy_setopt (curl, CURLOPT_MAIL_RCPT, recipients);
    char text [CURL_ERROR_SIZE] = "";
    curl_easy_setopt (curl, CURLOPT_ERRORBUFFER, text);
    CURLcode code = curl_easy_perform (curl);
    long status = 0;
    curl_easy_getinfo (curl, CURLINFO_RESPONSE_CODE, &status);
    delivery_done_t *done = perform_done (arena, delivery, s_meaning (code, status, &letter),
        code == CURLE_OK ? ""
            : *text      ? text
                         : curl_easy_strerror (code));
    curl_slist_free_all (recipients);
    curl_easy_cleanup (curl);
    return done;
}

delivery_done_t *
perform_mail (arena_t *arena, const perform_delivery_t *delivery)
{
    char *from = mail_address (arena, delivery_config ()->smtp_from);
    char *to = mail_address (arena, delivery->address);
    if (!from)
        return perform_done (arena, delivery, DELIVERY_OUTCOME_NOT_NOW,
            "FETTLE_SMTP_FROM is no mail address: correct it and start again");
    if (!to)
        return perform_done (arena, delivery, DELIVERY_OUTCOME_REFUSED,
            "the recipient's mail address is none: correct it");
    return s_send (arena, delivery, from, to);
}
