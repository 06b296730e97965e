"""A service as an application, and how it is asked."""

from ledger_service.api.ledger import ledger_of
from shared.access import mint_dev_token
from tests.pages.serving import Visitor


class Service:
    """One service, and how it is asked."""

    def __init__(self, name, app, home):
        self.name, self.app, self.home = name, app, home

    def bearer(self, role, subject=None):
        """The headers of a development token."""
        return {"Authorization": f"Bearer {mint_dev_token(self.home, role, subject or f'{role}-1')}"}

    def ask(self, method, address, headers=None, **more):
        """The answer to a request; headers may be a role's name."""
        sent = self.bearer(headers) if isinstance(headers, str) else headers or {}
        return self.app.test_client().open(address, method=method, headers=sent, **more)

    def visitor(self, role=None):
        """Somebody at its pages, signed in with a role."""
        return Visitor(self.app, role)

    @property
    def head(self):
        """The ledger's last position."""
        return ledger_of(self.app).published.newest().size

    def routes(self):
        """Every method and rule it answers at."""
        rules = self.app.url_map.iter_rules()
        return {(method, rule.rule) for rule in rules for method in rule.methods - {"HEAD", "OPTIONS"}}
