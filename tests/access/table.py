"""Who may do what, written down a second time, from the design and the domain alone: the product is held against it.

A row is a route and the address a test asks at; who may; a letter each:
f finance, p programme, a approver, m administrator, s secretariat, c council, u auditor, r reporting; `*` anybody.
"""

LETTERS = {
    "f": "finance",
    "p": "programme",
    "a": "approver",
    "m": "administrator",
    "s": "secretariat",
    "c": "council",
    "u": "auditor",
    "r": "reporting",
}

LEDGER_DOORS = """
POST /v1/events                                  fpams    /v1/events
GET  /v1/events                                  u        /v1/events
GET  /v1/events/<int:position>                   u        /v1/events/1
GET  /v1/events/<int:position>/proof             u        /v1/events/1/proof
GET  /v1/streams                                 fpamsu   /v1/streams
GET  /v1/streams/<path:stream>/events            fpamsu   /v1/streams/rules/events
GET  /v1/facility                                fpamscu  /v1/facility?year=2015
GET  /v1/member-states/<state>/eligibility       fpamsu   /v1/member-states/KEN/eligibility?line=line-1
GET  /v1/rules                                   fpamsu   /v1/rules
GET  /v1/event-types                             fpamsu   /v1/event-types
GET  /schemas/<type_>                            fpamsu   /schemas/income.received
GET  /checkpoint                                 ur       /checkpoint
GET  /tile/<path:path>                           ur       /tile/0/000.p/1
GET  /metrics                                    mu       /metrics
GET  /livez                                      *        /livez
GET  /readyz                                     *        /readyz
GET  /openapi.json                               *        /openapi.json
GET  /docs                                       *        /docs
GET  /static/<path:filename>                     *        /static/docs.js
"""

LEDGER_PAGES = """
GET  /                                           *        /
GET  /sign-in                                    *        /sign-in
POST /sign-in                                    *        /sign-in
GET  /sign-in/go                                 -        /sign-in/go
GET  /sign-in/back                               -        /sign-in/back
POST /sign-out                                   *        /sign-out
GET  /static/pages/<path:filename>               *        /static/pages/pages.css
GET  /post                                       fpams    /post
GET  /post/<short>                               fpams    -
POST /post/<short>                               fpams    -
GET  /waiting                                    fpams    /waiting
"""

REPORTING_DOORS = """
GET  /v1/facility                                fpamscu  /v1/facility?year=2008
GET  /v1/lines/<line>/statement                  fpamsu   /v1/lines/line-1/statement
GET  /v1/projects                                fpamsu   /v1/projects
GET  /v1/projects/<code>                         fpamsu   /v1/projects/NC.0006
GET  /v1/member-states                           fpamsu   /v1/member-states
GET  /v1/contributions                           u        /v1/contributions
GET  /v1/trial-balance                           u        /v1/trial-balance
GET  /v1/reports/<int:year>                      csu      /v1/reports/2008
GET  /v1/reports/<int:year>.json                 csu      /v1/reports/2008.json
GET  /v1/reports/<int:year>.html                 csu      /v1/reports/2008.html
GET  /v1/reports/<int:year>.pdf                  csu      /v1/reports/2008.pdf
GET  /v1/reports/<int:year>.xlsx                 csu      /v1/reports/2008.xlsx
GET  /v1/reports/<int:year>.csv                  csu      /v1/reports/2008.csv
GET  /v1/reports/<int:year>.xml                  csu      /v1/reports/2008.xml
GET  /v1/reports/<int:year>/editions             csu      /v1/reports/2008/editions
GET  /v1/reports/<int:year>/editions/<int:number>  csu    /v1/reports/2008/editions/1
GET  /v1/reports/<int:year>/editions/<int:number>.<suffix>  csu  /v1/reports/2008/editions/1.json
GET  /v1/reports/<int:year>/restatements         csu      /v1/reports/2008/restatements
GET  /v1/reports/<int:year>/figures/<table>/<path:row>/<column>  csu  /v1/reports/2008/figures/T2/closing/line-1
POST /v1/what-if                                 mscu     /v1/what-if
GET  /v1/replay                                  u        /v1/replay?position=106
GET  /v1/audit                                   u        /v1/audit
GET  /v1/reports/<int:year>/bundle               u        /v1/reports/2008/bundle
GET  /metrics                                    mu       /metrics
GET  /livez                                      *        /livez
GET  /readyz                                     *        /readyz
GET  /openapi.json                               *        /openapi.json
GET  /docs                                       *        /docs
GET  /static/<path:filename>                     *        /static/docs.js
"""

