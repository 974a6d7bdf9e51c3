"""The metrics about customers who may leave."""

from dashboard.measure import CUSTOMER_CUTS, Metric
from metrics import churn_track, watchlist, winback

CHURN = (
    Metric(
        "churn_probability", "Churn probability", "流失概率", "share", "low", "rows",
        watchlist.churn_probability,
        "近 365 天有购买的客户，在未来 horizon_days 天（默认 180，始终写在旁边）内不再购买的概率；群体为客户平均。"
        "由公司自己的历史训练并校准的模型给出；若简单的“最近购买”规则在检验中更好，就用该规则；历史不足时用购买模型的公式，并说明原因。"
        "退款与订单状态不作为特征。区间只反映结果的随机性，不含模型误差，误差见“流失模型”。",
        window=None, options=("per-customer", "owner"), cuts=CUSTOMER_CUTS, history=False,
    ),
    Metric(
        "churn_model", "Churn model", "流失模型", "score", None, "rows",
        churn_track.churn_model,
        "模型与最近购买规则在过去一天（距今一个预测期）的对照：AUC、Brier、技巧分、校准斜率与截距，以及 AUC 之差的区间"
        "（对客户成对自助抽样，种子固定）。训练、校准、检验三天各隔一个预测期。差值下限大于 0 且 Brier 不更差时用模型，否则用规则。",
        window=None, cuts=(), history=False,
    ),
    Metric(
        "churn_calibration", "Churn calibration", "流失概率校准", "share", None, "rows",
        churn_track.churn_calibration,
        "检验日的客户按预测概率分为十组：每组的平均预测概率，与此后一个预测期内实际未再购买的占比；95% Wilson 区间。",
        window=None, cuts=(), history=False,
    ),
    Metric(
        "churn_precision", "Precision of the list", "名单命中率", "share", "high", "rows",
        churn_track.churn_precision,
        "检验日概率最高的 k 位客户中，此后一个预测期内确实未再购买的占比；提升 = 命中率 ÷ 全体未再购买的占比；95% Wilson 区间。",
        window=None, cuts=(), history=False,
    ),
    Metric(
        "watchlist", "Watchlist", "流失预警名单", "count", None, "rows",
        watchlist.watchlist,
        "值得联系的客户，按风险价值（--rank value_at_risk）或预期挽回毛利（saved_margin）排序。"
        "风险价值 = 流失概率 × 留存价值；留存价值 = 同一预测期的预测毛利 ÷（1 − 购买模型的不购买概率）；"
        "预期挽回毛利 = 挽回效果 × 留存价值 − 联系成本 − 奖励 × min(1, 1 − 概率 + 效果)。"
        "逾期倍数 = 距最近购买天数 ÷ 自己的购买节奏。原因：使该客户风险升高最多的几项。",
        window=None, options=("rank", "top", "owner"), cuts=(), history=False,
    ),
    Metric(
        "stop_loss", "Stop-loss", "止损判断", "money", "high", "rows",
        watchlist.churn_stop_loss,
        "一次联系的预期收益减成本：挽回效果 × 留存价值 − 联系成本 − 奖励 × min(1, 1 − 流失概率 + 挽回效果)；"
        "奖励也会付给本来就会回来的客户；小于 0 表示不要行动。挽回效果在名单自己的对照组到期之前用设定中的先验。",
        window=None, options=("owner",), cuts=(), history=False,
    ),
    Metric(
        "saved_customers", "Saved customers", "挽回客户数", "count", "high", "rows",
        winback.saved_customers,
        "名单首次列入时随机留出一部分客户（默认 10%）作对照组，期内任何计划都不联系。只计预测期已满的客户："
        "效果 = 联系组期内购买占比 − 对照组购买占比（按分配，Newcombe 区间）；挽回 = 联系组人数 × 效果；"
        "挽回毛利 = 联系组人数 × 两组人均毛利之差（Welch 区间）。",
        window=None, cuts=(), history=False,
    ),
)  # fmt: skip
