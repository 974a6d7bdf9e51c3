"""The catalogue's entries about the life cycle."""

from dashboard.measure import Metric
from metrics import lifecycle

LIFECYCLE = (
    Metric(
        "lifecycle_stage", "Life-cycle stages", "生命周期阶段", "count", None, "rows",
        lifecycle.lifecycle_stage,
        "每位客户处于一个阶段，取第一个符合的：潜在（没有购买）；沉睡（365 天没有购买）；召回（近 90 天的购买结束了至少 365 天的间隔）；"
        "新客（首购在 90 天内）；有风险（距最近购买超过 2 倍自身间隔，自身间隔 =（k × 自己 k 个间隔的中位数 + 2 × 全体中位数）÷（k + 2））；"
        "其余为活跃。保留最后一天与此前 12 个月末；筛选用客户在最后一天的属性。",
        window=None, cuts=(), history=False,
    ),
    Metric(
        "lifecycle_flows", "Life-cycle flows", "生命周期流转", "count", None, "rows",
        lifecycle.lifecycle_flows,
        "上一个月末与统计日的阶段对照：按行相加等于当时的阶段，按列相加等于现在的阶段；“尚未出现”指当时还不是客户。",
        window=None, cuts=(), history=False,
    ),
    Metric(
        "lifecycle_customers", "Customers of a stage", "阶段客户名单", "count", None, "rows",
        lifecycle.lifecycle_customers,
        "最后一天处于某一阶段（--stage）的客户，或自上一个月末以来从某一阶段（--stage-from）转来的客户。",
        window=None, options=("stage", "stage-from"), cuts=(), history=False,
    ),
    Metric(
        "purchase_steps", "Purchase after purchase", "逐次复购", "share", "high", "rows",
        lifecycle.purchase_steps,
        "有第 k 个购买日的客户中，365 天内有下一个购买日的占比（Kaplan-Meier，仍在等待的计到统计日），以及一半客户继续购买所用的天数；95% 区间。",
        window=None, cuts=(), history=False,
    ),
    Metric(
        "acquisition_funnel", "Acquisition funnel", "获客漏斗", "share", "high", "rows",
        lifecycle.acquisition_funnel,
        "窗口内触达的线索，按渠道走到哪一步：触达、感兴趣、试用、转化、复购（第二个购买日）；走得更远的视为经过了前面的步骤。"
        "转化率 = 到这一步的 ÷ 到上一步的，95% Wilson 区间；中位天数从上一步算起。最近触达的线索可能还会继续。",
        needs=("leads",), cuts=(), history=False,
    ),
    Metric(
        "cac", "Cost of winning a customer", "获客成本 CAC", "money", "low", "rows",
        lifecycle.cac,
        "窗口内完整的自然月：渠道花费 ÷ 该渠道的新客数（首购）；LTV:CAC = 该渠道客户的平均 CLV ÷ CAC；"
        "回本月数 = 首购后第几个月，累计人均毛利达到 CAC（只计已观察到该月的同期群）。",
        needs=("channel_spend", "orders"), cuts=(), history=False,
    ),
)  # fmt: skip
