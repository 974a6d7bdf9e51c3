"""Words of the page on customers' value."""

TEXTS: dict[str, tuple[str, str]] = {
    "worth.title": ("全部客户的价值", "What all customers are worth"),
    "worth.sub": (
        "已实现的毛利，加上预测期内的预期毛利，均已减去服务成本",
        "Margin earned so far, and expected over the horizon, less cost to serve",
    ),
    "worth.big": ("合计 {total}", "{total} in all"),
    "col.historic_value": ("已实现毛利", "Margin so far"),
    "col.expected_value": ("预期毛利（折现）", "Expected margin, discounted"),
    "col.total": ("合计价值", "Total value"),
    "parts.title": ("价值由谁构成", "Where the value is"),
    "parts.sub": (
        "合计价值最高的在前；分组沿用上表的选择",
        "The most valuable first; grouped as picked above",
    ),
    "parts.more": ("另有 {n} 组，未列出", "{n} more groups, not listed"),
    "lorenz.title": ("收入分布曲线", "How unequally customers spend"),
    "lorenz.sub": (
        "客户按消费从少到多排列；曲线越弯，收入越集中",
        "Smallest customers first; the more it sags, the fewer carry the revenue",
    ),
    "lorenz.x": ("累计客户占比", "Share of customers, smallest first"),
    "lorenz.y": ("累计收入占比", "Share of revenue"),
    "lorenz.equal": ("人人相同", "All spend alike"),
    "lorenz.hover": (
        "消费最少的 {people} 客户贡献收入的 {money}",
        "The smallest {people} of customers bring {money} of revenue",
    ),
    "negative.title": ("CLV 为负的客户", "Customers below zero"),
    "negative.sub": (
        "服务与活动成本高于已实现与预期的毛利",
        "Serving them costs more than the margin they have brought and will bring",
    ),
    "negative.told": (
        "{number} 位客户的 CLV 为负，占 {n} 位客户的 {share}，合计 {total}",
        "{number} of {n} customers ({share}) are worth less than nothing: {total} in all",
    ),
    "negative.none": (
        "{n} 位客户中没有人的 CLV 为负",
        "None of {n} customers is worth less than nothing",
    ),
    "negative.cost": (
        "已扣除服务与活动成本：迄今 {cost}，预测期内预期 {ahead}",
        "Cost to serve is taken off: {cost} so far, {ahead} expected over the horizon",
    ),
    "negative.free": (
        "没有设定服务的单位成本（设定文件的 [serving]），因此未扣除任何服务成本",
        "No unit cost is set ([serving] in the settings file), so no cost to serve is "
        "taken off",
    ),
    "people.negative_clv": ("CLV 为负的客户", "Customers with a negative CLV"),
    "people.first.negative": (
        "；此处显示最低的 {n} 位，文件含全部",
        "; the {n} lowest are shown, files hold all",
    ),
    "people.col.p_alive": ("仍是客户的概率", "P(still a customer)"),
    "people.col.T": ("首购至今天数", "Days since first purchase"),
    "people.col.expected_purchases": ("预期购买次数", "Expected purchases"),
    "people.col.discounted_purchases": ("折现购买次数", "Discounted purchases"),
    "people.col.expected_spend": ("预期单次金额", "Expected spend"),
    "people.col.margin_rate": ("毛利率", "Margin rate"),
    "people.col.historic": ("已实现毛利", "Margin so far"),
    "people.col.forecast": ("预期毛利", "Expected margin"),
    "people.col.cost": ("迄今服务成本", "Cost to serve so far"),
    "people.col.cost_ahead": ("预期服务成本", "Expected cost to serve"),
    "people.col.clv": ("终身价值", "CLV"),
    "record.title": ("这个预测过去准不准", "Was the forecast right before?"),
    "record.sub": (
        "全部客户（不受筛选影响）：用当时已知的数据重新预测，再与实际毛利比较；照搬上一年：把此前同样天数的毛利当作预测",
        "All customers, whatever the filter: forecast again with what was known then, "
        "beside the margin that came; habit: as much as in the time before",
    ),
    "record.told": (
        "{cut}时，模型会预测当时的 {n} 位客户到{until}带来毛利 {value}；实际为 {actual}，"
        "预测偏差 {error}，照搬上一年的偏差为 {naive}。",
        "On {cut} the model would have expected {value} of margin by {until} from the {n} "
        "customers of that day; {actual} came: {error} off. Same as last year would have "
        "been {naive} off.",
    ),
    "record.narrow": (
        "但区间偏窄：落在区间内的组比应有的少，请只看总额，不要据此判断某一组。",
        "But the intervals were too narrow: fewer groups came out inside theirs than "
        "should, so rely on the total and not on a group.",
    ),
    "record.each": (
        "单个客户平均误差 {mae}（照搬上一年 {naive_mae}）；排序相关 {rank}（照搬上一年 "
        "{naive_rank}）；十组中实际值落在区间内的占 {coverage}。",
        "Per customer {mae} off on average (same as last year: {naive_mae}); ranks agree "
        "by {rank} (same as last year: {naive_rank}); in {coverage} of ten groups the "
        "outcome lay inside the interval.",
    ),
    "record.tenth": ("预测价值分组（10 最高）", "Group by forecast, 10 the highest"),
    "record.n": ("客户数", "Customers"),
    "record.value": ("预测", "Forecast"),
    "record.ci_low": ("区间下限", "Interval from"),
    "record.ci_high": ("区间上限", "to"),
    "record.actual": ("实际", "What came"),
    "record.naive": ("照搬上一年", "Same as last year"),
    "record.error": ("预测偏差", "Forecast off by"),
    "model.title": ("预测从何而来", "Where the forecast comes from"),
    "model.sub": (
        "两个统计模型：还会买几次，每次花多少",
        "Two models: how often they will buy, and what they spend each time",
    ),
    "model.used": (
        "预测可用：{model}，由 {n} 位客户的购买历史拟合。",
        "There is a forecast: {model}, fitted on the purchases of {n} customers.",
    ),
    "model.uncorrelated": (
        "频次与单次金额的秩相关为 {rho}，不超过 {limit}，符合模型假定。",
        "Frequency and spend hardly go together (rank correlation {rho}, limit {limit}), as "
        "the model assumes.",
    ),
    "model.correlated": (
        "⚠ 频次与单次金额的秩相关为 {rho}，超过 {limit}：模型假定二者无关，预测应谨慎使用。",
        "⚠ Frequency and spend go together (rank correlation {rho}, limit {limit}), which the "
        "model rules out: take the forecast with care.",
    ),
    "model.gate": (
        "给出预测的条件：至少 500 位购买客户、180 天历史、最近 30 天内有订单、"
        "30 位有三个以上购买日的客户，且两个模型都收敛。",
        "There is a forecast only with at least 500 buyers, 180 days of history, an order "
        "in the last 30 days, 30 customers with three purchase days, and both fits "
        "converged.",
    ),
    "model.customers": ("拟合所用客户", "Customers fitted on"),
    "model.triples": ("不同的购买历史", "Distinct purchase histories"),
    "model.spend_customers": ("有复购金额的客户", "Customers with repeat spend"),
    "model.purchases": ("购买模型参数（周）", "Purchase model, weeks"),
    "model.spend": ("金额模型参数", "Spend model"),
    "value.model.mbgnbd": ("MBG/NBD 模型", "MBG/NBD"),
    "value.model.bgnbd": ("BG/NBD 模型", "BG/NBD"),
    "value.model.pareto": ("Pareto/NBD 模型", "Pareto/NBD"),
    "clv_bins.title": ("CLV 的分布", "How CLV is spread"),
    "clv_bins.sub": (
        "各区间的客户数，截至最近一天",
        "Customers by range, as of the last day",
    ),
    "clv_bins.hover": ("{n} 位客户", "{n} customers"),
    "clv_months.title": ("各首购月份的 CLV", "CLV by cohort"),
    "clv_months.sub": (
        "按首次购买的月份的平均 CLV 与 95% 区间；较早的客户有更长的时间消费",
        "Mean CLV by month of the first purchase, with 95% band; older cohorts had longer to spend",
    ),
}
