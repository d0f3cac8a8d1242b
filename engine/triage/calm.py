"""Routine: phrases that say that nothing has happened, with their weights (see `rank`)."""

from __future__ import annotations

from engine.triage.frames import Reason, reasons
from engine.triage.pattern import Pattern
from engine.triage.text import Text

_VOID: frozenset[Reason] = frozenset({"negated"})
_OPENING = (
    "几点|上不上班|上班|开门|在哪|几楼|怎么走|电话|停车|带什么|哪些材料|多少钱|多久|能办吗|几号窗口|哪个窗口"
    "|怎么补办|怎么办理"
)
_WEEK = "周[一二三四五六日末天]|星期.|节假日|中午|几点"
_AT_WORK = "上不上班|上班吗|开门吗|开不开门|办公吗|休息吗|下班[?]|上班[?]"


def _words(*lines: str) -> tuple[str, str]:
    """Plain words: each of them is what an occurrence needs."""
    either = "|".join(lines)
    return either, either


# weight, pattern, words of which every occurrence has one; each line counts once
_PHRASES: tuple[tuple[float, Pattern], ...] = tuple(
    (weight, Pattern(*words))
    for weight, words in (
        (2.0, _words("演练|演习|非真实")),
        (2.0, _words("测试一下|这是测试|测试消息|能不能打字|能不能用")),
        (1.5, _words("例会|培训|讲座|党课|政治学习|理论学习|学员|演示怎么|团建|晨会|班前会|周会|总结会")),
        (1.5, (rf"(?:请问|问一下|想问|咨询一下|打听一下).{{0,20}}(?:{_OPENING})", "请问|问一下|想问|一下")),
        (1.5, (rf"(?:{_WEEK}).{{0,8}}(?:{_AT_WORK})", "上班|开门|开不开门|办公吗|休息吗|下班")),
        (
            1.5,
            (
                "(?:群众|有人|市民)(?:来)?(?:问|咨询|打听)[^,。]{0,16}(?:能不能|可不可以|是否|怎么|几|哪)"
                "|(?:办|申请|补办|换).{0,12}(?:需要|要)(?:带|准备|提供|交)?.{0,4}(?:什么|哪些|啥)",
                "能不能|可不可以|是否|怎么|几|哪|什么|啥",
            ),
        ),
        (
            1.5,
            (
                "感谢信|锦旗|(?:给|为)[^,。]{1,10}点赞|夸(?!大|张)|致谢|表扬|(?:都|挺|很|非常|十分)满意"
                "|满意率(?!.{0,4}(?:低|下降|倒数|垫底|不足))|创新高",
                "感谢信|锦旗|点赞|夸|致谢|表扬|满意|创新高",
            ),
        ),
        (
            1.5,
            (
                "运行(?:平稳|正常|良好)|一切正常|设备正常|没有异常|无异常|秩序(?:良好|井然)|平稳有序|全部正常",
                "正常|平稳|良好|异常|井然",
            ),
        ),
        (
            1.0,
            (
                "无需处理|不用处理|顺利完成|圆满|虚惊|误报"
                "|已(?:经)?(?:全部|妥善)?(?:检修|维护|处理|解决|办结|处置)(?:完毕|好|妥|了|完)?",
                "需处理|用处理|顺利完成|圆满|虚惊|误报|已",
            ),
        ),
        (1.5, _words("恢复正常|恢复运行|办理正常|已正常|正常开放|正常办理|照常")),
        (
            1.0,
            _words(
                "交接班|到岗|归位|已收好|电量充足|雨停了|天气不错|准备开门|关灯锁门|下班了|结案|食堂|聚餐|生日",
                "放假|值班表|排班|大家多带带|欢迎|节日快乐|辛苦了",
            ),
        ),
        (
            1.0,
            (
                "(?:提醒|通知)(?:大家|各位|各窗口|全体)|^通知|请(?:大家|各位|各窗口)(?:准时|按时|提前|做好)",
                "提醒|通知|请",
            ),
        ),
    )
)


def calm(text: Text) -> float:
    """How much speaks for routine; what is denied (这不是演练) does not count."""
    plain = text.plain
    return sum(
        weight
        for weight, words in _PHRASES
        if words.possible(plain)
        and any(not reasons(text, *found.span(), _VOID) for found in words.finditer(plain))
    )
