"""What names a thing: an id of one kind never stands where one of another kind belongs."""

from typing import NewType

OfficeId = NewType("OfficeId", str)
PersonId = NewType("PersonId", str)
EmployerId = NewType("EmployerId", str)
AccountId = NewType("AccountId", str)
ClaimId = NewType("ClaimId", str)
DecisionId = NewType("DecisionId", str)
AppealId = NewType("AppealId", str)
AwardId = NewType("AwardId", str)
OverpaymentId = NewType("OverpaymentId", str)
RecoveryId = NewType("RecoveryId", str)
StatementId = NewType("StatementId", str)
FileId = NewType("FileId", str)
EntryId = NewType("EntryId", str)
