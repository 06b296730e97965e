"""ISO 4217 currencies and the days on which each was in use.

In use today: list one as published 2026-01-01, without metals, fund units, testing codes and units of account.
Withdrawn since 2001: list three; a code is accepted to the end of the month of its withdrawal or of its last use as
legal tender, whichever is later. First days of codes introduced since 1999: the issuing central banks' notices. Codes
withdrawn before 2001 are not kept: the Facility's first year is 2001.
"""

_ALWAYS = """
AED ALL AMD AOA ARS AUD AWG BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BZD CAD CDF CHF CLP CNY COP CRC CUP
CVE CZK DJF DKK DOP DZD EGP ERN ETB FJD FKP GBP GEL GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK
JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN
MYR NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RUB RWF SAR SBD SCR SEK SGD SHP SOS SVC SYP SZL
THB TND TOP TTD TWD TZS UAH UGX USD UYU UZS VND VUV WST XAF XCD XOF XPF YER ZAR
"""

_START, _END = "1951-01-01", "2099-12-31"

_DATED: dict[str, tuple[str, str]] = {
    # introduced since 1999, still in use
    "AFN": ("2002-10-07", _END),
    "AZN": ("2006-01-01", _END),
    "BYN": ("2016-07-01", _END),
    "EUR": ("1999-01-01", _END),
    "GHS": ("2007-07-01", _END),
    "MGA": ("2003-07-31", _END),
    "MRU": ("2018-01-01", _END),
    "MZN": ("2006-07-01", _END),
    "RON": ("2005-07-01", _END),
    "RSD": ("2006-10-25", _END),
    "SDG": ("2007-01-10", _END),
    "SLE": ("2022-04-01", _END),
    "SRD": ("2004-01-01", _END),
    "SSP": ("2011-07-18", _END),
    "STN": ("2018-01-01", _END),
    "TJS": ("2000-10-30", _END),
    "TMT": ("2009-01-01", _END),
    "TRY": ("2005-01-01", _END),
    "VED": ("2021-10-01", _END),
    "VES": ("2018-08-20", _END),
    "XCG": ("2025-03-31", _END),
    "ZMW": ("2013-01-01", _END),
    "ZWG": ("2024-04-05", _END),
    # replaced by the euro
    "ADP": (_START, "2003-07-31"),
    "ATS": (_START, "2002-03-31"),
    "BEF": (_START, "2002-03-31"),
    "BGN": ("1999-07-05", "2026-01-31"),
    "CYP": (_START, "2008-01-31"),
    "DEM": (_START, "2002-03-31"),
    "EEK": ("1992-06-20", "2011-01-31"),
    "ESP": (_START, "2002-03-31"),
    "FIM": (_START, "2002-03-31"),
    "FRF": (_START, "2002-03-31"),
    "GRD": (_START, "2002-03-31"),
    "HRK": ("1994-05-30", "2023-01-31"),
    "IEP": (_START, "2002-03-31"),
    "ITL": (_START, "2002-03-31"),
    "LTL": ("1993-06-25", "2015-01-31"),
    "LUF": (_START, "2002-03-31"),
    "LVL": ("1993-03-05", "2014-01-31"),
    "MTL": (_START, "2008-01-31"),
    "NLG": (_START, "2002-03-31"),
    "PTE": (_START, "2002-03-31"),
    "SIT": ("1991-10-08", "2007-01-31"),
    "SKK": ("1993-02-08", "2009-01-31"),
    # redenominated or replaced otherwise
    "AFA": (_START, "2003-01-31"),
    "ANG": (_START, "2025-07-31"),
    "AZM": (_START, "2006-12-31"),
    "BGL": (_START, "2003-11-30"),
    "BYB": (_START, "2001-01-31"),
    "BYR": ("2000-01-01", "2017-01-31"),
    "CSD": ("2003-07-03", "2006-10-31"),
    "CUC": ("1994-01-01", "2021-06-30"),
    "GHC": (_START, "2008-01-31"),
    "MGF": (_START, "2004-12-31"),
    "MRO": (_START, "2018-06-30"),
    "MZM": (_START, "2006-12-31"),
    "ROL": (_START, "2006-12-31"),
    "SDD": ("1992-06-08", "2007-07-31"),
    "SLL": (_START, "2024-03-31"),
    "SRG": (_START, "2004-01-31"),
    "STD": (_START, "2018-06-30"),
    "TJR": ("1995-05-10", "2001-04-30"),
    "TMM": ("1993-11-01", "2009-12-31"),
    "TPE": (_START, "2002-11-30"),
    "TRL": (_START, "2005-12-31"),
    "VEB": (_START, "2008-12-31"),
    "VEF": ("2008-01-01", "2018-12-31"),
    "YUM": ("1994-01-24", "2003-07-31"),
    "ZMK": (_START, "2013-06-30"),
    "ZWD": (_START, "2009-06-30"),
    "ZWL": ("2009-02-02", "2024-09-30"),
    "ZWN": ("2006-08-01", "2008-07-31"),
    "ZWR": ("2008-08-01", "2009-06-30"),
}

CURRENCIES: dict[str, tuple[str, str]] = dict.fromkeys(_ALWAYS.split(), (_START, _END)) | _DATED


def in_use(currency: str, on: str) -> bool:
    """Whether the code was a currency in use on that ISO date."""
    since, until = CURRENCIES.get(currency, (_END, _START))
    return since <= on <= until
