"""What officers say in their own words reaches what a drill expects; putting people off does not."""

from functools import cache

import pytest

from engine.drill.reading import load
from engine.drill.saying import judge
from engine.practice.reading import load as load_bank
from engine.reader import load_library

REACH = {
    ("rain-ten-minutes", "words"): [
        "各位街坊，实在抱歉让大家挨淋，我马上联系领导开门",
        "对不起大家，给我两分钟",
        "大家受苦了，不好意思，我这就把前厅门打开",
        "门口冷，老人先进，抱歉让大家等了",
    ],
    ("priority-10", "feel"): [
        "我知道你也不容易，我肯定帮你把事办了",
        "小兄弟你受委屈了，我来给你想辙",
        "你赶火车我清楚，我陪着你把这事办下来",
        "谢谢你让了三回，接下来我帮你盯",
    ],
    ("system-down-20", "right"): [
        "您有投诉的权利，我先看看您办的是什么",
        "您想打就打，我们不拦，我先帮您登记",
        "投诉电话您可以打，我也马上给您解决问题",
        "大哥消消气，您投诉我支持，先让我帮您看看",
    ],
    ("system-down-20", "new-time"): [
        "各位对不起，刚接到消息，得等一个半小时左右",
        "跟大家说声抱歉，时间要延到中午",
        "我来道个歉，前面说二十五分钟没兑现，还要九十分钟",
        "对不住，估计得到中午才修好，不急的先约时间",
    ],
    ("viral-photo-30", "answer"): [
        "我们注意到了，正在核实，核实完统一对外发布",
        "现在情况还在调查当中，有进展会及时告知",
        "您的问题我记下了，查清楚后给您答复",
        "正在查，明天上午发布结果",
    ],
    ("queue-noon-15", "honest"): [
        "对不起，让大家久等，我这就去后台喊人",
        "不好意思大家，马上再开两个口",
        "各位辛苦，中午值班人少，我正在往回叫人",
        "大家别急，领导已经在派人了",
    ],
    ("missing-papers-15", "kind"): [
        "大娘快进来坐，您一路辛苦，我给您看看怎么办",
        "您别上火，我一定帮您弄明白",
        "外头雨大，先擦擦，您的事我管到底",
        "老人家不着急，我来帮您",
    ],
    ("disputed-20", "words"): [
        "您别急，我现在就帮您查，查清楚给您答复",
        "我们一起把材料看一遍，要是我们错了马上改",
        "我马上安排人核实，您可以在旁边看着",
        "是我们的问题我们一定改，您先坐，我去查",
    ],
    ("disputed-20", "own"): [
        "对不起，是我们把门牌录错了",
        "实在抱歉，录入的时候选错了，让您多跑了",
        "向您道歉，这是我们工作的失误",
        "真不好意思，是我们办错了，马上给您改",
    ],
    ("hotline-30", "hello"): [
        "您好，我是政务服务大厅的，您打的热线转到我们这了，这通电话会录音，您慢慢讲",
        "喂，您好，关于您反映的燃气问题，由我来负责，请您说一下情况",
        "您好，热线工单我收到了，您从头给我说说",
        "我是大厅工作人员，您投诉的事我来处理，请讲",
    ],
    ("hotline-30", "tell"): [
        "您赶紧离开屋子，什么开关都别碰",
        "马上带家人下楼，别开灯别打火",
        "先出去，到楼下等，我来叫抢修",
        "千万别按开关，把窗户打开，赶紧出来",
    ],
    ("inspection-20", "sorry"): [
        "对不起，刚才我们同事态度不好，您慢慢说",
        "大姐，实在抱歉让您受气了",
        "不好意思，小蒋不该那么说话，我替他给您道歉",
        "抱歉让您受委屈了，有什么事跟我说",
    ],
    ("inspection-20", "words"): [
        "领导，这位群众的事还没办好，我先处理完再向您汇报",
        "各位领导，这件事正在处理，请允许我先办完",
        "报告领导，这里有个事卡住了，我们正在解决，稍后汇报",
        "抱歉，有位群众的业务没办成，容我先安排",
    ],
    ("inspection-20", "number"): [
        "这个数我记不准，会后查清报给您",
        "具体数字我手头没有，查了再向您报告",
        "不敢随便说，我让人核一下",
        "说不准，稍后给您书面材料",
    ],
    ("recording-15", "who"): [
        "您好，我是今天的值班负责人，有事跟我说",
        "我是大厅带班的，您的事我来管",
        "大哥，我是这儿的主任，您先消消气，慢慢说",
        "我姓李，是这里负责的，您有什么事冲我说",
    ],
    ("recording-15", "may"): [
        "您可以拍，我们接受监督，请不要拍到其他群众",
        "您拍没关系，注意别拍到别人的证件",
        "您有监督的权利，可以录，只是别拍旁边的人",
        "欢迎监督，您拍我就行，别拍其他办事的人",
    ],
    ("recording-15", "own"): [
        "对不起，是我们的清单没有更新",
        "实在抱歉，墙上的清单是旧的，害您白跑了",
        "这是我们的错，给您道歉",
        "对不起，材料变了我们没及时告诉您",
    ],
    ("missing-papers-15", "own"): [
        "对不起，电话里没给您讲清楚，害您白跑",
        "这是我们的错，电话里说得不全",
        "不好意思，是我们接电话的同事没说全",
        "真抱歉，咨询的时候没告诉您要带这个",
    ],
    ("missing-papers-15", "stop"): [
        "大爷，刚才说错了，那张证明不用找了",
        "别找了，是我们搞错了，不需要那个，对不起",
        "对不起我们弄错了，不用那张",
        "抱歉，看错了，您不用翻了",
    ],
}
MISS = {
    ("rain-ten-minutes", "words"): [
        "没到点谁也别想进来",
        "急什么急，还有四十分钟",
        "你们来这么早怪谁",
        "马上九点了，等着",
    ],
    ("priority-10", "feel"): [
        "你年轻人让一让怎么了",
        "别吵了，回去坐着",
        "不关我的事，你找领导",
    ],
    ("system-down-20", "right"): [
        "你投诉去吧，没问题",
        "爱打打，反正转回我们这",
        "投诉也没用，我们正在修",
        "随便你打，我不拦着",
    ],
    ("system-down-20", "new-time"): [
        "马上就好，再等等",
        "不知道什么时候好，中午再说",
    ],
    ("viral-photo-30", "answer"): [
        "没什么好说的，无可奉告",
        "她没玩手机，网上乱说",
        "谁发的我们正在查",
    ],
    ("queue-noon-15", "honest"): [
        "人手就这么多，我也没办法",
        "别急，急也没用",
        "别急，轮到了自然叫你",
    ],
    ("missing-papers-15", "kind"): [
        "材料不齐办不了，回去拿",
        "坐下别吵",
    ],
}


@cache
def bank():
    """The question bank."""
    return load_bank()


@cache
def drill_of(name):
    """A shipped drill."""
    return load(load_library(hall=False), name).drill


def reached(name, said):
    """The expectations that words reach."""
    return judge(drill_of(name), bank(), said).reached


@pytest.mark.parametrize(("name", "id"), REACH)
def test_natural_words_reach_what_is_expected(name, id):
    """Sentences as they are said, put down before the words of the drill files were widened to them."""
    assert [said for said in REACH[name, id] if id not in reached(name, said)] == []


@pytest.mark.parametrize(("name", "id"), MISS)
def test_cold_words_reach_nothing(name, id):
    """Putting people off does not pass for kindness."""
    assert [said for said in MISS[name, id] if id in reached(name, said)] == []
