/* parcel - the row that both services of the bench keep. */
#pragma once
#include "parcel_messages.h"
#include "service.h"

#define PARCEL_FIELDS(F, T) F (T, text, id) F (T, int, sent_us) F (T, blob, body)
ENTITY_STRUCT (parcel, PARCEL_FIELDS);
