"""What an operator's refusal means for a message: SMPP 3.4, table 5-2 (5.1.3), and what was agreed with an operator.

A refusal is final only where the table says so. What no table knows may pass: it is tried again with spacing until the
message is old news, instead of losing every message of a bad hour.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from services.notifications.gateways.line import Verdict

L, N, S = Verdict.LATER, Verdict.NEVER, Verdict.LINE


class Meaning(NamedTuple):
    """What follows from a status, and the reason (a code) that the message keeps."""

    verdict: Verdict
    reason: str


#: SMPP 3.4, table 5-2; beside each its name there without ESME_.
STATUSES: Mapping[int, Meaning] = {
    0x01: Meaning(N, "refused_1"),  # RINVMSGLEN
    0x02: Meaning(N, "refused_2"),  # RINVCMDLEN
    0x03: Meaning(N, "refused_3"),  # RINVCMDID
    0x04: Meaning(L, "line_lost"),  # RINVBNDSTS
    0x05: Meaning(L, "line_lost"),  # RALYBND
    0x06: Meaning(N, "refused_6"),  # RINVPRTFLG
    0x07: Meaning(N, "refused_7"),  # RINVREGDLVFLG
    0x08: Meaning(L, "operator_fault"),  # RSYSERR
    0x0A: Meaning(S, "wrong_sender"),  # RINVSRCADR
    0x0B: Meaning(N, "wrong_number"),  # RINVDSTADR
    0x0C: Meaning(N, "refused_c"),  # RINVMSGID
    0x0D: Meaning(L, "line_lost"),  # RBINDFAIL
    0x0E: Meaning(S, "wrong_password"),  # RINVPASWD
    0x0F: Meaning(S, "wrong_account"),  # RINVSYSID
    0x11: Meaning(N, "refused_11"),  # RCANCELFAIL
    0x13: Meaning(N, "refused_13"),  # RREPLACEFAIL
    0x14: Meaning(L, "queue_full"),  # RMSGQFUL
    0x15: Meaning(S, "wrong_account"),  # RINVSERTYP
    0x33: Meaning(N, "refused_33"),  # RINVNUMDESTS
    0x34: Meaning(N, "refused_34"),  # RINVDLNAME
    0x40: Meaning(N, "refused_40"),  # RINVDESTFLAG
    0x42: Meaning(N, "refused_42"),  # RINVSUBREP
    0x43: Meaning(N, "refused_43"),  # RINVESMCLASS
    0x44: Meaning(N, "refused_44"),  # RCNTSUBDL
    0x45: Meaning(L, "submit_failed"),  # RSUBMITFAIL
    0x48: Meaning(S, "wrong_sender"),  # RINVSRCTON
    0x49: Meaning(S, "wrong_sender"),  # RINVSRCNPI
    0x50: Meaning(N, "wrong_number"),  # RINVDSTTON
    0x51: Meaning(N, "wrong_number"),  # RINVDSTNPI
    0x53: Meaning(S, "wrong_account"),  # RINVSYSTYP
    0x54: Meaning(N, "refused_54"),  # RINVREPFLAG
    0x55: Meaning(N, "refused_55"),  # RINVNUMMSGS
    0x58: Meaning(L, "throttled"),  # RTHROTTLED
    0x61: Meaning(N, "refused_61"),  # RINVSCHED
    0x62: Meaning(N, "refused_62"),  # RINVEXPIRY
    0x63: Meaning(N, "refused_63"),  # RINVDFTMSGID
    0x64: Meaning(L, "operator_fault"),  # RX_T_APPN, a temporary fault by its name
    0x65: Meaning(N, "refused_65"),  # RX_P_APPN, a permanent one
    0x66: Meaning(N, "refused_66"),  # RX_R_APPN, the message is rejected
    0x67: Meaning(N, "refused_67"),  # RQUERYFAIL
    0xC0: Meaning(N, "refused_c0"),  # RINVOPTPARSTREAM
    0xC1: Meaning(N, "refused_c1"),  # ROPTPARNOTALLWD
    0xC2: Meaning(N, "refused_c2"),  # RINVPARLEN
    0xC3: Meaning(N, "refused_c3"),  # RMISSINGOPTPARAM
    0xC4: Meaning(N, "refused_c4"),  # RINVOPTPARAMVAL
    0xFE: Meaning(N, "refused_fe"),  # RDELIVERYFAILURE
    0xFF: Meaning(L, "operator_fault"),  # RUNKNOWNERR
}
#: The words a setting may use for an operator's own codes (0x400 to 0x4FF are his).
_WORDS = {"later": L, "never": N, "number": N, "line": S}


def meaning(status: int, agreed: Mapping[int, Meaning] | None = None) -> Meaning:
    """What a status other than 0 means; `agreed` is what this operator says of its own codes."""
    found = (agreed or {}).get(status) or STATUSES.get(status)
    return found or Meaning(L, f"refused_{status:x}")


def read_agreed(text: str) -> dict[int, Meaning]:
    """An operator's own codes, such as "0x401=number 0x402=line". Raises `ValueError`."""
    agreed = {}
    for pair in re.sub(r"\s*=\s*", "=", re.sub("[,;]", " ", text)).casefold().split():
        code, _, word = pair.partition("=")
        if word not in _WORDS:
            raise ValueError(f"{pair!r}: a code, = and one of {', '.join(_WORDS)}")
        status = int(code, 0)
        agreed[status] = Meaning(_WORDS[word], "wrong_number" if word == "number" else f"refused_{status:x}")
    return agreed
