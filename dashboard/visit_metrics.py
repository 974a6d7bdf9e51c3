"""The catalogue's entries about the contacts that tiers are owed."""

from dashboard.measure import Metric
from metrics import greetings, visits

NEEDS = ("orders", "contacts")
CUTS = (
    *("duty_tier", "kind", "period", "owner", "region", "store"),
    *("customer_type", "acquisition_channel"),
)

VISITS = (
    Metric(
        "visit_compliance", "Visit compliance", "拜访达成率", "share", "high", "rows",
        visits.visit_compliance,
        "窗口内结束的各周期：Σ min(已做, 应做) ÷ Σ 应做。应做次数按周期开始时的客户层级与该层级的关怀频次（设定 care：默认钻石每季度电话、上门各一次，"
        "黄金每半年电话一次，白银每年邮件一次）；该类联系且用途为拜访（或未填用途）的计为已做，包括在本系统记录的。某客户多做的不抵别人少做的；"
        "正在进行的周期另列。95% Wilson 区间。",
        window="365", needs=NEEDS, cuts=CUTS, history=False,
    ),
    Metric(
        "visit_progress", "Visits in progress", "本期拜访进度", "share", "high", "rows",
        visits.visit_progress,
        "正在进行的周期：应做、已做、还差的联系次数与进度；口径同拜访达成率。",
        window=None, needs=NEEDS, cuts=CUTS, history=False,
    ),
    Metric(
        "visit_list", "Contacts still owed", "待做拜访清单", "count", None, "rows",
        visits.visit_list,
        "还没做够的联系：overdue 为窗口内结束、没有做够的周期；coming 为正在进行、还要做的，最迟做到周期最后一天。",
        window="365", needs=NEEDS, options=("show", "top", "owner", "kind", "duty-tier"),
        cuts=(), history=False,
    ),
    Metric(
        "care_list", "Customers to greet", "关怀名单", "count", None, "rows",
        greetings.care_list,
        "birthday：统计日之后 14 天内（--days）过生日、买过东西的客户，2 月 29 日平年按 28 日；"
        "greeting：现在的层级应有电话或上门、且最近 90 天（--days）没有关怀（purpose=care）联系的客户，适合节日前问候。"
        "生日属于个人信息，只有有权查看个人信息的人看得到。关怀联系没有随机对照，不作效果结论。",
        window=None, needs=("orders", "customers"), options=("show", "days", "top"),
        cuts=(), history=False,
    ),
)  # fmt: skip
