"""The fields of drill files and what each is for: the reader reads by them, the messages quote them."""

from __future__ import annotations

from engine.reader.fields import Field, Table

DRILL: Table = {
    "drill": Field("id", "演练的名称：小写字母、数字、连字符，与文件名相同", required=True),
    "title": Field("text", "演练的标题", required=True),
    "version": Field("version", "版本号，从 1 起"),
    "about": Field("text", "给培训人员的一句话：练什么"),
    "minutes": Field("version", "预计多少分钟", required=True),
    "level": Field("version", "难度 1 到 5", required=True),
    "start": Field("text", "开始时刻，如 `2026-06-01 08:20`", required=True),
    "playbooks": Field("names", "用哪些剧本，主要的写在前面", required=True),
    "scene": Field("text", "开场时告诉参演人的话", required=True),
    "roles": Field("names", "参演人可以担任的岗位，主要的写在前面", required=True),
    "objectives": Field("names", "演练目标", required=True),
    "known": Field("facts", "开场就知道的事实"),
    "truth": Field("facts", "实情：问到或查到才知道", required=True),
    "takes": Field("steps", "哪些步骤要花时间、会失败"),
    "injects": Field("names", "情况：什么时候来、怎么说", required=True),
    "expect": Field("names", "应当做到什么、多久以内、几分", required=True),
    "harm": Field("names", "不该做的事：列出来供人选，做了扣分", required=True),
    "hot_wash": Field("names", "结束后当场讨论的问题", required=True),
    "hint_costs": Field("version", "看一次提示扣几分"),
    "seed": Field("version", "由剧本生成时的种子"),
    "source": Field("sources", "依据"),
}
OBJECTIVE: Table = {
    "id": Field("id", "目标的名称", required=True),
    "what": Field("text", "练成什么样", required=True),
    "owner": Field("name", "没练成时由哪个岗位改进"),
}
TRUTH: Table = {
    "is": Field("text", "实情是什么", required=True),
    "told": Field("text", "问到时对方怎么说"),
    "after": Field("duration", "问了多久才有回话，如 `30s`"),
}
TAKES: Table = {
    "time": Field("duration", "要花多久，如 `2m`"),
    "fails": Field("version", "前几次不成"),
    "chance": Field("version", "以后每次不成的可能，百分数"),
    "why": Field("text", "不成的原因，参演人听到的"),
    "told": Field("text", "办成时回的话"),
}
TRIGGER: Table = {
    "at": Field("text", "什么时刻：`T+90s` 或 `D+0 H+1 M+30`"),
    "on": Field("text", "什么之后：`{done: 步骤}`、`{answered: {事实: 答案}}` 等"),
    "after": Field("duration", "再过多久，如 `30s`"),
}
INJECT: Table = {
    "id": Field("id", "情况的名称", required=True),
    **TRIGGER,
    "tell": Field("text", "参演人看到、听到什么", required=True),
    "by": Field("text", "从哪条路来：scene radio phone wechat visitor leader social"),
    "from": Field("text", "谁说的"),
    "to": Field("names", "只有哪些岗位知道"),
    "set": Field("facts", "哪些实情变了"),
    "reveal": Field("names", "因此知道了哪些事实"),
    "unless": Field("text", "发生了什么就不来了"),
    "red_herring": Field("flag", "是不是干扰"),
    "spreads": Field("text", "网上怎样传开：shares comments percent until"),
    "note": Field("text", "给主持人看的话"),
    "source": Field("sources", "依据"),
}
SPREADS: Table = {
    "shares": Field("version", "起初转发多少"),
    "comments": Field("version", "起初评论多少"),
    "percent": Field("version", "每过一分钟变成百分之几", required=True),
    "until": Field("names", "哪些步骤办成、哪些情况来了就不再传"),
}
EXPECT: Table = {
    "id": Field("id", "要求的名称", required=True),
    "what": Field("text", "应当做到什么", required=True),
    "weight": Field("version", "几分", required=True),
    "for": Field("name", "属于哪个目标", required=True),
    "do": Field("names", "办哪些步骤之一"),
    "ask": Field("names", "问清哪些事实之一"),
    "say": Field("text", "说什么：每行几组意思，要说在一处"),
    "points": Field("names", "说到练习题的哪些采分点之一"),
    "issue": Field("names", "发哪些文书之一"),
    "never": Field("names", "不做哪些不该做的事"),
    "since": Field("text", "从什么时候算起，写法同情况的 at、on、after"),
    "within": Field("duration", "多久以内，如 `3m`；不写就是结束以前"),
    "late": Field("duration", "过了以后多久减到零；不写就同 within 一样长"),
    "critical": Field("flag", "是不是关键"),
    "roles": Field("names", "要由哪些岗位做"),
    "source": Field("sources", "依据"),
}
SUBJECTS = ("do", "ask", "say", "points", "issue", "never")
HARM: Table = {
    "id": Field("id", "名称", required=True),
    "what": Field("text", "做什么、说什么", required=True),
    "minus": Field("version", "扣几分", required=True),
    "blame": Field("flag", "是不是追究、怪人"),
    "fault": Field("name", "练习题的哪个失分点，如 `E4.f1`"),
    "tell": Field("text", "做了以后现场怎样"),
}
