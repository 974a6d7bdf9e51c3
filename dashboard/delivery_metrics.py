"""The catalogue's entries about what was delivered: rows, and their quality."""

from dashboard.measure import Metric
from metrics import quality

DELIVERED = (
    Metric(
        "accepted_share", "Accepted rows", "通过校验的行", "share", "high", "rows",
        quality.accepted_share,
        "最近一次刷新收到的行中，被接收或此前已有的占比；其余在隔离区。",
        window=None, needs=(), cuts=("table",), history=False,
    ),
    Metric(
        "rows_held", "Rows held", "已载入的行", "count", None, "rows",
        quality.rows_held,
        "当前数据所依据的已接收行数；同一主键只计最新一行。",
        window=None, needs=(), cuts=("table",), history=False,
    ),
    Metric(
        "data_quality", "Data quality", "数据质量", "share", "high", "rows",
        quality.data_quality,
        "五个维度各自的“通过数 ÷ 检验数”，总分为已检验维度的平均；未检验的维度显示为未检验，不计入。"
        "完整性：应有值的单元格中有有效值的占比；准确性：各单元格格式、范围、取值都正确的行；"
        "一致性：满足列间规则、且所引用的客户、门店、活动都存在；唯一性：主键在同一批数据中不重复、且不与其他客户疑似重复；"
        "及时性：刷新前 30 天中，数据已经覆盖到的天数。",
        window=None, needs=(), cuts=("table", "dimension"), options=("table",),
    ),
    Metric(
        "row_counts", "Row counts", "数据行去向", "count", None, "rows",
        quality.row_counts,
        "最近一次刷新收到的行的去向：收到 = 接收 + 隔离 + 重复；另计更新、释放，以及现在隔离区与已载入的行数。",
        window=None, needs=(), cuts=("table",), history=False,
    ),
    Metric(
        "look_alikes", "Look-alike customers", "疑似重复客户", "count", "low", "rows",
        quality.look_alikes,
        "电话、邮箱或证件号相同（不论写法），或姓名与出生日期都相同，或编号只有大小写、空格、全半角之别的客户对；"
        "同一个值超过 10 位客户共用时只计一条。只标记，从不自动合并。",
        window=None, needs=(), cuts=("reason",), history=False,
    ),
    Metric(
        "days_behind", "Days behind", "落后天数", "days", "low", "rows",
        quality.days_behind,
        "各数据表最新事件的业务日，距离最近一个完整业务日的天数。",
        window=None, needs=(), cuts=("table",), history=False,
    ),
)  # fmt: skip
