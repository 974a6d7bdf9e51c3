"""Every metric there is: what it is called, in what unit, and what it needs.

The English definition is the docstring of the function that computes the metric.
"""

from difflib import get_close_matches

from dashboard.alert_metrics import ALERTS
from dashboard.campaign_metrics import CAMPAIGNS
from dashboard.churn_metrics import CHURN
from dashboard.delivery_metrics import DELIVERED
from dashboard.lifecycle_metrics import LIFECYCLE
from dashboard.loyalty_metrics import LOYALTY
from dashboard.measure import ANSWER_CUTS, CUSTOMER_CUTS, PURCHASE_CUTS, Metric
from dashboard.order_metrics import ORDERS
from dashboard.person_metrics import PERSON
from dashboard.service_metrics import SERVICE
from dashboard.visit_metrics import VISITS
from data.errors import UsageError
from metrics import (
    backtest,
    change,
    clv,
    cohorts,
    concentration,
    customers,
    drivers,
    growth,
    health,
    health_change,
    migration,
    negative_value,
    purchase_forecast,
    repurchase,
    returns,
    rfm,
    satisfaction,
    scores,
    tiers,
)

__all__ = ["ANSWER_CUTS", "CUSTOMER_CUTS", "METRICS", "PURCHASE_CUTS", "Metric", "find"]

BOUGHT = CUSTOMER_CUTS + PURCHASE_CUTS
ASKED = CUSTOMER_CUTS + ANSWER_CUTS
MODEL = ("model", "horizon", "discount-rate")
MOVED = ("from-tier", "to-tier", "move")

