"""Words of the Visits & care page."""

TEXTS: dict[str, tuple[str, str]] = {
    "page.visits": ("拜访与关怀", "Visits & care"),
    "page.visits.question": (
        "该拜访的客户都拜访了吗？谁逾期、谁快到期、下一步找谁？",
        "Were the customers contacted whom we owe a contact, who is overdue, and who is next?",
    ),
    "by.duty_tier": ("期初层级", "Tier at the start"),
    "by.period": ("周期", "Period"),
    "by.owner": ("负责人", "Owner"),
    "visits.last_day": (
        "拜访按最近一天的数据显示；所选的统计日在本页不起作用",
        "Visits are shown as of the last day; the as-of date does not apply here",
    ),
    "visits.title": ("应做与已做", "What was owed and done"),
    "visits.sub": (
        "每年应联系：{duties}。按周期开始时的层级计；已结束的周期看{window}，正在进行的另列",
        "Owed in a year: {duties}. By the tier at the start of a period; periods that ended "
        "in the window ({window}), the running ones apart",
    ),
    "visits.duty": ("{tier} {what}", "{tier} {what}"),
    "visits.times": ("{kind} {n} 次", "{n} × {kind}"),
    "visits.summary": (
        "已结束的周期做到了 <b>{share}</b>（<span class='ch-id'>95%</span> 区间 {low} 至 {high}；应做 {due} 次），"
        "<b>{overdue}</b> 次没有做；正在进行的周期已做 {done}，还差 <b>{left}</b> 次。",
        "<b>{share}</b> of what ended periods owed was done (<span class='ch-id'>95%</span> interval {low} to {high}; "
        "{due} contacts due), <b>{overdue}</b> were missed; of the running periods {done} is "
        "done and <b>{left}</b> are left.",
    ),
    "visits.col.compliance": ("达成率", "Compliance"),
    "visits.col.met": ("已做", "Done"),
    "visits.col.missed": ("未做", "Missed"),
    "visits.col.now_due": ("本期应做", "Now due"),
    "visits.col.now_met": ("本期已做", "Now done"),
    "visits.col.now_left": ("本期还差", "Now left"),
    "visits.more": (
        "另有 {n} 行；完整表见命令行",
        "{n} more rows; the command line has all",
    ),
    "owed.title": ("待做清单", "Contacts still owed"),
    "owed.sub": (
        "逾期：窗口内结束的周期没有做够；待做：最迟做到本期最后一天",
        "Overdue: a period that ended in the window; coming: due by the last day of its period",
    ),
    "duties_show.pick": ("看哪些", "Which"),
    "duties_show.overdue": ("逾期未做", "Overdue"),
    "duties_show.coming": ("本期待做", "Coming"),
    "duties.count": ("{name}：{n} 项", "{name}: {n}"),
    "duties.first": ("；显示前 {n} 项", "; the first {n} are shown"),
    "visit_owner.pick": ("负责人", "Owner"),
    "visit_owner.all": ("全部负责人", "Everybody's"),
    "people.visit_list": ("待做拜访", "Contacts still owed"),
    "duties.col.customer_id": ("客户号", "Customer"),
    "duties.col.kind": ("方式", "How"),
    "duties.col.due_on": ("最迟", "Due by"),
    "duties.col.days_left": ("剩余天数", "Days left"),
    "duties.col.due": ("应做", "Due"),
    "duties.col.done": ("已做", "Done"),
    "duties.col.duty_tier": ("期初层级", "Tier at the start"),
    "duties.col.owner": ("负责人", "Owner"),
    "duties.col.store": ("门店", "Store"),
    "duties.col.region": ("地区", "Region"),
    "duties.col.last_on": ("本期最近一次", "Last in the period"),
    "visits.calendar": ("客户拜访", "Customer visits"),
    "visits.ics": ("下载日历 .ics", "Download .ics calendar"),
    "visits.ics.sub": (
        "全天事件，最多 {n} 个，只含客户号；再次导入会更新而不会重复",
        "All-day events, at most {n}, with customer ids only; imported again they are "
        "updated, not doubled",
    ),
    "visits.event": ("{kind} {customer}（{tier}）", "{kind} {customer} ({tier})"),
    "visits.event.more": (
        "负责人 {owner}；周期自 {start}",
        "Owner {owner}; period from {start}",
    ),
    "visit_record.title": ("记录一次拜访", "Write a visit down"),
    "visit_record.sub": (
        "保存后立即计入达成率；填了“下一步”的，要在右侧关闭",
        "Counts in compliance at once; one with a next step is to be closed beside",
    ),
    "visits.customer": ("客户号", "Customer id"),
    "visits.unknown": ("没有这个客户号", "There is no such customer"),
    "visits.saved": ("已保存", "Saved"),
    "loops.title": ("还没有关闭的拜访", "Visits with a next step"),
    "loops.sub": (
        "承诺了下一步、还没有做的",
        "A next step was promised and is not done",
    ),
    "visits.loops.none": ("没有未关闭的拜访", "None is open"),
    "visits.loop": (
        "{customer_id} · {kind} {contacted_on} · 下一步最迟 {due}",
        "{customer_id} · {kind} on {contacted_on} · next step by {due}",
    ),
    "visits.close": ("已完成", "Done"),
    "care.title": ("关怀名单", "Customers to greet"),
    "care.sub": (
        "生日：统计日之后 14 天内；问候：该有电话或上门的层级中，最近 90 天没有关怀联系的客户，适合节日前问候。"
        "关怀没有随机对照，这里不作效果结论；要证明效果，请用带随机对照的活动",
        "Birthdays in the 14 days after the as-of date; greetings: customers in a tier that is "
        "owed a call or a visit, not greeted in 90 days, such as before a festival. Care has no "
        "random control, so no effect is claimed here; a campaign with one can prove it",
    ),
    "care_show.pick": ("看哪些", "Which"),
    "care_show.birthday": ("近期生日", "Birthdays soon"),
    "care_show.greeting": ("该问候的客户", "To be greeted"),
    "care.count": ("{name}：{n} 位", "{name}: {n}"),
    "care.first": ("；显示前 {n} 位", "; the first {n} are shown"),
    "people.care_list": ("关怀名单", "Customers to greet"),
    "care.col.customer_id": ("客户号", "Customer"),
    "care.col.birthday_on": ("生日", "Birthday"),
    "care.col.days_left": ("还有几天", "Days until"),
    "care.col.last_care_on": ("上次关怀", "Last greeted"),
    "care.col.tier": ("层级", "Tier"),
    "care.col.owner": ("负责人", "Owner"),
    "care.col.store": ("门店", "Store"),
    "care.col.region": ("地区", "Region"),
}
