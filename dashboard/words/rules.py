"""What is wrong with a rejected row, by rule, and what to do about it."""

from data.remedies import REMEDIES

NAMED: dict[str, tuple[str, str, str]] = {  # the rule in both languages, the remedy
    "ambiguous_date": (
        "日期有歧义",
        "Ambiguous date",
        "把年份写在最前面，或在设置中声明 date_format。",
    ),
    "answered_before_sent": (
        "作答早于发送",
        "Answered before sent",
        "答卷不可能早于问卷发出的时间。",
    ),
    "choice": (
        "取值不在约定之内",
        "Unknown word",
        "使用约定的取值，或在设置的 values 中映射。",
    ),
    "closed_before_opened": (
        "关闭早于受理",
        "Closed before opened",
        "工单不可能在受理之前关闭。",
    ),
    "control_char": ("含有控制字符", "Control character", "删除单元格中的控制字符。"),
    "converted_before_reached": (
        "转化早于触达",
        "Converted before reached",
        "线索不可能在触达之前转化。",
    ),
    "date": (
        "不是有效日期",
        "Not a date",
        "写真实存在的日期，例如 2026-03-31 或 2026-03-31 09:05:00。",
    ),
    "date_range": (
        "日期超出范围",
        "Date out of range",
        "日期应在 1970 年以后，且不晚于今天。",
    ),
    "decimals": ("小数位过多", "Too many decimals", "金额最多保留四位小数。"),
    "dst": (
        "落在时钟调整的时段",
        "In a clock change",
        "此刻时钟有调整，请写明与 UTC 的时差。",
    ),
    "encoding": (
        "无法解码的文字",
        "Undecodable text",
        "把这一行另存为 UTF-8，其中有字节不是文字。",
    ),
    "ends_before_starts": (
        "结束早于开始",
        "Ends before it starts",
        "活动不可能在开始之前结束。",
    ),
    "error_value": (
        "Excel 错误值",
        "Excel error",
        "修正显示 #N/A、#REF! 等错误的公式。",
    ),
    "excel_date": (
        "Excel 中不存在的日期",
        "Excel day that never was",
        "写真实的日期；序号 60（1900 年 2 月 29 日）并不存在。",
    ),
    "field_count": (
        "列数不符",
        "Wrong number of cells",
        "让这一行的单元格数与表头一致。",
    ),
    "first_response_before_opened": (
        "首次响应早于受理",
        "Response before ticket",
        "响应不可能早于工单受理。",
    ),
    "flag": ("不是是/否", "Not yes or no", "写 true 或 false。"),
    "formula_uncached": (
        "公式没有保存结果",
        "Formula without value",
        "用 Excel 打开并保存一次，以保留公式的结果。",
    ),
    "integer": ("不是整数", "Not a whole number", "写整数。"),
    "missing": ("必填项为空", "Required cell is blank", "填写这一格，该列为必填。"),
    "negative_amount": (
        "金额为负",
        "Negative amount",
        "只有状态为 returned 的订单可以为负。",
    ),
    "number": (
        "不是数字",
        "Not a number",
        "写普通数字，例如 1234.56；小数点见设置 decimal。",
    ),
    "number_range": ("数字过长", "Number too long", "数字位数过多，请检查单位。"),
    "period": (
        "期间写法不对",
        "Not a period",
        "写年、季或月：2026、2026-Q3 或 2026-10。",
    ),
    "planned_share": (
        "分组比例写法不对",
        "Not a split",
        "写成 control=0.1, treatment=0.9 的形式。",
    ),
    "points_sign": (
        "积分符号不对",
        "Sign of points",
        "获得的积分为正，核销与过期的为负。",
    ),
    "precision_lost": (
        "长编号失去精度",
        "Digits lost",
        "把该列导出为文本；浮点数会改变长编号。",
    ),
    "quote": (
        "引号没有闭合",
        "Open quote",
        "闭合这一行的引号，或在单元格内写两个引号。",
    ),
    "range": ("超出量表范围", "Outside its scale", "写该列量表范围之内的值。"),
    "refund_above_amount": (
        "退款大于实付",
        "Refund above amount",
        "退款不可能大于订单金额。",
    ),
    "refunded_before_ordered": (
        "退款早于下单",
        "Refunded before ordered",
        "退款不可能早于下单。",
    ),
    "resolved_before_opened": (
        "解决早于受理",
        "Resolved before opened",
        "工单不可能在受理之前解决。",
    ),
    "unknown_customer": (
        "客户尚不存在",
        "Customer not known yet",
        "无需处理：客户到达后，这一行会自动载入。",
    ),
}
TEXTS: dict[str, tuple[str, str]] = {
    f"{kind}.{rule}": pair
    for rule, (zh, en, remedy) in NAMED.items()
    for kind, pair in (("rule", (zh, en)), ("remedy", (remedy, REMEDIES[rule])))
}
