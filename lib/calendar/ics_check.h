/* ics_check - whether a text is iCalendar (RFC 5545, 3.1 and 3.6), line by line.
 *
 * libical reads over what it does not understand, so that a holiday with a date that does not exist would silently be
 * none. Here each line is looked at first, and what is wrong is said with its number, as editors count. */
#ifndef CALENDAR_ICS_CHECK_H
#define CALENDAR_ICS_CHECK_H

#include "ics.h"

/* True for components that open and close in order, at most 8 deep, and dates that exist;
 * otherwise error says in which line what is wrong, and what to do. */
bool ics_check (const char *text, char error [ICS_ERROR_SIZE]);

/* The line on which the number-th event begins, 1 the first; 0 there is none. */
int ics_event_line (const char *text, int number);

/* Bytes that are no UTF-8 and control characters become "?", in place. */
void ics_tame (char *text);

#endif
