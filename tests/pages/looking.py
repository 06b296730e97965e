"""A browser's window on our pages: it notes every request, every complaint, and what axe-core finds."""

from pathlib import Path
from typing import Any

AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = "async (tags) => (await axe.run(document, {runOnly: tags})).violations.map(v => [v.id, v.nodes.map(n => n.html)])"


class Window:
    """One context of a browser, signed in or not."""

    def __init__(self, chromium: Any, url: str, **context: Any) -> None:
        self.url = url
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **context})
        self.context.set_default_timeout(10_000)
        self.page = self.context.new_page()
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda said: self._heard(said.type, said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and "the server responded with a status of 40" not in text:
            self.complaints.append(text)

    def sign_in(self, role: str, subject: str = "") -> "Window":
        """Choose a role, as people do."""
        self.page.goto(f"{self.url}/sign-in")
        self.page.click(f"label[for=role-{role}]")
        self.page.fill("#subject", subject)
        self.page.click("main button")
        return self

    def go(self, path: str) -> "Window":
        """Open an address of this site."""
        self.page.goto(self.url + path)
        return self

    def click(self, text: str) -> "Window":
        """Click the first link or button of the content or menu that says this."""
        self.page.get_by_role("link", name=text).or_(self.page.get_by_role("button", name=text)).first.click()
        return self

    def violations(self) -> list[Any]:
        """What axe-core finds against WCAG 2.2 A and AA; put in by the browser itself, past the page's own policy."""
        self.page.evaluate(AXE)
        found: list[Any] = self.page.evaluate(RUN, TAGS)
        return found

    @property
    def text(self) -> str:
        """What the page says."""
        return str(self.page.inner_text("main"))

    @property
    def strayed(self) -> list[str]:
        """Requests that left the site."""
        return [request for request in self.requests if not request.startswith((self.url, "data:", "blob:"))]
