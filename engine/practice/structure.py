"""How an answer is built: its branches, its order, what of it is concrete. Words only, no judgement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from engine.practice.answer import Answer
from engine.triage.text import Evidence

# a case is named and something follows for it: 如果…就, 对于…的, 分两种情况
_CASE = re.compile(
    r"(?:如果|要是|假如|倘若|若是|万一|一旦|假使|要不是)[^。;!?]{2,40}?[,:]?(?:就|则|那|我|请|由|让|先|也|再|可|立|马上)"
    r"|(?<![a-z])若(?!干)[^。;!?,]{2,20},"
    r"|[^。;!?,、]{2,14}的,(?:我|就|则|由|请|马上|立即|再|先|帮|当场)"
    r"|(?:少|缺|属于|确实|确属|只是)[^,。;!?]{1,14},(?:我|就|则|请|由|马上|立即)"
    r"|(?:分|两|三|几)(?:两|三|几)?(?:种|类)?(?:情况|情形)(?:处理|处置|来办|讨论|办)?"
    r"|对(?:于)?[^。;!?,]{2,16}的(?:群众|人|老人|业务|材料|件|情况|同志|当事人)?,"
    r"|(?:不行|不成|不同意|不肯|同意|属实|不属实|能办|办不了|修不好|查不清|没批)的(?:话)?,"
)
_ORDER = re.compile(r"首先|第一|其次|第二|第三|第四|接着|然后|接下来|随后|最后|紧接着|同时|与此同时|事后")
_AT_ONCE = re.compile(r"马上|立即|立刻|第一时间|赶紧|迅速|当即|快步|赶到|赶过去|即刻|一边|同时")
_BLAME = re.compile(
    r"追究|问责|处分|批评教育|谁的责任|责任人|查明责任|谁对谁错|通报批评|扣[^,。;]{0,4}绩效|严肃处理|约谈"
)
_CARE = re.compile(
    r"理解|体谅|体会|换了?我|憋屈|别生气|别上火|道歉|致歉|抱歉|对不起|对不住|辛苦|别急|不急|别着急|消消气|消气|慢慢说|安抚|情绪|坐下|倒[^,。;]{0,3}水|感谢|谢谢|不容易|放心"
)
_ANGER = re.compile(
    r"骂回去|吼|训斥|呵斥|怒|拍桌|凭什么|没办法|束手无策|不知道怎么办|不关我|不归我|慌了|烦死|懒得|活该|爱投诉就|随便你|随他去"
)
_WHO = re.compile(
    r"保安|引导员|导办|同事|窗口人员|工作人员|值班领导|领导|主任|技术|维修|物业|志愿者|民警|医生|家属|社区|村干部|科室|部门|专人|骨干|宣传|厂家|12345|热线"
)
_WHEN = re.compile(
    r"[0-9一二三四五六七八九十两半几]+个?(?:分钟|小时|天|日|工作日|周|个月|刻钟)|(?:[0-9二三四五六七八九]|十[一二]?)点(?:钟|半|前|之前)?"
    r"|当天|当场|今天|下班前|当日|定期|每天|每周|到期|期限|时限|限期|几点|哪天"
)
_MEANS = re.compile(
    r"电话|登记|台账|清单|记录|广播|喇叭|牌|通知|公告|书面|监控|录像|照片|截图|表格|预约|短信|微信|公众号|网上|自助|签|承诺书|对讲|显示屏|绿色通道|隔离带|急救|120|110|119"
)
_OTHERS = re.compile(
    r"其他群众|别的群众|其他窗口|别的窗口|后面的人|围观|排队的(?:人|群众)|等候的|其余|大家|全厅|旁人|其他人|周围"
)
_CLOSING = re.compile(
    r"回访|复盘|总结|预案|演练|培训|机制|长效|制度|整改|完善|定期检|台账|回头看|举一反三|建议|排查|公示"
)
_STOP = re.compile(r"[。;!?]")
KINDS = {
    "order": _ORDER, "at_once": _AT_ONCE, "blame": _BLAME, "care": _CARE, "anger": _ANGER, "who": _WHO,
    "when": _WHEN, "means": _MEANS, "others": _OTHERS, "closing": _CLOSING,
}  # fmt: skip


class Word(NamedTuple):
    """A word of some kind that is meant: what it is, where it stands in plain text."""

    word: str
    start: int
    end: int


def words(answer: Answer, kind: str) -> list[Word]:
    """The different words of a kind that the answer means (see `KINDS`), in their order."""
    found: dict[str, Word] = {}
    for hit in KINDS[kind].finditer(answer.plain):
        if not _disowned(answer, hit.start()):
            found.setdefault(hit.group(), Word(hit.group(), *hit.span()))
    return list(found.values())


def quote(answer: Answer, word: Word) -> Evidence:
    """The clauses around a word."""
    return answer.cut(word.start, word.end)


def branches(answer: Answer) -> list[Evidence]:
    """The branches that the answer names as branches, one for each sentence part that names one."""
    found: dict[tuple[int, int], Evidence] = {}
    for hit in _CASE.finditer(answer.plain):
        evidence = answer.cut(*hit.span())
        found.setdefault((evidence.start, evidence.end), evidence)
    return list(found.values())


def opening(answer: Answer, share: float = 1 / 3) -> int:
    """Where the first part of an answer ends, as a place in its original text: two sentences at least."""
    stops = [hit.start() for hit in _STOP.finditer(answer.plain)]
    end = max(round(len(answer.plain) * share), stops[1] if len(stops) > 1 else 0)
    return answer.text.origin[min(end, len(answer.plain) - 1)] if answer.plain else 0


def distinct(evidence: Iterable[Evidence]) -> Iterator[Evidence]:
    """Each place once."""
    seen: set[tuple[int, int]] = set()
    for item in evidence:
        if (item.start, item.end) not in seen:
            seen.add((item.start, item.end))
            yield item


def blamed_first(answer: Answer, controlled: Sequence[Evidence]) -> Word | None:
    """Blame that is meant before anything is brought under control."""
    first = min((evidence.start for evidence in controlled), default=None)
    for word in words(answer, "blame"):
        if first is None or quote(answer, word).start < first:
            return word
    return None


def _disowned(answer: Answer, at: int) -> bool:
    return any(scope.start <= at < scope.end for scope in answer.scopes)
