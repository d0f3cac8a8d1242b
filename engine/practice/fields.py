"""The fields of question files and of the lexicon, and what each is for."""

from __future__ import annotations

from engine.reader.fields import Field, Table

NAMES = ("id", "playbook", "kind", "question")
PHASES = ("control", "understand", "communicate", "resolve", "improve")
QUESTION: Table = {
    "id": Field("text", "题号", required=True),
    "playbook": Field("name", "练的是哪个剧本", required=True),
    "kind": Field("text", "题型", required=True),
    "think": Field("duration", "思考多久", required=True),
    "answer": Field("duration", "作答多久", required=True),
    "question": Field("text", "题面", required=True),
    "points": Field("text", "采分点", required=True),
    "faults": Field("text", "失分点"),
    "outline": Field("text", "答题提纲", required=True),
    "asks": Field("text", "追问：情况变了怎么办"),
    "origin": Field("text", "题目从哪里来：seed 或 generated"),
}
ORIGIN: Table = {
    "from": Field("text", "seed（原题）或 generated（从剧本的一条走法写出）", required=True),
    "seed": Field("version", "抽这条走法用的种子"),
    "beside": Field("names", "同时进行的剧本"),
    "facts": Field("text", "题面说明了的事实：名称: 答案"),
    "done": Field("names", "题面说明已经办成的步骤"),
    "blocked": Field("names", "题面说明办不成的步骤"),
    "overdue": Field("names", "题面说明超时的步骤"),
}
WHEN: Table = {name: ORIGIN[name] for name in ("facts", "done", "blocked", "overdue")}
ASK: Table = {
    "id": Field("text", "追问的编号", required=True),
    "tell": Field("text", "变了什么，问什么", required=True),
    "expect": Field("text", "要答到什么：采分点的列表，或 twists.yaml 里的名称", required=True),
    "after": Field("names", "答到了这些采分点才问"),
    "source": Field("sources", "依据"),
    **WHEN,
}
TWISTS: Table = {"twists": Field("text", "名称：通用的追问要点", required=True)}
TWIST: Table = {"points": Field("text", "要答到什么", required=True), **WHEN}
POINT: Table = {
    "id": Field("text", "采分点的编号", required=True),
    "phase": Field("text", "哪个阶段", required=True),
    "weight": Field("version", "几分", required=True),
    "point": Field("text", "要说到什么", required=True),
    "source": Field("sources", "依据"),
    "steps": Field("names", "剧本里的哪些步骤"),
    "when": Field("text", "在哪个分支上：facts、done、blocked、overdue"),
    "ways": Field("text", "怎样说算说到：每行几组意思，要说在一处", required=True),
    "near": Field("text", "怎样说只算沾边"),
    "unless": Field("text", "同一句里说了这些就不算"),
}
FAULT: Table = {
    "id": Field("text", "失分点的编号", required=True),
    "minus": Field("version", "扣几分", required=True),
    "fault": Field("text", "不该怎么做", required=True),
    "ways": Field("text", "怎样说算主张这么做", required=True),
    "unless": Field("text", "同一句里说了这些就不算"),
}
LEXICON: Table = {
    "lexicon": Field("id", "词表的名称", required=True),
    "words": Field("text", "名称：近义的说法", required=True),
    "usual": Field("text", "街上的说法：题库里的说法"),
}
