"""Words of the planner of the next test, on the page Campaigns."""

TEXTS: dict[str, tuple[str, str]] = {
    "planner.title": ("设计下一次测试", "Plan the next test"),
    "planner.sub": (
        "受众为当前筛选下的客户；主要结果为窗口内是否购买，功效 80%，显著性 5%",
        "For the customers in view; outcome: a purchase in the window; power 80%, 5% significance",
    ),
    "planner.lift": ("要发现的相对提升（%）", "Relative lift to find (%)"),
    "planner.control": ("对照组占比（%）", "Share of control (%)"),
    "planner.days": ("结果窗口（天）", "Outcome window (days)"),
    "planner.audience": (
        "当前筛选下可联系 {audience} 位客户；另有 {spared} 位拒绝联系或在其他计划的对照组中",
        "{audience} customers in view may be contacted; {spared} more refused, or are held out of a programme",
    ),
    "planner.value.title": ("平时的购买占比", "Usual share who buy"),
    "planner.value.sub": (
        "同类客户在上一个同样长的窗口内",
        "Such customers, in a window as long before",
    ),
    "planner.detectable.title": ("能发现的最小提升", "Smallest lift to be found"),
    "planner.detectable.sub": ("用上全部受众时", "With the whole audience"),
    "planner.days.title": ("多少天后读结果", "Days until it is read"),
    "planner.days.sub": (
        "自分组次日起，只读一次",
        "From the day after assignment, read once",
    ),
    "planner.needed.title": ("需要的成员", "Members needed"),
    "planner.needed.sub": (
        "处理组 + 对照组，发现该提升",
        "Treatment + control, to find the lift",
    ),
    "planner.beyond.title": ("证明超过推广阈值", "To show more than the threshold"),
    "planner.beyond.sub": (
        "处理组 + 对照组；提升不高于阈值时没有",
        "Treatment + control; none for a lift at or below it",
    ),
    "planner.members": ("抽取多少位成员", "Members to draw"),
    "planner.campaign": ("活动编号", "Campaign id"),
    "planner.seed": (
        "抽签种子（相同则名单相同）",
        "Seed of the lot (same seed, same list)",
    ),
    "planner.drawn": (
        "处理组 {treatment} 位，对照组 {control} 位，按层级分层随机；文件可作为 campaign_members 装载",
        "{treatment} in treatment, {control} in control, by lot within tiers; the file loads as campaign_members",
    ),
}

REASONS = (
    (r"nobody is in view", "当前筛选下没有客户"),
    (
        r"nobody of this audience bought in the days before: give --baseline",
        "这些客户此前没有人购买；可用 --baseline 给定购买占比",
    ),
    (
        r"the audience is smaller than the members needed",
        "受众少于需要的成员：放宽筛选、提高要发现的提升或延长窗口",
    ),
    (
        r"the lift would bring the share to 100% or more",
        "该提升会使占比达到或超过 100%",
    ),
)
