"""The program that sets one PDF: a composed document on standard input, the file on standard output.

Run by its path, in a process of its own; knows nothing but Typst. Exits with 4 where Typst refuses the document.
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REFUSED = 4


def main() -> int:
    """Set the document; what Typst says against it goes to standard error."""
    import typst  # here, so that the service can read this file's names without loading Typst

    composed = sys.stdin.buffer.read().decode()
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[HERE.parent / "fonts" / "vendor"]
    )
    compiler = typst.Compiler(
        (HERE / "report.typ").read_bytes(),
        root=HERE,
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"document": composed},
    )
    try:
        page = compiler.compile(format="pdf", pdf_standards=["a-3a", "ua-1"], timestamp=json.loads(composed)["at"])
    except typst.TypstError as error:
        print(error.message, error.diagnostic, file=sys.stderr)
        return REFUSED
    assert isinstance(page, bytes), "a PDF is one file"
    sys.stdout.buffer.write(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
