/* company_masters - between the rooms that register. */
#pragma once
#include "company.h"

/* wave: so many times twenty seconds after the beginning. */
void company_master (sim_t *sim, int wave, const ProtobufCMessage *command);

void company_policies (sim_t *sim);                 /* company_people.c */
void company_people (sim_t *sim, int country);
void company_terms (sim_t *sim, int country);       /* company_terms.c */

/* Not whole: the first item has no price. */
void company_prices (sim_t *sim, int country, bool is_whole);

/* As they are at the beginning: changes start from them. */
site_details_t *company_site_details (sim_t *sim, int country, int number);
asset_details_t *company_asset_details (sim_t *sim, int country, int number);
calendar_details_t *company_office_details (sim_t *sim, int country);
contract_details_t *company_contract_details (sim_t *sim, int country, int number);
