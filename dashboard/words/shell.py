"""Words of the shell: navigation, header, filters."""

TEXTS: dict[str, tuple[str, str]] = {
    "app": ("客户健康", "Customer Health"),
    "app.about": (
        "客户健康：客户群是否健康，原因何在。每个数字都可以用命令行复算。",
        "Customer Health: is the customer base healthy, and why? "
        "Every number can be repeated on the command line.",
    ),
    "group.health": ("健康", "Health"),
    "group.data": ("数据", "Data"),
    "page.overview": ("总览", "Overview"),
    "page.overview.question": (
        "客户群是否健康？发生了什么变化？为什么？",
        "Is the customer base healthy, what changed, and why?",
    ),
    "page.satisfaction": ("满意度", "Satisfaction"),
    "page.satisfaction.question": (
        "客户会推荐我们吗？先改进什么？",
        "Would our customers recommend us, and what should we fix first?",
    ),
    "page.lifetime_value": ("客户终身价值", "Lifetime value"),
    "page.lifetime_value.question": (
        "客户值多少钱？价值集中在谁身上？这个预测可信吗？",
        "What are our customers worth, on whom does it rest, can the forecast be trusted?",
    ),
    "page.data_quality": ("数据质量", "Data quality"),
    "page.data_quality.question": (
        "今天的数字可信吗？哪里有问题？该做什么？",
        "Can I trust today's numbers, what is broken, and what do I do?",
    ),
    "page.definitions": ("指标口径", "Definitions"),
    "page.definitions.question": (
        "每个数字是什么意思？怎么算？数据从哪里来？",
        "What does each number mean, how is it computed, from which data?",
    ),
    "language": ("语言", "Language"),
    "header.complete": ("数据截至 <b>{day}</b>", "Complete to <b>{day}</b>"),
    "header.refreshed": ("刷新于 <b>{at}</b>", "Refreshed <b>{at}</b>"),
    "header.accepted": ("通过校验 <b>{share}</b>", "<b>{share}</b> of rows accepted"),
    "header.role": ("身份：<b>{role}</b>", "Viewing as <b>{role}</b>"),
    "role.local": ("本机用户", "local user"),
    "header.stale": (
        "数据只到 {day}，已超过两天没有更新。请运行 customer-health refresh，"
        "或检查定时任务是否正常。",
        "The data end on {day}, more than two days ago. Run customer-health refresh, "
        "or look at the scheduled job.",
    ),
    "header.refused": (
        "最近一次刷新（{at}）没有发布，当前显示的是 {age}前刷新的数据。原因：{reason}",
        "The last refresh ({at}) was refused and not published; what you see was "
        "refreshed {age} ago. Reason: {reason}",
    ),
    "header.damaged": (
        "存储中的数据文件已损坏，当前显示的是更早的完好快照。请联系管理员恢复备份。"
        "原因：{reason}",
        "Files of the store are damaged; what you see is the last whole snapshot. Ask "
        "the operator to put the backup in place. Reason: {reason}",
    ),
    "error.title": ("数据暂时无法显示", "The data cannot be shown"),
    "filter.as_of": ("截至 {day}", "As of {day}"),
    "filter.as_of.label": ("统计日", "As-of date"),
    "filter.as_of.newest": ("最新（{day}）", "Latest ({day})"),
    "filter.as_of.help": (
        "所有指标只用这一天及之前的数据计算。可选任一月末。",
        "Every metric uses only what had happened by this day. Any month end will do.",
    ),
    "filter.window": ("窗口：{window}", "Window: {window}"),
    "filter.window.label": ("统计窗口", "Window"),
    "filter.window.help": (
        "“各指标默认”指每个指标自己的标准窗口，例如 NPS 90 天、复购率 365 天。",
        "“Standard” is each metric's own window: 90 days for NPS, 365 for repurchase.",
    ),
    "filter.who": ("筛选客户", "Filter customers"),
    "filter.everyone": ("全部", "All"),
    "filter.mode.is": ("是", "is"),
    "filter.mode.not": ("不是", "is not"),
    "filter.is": ("{name}：{values}", "{name}: {values}"),
    "filter.is_not": ("{name}不是：{values}", "{name} is not: {values}"),
    "filter.more": (" 等，另 {n} 项", " +{n} more"),
    "filter.remove": ("移除这个筛选", "Remove this filter"),
    "filter.clear": ("清除全部", "Clear all"),
    "window.": ("各指标默认", "Standard"),
    "window.30": ("近 30 天", "30 days"),
    "window.90": ("近 90 天", "90 days"),
    "window.180": ("近 180 天", "180 days"),
    "window.365": ("近 365 天", "365 days"),
    "window.clv": ("至今毛利 + 未来 {days} 天", "margin so far + next {days} days"),
    "window.all": ("全部历史", "All history"),
    "list.comma": ("、", ", "),
    "list.semicolon": ("；", "; "),
    "list.stop": ("。", ". "),
}
