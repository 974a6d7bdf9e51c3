"""The catalogue's entries about when and where customers buy, and the spread of CLV."""

from dashboard.measure import Metric
from metrics import clv_spread, order_times

ORDERS = (
    Metric(
        "time_pattern", "Purchases by weekday and hour", "购买时段", "share", None, "rows",
        order_times.time_pattern,
        "窗口内的购买按星期与小时（业务时区）的分布；没有时刻的订单不计。",
        cuts=(), history=False,
    ),
    Metric(
        "order_channels", "Purchases by sales channel", "线上与线下", "share", None, "rows",
        order_times.order_channels,
        "窗口内的购买与净收入按销售渠道的占比；设定 offline_channels 中的渠道为线下（默认 store），其余已知渠道为线上。",
        cuts=(), history=False,
    ),
    Metric(
        "clv_distribution", "Customers by CLV", "CLV 分布", "count", None, "rows",
        clv_spread.clv_distribution,
        "按客户终身价值的区间统计客户数：同宽的整数区间，20 个区间容纳除最高 2% 以外的客户；为负时首个区间向下开放，最后一个向上开放。",
        window=None, cuts=(), history=False,
    ),
    Metric(
        "clv_cohorts", "CLV by cohort", "各首购月份的 CLV", "money", "high", "rows",
        clv_spread.clv_cohorts,
        "按首次购买的月份：客户终身价值的平均值（95% t 区间）与合计；较早的月份有更长的时间消费。",
        window=None, cuts=(), history=False,
    ),
)  # fmt: skip
