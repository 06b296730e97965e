"""Forms as browsers send them."""

from urllib.parse import parse_qsl

from shared.contract.problems import Malformed, UnsupportedMediaType

FIELDS_MAX = 200
FORM_BYTES_MAX = 131_072
"""Room for the largest event, each of its bytes written as three (`%E2`)."""
SLOTS = 8
"""So many forms are waited for at once; what people send comes with its request's head."""


def read_form(body: bytes, media_type: str) -> dict[str, str]:
    """The fields of a posted form by name; Malformed (400) for one that no page of ours sends."""
    if media_type != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType("Send application/x-www-form-urlencoded, as forms do.")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MAX)
    except ValueError as error:
        raise Malformed([{"pointer": "#", "detail": "is no form in UTF-8"}]) from error
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Malformed([{"pointer": "#", "detail": "names a field twice"}])
    return {name: value.replace("\r\n", "\n") for name, value in found.items()}
