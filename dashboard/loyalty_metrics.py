"""The catalogue's entries about the loyalty programme."""

from dashboard.measure import CUSTOMER_CUTS, Metric
from metrics import members, points

NEEDS = ("points",)
CUTS = (*CUSTOMER_CUTS, "level")

LOYALTY = (
    Metric(
        "loyalty_members", "Members by level", "各等级会员", "count", None, "rows",
        members.loyalty_members,
        "会员指有会员等级、或在积分流水中有记录的客户（没有注明等级的记为“未知”）。各等级的会员数与占比、近 365 天有购买的会员、"
        "持有的积分、近 365 天净收入；另列不是会员、曾有购买的客户作对照。等级取客户表的最新值。",
        window=None, needs=("customers",), cuts=(), history=False,
    ),
    Metric(
        "points_ledger", "Points ledger", "积分收支", "count", None, "rows",
        points.points_ledger,
        "每个自然月：期初 + 获得 − 兑换 − 过期 + 调整（有正负）= 期末；本月期初即上月期末。",
        window=None, needs=NEEDS, cuts=(), history=False,
    ),
    Metric(
        "points_reconciliation", "Points reconciliation", "积分对账", "count", "low",
        "rows", members.points_reconciliation,
        "逐个账户核对：期初 + 获得 − 兑换 − 过期 + 调整 = 期末，与最后一笔流水所带的余额比较；不一致的计数并列出名单。"
        "期初为第一笔流水之前的余额，不低于 0；最后一笔没有余额的账户无法核对，单独计数。",
        window=None, needs=NEEDS, cuts=(), history=False,
    ),
    Metric(
        "member_accounts", "Member accounts", "会员积分账户", "count", None, "rows",
        members.member_accounts,
        "会员名单与积分账户：全部（--list=members）、对不上的（mismatched）、无法核对的（unchecked），"
        "某一等级（--level），或某个月有积分到期的（--due=2026-12）。差额 = 交来的余额 − 按流水算出的余额。",
        window=None, needs=(), options=("list", "level", "due"), cuts=(), history=False,
    ),
    Metric(
        "points_expiry", "Expiry calendar", "积分到期日历", "count", None, "rows",
        points.points_expiry,
        "今后每个月将到期的积分（若不使用）：每位会员先用最早到期的积分（先进先出），余下的按到期月份合计。"
        "“无批次”指没有对应批次的积分：已过期而未扣除，或来自期初余额。",
        window=None, needs=NEEDS, cuts=(), history=False,
    ),
    Metric(
        "redemption_rate", "Redemption rate", "积分兑换率", "share", "high", "rows",
        points.redemption_rate,
        "截至统计日所在月的 12 个自然月内，兑换的积分 ÷ 获得的积分；兑换的可以是更早获得的积分，所以可能超过 100%。",
        window=None, needs=NEEDS, cuts=CUTS, history=False,
    ),
    Metric(
        "breakage", "Breakage", "积分过期率", "share", None, "rows", points.breakage,
        "到期日已过的各批积分中，未使用而过期的占比：过期的积分 ÷ 这些批次获得的积分。",
        window=None, needs=NEEDS, cuts=CUTS, history=False,
    ),
    Metric(
        "points_liability", "Points liability", "积分负债", "money", "low", "rows",
        points.points_liability,
        "会员持有的积分 × 单位成本（设定 [points] unit_cost）×（1 − 过期率）；没有设定单位成本时只给积分数。",
        window=None, needs=NEEDS, cuts=CUTS, history=False,
    ),
    Metric(
        "member_comparison", "Members and look-alikes", "会员与相似非会员", "share", None,
        "rows", members.member_comparison,
        "一年前已是会员的客户，与当时层级、首购半年、获客渠道都相同的非会员比较其后一年：是否购买、人均净收入；按会员人数加权。"
        "这是描述，不是因果：入会是客户自己的选择。只比较两边各至少 2 人的组，95% 区间。",
        window=None, needs=NEEDS, cuts=(), history=False,
    ),
    Metric(
        "member_moves", "Up- and downgrades of members", "会员升降级", "count", None, "rows",
        members.member_moves,
        "会员一年前与现在的层级对照（按近 365 天消费判定）；会员等级本身没有历史，故用层级。",
        window=None, needs=NEEDS, cuts=(), history=False,
    ),
)  # fmt: skip
