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
}
POINT: Table = {
    "id": Field("text", "采分点的编号", required=True),
    "phase": Field("text", "哪个阶段", required=True),
    "weight": Field("version", "几分", required=True),
    "point": Field("text", "要说到什么", required=True),
    "source": Field("sources", "依据"),
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
