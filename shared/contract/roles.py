"""The roles a token may carry (claim `roles`); who may post what stands beside each event type."""

FINANCE = "finance"
PROGRAMME = "programme"
APPROVER = "approver"
ADMINISTRATOR = "administrator"
SECRETARIAT = "secretariat"
AUDITOR = "auditor"
COUNCIL = "council"
REPORTING = "reporting"

ROLES = (FINANCE, PROGRAMME, APPROVER, ADMINISTRATOR, SECRETARIAT, AUDITOR, COUNCIL, REPORTING)
