"""The catalogue's entries about tickets and complaints."""

from dashboard.measure import CUSTOMER_CUTS, Metric
from metrics import complaints, service, waits

NEEDS = ("tickets",)
OWN = ("team", "agent", "channel", "kind", "type", "cause")
CUTS = (*OWN, *CUSTOMER_CUTS, "month")
STANDING = (*OWN, *CUSTOMER_CUTS)

SERVICE = (
    Metric(
        "first_response_time", "First response time", "首次响应时间", "hours", "low",
        "rows", waits.first_response_time,
        "窗口内开单的工单，从开单到首次响应的小时数：中位数与九成工单的时间（Kaplan–Meier，尚未响应的计到统计日结束）；"
        "曲线达不到一半或九成时为空。另按营业时间计（设定 [service]：工作日、营业时段、节假日）。中位数的 95% 区间由曲线的 log-log 区间得出。",
        window="90", needs=NEEDS, cuts=CUTS, history=False,
    ),
    Metric(
        "resolution_time", "Resolution time", "解决时间", "hours", "low", "rows",
        waits.resolution_time,
        "窗口内开单的工单，从开单到解决的小时数：中位数与九成工单的时间（Kaplan–Meier，尚未解决的计到统计日结束；没有解决时间而已关单的按关单计）；"
        "曲线达不到一半或九成时为空。另按营业时间计。",
        window="90", needs=NEEDS, cuts=CUTS, history=False,
    ),
    Metric(
        "resolution_rate", "Resolution rate", "解决率", "share", "high", "rows",
        service.resolution_rate,
        "窗口内开单的工单中，到统计日已解决（或已关单）的占比；95% Wilson 区间。",
        window="90", needs=NEEDS, cuts=CUTS, history=False,
    ),
    Metric(
        "response_sla", "Answered in time", "响应及时率", "share", "high", "rows",
        service.response_sla,
        "窗口内开单、已按时限见分晓的工单（已响应，或已过时限）中，在承诺小时数内首次响应的占比；"
        "时限按工单类别设定 [service.response_hours]，按设定的时钟（自然时间或营业时间）计；95% Wilson 区间。",
        window="90", needs=NEEDS, cuts=CUTS, history=False,
    ),
    Metric(
        "resolution_sla", "Resolved in time", "解决及时率", "share", "high", "rows",
        service.resolution_sla,
        "窗口内开单、已按时限见分晓的工单（已解决，或已过时限）中，在承诺小时数内解决的占比；"
        "时限按工单类别设定 [service.resolve_hours]；95% Wilson 区间。",
        window="90", needs=NEEDS, cuts=CUTS, history=False,
    ),
    Metric(
        "reopen_rate", "Reopened", "重开率", "share", "low", "rows", service.reopen_rate,
        "窗口内开单且已解决的工单中，被标记为重开的占比（以最近一次交付的标记为准）；95% Wilson 区间。",
        window="90", needs=NEEDS, cuts=CUTS, history=False,
    ),
    Metric(
        "ticket_satisfaction", "Service rating", "工单满意度", "score", "high",
        "rows", service.ticket_satisfaction,
        "窗口内开单且已解决的工单评分（1–5 分）的平均；95% t 区间，同一客户多次评分时按客户聚类。",
        window="90", needs=NEEDS, cuts=CUTS, history=False,
    ),
    Metric(
        "tickets", "Tickets opened", "工单量", "count", None, "rows", service.tickets,
        "窗口内开单的工单数，以及各分群占全部的比例；其中投诉数、已解决数。",
        window="90", needs=NEEDS, cuts=CUTS, history=False,
    ),
    Metric(
        "open_tickets", "Open tickets", "未结工单", "count", "low", "rows",
        service.open_tickets,
        "截至统计日结束仍未结的工单：没有解决的工单，以及闭环没有走完的投诉，不论何时开单。"
        "超时：超过首次响应或解决的承诺时限，或在闭环的某一步等待超过该步时限；一单可以同时超几项；新超时：其中任一项在最近 24 小时内刚超过。",
        window=None, needs=NEEDS, cuts=STANDING, history=False,
    ),
    Metric(
        "ticket_list", "List of open tickets", "未结工单清单", "count", None, "rows",
        service.ticket_list,
        "未结工单逐单列出，刚超时的在前：在等什么、等了多久、开单多久、超了哪项承诺、超了多少小时。"
        "--show 可只看超时的：breached、fresh、response、resolution、step；--team 等可只看一个分群。",
        window=None, needs=NEEDS, options=("show", "top", *OWN), cuts=(), history=False,
    ),
    Metric(
        "complaint_pareto", "Complaints by type", "投诉帕累托", "count", "low", "rows",
        complaints.complaint_pareto,
        "窗口内的投诉按类型（或 --by 原因等）从多到少排列：数量、占比、累计占比，以及与上一窗口的差。",
        window="90", needs=NEEDS, cuts=CUTS[:-1], history=False,
    ),
    Metric(
        "complaint_recurrence", "Recurring complaints", "投诉复发率", "share", "low",
        "rows", complaints.complaint_recurrence,
        "窗口内有类型的投诉中，同一客户此前 90 天内（设定 recurrence_days）已有同类型投诉的占比；95% Wilson 区间。",
        window="90", needs=NEEDS, cuts=CUTS, history=False,
    ),
    Metric(
        "complaint_loop", "Closed loop of complaints", "投诉闭环", "count", None, "rows",
        complaints.complaint_loop,
        "窗口内的投诉走到闭环八步中各步的数量：受理、核实、分派、方案、执行、反馈、回访、跟踪；走到后面一步即视为走过前面各步。"
        "停留：只走到这一步、在等下一步的；超时：等待超过下一步的时限（设定 [service.step_hours]）。没有任何投诉填写某一步时，该步未知。",
        window="365", needs=NEEDS, cuts=(), history=False,
    ),
)  # fmt: skip
