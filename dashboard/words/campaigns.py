"""Words of the Campaigns page."""

REASONS: tuple[tuple[str, str], ...] = (
    (
        r"no control group: what members did is no effect",
        "没有对照组：成员做了什么不等于活动带来了什么",
    ),
    (r"no control group", "没有对照组"),
    (r"the control group was not drawn at random", "对照组不是随机抽取的"),
    (
        r"the arms are not split as planned: an effect cannot be told",
        "各组人数与计划不符，无法判断效果",
    ),
    (
        r"the control's outcome is too close to zero for a relative lift",
        "对照组的结果太接近零，算不出相对提升",
    ),
    (
        r"not mature: the outcome window ends on (.+)",
        r"尚未成熟：结果窗口到 \1 才结束",
    ),
    (
        r"too small: (\d+) and (\d+) members measured; about (\d+) are needed"
        r" to find a lift of (.+)",
        r"样本太小：处理组 \1 人、对照组 \2 人；要发现 \4 的提升，约需 \3 人",
    ),
    (
        r"every member measured so far has the same outcome",
        "目前所有成员的结果都相同",
    ),
    (r"fewer than 150 members measured so far", "目前测得的成员不足 150 人"),
    (r"no planned shares", "没有计划占比，未检验"),
    (r"the plan does not name every arm", "计划没有写明每一组的占比"),
    (r"the planned shares do not add up to 1", "计划占比之和不是 1"),
    (r"too few members to test the split", "人数太少，无法检验分流"),
)
TEXTS: dict[str, tuple[str, str]] = {}