REPORTING_PAGES = """
GET  /                                           *        /
GET  /sign-in                                    *        /sign-in
POST /sign-in                                    *        /sign-in
GET  /sign-in/go                                 -        /sign-in/go
GET  /sign-in/back                               -        /sign-in/back
POST /sign-out                                   *        /sign-out
GET  /static/pages/<path:filename>               *        /static/pages/pages.css
GET  /facility                                   fpamscu  /facility?year=2009
GET  /search                                     fpamsu   /search?q=ken
GET  /lines/<line>                               fpamsu   /lines/line-1?year=2008
GET  /lines/<line>/statement.csv                 fpamsu   /lines/line-1/statement.csv?year=2008
GET  /projects                                   fpamsu   /projects
GET  /projects/<code>                            fpamsu   /projects/NC.0006
GET  /member-states                              fpamsu   /member-states?as_of=2008-12-31
GET  /member-states/<state>                      fpamsu   /member-states/KEN?as_of=2008-03-01
GET  /rules                                      fpamscu  /rules
GET  /refusals                                   fpamsu   /refusals
GET  /refusals/<int:position>                    fpamsu   /refusals/89
GET  /contributions                              u        /contributions
GET  /reports                                    csu      /reports
GET  /reports/<int:year>                         csu      /reports/2008
GET  /reports/<int:year>/tables/<table>          csu      /reports/2008/tables/T14
GET  /reports/<int:year>/charts/<table>.svg      csu      /reports/2008/charts/T2.svg
GET  /reports/<int:year>/figures/<table>/<path:row>/<column>  csu  /reports/2009/figures/T2/closing/line-1
GET  /reports/<int:year>/restatements            csu      /reports/2008/restatements
GET  /reports/<int:year>/files/<suffix>          csu      /reports/2008/files/json
GET  /reports/<int:year>/editions/<int:number>/files/<suffix>  csu  /reports/2008/editions/1/files/json
GET  /what-if                                    mscu     /what-if?share=30
GET  /replay                                     u        /replay?position=106
GET  /entries/<int:position>                     u        /entries/106
GET  /entries/<int:position>/proof               u        /entries/106/proof
GET  /audit                                      u        /audit?year=2008
GET  /audit/bundle/<int:year>                    u        /audit/bundle/2008
"""

EVENT_TYPES = """
rules.adopted               administrator
rules.reviewed              administrator
action.confirmed            administrator,finance
member-state.admitted       administrator
member-state.status-changed administrator
assessment.issued           finance
assessment.paid             finance
vote.changed                administrator
line.opened                 administrator
project.migrated            administrator
income.budgeted             finance
income.received             finance
overhead.applied            finance
contribution.pledged        finance
contribution.pledge-reduced finance
contribution.committed      finance
contribution.received       finance
contribution.refunded       finance
line.allocated              -
line.allocation-revised     -
project.submitted           programme
project.endorsed            programme
project.withdrawn           programme
project.extended            programme
project.completed           programme
project.evaluated           programme
project.retained            approver
project.refused             approver
grant.approved              approver
grant.increased             approver
grant.decreased             approver
grant.disbursed             finance
expenditure.reported        finance
grant.balance-returned      finance
grant.cancelled             approver
project.financially-closed  finance
entry.reversed              approver
override.recorded           approver
control-total.reported      finance
year.closed                 administrator
report.issued               secretariat
report.noted                secretariat
log.continued               -
command.refused             -
"""
"""By whom each is recorded; `-` is the ledger alone. A confirmation is of the same role as what it confirms: that is a
rule (`action/confirmed`, 422 and recorded), since only the log says what it confirms."""


class Row:
    """One route: its method and rule, an address of it, and the roles that may; None is anybody."""

    def __init__(self, line: str) -> None:
        self.method, self.rule, who, self.address = line.split()
        self.roles = None if who in "*-" else frozenset(LETTERS[letter] for letter in who)
        self.sign_in = who == "-"
        """Part of the way to an identity provider: open, and of use with one only."""

    @property
    def door(self) -> tuple[str, str]:
        """Method and rule."""
        return self.method, self.rule

    def __repr__(self) -> str:
        return f"{self.method} {self.rule}"


def rows(table: str) -> list[Row]:
    """A table's rows."""
    return [Row(line) for line in table.strip().splitlines()]


def event_types() -> dict[str, frozenset[str]]:
    """The roles that may post each type, by its short name."""
    pairs = (line.split() for line in EVENT_TYPES.strip().splitlines())
    return {short: frozenset() if roles == "-" else frozenset(roles.split(",")) for short, roles in pairs}
