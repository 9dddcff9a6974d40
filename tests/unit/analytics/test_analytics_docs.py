"""docs/analytics.md says of the tables what their declaration says."""

from chalicelib.analytics.statements import views
from cli import dictionary


def test_the_dictionary_in_the_docs_is_the_declaration_of_now() -> None:
    page = dictionary.FILE.read_text(encoding="utf-8")
    assert dictionary.written(page) == page, "run: ./trunkline analytics dictionary"


def test_every_view_is_told_of() -> None:
    page = dictionary.FILE.read_text(encoding="utf-8")
    assert [name for name in views() if f"`{name}`" not in page] == []
