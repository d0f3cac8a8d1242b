"""Whether words that occur are meant: negation and its scope, questions, suppositions, the past.

Each reason why an occurrence does not count is a small rule about what stands before or behind it in
its own clause or sentence. Negation is strict: between the negator and the word only the fillers
listed here may stand (没有人受伤, not 没忍住动手了), so an unknown turn of phrase never hides a danger.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from engine.triage.pattern import Pattern
from engine.triage.text import Text

Reason = Literal["negated", "asked", "supposed", "feared", "past", "settled", "drill", "fiction", "figure"]
# what is left out of consideration when a scenario is looked for, and when a fact is
FOR_RANK: frozenset[Reason] = frozenset({"negated", "supposed", "feared"})
FOR_FACTS: frozenset[Reason] = FOR_RANK | {"asked", "drill"}
FOR_DANGER: frozenset[Reason] = FOR_FACTS | {"past", "settled", "fiction", "figure"}

# signs without which a text cannot contain the reason: most texts need not be looked through for it
_SIGNS: dict[Reason, frozenset[str]] = {
    "negated": frozenset("没无未不非避防免杜否排禁严别甭用犯0"),
    "asked": frozenset("吗么没不无否可"),
    "supposed": frozenset("如假倘万一要若设例比譬遇碰"),
    "feared": frozenset("怕担恐险差"),
    "past": frozenset("昨前上去以从那曾当"),
    "drill": frozenset("演习测试训座课会宣讲授考题案竞知册须模假扮装设情脚背科"),
    "fiction": frozenset("电小剧新戏画游"),
    "figure": frozenset("气急愁累渴忙热烦嗓心七"),
}

_PEOPLE = (
    "人员|工作人员|群众|市民|老百姓|百姓|老人|大家|别人|他人|旁人|谁|人|孩子|小孩|儿童|人要|双方|两边|对方|他们|我们|她们|他|她"
    "|保安|窗口|现场|大厅|大厅里|厅里|这里|那里|里面"
)
_FILLERS = (
    rf"(?:{_PEOPLE}|有|任何|什么|一个|一名|一位|哪个|再|真正|真的|真|发生|出现|造成|导致|引发|引起|形成|存在"
    r"|跟|和|与|对|把|被|在|会|能|敢|曾|又|继续|直接|明显|肢体|身体|丝毫|半点|实际|实质性?|严重|动手|过)*"
)
_SIGHT = r"(?:看见|看到|发现|听说|听到|见到|见)?(?:有|过)?"
_NO = Pattern(
    r"(?:并没有|并没|没有|没|毫无|无|从未|尚未|并未|未|并不是|不是|并非|绝非|非真实的?|不存在|不可能|不会"
    r"|不曾|不允许|不准|不许|不得|禁止|严禁|避免|防止|以免|免得|谨防|严防|预防|防范|杜绝|否认|排除)"
    rf"{_FILLERS}{_SIGHT}{_FILLERS}$"
)
# signs before a negator that make it another word: 有没有, 是不是, 未成年, 没想到
_NOT_NO = Pattern(r"(?:有没有?|是不是|会不会|能不能|可不可能|难道不是|岂不是)$")
_NEED_NOT = Pattern(
    r"(?:不用|不必|无需|无须|不需要|用不着|没必要|没有必要|犯不着|别|甭|不要|先别)(?:再|去|急着|忙着|麻烦|急于)*"
    r"(?:叫|喊|打|拨打|拨|请|送|惊动|等)?(?:了|辆|个|什么)?$"
)
_CALLS = Pattern(
    r"^(?:叫|喊|打|拨打?|请)?(?:个|辆)?(?:救护车|急救|医生|120|110|119|警察|报警|报火警|医院|消防)"
)
_STOP_IT = Pattern(r"(?:别|不要|不准|不许|甭|不得)(?:再|去|乱|瞎)*$")  # 别打了: it is going on
_BEHIND_NO = Pattern(
    r"^(?:的人|人员|情况|事件|迹象|现象|者|的情况|的)?[:,]?(?:一个|现场|都|也|倒|是|暂|目前)*"
    r"(?:没有|无|为零|为0|0人?|未发生|未出现|不存在|不可能)(?:的|发生|出现)?(?=[,。;!:]|$)"
)
_ASKING = Pattern(rf"(?:有没有|有没|有无|是否有?|可有|可曾){_FILLERS}{_SIGHT}{_FILLERS}$")
_ASKED = Pattern(r"^(?:了|过|的|人|的人|情况|没){0,2}(?:吗|没有|没|么|不)(?:[?。,!]|$)")
# a question that opens a few signs before and closes right behind: 有没有往外冒烟？
_OPEN_QUESTION = Pattern(r"(?:有没有?|有无|是不是|是否)[^,。;!?]{0,8}$")
_CLOSED = Pattern(r"^[^,。;!]{0,4}[?]")
_RHETORICAL = Pattern(r"(?:这|那|可)?不是(?:都|已经|已|又|有人|正)*$")
_IF = Pattern(r"(?:如果|假如|假设|倘若|万一|一旦|要是|若是|设想|例如|比如|譬如|遇到|遇上|碰到|碰上)(?!了)")
_FEAR = Pattern(
    r"(?:(?<![害恐可哪])怕(?![得是])|担心|唯恐|生怕|险些|差一?点)(?:会|要|有人|他们|就|又|再|得|双方){0,3}$"
)
_PAST = Pattern(
    r"昨[天晚日早夜儿]|前[天晚日]|大前天|上(?:个?星期|周|个?月|次|回|礼拜|季度|半年)|去年|前年|以前|从前|那年"
    r"|曾经|曾|当年|早年|前些[天年日]|前几[天年次回]|[几两二三四五六七八九十\d]+个?[天日月年周](?:多|半)?(?:以)?前"
)
_NOW = Pattern(
    r"(?<![去前])今[天早日晚儿](?!的?去年)|现在|这会儿?|眼下|此刻|刚|正在|正|又|还在|还没|仍|突然|忽然|快来|赶紧|一直|至今"
)
_STILL = Pattern(r"还在|还没|仍|至今|到现在|现在又|又|再次|快来|快叫|快点|赶紧|马上|救命|不止|不住|反复")
_DONE = r"(?:已|被|都|刚|给)(?:经)?(?:全部|及时|当场|成功|完全|让?保安|大家|我们)?(?:给)?"
# what ends a danger: for every kind, then by kind; it reaches back to words before it only
_OVER = r"处理|处置|解决|平息|解除|排除|控制住?|制止|恢复"
_ENDED: dict[str, tuple[str, str]] = {
    "": (
        "",
        "虚惊|误报|误会|有惊无险|没事了|闹着玩|开玩笑|是玩笑|演戏|气话|赌气|比喻|是演的|演的,|假的|辟谣|谣言|谣传|P的",
    ),
    "fire": ("扑灭|灭了|灭掉|熄灭", "火灭了"),
    "violence": ("分开|拉开|劝开|劝住|带走|离开", "拉开了|劝开了|分开了"),
    "medical": (
        "送医|送到?医院|送往医院|送去医院|接走|苏醒|醒来|醒过来|缓过来|离开",
        "无大碍|没大碍|没什么事|人没事|身体没事|缓过来了|醒过来了",
    ),
    "selfharm": ("救下|劝下|带走|离开|放弃", "下来了,?人没事|劝下来了|救下来了"),
    "minor_lost": ("找到|找回|领走|抱回|接走", "(?<!没)(?<!没有)(?:找到了|找着了|找回来了)|接到孩子了"),
}


def _settling(kind: str) -> Pattern:
    done, said = _ENDED[kind]
    either = "|".join(filter(None, (_ENDED[""][1], said)))
    return Pattern(f"{_DONE}(?:{_OVER}{'|' if done else ''}{done})(?!不)|{either}")


_SETTLED = {kind: _settling(kind) for kind in _ENDED}
_FALSE_FIRE = Pattern(
    r"(?:查|看过|看了|核实|确认|原来|其实|是)[^。;!?]{0,16}(?:没有?|未|不是|并非)(?:着火|起火|失火|火灾|火情|真火)"
)
_DRILL = Pattern(r"演练|演习|这是测试|测试一下|测试消息|测试信息|系统测试|试运行测试")
_LESSON = Pattern(
    r"(?:培训|讲座|学习|课程|例会|宣讲|宣传|讲解|授课|考试|题目|考题|案例|竞赛|通知|手册|预案|须知)"
    r"[^。!?]{0,16}?(?:怎么|如何|怎样|应对|防[范火护骗止]|知识|技能|办法|处置|处理|急救|主题|内容|要点|讲[解课座]|学[习会])"
)
_ACTED = Pattern(r"(?:模拟|假装|扮演|装作|假扮|设定|假定|情景|脚本|背景是|科目)[^,。;!?]{0,10}$")
_REAL = Pattern(
    r"真(?:的|有|晕|着|打|出|伤|倒|烧)|(?:不是|并非|非)(?:演练|演习|测试)|突然|忽然|意外|竟|快叫|快来|快打|救命"
    r"|(?:演练|演习|测试|培训|考试|例会|讲座)(?:时|中|现场|途中|过程中|期间|刚|后|结束|的时候)"
)
_FICTION = Pattern(r"(?:电影|电视剧?|小说|剧本|新闻|戏|动画片|游戏)(?:里|中|上|说|讲|演)[^。!?]{0,10}$")
_FIGURE = Pattern(
    r"(?:气|急|愁|累|渴|忙|热|烦|嗓子|心里|七窍)(?:得|到|都)?[^,。;!?]{0,4}(?:吐血|冒烟|冒火|着火|炸)"
)


def possible(plain: str, wanted: frozenset[Reason]) -> frozenset[Reason]:
    """The reasons of `wanted` that a text in plain form can contain at all."""
    return wanted - _impossible(plain)


@lru_cache(maxsize=4)
def _impossible(plain: str) -> frozenset[Reason]:
    signs = frozenset(plain)
    return frozenset(reason for reason, needed in _SIGNS.items() if signs.isdisjoint(needed))


def _last(words: Pattern, text: str) -> int:
    """Where the last occurrence ends, or −1."""
    ends = [found.end() for found in words.finditer(text)]
    return ends[-1] if ends else -1


def _negated(text: Text, start: int, end: int) -> bool:
    """An odd number of negators before the word, or a negator right behind it."""
    clause = text.plain[max(text.clause_start(start), start - 40) : start]
    behind = text.plain[end : end + 14]
    if _SIGNS["negated"].isdisjoint(clause) and _SIGNS["negated"].isdisjoint(behind):
        return False
    if _BEHIND_NO.match(behind):
        return True
    if _NEED_NOT.search(clause) and (
        _CALLS.match(text.plain[start : start + 6])
        or (not _STOP_IT.search(clause) and not clause.endswith(("别", "不要", "甭")))
    ):
        return True
    if _RHETORICAL.search(clause) and re.match(r"^了?[^,。;!?]{0,2}[吗么]", behind):
        return False
    odd = False
    while True:
        found = _NO.search(clause)
        if found is None:
            return odd
        head = clause[: found.start()]
        doubled = re.match(r"没有?|不是|不会|不可能", found.group())
        if doubled and _NOT_NO.search(head + doubled.group()):
            return odd
        odd = not odd
        clause = head


def _supposed(text: Text, start: int) -> bool:
    clause = text.plain[text.clause_start(start) : start]
    at = _last(_IF, clause)
    return at >= 0 and not re.search(r"[就便]", clause[at:])


def _past(text: Text, start: int, end: int) -> bool:
    before = text.plain[text.sentence_start(start) : start]
    at = _last(_PAST, before)
    if at < 0 or _NOW.search(before, at):
        return False
    return not _STILL.search(text.plain[end : text.sentence_end(end)])


def _settled(text: Text, end: int, kind: str) -> bool:
    if kind == "fire":
        denied = _FALSE_FIRE.search(text.plain)
        if denied and end < denied.end():
            return True
    rest = text.plain[end : end + 48]
    for found in _SETTLED[kind].finditer(rest):
        if not _NO.search(rest[: found.start()]) and rest[found.start() - 1 : found.start()] not in (
            "没",
            "未",
        ):
            return not _STILL.search(rest)
    return False


def _drill(text: Text, start: int, end: int) -> bool:
    if _ACTED.search(text.plain[text.clause_start(start) : start]):
        return True
    first, last = text.sentence_start(start), text.sentence_end(end)
    sentence = text.plain[first:last]
    if _REAL.search(sentence):
        return False
    if _DRILL.search(text.plain) and not _REAL.search(text.plain):
        return True
    return _LESSON.search(text.plain[first:start]) is not None


def reasons(text: Text, start: int, end: int, wanted: frozenset[Reason], kind: str = "") -> Reason | None:
    """The first reason of `wanted` for which `plain[start:end]` does not count, or None.

    `kind`: the danger of which the words speak, if any; what settles a fire does not settle a brawl.
    """
    clause = text.plain[max(text.clause_start(start), start - 24) : start]
    if "negated" in wanted and _negated(text, start, end):
        return "negated"
    if "asked" in wanted and (
        _ASKING.search(clause)
        or (_OPEN_QUESTION.search(clause + text.plain[start : start + 1]) and _CLOSED.match(text.plain[end:]))
        or (_ASKED.match(text.plain[end : end + 8]) and not _RHETORICAL.search(clause))
    ):
        return "asked"
    if "supposed" in wanted and _supposed(text, start):
        return "supposed"
    if "feared" in wanted and _FEAR.search(clause):
        return "feared"
    if "past" in wanted and _past(text, start, end):
        return "past"
    if "settled" in wanted and _settled(text, end, kind):
        return "settled"
    if "drill" in wanted and _drill(text, start, end):
        return "drill"
    if "fiction" in wanted and _FICTION.search(text.plain[text.sentence_start(start) : start]):
        return "fiction"
    if "figure" in wanted and _FIGURE.search(text.plain[max(0, start - 7) : end]):
        return "figure"
    return None
