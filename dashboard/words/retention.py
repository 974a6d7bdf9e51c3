"""Words of the Repurchase & retention page."""

TEXTS: dict[str, tuple[str, str]] = {
    "page.retention": ("复购与留存", "Repurchase & retention"),
    "page.retention.question": (
        "客户会回来再买吗？客户群在增长还是在流失？",
        "Do customers come back, and is the base growing or leaking?",
    ),
    "within.title": ("首购后多久回来", "How soon first-time buyers return"),
    "within.sub": (
        "首购后 N 天内再次购买的占比；只计观察期已满的客户，竖线为 95% 区间",
        "Share back within N days of the first purchase; only customers whose N days "
        "have passed. Bars are 95% intervals",
    ),
    "within.axis": ("首购后天数", "Days since the first purchase"),
    "within.days": ("{n} 天", "{n} d"),
    "growth.title": ("增长拆解", "Growth accounting"),
    "growth.sub": (
        "每月购买客户从哪里来、流失多少；速动比高于 1 为增长；浅色为未结束的月份，或历史开始不久、新客偏多的月份",
        "Where each month's buyers come from, and who left; a quick ratio above 1 is "
        "growth. Pale: a month not over, or so early that known customers look new",
    ),
    "growth.new": ("新客", "New"),
    "growth.retained": ("留存", "Retained"),
    "growth.resurrected": ("召回", "Resurrected"),
    "growth.resurrected.moved": ("召回或移入", "Resurrected or moved in"),
    "growth.lapsed": ("流失", "Lapsed"),
    "growth.lapsed.moved": ("流失或移出", "Lapsed or moved out"),
    "growth.buyers": ("购买客户", "Buyers"),
    "growth.ratio": ("速动比", "Quick ratio"),
    "growth.ratio.title": (
        "速动比 =（新客 + 召回）÷ 流失",
        "Quick ratio: (new + resurrected) / lapsed",
    ),
    "growth.running": ("这个月还没有结束", "This month is not over"),
    "growth.burn_in": (
        "历史开始不久，老客可能被当作新客",
        "So early in the history that known customers may look new",
    ),
    "cohorts.title": ("同期群留存", "Cohort retention"),
    "cohorts.sub": (
        "按首购月份分组，看首购后第 0、1、2……个月还有多少人购买；可换成订单、净收入、毛利（平均到本群每位客户）",
        "By month of the first purchase: how many of its customers buy in each month after; "
        "or orders, net revenue and margin per customer of the cohort",
    ),
    "cohorts.cohort": ("首购月份", "First purchase"),
    "cohorts.size": ("客户数", "Customers"),
    "cohorts.mean": ("加权平均", "Weighted mean"),
    "cohorts.whole": ("全部客户", "All of the cohort"),
    "cohorts.in-month": ("第几个月有购买", "Bought in month"),
    "cohorts.by-month": ("到第几个月回来过", "Came back by month"),
    "cohorts.in-month.n": ("第 {n} 个月有购买", "Bought in month {n}"),
    "cohorts.by-month.n": ("第 {n} 个月前回来过", "Back by month {n}"),
    "cohorts.empty": (
        "列为首购后的月数；“–”表示该月还没有结束；平均只计已结束的月份，按人数加权。",
        "Columns are months since the first purchase; – marks a month that is not over; "
        "the mean weighs complete cells by customers.",
    ),
    "cohorts.burn_in": (
        "* 历史开始不久，老客可能被当作新客。",
        "* So early in the history that known customers may look new.",
    ),
    "cohorts.hidden": (
        "只显示最近 {most} 个月份，另有 {n} 个较早的月份。",
        "The newest {most} months are shown, {n} earlier ones are not.",
    ),
    "cohort_show.pick": ("显示内容", "What is shown"),
    "cohort_show.customers": ("客户", "Customers"),
    "cohort_show.orders": ("订单", "Orders"),
    "cohort_show.revenue": ("净收入", "Revenue"),
    "cohort_show.margin": ("毛利", "Margin"),
    "cohort_form.pick": ("占比或数量", "Shares or counts"),
    "cohort_form.shares": ("占比 / 人均", "Share / per customer"),
    "cohort_form.counts": ("数量", "Counts"),
    "cohort_span.pick": ("当月或累计", "In the month or so far"),
    "cohort_span.in-month": ("当月", "In the month"),
    "cohort_span.by-month": ("累计", "So far"),
    "people.cohort_customers": ("同期群客户", "Customers of the cohort"),
    "curve.title": ("再次购买曲线", "Bought again, day by day"),
    "curve.sub": (
        "首购后到第几天为止有多少客户再次购买；尚未再买的客户计到统计日，阴影为 95% 区间，观察中少于 10 位时曲线结束",
        "Share of first-time buyers who had bought again by each day; customers not yet back "
        "count up to the as-of date. Band: 95%; the curve ends under 10 at risk",
    ),
    "curve.median": (
        "一半客户在首购后 {days} 天内再次购买",
        "Half had bought again within {days} days of the first purchase",
    ),
    "curve.at_risk": ("此时仍在观察的客户 {n}", "Still waited for: {n}"),
    "ages.title": ("各月新客的复购率", "Are newer customers coming back sooner?"),
    "ages.sub": (
        "按首购月份：首购后 30、90、180、365 天内再次购买的占比；只计全部客户都已满天数的月份；浅色为历史开始不久的月份",
        "By month of the first purchase: share back within 30, 90, 180 and 365 days, of months "
        "whose days have all passed. Pale: so early that known customers may look new",
    ),
    "curve.axis": ("首购后天数", "Days since the first purchase"),
    "gaps.title": ("购买间隔", "Days between purchases"),
    "gaps.sub": (
        "一次购买之后到第几天为止又有购买的占比，含所有购买日；最近一次之后尚未结束的间隔计到统计日",
        "Share of purchase days followed by another within so many days, first ones or not; "
        "the open gap since the last one counts up to the as-of date",
    ),
    "gaps.axis": ("距上次购买的天数", "Days since a purchase"),
    "gaps.median": (
        "一半购买日之后 {days} 天内又有购买",
        "Half of the purchase days were followed by another within {days} days",
    ),
    "times.title": ("什么时候买", "When they buy"),
    "times.sub": ("购买次数，按星期与小时", "Purchases by weekday and hour"),
    "channels.title": ("线上与线下", "Online and offline"),
    "channels.sub": (
        "购买与净收入，按销售渠道",
        "Purchases and net revenue by sales channel",
    ),
    "channels.col.channel": ("渠道", "Channel"),
    "channels.col.orders": ("订单", "Orders"),
    "channels.col.share": ("占比", "Share"),
    "channels.col.revenue": ("净收入", "Revenue"),
    "channels.col.revenue_share": ("收入占比", "Share of revenue"),
    "curve_cut.pick": ("分组", "By"),
    "curve.half": ("一半在 {n} 天内", "half within {n} days"),
    "curve.half.none": ("不到一半再次购买", "fewer than half came back"),
}
