"""The catalogue's entries about campaigns."""

from dashboard.measure import Metric
from metrics import (
    campaigns,
    did,
    trial_days,
    trial_members,
    trial_planner,
    verdicts,
)

NEEDS = ("campaigns", "campaign_members")
CELLS = ("region", "customer_type", "acquisition_channel", "tier")

CAMPAIGNS = (
    Metric(
        "campaigns", "Campaigns", "活动排名", "share", "high", "rows",
        verdicts.campaigns,
        "全部活动按增量毛利排名：设计等级、主要结果的相对提升及区间、增量毛利、投资回报与结论。"
        "增量毛利 = 人均毛利提升 × 该组成员数；ROI =（增量毛利 − 成本）÷ 成本，成本只计一次，按各处理组人数分摊；"
        "尚在测量的活动不给 ROI。没有对照组的活动不作因果结论，排在最后。",
        window=None, needs=NEEDS, cuts=(), history=False,
    ),
    Metric(
        "campaign_effect", "Campaign effect", "活动效果", "share", "high", "rows",
        campaigns.campaign_effect,
        "按分配到的成员（意向性分析）比较处理组与对照组：绝对提升（Welch 区间）、相对提升（Fieller 区间，与绝对区间结论一致）、"
        "以及用分组前一年净收入做协变量的 CUPED 调整值。只计结果窗口（分组次日起）已满的成员；仍在加入成员时用随时有效区间。"
        "主要结果在多个处理组间用 Holm 校正；其余结果与分群用 Benjamini–Hochberg（5%），入选者另给更宽的区间。"
        "层级指分组前最近一个月末的层级。",
        window=None, needs=NEEDS, options=("campaign", "outcome"), cuts=CELLS,
        history=False,
    ),
    Metric(
        "pilot_gate", "Pilot verdict", "试点结论", "share", "high", "rows",
        verdicts.pilot_gate,
        "按顺序取第一个符合的结论：无法判断（无随机对照、分流异常、样本不足或没有区间）；推广（相对提升下限高于阈值，默认 +20%）；"
        "停止（上限低于阈值：下限高于 0 为“有效但未达标”，上限低于 0 为“有害”）；倾向推广；否则继续试点。另与活动自己的目标（campaigns.target，相对提升）比较。",
        window=None, needs=NEEDS, options=("campaign",), cuts=(), history=False,
    ),
    Metric(
        "srm", "Split against plan", "分流检验", "count", None, "rows", campaigns.srm,
        "各组人数与计划占比的卡方检验（样本比例失衡）：p < 0.001 报警，并且不再给出任何结论；没有计划占比则不检验。"
        "同时在两个组里的成员不计入任何一组，单独列出。",
        window=None, needs=NEEDS, options=("campaign",), cuts=(), history=False,
    ),
    Metric(
        "campaign_power", "Power", "检验功效", "share", None, "rows",
        verdicts.campaign_power,
        "以现有成员能发现的最小提升（功效 80%），发现目标提升（--lift，默认为推广阈值）所需的成员数、还差多少，"
        "以及按目前每天加入的人数还需多少天。",
        window=None, needs=NEEDS, options=("campaign", "lift"), cuts=(), history=False,
    ),
    Metric(
        "campaign_monitor", "Campaign by day", "活动每日进展", "count", None, "rows",
        trial_days.campaign_monitor,
        "每天各组新分配、触达、打开、点击、核销的成员数，以及成员在结果窗口内的购买与净收入；同时在两个组里的成员不计。",
        window=None, needs=NEEDS, options=("campaign",), cuts=(), history=False,
    ),
    Metric(
        "campaign_path", "Lift over time", "提升随时间的变化", "share", "high", "rows",
        trial_days.campaign_path,
        "截至每一天、结果窗口已满的全部成员的相对提升（主要结果）；区间随时有效，每天查看也不会增加误报；不足 150 人时不给区间。",
        window=None, needs=NEEDS, options=("campaign",), cuts=(), history=False,
    ),
    Metric(
        "campaign_funnel", "Campaign funnel", "活动漏斗", "count", None, "rows",
        trial_members.campaign_funnel,
        "各组分配、触达、打开、点击、核销的成员数；同时在两个组里的成员不计；没有任何成员有某一步的日期时，这一步未知。",
        window=None, needs=NEEDS, options=("campaign",), cuts=(), history=False,
    ),
    Metric(
        "campaign_members", "Campaign members", "活动成员", "count", None, "rows",
        trial_members.campaign_members,
        "一个活动的成员名单：全部、某一组（--arm）或某一阶段（--stage）：assigned、reached、opened、clicked、redeemed、"
        "bought（窗口已满且在窗口内购买）、contaminated（同时在两个组里）。",
        window=None, needs=NEEDS, options=("campaign", "arm", "stage"), cuts=(),
        history=False,
    ),
    Metric(
        "campaign_comparison", "Without a control group", "没有对照组时的比较", "money", None,
        "rows", did.campaign_comparison,
        "没有随机对照时的三种比较（每位成员的净收入，活动开始后的结果窗口与之前同样长的时间相比）：双重差分（成员的变化减其他客户的变化，"
        "按客户聚类的 Welch 区间，并检验之前三段的趋势差）；同季对比（减去一年前同期的变化）；前后对比。后两种只作描述，不称为效果。",
        window=None, needs=NEEDS, options=("campaign",), cuts=(), history=False,
    ),
    Metric(
        "trial_plan", "Plan of the next test", "下一次测试的方案", "share", None, "rows",
        trial_planner.trial_plan,
        "以视图内的客户为受众，不含拒绝联系的客户与其他计划的对照组：p 为同类客户在上一个同样长的窗口内的购买占比（也可用 --baseline 给定）；要以 80% 的功效发现 --lift 的相对提升（5% 显著性），"
        "处理组与对照组（占比 --control，默认 20%）各需多少成员；要证明提升超过推广阈值，各需多少；以及整个受众能发现的最小提升。",
        window=None, options=("lift", "control", "days", "baseline"), cuts=(),
        history=False,
    ),
    Metric(
        "trial_assignment", "Random assignment", "随机分组名单", "count", None, "rows",
        trial_planner.trial_assignment,
        "在每个层级内按抽签次序（种子 --seed 与客户编号的哈希，可重现）分到处理组与对照组；列与 campaign_members 表相同，"
        "文件可以原样装载。--members 限制人数，各层级按占比抽取。",
        window=None, options=("campaign", "control", "members", "seed", "start"),
        cuts=(), history=False,
    ),
)  # fmt: skip
