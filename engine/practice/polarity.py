"""What a learner says he would not do: negation, postponement, things called wrong.

A scope begins behind its negator and ends with the clause, or with 的 where the negator only describes
somebody (不会用的, 不符合条件的). Words that are themselves the negator (避免冲突) are not disowned by it.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Scope(NamedTuple):
    """A disowned stretch, and the negator that disowns it."""

    start: int
    end: int
    negator: tuple[int, int]
    later: bool = False  # only put off: what must not be put off is a fault all the same


# a stance of the speaker: reaches to the end of the clause
_STANCE = re.compile(
    r"(?:绝对|坚决|肯定|一定|千万|万万|并|也|更|又|都|就|我|先|可|决|绝|同样|当然|自然|从|暂时?|倒|谁都|谁也)*"
    r"(?:不(?:会(?!用|操作|上网|弄|使|填|写|说话|的)|能(?![^,。;]{0,8}的(?:[,话]|[^,。;]{0,3}(?:就|则|可|请|由)))"
    r"|该|应该?|可以|可(?!行)|要(?!紧|求)|得(?!不|已|体)|准(?!备|确)|许|去(?!的)|用(?!的)|必(?!须)|宜|想|愿|打算|赞成|主张|提倡|急着?(?=[^,。;])"
    r"|忙着?(?=[^,。;])|着急(?=[^,。;])|允许|同意|再(?!让|有)|敢)"
    r"|绝不|决不|从不|切忌|切不可|切莫|严禁|杜绝|反对|拒绝|谈不上|犯不着|没必要|没有必要|无需|无须|用不着|而不是|而非|避免|防止|以免|免得|省得"
    r"|怎么能|怎能|岂能|哪能|(?<=[,。;:])不(?=因|拿|私自|把|给|逼|让|跟|抢|删|推|靠|搞|找|叫|怪|批|训)|不是(?!因为|说|[^,。;]{0,4}就是|[^,。;]{0,6}还是)|并非|别(?=[^人的处家提说看]))"
)
_WORDS_WITH_BIE = re.compile(r"[区特分个性类级辨识各告离]$")
# a plain not: reaches to the next 的, at most this far
_NOT = re.compile(
    r"(?<![要是能会可行好得了在])不(?![仅但光只同断妨少管论对满齐全够了定过好知清懂便见打公明方用会能久住起到成会动产安幸足平然如一])"
    r"|没有|没(?!收|事|错|人|什|办|带|问题|准|有)"
)
_NEAR = 7
# what is called wrong behind it: this clause, and with 这种 the one before
_WRONG = (
    r"(?:不可取|要不得|不可行|是大忌|行不通|不(?:妥|应该|对|行|合适|开|做|干|能做|能开|会做|答应|可以)|敷衍|没有?用"
    r"|无济于事|空喊|使不得|不能这么|太草率|解决不了问题)"
)
_CALLED = re.compile(
    rf"(?:这种|这类|这样|那样|那种|此类|这个|这些|这话|这么)[^,。;!?]{{0,10}}?{_WRONG}(?![^,。;!?]{{0,3}}的)"
)
_HERE = re.compile(r"(?:不可取|要不得|不可行|是大忌|显得敷衍|空喊|使不得|只会[^,。;]{0,6}(?:激化|更|火上))")
# the verdict in a clause of its own: X,不干; X,同样不走
_REFUSED = re.compile(
    r"(?<=[,、])(?:也|更|同样|都|坚决|绝对|一概|统统|我|这|就)*(?:不|别)(?:干|走|做|行|可|能|要|许|成|提|搞|用|会|选|碰|沾|考虑|可取|学|弄|急|派|设|开|添|请|贴)"
    r"(?=[,。;!]|$)"
)
# put off: it is named only to say that it is not done now
_PUT_OFF = re.compile(
    r"(?:以后|往后|回头|将来|到时候?|等[^,。;]{0,10})(?:有条件|有空|遇到)?再(?:考虑|研究|说|议|弄|定|谈|提醒?)"
    r"|(?:暂时|暂且|暂|这回|这次|先|今天|目前|眼下|这会儿|现在|当下|此刻)(?:也|都|就|先|暂且|还)*(?:不|别)"
    r"(?:弄|搞|做|发|办|碰|提|用|急|考虑|安排|谈|讲|道|说|管|打算|需要|必)"
    r"|大可不必|倒不必|没这个必要|放到以后|往后放|不急这一时|不着急做|(?:先|暂且)(?:放一?放|放着|搁一?搁|搁着|缓缓|缓一缓再)|不准备做"
    r"|(?:今天|这次|这回)?就?免了|不必我来|可做可不做|轮不到|不参与|交给别人|我不做|我不插手|再议(?=[,。;]|$)|(?:这回|这次|先)也?不[^,。;]{1,2}(?=[,。;]|$)|不再(?:添|新开|增|设|做|搞)(?=[,。;]|$)"
    r"|等[^,。;]{2,10}(?:以后|之后)?再讲|等以后[^,。;]{0,6}(?=[,。;]|$)"
)
_END = re.compile(r"[,。;!?:]|而是|反而|但是|可是")
_CARRIED = re.compile(
    r"^(?:把|让|将|叫|甚至|或者?|乃至|还有|以及|直接|硬|强行|拿|一[口味]|随便|对他|跟他吵|要求|怪|批评|推|去找)"
)


def _clause_end(plain: str, at: int) -> int:
    found = _END.search(plain, at)
    return found.start() if found else len(plain)


def _clause_start(plain: str, at: int) -> int:
    while at > 0 and plain[at - 1] not in ",。;!?":
        at -= 1
    return at


def disowned(plain: str) -> tuple[Scope, ...]:
    """The disowned stretches of a plain text."""
    scopes = []
    for found in _STANCE.finditer(plain):
        start, at = found.span()
        if found.group().endswith("别") and _WORDS_WITH_BIE.search(plain[:start] + found.group()[:-1]):
            continue
        end = _clause_end(plain, at)
        while plain[end : end + 1] in (",", "、") and _CARRIED.match(plain[end + 1 : end + 8]):
            end = _clause_end(plain, end + 1)
        scopes.append(Scope(at, end, (start, at)))
    for found in _NOT.finditer(plain):
        start, at = found.span()
        end = min(_clause_end(plain, at), at + _NEAR)
        stop = plain.find("的", at, end)
        scopes.append(Scope(at, stop if stop >= 0 else end, (start, at)))
    for found in _CALLED.finditer(plain):
        start = _clause_start(plain, found.start())
        before = _clause_start(plain, max(0, start - 1)) if plain[start - 1 : start] == "," else start
        scopes.append(Scope(before, found.start(), found.span()))
    for later, words in ((False, _REFUSED), (True, _PUT_OFF)):
        for found in words.finditer(plain):
            start = max(plain.rfind(mark, 0, found.start()) for mark in "。;!?:") + 1
            scopes.append(Scope(start, found.end(), found.span(), later))
    for found in _HERE.finditer(plain):
        scopes.append(Scope(_clause_start(plain, found.start()), found.start(), found.span()))
    return tuple(scopes)
