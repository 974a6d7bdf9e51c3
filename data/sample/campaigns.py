"""The campaigns of the brand: whom they reach, how they are tested, what they cause."""

from collections.abc import Callable
from dataclasses import dataclass

Chance = Callable[[float], float]  # share that buys anyway -> chance to win the others


def reaching(share: float) -> Chance:
    """Win as many as it takes for `share` of the arm to buy."""
    return lambda anyway: max(0.0, (share - anyway) / max(1 - anyway, 1e-9))


def gaining(relative: float) -> Chance:
    """Win as many as it takes to sell to `relative` more than would buy anyway."""
    return lambda anyway: min(1.0, relative * anyway / max(1 - anyway, 1e-9))


def adding(share: float) -> Chance:
    """Win this share of those who would not buy."""
    return lambda _anyway: share


NOTHING = adding(0.0)


@dataclass(frozen=True)
class Arm:
    """One arm: its planned share, the share really drawn, what it causes."""

    name: str
    share: float
    wins: Chance = NOTHING
    drawn: float | None = None  # differs from `share` where the split went wrong


@dataclass(frozen=True)
class Campaign:
    """One campaign; `start` counts days from the last day of the history."""

    campaign_id: str
    name: str
    kind: str
    goal: str
    theme: str
    channel: str
    start: int
    days: int
    audience: str
    sample: float  # of the audience is assigned
    design: str
    arms: tuple[Arm, ...]
    outcome: str = "conversion"
    outcome_days: int = 30
    target: float | None = None
    rolling: bool = False  # members are added day by day
    member_cost: float = 1.2
    most_members: int | None = None
    contaminated: int = 0  # members that stand in both arms by mistake
    coupon: float = 0.3  # of those who buy anyway use it

    def planned_share(self) -> str | None:
        """Write the plan as the extract has it; no plan without a control."""
        if self.design == "none":
            return None
        return ", ".join(f"{arm.name}={arm.share:g}" for arm in self.arms)


def _split(control: float, wins: Chance) -> tuple[Arm, ...]:
    return (Arm("control", control), Arm("treatment", 1 - control, wins))


def _promotion(number: str, year: str, theme: str, start: int) -> Campaign:
    return Campaign(
        number, f"{year}{theme}", "promotion", "revenue", theme, "app", start, 18,
        "active", 0.30, "none", (Arm("treatment", 1.0, adding(0.03)),),
        outcome="revenue", outcome_days=21, coupon=0.6,
    )  # fmt: skip


CAMPAIGNS = (
    _promotion("CP01", "首年", "年中大促", -1240),
    _promotion("CP02", "首年", "年终大促", -1090),
    Campaign(
        "CP03", "生日问候", "birthday", "repurchase", "生日", "sms", -1000, 300,
        "active", 0.20, "randomised", _split(0.5, NOTHING), rolling=True,
        contaminated=6,
    ),
    Campaign(
        "CP04", "新客欢迎券", "welcome", "second purchase", "新会员", "wechat", -900,
        330, "newcomers", 0.50, "holdout", _split(0.1, adding(0.035)),
        outcome="repurchase", outcome_days=60, rolling=True,
    ),
    _promotion("CP05", "次年", "年终大促", -725),
    Campaign(
        "CP06", "老客短信券", "coupon", "repurchase", "满减", "sms", -600, 30,
        "active", 0.35, "randomised",
        (Arm("control", 0.5, drawn=0.42), Arm("treatment", 0.5, adding(0.02), 0.58)),
    ),
    Campaign(
        "CP07", "金钻会员关怀礼", "care", "retention", "礼遇", "store", -480, 90,
        "gold", 0.60, "randomised", _split(0.5, adding(0.08)), outcome="revenue",
        outcome_days=90, member_cost=88.0,
    ),
    Campaign(
        "CP08", "年货节", "promotion", "revenue", "春节", "app", -300, 20, "active",
        0.45, "holdout", _split(0.05, adding(0.025)), outcome="margin",
    ),
    Campaign(
        "CP09", "门店手作沙龙", "event", "visit", "体验", "store", -240, 2, "active",
        0.01, "randomised", _split(0.5, adding(0.1)), most_members=12,
        member_cost=60.0,
    ),
    Campaign(
        "CP10", "沉睡客户唤醒", "winback", "wake up dormant customers", "唤醒", "sms",
        -150, 60, "dormant", 0.60, "randomised", _split(0.1, reaching(0.12)),
        outcome="wake_up", outcome_days=60, target=0.10, member_cost=2.5,
    ),
    _promotion("CP11", "今年", "年中大促", -133),
    Campaign(
        "CP12", "弃购挽回", "cart", "recover abandoned carts", "购物车", "app", -130,
        105, "shoppers", 1.0, "randomised", _split(0.5, gaining(0.35)),
        outcome_days=14, target=0.20, rolling=True, member_cost=0.8,
    ),
    Campaign(
        "CP13", "厨具品类试点", "pilot", "grow a category", "厨具", "mini_program",
        -110, 60, "active", 0.45, "randomised", _split(0.5, gaining(0.15)),
        outcome_days=60, target=0.20, member_cost=3.0,
    ),
    Campaign(
        "CP14", "小程序上新券", "coupon", "conversion", "上新", "mini_program", -45,
        75, "active", 0.50, "randomised",
        (
            Arm("control", 0.34),
            Arm("coupon_10", 0.33, adding(0.01)),
            Arm("coupon_20", 0.33, adding(0.03)),
        ),
        outcome_days=14, rolling=True,
    ),
)  # fmt: skip
