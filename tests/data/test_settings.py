"""The settings file is checked word by word, and says what is wrong with it."""

from decimal import Decimal
from pathlib import Path

import pytest

from data.errors import UsageError
from data.settings import Settings, load_settings


def load(folder: Path, text: str) -> Settings:
    path = folder / "customer-health.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


def test_without_a_file_the_defaults_hold() -> None:
    settings = load_settings(None)
    assert settings == Settings()
    assert settings.timezone == "Asia/Shanghai"
    assert settings.thresholds == {
        "nps": 40.0,
        "csat": 4.0,
        "repurchase_rate": 0.25,
        "pilot_gate": 0.2,
    }
    names = [rule.name for rule in settings.tiers["spend"]]
    assert names == ["dormant", "diamond", "gold", "silver"]


def test_what_is_set_changes_and_the_rest_stays(tmp_path: Path) -> None:
    text = """
        currency = "USD"
        data_complete_until = 2026-03-31
        [thresholds]
        nps = 50
        [[tiers.points]]
        name = "high"
        annual_spend_min = 100.50
        [[tiers.points]]
        name = "rest"
        [tables.orders]
        delimiter = "tab"
        [tables.orders.columns]
        order_id = "订单号"
    """
    settings = load(tmp_path, text)
    assert settings.thresholds["nps"] == 50
    assert settings.thresholds["csat"] == 4.0
    assert list(settings.tiers) == ["spend", "value", "hml", "rfm", "points"]
    assert settings.tiers["points"][0].annual_spend_min == Decimal("100.5")
    assert settings.table("orders").delimiter == "\t"
    assert settings.table("orders").columns["order_id"].source == "订单号"
    assert settings.table("stores").columns == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("timezon = 'UTC'", "unknown key timezon; did you mean timezone?"),
        ("[clv]\nmodl = 'bgnbd'", "unknown key clv.modl; did you mean model?"),
        (
            "[tables.orders]\nfil = 'x'",
            "unknown key tables.orders.fil; did you mean file?",
        ),
        ("[tables.order]\nfile = 'x'", "tables.order; did you mean orders?"),
        (
            "[tables.orders.columns]\norderid = 'x'",
            "tables.orders.columns.orderid; did you mean order_id?",
        ),
        (
            "[tables.orders.values.stats]\nx = 'y'",
            "tables.orders.values.stats; did you mean status?",
        ),
        (
            "[tables.orders.columns]\norder_id = { postion = 2 }",
            "order_id.postion; did you mean position?",
        ),
        (
            "[[tiers.x]]\nname = 'a'\nannual_spend = 3",
            "annual_spend; did you mean annual_spend_min?",
        ),
        ("[thresholds]\nnsp = 3", "thresholds: unknown metric nsp; did you mean nps?"),
    ],
)
def test_an_unknown_key_is_answered_with_the_nearest(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, text)
    assert words in str(caught.value)
    assert str(caught.value).startswith("customer-health.toml: ")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("timezone = 'Shanghai'", "timezone: is not a time zone"),
        ("confidence = 1.5", "confidence: Input should be less than 1"),
        ("min_n = 'many'", "min_n: Input should be a valid integer"),
        ("currency = 'yuan'", "currency: "),
        ("tables = 3", "tables: "),
        ("[clv]\nmodel = 'x'", "clv.model: Input should be 'mbgnbd' or 'bgnbd'"),
        ("[tables.orders]\nfile = '../x.csv'", "must be a name or pattern inside"),
        ("[tables.orders]\nfile = '/x.csv'", "must be a name or pattern inside"),
        ("[tables.orders]\nfile = 'C:\\x.csv'", "must be a name or pattern inside"),
        ("[tables.orders]\nfile = 'x'\nquery = 'y'", "one of file, files, query"),
        ("[tables.orders]\nheader = false", "needs columns with a position"),
        ("[tables.orders]\ndelimiter = 'ab'", "must be one plain character"),
        ("[tables.orders]\nencoding = 'klingon'", "is not an encoding"),
        ("[tables.orders]\ndate_format = '%d/%m'", "must hold %Y, %m and %d"),
        (
            "[tables.orders.columns]\norder_id = { position = 1, constant = 'x' }",
            "exactly one of",
        ),
        ("[tables.orders.columns]\norder_id = {}", "exactly one of"),
        ("min_n = 99999999999", "min_n: "),
        ("burn_in_days = 99999999999", "burn_in_days: "),
        ("[clv]\nhorizon_days = 99999999999", "clv.horizon_days: "),
        ("[thresholds]\nnps = nan", "nps must be a finite number"),
        (
            "[[tiers.spend]]\nname = 'a'\nannual_spend_min = 1e300",
            "tiers.spend.0.annual_spend_min: ",
        ),
        (
            "[[tiers.spend]]\nname = 'a'\ndays_since_last_min = 99999999999",
            "tiers.spend.0.days_since_last_min: ",
        ),
        ("timezone = ", "is not valid TOML"),
        ("x = " + "[" * 10_000, "is not valid TOML"),
        ("min_n = " + "9" * 5_000, "is not valid TOML"),
        ("timezone = 'localtime'", "timezone: is not a time zone"),
        ("[tables.orders]\nfile = '.'", "must be a name or pattern inside"),
        ("[tables.orders]\nfile = 'a**'", "must be a name or pattern inside"),
    ],
)
def test_a_wrong_value_is_an_error_that_names_its_key(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, text)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ([], "does not cover everyone"),
        ([{"name": "a", "annual_spend_min": 1}], "does not cover everyone"),
        ([{"name": "a"}, {"name": "b"}], "it hides the rest"),
        ([{"name": "a", "annual_spend_min": 1}, {"name": "a"}], "the same name"),
    ],
)
def test_tier_rules_put_everyone_in_exactly_one_tier(
    rules: list[dict[str, object]], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        Settings.model_validate({"tiers": {"spend": rules}})


def test_an_unreadable_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_settings(tmp_path / "none.toml")
    (tmp_path / "gbk.toml").write_bytes("# 人民币客户\n".encode("gbk"))
    with pytest.raises(UsageError, match="not UTF-8"):
        load_settings(tmp_path / "gbk.toml")


def test_settings_survive_a_round_trip_through_json() -> None:
    settings = Settings.model_validate({"tables": {"orders": {"files": ["a*.csv"]}}})
    assert Settings.model_validate_json(settings.model_dump_json()) == settings
