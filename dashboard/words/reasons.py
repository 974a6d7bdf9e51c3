"""Why a value is unknown, in both languages: the metrics give their reasons in English.

A reason that is not here stands as it is, so a new one is never lost.
"""

import re

from dashboard.words import (
    campaigns,
    churn,
    comparisons,
    lifecycle,
    loyalty,
    planner,
    service,
)

CHINESE: tuple[tuple[str, str], ...] = (
    *campaigns.REASONS,
    *loyalty.REASONS,
    *lifecycle.REASONS,
    *churn.REASONS,
    *comparisons.REASONS,
    *planner.REASONS,
    *service.REASONS,
    (
        r"birthdays are personal: this viewer may not see them",
        "生日属于个人信息：当前身份无权查看",
    ),
    (r"no data", "这个时间段和筛选下没有数据"),
    (r"n too small", "样本太少"),
    (
        r"no table (.+): add (.+) to the source and refresh",
        r"缺少数据表 \1：把 \2 放进数据源，再刷新",
    ),
    (r"window not covered by the history", "历史数据不足以覆盖整个窗口"),
    (r"no forecast: (.+)", r"没有预测：\1"),
    (r"fewer than (\d+) buyers", r"购买客户不足 \1 位"),
    (r"less than (\d+) days of history", r"历史不足 \1 天"),
    (r"no order in the last (\d+) days", r"最近 \1 天没有订单"),
    (
        r"fewer than (\d+) customers with three purchase days",
        r"购买日达到 3 天的客户不足 \1 位",
    ),
    (r"purchases: (.+)", r"购买模型：\1"),
    (r"spend: (.+)", r"金额模型：\1"),
    (r"a parameter is at its bound", "参数落在边界上，拟合不可信"),
    (r"the fit did not converge", "拟合没有收敛"),
    (r"the likelihood has no proper maximum", "似然函数没有合适的最大值"),
    (r"the mean spend is infinite \(q <= 1\)", "平均金额为无穷大（q ≤ 1）"),
    (r"nobody rated it, or all the same", "没有人评分，或评分全部相同"),
    (r"all scores are the same", "所有评分都相同"),
    (r"the dimensions do not explain the score", "这些维度不能解释推荐评分"),
    (r"no buyers", "没有购买客户"),
    (
        r"lifetime value is kept for the scheme spend",
        "客户终身价值只按消费（spend）方案保存",
    ),
    (
        r"this scheme is told as of the last day and the month ends of a year",
        "此方案只有最近一天与近一年各月末的层级",
    ),
    (
        r"rules that ask for lifetime value are simulated as of the last day",
        "涉及终身价值的规则只能按最近一天模拟",
    ),
    (r"money of a history is kept for the scheme spend", "历史金额只按 spend 方案保存"),
    (r"nothing was tested", "没有可检验的内容"),
    (r"there is no row to test", "没有可检验的行"),
    (
        r"no law between its columns, and no table to compare it with",
        "列间没有规则，也没有可以比对的表",
    ),
    (r"its key is the row number", "以行号为主键，无从判断重复"),
    (r"no column says when it happened", "没有事件日期列"),
    (
        r"no model is kept of this date; ask for it with --as-of",
        "没有保存这一天的模型；可用 --as-of 单独计算",
    ),
    (
        r"no score is kept of this date; ask for it with --as-of",
        "没有保存这一天的评分；可用 --as-of 单独计算",
    ),
    (
        r"fewer than half have bought again where the curve ends",
        "曲线结束时，再次购买的客户还不到一半",
    ),
    (r"no metric has a threshold", "没有指标设了阈值"),
    (r"no rectification was opened yet", "还没有开立过整改"),
    (
        r"the windows overlap until (.+): no interval of the change yet",
        r"两个窗口到 \1 才不再重叠，变化暂无区间",
    ),
    (r"the value is not known now", "现在的数值未知"),
    (
        r"alerts are about the whole company, which you may not see",
        "预警针对整个公司，您的权限不包括全部数据",
    ),
    (r"fewer than (\d+) first-time buyers", r"首购客户不足 \1 位"),
    (r"fewer than (\d+) purchase days", r"购买日不足 \1 个"),
    (
        r"new customers may have bought before the history starts",
        "历史开始之前可能已经买过，新客数偏高",
    ),
    (
        r"frequent buyers spend (more|less) \(rho (.+)\): the forecast assumes neither",
        r"购买频次与单次金额相关（ρ \2），而预测假定二者无关",
    ),
)


def in_chinese(reason: str) -> str:
    """A reason in Chinese, its parts too; as it is where no pattern fits."""
    for pattern, chinese in CHINESE:
        found = re.fullmatch(pattern, reason)
        if found:
            return _filled(chinese, [in_chinese(part) for part in found.groups()])
    return reason


def _filled(chinese: str, parts: list[str]) -> str:
    return re.sub(r"\\(\d)", lambda number: parts[int(number[1]) - 1], chinese)
