"""Who decides and who wrote it down: the ids that configuration maps to people."""

from __future__ import annotations

from typing import Final

SOCIAL_WORK: Final = "teamleider-maatschappelijke-dienstverlening"
VOLUNTEERS: Final = "coordinator-vrijwilligers"
ACTIVITIES: Final = "hoofd-activiteiten"
FINANCE: Final = "controller"
OFFICE: Final = "bedrijfsbureau"
STAFF: Final = "p-en-o"
FRONT_OFFICE: Final = "front-office"
ICT: Final = "ict"
COMMUNICATION: Final = "communicatie"
PRIVACY: Final = "fg"

PREPARED_BY: Final = "beleidsmaker"
"""Who prepared every policy, and therefore approves none of them (P5)."""
