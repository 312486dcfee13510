"""Leave for contraception.

The steps are those of the law of 2014, the figures those of 2024.
"""

from __future__ import annotations

from services.benefits.law.packs.vn.sil2014.contraception import OF_THE_WHOLE, Law, assess

__all__ = ["OF_THE_WHOLE", "Law", "assess"]
