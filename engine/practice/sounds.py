"""Signs that sound alike: what a voice recogniser writes for another (抢休 for 抢修).

The 3755 signs of the first level of GB 2312 stand in the order of their sound, so the first sign of
each syllable is all that is needed. A sign with two readings has only the one by which it is sorted.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache

_FIRST = (
    "啊埃鞍肮凹芭白斑邦苞杯奔崩逼鞭标鳖彬兵玻捕擦猜餐苍操厕层插拆搀昌超车郴撑吃充抽初揣川疮吹春戳疵聪凑粗蹿摧村磋搭呆耽当刀德蹬堤颠碉跌丁丢东兜督端堆墩掇蛾恩而发藩坊菲芬丰佛否夫噶该干冈篙哥给根耕工"
    "钩辜刮乖棺光瑰辊锅哈骸酣夯壕呵嘿痕哼轰喉呼花槐欢荒灰荤豁击嘉歼僵蕉揭巾荆炯揪鞠捐撅均喀开刊康考坷肯坑空抠枯夸块宽匡亏坤括垃莱蓝琅捞勒雷棱厘俩联粮撩列琳玲溜龙楼芦峦抡萝妈埋瞒芒猫么玫门萌眯棉苗蔑"
    "民明谬摸谋拇拿氖南囊挠呢馁嫩能妮蔫娘鸟捏您柠牛脓奴暖挪哦欧啪拍攀乓抛呸喷砰坯篇飘撇拼乒坡扑期掐牵枪橇切钦青琼秋趋圈缺裙然瓤饶惹壬扔日戎揉茹软蕊闰若撒腮三桑搔瑟森僧莎筛珊墒梢奢砷声师收蔬刷摔栓霜"
    "谁吮说斯松搜苏酸虽孙蓑塌胎坍汤掏特藤梯天挑贴厅通偷凸湍推吞拖挖歪豌汪威瘟嗡挝巫昔瞎掀相萧楔薪星兄休墟轩靴勋压焉殃邀椰一茵英哟拥幽迂鸳曰耘匝栽咱赃遭责贼怎增扎摘瞻樟招遮珍蒸芝中舟珠抓拽专桩椎谆捉"
    "兹鬃邹租钻嘴尊昨"
)
_STARTS = [int.from_bytes(sign.encode("gb2312"), "big") for sign in _FIRST]
_LAST = 0xD7F9  # the last sign of the first level


@cache
def sound(sign: str) -> str:
    """The sign that stands for all signs of its syllable; another sign is its own."""
    try:
        code = int.from_bytes(sign.encode("gb2312"), "big")
    except UnicodeEncodeError:
        return sign
    if not _STARTS[0] <= code <= _LAST:
        return sign
    return _FIRST[bisect_right(_STARTS, code) - 1]


def sounds(text: str) -> str:
    """The text by its sounds: as many signs as before."""
    return "".join(map(sound, text))
