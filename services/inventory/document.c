/* document.c - a document moves stock once, however often it is sent. */
#include "inventory.h"
#include <string.h>

bool
document_seen (tx_t *tx, const char *id, const ProtobufCMessage *command)
{
    document_t *document = tx_get (tx, document, id);
    if (!document)
        return false;
    blob_t content = tx_pack (tx, command);
    if (strcmp (document->kind, command->descriptor->short_name) == 0 && content.size == document->content.size
        && memcmp (content.data, document->content.data, content.size) == 0)
        tx_accept (tx, document->id);
    else
        tx_reject (tx, "document.used", "document %s was a %s with other content: take a new document number",
        id, document->kind);
    return true;
}

void
document_keep (tx_t *tx, const char *id, const ProtobufCMessage *command)
{
    tx_put (tx, document, { .id = (char *) id, .kind = (char *) command->descriptor->short_name,
        .content = tx_pack (tx, command) });
    tx_accept (tx, id);
}
