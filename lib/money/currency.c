/* The circulating currencies of ISO 4217 list one, grouped by their minor unit. Funds, metals
 * and test codes are left out. */
#include "money.h"

#include <string.h>

static const char s_two []
    = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD "
      "CAD CDF CHF CNY COP CRC CUP "
      "CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR "
      "ILS INR IRR JMD KES "
      "KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR "
      "MZN NAD NGN NIO NOK NPR "
      "NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN "
      "SVC SYP SZL THB TJS "
      "TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ";
static const char s_none [] = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF ";
static const char s_three [] = "BHD IQD JOD KWD LYD OMR TND ";

/* Codes stand every four bytes, so a match must too. */
static bool
s_contains (const char *list, const char *currency)
{
    for (; *list; list += 4)
        if (memcmp (list, currency, 3) == 0)
            return true;
    return false;
}

int
money_digits (const char *currency)
{
    if (!currency || strlen (currency) != 3)
        return -1;
    return s_contains (s_two, currency)  ? 2
        : s_contains (s_none, currency)  ? 0
        : s_contains (s_three, currency) ? 3
                                         : -1;
}
