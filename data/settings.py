"""What `customer-health.toml` may say, and what holds when it says nothing.

An unknown key is an error that names the nearest right one, at any depth; a wrong
value is an error that names the key.
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from data.churn import ChurnSettings
from data.database import DatabaseSettings
from data.errors import UsageError
from data.health import HealthSettings, LoyaltySettings
from data.limits import Limits
from data.mapping import Setting, TableSettings, Zone
from data.points import PointsSettings
from data.service import ServiceSettings
from data.serving import ServingSettings
from data.spelling import nearest, unknown_key
from data.tiers import CENTURY, RfmSettings, Scheme, default_tiers
from data.visits import VisitSettings

THRESHOLDS: Final[Mapping[str, float]] = MappingProxyType(
    {"nps": 40.0, "csat": 4.0, "repurchase_rate": 0.25, "pilot_gate": 0.2}
)
JUDGED: Final = (  # the metrics with an interval, that a threshold may be set for
    "nps",
    "response_rate",
    "csat",
    "repurchase_rate",
    "repurchase_within",
    "returning_share",
    "clv",
    "churn_rate",
    "pilot_gate",  # the relative lift above which a campaign is rolled out
    "loyalty_index",
    "health_score",
)


def _judged(thresholds: dict[str, float]) -> dict[str, float]:
    for name in thresholds:
        if name not in JUDGED:
            raise ValueError(f"unknown metric {name}; {nearest(name, JUDGED)}")
        if not isfinite(thresholds[name]):
            raise ValueError(f"{name} must be a finite number")
    return thresholds


Share = Annotated[float, Field(ge=0, le=1)]


class ClvSettings(Setting):
    """How customer lifetime value is estimated."""

    model: Literal["mbgnbd", "bgnbd"] = "mbgnbd"
    horizon_days: int = Field(default=365, ge=1, le=CENTURY)
    discount_rate: float = Field(default=0.10, ge=0, lt=1)


class Settings(Setting):
    """Everything that a company may set; the defaults suit a retailer in China."""

    timezone: Zone = "Asia/Shanghai"
    naive_timezone: Zone | None = None
    currency: str = Field(default="CNY", pattern="^[A-Z]{3}$")
    margin_rate: float = Field(default=1.0, gt=0, le=1)
    count_free_orders: bool = False
    allow_anonymous: bool = False
    customers_complete: bool = False
    full_history: bool = False
    offline_channels: tuple[str, ...] = ("store",)
    burn_in_days: int | None = Field(default=None, ge=0, le=CENTURY)
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    min_n: int = Field(default=30, ge=1, le=1_000_000_000)
    data_complete_until: date | None = None
    max_reject_share: Share | None = None
    max_fill_drop: Share = 0.5
    thresholds: Annotated[dict[str, float], AfterValidator(_judged)] = Field(
        default_factory=lambda: dict(THRESHOLDS)
    )
    clv: ClvSettings = ClvSettings()
    loyalty: LoyaltySettings = LoyaltySettings()
    health: HealthSettings = HealthSettings()
    serving: ServingSettings = ServingSettings()
    points: PointsSettings = PointsSettings()
    churn: ChurnSettings = ChurnSettings()
    service: ServiceSettings = ServiceSettings()
    visits: VisitSettings = VisitSettings()
    limits: Limits = Limits()
    rfm: RfmSettings = RfmSettings()
    tiers: dict[str, Scheme] = Field(default_factory=default_tiers)
    tables: dict[str, TableSettings] = Field(default_factory=dict)
    # Not part of what a snapshot tells about its settings: it says where data lie.
    database: DatabaseSettings | None = Field(default=None, exclude=True)

    @model_validator(mode="before")
    @classmethod
    def _keep_defaults(cls, given: Any) -> Any:
        """Setting one threshold or scheme leaves the others as they are."""
        if not isinstance(given, dict):
            return given
        defaults: dict[str, Mapping[str, Any]] = {
            "thresholds": THRESHOLDS,
            "tiers": default_tiers(),
        }
        kept = {
            key: {**values, **given[key]}
            for key, values in defaults.items()
            if isinstance(given.get(key), dict)
        }
        return given | kept

    @model_validator(mode="after")
    def _known_columns(self) -> Self:
        for name, table in self.tables.items():
            table.check_columns(name)
            if table.in_database and self.database is None:
                raise ValueError(f"tables.{name} needs the section [database]")
        return self

    @model_validator(mode="after")
    def _usable_schemes(self) -> Self:
        """Cells are kept of `spend`, by its bounds alone; `rfm` is a grid of scores."""
        if any(rule.scored or rule.worth for rule in self.tiers["spend"]):
            raise ValueError("tiers.spend cannot ask for scores; name another scheme")
        if self.visits.scheme not in self.tiers:
            near = nearest(self.visits.scheme, self.tiers)
            raise ValueError(f"visits.scheme is no scheme of tiers; {near}")
        for rule in self.tiers["rfm"]:
            if rule.bounded and not rule.scored_alone:
                raise ValueError("tiers.rfm can ask for scores only")
        return self

    @property
    def full_spend(self) -> Decimal | None:
        """The spend of a year that counts 100 for value; null where nothing says."""
        bounds = [rule.annual_spend_min for rule in self.tiers["spend"]]
        asked = [bound for bound in bounds if bound]
        return self.health.full_spend or min(asked, default=None)

    def table(self, name: str) -> TableSettings:
        """The settings of one table; the defaults when nothing is said about it."""
        return self.tables.get(name) or TableSettings()


def load_settings(path: Path | None) -> Settings:
    """Read `customer-health.toml`, or the defaults without a path.

    Errors: UsageError naming the key, and for an unknown one the nearest right one.
    """
    if path is None:
        return Settings()
    given = _toml(path)
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        raise UsageError(f"{path.name}: {_first(error)}") from None


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError:
        raise UsageError(f"The settings file {path} cannot be read.") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path.name} is not UTF-8 text; save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path.name} is not valid TOML: {error}.") from None
    except (RecursionError, ValueError):  # nested too deep, a number too long
        raise UsageError(f"{path.name} is not valid TOML.") from None


def _first(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False)[0]
    if problem["type"] == "extra_forbidden":
        return unknown_key(Settings, problem["loc"])
    key = ".".join(str(part) for part in problem["loc"])
    words = problem["msg"].removeprefix("Value error, ")
    stop = "" if words.endswith(("?", ".")) else "."
    return f"{key}: {words}{stop}" if key else f"{words}{stop}"
