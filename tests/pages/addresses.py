"""An address of every page, with what the sample has there."""

REPORTING = {
    "/": "/",
    "/sign-in": "/sign-in",
    "/facility": "/facility?year=2009",
    "/search": "/search?q=ken",
    "/lines/<line>": "/lines/line-1?year=2008",
    "/projects": "/projects",
    "/projects/<code>": "/projects/NC.0006",
    "/member-states": "/member-states?as_of=2008-12-31",
    "/member-states/<state>": "/member-states/KEN?as_of=2008-03-01",
    "/rules": "/rules",
    "/refusals": "/refusals",
    "/refusals/<int:position>": "/refusals/89",
    "/contributions": "/contributions",
    "/reports": "/reports",
    "/reports/<int:year>": "/reports/2008",
    "/reports/<int:year>/tables/<table>": "/reports/2008/tables/T14",
    "/reports/<int:year>/figures/<table>/<path:row>/<column>": "/reports/2009/figures/T2/closing/line-1",
    "/reports/<int:year>/restatements": "/reports/2008/restatements",
    "/what-if": "/what-if?share=30",
    "/replay": "/replay?position=106",
    "/entries/<int:position>": "/entries/106",
    "/audit": "/audit?year=2008",
}
FILES = {
    "/lines/<line>/statement.csv": "/lines/line-1/statement.csv?year=2008",
    "/reports/<int:year>/charts/<table>.svg": "/reports/2008/charts/T2.svg",
    "/reports/<int:year>/files/<suffix>": "/reports/2008/files/json",
    "/reports/<int:year>/editions/<int:number>/files/<suffix>": "/reports/2008/editions/1/files/json",
    "/entries/<int:position>/proof": "/entries/106/proof",
    "/audit/bundle/<int:year>": "/audit/bundle/2008",
}
TROUBLES = ("/nothing-here", "/what-if?share=much", "/replay?position=999999", "/facility?year=tomorrow")
EMPTY = ("/search?q=zzzz", "/lines/line-2?year=1960", "/reports/1960/restatements", "/reports/1960/tables/T8")
LEDGER = {
    "/": "/",
    "/sign-in": "/sign-in",
    "/post": "/post",
    "/post/<short>": "/post/contribution.received",
    "/waiting": "/waiting",
}
