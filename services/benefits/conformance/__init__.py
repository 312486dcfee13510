"""How far a country's law, as its packs carry it out, meets the standards of the ILO.

    report(country, on) -> Report

The law is measured by running it: the same assessment that decides claims is made for standard beneficiaries.
"Below the standard" is all a verdict says; whether a State is bound by a Convention is data of its profile.
"""
