"""Copies what the pages and their tests use out of node_modules, with a manifest beside each set of copies."""

import json
import re
import shutil
import sys
from base64 import b64encode
from hashlib import sha384
from pathlib import Path

PACKAGES = {
    "@uswds/uswds": ("uswds", "public domain; icons Apache-2.0, fonts OFL-1.1"),
    "htmx.org": ("htmx", "0BSD"),
    "axe-core": ("axe-core", "MPL-2.0"),
}
REFERENCE = re.compile(r"url\(\"?((?:fonts|img)/[^)\"]+)\"?\)")


def main(modules: Path, css: Path, root: Path) -> None:
    """Replace both vendor folders."""
    uswds = modules / "@uswds/uswds"
    style = css.read_text()
    files = {name: uswds / "dist" / name for name in sorted(set(REFERENCE.findall(style)))}
    copies = {
        "@uswds/uswds": {"LICENSE.md": uswds / "LICENSE.md", "uswds.css": css, **files},
        "htmx.org": {"LICENSE": modules / "htmx.org/LICENSE", "htmx.min.js": modules / "htmx.org/dist/htmx.min.js"},
    }
    write(root / "shared/pages/static/vendor", modules, copies)
    axe = modules / "axe-core"
    write(root / "tests/pages/vendor", modules, {"axe-core": {n: axe / n for n in ("LICENSE", "axe.min.js")}})


def write(folder: Path, modules: Path, copies: dict[str, dict[str, Path]]) -> None:
    """The copies of some packages, and the manifest that says what they are."""
    shutil.rmtree(folder, ignore_errors=True)
    manifest = []
    for package, files in copies.items():
        short, licence = PACKAGES[package]
        digests = {}
        for name, source in files.items():
            if not source.exists():
                sys.exit(f"{package} has no {name}")
            copy = folder / short / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(source.read_bytes())
            digests[f"{short}/{name}"] = f"sha384-{b64encode(sha384(copy.read_bytes()).digest()).decode()}"
        version = json.loads((modules / package / "package.json").read_text())["version"]
        manifest.append({"name": package, "version": version, "licence": licence, "files": digests})
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
