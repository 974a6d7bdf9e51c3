"""Words of the health score and the loyalty index."""

TEXTS: dict[str, tuple[str, str]] = {
    "kpi.n.health_score": ("{n} 位客户", "{n} customers"),
    "kpi.n.loyalty_index": ("{n} 位客户", "{n} customers"),
    "people.health_score": ("有评分的客户", "Customers with a score"),
    "people.loyalty_index": ("有指数的客户", "Customers with an index"),
    "people.first.lowest": (
        "；此处显示得分最低的 {n} 位，文件含全部",
        "; the {n} with the lowest score are shown, files hold all",
    ),
    "people.col.health": ("健康度", "Health"),
    "people.col.value": ("价值", "Value"),
    "people.col.loyalty": ("忠诚", "Loyalty"),
    "people.col.satisfaction": ("满意", "Satisfaction"),
    "people.col.service": ("服务", "Service"),
    "people.col.engagement": ("互动", "Engagement"),
    "people.col.recency": ("新近", "Recency"),
    "people.col.frequency": ("频次", "Frequency"),
    "people.col.tenure": ("客龄", "Tenure"),
    "people.col.nps": ("推荐", "Recommends"),
    "people.col.programme": ("会员计划", "Programme"),
    "health.title": ("健康度由什么构成", "What the health score is made of"),
    "health.sub": (
        "每项 0–100 分，只计有数据的客户；缺的因子，权重由其余因子分摊；各项贡献相加等于健康度",
        "Each factor is 0 to 100 over the customers with data; a missing factor's weight is "
        "spread over the rest; contributions sum to the score",
    ),
    "health.col.factor": ("因子", "Factor"),
    "health.col.mean": ("平均分", "Mean"),
    "health.col.n": ("有数据的客户", "Customers with data"),
    "health.col.part": ("贡献", "Adds to the score"),
}
