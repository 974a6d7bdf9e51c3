"""Words of the page Churn watchlist."""

REASONS: tuple[tuple[str, str], ...] = (
    (
        r"no churn model: it needs (\d+) days of history and (\d+) customers,"
        r" (\d+) who left and (\d+) who stayed",
        r"没有流失模型：需要 \1 天历史，以及检验日至少 \2 位客户，其中离开与留下的各至少 \3 位",
    ),
    (r"no episode of the list is over yet", "名单上还没有期满的客户"),
    (
        r"the episodes that are over have no control group",
        "期满的客户中没有对照组",
    ),
    (r"no probabilities, as there is no model", "没有概率，因为没有可用的模型"),
)
TEXTS: dict[str, tuple[str, str]] = {
    "group.operations": ("运营", "Operations"),
    "page.churn_watchlist": ("流失预警", "Churn watchlist"),
    "page.churn_watchlist.question": (
        "今天该联系谁？为什么？联系划算吗？",
        "Whom to contact today, why, and does it pay?",
    ),
    "watch.last_day": (
        "名单按最近一天的数据给出；所选的统计日在本页不起作用",
        "The list is as of the last day; the as-of date does not apply here",
    ),
    "watch.title": ("今天的名单", "Today's list"),
    "watch.sub": (
        "近 365 天有购买的客户，按风险金额从高到低；概率旁是它的期限",
        "Customers with a purchase in 365 days, by the money at stake; a probability "
        "stands with its horizon",
    ),
    "watch.summary": (
        "近一年有购买的 <b>{n}</b> 位客户中，预计 <b>{lost}</b> 位（{share}）在未来 {days} 天内不再购买，"
        "涉及毛利 <b>{risk}</b>。",
        "Of <b>{n}</b> customers with a purchase in a year, <b>{lost}</b> ({share}) are "
        "expected to buy nothing in the next {days} days: <b>{risk}</b> of margin at risk.",
    ),
    "watch.summary.unknown": (
        "近一年有购买的客户有 <b>{n}</b> 位；未来 {days} 天的流失概率还无法给出。",
        "<b>{n}</b> customers bought in a year; how likely they are to leave within "
        "{days} days cannot be told yet.",
    ),
    "watch.method.model": (
        "概率来自本公司历史训练并校准的模型，检验中优于最近购买规则。",
        "Probabilities of the calibrated model, trained on the company's own past; in its "
        "test it beat the recency rule.",
    ),
    "watch.method.recency": (
        "概率来自校准后的最近购买规则：检验中模型没有更好。",
        "Probabilities of the calibrated recency rule: the model was no better in its test.",
    ),
    "watch.method.formula": (
        "概率来自购买模型的公式，未经检验。",
        "Probabilities by the purchase model's formula, untested.",
    ),
    "watch.method.overdue": (
        "没有可用的模型：名单按逾期倍数（距最近购买天数 ÷ 自己的节奏）排序。",
        "No usable model: the list is ranked by days since the last purchase over the "
        "customer's own rhythm.",
    ),
    "watch.col.customer": ("客户", "Customer"),
    "watch.col.chance": ("{days} 天内不购买", "No purchase in {days} days"),
    "watch.col.why": ("为什么", "Why"),
    "watch.col.last": ("最近购买", "Last purchase"),
    "watch.col.at_risk": ("风险价值", "Value at risk"),
    "watch.col.saved": ("预期挽回毛利", "Expected saved margin"),
    "watch.col.clv": ("终身价值", "CLV"),
    "watch.col.owner": ("负责人", "Owner"),
    "watch.rhythm": (
        "{days} 天前 · 节奏 {rhythm} 天 · {ratio} 倍",
        "{days} days ago · rhythm {rhythm} days · {ratio}×",
    ),
    "watch.nobody": ("名单上没有客户", "Nobody is on the list"),
    "watch.due": ("{day} 到期", "due {day}"),
    "watch.late": ("已过期：{day}", "overdue since {day}"),
    "watch.held": (
        "另有 {n} 位属于对照组（随机 {share}），不显示、不联系，只计数；暂缓、已结束与拒绝联系的也不在名单上",
        "{n} more are of the control group ({share} by lot): counted, not shown, not "
        "contacted; snoozed and closed ones, and who refused contact, are not listed",
    ),
    "give.title": ("批量分配", "Assign the list"),
    "give.count": ("前几位", "The first"),
    "give.due": ("到期", "Due"),
    "give.action": ("要做什么（如：电话，送券）", "What to do (a call, a voucher)"),
    "give.save": ("分配", "Assign"),
    "give.done": (
        "已分配 {n} 位；{taken} 位已有人跟进；{held} 位留作对照",
        "{n} assigned; {taken} somebody has already; {held} held out",
    ),
    "one.pick": ("处理一位客户", "Work on a customer"),
    "one.record": ("记录联系", "Record a contact"),
    "one.snooze": ("暂缓", "Snooze"),
    "one.close": ("结束", "Close"),
    "one.kind": ("方式", "By"),
    "one.result": ("结果", "Result"),
    "one.outcome": ("结论", "Outcome"),
    "one.note": ("备注", "Note"),
    "one.next": ("下次联系", "Next contact"),
    "one.until": ("暂缓到", "Until"),
    "one.save": ("保存", "Save"),
    "saved.title": ("救回了多少客户", "Did the contacts save anybody?"),
    "saved.sub": (
        "与随机留出的对照组比较；只计期满的客户",
        "Against the control group drawn by lot; only episodes that are over",
    ),
    "saved.told": (
        '救回 <b>{value}</b> 位客户（<span class="ch-id">95%</span>：{ci_low} 至 {ci_high}），毛利 <b>{margin}</b>（{margin_low} 至 {margin_high}）。',
        '<b>{value}</b> customers saved (<span class="ch-id">95%</span>: {ci_low} to {ci_high}), <b>{margin}</b> of margin '
        "({margin_low} to {margin_high}).",
    ),
    "saved.how": (
        "联系组 {treated} 位中 {treated_bought} 位购买，对照组 {control} 位中 {control_bought} 位：效果 {effect}"
        "（{effect_low} 至 {effect_high}）；另有 {running} 位未期满。",
        "{treated_bought} of {treated} contacted bought, {control_bought} of {control} held out: "
        "an effect of {effect} ({effect_low} to {effect_high}); {running} not over yet.",
    ),
    "saved.none": (
        "还不能说：{why}。进行中 {running} 位。分配名单时自动留出对照组，期满后这里给出答案。",
        "Not known yet: {why}. {running} are running. Assigning the list draws the control "
        "group; the answer stands here once its time is over.",
    ),
    "rank.pick": ("排序", "Ranked by"),
    "rank.value_at_risk": ("风险价值", "Value at risk"),
    "rank.saved_margin": ("预期挽回毛利", "Expected saved margin"),
    "owner.pick": ("负责人", "Owner"),
    "owner.all": ("全部", "Everybody's"),
    "owner.none": ("未分配", "Nobody"),
    "top.pick": ("今天处理", "Capacity today"),
    "top.n": ("前 {n} 位", "Top {n}"),
    "why.habit": (
        "按购买史，{horizon_days} 天内不购买的可能为 {by_formula}",
        "Its purchase history says {by_formula} to buy nothing in {horizon_days} days",
    ),
    "why.left": (
        "可能已经离开：仍是客户的概率 {p_alive}",
        "May have left: still a customer with {p_alive}",
    ),
    "why.overdue": (
        "超过自己的购买节奏：{overdue_ratio} 倍",
        "Past its own rhythm: {overdue_ratio}×",
    ),
    "why.fewer_purchases": (
        "购买变少：近 90 天 {bought} 天，之前 90 天 {bought_before} 天",
        "Buys less: {bought} days in the past 90, {bought_before} in the 90 before",
    ),
    "why.fewer_touches": (
        "互动变少：近 90 天 {touched} 次，之前 90 天 {touched_before} 次",
        "Fewer visits and logins: {touched} in the past 90 days, {touched_before} before",
    ),
    "why.complaint": (
        "有未解决或处理过迟的投诉：{complaints} 件",
        "Complaints open or resolved late: {complaints}",
    ),
    "why.detractor": (
        "最近一次推荐评分为贬损",
        "Last recommendation was a detractor's",
    ),
    "why.dissatisfied": ("最近一次满意度偏低", "Last satisfaction answer was low"),
    "why.expiring_points": (
        "积分即将到期：{expiring} 分",
        "Points about to lapse: {expiring}",
    ),
    "why.recency": (
        "{days_since_last} 天没有购买",
        "No purchase for {days_since_last} days",
    ),
    "why.nothing": (
        "没有突出的风险信号；因金额大而列入",
        "No signal stands out; listed for the money at stake",
    ),
    "stop.title": ("联系划算吗", "Does a contact pay?"),
    "stop.sub": (
        "一次联系的预期收益减去成本；负数表示不要行动",
        "What a contact is expected to bring, less what it costs; below zero: do not act",
    ),
    "stop.above": (
        "平均每次联系带来 <b>{value}</b>；{n} 位客户中有 <b>{worth_contacting}</b> 位值得联系，合计 {total}。"
        "留存价值高于 {break_even} 的客户才划算。",
        "A contact brings <b>{value}</b> on average; it pays for <b>{worth_contacting}</b> "
        "of {n} customers, {total} together. It pays from a value if kept of {break_even} on.",
    ),
    "stop.below": (
        "平均每次联系亏损 <b>{value}</b>：只对 {n} 位客户中的 <b>{worth_contacting}</b> 位划算，合计 {total}。"
        "留存价值高于 {break_even} 的客户才划算。",
        "A contact brings <b>{value}</b> on average: it pays for only "
        "<b>{worth_contacting}</b> of {n} customers, {total} together, from a value if kept "
        "of {break_even} on.",
    ),
    "stop.free": (
        "联系成本与奖励都未设定，所以任何联系都显得划算：请在设定 [churn] 中填写。",
        "Neither a contact's cost nor a reward is set, so that any contact seems to pay: set "
        "them in [churn].",
    ),
    "stop.prior": (
        "挽回效果暂按设定的先验 {effect}（{effect_low} 至 {effect_high}），待对照组到期后更新；"
        "联系成本 {contact_cost}，奖励 {reward}。",
        "The effect is the prior of the settings, {effect} ({effect_low} to {effect_high}), "
        "until the control group tells; a contact costs {contact_cost}, the reward {reward}.",
    ),
    "stop.measured": (
        "挽回效果 {effect}（{effect_low} 至 {effect_high}）由先验与对照组合并而得；"
        "联系成本 {contact_cost}，奖励 {reward}。",
        "The effect, {effect} ({effect_low} to {effect_high}), joins the prior and the "
        "control group; a contact costs {contact_cost}, the reward {reward}.",
    ),
    "churnrule.title": ("模型可信吗", "Can the model be trusted?"),
    "churnrule.sub": (
        "模型与最近购买规则在同一批客户、过去同一天的检验",
        "The model and the recency rule, tested on the same customers on the same past day",
    ),
    "churnrule.none": ("还没有检验", "Not tested yet"),
    "churnrule.figure": ("指标", "Figure"),
    "churnrule.rule.model": ("模型", "Model"),
    "churnrule.rule.recency": ("最近购买规则", "Recency rule"),
    "churnrule.used.model": (
        '使用<b>模型</b>：AUC 比规则高 {gap}（<span class="ch-id">95%</span> 区间 {low} 至 {high}）。',
        "The <b>model</b> is used: its AUC differs from the rule's by {gap} "
        '(<span class="ch-id">95%</span>: {low} to {high}).',
    ),
    "churnrule.used.recency": (
        '使用<b>最近购买规则</b>：模型的 AUC 与它相差 {gap}（<span class="ch-id">95%</span> 区间 {low} 至 {high}），不能证明更好。',
        "The <b>recency rule</b> is used: the model's AUC differs from its by {gap} "
        '(<span class="ch-id">95%</span>: {low} to {high}), which does not prove it better.',
    ),
    "churnrule.auc": ("区分度 AUC", "AUC"),
    "churnrule.auc.sub": (
        "分清走与留的能力，0.5 为瞎猜",
        "tells leavers from stayers; 0.5 is a guess",
    ),
    "churnrule.brier": ("误差 Brier", "Brier"),
    "churnrule.brier.sub": (
        "概率与结果的均方差，越小越好",
        "squared error of the probabilities; less is better",
    ),
    "churnrule.skill": ("技巧分", "Skill"),
    "churnrule.skill.sub": (
        "比人人同一概率好多少",
        "gain over one probability for everybody",
    ),
    "churnrule.slope": ("校准斜率", "Calibration slope"),
    "churnrule.slope.sub": (
        "1 最好；小于 1 为过于自信",
        "1 is best; below it, too sure of itself",
    ),
    "churnrule.intercept": ("校准截距", "Calibration intercept"),
    "churnrule.intercept.sub": (
        "0 最好；大于 0 为低估流失",
        "0 is best; above it, too few leavers told",
    ),
    "churnrule.days": (
        "训练于 {trained_on}，校准于 {calibrated_on}，检验于 {tested_on}：{n} 位客户，其后 {horizon} 天。",
        "Fitted on {trained_on}, calibrated on {calibrated_on}, tested on {tested_on}: "
        "{n} customers and the {horizon} days after.",
    ),
    "calibration.title": ("说到做到吗", "Does it happen as often as said?"),
    "calibration.sub": (
        "按概率分十组：预测与实际；点在虚线上最好，竖线为 95% 区间",
        "Ten groups by probability: said and seen; on the dotted line is best, bars are 95%",
    ),
    "calibration.said": ("预测概率", "Said"),
    "calibration.came": ("实际未购买", "Seen"),
    "precision.title": ("名单命中率", "Precision of the list"),
    "precision.sub": (
        "检验日概率最高的若干客户中，其后确实没有购买的占比；提升为与全体相比的倍数",
        "Of the customers most at risk on the test day, the share that did buy nothing; "
        "lift is against all",
    ),
    "precision.top": ("联系前", "List of"),
    "precision.lift": ("提升 {lift} 倍", "lift {lift}×"),
    "people.watchlist": ("流失预警名单", "Watchlist"),
    "people.churn_probability": (
        "近一年有购买的客户",
        "Customers with a purchase in a year",
    ),
    "people.first.at_risk": (
        "；此处显示风险价值最高的 {n} 位，文件含全部",
        "; the {n} with the most at risk are shown, files hold all",
    ),
    "people.col.churn_probability": ("流失概率", "Probability"),
    "people.col.value_at_risk": ("风险价值", "Value at risk"),
    "people.col.value_if_kept": ("留存价值", "Value if kept"),
    "people.col.days_since_last": ("距最近购买天数", "Days since last"),
    "people.col.overdue_ratio": ("逾期倍数", "Overdue ratio"),
    "people.col.by_model": ("模型概率", "By the model"),
    "people.col.by_recency": ("规则概率", "By the rule"),
    "people.col.by_formula": ("公式概率", "By the formula"),
    "people.col.method": ("所用方法", "Method used"),
    "people.col.horizon_days": ("期限（天）", "Horizon, days"),
}
