"""Words that people use for one thing at the counter, so that an act is found by any of them.

Both what is typed and the texts of the acts are brought to the first word of each group.
"""

from __future__ import annotations

import re

_GROUPS = (
    "老人 老先生 老太太 老大爷 老大妈 老大娘 老人家 老爷子 大爷 大妈 大娘",
    "年轻人 小伙子 小伙 小青年 小哥",
    "领导 主任 头儿 上级",
    "值班领导 带班领导",
    "当事人 涉事人员 当事人员",
    "技术人员 信息科 信息中心 机房 技术科 网管 运维",
    "维修单位 厂家 厂商 维修公司 维修师傅",
    "老弱 老弱病残孕 孕妇 孕妈妈 怀孕的 拄拐的 抱孩子的 带孩子的 带小孩的 行动不便的 老幼",
    "大家 群众 众人 所有人 全厅 各位",
    "急救 120 急救电话 救护",
    "报警 110 警察 民警 公安",
    "火警 119 消防",
    "打电话 拨打 拨 致电 打给 去电 电话打给 挂电话",
    "叫 喊 请 让 劝",
    "走到 上前 跑到 赶到 来到 走上前 迎上去 走过去",
    "前面 跟前 面前 前头",
    "中间 当中",
    "一旁 旁边 一边 边上",
    "等候区 休息区",
    "别争 不争 别吵 不吵 消消气 冷静",
    "分头 分别 分开 两头",
    "两边 两位 两人 双方 两个人 他们俩",
    "赶时间 着急 更急 等不得 等不了 急不急 急事",
    "接着办 继续办 照办 往下办 继续",
    "加开 多开 增开 再开",
    "人手 要人 调人 派人 增援 支援",
    "叫回 叫回来 喊回来 召回",
    "自助机 一体机 自助终端",
    "网上 手机上 线上 用手机",
    "录像 监控 视频",
    "原帖 帖子 那条帖",
    "跟帖 评论",
    "回复 回应 回帖",
    "声明 情况说明 说明书 通报",
    "截图 截屏",
    "安抚 安慰 开导",
    "护住 保护",
    "误 耽误 影响",
    "报告 汇报 上报",
    "道歉 致歉 赔不是 赔礼 对不起 抱歉",
    "广播 喇叭 喊话",
    "张贴 贴 贴出 挂出",
    "椅子 凳子 座椅",
    "雨伞 伞",
    "热水 热茶 姜茶 开水",
    "淋透 淋湿 打湿 湿透",
    "查 查一下 看看 查看 核对 核一下 对一下",
    "问 问问 打听 了解 问清 问一下",
    "记录 日志 台账",
    "材料 资料 证件",
    "约 预约 约时间 约日子 改天",
    "修好 恢复",
    "多久 几分钟 多长时间 什么时候 几点",
    "守 守着 看着 陪着 盯着",
    "不搬动 别挪动 不动他 别动他 别人动他 别动 别挪",
    "人多 拥挤 挤",
    "开门 打开 开放",
    "隔开 拉开 分隔",
    "统一口径 口径 统一说法",
    "发冷 发抖 冻",
)
_FIRST = {other: words[0] for group in _GROUPS for words in [group.split()] for other in words[1:]}
_WORD = re.compile("|".join(sorted(map(re.escape, _FIRST), key=len, reverse=True)))


def usual(plain: str) -> str:
    """A text in plain form, with one word for each thing."""
    return _WORD.sub(lambda found: _FIRST[found[0]], plain)