METRICS: tuple[Metric, ...] = (
    Metric(
        "customers", "Customers", "客户数", "count", "high", "purchase",
        customers.customers,
        "截至统计日至少有一次购买的客户数（去重）。购买指状态为已完成且净额（实付减退款）大于 0 的订单。",
        window=None,
    ),
    Metric(
        "active_customers", "Active customers", "活跃客户数", "count", "high", "purchase",
        customers.active_customers,
        "统计窗口内至少有一次购买的客户数（去重），默认近 365 天。",
        cuts=BOUGHT,
    ),
    Metric(
        "orders", "Orders", "订单数", "count", "high", "purchase", customers.orders,
        "统计窗口内的购买订单数。", cuts=BOUGHT,
    ),
    Metric(
        "revenue", "Revenue", "净收入", "money", "high", "purchase", customers.revenue,
        "统计窗口内购买的净额合计：实付金额减退款；退款自退款日起计入。", cuts=BOUGHT,
    ),
    Metric(
        "margin", "Margin", "毛利", "money", "high", "purchase", customers.margin,
        "净收入减成本；没有成本的订单按设定的毛利率计算。", cuts=BOUGHT,
    ),
    Metric(
        "churn_rate", "Churn rate", "流失率", "share", "low", "purchase",
        customers.churn_rate,
        "上一窗口有购买而本窗口没有购买的客户 ÷ 上一窗口有购买的客户，默认 365 天；95% Wilson 区间。",
    ),
    Metric(
        "repurchase_rate", "Repurchase rate", "复购率", "share", "high", "purchase",
        repurchase.repurchase_rate,
        "窗口内有至少 2 个购买日的客户 ÷ 有至少 1 个购买日的客户，默认近 365 天；同一天多单算一次；95% Wilson 区间。",
        cuts=BOUGHT,
    ),
    Metric(
        "returning_share", "Returning buyers", "老客占比", "share", "high", "purchase",
        repurchase.returning_share,
        "窗口内的购买客户中，在窗口开始前就买过的客户占比；95% Wilson 区间。", cuts=BOUGHT,
    ),
    Metric(
        "repurchase_within", "Repurchase within N days", "N 日复购率", "share", "high",
        "repurchase", repurchase.repurchase_within,
        "首购客户在 30/60/90/180/365 天内于另一天再次购买的占比，只计观察期已满的客户；95% Wilson 区间。",
        window=None,
    ),
    Metric(
        "growth_accounting", "Growth accounting", "客户增长拆解", "count", None, "rows",
        growth.growth_accounting,
        "每个自然月的购买客户分为：新客（历史首次购买在本月，按全公司判断）、留存（上月也买过）、召回（其余）；"
        "上月购买而本月未买的为流失。本月 = 上月 + 新客 + 召回 − 流失；速动比 =（新客 + 召回）÷ 流失，无流失时为空。"
        "筛选时，层级等变动造成的流入流出以净额计入召回或流失；未结束的月份有标记。",
        window=None, history=False,
    ),
    Metric(
        "nps", "NPS", "净推荐值 NPS", "points", "high", "answer", satisfaction.nps,
        "100 ×（推荐者 9–10 分 − 贬损者 0–6 分）÷ 有评分的答卷数，默认近 90 天；未作答不计；修正 Wald 区间（Rocks 2016）。",
        window="90", needs=("surveys",), cuts=ASKED,
    ),
    Metric(
        "response_rate", "Response rate", "问卷回收率", "share", "high", "answer",
        satisfaction.response_rate,
        "窗口内发出的问卷中已作答的占比；95% Wilson 区间。",
        window="90", needs=("surveys",), cuts=ASKED,
    ),
    Metric(
        "csat", "Satisfaction", "满意度", "score", "high", "answer", satisfaction.csat,
        "各维度（产品质量、服务、配送时效、沟通、售后）1–5 分的平均分与 4–5 分占比；t 区间与 Wilson 区间。",
        window="90", needs=("surveys",), cuts=ASKED,
    ),
    Metric(
        "score_distribution", "Score distribution", "评分分布", "share", None, "rows",
        scores.score_distribution,
        "窗口内有评分的答卷中，0–10 各分值的占比；95% Wilson 区间。",
        window="90", needs=("surveys",), cuts=(), history=False,
    ),
    Metric(
        "satisfaction_drivers", "Satisfaction drivers", "满意度驱动因素", "share", None,
        "drivers", drivers.satisfaction_drivers,
        "各满意度维度对推荐评分 R² 的 Shapley 贡献占比；只用完整答卷；这是相关，不是因果。",
        window="365", needs=("surveys",), cuts=(), history=False,
    ),
    Metric(
        "health_score", "Health score", "健康度", "points", "high", "rows",
        health.health_score,
        "每位客户 0–100 分，是已知因子的加权平均（权重见设定 [health]），缺失的因子不计、权重由其余因子分摊；群体分为客户平均。"
        "价值 = 100 × 近 365 天净收入 ÷ 满分消费额（默认为消费层级的最低门槛）；忠诚 = 忠诚指数；"
        "满意 = 25 ×（近 365 天五个维度的平均分 − 1）；服务 = 100 × 3 天内解决的工单 ÷ 近 365 天到期的工单；"
        "互动 = 100 × 近 365 天有登录、到访等互动的天数 ÷ 12；各项限于 0–100。95% t 区间。",
        window=None, options=("per-customer",),
    ),
    Metric(
        "loyalty_index", "Loyalty index", "忠诚指数", "points", "high", "rows",
        health.loyalty_index,
        "每位客户 0–100 分，是已知分项的加权平均（权重见设定 [loyalty]），缺失的分项不计、权重由其余分项分摊；群体分为客户平均。"
        "新近 = 100 ×（1 − 距最近购买天数 ÷ 365）；频次 = 100 × 近 365 天购买日 ÷ 6；"
        "客龄 = 100 × 距首次购买天数 ÷ 1095；推荐 = 10 × 近 365 天推荐评分均值；"
        "会员计划 = 100 × 近 365 天有积分获得或兑换的天数 ÷ 12（有过积分的客户）；各项限于 0–100。95% t 区间。",
        window=None, options=("per-customer",),
    ),
    Metric(
        "health_change", "What changed the health score", "健康度变化拆解", "points", None,
        "rows", health_change.health_change,
        "健康度在两期之间的变化，精确拆成各部分，相加等于总变化：各因子自身变化（按两期权重占比的均值）、"
        "新增数据、缺失数据、权重变化；以及留存、新进、离开客户的占比变化（Bennet 对称拆分）。"
        "按分群看时，换了分群的客户在原分群算离开，在新分群算新进。",
        window=None, options=("old-weights",), history=False,
    ),
    Metric(
        "clv", "Customer lifetime value", "客户终身价值 CLV", "money", "high", "value",
        clv.clv,
        "客户迄今实现的毛利，加上未来（默认 365 天，年折现率 10%）按购买模型与 Gamma-Gamma 预测的折现毛利，"
        "减去迄今的服务成本与预期的服务成本（设定 [serving] 中的单位成本，默认为 0）；取客户平均。",
        window=None, options=(*MODEL, "per-customer"),
    ),
    Metric(
        "negative_clv", "Customers with a negative CLV", "CLV 为负的客户", "count", "low",
        "value", negative_value.negative_clv,
        "CLV 小于 0 的客户数：服务与活动成本高于已实现与预期的毛利；另给出占比与这些客户 CLV 的合计。"
        "单位成本见设定 [serving]，默认为 0，此时只有毛利为负的客户。",
        window=None, options=("per-customer",), history=False,
    ),
    Metric(
        "expected_purchases", "Expected purchases", "预期购买次数", "count", "high",
        "value", purchase_forecast.expected_purchases,
        "未来一段时间（默认 365 天）预期的购买日数合计，来自购买模型。",
        window=None, options=(*MODEL, "per-customer"), cuts=(), history=False,
    ),
    Metric(
        "clv_model", "CLV model", "CLV 模型参数", "score", None, "value", clv.clv_model,
        "所选购买模型与 Gamma-Gamma 的拟合参数（周）、对数似然、客户数与收敛情况。",
        window=None, options=("model",), cuts=(), history=False,
    ),
    Metric(
        "concentration", "Revenue concentration", "收入集中度", "share", None, "rows",
        concentration.concentration,
        "收入最高的前 k%（默认 5%）客户占净收入的份额，以及基尼系数；默认全部历史。",
        window="all", options=("top",), cuts=CUSTOMER_CUTS,
    ),
    Metric(
        "clv_backtest", "CLV back-test", "CLV 回测", "money", None, "rows",
        backtest.clv_backtest,
        "用过去某一天已知的数据重新拟合模型，预测此后一段时间（默认 365 天，历史不足时取一半）的毛利（不折现），"
        "与实际发生的毛利比较；“照搬上一年”指把此前同样天数的毛利当作预测。按预测值分为十组，另给出人均误差与秩相关。",
        window=None, cuts=(), history=False,
    ),
    Metric(
        "lorenz", "Lorenz curve", "收入洛伦兹曲线", "share", None, "rows",
        concentration.lorenz,
        "把窗口内有购买的客户按净收入从小到大排列，累计客户占比对应的累计净收入占比；默认全部历史。",
        window="all", cuts=(), history=False,
    ),
    Metric(
        "tier_distribution", "Customers by tier", "客户层级分布", "count", None, "tier",
        tiers.tier_distribution,
        "各层级的客户数、净收入、毛利、CLV 及占比；层级按统计日近 365 天消费判定。",
        options=("scheme",), cuts=(),
    ),
    Metric(
        "tier_migration", "Tier migration", "层级迁移", "count", None, "rows",
        migration.tier_migration,
        "客户在较早日期（--from，默认一年前）与统计日的层级对照：人数与各自截至当日近 365 天的净收入；"
        "按行相加等于较早的分布，按列相加等于统计日的分布。新增：较早日期前没有购买；退出：购买已全部退款。",
        window=None, options=("scheme", "from"), cuts=(), history=False,
    ),
    Metric(
        "tier_moves", "Customers who moved", "层级变动客户", "count", None, "rows",
        migration.tier_moves,
        "层级迁移背后的客户名单：两个日期的层级、变动方向（不变、升级、降级、新增、退出）及各自近 365 天的净收入。",
        window=None, options=("scheme", "from", *MOVED), cuts=(), history=False,
    ),
    Metric(
        "tier_history", "Tier history", "客户层级历史", "count", None, "rows",
        migration.tier_history,
        "每位客户在某一方案下停留过的层级：自哪个月末（或最后一天）起，到哪个月末不再属于该层级；仍在其中则没有结束日。",
        window=None, options=("scheme", "customer"), cuts=(), history=False,
    ),
    Metric(
        "tier_crosswalk", "Scheme crosswalk", "分层方案对照", "count", None, "rows",
        migration.tier_crosswalk,
        "同一批客户在两种分层方案下的层级对照：人数、占第一种方案该层级的比例，以及窗口内净收入。",
        options=("scheme", "other"), cuts=(), history=False,
    ),
    Metric(
        "tier_simulation", "Tier simulation", "分层规则模拟", "count", None, "rows",
        migration.tier_simulation,
        "改变层级门槛后的效果，保存之前先看：各层级客户数、近 365 天净收入占比，以及按层级关怀频次计算的全年联系次数。",
        window=None, options=("scheme", "set"), cuts=(), history=False,
    ),
    Metric(
        "rfm_grid", "RFM grid", "RFM 网格", "count", None, "rows", rfm.rfm_grid,
        "R、F、M 各 1–5 分组成的 125 个格子：客户数、订单数、净收入，每格恰好属于一个分群（按顺序第一个符合者，其余归“其他”）。",
        window=None, options=(), cuts=(), history=False,
    ),
    Metric(
        "rfm_scores", "RFM scores", "RFM 评分", "score", None, "rows", rfm.rfm_scores,
        "每位客户的 R、F、M 评分：1 + ⌊5 × 数值严格更小的客户占比⌋，最近购买间隔反向计分；也可按设定的分界值评分。",
        window=None, options=(), cuts=(), history=False,
    ),
    Metric(
        "rate_change", "What changed a rate", "比率变化拆解", "share", None, "rows",
        change.rate_change,
        "把某个比率（--of）在两期之间的变化按分群拆成“率”与“结构”两部分（Bennet 对称拆分），各部分相加等于总变化。",
        options=("of",), history=False,
    ),
    Metric(
        "repurchase_curve", "Bought again", "再次购买曲线", "share", "high", "rows",
        returns.repurchase_curve,
        "首购后第几天为止，有多少首购客户在之后的某一天再次购买：Kaplan-Meier 估计，尚未再买的客户计到统计日为止。"
        "95% 区间按 Greenwood 方差（log-log）；在观察中的客户少于 10 位时曲线结束。中位数：一半客户再次购买所用的天数。",
        window=None, cuts=CUSTOMER_CUTS, history=False,
    ),
    Metric(
        "repurchase_at_age", "Repurchase at a fixed age", "同龄复购率", "share", "high",
        "rows", returns.repurchase_at_age,
        "按首购月份：首购后 n 天内（30、60、90、180、365 天）在之后的某一天再次购买的客户占比；只计全部客户都已满 n 天的月份。",
        window=None, cuts=(), history=False,
    ),
    Metric(
        "purchase_interval", "Days between purchases", "购买间隔", "share", "high",
        "rows", returns.purchase_interval,
        "同一客户相邻两个购买日之间的天数：到第几天为止，有多少购买日之后又有购买（Kaplan-Meier）；最近一次购买之后尚未结束的间隔计到统计日。"
        "中位数：一半购买日之后再次购买所用的天数。同一客户的间隔并不独立，故不给区间。",
        window=None, cuts=CUSTOMER_CUTS, history=False,
    ),
    Metric(
        "cohort_retention", "Cohort retention", "同期群留存", "share", None, "rows",
        cohorts.cohort_retention,
        "按首购月份分组（同期群）：首购后第几个月有购买的客户占本群客户的比例；--show 也可看订单、净收入、毛利（按本群人数平均）。"
        "累计：客户为首月之后曾回来过的人数，其余为自首购以来的合计。未结束的月份为空；平均行只计已结束的月份，按人数加权。",
        window=None, options=("show",), cuts=(), history=False,
    ),
    Metric(
        "cohort_customers", "Customers of a cohort", "同期群客户", "count", None, "rows",
        cohorts.cohort_customers,
        "首次购买在某个月份（--cohort）的客户名单；--in-month：其后第几个月有购买的客户；--by-month：到第几个月为止曾回来过的客户。",
        window=None, options=("cohort", "in-month", "by-month"), cuts=(), history=False,
    ),
    *DELIVERED, *CAMPAIGNS, *ALERTS, *LOYALTY, *LIFECYCLE, *CHURN, *SERVICE, *VISITS, *PERSON,
    *ORDERS,
)  # fmt: skip
BY_NAME = {metric.name: metric for metric in METRICS}


def find(name: str) -> Metric:
    """The metric of a name; a name that is none gets the nearest right one."""
    if name in BY_NAME:
        return BY_NAME[name]
    near = get_close_matches(name, BY_NAME, n=1)
    hint = f"; did you mean {near[0]}?" if near else "; see `customer-health metrics`"
    raise UsageError(f"there is no metric {name!r}{hint}")
