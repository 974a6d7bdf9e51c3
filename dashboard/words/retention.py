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
}
