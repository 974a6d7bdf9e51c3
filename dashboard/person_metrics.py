"""The catalogue's entries about one customer."""

from dashboard.measure import Metric
from metrics import customer, next_action, preferences, rhythm

ONE = ("customer",)

PERSON = (
    Metric(
        "customer_search", "Find customers", "查找客户", "count", None, "rows",
        customer.customer_search,
        "客户编号以 --find 开头的客户，最多 20 位，按近 365 天净收入排序；不给 --find 则为净收入最高的客户。",
        window=None, options=("find",), cuts=(), history=False,
    ),
    Metric(
        "customer_profile", "Customer profile", "客户档案", "money", None, "rows",
        customer.customer_profile,
        "一位客户（--customer）在最后一天的属性、层级、购买、CLV、健康度与忠诚指数。",
        window=None, options=ONE, cuts=(), history=False,
    ),
    Metric(
        "customer_timeline", "Customer timeline", "客户时间线", "count", None, "rows",
        customer.customer_timeline,
        "一位客户（--customer）的全部事件，最新的在前：订单与退款、问卷发出与作答、工单提交与解决、联系、活动各步、积分，"
        "以及按天合并的登录等互动；--event 只看一类（订单含退款，作答含问卷，工单含解决）。",
        window=None, options=(*ONE, "event"), cuts=(), history=False,
    ),
    Metric(
        "customer_rhythm", "Purchase rhythm", "购买节奏", "days", None, "rows",
        rhythm.customer_rhythm,
        "惯常间隔 =（k × 本人 k 个已结束间隔的中位数 + 2 × 全体的中位间隔）÷（k + 2）；逾期比 = 距最近购买天数 ÷ 惯常间隔，大于 2 为有流失风险；"
        "至少 2 个已结束的间隔才给出本人的中位数。全体的中位间隔用 Kaplan-Meier 估计。",
        window=None, options=ONE, cuts=(), history=False,
    ),
    Metric(
        "customer_preferences", "Customer preferences", "客户偏好", "share", None, "rows",
        preferences.customer_preferences,
        "一位客户最常买的品类、渠道、门店、星期与时段：占能说明该项的购买的比例；次数相同看净收入。",
        window=None, options=ONE, cuts=(), history=False,
    ),
    Metric(
        "customer_scores", "Customer score history", "客户健康度历史", "points", None,
        "rows", customer.customer_scores,
        "一位客户在各月末与最后一天的健康度、五个因子及忠诚指数的分项，只用当时已知的数据；最多 25 个日期。",
        window=None, options=ONE, cuts=(), history=False,
    ),
    Metric(
        "customer_steps", "Customer score steps", "客户健康度变动", "points", None,
        "rows", customer.customer_steps,
        "一位客户的健康度从一个日期到下一个日期的变动，精确拆成各因子、新增数据与缺失数据，相加等于变动。",
        window=None, options=ONE, cuts=(), history=False,
    ),
    Metric(
        "next_action", "Next best action", "下一步最佳行动", "count", None, "rows",
        next_action.next_action,
        "按顺序取第一条符合的：处理未结投诉；兑现到期的跟进承诺；回访贬损者（近 90 天评分 0–6 且之后无人联系）；"
        "暂不打扰（近 14 天已联系）；尊重意愿（未同意联系）；挽回（买过多次且逾期比大于 2，一年内买过）；"
        "促成第二次购买（只买过一次，距今 30–365 天）；唤醒（一年未购买）；请求推荐（近 90 天评分 9–10）；无需行动。",
        window=None, options=ONE, cuts=(), history=False,
    ),
)  # fmt: skip
