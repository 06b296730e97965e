"""Forms of editions are kept as first rendered, on either database, and outlive a rebuild."""

from reporting_service.projections.kept_forms import keep, kept
from reporting_service.projections.rebuild import rebuild
from tests.reporting.history import follow


def test_the_first_rendering_stays(empty):
    assert keep(empty.engine, 7, "pdf", "en", b"first") == b"first"
    assert keep(empty.engine, 7, "pdf", "en", b"second") == b"first"
    assert keep(empty.engine, 7, "pdf", "fr", b"second") == b"second"
    with empty.view() as view:
        assert kept(view.connection, 7, "pdf", "en") == b"first"
        assert kept(view.connection, 8, "pdf", "en") is None


def test_a_rebuild_leaves_what_is_kept(history, empty):
    follow(empty, history.bodies[:50])
    keep(empty.engine, 7, "html", "en", bytes(range(256)))
    rebuild(empty.engine)
    with empty.view() as view:
        assert kept(view.connection, 7, "html", "en") == bytes(range(256))
