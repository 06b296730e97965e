"""The front page, open to everybody: what this is, how far it is, how to read on."""

from pathlib import Path

from flask import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reporting_service.api.queries import Routes
from reporting_service.api.reporting import reporting

FOLDER = Path(__file__).resolve().parent / "templates"
PAGES = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)

routes = Routes("pages", __name__, description="Pages for people")


@routes.get("/")
@routes.answers(200, {"type": "string"}, "text/html")
def home() -> Response:
    """What this service is, how far it has verified the log, and how to read on."""
    page = PAGES.get_template("home.html").render(status=reporting().follower.status())
    return Response(page, content_type="text/html; charset=utf-8")
