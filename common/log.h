/* log - what an operator should know: a readable line on a terminal, a JSON object a line otherwise (standard error).
 * Library code never logs; services and tools do. FETTLE_LOG = error, warning, info (default), debug. */
#pragma once

typedef enum { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG } log_level_t;

void log_init (const char *service);
void log_say (log_level_t level, const char *format, ...) __attribute__ ((format (printf, 2, 3)));

#define log_error(...) log_say (LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_say (LOG_WARNING, __VA_ARGS__)
#define log_info(...) log_say (LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_say (LOG_DEBUG, __VA_ARGS__)
