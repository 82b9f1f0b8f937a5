/* inside - what is behind plan_t. Internal to lib/plan. */
#pragma once
#include "chain.h"

struct plan_t {
    model_t *model;
    search_t *search;           /* the plan as it is */
    plan_stop_t *stops;         /* of the route read last */
    int32_t stops_room;
    chain_t *repair;            /* kept between repairs, so that little is copied */
};

/* What the plan costs; false and a sentence: it can not be. */
bool plan_bill (plan_t *self, plan_cost_t *ret_cost, char error [PLAN_ERROR_SIZE]);

enum { PLAN_NEAR_FROM = 1000 };     /* from so many visits on neighbours are tried, and regions searched apart */

/* Positions looked at and stops counted in a second of one core of the reference machine. */
#define PLAN_EFFORT_A_SECOND UINT64_C (165000000)
