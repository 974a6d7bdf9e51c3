"""What the brand is: where it sells, what, through which channels, to whom."""

from dataclasses import dataclass, replace

REGIONS = {
    "华东": ("上海", "杭州", "南京", "苏州", "宁波", "合肥"),
    "华南": ("广州", "深圳", "佛山", "厦门", "南宁"),
    "华北": ("北京", "天津", "石家庄", "太原"),
    "华中": ("武汉", "长沙", "郑州", "南昌"),
    "西南": ("成都", "重庆", "昆明", "贵阳"),
    "东北": ("沈阳", "大连", "长春", "哈尔滨"),
}
REGION_WEIGHTS = (0.29, 0.19, 0.17, 0.13, 0.15, 0.07)
LATE_REGION = "西南"  # where deliveries go wrong, see `surveys`
PLACES = (
    "万象城", "大悦城", "银泰", "吾悦广场", "天街", "印象城", "中山路", "人民路",
    "解放路", "新世界", "万达", "奥体", "高新", "滨江", "火车站", "大学城",
)  # fmt: skip
STORES = 300
STORES_AT_START = 220
CATEGORIES = ("家电", "数码", "家具", "家纺", "厨具", "个护", "办公")
CATEGORY_MARGINS = (0.35, 0.36, 0.48, 0.56, 0.52, 0.60, 0.40)
CATEGORY_LIMITS = (800, 3000, 8000)  # CNY: small, usual, large, very large purchases
CATEGORIES_BY_VALUE = (
    (0.05, 0.05, 0.02, 0.30, 0.26, 0.30, 0.02),
    (0.16, 0.16, 0.08, 0.22, 0.22, 0.12, 0.04),
    (0.28, 0.24, 0.20, 0.10, 0.10, 0.03, 0.05),
    (0.30, 0.18, 0.36, 0.04, 0.04, 0.00, 0.08),
)
ORDER_CHANNELS = ("store", "app", "mini_program", "tmall", "jd")
MEMBER_LEVELS = ("普卡", "银卡", "金卡", "黑卡")
INDUSTRIES = ("教育", "医疗", "酒店", "互联网", "制造", "政府", "餐饮", "地产")
ACQUISITION_CHANNELS = ("store", "wechat", "douyin", "tmall", "referral", "sales")
ACQUISITION_COST = (60, 45, 90, 75, 30, 900)  # CNY per customer won


@dataclass(frozen=True)
class Group:
    """Customers who behave alike: MBG/NBD in weeks, Gamma-Gamma in CNY.

    A customer's purchase rate is Gamma(r, alpha), the chance to be lost after a
    purchase Beta(a, b); a purchase is worth Gamma(p, v) with v ~ Gamma(q, gamma).
    """

    name: str
    share_at_start: float
    share_at_end: float
    r: float
    alpha: float
    a: float
    b: float
    p: float
    q: float
    mean_purchase: float

    @property
    def gamma(self) -> float:
        """Scale of the value of a purchase: mean = p gamma / (q - 1)."""
        return self.mean_purchase * (self.q - 1) / self.p

    def paced(self, pace: float) -> "Group":
        """Buy `pace` times as often and as much less each time; spend and stay alike.

        A customer's rate is multiplied by `pace`. The mean chance to be lost after a
        purchase, a / (a + b), is divided by it, but never above what it was.
        """
        return replace(
            self,
            alpha=self.alpha / pace,
            b=max(self.b, (self.a + self.b) * pace - self.a),
            mean_purchase=self.mean_purchase / pace,
        )


GROUPS = (
    Group("casual", 0.642, 0.42, 0.59, 104, 1.26, 2.37, 2.9, 4.1, 2200),
    Group("household", 0.352, 0.42, 0.86, 66.5, 0.776, 4.04, 5.0, 6.1, 17700),
    Group("devoted", 0.017, 0.065, 2.26, 24.6, 0.30, 12.5, 5.1, 4.95, 6300),
    Group("corporate", 0.017, 0.096, 4.5, 9.6, 0.47, 36.9, 4.2, 18.0, 3400),
)
GROWTH = 2.55  # customers won per day at the end: 1 + GROWTH times those at the start
PROSPECTS = 0.05  # registered and never bought
ACQUISITION_BY_GROUP = (  # shares over ACQUISITION_CHANNELS
    (0.30, 0.18, 0.24, 0.22, 0.06, 0.00),
    (0.34, 0.20, 0.14, 0.18, 0.14, 0.00),
    (0.36, 0.22, 0.08, 0.12, 0.22, 0.00),
    (0.12, 0.06, 0.00, 0.04, 0.18, 0.60),
)
MEMBER_SHARES = (0.35, 0.75, 1.0, 0.0)  # of the group, customer_type = member
EMPLOYEES_PER_STORE = 6
