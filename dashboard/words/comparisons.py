"""Words of the comparisons that stand in for a control group, on the page Campaigns."""

TEXTS: dict[str, tuple[str, str]] = {
    "comparisons.title": (
        "没有对照组：只能这样比较",
        "Without a control group: comparisons only",
    ),
    "comparisons.sub": (
        "每位成员的净收入，开始后的结果窗口与之前同样长的时间相比；都不能证明是活动带来的",
        "Net revenue per member, the window after the start against as many days before; none proves a cause",
    ),
    "comparisons.col.method": ("比较方式", "Compared"),
    "comparisons.col.difference": ("每位成员的差额", "Difference per member"),
    "comparisons.col.members": ("成员", "Members"),
    "comparisons.col.others": ("其他客户", "Others"),
    "comparisons.col.trend": ("此前的趋势差", "Trend apart before"),
    "comparisons.did": ("与其他客户的变化相比", "Against the change of others"),
    "comparisons.season_matched": (
        "与一年前同期相比",
        "Against the season a year before",
    ),
    "comparisons.before_after": ("与活动之前相比", "Against before"),
    "comparisons.grade.difference_in_differences": (
        "双重差分",
        "Difference-in-differences",
    ),
    "comparisons.grade.before_after": ("仅作描述", "Descriptive only"),
}

REASONS = (
    (r"its days after the start are not over", "活动开始后的结果窗口还没有结束"),
    (r"the history does not reach back far enough", "历史不够长，无法比较"),
    (r"fewer than (\d+) customers on a side", r"一侧的客户不足 \1 位"),
    (
        r"members had not bought lately: any difference is biased up",
        "成员是因近期未购买而选入的：这种比较总会偏高",
    ),
    (
        r"members and others moved apart before it started",
        "活动开始之前两组的趋势已经不同",
    ),
    (
        r"members had not bought lately: any difference is biased up;"
        r" members and others moved apart before it started",
        "成员是因近期未购买而选入的，且活动之前两组的趋势已经不同",
    ),
)
