import pytest

from chalicelib.platform import settings

GOOD = {"TRUNKLINE_TABLE": "trunkline-hrgroup", "TRUNKLINE_STAGE": "prod"}


def test_settings_are_read_once_into_a_value() -> None:
    assert settings.StoreSettings.load(GOOD) == settings.StoreSettings(table="trunkline-hrgroup", stage="prod")


@pytest.mark.parametrize("name", sorted(GOOD))
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_variable_is_named(name: str, value: str | None) -> None:
    environment = {key: text for key, text in {**GOOD, name: value}.items() if text is not None}
    with pytest.raises(settings.BadSetting, match=name):
        settings.StoreSettings.load(environment)


def test_a_stage_that_nobody_knows_is_refused() -> None:
    with pytest.raises(settings.BadSetting, match="TRUNKLINE_STAGE"):
        settings.StoreSettings.load({**GOOD, "TRUNKLINE_STAGE": "staging"})


@pytest.mark.parametrize("raw", ["", "{", "[]", "{}", '{"a": 1}', '{"a": ""}', '"a"'])
def test_a_malformed_map_is_named(raw: str) -> None:
    with pytest.raises(settings.BadSetting, match="TRUNKLINE_QUEUES"):
        settings.text_map({"TRUNKLINE_QUEUES": raw}, "TRUNKLINE_QUEUES")


def test_a_function_knows_its_own_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_HANDLER", "chalicelib.routing.flow.route_contact")
    assert settings.is_entry("chalicelib.routing.flow")
    assert not settings.is_entry("chalicelib.customers.flow")
    monkeypatch.delenv("_HANDLER")
    assert not settings.is_entry("chalicelib.routing.flow")


@pytest.mark.parametrize(("raw", "seconds"), [(None, 2.0), ("", 2.0), ("0", 0.0), ("1.5", 1.5)])
def test_seconds_that_are_not_set_are_the_default(raw: str | None, seconds: float) -> None:
    environment = {} if raw is None else {"KEPT_S": raw}
    assert settings.seconds(environment, "KEPT_S", 2.0) == seconds


@pytest.mark.parametrize("raw", ["two", "-1", "nan", "1e3"])
def test_seconds_that_are_no_number_are_refused_by_name(raw: str) -> None:
    with pytest.raises(settings.BadSetting, match="KEPT_S"):
        settings.seconds({"KEPT_S": raw}, "KEPT_S", 2.0)
