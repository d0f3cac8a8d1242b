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
    r"|绝不|决不|从不|切忌|切不可|切莫|严禁|杜绝|反对|拒绝|谈不上|犯不着|没必要|没有必要|无需|无须|用不着|而不是|而非|无意(?!中|间|之)|懒得|没空|没工夫|没功夫|没心思|顾不上|顾不得|犯不上|何必|何须|何苦|哪有必要|哪里需要|没打算|毫无必要|绝非|少来|不值得|与其|避免|防止|以免|免得|省得"
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
# the verdict on what was just named, in a clause of its own: X费事,我就不设了 – this clause and two before
_VERDICT = re.compile(
    r"(?<=[,、])(?:所以|因此|那|干脆|索性)?(?:我们?|咱|大厅|镇里?|窗口|现场|值班人员)*(?:看|觉得)?"
    r"(?:今天|现在|今后|以后|本次|此次|这次|今年|也|就|先|暂|暂时|都|更|一律|一概|倒)*"
    r"(?:(?:不(?:再|去|予|作|做)?(?:再|去)?(?:设|搞|做|弄|编|评|拉|提(?!高|前)|查|讲(?!情)|说|解释|教|帮|改|开|采用|采纳|考虑|折腾|启用|建议|安排"
    r"|涉及|碰|对接|公布|往外发|外发|发布|细说|重新|强求|分(?!心)|放(?!弃|过)|加|印|调|道歉|致歉|要求|负责|参与|提前|当面|看|管|派|请|找|推广|宣传|组织"
    r"|处置|开展|启动|统一|对外|专门|接|收|记|打(?!扰|断|搅)|通知|培训|回访|反馈|公示|增))[^,。;!?的]{0,8}|算了|免了|省了|没(?:这个|那个)?必要[^,。;!?]{0,6}"
    r"|(?<=[也就我先暂])(?:不必|不用|无须|无需|毋须)[^,。;!?]{0,8}|做不到|可以省去|能省则省|待(?!群众|人)[^,。;]{2,14}(?:再|方予|方可|另行)[^,。;]{1,5}"
    r"|(?:等|以后)[^,。;]{2,12}再说)(?=[。;!?]|$)"
)
# what makes an act pointless: in its own clause, or in the one behind it
_POINTLESS = re.compile(
    r"(?<![不没免])(?:多此一举|画蛇添足|多余的?(?=[,。;!]|$)|没(?:有)?(?:什么|啥|多大|太大|任何)?(?:意义|必要)(?=[,。;!]|$)|意义不大|用处不大|是后话"
    r"|没(?:那个|这个)?(?:闲|那)?工夫|不在(?:我|我们)?的?考虑|不(?:会)?列入|容后再议|押后|撇(?:到|在)一边|犯不着|白费(?:劲|力|工夫)"
    r"|(?:我|就|直接|可以|一步)(?:跳过|略过|省略|省掉|免掉)|(?:交|留)给(?:别人|后面的人|下一班)|没兴趣|不感兴趣|不是我的活|免谈)"
)
_DROPPED = (
    r"(?:不(?:再|去|会|打算|准备|想|必|该|应)?(?:做|干|搞|弄|走|碰|采用|采纳|采取|考虑|安排|打算|准备|赞成|提倡|需要|列入|提|急|参与|涉及)"
    r"|没必要|免了|省了|放到|往后(?:放|推|挪|排)|以后再|回头再|先放|先不|暂不|暂时不|用不着|放一放|缓一缓|搁一搁)"
)
# a list of what is not done: its head, and what is said of all of it behind it
_LATER = re.compile(
    r"(?:缓|拖)(?:几天|几日|一阵|些日子)(?:再|吧|,)|(?:暂且|暂时|暂|今年先|这次先|也先|先)(?:也|都)?不(?:用)?(?:调|上|记|写|取|问|发|开|动|办|搬|换|设|改|查|拉|加)[^,。;!?的]{0,4}(?=[,。;]|$)"
    r"|也别急着|不急着(?:问|查|发|开|定|办|看|给|找|做)|(?:不是|算不上)当务之急|现在谈不上|不适合用在|不在[^,。;]{0,8}(?:范围|计划)|(?:往后|朝后)放|留到(?:那时|以后|将来|下)"
    r"|等[^,。;]{0,8}(?:下一代|下半年|明年|宽裕|空下来|有机会)[^,。;]{0,8}|锦上添花|(?:不会|不能|不打算|不想)(?:这么|这样|那么)(?:做|干|办|弄)|有机会再(?:安排|说|搞)|放到[^,。;]{0,4}计划"
)
_HEAD = re.compile(rf"(?<!不能办)(?<!不该办){_DROPPED}[^,。;!?:]{{0,8}}:(?=[^。]{{6}})")
_ALL = re.compile(
    r"(?<![^,。;!?:])(?:以上|上面|这些|这几[样件条步招个项]|这一套|那些|前面(?:这|说)|刚才说的)[^,。;!?:]{0,12}?"
    rf"{_DROPPED}[^,。;!?:的]{{0,6}}(?=[,。;!?]|$)"
)
# what the answer says of the question, and what others would do: no acts of the learner
_ABOUT = re.compile(r"这道题|本题|考查的是|各位考官")
_OTHERS = re.compile(
    r"按理|照理|换作别人|换了别人|(?:也许|可能|或许)有人|有(?:的)?人(?:主张|建议|认为|觉得|可能会|也许会|会说|会想|图省事)|一般人|常规(?:做法|思路)"
)
_TURNED = re.compile(r"[。;]|但|可是|不过|而我|我却|我倒|我不")
# a judgement on what was named before it
_BAD = re.compile(
    r"行不得|下策|馊主意|昏招|帮倒忙|适得其反|火上浇油|因小失大|得不偿失|后患无穷|错上加错|不敢苟同|不认同|不赞同|想都(?:不要|别|不能)想|碰都不"
    r"|自欺欺人|掩耳盗铃|(?<!不)(?:属于|等于|这是|那是|那叫|这叫|就成了)(?:失职|违纪|违规|犯错误|不作为|乱作为|懒政|甩锅|推诿|添乱|害人|害他|糊弄|捂盖子|激化矛盾)"
)
_FEARED = re.compile(r"免得|以免|避免|防止|怕|不然|否则|省得|别|不能|不要")
_MANNER = re.compile(r"不[^这那此]*[^这那此了]$")  # X,不当面对质 says how, not that X is not done
_SHELVED = re.compile(
    r"(?:放到|留到|拖到|推到|挪到|排到|等到?)(?:明年|下个?月|月底|年底|明天|改天|下周|下季度|整改完|以后|最后再说)[^,。;!?]{0,10}"
    r"|先压一压|先放着|暂缓(?!片刻)|缓办|(?:等|待)(?:改天|明天|下周|以后|哪天|领导走|条件好|条件成熟|制度健全|上级出台|有空|闲下来|忙完)[^,。;!?]{0,14}"
    r"|改日[^,。;]{0,6}再行?|写进年终|以后条件好了|可以省去|能省则省|暂(?:不|且不)(?!能|行|在|好)[^,。;!?]{1,6}"
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
    for later, words in ((False, _REFUSED), (True, _PUT_OFF), (True, _LATER)):
        for found in words.finditer(plain):
            start = max(plain.rfind(mark, 0, found.start()) for mark in "。;!?:") + 1
            scopes.append(Scope(start, found.end(), found.span(), later))
    for found in _VERDICT.finditer(plain):
        if _MANNER.match(found.group()):
            continue
        start = found.start() - 1
        for _ in range(2):
            start = _clause_start(plain, start)
            if start == 0 or plain[start - 1] != ",":
                break
            start -= 1
        scopes.append(Scope(start, found.end(), found.span()))
    for found in _ABOUT.finditer(plain):
        place = _clause_start(plain, found.start()), _clause_end(plain, found.end())
        scopes.append(Scope(*place, found.span()))
    for found in _OTHERS.finditer(plain):
        turned = _TURNED.search(plain, found.end())
        scopes.append(Scope(found.end(), turned.start() if turned else len(plain), found.span()))
    for found in _BAD.finditer(plain):
        start = _clause_start(plain, found.start())
        if _FEARED.search(plain, start, found.start()):
            continue
        if start > 1 and plain[start - 1] == ",":
            start = _clause_start(plain, start - 1)
        scopes.append(Scope(start, found.end(), found.span()))
    for found in _HEAD.finditer(plain):
        end = plain.find("。", found.end())
        scopes.append(Scope(found.end(), end if end >= 0 else len(plain), found.span()))
    for found in _ALL.finditer(plain):
        start = max(plain.rfind(mark, 0, max(0, found.start() - 1)) for mark in "。!?") + 1
        scopes.append(Scope(start, found.end(), found.span()))
    for found in _POINTLESS.finditer(plain):
        start = _clause_start(plain, found.start())
        if found.start() - start < 5 and plain[start - 1 : start] == ",":
            start = _clause_start(plain, start - 1)
        scopes.append(Scope(start, found.end(), found.span()))
    for found in _SHELVED.finditer(plain):
        start, end = _clause_start(plain, found.start()), _clause_end(plain, found.end())
        scopes.append(Scope(start, end, found.span(), later=True))
    for found in _HERE.finditer(plain):
        scopes.append(Scope(_clause_start(plain, found.start()), found.start(), found.span()))
    return tuple(scopes)
