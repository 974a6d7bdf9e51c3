"""The catalogue's entries about alerts and what is done about them."""

from dashboard.measure import Metric
from metrics import rectifications

ALERTS = (
    Metric(
        "alerts", "Alerts", "预警", "count", None, "rows", rectifications.alerts,
        "设有阈值的指标（全体客户，标准窗口）与阈值的比较，越线的在前：整个区间在阈值不利一侧为越线，全在有利一侧为正常，其余为不确定；"
        "并列出正在进行的整改：负责人、到期日、状态。",
        window=None, cuts=(), history=False,
    ),
    Metric(
        "rectifications", "Rectifications", "整改", "count", None, "rows",
        rectifications.rectifications,
        "指标越过阈值时自动开立的整改，每次越线只开一次，恢复正常后才会再次预警。给出开立时与现在的数值，以及两者之差；"
        "差值的区间（MOVER）要等两个窗口没有重叠的日子才给出。",
        window=None, cuts=(), history=False,
    ),
)  # fmt: skip
