"""`make gallery`: a picture of every page, wide and narrow, and the page that shows them."""

import shutil
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.pages.addresses import LEDGER, REPORTING
from tests.pages.conftest import CHROMIUM, FLAGS
from tests.pages.looking import Window
from tests.pages.serving import ledger_over_nothing, reporting_over_the_sample, served

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "gallery"
SIZES = {1280: (900, 0.6), 390: (844, 0.7)}
"""Width: height, and how many pixels of the picture a pixel of the page is."""
QUALITY = 62
BUDGET = {
    "year": "2010",
    "document": "Programme and Budget for 2010, illustrative",
    "approved_on": "2009-11-30",
    "approved_by": "Council",
    "project_overhead": "24900000.00",
    "security": "5400000.00",
    "unearmarked_contributions": "4400000.00",
    "interest": "1600000.00",
}
HEAD = """# Gallery

Every page at 1280 and at 390 pixels, over the sample history. All figures but those of the resolutions are
illustrative. Made by `make gallery`.
"""


def main() -> None:
    """Take every picture anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    shown: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for width, (height, scale) in SIZES.items():
            look = {"viewport": {"width": width, "height": height}, "device_scale_factor": scale}
            home = Path(folder) / str(width)
            (home / "reporting").mkdir(parents=True)
            for name, window in chain(_reading(chromium, home / "reporting", look), _posting(chromium, home, look)):
                picture = f"{name}-{width}.jpg"
                window.page.wait_for_load_state("networkidle")
                window.page.screenshot(path=FOLDER / picture, type="jpeg", quality=QUALITY)
                shown.setdefault(name, []).append(picture)
        chromium.close()
    (FOLDER / "README.md").write_text(HEAD + "".join(_shown(name, pictures) for name, pictures in shown.items()))


def _reading(chromium, folder, look) -> Iterator[tuple[str, Window]]:
    with served(reporting_over_the_sample(folder)) as url:
        yield "welcome", Window(chromium, url, **look).go("/")
        window = Window(chromium, url, **look).sign_in("auditor")
        for rule, address in REPORTING.items():
            name = rule.replace("<int:", "<").replace("<path:", "<").strip("/") or "front"
            yield name.replace("/", "-").replace("<", "").replace(">", ""), window.go(address)
        yield "facility-french", window.go("/facility?lang=fr")


def _posting(chromium, folder, look) -> Iterator[tuple[str, Window]]:
    with ledger_over_nothing(folder / "ledger") as app, served(app) as url:
        window = Window(chromium, url, **look).sign_in("finance")
        for address in LEDGER.values():
            if address not in ("/", "/sign-in"):
                yield f"ledger-{address.strip('/').replace('/', '-')}", window.go(address)
        window.go("/post/income.budgeted").page.select_option('[name="basis"]', "programme-and-budget")
        for field, value in BUDGET.items():
            window.page.fill(f'[name="{field}"]', value)
        window.click("See what this would change")
        yield "ledger-confirm", window
        window.click("Record it")
        yield "ledger-recorded", window


def _shown(name: str, pictures: list[str]) -> str:
    wide, narrow = pictures
    title = name.replace("-", " ")
    return f"\n## {title.capitalize()}\n\n![{title}, wide]({wide}) ![{title}, narrow]({narrow})\n"


if __name__ == "__main__":
    main()
